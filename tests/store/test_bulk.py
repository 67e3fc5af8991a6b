"""A load that is large makes the indexes anew at its end; nobody may see a difference."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator

import pytest

from bulksms.keeping import KeptRows
from bulksms.model.chunks import JudgedRows
from bulksms.model.errors import StoreError
from bulksms.model.records import JudgedRow
from bulksms.store import Store
from bulksms.store.bulk import FEWEST_FOR_NEW_INDEXES
from tests.store.stage import (
    ON_SQLITE,
    acquire,
    claim,
    everything,
    load,
    queued,
    running,
    sql,
    states,
)

pytestmark = ON_SQLITE
LARGE = FEWEST_FOR_NEW_INDEXES + 2_001
SCHEMA = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"


def many(rows: int, first: int = 2) -> Iterator[JudgedRow]:
    """Rows with numbers of their own, which need not be valid ones."""
    row = queued(first)
    return (
        row._replace(row_number=at, to_number=f"+1{at:010}") for at in range(first, first + rows)
    )


def test_a_large_load_leaves_the_schema_as_the_migrations_made_it(store: Store) -> None:
    made = sql(store, SCHEMA)
    assert load(store, many(LARGE)).rows == LARGE
    assert sql(store, SCHEMA) == made
    assert sql(store, "PRAGMA integrity_check") == [("ok",)]


def test_a_large_load_into_a_filled_database_keeps_what_was_there(store: Store) -> None:
    june = running(store, 3)
    claim(store, acquire(store), june)
    load(store, many(LARGE), name="july")
    assert states(store, june) == ["sending", "queued", "queued"]
    assert sql(store, "PRAGMA integrity_check") == [("ok",)]
    plan = sql(store, "EXPLAIN QUERY PLAN SELECT * FROM message WHERE to_number = '+1'")
    assert "message_by_number" in str(plan)


def test_nobody_comes_in_twice_while_the_indexes_are_away(store: Store) -> None:
    """A judge never lets that happen; the database itself refuses it too."""
    before, made = everything(store), sql(store, SCHEMA)

    def rows() -> Iterator[JudgedRow]:
        yield from many(LARGE)
        yield queued(LARGE + 2, to_number="+10000000002")

    with pytest.raises(StoreError, match="UNIQUE constraint failed"):
        load(store, rows())
    assert (everything(store), sql(store, SCHEMA)) == (before, made)


def test_a_load_whose_size_is_known_leaves_the_same_as_one_that_turns_out_large(
    store: Store,
) -> None:
    """It takes the indexes away before its first row."""
    kept, made = KeptRows(), sql(store, SCHEMA)
    kept.add(JudgedRows.of(list(many(LARGE))))
    assert kept.count == LARGE
    counted, uncounted = load(store, kept), load(store, many(LARGE), name="july")
    assert sql(store, SCHEMA) == made
    assert sql(store, "PRAGMA integrity_check") == [("ok",)]
    rows = "SELECT row_number, to_number, state, body, place FROM message WHERE campaign_id = {}"
    assert sql(store, rows.format(counted.id)) == sql(store, rows.format(uncounted.id))


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a thing of POSIX")
def test_a_load_that_is_killed_half_way_leaves_nothing(store: Store) -> None:
    """After the indexes were taken away, before they are made again."""
    before, made = everything(store), sql(store, SCHEMA)
    location = store.engine.url.render_as_string()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_load_and_die, args=(location,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert (everything(store), sql(store, SCHEMA)) == (before, made)
    assert load(store, 3).rows == 3


def _load_and_die(location: str) -> None:
    def rows() -> Iterator[JudgedRow]:
        yield from many(LARGE)
        os.kill(os.getpid(), signal.SIGKILL)

    with Store.open(location) as store:
        load(store, rows())
