"""One sends at a time. Who was stopped for too long finds that another has taken over.

`kill -STOP` is a process that nobody runs: its clock goes on, and nothing of it happens.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.model.errors import AccountBusy, LeaseLost
from bulksms.model.settings import DEFAULT_LEASE, DEFAULT_TIMEOUT
from bulksms.model.states import CampaignState, Reason, State
from tests.sending.processes import Process
from tests.sending.sending_stage import Stage, Worker, always, staged

SECOND = timedelta(seconds=1)


@pytest.fixture
def stage(database: Path) -> Iterator[Stage]:
    with staged(database) as stage:
        yield stage
        assert not any(arrival.limited for arrival in stage.arrivals)


@pytest.fixture
def ann(stage: Stage) -> Iterator[Process]:
    with Process(stage.now) as ann:
        yield ann


@pytest.fixture
def bob(stage: Stage) -> Iterator[Process]:
    with Process(stage.now) as bob:
        yield bob


async def end_of(worker: Worker) -> None:
    await worker.running


def test_while_one_sends_nobody_else_can(stage: Stage, ann: Process, bob: Process) -> None:
    stage.load(40)
    at_ann = ann.run(stage.hire("ann:1"))
    for _ in range(4):
        ann.live(37)
        bob.wake_at(ann.now)
        with pytest.raises(AccountBusy, match="ann:1 is sending on it") as busy:
            bob.run(stage.hire("bob:1"))
        assert busy.value.until > bob.now
    ann.run(end_of(at_ann))
    assert stage.states == [State.ACCEPTED] * 40


def test_who_only_waits_for_an_answer_keeps_the_lease(
    stage: Stage, ann: Process, bob: Process
) -> None:
    """A stopped sender claims nothing more, and is alive all the same."""
    stage.load(1)
    patient = timedelta(minutes=10)
    at_ann = ann.run(stage.hire("ann:1", latency=always(back=400), timeout=patient))
    ann.live(1)
    at_ann.sender.stop()
    ann.live(398)
    bob.wake_at(ann.now)
    with pytest.raises(AccountBusy):
        bob.run(stage.hire("bob:1"))
    ann.run(end_of(at_ann))
    assert stage.states == [State.ACCEPTED]


def test_the_next_can_begin_as_soon_as_the_first_has_ended(
    stage: Stage, ann: Process, bob: Process
) -> None:
    stage.load(30)
    at_ann = ann.run(stage.hire("ann:1"))
    ann.live(58)
    at_ann.sender.stop()
    ann.run(end_of(at_ann))
    bob.wake_at(ann.now)
    bob.run(end_of(bob.run(stage.hire("bob:1"))))
    assert stage.states == [State.ACCEPTED] * 30


@pytest.mark.parametrize(
    ("timeout", "state"),
    [(timedelta(minutes=2), State.ACCEPTED), (DEFAULT_TIMEOUT, State.UNKNOWN)],
)
def test_a_frozen_worker_that_wakes_sends_nothing_more_and_records_its_late_answers(
    stage: Stage, ann: Process, bob: Process, timeout: timedelta, state: State
) -> None:
    """Three answers come while it is frozen. With the usual patience its time for them is over."""
    stage.load(10)
    at_ann = ann.run(stage.hire("ann:1", latency=always(back=10), timeout=timeout))
    ann.live(9)
    assert at_ann.sender.in_the_air == 3

    lapses = stage.campaign.leased_until
    assert lapses is not None
    bob.wake_at(lapses - SECOND)
    with pytest.raises(AccountBusy):
        bob.run(stage.hire("bob:1"))
    bob.live(1)
    at_bob = bob.run(stage.hire("bob:1"))
    bob.live(5)
    assert stage.states == [State.UNKNOWN] * 3 + [State.ACCEPTED] * 2 + [State.QUEUED] * 5

    ann.wake_at(bob.now)
    with pytest.raises(LeaseLost):
        ann.run(end_of(at_ann))
    assert stage.posted == [2, 3, 4, 5, 6]
    assert stage.states == [state] * 3 + [State.ACCEPTED] * 2 + [State.QUEUED] * 5

    bob.run(end_of(at_bob))
    assert stage.states == [state] * 3 + [State.ACCEPTED] * 7
    assert stage.posted == list(range(2, 12))
    assert stage.campaign.state is CampaignState.FINISHED


@pytest.mark.parametrize("grouped", [False, True])
def test_a_worker_frozen_between_its_claim_and_its_post_does_not_post(
    stage: Stage, ann: Process, bob: Process, *, grouped: bool
) -> None:
    """Its row is another's to judge by now; its word that nothing was sent is still good.

    Where claims are gathered, the worker learns of its own only after the commit.
    """
    stage.load(10)
    hired = ann.begin(stage.hire("ann:1", grouped=grouped))
    ann.step_until(lambda: stage.row(2).state is State.SENDING)
    at_ann = hired.result()

    bob.wake_at(ann.now + DEFAULT_LEASE + SECOND)
    at_bob = bob.run(stage.hire("bob:1"))
    bob.live(9)
    assert stage.row(2).reason is Reason.INTERRUPTED
    assert stage.posted == [3, 4, 5]

    ann.wake_at(bob.now)
    with pytest.raises(LeaseLost):
        ann.run(end_of(at_ann))
    assert stage.row(2).state is State.QUEUED
    assert stage.posted == [3, 4, 5]

    bob.run(end_of(at_bob))
    assert stage.states == [State.ACCEPTED] * 10
    assert stage.posted == [3, 4, 5, 2, 6, 7, 8, 9, 10, 11]
    assert stage.row(2).attempts == 1


def test_a_worker_that_wakes_to_find_its_account_still_its_own_goes_on(
    stage: Stage, ann: Process
) -> None:
    """A laptop's lid: the lease has lapsed, and nobody wanted it."""
    stage.load(20)
    at_ann = ann.run(stage.hire("ann:1", latency=always(back=3)))
    ann.live(21)
    assert at_ann.sender.in_the_air == 1
    ann.wake_at(ann.now + timedelta(hours=8))
    ann.run(end_of(at_ann))
    in_the_air = stage.row(7)
    assert in_the_air.state in {State.ACCEPTED, State.UNKNOWN}
    assert stage.states == [State.ACCEPTED] * 5 + [in_the_air.state] + [State.ACCEPTED] * 14
    assert stage.posted == list(range(2, 22))


def test_a_late_answer_is_the_last_word_even_after_the_campaigns_end(
    stage: Stage, ann: Process, bob: Process
) -> None:
    stage.load(5)
    patient = timedelta(minutes=30)
    at_ann = ann.run(stage.hire("ann:1", latency=always(back=1), timeout=patient))
    ann.live(0.5)
    bob.wake_at(ann.now + DEFAULT_LEASE)
    bob.run(end_of(bob.run(stage.hire("bob:1"))))
    assert stage.campaign.state is CampaignState.FINISHED
    assert stage.states == [State.UNKNOWN] + [State.ACCEPTED] * 4

    ann.wake_at(bob.now)
    with pytest.raises(LeaseLost):
        ann.run(end_of(at_ann))
    assert stage.states == [State.ACCEPTED] * 5
