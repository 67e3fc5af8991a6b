"""Ctrl-C once, Ctrl-C twice, `kill -9`, and another terminal: what is in the air, what waits."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.model.states import CampaignState, PausedReason, Reason, State
from bulksms.sandbox.faults import NO_FAULT, hang, refuse, refuse_for
from tests.sending.processes import Process
from tests.sending.sending_stage import Stage, Worker, always, number, staged
from tests.virtual_time import START


@pytest.fixture
def stage(database: Path) -> Iterator[Stage]:
    with staged(database) as stage:
        yield stage


def seconds(worker: Worker) -> float:
    """The time in the story."""
    return (worker.sender.clock() - START).total_seconds()


def test_after_stop_nobody_is_claimed_and_every_answer_is_recorded(stage: Stage) -> None:
    stage.load(10)

    async def story() -> float:
        worker = await stage.hire(latency=always(back=10))
        await asyncio.sleep(9)
        worker.sender.stop()
        assert worker.sender.in_the_air == 3
        await worker.running
        return seconds(worker)

    assert stage.play(story()) == pytest.approx(18)
    assert stage.states == [State.ACCEPTED] * 3 + [State.QUEUED] * 7
    assert stage.campaign.paused_reason is PausedReason.INTERRUPTED
    assert stage.campaign.leased_by is None

    stage.send()
    assert stage.states == [State.ACCEPTED] * 10


def test_after_abort_what_was_in_the_air_is_unknown_at_once_and_never_resent(stage: Stage) -> None:
    stage.load(10)

    async def story() -> float:
        worker = await stage.hire(latency=always(back=10))
        await asyncio.sleep(9)
        worker.sender.stop()
        worker.sender.abort()
        await worker.running
        return seconds(worker)

    assert stage.play(story()) == pytest.approx(9)
    assert stage.states == [State.UNKNOWN] * 3 + [State.QUEUED] * 7
    assert {row.reason for row in stage.rows[:3]} == {Reason.INTERRUPTED}
    assert len(stage.vendor.truth) == 3
    assert stage.campaign.paused_reason is PausedReason.INTERRUPTED

    stage.send()
    assert stage.states == [State.UNKNOWN] * 3 + [State.ACCEPTED] * 7
    assert stage.posted == list(range(2, 12))


def test_what_an_abort_finds_claimed_ahead_of_its_time_was_never_sent(stage: Stage) -> None:
    stage.load(10)

    async def story() -> None:
        worker = await stage.hire(grouped=True)
        await asyncio.sleep(0.2)
        assert stage.row(2).state is State.SENDING
        worker.sender.abort()
        await worker.running

    stage.play(story())
    assert stage.posted == []
    assert stage.states == [State.QUEUED] * 10
    assert stage.row(2).attempts == 0

    stage.send()
    assert stage.states == [State.ACCEPTED] * 10


def test_an_abort_in_the_moment_of_a_claim_leaves_nothing_without_an_outcome(
    stage: Stage,
) -> None:
    """What was claimed has not begun to be posted, and would never be recorded by anybody."""
    stage.load(1)
    with Process(stage.now) as process:
        hired = process.begin(stage.hire())
        process.step_until(lambda: stage.row(2).state is State.SENDING)
        worker = hired.result()
        worker.sender.abort()
        process.run(asyncio.wait_for(worker.running, 60))
    assert stage.states == [State.UNKNOWN]
    assert stage.rows[0].reason is Reason.INTERRUPTED


def test_a_killed_workers_row_is_found_by_the_next_one_and_called_unknown(stage: Stage) -> None:
    stage.load(10)

    async def story() -> None:
        worker = await stage.hire(latency=always(there=2, back=8))
        await asyncio.sleep(9)
        await worker.kill()
        assert stage.states == [State.SENDING] * 3 + [State.QUEUED] * 7
        stage.store.accounts.break_lease("default", epoch=worker.sender.lease.epoch)
        await (await stage.hire("ann:2")).running

    stage.play(story())
    assert stage.states == [State.UNKNOWN] * 3 + [State.ACCEPTED] * 7
    assert {row.reason for row in stage.rows[:3]} == {Reason.INTERRUPTED}
    assert [len(stage.accepted(row)) for row in (2, 3, 4)] == [1, 1, 1]


def test_a_stop_that_comes_before_the_beginning_counts(stage: Stage) -> None:
    stage.load(3)

    async def story() -> None:
        worker = await stage.hire()
        worker.sender.stop()
        await worker.running

    stage.play(story())
    assert stage.posted == []
    assert stage.campaign.paused_reason is PausedReason.INTERRUPTED


def test_stop_while_the_vendor_has_told_us_to_wait_ends_at_once(stage: Stage) -> None:
    stage.load(3)
    stage.vendor.faults.script.append(refuse_for(59))

    async def story() -> float:
        worker = await stage.hire()
        await asyncio.sleep(10)
        worker.sender.stop()
        await worker.running
        return seconds(worker)

    assert stage.play(story()) == pytest.approx(10)
    assert stage.states == [State.QUEUED] * 3


def test_stop_after_the_last_claim_still_finishes_the_campaign(stage: Stage) -> None:
    stage.load(2)

    async def story() -> None:
        worker = await stage.hire(latency=always(back=20))
        await asyncio.sleep(10)
        worker.sender.stop()
        await worker.running

    stage.play(story())
    assert stage.states == [State.ACCEPTED] * 2
    assert stage.campaign.paused_reason is PausedReason.INTERRUPTED

    stage.send()
    assert stage.campaign.state is CampaignState.FINISHED
    assert stage.posted == [2, 3]


def pause(stage: Stage, worker: Worker) -> None:
    now = worker.sender.clock()
    stage.store.campaigns.pause(
        stage.campaign.id, PausedReason.OPERATOR, now=now, actor="another terminal"
    )


def cancel(stage: Stage, worker: Worker) -> None:
    now = worker.sender.clock()
    stage.store.campaigns.cancel(stage.campaign.id, now=now, actor="another terminal")


def test_a_pause_from_another_terminal_is_seen_at_the_next_claim(stage: Stage) -> None:
    stage.load(5)

    async def story() -> float:
        worker = await stage.hire()
        await asyncio.sleep(5)
        pause(stage, worker)
        await worker.running
        return seconds(worker)

    assert stage.play(story()) == pytest.approx(8)
    assert stage.states == [State.ACCEPTED] * 2 + [State.QUEUED] * 3
    assert stage.campaign.paused_reason is PausedReason.OPERATOR

    stage.send()
    assert stage.states == [State.ACCEPTED] * 5


def test_a_sender_that_waits_sees_a_pause_within_a_second(stage: Stage) -> None:
    stage.load(3)
    stage.vendor.faults.script.extend([NO_FAULT, refuse_for(59)])

    async def story() -> float:
        worker = await stage.hire()
        await asyncio.sleep(20.5)
        pause(stage, worker)
        await worker.running
        return seconds(worker)

    assert stage.play(story()) <= 21.5
    assert stage.posted == [2, 3]
    assert stage.campaign.paused_reason is PausedReason.OPERATOR


def test_a_cancel_from_another_terminal_skips_who_waits_and_records_who_is_in_the_air(
    stage: Stage,
) -> None:
    stage.load(5)
    stage.vendor.faults.by_number[number(3)] = hang(after=20)

    async def story() -> None:
        worker = await stage.hire()
        await asyncio.sleep(5)
        cancel(stage, worker)
        assert stage.row(3).state is State.SENDING
        await worker.running

    stage.play(story())
    assert stage.states == [State.ACCEPTED] * 2 + [State.SKIPPED] * 3
    assert {row.reason for row in stage.rows[2:]} == {Reason.CANCELLED}
    assert stage.campaign.state is CampaignState.CANCELLED
    assert stage.posted == [2, 3]


def test_a_row_that_a_429_gives_back_after_the_cancel_is_skipped_too(stage: Stage) -> None:
    stage.load(3)
    stage.vendor.faults.script.extend([NO_FAULT, refuse_for(5)])

    async def story() -> None:
        worker = await stage.hire(latency=always(back=3))
        await asyncio.sleep(5)
        cancel(stage, worker)
        await worker.running

    stage.play(story())
    assert stage.posted == [2, 3]
    assert stage.states == [State.ACCEPTED, State.SKIPPED, State.SKIPPED]


def test_a_stop_pauses_before_the_answers_are_in(stage: Stage) -> None:
    """Paused only after them, what a person had handed to the workers meanwhile was taken back."""
    stage.load(10)

    async def story() -> None:
        worker = await stage.hire(latency=always(back=10))
        await asyncio.sleep(9)
        worker.sender.stop()
        await asyncio.sleep(1)
        assert stage.campaign.paused_reason is PausedReason.INTERRUPTED
        stage.store.campaigns.start(stage.campaign.id, now=stage.now, actor="operator")
        await worker.running

    stage.play(story())
    assert stage.campaign.state is CampaignState.RUNNING
    assert stage.states == [State.ACCEPTED] * 3 + [State.QUEUED] * 7


def test_what_the_account_lacks_is_said_though_somebody_stopped_it_meanwhile(stage: Stage) -> None:
    stage.load(10)
    stage.vendor.faults.script.append(refuse("no_credits"))

    async def story() -> None:
        worker = await stage.hire(latency=always(back=10))
        await asyncio.sleep(9)
        worker.sender.stop()
        await worker.running

    stage.play(story())
    assert stage.campaign.paused_reason is PausedReason.NO_CREDITS
