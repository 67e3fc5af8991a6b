"""What people say of accounts: kept, written anew, and never two accounts with one token."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bulksms.model.accounts import Account, Keeper, TokenPlace
from bulksms.model.errors import InputError
from bulksms.model.settings import DEFAULT_LEASE, DEFAULT_RATE, parse_rate
from bulksms.store import Store

ACME = Account(
    "acme", parse_rate("30/60"), ("+13152940142",), TokenPlace(Keeper.FILE, "/secrets/acme")
)


def test_a_record_is_kept_and_written_anew(store: Store) -> None:
    assert store.accounts.keep([ACME]) == 1
    assert store.accounts.named("acme") == ACME
    plain = replace(ACME, rate=None, senders=())
    assert store.accounts.keep([plain]) == 0
    assert store.accounts.all() == [plain]


def test_a_place_that_is_taken_keeps_none_of_the_records(store: Store) -> None:
    store.accounts.keep([ACME])
    other = Account("other", token_place=TokenPlace(Keeper.VARIABLE, "OTHER"))
    with pytest.raises(InputError, match="is the token of the account 'acme'"):
        store.accounts.keep([other, replace(ACME, name="thief")])
    assert store.accounts.all() == [ACME]


def test_an_account_that_was_only_used_is_a_bare_name(store: Store) -> None:
    now = datetime(2026, 6, 1, 9, tzinfo=UTC)
    store.accounts.acquire("used", worker="ann:1", rate=DEFAULT_RATE, length=DEFAULT_LEASE, now=now)
    assert store.accounts.named("used") == Account("used")
    assert store.accounts.all() == []


def test_without_a_record_there_is_only_the_default_account(store: Store) -> None:
    assert store.accounts.named("default") == Account()
    with pytest.raises(InputError, match=r"There is no account 'acme'; there is 'default'\."):
        store.accounts.named("acme")
    with pytest.raises(InputError, match="There is no account 'acme'"):
        store.accounts.remove("acme")
