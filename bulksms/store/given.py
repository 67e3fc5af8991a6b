"""Rows that a statement is given, as if they were a table: one value, however many there are.

So a statement is the same for one account's claim and for a hundred accounts', and costs the
database little more. The rows travel as one JSON text; how it is taken apart is the only thing
in which the databases differ.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Subquery,
    Text,
    TypeDecorator,
    bindparam,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


def given(name: str, **columns: type[TypeEngine[Any]] | TypeEngine[Any]) -> Subquery:
    """The table of what a run gives as `name`: a list of rows, each with these columns."""
    one = _Each(bindparam(name, type_=_Rows)).table_valued("value").alias(f"each_{name}")
    cells: list[ColumnElement[Any]] = [
        _Cell(one.c.value, at, kind).label(each) for at, (each, kind) in enumerate(columns.items())
    ]
    return select(*cells).select_from(one).subquery(name)


class _Rows(TypeDecorator[Sequence[Sequence[Any]]]):
    """Rows on their way, as text."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        length = len("2026-01-05 09:00:00.000000") if dialect.name == "sqlite" else None

        def moment(value: datetime) -> str:
            if value.tzinfo is None:
                raise ValueError("a moment without a time zone cannot be stored")
            return value.astimezone(UTC).isoformat(" ", "microseconds")[:length]

        return json.JSONEncoder(default=moment, separators=(",", ":")).encode


class _Each(FunctionElement[Any]):
    """A row of its own for each element of a JSON list, in the column `value`."""

    name = "each"
    inherit_cache = True


class _Cell(FunctionElement[Any]):
    """What stands in one place of a JSON list."""

    name = "cell"
    inherit_cache = False

    def __init__(self, row: ColumnElement[Any], at: int, kind: Any) -> None:  # noqa: ANN401 - a column's type
        super().__init__(row)
        self.at = at
        self.type = kind() if isinstance(kind, type) else kind


@compiles(_Each, "sqlite")
def _each_of_sqlite(each: _Each, compiler: SQLCompiler, **how: object) -> str:
    return f"json_each({compiler.process(each.clauses, **how)})"


@compiles(_Each, "postgresql")
def _each_of_postgresql(each: _Each, compiler: SQLCompiler, **how: object) -> str:
    return f"json_array_elements(CAST({compiler.process(each.clauses, **how)} AS JSON))"


@compiles(_Cell, "sqlite")
def _cell_of_sqlite(cell: _Cell, compiler: SQLCompiler, **how: object) -> str:
    return f"json_extract({compiler.process(cell.clauses, **how)}, '$[{cell.at}]')"


@compiles(_Cell, "postgresql")
def _cell_of_postgresql(cell: _Cell, compiler: SQLCompiler, **how: object) -> str:
    kind = compiler.dialect.type_compiler_instance.process(cell.type)
    return f"CAST({compiler.process(cell.clauses, **how)} ->> {cell.at} AS {kind})"
