"""Rows that a statement is given: as good as a table, on each database."""

from typing import Any

import pytest
from sqlalchemy import BigInteger, Integer, Text, select

from bulksms.store import Store, accounts, answers, attempts, claims
from bulksms.store.engine import writing
from bulksms.store.given import given
from bulksms.store.moments import UtcDateTime
from bulksms.store.prepared import Prepared
from tests.store.stage import NOW, ON_SQLITE, SECOND

ROWS = given("rows", id=BigInteger, at=UtcDateTime, count=Integer, said=Text)
EVERY = Prepared(select(ROWS))


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(2**62, NOW, -1, 'it\'s "50 %", é, \U0001f600, \\, :x and ?')],
        [(at, NOW + at * SECOND, at, f"row {at}") for at in range(300)],
        [(1, None, None, None)],
    ],
)
def test_what_is_given_comes_back(store: Store, rows: list[tuple[Any, ...]]) -> None:
    with writing(store.engine) as tx:
        assert EVERY.all(tx, {"rows": rows}) == rows


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    row = (1, NOW.replace(tzinfo=None), 1, "")
    with pytest.raises(ValueError, match="without a time zone"), writing(store.engine) as tx:
        EVERY.all(tx, {"rows": [row]})


@ON_SQLITE
@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (accounts._HOLD, "leases"),
        (claims._STANDINGS, "wanted"),
        (claims._NEXT_QUEUED, "looked"),
        (claims._CLAIM._remember, "taken"),
        (claims._CLAIM._change, "taken"),
        (attempts._CLOSE, "answers"),
        (answers._ACCEPT._remember, "accepted"),
        (answers._ACCEPT._change, "accepted"),
    ],
)
def test_no_table_is_read_from_end_to_end(store: Store, statement: Prepared, name: str) -> None:
    """Whatever their size, and though nobody ever told SQLite how large they are."""
    steps = steps_of(store, statement, name)
    assert any(step.startswith("SCAN each_") for step in steps)
    assert [step for step in steps if step.startswith("SCAN") and "each_" not in step] == []


@ON_SQLITE
def test_a_later_lists_opt_out_is_found_among_the_few_who_opted_out(store: Store) -> None:
    """Not among all the rows that the number ever had."""
    found = "SEARCH theirs USING INDEX message_opted_out (to_number=? AND campaign_id>?)"
    assert found in steps_of(store, claims._NEXT_QUEUED, "looked")


def steps_of(store: Store, statement: Prepared, name: str) -> list[str]:
    """How SQLite goes about it."""
    with writing(store.engine) as tx:
        ready = statement._for(tx, {name: []})
        plan = tx.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {ready.text}", ("[]",) * ready.text.count("?")
        )
        return [row[3] for row in plan]
