"""Named accounts: each with its own token, pace and senders; the token is nowhere on disk."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest

from bulksms.model.records import Lease
from bulksms.sandbox.accounts import Account
from bulksms.store.accounts import Accounts
from tests.cli.cli_stage import SENDER, TOKEN, Terminal, number
from tests.memory_keyring import Safe

ACME = "99|token-of-acme-in-the-tests"
ACME_SENDER = "+13152940142"


@pytest.fixture
def office(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A vendor that knows a second customer, whose token is in the environment."""
    terminal.vendor.accounts[ACME] = Account(ACME, (ACME_SENDER,))
    terminal.vendor.arrivals.clear()
    monkeypatch.setenv("ACME_TOKEN", ACME)
    yield terminal
    del terminal.vendor.accounts[ACME]


def add(office: Terminal, *more: str) -> str:
    """Add the second customer."""
    return office.done("accounts", "add", "acme", "--token-variable", "ACME_TOKEN", *more)


def send(office: Terminal, *more: str) -> str:
    """Text three people; the account's only sender needs no naming."""
    file = office.people(number(1), number(2), number(3))
    return office.done("send", file, "--message", "Hi {name}", "--yes", *more)


def test_two_accounts_have_a_token_a_sender_and_a_pace_each(office: Terminal) -> None:
    add(office, "--sender", ACME_SENDER, "--rate", "2/0.4")
    send(office, "--account", "acme", "--name", "hers")
    send(office, "--from", SENDER, "--name", "ours", "--again")
    assert {(sms.token, sms.sender) for sms in office.truth} == {
        (ACME, ACME_SENDER),
        (TOKEN, SENDER),
    }
    hers = [each.at for each in office.vendor.arrivals if each.token == ACME and each.to_number]
    assert (hers[2] - hers[0]).total_seconds() >= 0.4


def test_a_token_that_is_replaced_while_the_account_is_taken_is_not_sent_with(
    office: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another user, it would prove absent what the old one sent: the person was texted twice."""
    office.vendor.accounts[ACME] = Account(ACME, (SENDER,))
    acquire = Accounts.acquire

    def slowly(*given: Any, **more: Any) -> Lease:  # noqa: ANN401 - as `acquire`
        monkeypatch.setenv("EASIFY_API_TOKEN", ACME)
        return acquire(*given, **more)

    monkeypatch.setattr(Accounts, "acquire", slowly)
    send(office, "--from", SENDER)
    assert {sms.token for sms in office.truth} == {TOKEN}


def test_an_account_of_a_new_database_says_where_that_is(
    bare_terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_TOKEN", ACME)
    assert f"Note: a new database was made at {bare_terminal.database} for it.\n" in add(
        bare_terminal
    )
    assert "database" not in add(bare_terminal)


def test_a_campaign_keeps_its_account_when_it_is_resumed(office: Terminal) -> None:
    add(office, "--sender", ACME_SENDER)
    file = office.people(number(1))
    office.done("load", file, "--message", "Hi", "--account", "acme", "--name", "june")
    office.done("resume", "june", "--yes")
    assert [sms.token for sms in office.truth] == [ACME]


def test_a_token_is_nowhere_on_disk_and_in_no_answer(office: Terminal) -> None:
    said = add(office, "--sender", ACME_SENDER) + send(office, "--account", "acme")
    said += office.done("accounts", "list") + office.done("accounts", "check")
    said += office.done("report", "-o", "report.csv") + office.done("config")
    files = [each for each in office.folder.rglob("*") if each.is_file()]
    assert office.database in files
    secret = ACME.partition("|")[2]
    assert secret not in said
    assert not [each for each in files if secret.encode() in each.read_bytes()]


def test_an_account_that_a_campaign_needs_is_not_removed(office: Terminal) -> None:
    add(office, "--sender", ACME_SENDER)
    file = office.people(number(1))
    office.done("load", file, "--message", "Hi", "--account", "acme", "--name", "june")
    said = office.refused(3, "accounts", "remove", "acme")
    assert "'june' of the account 'acme' is not over" in said
    assert "bulksms cancel june" in said
    office.done("cancel", "june", "--yes")
    office.done("accounts", "remove", "acme")
    assert "There is no token" not in office.done("status")
    assert [each["name"] for each in office.json("accounts", "list")] == ["default"]


def test_another_accounts_sender_is_refused(office: Terminal) -> None:
    add(office, "--sender", ACME_SENDER)
    job = ("--message", "Hi", "--from", SENDER, "--account", "acme")
    said = office.refused(3, "check", office.people(number(1)), *job)
    assert f"{SENDER} is no sender of the account 'acme'" in said


def test_check_says_of_each_account_whether_it_can_send(office: Terminal) -> None:
    assert office.json("accounts", "check")[0]["good"]
    add(office, "--sender", SENDER)
    assert "is not its number" in office.json("accounts", "check", "acme", code=5)[0]["trouble"]
    office.vendor.accounts[ACME].subscribed = False
    assert "subscription" in office.json("accounts", "check", code=5)[1]["trouble"]
    result = office("accounts", "check", "acme", ACME_TOKEN=TOKEN)
    assert result.exit_code == 5
    result = office("accounts", "check", ACME_TOKEN=TOKEN)
    assert "it has the token of the account" in result.stdout
    result = office("accounts", "check", "acme", ACME_TOKEN="")
    assert "There is no token of the account 'acme'" in result.stdout


def test_what_is_not_typed_of_an_account_that_is_there_is_kept_and_told(office: Terminal) -> None:
    said = add(office, "--sender", ACME_SENDER, "--rate", "2/1")
    in_force = f"The account 'acme' is kept: rate 2/1, {ACME_SENDER}; its token is in"
    assert f"{in_force} the environment variable ACME_TOKEN." in said
    moved = office.done("accounts", "add", "acme", "--token-variable", "B", B=ACME)
    assert f"{in_force} the environment variable B." in moved
    office.done("accounts", "add", "acme", "--rate", "3/1")
    assert office.json("accounts", "list")[-1] == {
        "name": "acme",
        "rate": "3/1",
        "senders": [ACME_SENDER],
        "token": {"keeper": "variable", "name": "B"},
    }


def test_a_name_that_nobody_knows_is_one_sentence(office: Terminal) -> None:
    add(office)
    said = office.refused(3, "check", office.people(number(1)), "--account", "acne")
    assert "There is no account 'acne'; there is 'default', 'acme'." in said


def test_another_accounts_campaign_is_named_with_its_account(office: Terminal) -> None:
    add(office, "--sender", ACME_SENDER)
    file = office.people(number(1))
    line = (file, "--message", "Hi", "--account", "acme")
    ours = (file, "--message", "Hi", "--from", SENDER)
    office.done("load", *line, "--name", "june")
    said = office.done("check", *ours)
    assert "waits to be texted by 'june' of the account 'acme', which is a draft." in said
    assert "bulksms status june\n      shows it" in said
    said = office.refused(3, "load", *ours)
    assert "the campaign 'june' of the account 'acme', by which nobody was" in said
    office.done("cancel", "june", "--yes")
    send(office, "--account", "acme", "--name", "july")
    restrained = office.json("check", *ours, "--not-if-texted-within", "1d")
    assert "'july' of the account 'acme'" in str(restrained["skipped"])
    assert restrained["overlaps"] == []


def test_an_account_that_was_removed_takes_no_new_campaign(office: Terminal) -> None:
    add(office, "--sender", ACME_SENDER)
    send(office, "--account", "acme", "--name", "june")
    office.done("accounts", "remove", "acme")
    job = (office.people(number(4)), "--message", "Hi", "--from", ACME_SENDER, "--account", "acme")
    for command in ("check", "load", "send"):
        said = office.refused(3, command, *job)
        assert "There is no account 'acme'; there is 'default'." in said
        assert "bulksms accounts add acme --token-variable NAME" in said
    assert [each["campaign"] for each in office.json("status")] == ["june"]


def test_two_accounts_never_share_a_tokens_place(office: Terminal) -> None:
    add(office)
    other = ("accounts", "add", "other", "--token-variable", "ACME_TOKEN")
    said = office.refused(3, *other, ACME_TOKEN="")
    assert "is the token of the account 'acme'" in said


def test_another_accounts_token_is_refused_at_once(office: Terminal, safe: Safe) -> None:
    add(office)
    said = office.refused(3, "accounts", "add", "b", "--token-variable", "B", B=ACME)
    assert "'b' has the token of the account 'acme'; together they would exceed its rate" in said
    assert "bulksms accounts remove acme" in said
    typed = office("accounts", "add", "b", "--token-keyring", answer=f"{ACME}\n")
    assert (typed.exit_code, safe.kept) == (3, {})
    file = clients(office.folder, "b,B", "c,C", header="name,token_env")
    said = office.refused(3, "accounts", "import", file, B="3|other", C="3|other")
    assert "'c' has the token of the account 'b'" in said
    assert ACME not in said
    assert [each["name"] for each in office.json("accounts", "list")] == ["default", "acme"]


def test_the_default_accounts_token_may_be_there_still_and_is_told_of(office: Terminal) -> None:
    result = office("accounts", "add", "acme", "--token-variable", "A", A=TOKEN)
    assert result.exit_code == 0
    assert "'acme' has the token of the account 'default'" in result.stderr


def test_a_campaign_whose_token_another_account_uses_is_told_which(office: Terminal) -> None:
    add(office, "--sender", ACME_SENDER, "--rate", "6000/60")
    send(office, "--account", "acme")
    job = ("--message", "Hi", "--from", ACME_SENDER, "--name", "june", "--yes")
    said = office.refused(4, "send", office.people(number(4)), *job, EASIFY_API_TOKEN=ACME)
    assert "The account 'default' has the token of the account 'acme'" in said
    assert "bulksms resume june\n       once it is free" in said
    assert len(office.truth) == 3


def test_a_token_given_where_a_name_belongs_is_not_repeated(office: Terminal) -> None:
    said = office.refused(3, "accounts", "add", "acme", "--token-variable", ACME)
    assert ACME not in said
    assert "The token has one place" in office.refused(3, "accounts", "add", "acme")


@pytest.mark.skipif(os.name != "posix", reason="files have modes on POSIX")
def test_a_token_file_is_used_only_if_nobody_else_can_read_it(office: Terminal) -> None:
    secret, link = office.folder / "acme token", office.folder / "link"
    secret.write_text(f"{ACME}\n", encoding="ascii")
    link.symlink_to(secret)
    secret.chmod(0o640)
    for file in (secret, link):
        said = office.refused(3, "accounts", "add", "acme", "--token-file", str(file))
        assert "could be read by others" in said
        assert ACME not in said
    secret.chmod(0o600)
    office.done("accounts", "add", "acme", "--token-file", str(secret))
    assert office.json("accounts", "check", "acme")[0]["numbers"] == [ACME_SENDER]
    os.mkfifo(pipe := office.folder / "pipe", 0o600)
    assert "is no file" in office.refused(3, "accounts", "add", "b", "--token-file", str(pipe))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="makes root's files")
@pytest.mark.parametrize(("mode", "taken"), [(0o440, True), (0o444, False), (0o460, False)])
def test_a_secret_that_root_hands_to_a_service_is_used_if_not_everybody_may_read_it(
    office: Terminal, monkeypatch: pytest.MonkeyPatch, mode: int, *, taken: bool
) -> None:
    """As systemd mounts a credential, and Kubernetes a secret with `fsGroup`."""
    secret = office.folder / "credential"
    secret.write_text(ACME, encoding="ascii")
    secret.chmod(mode)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    result = office("accounts", "add", "acme", "--token-file", str(secret))
    assert (result.exit_code == 0) is taken, result.output


@pytest.mark.parametrize("damaged", ["'{}'", '"{}"', "ACME_TOKEN={}", "{} # of acme"])
def test_a_token_with_something_around_it_is_refused_by_its_place(
    office: Terminal, damaged: str
) -> None:
    add(office)
    result = office("accounts", "check", "acme", ACME_TOKEN=damaged.format(ACME))
    assert result.exit_code == 5
    assert "in the environment variable ACME_TOKEN holds" in result.stdout
    assert ACME not in result.stdout


def test_an_import_refuses_the_token_files_that_add_refuses(office: Terminal) -> None:
    file = office.write("acme,nowhere", name="clients.csv", header="name,token_file")
    said = office.refused(3, "accounts", "import", file)
    assert "row 2: The token file" in said
    assert "acme" not in office.done("accounts", "list")


def test_a_token_in_the_keyring_is_asked_for_and_forgotten_with_its_account(
    office: Terminal, safe: Safe
) -> None:
    result = office("accounts", "add", "acme", "--token-keyring", answer=f"{ACME}\n")
    assert result.exit_code == 0, result.output
    assert ACME not in result.output
    assert office.json("accounts", "check", "acme")[0]["good"]
    office.done("accounts", "remove", "acme")
    assert safe.kept == {}


@pytest.mark.parametrize("broken", ["set_password", "delete_password"])
def test_a_keyring_that_breaks_in_its_own_way_is_told_in_a_sentence(
    office: Terminal, safe: Safe, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("no bus")

    monkeypatch.setattr(safe, broken, breaks)
    added = office("accounts", "add", "acme", "--token-keyring", answer=f"{ACME}\n")
    removed = office("accounts", "remove", "acme")
    refused = {"set_password": added, "delete_password": removed}[broken]
    assert refused.exit_code == 3
    assert "keyring" in refused.stderr
    assert ACME not in added.output + removed.output


def test_without_a_keyring_nothing_is_kept(office: Terminal) -> None:
    from keyring.backends.null import Keyring  # noqa: PLC0415 - only here

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]  # the library is untyped there
    office("accounts", "add", "acme", "--token-keyring", answer=f"{ACME}\n")
    keyring.set_keyring(before)
    assert "There is no token" in office("accounts", "check", "acme").stdout


def clients(folder: Path, *rows: str, header: str = "name,rate,sender,token_env") -> str:
    """A spreadsheet of clients."""
    (folder / "clients.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return "clients.csv"


def test_three_hundred_clients_are_imported_at_once(office: Terminal) -> None:
    rows = [f"client {at},15/60,{ACME_SENDER},CLIENT_{at}" for at in range(300)]
    file = clients(office.folder, *rows)
    assert "300 accounts added; 0 written anew." in office.done("accounts", "import", file)
    assert "0 accounts added; 300 written anew." in office.done("accounts", "import", file)
    listed = office.json("accounts", "list")
    assert listed[-1] == {
        "name": "client 99",
        "rate": "15/60",
        "senders": [ACME_SENDER],
        "token": {"keeper": "variable", "name": "CLIENT_99"},
    }


def test_an_import_is_all_or_nothing_and_names_the_rows(office: Terminal) -> None:
    rows = ("a,15/60,,A", "b,often,,B", "c,,12,C", "a,,,D", "e,,,A", "f,,,")
    said = office.refused(3, "accounts", "import", clients(office.folder, *rows))
    assert said.startswith("Error: 5 rows of clients.csv cannot be read, so nothing was added:")
    for at in (3, 4, 5, 6, 7):
        assert f"row {at}: " in said
    assert [each["name"] for each in office.json("accounts", "list")] == ["default"]


@pytest.mark.parametrize("header", ["name,token", "name,API token,token_env", "name,token_env"])
def test_tokens_in_a_spreadsheet_are_refused_and_not_repeated(
    office: Terminal, header: str
) -> None:
    row = ",".join(["acme", *[ACME] * header.count(",")])
    said = office.refused(3, "accounts", "import", clients(office.folder, row, header=header))
    assert "token_env" in said
    assert "no place for" in said
    assert ACME not in said
