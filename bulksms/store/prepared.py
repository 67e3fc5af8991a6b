"""Statements that are run many times a second: compiled once, then straight to the driver.

SQLAlchemy's own execution costs several times what the database needs for a small statement.
So what every message passes is compiled once for a database and for the names it is given values
for, and from then on only the values are made ready and handed over. The Core statement stays the
one source, and its types say how a value goes in and comes out. Transactions, and what a fault
means, stay the engine's.

Values that a statement brings along, such as a state in its guard, are written out in its text:
a database uses a partial index only where it sees its condition, and SQLite would plan a statement
anew for each run whose value decides about one. They are the program's words, never a file's.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ClauseElement, Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.visitors import cloned_traverse

Values = Mapping[str, Any]
Process = Callable[[Any], Any]
FoundRow = Any
"""A row: a named tuple of the statement's columns."""


class Prepared:
    """A statement; each run gives its `bindparam`s their values, and the columns that it sets."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = cloned_traverse(statement, {}, {"bindparam": _write_out})
        self._ready: dict[tuple[str, ...], _Ready] = {}

    def all(self, tx: Connection, values: Values) -> list[FoundRow]:
        """Every row that it finds or returns."""
        ready = self._for(tx, values)
        return [ready.row(found) for found in ready.run(tx, values).fetchall()]

    def first(self, tx: Connection, values: Values) -> FoundRow:
        """The first of them; None if there is none."""
        ready = self._for(tx, values)
        found = ready.run(tx, values).fetchall()
        return ready.row(found[0]) if found else None

    def count(self, tx: Connection, values: Values) -> int:
        """How many rows it changes."""
        return self._for(tx, values).run(tx, values).rowcount

    def _for(self, tx: Connection, values: Values) -> "_Ready":
        key = (tx.dialect.name, *values)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = _compiled(self._statement, tx.dialect, values)
        return ready


class _Ready(NamedTuple):
    """A statement as the driver takes it."""

    text: str
    bind: Callable[[Values], Any]
    row: Callable[[Sequence[Any]], FoundRow]

    def run(self, tx: Connection, values: Values) -> DBAPICursor:
        cursor, bound = tx.connection.cursor(), self.bind(values)
        for listen in tx.dispatch.before_cursor_execute:  # as the engine's own execution does
            listen(tx, cursor, self.text, bound, None, False)  # noqa: FBT003 - in the order of the event
        cursor.execute(self.text, bound)
        return cursor


def _write_out(bound: BindParameter[Any]) -> None:
    """Of a statement's copy: what has a value already, is a part of the text."""
    bound.literal_execute = not bound.required


def _compiled(statement: Any, dialect: Dialect, values: Values) -> _Ready:  # noqa: ANN401 - any Core statement
    compiled = statement.compile(dialect=dialect, column_keys=list(values))
    whole = compiled.construct_expanded_state(values)
    binds = {name: compiled.binds[name].type.dialect_impl(dialect) for name in whole.parameters}
    brought = {name: value for name, value in whole.parameters.items() if name not in values}
    columns = statement.exported_columns
    return _Ready(
        whole.statement,
        _binder(
            whole.positiontup,
            {name: kind.bind_processor(dialect) for name, kind in binds.items()},
            brought,
        ),
        _row_maker(
            columns.keys(),
            [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns],
        ),
    )


def _binder(
    order: Sequence[str] | None, processes: Mapping[str, Process | None], brought: Values
) -> Callable[[Values], Any]:
    """What makes the driver's parameters of a run's values: by their places, or by their names."""
    names = list(processes) if order is None else order
    each = [(name, processes[name] or _as_it_is) for name in names]

    def bind(values: Values) -> Any:  # noqa: ANN401 - a list, or a mapping
        given = {**values, **brought} if brought else values
        if order is None:
            return {name: process(given[name]) for name, process in each}
        return [process(given[name]) for name, process in each]

    return bind


def _row_maker(
    names: Sequence[str], processes: Sequence[Process | None]
) -> Callable[[Sequence[Any]], FoundRow]:
    """What makes a named tuple of the driver's row."""
    kind: Any = namedtuple("FoundRow", names)  # type: ignore[misc]  # noqa: PYI024 - the statement's own
    some = [(at, process) for at, process in enumerate(processes) if process is not None]

    def make(found: Sequence[Any]) -> FoundRow:
        cells = list(found)
        for at, process in some:
            cells[at] = process(cells[at])
        return kind._make(cells)

    return make if some else kind._make


def _as_it_is(value: FoundRow) -> FoundRow:
    return value
