"""COPY: PostgreSQL's way to take many rows in at once, inside a transaction like any statement."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table


def copy_rows(
    tx: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Put the rows in; each has the columns in this order. Then have the server count the table.

    It counts by itself, a minute later; until then it would plan claims for an empty table.

    Returns:
        How many there were.
    """
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
    count = 0
    plain = tx.connection.cursor()
    try:
        with plain.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        plain.execute(f"ANALYZE {table.name}")
    finally:
        plain.close()
    return count
