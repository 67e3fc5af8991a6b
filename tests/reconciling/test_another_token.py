"""A token is made anew, or another user's takes its place, while rows are in doubt."""

import pytest

from bulksms.driving import leased
from bulksms.environment import base_url
from bulksms.model.settings import DEFAULT_RATE
from bulksms.model.states import State
from bulksms.reconciling import Settled
from bulksms.sandbox.accounts import Account
from bulksms.sandbox.faults import NO_FAULT
from bulksms.store import Store
from tests.reconciling.reconciling_stage import (
    ANN,
    BOB,
    LOST,
    NEVER,
    OTHER_SENDER,
    SENDER,
    TOKEN,
    Stage,
)
from tests.virtual_time import START

ANOTHER = "2|stage"
CAY = "+12025550107"


def use_another_users(stage: Stage) -> None:
    """Whose record does not show what the first one sent."""
    stage.vendor.accounts[ANOTHER] = Account(ANOTHER, (SENDER, OTHER_SENDER))
    stage.token = ANOTHER


def use_a_new_one(stage: Stage) -> None:
    """Of the same user."""
    stage.vendor.accounts[ANOTHER] = stage.vendor.accounts[TOKEN]
    stage.token = ANOTHER


def test_a_record_that_another_token_shows_proves_no_absence(stage: Stage) -> None:
    """It shows what that one sent since, and was believed: the person was texted twice."""
    lost = stage.text(ANN, fault=LOST)
    use_another_users(stage)
    stage.text(BOB)
    assert stage.reconcile(lost) == Settled(left=1)
    row = stage.row(lost)
    assert row.state is State.UNKNOWN
    assert "it is read with another token than the message was sent with" in (row.detail or "")


def test_nor_when_the_first_token_is_back_and_has_sent_nothing_else(stage: Stage) -> None:
    lost = stage.text(ANN, fault=NEVER)
    use_another_users(stage)
    stage.text(BOB)
    stage.token = TOKEN
    stage.text(CAY)
    assert stage.reconcile(lost) == Settled(left=1)


@pytest.mark.parametrize("first", [0, 1])
def test_it_does_where_it_shows_what_was_sent_with_the_doubts_own(stage: Stage, first: int) -> None:
    campaign = stage.load((ANN, "Hi"), (BOB, "Hi"))
    stage.vendor.faults.script.extend([NEVER] if first == 0 else [NO_FAULT, NEVER])
    stage.play(stage.send(campaign))
    use_a_new_one(stage)
    stage.text(CAY)
    assert stage.reconcile(campaign) == Settled(requeued=1)


def test_a_doubt_of_before_the_upgrade_needs_its_own_witness_too(stage: Stage) -> None:
    """Nothing is known of the tokens of that time."""
    lost = stage.text(ANN, fault=NEVER)
    with stage.store.engine.begin() as tx:
        tx.exec_driver_sql("UPDATE account SET token_mark = NULL, token_since = NULL")
    stage.text(BOB)
    assert stage.reconcile(lost) == Settled(left=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("EASIFY_API_TOKEN", "2|b"), ("EASIFY_BASE_URL", "http://127.0.0.1:8999/api/v2")],
)
def test_another_token_or_vendor_is_found_out_and_kept_nowhere(
    store: Store, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    def mark() -> tuple[str, int]:
        with leased(store, "default", DEFAULT_RATE, lambda: START):
            pass
        with store.engine.connect() as tx:
            found = tx.exec_driver_sql("SELECT token_mark, token_since FROM account").one()
            return tuple(found)

    monkeypatch.setenv("EASIFY_API_TOKEN", "1|a")
    first = mark()
    assert mark() == first
    monkeypatch.delenv("EASIFY_API_TOKEN")
    assert mark() == first
    monkeypatch.setenv("EASIFY_API_TOKEN", "1|a")
    monkeypatch.setenv(name, value)
    second = mark()
    assert second[0] != first[0]
    assert (first[1], second[1]) == (1, 4)
    assert {len(each[0]) for each in (first, second)} == {16}
    monkeypatch.setenv("EASIFY_BASE_URL", f"{base_url()}/")
    assert mark() == second
