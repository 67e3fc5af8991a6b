"""Which row was the first to have a number, for a million of them in as little memory as it takes.

A dict from numbers to rows would hold a million row numbers as objects of their own. So it holds
in which chunk of rows a number came first, and the chunk's rows are packed beside it.
"""

from array import array
from collections.abc import Iterable


class FirstRows:
    """The row that had a number first, of every number so far."""

    def __init__(self) -> None:
        self._chunk_of: dict[int, int] = {}
        self._chunks: list[tuple[array[int], array[int]]] = []

    def add(self, rows: Iterable[tuple[int, int, str]]) -> list[tuple[int, str, int]]:
        """Take in rows, the next of the file: position, row number, and number (E.164).

        Returns:
            Those whose number another row had first: position, number, and that row.
        """
        repeated, here, ordinal = [], dict[int, int](), len(self._chunks)
        for at, row, number in rows:
            key = int(number)
            chunk = self._chunk_of.setdefault(key, ordinal)
            first = here.setdefault(key, row) if chunk == ordinal else self._row(chunk, key)
            if first != row:
                repeated.append((at, number, first))
        self._chunks.append((array("q", here), array("I", here.values())))
        return repeated

    def _row(self, chunk: int, key: int) -> int:
        numbers, rows = self._chunks[chunk]
        return rows[numbers.index(key)]
