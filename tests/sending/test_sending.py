"""Whatever the vendor answers, or does not: every row can say so, and nobody is texted twice."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from bulksms.model.errors import StoreError
from bulksms.model.notices import Answered, Notice, Waiting
from bulksms.model.records import Refused
from bulksms.model.settings import REFUSALS_BEFORE_PAUSE
from bulksms.model.states import CampaignState, PausedReason, Reason, State
from bulksms.sandbox.faults import (
    ACCEPT_AND_DROP,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    HTML_403,
    NO_FAULT,
    REDIRECTED,
    Fault,
    garbage,
    hang,
    hang_and_drop,
    refuse,
    refuse_for,
)
from tests.sending.sending_stage import Stage, always, number, staged


@pytest.fixture
def stage(database: Path) -> Iterator[Stage]:
    with staged(database) as stage:
        yield stage


def test_everyone_is_texted_once_in_the_files_order_and_the_campaign_is_finished(
    stage: Stage,
) -> None:
    stage.load(20)
    stage.send()
    assert stage.states == [State.ACCEPTED] * 20
    assert stage.posted == list(range(2, 22))
    assert [row.attempts for row in stage.rows] == [1] * 20
    assert stage.campaign.state is CampaignState.FINISHED
    assert stage.campaign.leased_by is None


def test_one_slow_answer_delays_no_other(stage: Stage) -> None:
    stage.load(10)
    stage.vendor.faults.by_number[number(3)] = hang(after=25)
    stage.send()
    assert stage.moments == pytest.approx([4.0 * place for place in range(10)], abs=0.001)
    assert stage.states == [State.ACCEPTED] * 10


def test_a_refused_row_says_the_vendors_reason_and_the_others_go_on(stage: Stage) -> None:
    stage.load(4)
    stage.vendor.faults.script.extend(
        [refuse("invalid_recipient"), refuse("blacklisted"), refuse("unheard_of"), NO_FAULT]
    )
    stage.send()
    assert [row.state for row in stage.rows] == [State.FAILED] * 3 + [State.ACCEPTED]
    assert [row.reason for row in stage.rows] == [
        Reason.INVALID_RECIPIENT,
        Reason.BLACKLISTED,
        Reason.REJECTED,
        None,
    ]
    assert stage.row(4).detail == "The message was rejected by the content filter."


@pytest.mark.parametrize(
    ("fault", "reason", "accepted"),
    [
        (hang(after=90), Reason.TIMEOUT, 1),
        (hang(before=45), Reason.TIMEOUT, 1),
        (hang_and_drop(90), Reason.TIMEOUT, 0),
        (ACCEPT_AND_DROP, Reason.CONNECTION_LOST, 1),
        (DROP_BEFORE, Reason.CONNECTION_LOST, 0),
        (ERROR_AFTER, Reason.SERVER_ERROR, 1),
        (ERROR_BEFORE, Reason.SERVER_ERROR, 0),
        (garbage("html"), Reason.BAD_RESPONSE, 1),
        (garbage("no_id"), Reason.BAD_RESPONSE, 1),
        (garbage("broken_json"), Reason.BAD_RESPONSE, 1),
        (garbage("html", accepted=False), Reason.BAD_RESPONSE, 0),
    ],
)
def test_what_is_in_doubt_is_unknown_and_never_resent(
    stage: Stage, fault: Fault, reason: Reason, accepted: int
) -> None:
    """The two of each pair look the same from here: one was accepted, the other was not."""
    stage.load(3)
    stage.vendor.faults.by_number[number(3)] = fault
    for _ in range(4):
        stage.send()
    assert stage.states == [State.ACCEPTED, State.UNKNOWN, State.ACCEPTED]
    assert stage.row(3).reason is reason
    assert len(stage.accepted(3)) == accepted
    assert stage.posted == [2, 3, 4]


@pytest.mark.parametrize("seconds", [1, 7, 59, 200])
def test_a_429_is_obeyed_to_its_second_costs_no_attempt_and_keeps_the_rows_place(
    stage: Stage, seconds: int
) -> None:
    """200 s is longer than the lease, which the waiting sender keeps."""
    stage.load(4)
    stage.vendor.faults.by_number[number(3)] = refuse_for(seconds, once=True)
    worker = stage.send(latency=always(there=0.1, back=0.2))
    assert stage.posted == [2, 3, 3, 4, 5]
    refused, again = stage.moments[1:3]
    answered = refused + 0.2
    assert again - 0.1 == pytest.approx(max(answered + seconds, refused - 0.1 + 4), abs=0.001)
    assert stage.row(3).attempts == 1
    assert stage.states == [State.ACCEPTED] * 4
    assert waits(worker.notices) <= {f"Too many requests. Try again in {seconds} seconds"}


def waits(notices: list[Notice]) -> set[str]:
    return {notice.why for notice in notices if isinstance(notice, Waiting)}


def test_an_hour_without_the_vendor_passes_by_itself(stage: Stage) -> None:
    """And within a minute of the vendor's return somebody has noticed it."""
    stage.load(20)

    async def story() -> list[Notice]:
        worker = await stage.hire()
        await asyncio.sleep(10)
        worker.transport.reachable = False
        await asyncio.sleep(3600)
        assert stage.states.count(State.QUEUED) == 17
        worker.transport.reachable = True
        await worker.running
        return worker.notices

    notices = stage.play(story())
    assert stage.states == [State.ACCEPTED] * 20
    assert stage.posted == list(range(2, 22))
    assert [row.attempts for row in stage.rows] == [1] * 20
    assert 3610 < stage.moments[3] <= 3670
    assert waits(notices) == {"Easify could not be reached: no connection could be made."}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (refuse("unauthenticated"), PausedReason.UNAUTHENTICATED),
        (refuse("subscription_ended"), PausedReason.SUBSCRIPTION_ENDED),
        (refuse("plan_not_allowed"), PausedReason.PLAN_NOT_ALLOWED),
        (HTML_403, PausedReason.PLAN_NOT_ALLOWED),
        (refuse("no_credits"), PausedReason.NO_CREDITS),
        (refuse("invalid_sender"), PausedReason.INVALID_SENDER),
        (REDIRECTED, PausedReason.WRONG_ADDRESS),
    ],
)
def test_a_refused_account_pauses_the_campaign_and_costs_nobody_anything(
    stage: Stage, fault: Fault, reason: PausedReason
) -> None:
    stage.load(5)
    stage.vendor.faults.script.extend([NO_FAULT, NO_FAULT, fault])
    stage.send()
    assert stage.posted == [2, 3, 4]
    assert stage.campaign.paused_reason is reason
    assert stage.campaign.paused_detail
    assert stage.states == [State.ACCEPTED] * 2 + [State.QUEUED] * 3
    assert stage.row(4).attempts == 0

    stage.send()
    assert stage.states == [State.ACCEPTED] * 5
    assert stage.posted == [2, 3, 4, 4, 5, 6]


def test_a_refused_account_pauses_once_though_more_answers_were_in_the_air(stage: Stage) -> None:
    stage.load(6)
    stage.vendor.accounts.clear()
    stage.send(latency=always(back=9))
    assert stage.campaign.paused_reason is PausedReason.UNAUTHENTICATED
    assert stage.posted == [2, 3, 4]
    assert stage.states == [State.QUEUED] * 6


@pytest.mark.parametrize("fault", [ERROR_AFTER, refuse("invalid_recipient"), hang_and_drop(1)])
def test_so_many_unaccepted_in_a_row_pause_the_campaign(stage: Stage, fault: Fault) -> None:
    stage.load(REFUSALS_BEFORE_PAUSE + 5)
    stage.vendor.faults.script.extend([fault] * (REFUSALS_BEFORE_PAUSE + 5))
    stage.send()
    assert stage.campaign.paused_reason is PausedReason.REPEATED_FAILURES
    said = f"{REFUSALS_BEFORE_PAUSE} attempts in a row were not accepted: "
    assert (stage.campaign.paused_detail or "").startswith(said)
    assert len(stage.posted) == REFUSALS_BEFORE_PAUSE
    assert stage.states.count(State.QUEUED) == 5


def test_one_accepted_among_them_restores_the_patience(stage: Stage) -> None:
    stage.load(2 * REFUSALS_BEFORE_PAUSE - 1)
    almost = [ERROR_AFTER] * (REFUSALS_BEFORE_PAUSE - 1)
    stage.vendor.faults.script.extend([*almost, NO_FAULT, *almost])
    stage.send()
    assert stage.campaign.state is CampaignState.FINISHED
    assert len(stage.posted) == 2 * REFUSALS_BEFORE_PAUSE - 1


def test_who_opts_out_in_the_middle_of_a_run_is_not_texted(stage: Stage) -> None:
    stage.load(5)

    async def story() -> None:
        worker = await stage.hire()
        await asyncio.sleep(5)
        now = worker.sender.clock()
        stage.store.suppressions.add([number(4)], reason="STOP", source="reply", now=now)
        await worker.running

    stage.play(story())
    assert stage.posted == [2, 3, 5, 6]
    assert stage.row(4).state is State.SKIPPED
    assert stage.row(4).reason is Reason.OPTED_OUT


@pytest.mark.parametrize("grouped", [False, True])
def test_a_row_that_comes_back_while_the_run_ends_is_sent(stage: Stage, *, grouped: bool) -> None:
    """A doubt is settled, or another terminal says `retry`, just after the claim that found none.

    The campaign rested then, at a limit that nobody had asked for, until a person resumed it.
    """
    stage.load(1)
    stage.vendor.faults.script.append(refuse("blacklisted"))

    def nothing() -> None:
        """What is asked for between that claim and the end."""
        stage.store.messages.retry(stage.campaign.id, Refused(), now=stage.now, actor="another")

    async def story() -> None:
        await (await stage.hire(awaited=nothing, grouped=grouped)).running

    stage.play(story())
    assert stage.states == [State.ACCEPTED]
    assert stage.campaign.state is CampaignState.FINISHED


def test_a_database_that_takes_nothing_for_20_seconds_loses_no_answer(stage: Stage) -> None:
    """The run ends and says why; the answers in the air are offered again until they are in."""
    stage.load(5)

    async def story() -> None:
        worker = await stage.hire(latency=always(back=9))
        await asyncio.sleep(8.5)
        with closing(sqlite3.connect(stage.database)) as hog:
            hog.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(20)
        with pytest.raises(StoreError, match="locked by another program"):
            await worker.running

    stage.play(story())
    assert stage.states == [State.ACCEPTED] * 3 + [State.QUEUED] * 2
    assert stage.posted == [2, 3, 4]

    stage.send()
    assert stage.states == [State.ACCEPTED] * 5


def test_a_fault_of_ours_ends_the_run_and_is_told(stage: Stage) -> None:
    """Whoever watches may break; a silent loss of one send after another would be worse."""
    stage.load(5)

    async def story() -> None:
        worker = await stage.hire()
        worker.sender.notify = broken
        with pytest.raises(ZeroDivisionError):
            await worker.running

    def broken(_notice: Notice) -> None:
        raise ZeroDivisionError

    stage.play(story())
    assert stage.states == [State.ACCEPTED] + [State.QUEUED] * 4


def test_every_answer_is_told_to_whoever_watches(stage: Stage) -> None:
    stage.load(3)
    stage.vendor.faults.script.extend([NO_FAULT, refuse("blacklisted"), ERROR_AFTER])
    told = [notice for notice in stage.send().notices if isinstance(notice, Answered)]
    assert [type(notice.outcome).__name__ for notice in told] == ["Accepted", "Rejected", "Unknown"]
    assert all(a.claimed.row_number < b.claimed.row_number for a, b in pairwise(told))


def test_a_line_of_the_log_has_the_words_that_operating_shows(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bulksms.sending")
    stage.load(1)
    stage.send()
    operating = Path(__file__).parents[2] / "docs/operating.md"
    (shown,) = re.findall(r"^\S+ INFO (campaign=.*)$", operating.read_text("utf-8"), re.MULTILINE)
    (told,) = caplog.messages
    assert re.findall(r"(\w+)=", told) == re.findall(r"(\w+)=", shown)
