"""What a workbook's cells do not tell by their values: hidden rows, errors, number formats.

calamine gives values only: a hidden row like any other, an error and a formula without a result
as nothing. Each format has a scanner (`xlsx`, `ods`, `xls`) that looks for these marks, and how
far the cells reach, before calamine makes a table as large as that.
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bulksms.model.cell_errors import CELL_ERRORS, UNCALCULATED
from bulksms.model.wording import plural, row_numbers
from bulksms.spreadsheet.grid import left_out
from bulksms.spreadsheet.shown import Formats

SHEET_ROWS = 1_048_576
"""Rows of a sheet ("Excel specifications and limits"; .ods has as many)."""
MAX_COLUMNS = 16_384
"""Columns of a sheet (the same source)."""
SHEET_CELLS = 32_000_000
"""Cells between a sheet's corners, blank ones too: calamine keeps all of them, at some 30 bytes."""

_KIND_BITS, _COLUMN_BITS = 5, 14


@dataclass(slots=True)
class Marks:
    """The marks of one sheet; rows and columns are counted from 1 and from 0, as they are shown.

    Attributes:
        height: the last row that has a cell.
        width: how many columns have cells.
        hidden_rows: how many hidden rows have data.
        hidden_columns: the first and last column of each hidden run.
        merged: the first row, the last row and the first column of each cell merged of many.
        formats: the number formats of its cells.
        struck: the visible rows in which a cell with data is crossed out.
    """

    height: int = 0
    width: int = 0
    hidden_rows: int = 0
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    formats: Formats = field(default_factory=Formats)
    struck: "array[int]" = field(default_factory=lambda: array("I"))
    _hidden: bytearray = field(default_factory=bytearray)
    _errors: "array[int]" = field(default_factory=lambda: array("Q"))

    @property
    def too_large(self) -> bool:
        """Whether the sheet's corners are farther apart than any list of contacts."""
        return (
            self.height > SHEET_ROWS
            or self.width > MAX_COLUMNS
            or self.height * self.width > SHEET_CELLS
        )

    def reach(self, row: int, column: int) -> None:
        """There is a cell."""
        self.height = max(self.height, row)
        self.width = max(self.width, column + 1)

    def hide(self, row: int, count: int = 1) -> None:
        """Rows from this one on are hidden; beyond the sheet's end nothing is kept."""
        end = min(row + count, SHEET_ROWS + 1)
        if len(self._hidden) < end:
            self._hidden.extend(bytes(end - len(self._hidden)))
        self._hidden[row:end] = b"\1" * max(end - row, 0)

    def is_hidden(self, row: int) -> bool:
        """Whether nobody sees the row."""
        return row < len(self._hidden) and self._hidden[row] == 1

    def unhidden(self) -> "Marks":
        """The same marks, had nobody hidden a row."""
        return replace(self, _hidden=bytearray())

    def strike(self, row: int) -> None:
        """A cell with data is crossed out."""
        if row <= SHEET_ROWS and (not self.struck or self.struck[-1] != row):
            self.struck.append(row)

    def error(self, row: int, column: int, text: str) -> None:
        """A cell is in error, with this text."""
        self.reach(row, column)
        if row <= SHEET_ROWS and column < MAX_COLUMNS:
            kind = CELL_ERRORS.index(text if text in CELL_ERRORS else "#ERROR!")
            self._errors.append(((row << _COLUMN_BITS | column) << _KIND_BITS) | kind)

    def errors(self) -> Iterator[tuple[int, int, str]]:
        """Row, column and text of each visible cell in error, from the top."""
        for packed in sorted(self._errors):
            place, kind = packed >> _KIND_BITS, packed & (1 << _KIND_BITS) - 1
            row, column = place >> _COLUMN_BITS, place & (1 << _COLUMN_BITS) - 1
            if not self.is_hidden(row):
                yield row, column, CELL_ERRORS[kind]

    def merged_down(self) -> list[tuple[int, int, int]]:
        """The merged cells that have more than one row, from the top."""
        return sorted(each for each in self.merged if each[1] > each[0])

    def notes(self) -> Iterator[str]:
        """What there is to say about the sheet as a whole."""
        if merged := len(self.merged_down()):
            cells, count = ("cell", "counts") if merged == 1 else ("cells", "count")
            yield f"{merged:,} merged {cells} {count} for every row"
        if self.hidden_rows and self._hidden:
            yield left_out(self.hidden_rows, "hidden or filtered row{}")
        elif self.hidden_rows:
            are = "is" if self.hidden_rows == 1 else "are"
            yield f"{plural(self.hidden_rows, 'hidden or filtered row')} {are} read like the others"
        if struck := len(self.struck):
            are, them = ("is", "it") if struck == 1 else ("are", "them")
            which = row_numbers(self.struck, struck)
            yield (
                f"{plural(struck, 'row')} with crossed-out cells ({which})"
                f" {are} read like the others; delete or filter {them} to leave {them} out"
            )
        if hidden := [column_letter(at) for run in self.hidden_columns for at in self._within(run)]:
            columns, verb = ("column", "is") if len(hidden) == 1 else ("columns", "are")
            yield f"hidden {columns} {', '.join(hidden)} {verb} read like the others"
        yield from self._notes_on_errors()

    def _within(self, run: tuple[int, int]) -> range:
        return range(run[0], min(run[1] + 1, self.width))

    def _notes_on_errors(self) -> Iterator[str]:
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        for row, column, text in self.errors():
            counts[text] += 1
            first.setdefault(text, f"{column_letter(column)}{row}")
        for text, count in counts.items():
            cells = f"{count:,} cell{'' if count == 1 else 's'}"
            where = f"first in {first[text]}"
            if text == UNCALCULATED:
                yield (
                    f"{cells} with a formula that was never calculated, {where};"
                    " open the file in a spreadsheet program and save it"
                )
            else:
                yield f"{cells} with the error {text}, {where}"


def column_letter(position: int) -> str:
    """What a spreadsheet program calls the column: 0 is A, 25 is Z, 26 is AA."""
    rest, letter = divmod(position, 26)
    return (column_letter(rest - 1) if rest else "") + chr(ord("A") + letter)
