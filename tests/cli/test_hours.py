"""Sending hours and a start of its own, as they are typed and as they are told."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.cli.scheduled import GLANCE, in_turn, wait_for_start
from bulksms.model.errors import InputError
from bulksms.model.records import Campaign, Lease
from bulksms.model.states import PausedReason
from bulksms.store import Store
from tests.cli.cli_stage import JOB, Terminal, number
from tests.store.stage import FAST

DAY = timedelta(days=1)


_SOON = datetime.now(UTC) + timedelta(hours=3)
CLOSED = f"{_SOON:%H}:00-{_SOON:%H}:30"
"""Hours that do not begin before the tests are over, in UTC."""


def scheduled(terminal: Terminal) -> Campaign:
    start = datetime.now(UTC) + DAY
    line = ("load", terminal.people(number(1)), *JOB, "--name", "june")
    terminal.done(*line, "--start-at", f"{start:%Y-%m-%d %H:%M}Z")
    with Store.open(str(terminal.database)) as store:
        found = store.campaigns.named("june")
    assert found is not None
    return found


def busy(store: Store) -> Lease:
    """Another computer sends on the account."""
    now, length = datetime.now(UTC), timedelta(minutes=1)
    return store.accounts.acquire("default", worker="other:1", rate=FAST, length=length, now=now)


@contextmanager
def held(store: Store) -> Iterator[Lease]:
    now, length = datetime.now(UTC), timedelta(minutes=1)
    yield store.accounts.acquire("default", worker="mine:1", rate=FAST, length=length, now=now)


def test_the_plan_says_who_waits_until_when(terminal: Terminal) -> None:
    file = terminal.people(number(1), number(2))
    said = terminal.done("check", file, *JOB, "--hours", CLOSED, "--timezone", "UTC")
    assert f"Hours: {CLOSED}, UTC." in said
    assert "2 rows will wait until " in said


def test_hours_over_midnight_are_minded(terminal: Terminal) -> None:
    """Whoever meant the day got its opposite, and texted at half past one."""
    line = ("check", terminal.people(number(1)), *JOB, "--hours")
    said = terminal.done(*line, "20:00-09:00")
    assert "Mind: The hours 20:00-09:00 go over midnight: people are texted in their night." in said
    assert "by day it is such as  --hours 09:00-20:00" in said
    for day in ("09:00-20:00", "09:00-24:00", "09:00-00:00"):
        assert "midnight" not in terminal.done(*line, day)


def test_the_plan_counts_the_waits_into_its_finish(terminal: Terminal) -> None:
    line = ("check", terminal.people(number(1)), *JOB)
    assert terminal.json(*line)["waits"] == []
    plan = terminal.json(*line, "--hours", CLOSED, "--timezone", "UTC")
    (wait,) = plan["waits"]
    assert wait["rows"] == 1
    assert wait["until"] <= plan["finish_at"]
    assert plan["duration_seconds"] > timedelta(hours=1).total_seconds()


def test_status_says_the_same_as_the_plan(terminal: Terminal) -> None:
    hours = ("--hours", CLOSED, "--timezone", "UTC")
    terminal.done("load", terminal.people(number(1)), *JOB, *hours, "--name", "june")
    one = terminal.json("status", "june")
    assert one["hours"] == f"{CLOSED}, UTC"
    assert [wait["rows"] for wait in one["waits"]] == [1]
    assert one["eta_seconds"] > timedelta(hours=1).total_seconds()
    said = terminal.done("status", "june")
    assert "1 row will wait until " in said


def test_rows_that_no_time_fits_are_skipped_and_say_so(terminal: Terminal) -> None:
    file = terminal.people("+15002345678")
    plan = terminal.json("check", file, *JOB, "--hours", "09:00-10:00")
    assert plan["skipped"]["outside_hours"]["row_numbers"] == [2]


def test_a_scheduled_campaign_does_not_start_before_its_time(terminal: Terminal) -> None:
    scheduled(terminal)
    said = terminal.refused(3, "resume", "june", "--yes")
    assert "is to start tomorrow" in said
    assert "Next:  bulksms resume june --wait" in said
    assert terminal.json("status", "june")["state"] == "scheduled"
    said = terminal.done("status", "june")
    assert "It starts tomorrow at " in said
    assert " to go, with the waits, done tomorrow at " in said
    assert terminal.texted == []


def test_it_starts_by_itself_when_its_time_has_come(terminal: Terminal) -> None:
    campaign = scheduled(terminal)
    assert campaign.start_at is not None
    slept: list[float] = []
    moment = campaign.start_at - timedelta(seconds=12)

    def now() -> datetime:
        return moment + timedelta(seconds=sum(slept))

    with Store.open(str(terminal.database)) as store:
        wait_for_start(store, campaign, now=now, sleep=slept.append)
    assert slept == [5, 5, 2]


def test_a_campaign_that_is_cancelled_meanwhile_is_not_started(terminal: Terminal) -> None:
    campaign = scheduled(terminal)
    assert campaign.start_at is not None
    moment = campaign.start_at - GLANCE

    def cancel(_seconds: float) -> None:
        terminal.done("cancel", "june", "--yes")

    with (
        Store.open(str(terminal.database)) as store,
        pytest.raises(InputError, match="is cancelled"),
    ):
        wait_for_start(store, campaign, now=lambda: moment, sleep=cancel)


def test_when_others_send_it_waits_for_its_turn(terminal: Terminal) -> None:
    campaign = scheduled(terminal)
    slept: list[float] = []
    with Store.open(str(terminal.database)) as store:
        others = busy(store)

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            if len(slept) == 3:
                store.accounts.release(others)

        with in_turn(store, campaign, lambda: held(store), sleep=sleep) as lease:
            assert lease.worker == "mine:1"
    assert slept == [5, 5, 5]


def test_who_is_cancelled_while_others_send_is_not_started(terminal: Terminal) -> None:
    campaign = scheduled(terminal)

    def cancel(_seconds: float) -> None:
        terminal.done("cancel", "june", "--yes")

    with Store.open(str(terminal.database)) as store:
        busy(store)
        turn = in_turn(store, campaign, lambda: held(store), sleep=cancel)
        with pytest.raises(InputError, match="is cancelled"), turn:
            pass


def test_what_somebody_else_has_started_and_paused_is_not_started_again(
    terminal: Terminal,
) -> None:
    """A page may have waited for the same time; what a person paused there is left alone."""
    campaign = scheduled(terminal)
    now = datetime.now(UTC)
    with Store.open(str(terminal.database)) as store:
        store.campaigns.start(campaign.id, now=now, actor="other:1")
        store.campaigns.pause(campaign.id, PausedReason.OPERATOR, now=now, actor="operator")
        turn = in_turn(store, campaign, lambda: held(store))
        with pytest.raises(InputError, match="is paused by now"), turn:
            pass


def test_a_draft_does_not_wait_for_others(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1)), *JOB, "--name", "june")
    with Store.open(str(terminal.database)) as store:
        busy(store)
    assert "is in use" in terminal.refused(4, "resume", "june", "--yes")


def test_resume_wait_sends_what_is_due(terminal: Terminal) -> None:
    scheduled(terminal)
    past = f"{datetime.now(UTC) - DAY:%Y-%m-%d %H:%M:%S.000000}"
    with sqlite3.connect(Path(terminal.database)) as database:
        database.execute("UPDATE campaign SET start_at = ?", (past,))
    terminal.done("resume", "june", "--wait", "--yes")
    assert terminal.texted == [number(1)]


def test_the_line_of_a_start_that_has_gone_by_goes_on(terminal: Terminal) -> None:
    """It was refused as in the past, and as another time before that."""
    line = ("send", terminal.people(number(1), number(2)), *JOB, "--name", "june", "--yes")
    terminal.done(*line, "--limit", "1")
    said = terminal.refused(3, *line, "--start-at", f"{datetime.now(UTC) + DAY:%Y-%m-%d %H:%M}Z")
    assert "'june' has begun, and cannot start at another time any more" in said
    terminal.done(*line, "--start-at", "2020-01-01 09:00")
    assert terminal.texted == [number(1), number(2)]


@pytest.mark.parametrize("command", ["check", "load", "send"])
def test_nothing_new_starts_in_the_past(terminal: Terminal, command: str) -> None:
    file = terminal.people(number(1))
    said = terminal.refused(3, command, file, *JOB, "--start-at", "2020-01-01 09:00")
    assert "The start, Wed 01 Jan 2020 at 09:00, is in the past; without one it begins" in said
    terminal.done("load", file, *JOB)
    said = terminal.refused(3, "send", file, *JOB, "--start-at", "2020-01-01 09:00")
    assert "is in the past; without one it begins at once." in said
    assert terminal.texted == []


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--hours", "9-20", "The sending hours"),
        ("--days", "weekend", "The days"),
        ("--timezone", "UTC", "without sending hours"),
        ("--start-at", "soon", "The start"),
        ("--start-at", "2020-01-01 09:00", "is in the past"),
        ("--not-if-texted-within", "1 fortnight", "The period"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    terminal: Terminal, option: str, value: str, complaint: str
) -> None:
    assert complaint in terminal.refused(
        3, "check", terminal.people(number(1)), *JOB, option, value
    )
