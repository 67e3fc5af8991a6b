"""Whether a message that was claimed may still leave, by whoever may have slept meanwhile."""

import asyncio
from datetime import timedelta

import pytest

from bulksms.committing import AtOnce
from bulksms.heartbeat import A_NAP, may_still_leave
from bulksms.model.records import Lease
from bulksms.store import Store
from tests.store.stage import MINUTE, NOW, SECOND, acquire


def may_leave(store: Store, lease: Lease, late: timedelta) -> bool:
    return asyncio.run(may_still_leave(AtOnce(store), lease, lambda: NOW + late, NOW))


@pytest.mark.parametrize("late", [SECOND, A_NAP + SECOND])
def test_after_a_nap_it_leaves_if_the_account_is_still_ours(store: Store, late: timedelta) -> None:
    assert may_leave(store, acquire(store), late)


def test_after_a_nap_it_does_not_if_a_clock_that_is_ahead_took_the_account(store: Store) -> None:
    """Its slot was counted from then on, and was free again when it would have arrived."""
    lease = acquire(store)
    store.accounts.acquire(
        "default", worker="elsewhere:2", rate=lease.rate, length=MINUTE, now=NOW + 60 * MINUTE
    )
    assert not may_leave(store, lease, A_NAP + SECOND)


def test_after_half_a_lease_it_does_not_whoever_has_the_account(store: Store) -> None:
    lease = acquire(store)
    assert not may_leave(store, lease, lease.length / 2 + SECOND)
