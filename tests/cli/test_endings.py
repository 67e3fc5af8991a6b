"""How a run ends: finished, finished with something to look at, or paused for a person."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bulksms.model.settings import DEFAULT_RATE
from bulksms.sandbox.accounts import Account
from bulksms.sandbox.faults import NO_FAULT, refuse
from bulksms.store import Store
from tests.cli.cli_stage import JOB, Terminal, number

NO_CREDITS, BAD_SENDER, BAD_TOKEN, LAPSED, BAD_PLAN, REDIRECTED = (
    f"+1202555016{last}" for last in range(1, 7)
)
REFUSED, IN_DOUBT = "+12025550151", "+12025550170"


@pytest.mark.parametrize(
    ("recipient", "reason", "why", "next_command"),
    [
        (NO_CREDITS, "no_credits", "out of credits", "recharge the account"),
        (BAD_SENDER, "invalid_sender", "not a number of this account", "check the number"),
        (BAD_TOKEN, "unauthenticated", "no token that Easify knows", "set EASIFY_API_TOKEN"),
        (LAPSED, "subscription_ended", "subscription has ended", "recharge the account"),
        (BAD_PLAN, "plan_not_allowed", "does not allow the API", "move the account"),
        (REDIRECTED, "wrong_address", "address of the API is wrong", "check EASIFY_BASE_URL"),
    ],
)
def test_an_account_that_needs_a_person_pauses_the_campaign(
    terminal: Terminal, recipient: str, reason: str, why: str, next_command: str
) -> None:
    file = terminal.people(recipient, number(2))
    line = ("send", file, *JOB, "--name", "june list", "--yes", "--rate", "10/1")
    said = terminal.refused(5, *line).splitlines()
    assert "Error: 'june list' is paused: " in said[-3]
    assert why in said[-3]
    assert said[-2].startswith(f"Next:  {next_command}")
    assert said[-1] == "       bulksms resume 'june list'"

    status = terminal.json("status", "june list")
    assert (status["state"], status["paused_reason"]) == ("paused", reason)
    assert f"june list: paused ({reason})" in terminal.done("status", "june list")

    terminal.done("resume", "june list", "--yes")
    assert terminal.texted == [number(2), recipient]


def test_a_wrong_token_texts_nobody_and_loses_no_row(terminal: Terminal) -> None:
    file = terminal.people(number(1), number(2))
    line = ("send", file, *JOB, "--yes")
    another = {"EASIFY_API_TOKEN": "1|another"}
    said = terminal.refused(5, *line, **another)
    assert "There is no token that Easify knows" in said
    assert terminal.texted == []
    assert terminal.json("status") == []


def test_too_many_refusals_in_a_row_pause_before_the_list_is_burnt(terminal: Terminal) -> None:
    file = terminal.people(*[REFUSED] * 60)
    line = (
        "send",
        file,
        *JOB,
        "--duplicates",
        "keep",
        "--rate",
        "30/1",
        "--name",
        "june",
        "--yes",
    )
    said = terminal.refused(5, *line)
    assert "Too many attempts in a row were not accepted" in said
    assert (
        "Next:  bulksms report june -o report.xlsx\n       to see why, then\n       bulksms resume"
        in said
    )
    assert terminal.json("status", "june")["counts"]["queued"] > 0


def test_a_refused_row_is_told_and_ends_with_6(terminal: Terminal) -> None:
    file = terminal.people(number(1), REFUSED)
    result = terminal("send", file, *JOB, "--name", "june", "--yes")
    assert result.exit_code == 6
    assert "june: finished; 1 accepted, 1 failed." in result.stdout
    assert "row 3: " in result.stderr


def test_a_row_in_doubt_is_settled_by_the_vendors_record(terminal: Terminal) -> None:
    file = terminal.people(number(1), IN_DOUBT)
    result = terminal("send", file, *JOB, "--name", "june", "--yes")
    assert (result.exit_code, terminal.texted) == (0, [number(1), IN_DOUBT])
    assert "june: finished; 2 accepted." in result.stdout
    assert "row 3: unknown" in result.stderr


def test_without_the_record_a_row_stays_in_doubt_and_a_person_settles_it(
    terminal: Terminal,
) -> None:
    terminal.vendor.faults.reads.extend([refuse("plan_not_allowed")] * 20)
    terminal.vendor.faults.reads.appendleft(NO_FAULT)  # the look at the account goes well
    result = terminal("send", terminal.people(IN_DOUBT), *JOB, "--name", "june", "--yes")
    assert (result.exit_code, terminal.texted) == (6, [IN_DOUBT])
    (row,) = terminal.json("reconcile", "june", code=6)["unknown"]
    assert "could not be read" in row["detail"]
    terminal.vendor.faults.reads.clear()
    said = terminal.refused(3, "resolve", "june", "--row", "3", "--give-up")
    assert "'june' has no row 3; rows are numbered as in its file." in said
    sms_id = str(terminal.truth[0].id)
    terminal.done("resolve", "june", "--row", "2", "--accepted", sms_id)
    assert terminal.json("status", "june")["counts"]["accepted"] == 1
    assert "is not in doubt" in terminal.refused(3, "resolve", "june", "--row", "2", "--give-up")
    assert terminal("resolve", "june", "--row", "2").exit_code == 2


def test_the_end_for_scripts_is_the_status_whatever_the_code(terminal: Terminal) -> None:
    finished = terminal("send", terminal.people(REFUSED), *JOB, "--yes", "--json")
    assert (finished.exit_code, json.loads(finished.stdout)["counts"]["failed"]) == (6, 1)
    blocked = terminal.people(NO_CREDITS, name="july.csv")
    paused = terminal("send", blocked, *JOB, "--yes", "--json")
    assert (paused.exit_code, json.loads(paused.stdout)["paused_reason"]) == (5, "no_credits")


def test_an_account_out_of_credits_goes_on_where_it_stood(terminal: Terminal) -> None:
    (account,) = terminal.vendor.accounts.values()
    assert isinstance(account, Account)
    account.credits = 1
    try:
        file = terminal.people(number(1), number(2), number(3))
        line = ("send", file, *JOB, "--rate", "10/1", "--yes")
        terminal.refused(5, *line)
        account.credits = None
        terminal.done(*line)
    finally:
        account.credits = None
    assert terminal.texted == [number(1), number(2), number(3)]


def test_a_row_in_the_air_of_a_dead_sender_names_what_settles_it(terminal: Terminal) -> None:
    """A cancelled campaign is never resumed, and no worker looks at it."""
    terminal.done("load", terminal.people(number(1), number(2)), *JOB, "--name", "june")
    with Store.open(str(terminal.database)) as store:
        (june,) = store.campaigns.all()
        now = datetime.now(UTC) - timedelta(hours=1)
        store.campaigns.start(june.id, now=now, actor="operator")
        lease = store.accounts.acquire(
            june.account, worker="gone:1", rate=DEFAULT_RATE, length=timedelta(minutes=1), now=now
        )
        store.messages.claim(lease, june.id, now)
    terminal.done("cancel", "june", "--yes")
    assert "bulksms reconcile june" in terminal.done("status", "june")
    said = terminal.refused(3, "resolve", "june", "--row", "2", "--give-up")
    assert "still waits for Easify's answer" in said
    assert "Next:  bulksms reconcile june" in said
