from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from bulksms.model.errors import AccountBusy, LeaseLost
from bulksms.model.records import Boot, Rate
from bulksms.store import Store
from tests.store.stage import (
    ACCEPTED,
    MINUTE,
    NOW,
    ON_SQLITE,
    SECOND,
    acquire,
    answer,
    claim,
    running,
    sql,
    states,
)


def test_the_second_is_told_who_holds_the_account_and_until_when(store: Store) -> None:
    first = acquire(store, "ann:1", length=MINUTE)
    with pytest.raises(AccountBusy) as busy:
        acquire(store, "bob:2", now=NOW + MINUTE - SECOND)
    assert (busy.value.holder, busy.value.until) == ("ann:1", NOW + MINUTE)
    assert busy.value.epoch == first.epoch
    assert "ann:1 is sending on it and holds it until 09:01:00 UTC" in busy.value.sentence


def test_other_accounts_are_free(store: Store) -> None:
    acquire(store, "ann:1")
    other = store.accounts.acquire(
        "other", worker="bob:2", rate=Rate(1, SECOND), length=MINUTE, now=NOW
    )
    assert other.account_id != acquire(store, "ann:1", now=NOW + MINUTE).account_id


def test_a_holder_that_asks_again_is_busy_too(store: Store) -> None:
    """Two senders of one process are two senders."""
    acquire(store, "ann:1")
    with pytest.raises(AccountBusy):
        acquire(store, "ann:1")


def test_a_lapsed_lease_is_taken_over_with_a_higher_epoch(store: Store) -> None:
    first = acquire(store, "ann:1")
    second = acquire(store, "bob:2", now=NOW + MINUTE)
    assert second.epoch == first.epoch + 1


def test_every_holder_has_an_epoch_of_its_own_even_after_a_release(store: Store) -> None:
    first = acquire(store, "ann:1")
    store.accounts.release(first)
    assert acquire(store, "ann:1").epoch > first.epoch


def test_a_renewed_lease_lasts_from_then_on(store: Store) -> None:
    lease = acquire(store, "ann:1")
    store.accounts.renew(lease, NOW + 50 * SECOND)
    with pytest.raises(AccountBusy) as busy:
        acquire(store, "bob:2", now=NOW + 100 * SECOND)
    assert busy.value.until == NOW + 110 * SECOND


def test_a_claim_renews_the_lease(store: Store) -> None:
    campaign = running(store)
    claim(store, acquire(store, "ann:1"), campaign, NOW + 50 * SECOND)
    with pytest.raises(AccountBusy):
        acquire(store, "bob:2", now=NOW + 100 * SECOND)


def test_a_lapsed_lease_that_nobody_took_goes_on(store: Store) -> None:
    campaign = running(store)
    lease = acquire(store)
    later = NOW + timedelta(hours=8)
    store.accounts.renew(lease, later)
    assert claim(store, lease, campaign, later).row_number == 2


def test_a_fenced_holder_can_claim_nothing_and_changes_nothing(store: Store) -> None:
    campaign = running(store)
    old = acquire(store, "ann:1")
    acquire(store, "bob:2", now=NOW + MINUTE)
    with pytest.raises(LeaseLost, match="taken over the account 'default'"):
        store.messages.claim(old, campaign.id, NOW + MINUTE)
    with pytest.raises(LeaseLost):
        store.messages.recover(old, NOW + MINUTE)
    assert states(store, campaign) == ["queued"] * 3


def test_a_holders_own_earlier_lease_is_fenced_too(store: Store) -> None:
    """A process id is given again to another process; an epoch never is."""
    campaign = running(store)
    old = acquire(store, "ann:1")
    acquire(store, "ann:1", now=NOW + MINUTE)
    with pytest.raises(LeaseLost):
        store.messages.claim(old, campaign.id, NOW + MINUTE)


def test_a_fenced_holder_can_renew_nothing(store: Store) -> None:
    old = acquire(store, "ann:1")
    acquire(store, "bob:2", now=NOW + MINUTE)
    with pytest.raises(LeaseLost):
        store.accounts.renew(old, NOW + MINUTE)


def test_a_fenced_holders_release_leaves_the_new_holders_lease(store: Store) -> None:
    old = acquire(store, "ann:1")
    acquire(store, "bob:2", now=NOW + MINUTE)
    store.accounts.release(old)
    with pytest.raises(AccountBusy, match="bob:2"):
        acquire(store, "cy:3", now=NOW + MINUTE)


def test_a_fenced_holders_answer_is_still_a_fact(store: Store) -> None:
    campaign = running(store)
    old = acquire(store, "ann:1")
    claimed = claim(store, old, campaign)
    acquire(store, "bob:2", now=NOW + MINUTE)
    answer(store, claimed, ACCEPTED, NOW + MINUTE)
    assert states(store, campaign)[0] == "accepted"


def test_who_released_the_account_can_claim_nothing_more(store: Store) -> None:
    campaign = running(store)
    lease = acquire(store)
    store.accounts.release(lease)
    with pytest.raises(LeaseLost):
        store.messages.claim(lease, campaign.id, NOW)


def test_a_broken_lease_is_free_at_once_and_its_holder_fenced(store: Store) -> None:
    campaign = running(store)
    old = acquire(store, "ann:1")
    store.accounts.break_lease("default", epoch=old.epoch)
    with pytest.raises(LeaseLost):
        store.messages.claim(old, campaign.id, NOW)
    assert acquire(store, "bob:2").epoch > old.epoch


def test_a_lease_is_broken_only_by_who_knows_its_epoch(store: Store) -> None:
    """Between seeing that a holder is dead and saying so, somebody else may have taken over."""
    dead = acquire(store, "ann:1")
    acquire(store, "bob:2", now=NOW + MINUTE)
    store.accounts.break_lease("default", epoch=dead.epoch)
    store.accounts.break_lease("other", epoch=dead.epoch + 1)
    with pytest.raises(AccountBusy, match="bob:2"):
        acquire(store, "cy:3", now=NOW + MINUTE)


def test_a_new_account_is_made_by_its_first_lease_and_keeps_the_newest_rate(store: Store) -> None:
    acquire(store, rate=Rate(15, MINUTE))
    acquire(store, rate=Rate(1, MINUTE), now=NOW + MINUTE)
    assert sql(store, "SELECT name, rate FROM account") == [("default", "1/60")]


@ON_SQLITE
def test_whoever_begins_reads_only_what_is_the_accounts(store: Store) -> None:
    """Else a thousand accounts would read each other's rows a thousand times."""
    steps: list[str] = []

    def explain(_tx: object, cursor: Any, statement: str, values: Any, *_: object) -> None:  # noqa: ANN401 - the driver's
        if not statement.startswith(("BEGIN", "PRAGMA")):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            steps.extend(step for *_, step in plan)

    event.listen(store.engine, "before_cursor_execute", explain)
    lease = acquire(store, boot=Boot("today", NOW))
    store.messages.recover(lease, NOW)
    store.doubts.of(running(store).id)
    event.remove(store.engine, "before_cursor_execute", explain)
    assert any("SEARCH message" in step for step in steps)
    assert {"SCAN message", "SCAN attempt", "SCAN event"}.isdisjoint(steps)


def test_a_lease_of_a_clock_that_was_ahead_holds_nobody_up_until_then(store: Store) -> None:
    """A power cut while the clock was a year ahead, and an account that nobody could use."""
    first = acquire(store, "ann:1", now=NOW + timedelta(days=365))
    second = acquire(store, "bob:2")
    with pytest.raises(LeaseLost):
        store.accounts.renew(first, NOW)
    with pytest.raises(AccountBusy):
        acquire(store, "ann:1", now=NOW + SECOND)
    assert second.epoch == first.epoch + 1
