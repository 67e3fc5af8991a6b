"""Two accounts with one token are one for the vendor: they never send within the same window."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bulksms.driving import leased
from bulksms.model.accounts import Account, Keeper, TokenPlace, token_file
from bulksms.model.errors import LeaseLost, TokenBusy
from bulksms.model.records import Lease, Rate
from bulksms.model.settings import DEFAULT_RATE
from bulksms.store import Store
from tests.store.stage import ACCEPTED, MINUTE, NOW, SECOND, answer, claim, load

TOKEN = "1|of-both"  # noqa: S105 - nobody's


@pytest.fixture(autouse=True)
def tokens(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts `aa` and `bb` with the same token, and `cc` with one of its own."""
    for name, token in {"aa": TOKEN, "bb": TOKEN, "cc": "2|its-own"}.items():
        monkeypatch.setenv(f"TOKEN_{name}", token)
        place = TokenPlace(Keeper.VARIABLE, f"TOKEN_{name}")
        store.accounts.keep([Account(name, token_place=place)])


@contextmanager
def beginning(
    store: Store, account: str, now: datetime = NOW, rate: Rate = DEFAULT_RATE
) -> Iterator[Lease]:
    with leased(store, account, rate, lambda: now) as lease:
        yield lease


def require_busy(store: Store, account: str, now: datetime) -> TokenBusy:
    with pytest.raises(TokenBusy) as busy, beginning(store, account, now):
        pass
    return busy.value


def texted(store: Store, account: str, *, answered_at: datetime | None) -> Lease:
    """One message of the account, claimed now; the lease is not given back."""
    campaign = load(store, 1, account=account, name=f"of {account}")
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    lease = acquired(store, account)
    claimed = claim(store, lease, campaign)
    if answered_at is not None:
        answer(store, claimed, ACCEPTED, answered_at)
    return lease


def acquired(store: Store, account: str) -> Lease:
    return store.accounts.acquire(
        account, worker="elsewhere:1", rate=DEFAULT_RATE, length=MINUTE, now=NOW
    )


def test_while_one_holds_its_lease_the_other_gives_its_own_back(store: Store) -> None:
    held = acquired(store, "aa")
    busy = require_busy(store, "bb", NOW + SECOND)
    assert busy.holder == "elsewhere:1"
    assert "The account 'bb' has the token of the account 'aa'" in busy.sentence
    assert TOKEN not in busy.sentence
    with beginning(store, "cc", NOW + SECOND):
        store.accounts.release(held)
    with beginning(store, "bb", NOW + 2 * SECOND):
        require_busy(store, "aa", NOW + 3 * SECOND)


@pytest.mark.parametrize("rate", [DEFAULT_RATE, Rate(1, SECOND)])
def test_an_answer_keeps_the_other_waiting_for_the_longer_of_both_windows(
    store: Store, rate: Rate
) -> None:
    store.accounts.release(texted(store, "aa", answered_at=NOW + SECOND))
    with pytest.raises(TokenBusy), beginning(store, "bb", NOW + MINUTE, rate):
        pass
    with beginning(store, "bb", NOW + MINUTE + SECOND, rate):
        pass


def test_a_holder_that_fell_silent_with_a_request_in_the_air_is_waited_for_and_fenced(
    store: Store,
) -> None:
    """It may wake up, and a lapsed lease that nobody takes would be its own again."""
    frozen = texted(store, "aa", answered_at=None)
    require_busy(store, "bb", NOW + 2 * MINUTE - SECOND)
    with beginning(store, "bb", NOW + 2 * MINUTE), pytest.raises(LeaseLost):
        store.accounts.renew(frozen, NOW + 2 * MINUTE)


def test_a_token_that_was_changed_since_the_last_look_is_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with beginning(store, "cc"):
        pass
    monkeypatch.setenv("TOKEN_cc", TOKEN)
    acquired(store, "aa")
    require_busy(store, "cc", NOW + SECOND)


def test_an_account_that_was_added_since_the_last_look_is_seen(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with beginning(store, "cc"):
        pass
    monkeypatch.setenv("TOKEN_new", "2|its-own")
    place = TokenPlace(Keeper.VARIABLE, "TOKEN_new")
    store.accounts.keep([Account("new", token_place=place)])
    acquired(store, "cc")
    require_busy(store, "new", NOW + SECOND)


def test_another_accounts_token_that_cannot_be_read_is_no_trouble(
    store: Store, tmp_path: Path
) -> None:
    store.accounts.keep([Account("aa", token_place=token_file(tmp_path / "nowhere"))])
    acquired(store, "aa")
    with beginning(store, "bb", NOW + timedelta(seconds=5)):
        pass


def test_a_clock_that_was_ahead_keeps_no_other_account_until_then(store: Store) -> None:
    ahead = NOW + timedelta(days=3650)
    campaign = load(store, 1, account="aa", name="of aa")
    store.campaigns.start(campaign.id, now=ahead, actor="test")
    lease = store.accounts.acquire(
        "aa", worker="elsewhere:1", rate=DEFAULT_RATE, length=MINUTE, now=ahead
    )
    answer(store, claim(store, lease, campaign, ahead), ACCEPTED, ahead)
    with beginning(store, "bb", NOW):
        pass
