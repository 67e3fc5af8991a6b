"""Which row was the first to have a number, for a million of them in as little memory as it takes.

A dict from numbers to rows would hold a million row numbers as objects of their own. So it holds
in which chunk of rows a number came first, and the chunk's rows are packed beside it.
"""

from array import array
from collections.abc import Mapping, Sequence


class FirstRows:
    """The row that had a number first, of every number so far."""

    def __init__(self) -> None:
        self._chunk_of: dict[int, int] = {}
        self._chunks: list[tuple[array[int], array[int]]] = []

    def add(self, numbers: Mapping[int, str], row_numbers: Sequence[int]) -> dict[int, int]:
        """Take in numbers (E.164) of the file's next rows, each by its row's position.

        Returns:
            By their positions, those whose number another row had first: that row.
        """
        keys, rows = list(map(int, numbers.values())), [row_numbers[at] for at in numbers]
        here = dict(zip(reversed(keys), reversed(rows), strict=True))  # the first stays
        earlier = {key: self._row(key) for key in here.keys() & self._chunk_of.keys()}
        repeated = {}
        if earlier or len(here) < len(keys):
            first_rows = map((here | earlier).__getitem__, keys)
            repeated = {
                at: first
                for at, row, first in zip(numbers, rows, first_rows, strict=True)
                if first != row
            }
        for key in earlier:
            del here[key]
        self._chunk_of.update(dict.fromkeys(here, len(self._chunks)))
        self._chunks.append((array("q", here), array("I", here.values())))
        return repeated

    def _row(self, key: int) -> int:
        numbers, rows = self._chunks[self._chunk_of[key]]
        return rows[numbers.index(key)]
