"""A wall clock that somebody sets between two holders of an account makes it slower, never faster.

The rate is two a minute; a boot is the machine's start as the holder's clock reckons it.
"""

from datetime import datetime, timedelta

import pytest

from bulksms.model.records import Boot, Campaign, ClaimedMessage, Hold, NotYet, Rate
from bulksms.store import Store
from tests.store.stage import (
    ACCEPTED,
    MINUTE,
    NOT_SENT,
    NOW,
    SECOND,
    UNKNOWN,
    acquire,
    answer,
    claim,
    running,
)

RATE = Rate(2, MINUTE)
HOUR = timedelta(hours=1)
BOOTED = NOW - HOUR
TODAY = Boot("today", BOOTED)


def restart(store: Store, now: datetime, boot: Boot | None) -> datetime | None:
    """Until when the next holder may claim nothing; None if it may claim at once."""
    lease = acquire(store, "bob:2", now=now, rate=RATE, boot=boot)
    store.messages.recover(lease, now)
    got = store.messages.claim(lease, campaign_of(store).id, now)
    if isinstance(got, ClaimedMessage):
        return None
    assert isinstance(got, NotYet)
    return got.until


def campaign_of(store: Store) -> Campaign:
    """The only one."""
    (campaign,) = store.campaigns.all()
    return campaign


@pytest.fixture
def full(store: Store) -> Store:
    """Both slots were taken and answered at NOW, on a machine that was started an hour before."""
    campaign = running(store, 5)
    lease = acquire(store, rate=RATE, boot=TODAY)
    for _ in range(2):
        answer(store, claim(store, lease, campaign), ACCEPTED)
    store.accounts.release(lease)
    return store


def test_the_same_clock_frees_each_slot_after_its_period(full: Store) -> None:
    assert restart(full, NOW + SECOND, TODAY) == NOW + MINUTE


def test_a_clock_set_forward_frees_no_slot(full: Store) -> None:
    now = NOW + HOUR + SECOND
    assert restart(full, now, Boot("today", BOOTED + HOUR)) == now + MINUTE


def test_it_frees_none_for_the_holder_after_the_next_either(full: Store) -> None:
    now, boot = NOW + HOUR + SECOND, Boot("today", BOOTED + HOUR)
    full.accounts.release(acquire(full, "ann:2", now=now, rate=RATE, boot=boot))
    assert restart(full, now + SECOND, boot) == now + MINUTE


def test_a_clock_set_back_makes_slots_count_from_now(full: Store) -> None:
    now = NOW - timedelta(minutes=30)
    assert restart(full, now, Boot("today", BOOTED - HOUR)) == now + MINUTE


def test_two_readings_of_a_clock_that_differ_a_little_cost_no_wait(full: Store) -> None:
    boot = Boot("today", BOOTED + timedelta(seconds=0.05))
    assert restart(full, NOW + MINUTE + SECOND, boot) is None


@pytest.mark.parametrize("boot", [None, Boot("tomorrow", BOOTED + HOUR)])
def test_of_another_start_nothing_is_known(full: Store, boot: Boot | None) -> None:
    assert restart(full, NOW + MINUTE + SECOND, boot) is None


@pytest.mark.parametrize("set_by", [HOUR, -HOUR])
def test_a_wait_that_the_vendor_asked_for_is_set_too(store: Store, set_by: timedelta) -> None:
    """One of two seconds, from a clock that was an hour ahead, kept the account for an hour."""
    campaign = running(store, 5)
    lease = acquire(store, rate=RATE, boot=TODAY)
    answer(store, claim(store, lease, campaign), ACCEPTED, hold_until=NOW + 10 * MINUTE)
    store.accounts.release(lease)
    boot = Boot("today", BOOTED + set_by)
    assert restart(store, NOW + set_by, boot) == NOW + set_by + 10 * MINUTE


def test_the_wait_is_told_as_one_that_was_asked_for(full: Store) -> None:
    boot = Boot("today", BOOTED + HOUR)
    lease = acquire(full, "bob:2", now=NOW + HOUR, rate=RATE, boot=boot)
    got = full.messages.claim(lease, campaign_of(full).id, NOW + HOUR)
    assert got == NotYet(NOW + HOUR + MINUTE, Hold.BLOCKED)


@pytest.mark.parametrize(
    ("boot", "kept"),
    [
        (TODAY, True),
        (Boot("today", BOOTED - HOUR), True),
        (Boot("today", BOOTED + HOUR), False),
        (Boot("tomorrow", BOOTED), False),
        (None, False),
    ],
)
def test_a_look_counts_only_for_whoever_has_the_clock_that_stamped_it(
    store: Store, boot: Boot | None, *, kept: bool
) -> None:
    """One that was set forward would say at once that the second look is far from the first.

    One that was set back only waits the longer.
    """
    campaign = running(store, 2)
    lease = acquire(store, rate=RATE, boot=TODAY)
    answer(store, claim(store, lease, campaign), UNKNOWN)
    (doubt,) = store.doubts.of(campaign.id)
    store.settlements.miss(doubt, now=NOW)
    store.accounts.release(lease)
    acquire(store, "bob:2", now=NOW + SECOND, rate=RATE, boot=boot)
    (doubt,) = store.doubts.of(campaign.id)
    assert (doubt.missed_at is not None) is kept


def test_a_wait_of_a_clock_that_was_ahead_is_not_kept_until_then(store: Store) -> None:
    """One refused connection while the clock was a year ahead, and NTP a minute after it."""
    campaign, ahead = running(store, 5), NOW + timedelta(days=365)
    lease = acquire(store, now=ahead, rate=RATE, boot=Boot("today", ahead - HOUR))
    answer(store, claim(store, lease, campaign, ahead), NOT_SENT, ahead, ahead + 2 * SECOND)
    store.accounts.release(lease)
    now = NOW + MINUTE
    assert restart(store, now, Boot("today", NOW - HOUR)) in {None, now + MINUTE}


def test_a_wait_of_the_vendors_is_kept_over_a_restart(full: Store) -> None:
    lease = acquire(full, now=NOW + HOUR, rate=RATE, boot=TODAY)
    until = NOW + 5 * HOUR
    answer(full, claim(full, lease, campaign_of(full), NOW + HOUR), NOT_SENT, NOW + HOUR, until)
    full.accounts.release(lease)
    assert restart(full, NOW + 2 * HOUR, TODAY) == until
