"""Where a grid's table is: its header, its columns, and how many rows have something to say.

People put titles above a table, leave blank rows and columns inside it, and give two columns one
name. What is left out or renamed here is counted or noted, never silent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bulksms.spreadsheet.grid import Grid, Row, is_blank
from bulksms.spreadsheet.report_form import (
    REPORT_COLUMNS,
    column_of_file,
    is_report_header,
    without_guard,
)

_ROWS_TO_COMPARE = 50


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a grid belongs to the table.

    Attributes:
        header_row: the header's row number.
        columns: the columns' names, each different.
        positions: for each column, which cell of a grid's row it is.
        guarded: whether the cells carry the report's formula guard.
        row_count: rows under the header that have data.
        blank_rows: rows under the header that have none.
        notes: sentences about what was assumed or left out.
    """

    header_row: int
    columns: tuple[str, ...]
    positions: tuple[int, ...]
    guarded: bool
    row_count: int
    blank_rows: int
    notes: tuple[str, ...]

    def rows(self, grid: Grid) -> Iterator[Row]:
        """The table's rows that have data, cells aligned with `columns`."""
        for row_number, cells in grid.rows():
            if row_number <= self.header_row:
                continue
            row = tuple(cells[position] for position in self.positions)
            if not all(map(is_blank, row)):
                yield row_number, tuple(map(without_guard, row)) if self.guarded else row


def find_layout(grid: Grid) -> Layout | None:
    """The layout of a grid, by one look at each of its rows; None if all of them are blank."""
    first_rows = list(islice(_filled_rows(grid), _ROWS_TO_COMPARE))
    if not first_rows:
        return None
    title_lines = _title_lines(first_rows)
    header_row, header_cells = first_rows[title_lines]
    header = [cell.strip() for cell in header_cells]
    theirs, is_report = _positions_of_the_file(header)
    row_count, blank_rows, filled = _survey(grid, header_row, header, theirs)
    positions = [position for position in theirs if header[position] or position in filled]
    guarded = is_report and grid.is_text
    return Layout(
        header_row=header_row,
        columns=_names(header, positions, is_report=is_report, guarded=guarded),
        positions=tuple(positions),
        guarded=guarded,
        row_count=row_count,
        blank_rows=blank_rows,
        notes=tuple(_notes(title_lines, theirs, positions, is_report=is_report)),
    )


def _filled_rows(grid: Grid) -> Iterator[Row]:
    return (row for row in grid.rows() if not all(map(is_blank, row[1])))


def _title_lines(rows: Sequence[Row]) -> int:
    """How many rows stand above the header.

    The header is the first row that fills at least half as many cells as the fullest row does,
    and at least two, unless the whole table is one column.
    """
    fills = [sum(not is_blank(cell) for cell in cells) for _, cells in rows]
    fullest = max(fills)
    enough = max(fullest / 2, min(fullest, 2))
    return next(index for index, fill in enumerate(fills) if fill >= enough)


def _positions_of_the_file(header: Sequence[str]) -> tuple[range, bool]:
    """Which cells are the file's own, and whether the rest is from a report of ours."""
    width = max(position for position, name in enumerate(header) if name) + 1
    if is_report_header(header[:width]):
        return range(1, width - len(REPORT_COLUMNS)), True
    return range(len(header)), False


def _survey(
    grid: Grid, header_row: int, header: Sequence[str], theirs: range
) -> tuple[int, int, set[int]]:
    """Rows with data, rows without, and the columns that have data but no name."""
    unnamed = [position for position in theirs if not header[position]]
    row_count, blank_rows, filled = 0, 0, set[int]()
    for row_number, cells in grid.rows():
        if row_number <= header_row:
            continue
        if all(is_blank(cells[position]) for position in theirs):
            blank_rows += 1
            continue
        row_count += 1
        filled.update(position for position in unnamed if not is_blank(cells[position]))
    return row_count, blank_rows, filled


def _names(
    header: Sequence[str], positions: Sequence[int], *, is_report: bool, guarded: bool
) -> tuple[str, ...]:
    names = [header[position] or f"column {column_letter(position)}" for position in positions]
    if guarded:
        names = [without_guard(name) for name in names]
    if is_report:
        names = [column_of_file(name) for name in names]
    return _all_different(names)


def column_letter(position: int) -> str:
    """What a spreadsheet program calls the column: 0 is A, 25 is Z, 26 is AA."""
    rest, letter = divmod(position, 26)
    return (column_letter(rest - 1) if rest else "") + chr(ord("A") + letter)


def _all_different(names: Sequence[str]) -> tuple[str, ...]:
    """A name that stood before, in whatever case, is counted: Phone, Phone (2)."""
    taken: set[str] = set()
    different = []
    for name in names:
        candidate, count = name, 1
        while candidate.casefold() in taken:
            count += 1
            candidate = f"{name} ({count})"
        taken.add(candidate.casefold())
        different.append(candidate)
    return tuple(different)


def _notes(
    title_lines: int, theirs: range, positions: Sequence[int], *, is_report: bool
) -> Iterator[str]:
    if title_lines:
        yield _left_out(title_lines, "title line{} above the header")
    gaps = sum(
        position not in positions for position in theirs if position < max(positions, default=0)
    )
    if gaps:
        yield _left_out(gaps, "blank column{}")
    if is_report:
        yield "a report of bulksms: its own columns were left out"


def _left_out(count: int, things: str) -> str:
    plural, verb = ("", "was") if count == 1 else ("s", "were")
    return f"{count} {things.format(plural)} {verb} left out"
