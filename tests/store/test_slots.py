"""The pace as the attempt table keeps it, checked by brute force against every start and window.

The claim to prove: a send starts only while fewer than `count` earlier ones are unanswered, or
were answered less than a period before. Then no window at the vendor's end, who counts a request
somewhere between its start and its answer, can hold `count + 1`.
"""

from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.model.outcomes import Outcome
from bulksms.model.records import Campaign, Hold, Lease, NotYet, Rate
from bulksms.store import Store
from tests.store.conftest import Scratch
from tests.store.paced_world import INSTANT, PERIOD, Post, World, early_starts, fullest_window
from tests.store.stage import (
    ACCEPTED,
    MINUTE,
    NOW,
    REJECTED,
    SECOND,
    TOO_MANY,
    UNKNOWN,
    acquire,
    answer,
    claim,
    running,
    sql,
)

FORGETFUL = """
    CREATE TRIGGER forgetful AFTER UPDATE OF finished_at ON attempt
    WHEN NEW.finished_at != NEW.started_at
    BEGIN UPDATE attempt SET finished_at = started_at WHERE id = NEW.id; END
"""
"""Makes any database count its slots from the start of a POST, not from its answer."""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.integers(0, 1)),
        st.tuples(st.just("answer"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 7, 20, 59.5, 60])),
        st.tuples(st.just("restart"), st.sampled_from([0, 0, 5, 90])),
    ),
    max_size=40,
)
OUTCOMES = (ACCEPTED, REJECTED, TOO_MANY, UNKNOWN)


@pytest.mark.parametrize(
    ("scratch", "examples"),
    [("sqlite", 40), ("postgresql", 12)],  # a server costs five times as much
    indirect=["scratch"],
)
def test_no_window_ever_holds_more_than_the_rate(scratch: Scratch, examples: int) -> None:
    """Whatever is answered when, in whichever order, across restarts and clocks set back."""

    @settings(max_examples=examples)
    @given(steps=STEPS, count=st.integers(1, 3), lateness=st.randoms(use_true_random=False))
    def holds(steps: list[tuple[str, float]], count: int, lateness: Random) -> None:
        rate = Rate(count, PERIOD)
        with World.of(scratch, rate) as it:
            for step, number in steps:
                take(it, step, number)
            assert early_starts(it.posts, rate) == []
            arrivals = [_arrival(post, lateness.random(), it.now) for post in it.posts]
            assert fullest_window(arrivals) <= count

    holds()


@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
def test_the_brute_force_catches_slots_that_are_counted_from_the_start(scratch: Scratch) -> None:
    """The test of the test: the mutant gives a slot back while the vendor still counts it."""
    rate = Rate(1, PERIOD)
    with World.of(scratch, rate) as mutant:
        sql(mutant.store, FORGETFUL)
        _slow_answer(mutant)
        assert len(early_starts(mutant.posts, rate)) == 1
        assert fullest_window([NOW + 29 * SECOND, NOW + 60 * SECOND]) == 2
    with World.of(scratch, rate) as honest:
        _slow_answer(honest)
        assert [post.start for post in honest.posts] == [NOW]


def test_unanswered_attempts_hold_their_slots_for_as_long_as_it_takes(store: Store) -> None:
    campaign, lease = _paced(store, 2)
    claim(store, lease, campaign)
    claim(store, lease, campaign)
    for hours in (0, 1, 100):
        later = NOW + timedelta(hours=hours)
        assert store.messages.claim(lease, campaign.id, later) == NotYet(None, Hold.PACE)


def test_a_slot_is_free_one_period_after_the_answer_and_not_an_instant_sooner(
    store: Store,
) -> None:
    campaign, lease = _paced(store, 1)
    answer(store, claim(store, lease, campaign), ACCEPTED, NOW + 5 * SECOND)
    free = NOW + 65 * SECOND
    assert store.messages.claim(lease, campaign.id, free - INSTANT) == NotYet(free, Hold.PACE)
    claim(store, lease, campaign, free)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_answer_is_counted_even_a_refusal(store: Store, outcome: Outcome) -> None:
    """The vendor counts requests, not texts."""
    campaign, lease = _paced(store, 1)
    answer(store, claim(store, lease, campaign), outcome)
    assert isinstance(store.messages.claim(lease, campaign.id, NOW), NotYet)


def test_slots_survive_a_release_and_the_next_holder(store: Store) -> None:
    campaign, lease = _paced(store, 1)
    answer(store, claim(store, lease, campaign), ACCEPTED)
    store.accounts.release(lease)
    again = acquire(store, "bob:2", rate=lease.rate)
    assert store.messages.claim(again, campaign.id, NOW) == NotYet(NOW + PERIOD, Hold.PACE)


def test_a_lowered_rate_waits_for_as_many_answers_as_it_is_lower(store: Store) -> None:
    campaign, lease = _paced(store, 3)
    for seconds in (1, 2, 3):
        answer(store, claim(store, lease, campaign), ACCEPTED, NOW + seconds * SECOND)
    store.accounts.release(lease)
    slower = acquire(store, rate=Rate(2, PERIOD))
    until = NOW + 2 * SECOND + PERIOD
    now = NOW + 4 * SECOND
    assert store.messages.claim(slower, campaign.id, now) == NotYet(until, Hold.PACE)
    claim(store, slower, campaign, until)


def test_another_accounts_slots_are_its_own(store: Store) -> None:
    campaign, lease = _paced(store, 1)
    claim(store, lease, campaign)
    other = store.accounts.acquire("other", worker="bob:2", rate=lease.rate, length=MINUTE, now=NOW)
    claim(store, other, campaign)


def test_the_restart_is_the_answer_of_what_was_in_the_air(store: Store) -> None:
    campaign, lease = _paced(store, 1)
    claim(store, lease, campaign)
    later = NOW + timedelta(hours=1)
    successor = acquire(store, "bob:2", now=later, rate=lease.rate)
    assert store.messages.recover(successor, later) == 1
    assert sql(store, "SELECT state, reason FROM message WHERE id = 1") == [
        ("unknown", "interrupted")
    ]
    assert store.messages.claim(successor, campaign.id, later) == NotYet(later + PERIOD, Hold.PACE)


def test_recovering_leaves_our_own_attempts_alone(store: Store) -> None:
    """A sender that starts its second campaign has requests of the first in the air."""
    campaign, lease = _paced(store, 2)
    claim(store, lease, campaign)
    assert store.messages.recover(lease, NOW) == 0
    assert sql(store, "SELECT finished_at FROM attempt") == [(None,)]


def test_a_clock_set_back_frees_a_slot_one_period_after_the_restart(store: Store) -> None:
    """And not a day later, when the clock comes round to the answer again."""
    campaign, lease = _paced(store, 1)
    answer(store, claim(store, lease, campaign), ACCEPTED, NOW + 5 * SECOND)
    store.accounts.release(lease)
    yesterday = NOW - timedelta(days=1)
    again = acquire(store, now=yesterday, rate=lease.rate)
    store.messages.recover(again, yesterday)
    assert store.messages.claim(again, campaign.id, yesterday) == NotYet(
        yesterday + PERIOD, Hold.PACE
    )
    claim(store, again, campaign, yesterday + PERIOD)


def take(it: World, step: str, number: float) -> None:
    """One step of a random walk."""
    match step:
        case "claim":
            it.claim(int(number))
        case "answer":
            it.answer(int(number), OUTCOMES[int(number) % len(OUTCOMES)])
        case "wait":
            it.wait(number)
        case _:
            it.restart(number)


def _arrival(post: Post, lateness: float, now: datetime) -> datetime:
    """When the vendor counted it: at any moment between the start and the answer."""
    return post.start + lateness * ((post.answer or now) - post.start)


def _slow_answer(it: World) -> None:
    it.claim()
    it.wait(30)
    it.answer(0, ACCEPTED)
    it.wait(30)
    it.claim()


def _paced(store: Store, count: int) -> tuple[Campaign, Lease]:
    return running(store, 5), acquire(store, rate=Rate(count, PERIOD))
