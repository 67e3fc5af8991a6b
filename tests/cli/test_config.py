"""`bulksms.toml`: the options that one always gives."""

from pathlib import Path

import click
import pytest

from bulksms.cli import COMMANDS as ALL_COMMANDS
from bulksms.cli import main
from bulksms.cli.config import COMMANDS, KEYS, config_file
from bulksms.store import Store
from tests.cli.cli_stage import SENDER, TOKEN, Terminal, number


def write(terminal: Terminal, *lines: str) -> None:
    (terminal.folder / "bulksms.toml").write_text("\n".join(lines), encoding="utf-8")


def planned_hours(terminal: Terminal, *options: str, **environment: str) -> str | None:
    file = terminal.people(number(1))
    said = terminal.done("check", file, "--message", "Hi", *options, **environment)
    return next((line for line in said.splitlines() if line.startswith("Hours")), None)


def test_what_stands_in_the_file_need_not_be_typed(terminal: Terminal) -> None:
    write(terminal, f'from = "{SENDER}"', 'hours = "08:00-21:00"')
    assert planned_hours(terminal) == "Hours: 08:00-21:00, the recipient's time."


def test_the_file_is_beside_the_database_however_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quiet hours were not heeded where the shell had left a `~` to us."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    beside = tmp_path / "texts" / "bulksms.toml"
    for name in ("~/texts/a.db", f"sqlite:///{tmp_path}/texts/a.db", f"{tmp_path}/texts/a.db"):
        assert config_file(name) == beside
    assert config_file("postgresql://ann@host/texts") == Path("bulksms.toml")


def test_a_home_that_nobody_has_is_told(terminal: Terminal) -> None:
    told = terminal.refused(4, "--database", "~nobody-of-that-name/a.db", "status")
    assert "a home that nobody has" in told


def test_the_line_wins_over_the_environment_and_that_over_the_file(terminal: Terminal) -> None:
    write(terminal, f'from = "{SENDER}"', 'hours = "08:00-21:00"')
    there = {"BULKSMS_CHECK_HOURS": "09:00-20:00"}
    assert "09:00-20:00" in (planned_hours(terminal, **there) or "")
    assert "10:00-19:00" in (planned_hours(terminal, "--hours", "10:00-19:00", **there) or "")


def test_the_country_is_the_same_for_the_suppression_list(terminal: Terminal) -> None:
    write(terminal, 'country = "GB"')
    terminal.done("suppress", "add", "020 7946 0018")
    assert terminal.json("suppress", "list")[0]["to_number"] == "+442079460018"


def test_config_shows_what_is_set_and_never_the_token(terminal: Terminal) -> None:
    write(terminal, 'hours = "08:00-21:00"')
    assert 'hours = "08:00-21:00"' in terminal.done("config")
    url = "postgresql://ann:hidden@localhost/bulksms"
    assert "hidden" not in terminal.done("--database", "b.db", "config", BULKSMS_DATABASE=url)
    shown = terminal.done("config", EASIFY_API_TOKEN="4711|secret")  # noqa: S106 - made up
    assert "EASIFY_API_TOKEN is set." in shown
    assert "secret" not in shown
    assert terminal.json("config")["options"] == {"hours": "08:00-21:00"}


def test_config_shows_no_secret_of_an_accounts_own(terminal: Terminal) -> None:
    """What it prints is pasted into tickets, and `--token-variable` may name any variable."""
    theirs = {"BULKSMS_ACME_TOKEN": "1955|secret", "BULKSMS_ACME": "1955|secret"}
    shown = terminal.done("config", **theirs, BULKSMS_SEND_RATE="30/60")
    assert "secret" not in shown
    assert "BULKSMS_ACME_TOKEN=(set; not shown)" in shown
    assert "BULKSMS_SEND_RATE=30/60" in shown
    for url in ("postgresql://ann:hid@den/word@host/texts", "host=a password=hidden dbname=b"):
        told = terminal.done("--database", "b.db", "config", BULKSMS_DATABASE=url)
        assert "hid" not in told
        assert "word@" not in told


@pytest.mark.parametrize(
    "location",
    [
        "host=127.0.0.1 user=texts password=S3cret dbname=texts",
        "postgresql://texts:S3@cret@127.0.0.1/texts",
        "postgresql://texts:S3@c/ret@127.0.0.1/texts",
    ],
)
def test_a_database_that_cannot_be_meant_is_refused_without_its_password(
    terminal: Terminal, location: str
) -> None:
    """The first one made a file of that name."""
    said = terminal.refused(4, "--database", location, "migrate")
    assert "cret" not in said
    assert "ret@" not in said
    assert not [path for path in terminal.folder.iterdir() if "host" in path.name]


def test_a_service_of_kubernetes_is_no_option(terminal: Terminal) -> None:
    """It sets BULKSMS_WEB_PORT like this where a service is called `bulksms-web`."""
    words = ("check", terminal.people(number(1)), "--message", "Hi", "--from", SENDER)
    assert "1 row" in terminal.done(*words, BULKSMS_CHECK_LIMIT="tcp://10.0.0.1:80")
    assert "'some'" in terminal.refused(2, *words, BULKSMS_CHECK_LIMIT="some")


def test_a_worker_that_is_mistold_ends_before_it_pauses_anybody(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1)), "--message", "Hi", "--from", SENDER)
    terminal.done("accounts", "add", "acme", "--token-variable", "ACME_TOKEN")
    assert "BULKSMS_TIMEOUT is '30s'" in terminal.refused(3, "worker", BULKSMS_TIMEOUT="30s")


def test_without_the_file_config_says_so(terminal: Terminal) -> None:
    assert "bulksms.toml: not there" in terminal.done("config")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('token = "4711|secret"', "has 'token'; it may have from, country"),
        ("limit = 3", "has 'limit'"),
        ("rate = 15", "must be a text, in quotes"),
        ("hours = ", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_meant_is_one_sentence(
    terminal: Terminal, line: str, complaint: str
) -> None:
    write(terminal, line)
    said = terminal.refused(3, "status")
    assert complaint in said
    assert "secret" not in said


def test_every_key_is_an_option_of_a_command_that_takes_it() -> None:
    assert set(COMMANDS) <= set(ALL_COMMANDS)
    context = click.Context(main)
    options = {
        opt.lstrip("-")
        for name in COMMANDS
        for command in [main.get_command(context, name)]
        if command is not None
        for param in command.params
        for opt in param.opts
    }
    assert set(KEYS) <= options


def test_an_account_in_the_file_is_whose_new_campaigns_are_and_hides_no_other(
    terminal: Terminal,
) -> None:
    terminal.done("accounts", "add", "acme", "--token-variable", "ACME_TOKEN")
    write(terminal, f'from = "{SENDER}"', 'account = "acme"')
    terminal.done("load", terminal.people(number(1)), "--message", "Hi", "--name", "june")
    with Store.open(str(terminal.database)) as store:
        assert [each.account for each in store.campaigns.all()] == ["acme"]
    write(terminal, 'account = "default"')
    terminal.done("resume", "--yes", ACME_TOKEN=TOKEN)
    assert terminal.texted == [number(1)]
