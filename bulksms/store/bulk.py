"""The one door by which rows come into the job table: many at a time, in the load's transaction.

SQLite spends a load's time on three things that it is spared here. It begins and ends a statement,
so one brings many rows. It takes every value over, so what many rows have alike is handed to it
once. And it sorts every new row into each index, so a load that is larger than all that was there
makes the indexes anew at its end.
PostgreSQL has a statement of its own for this (see `copying`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, func, select

from bulksms.model.chunks import JudgedRows
from bulksms.model.states import State
from bulksms.store.copying import copy_rows
from bulksms.store.places import remember_places
from bulksms.store.schema import message

FEWEST_FOR_NEW_INDEXES = 20_000
"""Smaller loads leave the indexes alone: they are done in a moment either way (`make bench`)."""

_COLUMNS = (
    "campaign_id",
    "row_number",
    "original",
    "state",
    "reason",
    "detail",
    "to_number",
    "lead_id",
    "sender",
    "body",
    "media",
    "segments",
    "repeat",
    "attempts",
    "updated_at",
    "place",
)
_ROWS_AT_ONCE = 500
"""Rows a statement; SQLite takes 32,766 values in one (SQLITE_MAX_VARIABLE_NUMBER)."""

_ByColumn = tuple[Sequence[Any], ...]
"""The cells of some rows, in the order of `_COLUMNS`."""


def put_rows(
    tx: Connection,
    campaign_id: int,
    chunks: Iterable[JudgedRows],
    now: datetime,
    *,
    expected: int = 0,
) -> int:
    """Put judged rows in; part of the load's transaction, which must end if this raises.

    `expected` is how many there will be, as far as that is known.

    Returns:
        How many there were.
    """
    moment = _stored(tx, now)
    columns = (_by_column(campaign_id, chunk, moment) for chunk in chunks)
    if tx.dialect.name == "postgresql":
        loaded = _copy(tx, columns)
    else:
        loaded = _insert(tx, columns, expected)
    remember_places(tx, campaign_id)
    return loaded


def _by_column(campaign_id: int, rows: JudgedRows, moment: object) -> _ByColumn:
    """What the table has of rows; it takes plain texts faster than words of an enum."""
    count = len(rows)
    states, repeats = [State.QUEUED.value] * count, [0] * count
    reasons: list[str | None] = [None] * count
    details: list[str | None] = [None] * count
    for at, problem in rows.problems.items():
        states[at] = State.SKIPPED.value
        reasons[at], details[at] = problem.reason.value, problem.detail
    for at, count_before in rows.repeats.items():
        repeats[at] = count_before
    return (
        [campaign_id] * count,
        rows.row_numbers,
        rows.originals,
        states,
        reasons,
        details,
        rows.to_numbers,
        rows.lead_ids,
        rows.senders,
        rows.bodies,
        rows.media,
        rows.segments,
        repeats,
        [0] * count,
        [moment] * count,
        rows.places,
    )


def _copy(tx: Connection, chunks: Iterable[_ByColumn]) -> int:
    rows = chain.from_iterable(zip(*columns, strict=True) for columns in chunks)
    return copy_rows(tx, message, _COLUMNS, rows)


def _insert(tx: Connection, chunks: Iterable[_ByColumn], expected: int) -> int:
    before = tx.execute(select(func.max(message.c.id))).scalar_one() or 0
    large = max(before, FEWEST_FOR_NEW_INDEXES)
    loaded, indexes = 0, list[str]()
    for columns in chunks:
        each = dict(zip(_COLUMNS, columns, strict=True))
        same = {name: each.pop(name)[0] for name in _COLUMNS if _says_one_thing(each[name])}
        rows = zip(*each.values(), strict=True)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            if not indexes and max(loaded, expected - 1) >= large:
                indexes = _drop_indexes(tx)
            _insert_at_once(tx, same, tuple(each), some)
            loaded += len(some)
    for made_by in indexes:
        tx.exec_driver_sql(made_by)
    return loaded


def _says_one_thing(cells: Sequence[Any]) -> bool:
    """Whether several rows say the same: so a statement does, once, in three quarters of the time.

    One row alone differs from nothing: else no column would be left to count rows by.
    """
    return len(cells) > 1 and cells[0] == cells[-1] and cells.count(cells[0]) == len(cells)


def _insert_at_once(
    tx: Connection, same: Mapping[str, Any], each: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    """`same` is what all of the rows say, `each` names what every row says itself."""
    values = [*(f"?{at}" for at in range(1, len(same) + 1)), *"?" * len(each)]
    one = f"({', '.join(values)})"
    tx.exec_driver_sql(
        f"INSERT INTO message ({', '.join([*same, *each])}) VALUES {', '.join([one] * len(rows))}",  # noqa: S608 - the names stand above, the values are bound
        (*same.values(), *chain.from_iterable(rows)),
    )


def _stored(tx: Connection, moment: datetime) -> object:
    """The moment as its column keeps it, once for all rows."""
    processor = message.c.updated_at.type.dialect_impl(tx.dialect).bind_processor(tx.dialect)
    return processor(moment) if processor else moment


def _drop_indexes(tx: Connection) -> list[str]:
    """Take the job table's indexes away; return the statements that made, and make, them.

    This is part of the transaction: whoever reads meanwhile has the indexes, and a load that is
    killed leaves them as they were. The table's own constraints stay.
    """
    found = tx.exec_driver_sql(
        "SELECT name, sql FROM sqlite_schema"
        " WHERE type = 'index' AND tbl_name = 'message' AND sql IS NOT NULL ORDER BY name"
    ).all()
    for name, _ in found:
        tx.exec_driver_sql(f'DROP INDEX "{name}"')
    return [made_by for _, made_by in found]
