from datetime import datetime, timedelta, timezone

import pytest

from bulksms.model.errors import StoreError
from bulksms.store import Store, Suppression
from tests.store.stage import MINUTE, NOW, sql


def test_a_number_is_on_the_list_with_why_and_since_when(store: Store) -> None:
    assert _add(store, "+12025550001") == 1
    assert list(store.suppressions.all()) == [Suppression("+12025550001", "said STOP", "test", NOW)]


def test_a_number_that_is_there_keeps_its_first_reason(store: Store) -> None:
    _add(store, "+12025550001")
    again = ["+12025550002", "+12025550001", "+12025550002"]
    added = store.suppressions.add(again, reason="other", source="test", now=NOW + MINUTE)
    assert added == 1
    assert store.suppressions.reasons() == {"+12025550001": "said STOP", "+12025550002": "other"}


def test_the_newest_come_first(store: Store) -> None:
    for minutes, number in enumerate(("+12025550002", "+12025550001", "+12025550003")):
        _add(store, number, now=NOW + minutes * MINUTE)
    assert [each.to_number[-1] for each in store.suppressions.all()] == ["3", "1", "2"]


def test_a_removed_number_may_be_texted_again(store: Store) -> None:
    _add(store, "+12025550001")
    assert store.suppressions.remove("+12025550001", now=NOW)
    assert not store.suppressions.remove("+12025550001", now=NOW)
    assert store.suppressions.reasons() == {}


def test_a_moment_is_kept_in_utc_whatever_zone_it_came_in(store: Store) -> None:
    _add(store, "+12025550001", now=NOW.astimezone(timezone(timedelta(hours=-5))))
    assert sql(store, "SELECT added_at FROM suppression") == [("2026-01-05 09:00:00.000000",)]
    (kept,) = store.suppressions.all()
    assert kept.added_at == NOW
    assert kept.added_at.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_a_fault_of_ours(store: Store) -> None:
    with pytest.raises(Exception, match="without a time zone") as fault:
        _add(store, "+12025550001", now=datetime(2026, 1, 5, 9, 0))  # noqa: DTZ001 - the fault itself
    assert not isinstance(fault.value, StoreError)


def _add(store: Store, number: str, now: datetime = NOW) -> int:
    return store.suppressions.add([number], reason="said STOP", source="test", now=now)
