"""A workbook's cells as texts, as people see them: each number in its cell's number format.

Not every cell may be read so. A phone number is known by its digits, whatever commas a format puts
between them; and of a lead id only the zeros in front are taken from what is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bulksms.spreadsheet.cells import Cell, cell_text
from bulksms.spreadsheet.number_formats import general, read_format

_MOST_BYTES = 32_000_000
"""A byte for each cell of the largest sheet that is read; `Marks` says how large."""
_ROWS_AT_ONCE = 1_000
_MOST_FORMATS = 255
"""Known ones in a sheet; cells of any more are read by value."""


@dataclass(slots=True)
class Formats:
    """Which cells of a sheet have which known number format: a byte a cell, by column."""

    _codes: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _columns: dict[int, bytearray] = field(default_factory=dict)
    _bytes: int = 0

    def put(self, row: int, column: int, code: str) -> None:
        """A cell has a format; rows are counted from 1, columns from 0."""
        number = self._numbers.get(code) or self._number(code)
        of_column = self._columns.get(column)
        if of_column is None:
            of_column = self._columns[column] = bytearray()
        if row >= len(of_column):
            more = row + _ROWS_AT_ONCE - len(of_column)
            if self._bytes + more > _MOST_BYTES:
                return
            self._bytes += more
            of_column.extend(bytes(more))
        of_column[row] = number

    def _number(self, code: str) -> int:
        """The number of a new format; 0 where there are too many."""
        if len(self._codes) < _MOST_FORMATS:
            self._codes.append(code)
        self._numbers[code] = number = len(self._codes) if code in self._codes[-1:] else 0
        return number

    def of_row(self, row: int, first_column: int) -> dict[int, str]:
        """The formats of the row's cells that have one, by their columns from that one on."""
        return {
            column - first_column: self._codes[numbers[row] - 1]
            for column, numbers in self._columns.items()
            if row < len(numbers) and numbers[row]
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """How to read a sheet as it is seen.

    Attributes:
        by_value: the columns whose values count.
        ids: the columns whose values count, with the zeros that are shown in front of them.
    """

    by_value: frozenset[int] = frozenset()
    ids: frozenset[int] = frozenset()

    def texts(
        self, row: int, cells: Sequence[Cell], formats: Formats, *, first_column: int
    ) -> list[str]:
        """The row's cells, of which the first is in that column."""
        codes = formats.of_row(row, first_column)
        by_value = {column - first_column for column in self.by_value}
        texts = [
            cell
            if type(cell) is str
            else cell_text(cell)
            if at in by_value
            else _formatted(cell, codes[at])
            if at in codes
            else _without_format(cell)
            for at, cell in enumerate(cells)
        ]
        for at in (column - first_column for column in self.ids):
            value = cell_text(cells[at]) if 0 <= at < len(cells) else ""
            if value and texts[at].lstrip("0") != value.lstrip("0"):
                texts[at] = value
        return texts


@lru_cache(maxsize=10_000, typed=True)
def _formatted(cell: Cell, code: str) -> str:
    """Most columns say the same again and again: a day, a price, a place's ZIP."""
    known = read_format(code)
    shown = None if known is None else known.shown(cell)
    return _without_format(cell) if shown is None else shown


def _without_format(cell: Cell) -> str:
    if type(cell) is float and not cell.is_integer():
        return general(cell)
    return cell_text(cell)
