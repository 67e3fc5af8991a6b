"""`pause`, `cancel` and `retry`: what a person decides about a campaign after its load."""

from datetime import UTC, datetime

import pytest

from bulksms.model.states import REASONS, CampaignState, PausedReason, State
from bulksms.sandbox.faults import NO_FAULT, order, refuse
from bulksms.store import Store
from tests.cli.cli_stage import JOB, SENDER, Terminal, number

REFUSED, BLACKLISTED = "+12025550151", "+12025550152"
IN_DOUBT = "+12025550170"


@pytest.fixture
def june(terminal: Terminal) -> str:
    """A draft of two rows."""
    file = terminal.people(number(1), number(2))
    terminal.done("load", file, *JOB, "--name", "june list")
    return "june list"


def _run(name: str) -> None:
    """As if another terminal had begun to send it."""
    with Store.open("bulksms.db") as store:
        found = store.campaigns.named(name)
        assert found is not None
        store.campaigns.start(found.id, now=datetime.now(UTC), actor="office:4711")


def test_a_running_campaign_is_paused_and_goes_on(terminal: Terminal, june: str) -> None:
    _run(june)
    said = terminal.done("pause", june)
    assert said == "'june list' is paused.\nNext:  bulksms resume 'june list'\n"
    assert terminal.json("status", june)["paused_reason"] == "operator"
    assert "It was paused by hand.\nNext:  bulksms resume 'june list'" in terminal.done(
        "status", june
    )
    terminal.done("resume", june, "--yes")
    assert len(terminal.texted) == 2


def test_a_campaign_is_left_to_the_workers_without_a_token_here(
    terminal: Terminal, june: str
) -> None:
    """They hold the tokens; whoever hands it over may sit at another machine."""
    result = terminal("resume", june, "--by-worker", "--yes", EASIFY_API_TOKEN="")
    assert result.exit_code == 0, result.output
    assert "'june list' is left to the workers" in result.stdout
    assert terminal.texted == []
    with Store.open("bulksms.db") as store:
        (campaign,) = store.campaigns.unfinished()
    assert (campaign.state, campaign.leased_by) == (CampaignState.RUNNING, None)


def test_what_only_the_one_who_sends_can_be_told_is_not_left_to_the_workers(
    terminal: Terminal, june: str
) -> None:
    typed = ("resume", june, "--by-worker", "--yes")
    assert "without --rate" in terminal.refused(3, *typed, "--rate", "5/60")
    _run(june)
    with Store.open("bulksms.db") as store:
        store.campaigns.pause(1, PausedReason.SCHEDULED, now=datetime.now(UTC), actor="office:1")
    said = terminal.refused(3, *typed)
    assert "that they may wait there" in said
    assert "bulksms resume 'june list'" in said


def test_a_campaign_that_does_not_run_cannot_be_paused(terminal: Terminal, june: str) -> None:
    said = terminal.refused(3, "pause", june)
    assert "'june list' is not running: it is draft." in said
    assert "Next:  bulksms status 'june list'" in said


def test_a_cancelled_campaign_texts_nobody_and_stays_cancelled(
    terminal: Terminal, june: str
) -> None:
    said = terminal.done("cancel", june, "--yes")
    assert said == "'june list' is cancelled; 2 rows skipped.\n"
    for command in ("resume", "retry"):
        said = terminal.refused(3, command, june, "--yes")
        assert "'june list' was cancelled and cannot go on." in said
        assert "Next:  bulksms report 'june list' -o report.xlsx" in said
    assert "was cancelled before" in terminal.refused(3, "cancel", june, "--yes")
    assert terminal.json("status", june)["state"] == CampaignState.CANCELLED
    assert terminal.texted == []


def test_a_cancel_asks(terminal: Terminal, june: str) -> None:
    said = terminal.refused(2, "cancel", june)
    assert "Cancel 'june list'? 2 rows will never be texted." in said
    assert terminal.json("status", june)["state"] == CampaignState.DRAFT


def test_a_finished_campaign_has_nothing_to_cancel(terminal: Terminal, june: str) -> None:
    terminal.done("resume", june, "--yes")
    said = terminal.refused(3, "cancel", june, "--yes")
    assert "'june list' is finished: no row of it waits." in said
    assert terminal.json("status", june)["state"] == CampaignState.FINISHED


def a_row_comes_back(terminal: Terminal) -> None:
    terminal.vendor.faults.script.append(order("error_before"))
    terminal.vendor.faults.reads.extend([order("error_before")] * 40)
    assert terminal("send", terminal.people(number(1)), *JOB, "--name", "june", "--yes").exit_code
    terminal.done("resolve", "june", "--row", "2", "--resend")


def test_the_line_of_a_campaign_to_which_a_row_came_back_sends_that_row(terminal: Terminal) -> None:
    """It was "already sent"; by the advice that followed the row got its text, and twice."""
    a_row_comes_back(terminal)
    assert "Next:  bulksms resume june" in terminal.refused(3, "load", "june.csv", *JOB)
    other = ("june.csv", "--message", "Bye", "--from", SENDER, "--yes")
    assert "Next:  bulksms resume june" in terminal.refused(3, "send", *other)
    terminal.done("send", "june.csv", *JOB, "--yes")
    assert terminal.texted == [number(1)]
    assert "june.csv was already sent" in terminal.refused(3, "send", "june.csv", *JOB, "--yes")


def test_a_row_that_came_back_to_a_finished_campaign_is_told_and_can_be_cancelled(
    terminal: Terminal,
) -> None:
    """A doubt was settled after the end: the row waits, and nobody else would ever end it."""
    a_row_comes_back(terminal)
    said = terminal.done("status", "june")
    assert "1 row came back to the queue since:\nNext:  bulksms resume june" in said
    assert "1 row will never be texted." in terminal.refused(2, "cancel", "june")
    assert terminal.done("cancel", "june", "--yes") == "'june' is cancelled; 1 row skipped.\n"
    assert terminal.json("status", "june")["state"] == CampaignState.CANCELLED


def test_a_file_whose_draft_was_cancelled_may_be_sent(terminal: Terminal, june: str) -> None:
    terminal.done("cancel", june, "--yes")
    terminal.done("send", "june.csv", *JOB, "--yes")
    assert terminal.texted == [number(1), number(2)]


def test_without_a_name_the_newest_campaign_is_meant(terminal: Terminal, june: str) -> None:
    terminal.done("load", terminal.people(number(3), name="july.csv"), *JOB, "--name", "july")
    assert "'july' is cancelled" in terminal.done("cancel", "--yes")
    assert terminal.json("status", june)["state"] == CampaignState.DRAFT


def test_every_reason_of_a_failure_can_be_retried_by_its_code(terminal: Terminal) -> None:
    said = terminal.refused(2, "retry", "--reason", "NOBODY")
    for reason in REASONS[State.FAILED]:
        assert f"'{reason.value}'" in said


def test_a_retry_sends_the_refused_rows_again(terminal: Terminal) -> None:
    file = terminal.people(number(1), REFUSED, BLACKLISTED)
    assert terminal("send", file, *JOB, "--name", "june", "--yes").exit_code == 6
    del terminal.vendor.faults.by_number[REFUSED]
    result = terminal("retry", "june", "--reason", "invalid_recipient", "--yes")
    assert "june: finished; 2 accepted, 1 failed." in result.stdout
    assert terminal.texted == [number(1), REFUSED]

    del terminal.vendor.faults.by_number[BLACKLISTED]
    terminal.done("retry", "june", "--row", "4", "--yes")
    assert terminal.texted == [number(1), REFUSED, BLACKLISTED]


@pytest.mark.parametrize("which", [(), ("--reason", "blacklisted"), ("--row", "2")])
def test_a_retry_of_nothing_is_refused(terminal: Terminal, which: tuple[str, ...]) -> None:
    terminal.done("send", terminal.people(number(1)), *JOB, "--name", "june", "--yes")
    said = terminal.refused(3, "retry", "june", *which, "--yes")
    assert "'june' has no refused row like that." in said
    assert "Next:  bulksms status june" in said


def test_a_retry_asks(terminal: Terminal) -> None:
    terminal("send", terminal.people(REFUSED), *JOB, "--name", "june", "--yes")
    assert "Send 1 refused message of 'june' again?" in terminal.refused(2, "retry", "june")
    assert terminal.json("status", "june")["counts"]["failed"] == 1


@pytest.mark.parametrize(
    ("which", "asked"),
    [
        ((), "Send 2 refused messages of 'june' again?"),
        (("--reason", "blacklisted"), "Send 1 refused message of 'june' again?"),
        (
            ("--row", "2"),
            "Send 1 refused message of 'june' again, given up in doubt and perhaps texted already?",
        ),
        (("--row", "2", "--row", "3"), "messages of 'june' again, 1 of them given up in doubt and"),
        (("--reason", "gave_up", "--reason", "blacklisted"), "again, 1 of them given up in doubt"),
    ],
)
def test_a_retry_tells_apart_what_was_given_up_in_doubt(
    terminal: Terminal, which: tuple[str, ...], asked: str
) -> None:
    """These may have got it: whoever says yes texts them again."""
    terminal.vendor.faults.reads.extend([NO_FAULT, *[refuse("plan_not_allowed")] * 20])
    file = terminal.people(IN_DOUBT, REFUSED, BLACKLISTED)
    terminal("send", file, *JOB, "--name", "june", "--yes")
    terminal.done("resolve", "june", "--row", "2", "--give-up")
    terminal.vendor.faults.reads.clear()
    assert asked in terminal.refused(2, "retry", "june", *which)
