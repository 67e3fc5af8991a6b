"""Two accounts with one token are one for the vendor: they never send within the same window."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bulksms.driving import Held, leased
from bulksms.easify import HttpxLine
from bulksms.keychain import keep_token
from bulksms.model.accounts import Account, Keeper, TokenPlace, token_file
from bulksms.model.errors import ConfigError, LeaseLost, TokenBusy
from bulksms.model.records import Lease, Rate
from bulksms.model.settings import DEFAULT_RATE
from bulksms.same_token import token_mark
from bulksms.sandbox.vendor import Vendor
from bulksms.store import Store
from bulksms.store.accounts import Accounts
from bulksms.tokens import token_of
from tests import virtual_time
from tests.store.stage import ACCEPTED, MINUTE, NOW, SECOND, answer, claim, load
from tests.wire import transport_to

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
) -> Iterator[Held]:
    with leased(store, account, rate, lambda: now) as held:
        yield held


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


def acquired(store: Store, account: str, now: datetime = NOW) -> Lease:
    return store.accounts.acquire(
        *(account,),
        worker="elsewhere:1",
        rate=DEFAULT_RATE,
        length=MINUTE,
        now=now,
        token_mark=token_mark(token_of(store.accounts.named(account))),
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


def test_a_token_that_is_another_by_now_is_still_sent_with(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquired(store, "aa")
    monkeypatch.setenv("TOKEN_aa", "2|new")
    require_busy(store, "bb", NOW + SECOND)


def test_one_that_another_process_began_with_since_the_last_look_is_seen(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with beginning(store, "aa"):
        pass
    monkeypatch.setenv("TOKEN_cc", TOKEN)
    acquired(store, "cc")
    require_busy(store, "aa", NOW + SECOND)


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


def test_one_that_cannot_be_read_here_is_seen_where_it_is_sent_with(
    store: Store, tmp_path: Path
) -> None:
    """It is a variable of another machine's, or a file of another user's."""
    acquired(store, "aa")
    store.accounts.keep([Account("aa", token_place=token_file(tmp_path / "nowhere"))])
    require_busy(store, "bb", NOW + SECOND)


def test_an_account_without_a_token_shares_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquired(store, "aa")
    monkeypatch.delenv("TOKEN_bb")
    with beginning(store, "bb", NOW + SECOND) as held, pytest.raises(ConfigError, match="bb"):
        held.client()


@pytest.mark.usefixtures("safe")
@pytest.mark.parametrize("keeper", Keeper)
def test_a_token_that_is_replaced_while_the_account_is_taken_is_not_used(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeper: Keeper
) -> None:
    """The database may be waited for; the other's record then proved absent what had arrived."""
    put, acquire = _keeping(keeper, tmp_path, monkeypatch), Accounts.acquire
    place = TokenPlace(keeper, str(tmp_path / "token") if keeper is Keeper.FILE else "TOKEN_dd")
    store.accounts.keep([Account("dd", token_place=place)])

    def slowly(*given: Any, **more: Any) -> Lease:  # noqa: ANN401 - as `acquire`
        put("2|new")
        return acquire(*given, **more)

    monkeypatch.setattr(Accounts, "acquire", slowly)
    put("1|old")
    with beginning(store, "dd") as held:
        assert _is_asked_with(held) == ["1|old"]
        assert store.accounts.with_token(_marked("1|old"), beside=replace(held.lease, account_id=0))
    with beginning(store, "dd") as held:
        assert _is_asked_with(held) == ["2|new"]
        assert store.accounts.with_token(_marked("2|new"), beside=replace(held.lease, account_id=0))


def _keeping(keeper: Keeper, folder: Path, patch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """How the account's token is put into its place."""
    match keeper:
        case Keeper.VARIABLE:
            return lambda token: patch.setenv("TOKEN_dd", token)
        case Keeper.KEYRING:
            return lambda token: keep_token(token, "TOKEN_dd")
        case Keeper.FILE:
            file = folder / "token"
            file.touch(0o600)
            return file.write_text


def _marked(token: str) -> str:
    mark = token_mark(token)
    assert mark is not None
    return mark


def _is_asked_with(held: Held) -> list[str | None]:
    """The tokens that reach the vendor."""
    vendor = Vendor([])

    async def ask() -> None:
        await held.client(HttpxLine(transport_to(vendor))).phone_numbers()

    virtual_time.run(ask())
    return [each.token for each in vendor.arrivals]


def test_one_vendor_by_two_addresses_is_one_account_still(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EASIFY_BASE_URL", "http://localhost:8025/api/v2")
    with beginning(store, "aa"):
        monkeypatch.setenv("EASIFY_BASE_URL", "http://127.0.0.1:8025/api/v2")
        assert require_busy(store, "bb", NOW).holder


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
