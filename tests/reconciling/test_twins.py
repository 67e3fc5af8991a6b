"""The same number texted more than once: what explains a record, and what it cannot explain."""

import asyncio
from collections.abc import Callable
from datetime import timedelta, timezone

import pytest

from bulksms.model.errors import LeaseLost
from bulksms.model.settings import DEFAULT_LEASE
from bulksms.model.states import State
from bulksms.reconciling import Settled
from bulksms.sandbox.faults import NO_FAULT, hang
from tests.reconciling.reconciling_stage import ANN, BOB, LOST, NEVER, SETTLE, Stage
from tests.sending.processes import Process

Build = Callable[..., Stage]
ID_SPACES = pytest.mark.parametrize("apart", [0, 1, 7_000_000])
"""How far the record's ids are from the answers' ids; 0 is one space."""


def test_another_text_at_that_time_leaves_the_row_unknown_with_a_sentence(stage: Stage) -> None:
    stage.text(BOB)
    lost = stage.text(ANN, fault=NEVER)
    stage.outside(ANN, "Something that the vendor made of it", stage.now)
    assert stage.reconcile(lost) == Settled(left=1)
    row = stage.row(lost)
    assert row.state is State.UNKNOWN
    assert "another text to this number at that time" in (row.detail or "")


def test_another_text_at_another_time_says_nothing(stage: Stage) -> None:
    stage.text(BOB)
    stage.outside(ANN, "Something of this morning", stage.now - timedelta(hours=2))
    lost = stage.text(ANN, fault=NEVER)
    assert stage.reconcile(lost) == Settled(requeued=1)


@ID_SPACES
def test_our_own_other_text_at_that_time_is_explained(build: Build, apart: int) -> None:
    stage = build(record_id_offset=apart)
    stage.text(BOB)
    stage.text(ANN, "Our other campaign")
    lost = stage.text(ANN, fault=NEVER)
    assert stage.reconcile(lost) == Settled(requeued=1)


@ID_SPACES
@pytest.mark.parametrize("pause", [timedelta(0), timedelta(hours=3)])
def test_a_twin_is_not_taken_for_the_lost_one(build: Build, apart: int, pause: timedelta) -> None:
    stage = build(record_id_offset=apart)
    stage.text(BOB)
    stage.text(ANN)
    stage.pass_time(pause)
    lost = stage.text(ANN, fault=NEVER)
    assert stage.reconcile(lost) == Settled(requeued=1)


@ID_SPACES
@pytest.mark.parametrize("pause", [timedelta(0), timedelta(hours=3)])
def test_a_lost_twin_is_found_and_not_sent_again(
    build: Build, apart: int, pause: timedelta
) -> None:
    stage = build(record_id_offset=apart)
    stage.text(BOB)
    stage.text(ANN)
    stage.pass_time(pause)
    lost = stage.text(ANN, fault=LOST)
    stage.text(ANN, "And another one, after it")
    assert stage.reconcile(lost) == Settled(accepted=1)
    assert stage.row(lost).sms_id == str(stage.vendor.truth[2].id + apart)


@ID_SPACES
def test_a_record_under_the_id_of_somebody_elses_message_is_found_all_the_same(
    build: Build, apart: int
) -> None:
    """Where the record counts one ahead, its id for the lost message is the next one's answer."""
    stage = build(record_id_offset=apart)
    stage.text(BOB, "before")
    lost = stage.text(ANN, fault=LOST)
    stage.text(BOB, "after")
    assert stage.reconcile(lost) == Settled(accepted=1)


def test_an_id_of_another_conversation_explains_nothing_before_anything_is_learnt(
    build: Build,
) -> None:
    """The record counts one ahead, and does not show its only witness yet."""
    stage = build(record_id_offset=1, record_lag=SETTLE / 2)
    lost = stage.text(ANN, fault=LOST)
    stage.pass_time(SETTLE)
    stage.text(BOB)
    assert stage.reconcile(lost) == Settled(accepted=1)


@ID_SPACES
def test_of_two_doubts_and_one_record_one_is_accepted_and_one_queued(
    build: Build, apart: int
) -> None:
    stage = build(record_id_offset=apart)
    stage.text(BOB)
    twins = stage.load((ANN, "Hi"), (ANN, "Hi"), (BOB, "Bye"))
    stage.vendor.faults.script.extend([NEVER, LOST, NO_FAULT])
    stage.play(stage.send(twins))
    assert stage.reconcile(twins) == Settled(accepted=1, requeued=1)
    assert sorted(stage.states(twins)) == [State.ACCEPTED, State.ACCEPTED, State.QUEUED]


@ID_SPACES
def test_of_two_doubts_in_two_campaigns_each_finds_its_own_record(build: Build, apart: int) -> None:
    stage = build(record_id_offset=apart)
    stage.text(BOB)
    first, second = stage.text(ANN, fault=LOST), stage.text(ANN, fault=LOST)
    assert stage.reconcile(second) == Settled(accepted=1)
    assert stage.reconcile(first) == Settled(accepted=1)
    found = {stage.row(first).sms_id, stage.row(second).sms_id}
    assert found == {str(int(sms_id) + apart) for sms_id in stage.accepted(ANN)}


@ID_SPACES
@pytest.mark.parametrize("is_zone_known", [True, False])
def test_of_several_doubts_each_gets_the_record_of_its_own_turn(
    build: Build, apart: int, *, is_zone_known: bool
) -> None:
    """Whichever is looked at first. Else a late answer names an id that another row has already."""
    stage = build(record_id_offset=apart, zone=timezone(timedelta(hours=11)))
    if is_zone_known:
        stage.text(BOB)
    lost = [stage.text(ANN, fault=LOST) for _ in range(3)]
    for at in (1, 2, 0):
        assert stage.reconcile(lost[at]) == Settled(accepted=1)
    ids = [stage.row(each).sms_id for each in lost]
    assert ids == [str(int(sms_id) + apart) for sms_id in stage.accepted(ANN)]


def test_what_was_given_up_by_hand_takes_the_record_that_is_nearest_to_it(build: Build) -> None:
    """It is no rival any more, and a count would give its record to the one before it."""
    stage = build()
    stage.text(BOB)
    lost = []
    for pause in (180, 20, 0):
        lost.append(stage.text(ANN, fault=LOST))
        stage.pass_time(timedelta(seconds=pause))
    stage.store.settlements.resolve_give_up(lost[2].id, 2, now=stage.now, actor="ann:1")
    assert stage.reconcile(lost[1]) == Settled(accepted=1)
    assert stage.row(lost[1]).sms_id == stage.accepted(ANN)[1]


@ID_SPACES
def test_an_id_that_the_record_gave_is_given_once(build: Build, apart: int) -> None:
    """Where the record counts one ahead, the found one's id is the next one's answer."""
    stage = build(record_id_offset=apart)
    _, lost, _, never = [stage.text(ANN, fault=each) for each in (NO_FAULT, LOST, NO_FAULT, NEVER)]
    stage.text(BOB)
    stage.pass_time(2 * SETTLE)
    assert stage.reconcile(lost) == Settled(accepted=1)
    assert stage.reconcile(never) == Settled(requeued=1)


@ID_SPACES
def test_a_witness_with_twins_teaches_nothing_by_one_of_theirs(build: Build, apart: int) -> None:
    """Where the record counts one ahead, its answer's id is that of its twin's record."""
    stage = build(record_id_offset=apart)
    for _ in range(3):
        stage.text(ANN)
    never = stage.text(ANN, fault=NEVER)
    stage.pass_time(2 * SETTLE)
    assert stage.reconcile(never) == (Settled(left=1) if apart else Settled(requeued=1))


@ID_SPACES
def test_a_record_is_left_to_the_doubt_whose_answer_may_still_come(
    build: Build, apart: int
) -> None:
    """Else both were told accepted: the lost one by the record, its twin by its own late answer."""
    stage = build(record_id_offset=apart)
    stage.text(BOB)
    lost, twin = stage.text(ANN, fault=NEVER), stage.load((ANN, "Hi"))
    stage.timeout = timedelta(hours=1)
    stage.vendor.faults.script.append(hang(after=1))
    with Process(stage.now) as frozen:
        sending = frozen.begin(stage.send(twin))
        frozen.step_until(lambda: stage.accepted(ANN))
        stage.pass_time(2 * DEFAULT_LEASE)
        stage.run(lost)
        assert stage.row(lost).state is State.UNKNOWN
        assert "whose answer may still come" in (stage.row(lost).detail or "")
        frozen.wake_at(stage.now)
        with pytest.raises(LeaseLost):
            frozen.run(asyncio.wait_for(sending, None))
    assert stage.row(twin).state is State.ACCEPTED
    assert stage.reconcile(lost) == Settled(requeued=1)


@pytest.mark.parametrize("apart", [0, 7_000_000])
def test_a_twin_that_the_record_need_not_show_yet_does_not_take_the_lost_ones_record(
    build: Build, apart: int
) -> None:
    """Accepted just now, it was counted against the lost one's, and that one seemed absent."""
    stage = build(record_id_offset=apart, record_lag=SETTLE - timedelta(seconds=5))
    until_it_is_due = [(f"+120255501{at}", "Hi") for at in range(10, 38)]
    twins = stage.load((ANN, "Hi"), *until_it_is_due, (ANN, "Hi"), (BOB, "Hi"))
    stage.vendor.faults.script.append(LOST)
    stage.run(twins)
    assert set(stage.states(twins)) == {State.ACCEPTED}
    assert len(stage.accepted(ANN)) == 2


def test_the_text_at_another_time_proves_no_absence_though_a_twin_is_in_doubt_too(
    stage: Stage,
) -> None:
    """A clock was set: the entry of hours ago may be the first one's, and is not the second's."""
    stage.text(BOB)
    stage.outside(ANN, "Hi", stage.now - timedelta(hours=3))
    first, second = stage.text(ANN, fault=NEVER), stage.text(ANN, fault=NEVER)
    for doubt in (first, second):
        assert stage.reconcile(doubt) == Settled(left=1)
        assert "not at the time of the attempt" in (stage.row(doubt).detail or "")


def test_a_text_at_another_time_is_no_twins_whose_own_the_record_need_not_show_yet(
    build: Build,
) -> None:
    """Another clock was three hours behind: the only entry is the first one's, in the other's time.

    So that one explained it, until its own was shown as well; and the first had a second text.
    """
    stage = build(record_lag=SETTLE / 2)
    stage.text(BOB)
    stage.pass_time(SETTLE)
    others = [(f"+120255501{at}", "Hi") for at in range(10, 26)]
    twins = stage.load((ANN, "Hi"), *others, (ANN, "Hi"))
    stage.doubt(twins, stage.now - timedelta(hours=3))
    stage.outside(ANN, "Hi", stage.now)
    stage.vendor.faults.script.extend([*(NO_FAULT for _ in others), LOST])
    stage.run(twins)
    assert len(stage.accepted(ANN)) == 2
    first, *_, second = stage.rows(twins)
    assert (first.state, second.state) == (State.UNKNOWN, State.ACCEPTED)
    assert "not at the time of the attempt" in (first.detail or "")


def test_a_record_that_another_doubt_may_be_of_leaves_no_row_to_a_person(build: Build) -> None:
    """Of two twins hours apart one is shown, in the other's time: the first never arrived."""
    stage = build(record_id_offset=7_000_000)
    stage.text(BOB)
    never = stage.text(ANN, fault=NEVER)
    stage.pass_time(timedelta(hours=3))
    lost = stage.text(ANN, fault=LOST)
    assert stage.reconcile(never) == Settled(requeued=1)
    assert stage.reconcile(lost) == Settled(accepted=1)


def test_without_a_witness_a_twin_within_the_zones_of_the_earth_counts(stage: Stage) -> None:
    """The record's zone is not known, so its twin of ten hours ago might be the lost one."""
    stage.outside(ANN, "Hi", stage.now - timedelta(hours=10))
    lost = stage.text(ANN, fault=NEVER)
    assert stage.reconcile(lost) == Settled(accepted=1)


def test_without_a_witness_a_record_farther_away_is_another_message(stage: Stage) -> None:
    stage.outside(ANN, "Hi", stage.now - timedelta(hours=15))
    lost = stage.text(ANN, fault=NEVER)
    assert stage.reconcile(lost) == Settled(left=1)
