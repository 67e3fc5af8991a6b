"""Where a grid's table is: its header, its columns, and how many rows have something to say.

People put titles above a table, leave blank rows and columns inside it, and give two columns one
name. What is left out or renamed here is counted or noted, never silent.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter

from bulksms.model.column_names import PHONE_NAMES, name_key
from bulksms.model.errors import InputError
from bulksms.model.which_phone import phone_name_rank
from bulksms.spreadsheet.grid import (
    ROWS_AT_ONCE,
    Chunk,
    Grid,
    Row,
    is_blank,
    left_out,
    none_is_blank,
)
from bulksms.spreadsheet.marks import MAX_COLUMNS, column_letter
from bulksms.spreadsheet.report_form import (
    Spared,
    column_of_file,
    spared,
    where_ours_begin,
    without_guard,
)

MAX_ROWS = 10_000_000
"""Rows, blank ones too: more than a year at 15 a minute, and still looked through in seconds."""
MAX_CELLS = 200_000_000
"""Rows by columns: a million contacts with 200 columns."""

ROWS_TO_COMPARE = 50
_PHONE_NAMES = PHONE_NAMES[0] | PHONE_NAMES[1]
"""Those that mean nothing else, as "Number" and "To" may."""
_DIGITS_OF_A_PHONE = 9
_MAYBE_TEXTED = (
    "row{} of people who may have been texted already"
    " (duplicate, unknown, sending, gave_up, texted_recently or same_text)"
)
_CELLS_AT_ONCE = 500_000

Cells = tuple[str, ...]
_CELLS = itemgetter(1)
"""A row's, without its number."""


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
        ours: of a report of ours, which cell is the first of `REPORT_COLUMNS`; else None.
        mended: of rows to mend, the column that they name as the phone.
        spared: rows of a report that are left out.
        notes: sentences about what was assumed or left out.
    """

    header_row: int
    columns: tuple[str, ...]
    positions: tuple[int, ...]
    guarded: bool
    row_count: int
    blank_rows: int
    ours: int | None
    spared: Spared
    notes: tuple[str, ...]
    mended: str | None = None

    def chunks(self, grid: Grid) -> Iterator[Chunk]:
        """The table's rows that have data, cells aligned with `columns`, many at a time."""
        many = max(1, min(ROWS_AT_ONCE, _CELLS_AT_ONCE // len(self.columns)))
        for chunk in grid.chunks():
            for start in range(0, len(chunk), many):
                rows = self._aligned(chunk[start : start + many])
                if rows[0][0] <= self.header_row:
                    rows = [row for row in rows if row[0] > self.header_row]
                if not none_is_blank(map(_CELLS, rows)):
                    rows = [row for row in rows if not all(map(is_blank, row[1]))]
                if any(self.spared):
                    rows = [row for row in rows if not self.spared.has(row[0])]
                if rows:
                    yield rows

    def _aligned(self, rows: Chunk) -> Chunk:
        """From a grid's cells to the table's, which are the same in most files."""
        width = max(self.positions) + 1
        whole = self.positions == tuple(range(width)) and not self.guarded
        if whole and set(map(len, map(_CELLS, rows))) == {width}:
            return rows
        missing = ("",) * width
        pick = _picker(self.positions)
        picked = [(number, pick(cells + missing[len(cells) :])) for number, cells in rows]
        if self.guarded:
            return [(number, tuple(map(without_guard, cells))) for number, cells in picked]
        return picked


def _picker(positions: Sequence[int]) -> Callable[[Cells], Cells]:
    if len(positions) == 1:
        return lambda cells: (cells[positions[0]],)
    return itemgetter(*positions)


def find_layout(grid: Grid) -> Layout | None:
    """The layout of a grid, by one look at each of its rows; None if all of them are blank.

    A report of ours is looked at once more, for whom it may have texted already.

    Raises:
        InputError: the table is larger than any list of contacts.
    """
    first_rows = list(islice(_filled_rows(grid), ROWS_TO_COMPARE))
    if not first_rows:
        return None
    title_lines = _title_lines(first_rows)
    header_row, header_cells = first_rows[title_lines]
    header = [cell.strip() for cell in header_cells]
    theirs, is_report = _positions_of_the_file(header)
    survey = _Survey(header, theirs, grows=not is_report)
    survey.look_through(grid, header_row)
    positions = survey.positions()
    guarded = is_report and grid.is_text
    left = spared(grid, header_row, theirs.stop) if is_report else Spared()
    return Layout(
        header_row=header_row,
        columns=_names(survey.header, positions, is_report=is_report, guarded=guarded),
        positions=tuple(positions),
        guarded=guarded,
        row_count=survey.row_count - len(left.texted) - len(left.opted_out),
        blank_rows=survey.blank_rows,
        ours=theirs.stop if is_report else None,
        spared=left,
        notes=tuple(_notes(title_lines, survey.theirs, positions, left, is_report=is_report)),
    )


def _filled_rows(grid: Grid) -> Iterator[Row]:
    return (row for row in grid.rows() if not all(map(is_blank, row[1])))


def _title_lines(rows: Sequence[Row]) -> int:
    """How many rows stand above the header.

    The header is the first row that fills at least half as many cells as the fullest row does,
    and at least two, unless the whole table is one column. A fuller one below it that names a phone
    is the header instead: titles may have two cells ("Date:", "June 1"). But never one below a row
    that may be a person's: nobody becomes a title.
    """
    fills = [sum(not is_blank(cell) for cell in cells) for _, cells in rows]
    fullest = max(fills)
    enough = max(fullest / 2, min(fullest, 2))
    first = next(index for index, fill in enumerate(fills) if fill >= enough)
    if any(phone_name_rank(cell) is not None for cell in rows[first][1]):
        return first
    people = (index for index, (_, cells) in enumerate(rows) if any(map(_may_be_a_phone, cells)))
    return next(
        (
            index
            for index in range(first + 1, next(people, len(rows)))
            if fills[index] > max(fills[:index])
            and any(name_key(cell) in _PHONE_NAMES for cell in rows[index][1])
        ),
        first,
    )


def _may_be_a_phone(cell: str) -> bool:
    """Whether the cell has the digits of a number, and is no date or amount."""
    return sum(map(str.isdigit, cell)) >= _DIGITS_OF_A_PHONE


def _positions_of_the_file(header: Sequence[str]) -> tuple[range, bool]:
    """Which cells are the file's own, and whether the rest is from a report of ours."""
    width = max(position for position, name in enumerate(header) if name) + 1
    ours = where_ours_begin(header[:width])
    return (range(len(header)), False) if ours is None else (range(1, ours), True)


@dataclass
class _Survey:
    """Counts rows with data and rows without, and finds the columns that have data but no name.

    Where the table `grows`, a row that is longer than the header makes it wider.
    """

    header: list[str]
    theirs: range
    grows: bool
    row_count: int = 0
    blank_rows: int = 0
    _unnamed: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._unnamed = [position for position in self.theirs if not self.header[position]]

    def look_through(self, grid: Grid, header_row: int) -> None:
        """Look at every row under the header."""
        for chunk in grid.chunks():
            self._add_all([cells for row_number, cells in chunk if row_number > header_row])
            self._require_size(grid, chunk[-1][0])

    def positions(self) -> list[int]:
        """The columns with a name or data."""
        without = set(self._unnamed)
        return [position for position in self.theirs if position not in without]

    def _add_all(self, rows: Sequence[Cells]) -> None:
        """At once, where no row can make a difference but by being there."""
        width = len(self.header)
        named = not self._unnamed and self.theirs == range(width)
        if named and max(map(len, rows), default=0) <= width and none_is_blank(rows):
            self.row_count += len(rows)
            return
        for cells in rows:
            self._add(cells)

    def _add(self, cells: Cells) -> None:
        if self.grows and len(cells) > len(self.header):
            self._grow(len(cells))
        if not any(cells) or all(map(is_blank, cells[self.theirs.start : self.theirs.stop])):
            self.blank_rows += 1
            return
        self.row_count += 1
        if self._unnamed:
            self._unnamed = [
                position
                for position in self._unnamed
                if position >= len(cells) or is_blank(cells[position])
            ]

    def _grow(self, width: int) -> None:
        self._unnamed += range(len(self.header), width)
        self.header += [""] * (width - len(self.header))
        self.theirs = range(width)

    def _require_size(self, grid: Grid, row_number: int) -> None:
        width = len(self.header)
        if width > MAX_COLUMNS:
            raise InputError(f"{grid.where} has more than {MAX_COLUMNS:,} columns.")
        if row_number > MAX_ROWS or self.row_count * width > MAX_CELLS:
            raise InputError(
                f"{grid.where} has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells;"
                " split it into several files."
            )


def _names(
    header: Sequence[str], positions: Sequence[int], *, is_report: bool, guarded: bool
) -> tuple[str, ...]:
    names = [header[position] or f"column {column_letter(position)}" for position in positions]
    if guarded:
        names = [without_guard(name) for name in names]
    if is_report:
        names = [column_of_file(name) for name in names]
    return _all_different(names)


def _all_different(names: Sequence[str]) -> tuple[str, ...]:
    """A name that stood before, in whatever case, is counted: Phone, Phone (2)."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    different = []
    for name in names:
        candidate, count = name, counts.get(name.casefold(), 1)
        while candidate.casefold() in taken:
            count += 1
            candidate = f"{name} ({count})"
        counts[name.casefold()] = count
        taken.add(candidate.casefold())
        different.append(candidate)
    return tuple(different)


def _notes(
    title_lines: int, theirs: range, positions: Sequence[int], spared: Spared, *, is_report: bool
) -> Iterator[str]:
    if title_lines:
        yield left_out(title_lines, "title line{} above the header")
    gaps = max(positions, default=0) + 1 - theirs.start - len(positions)
    if gaps > 0:
        yield left_out(gaps, "blank column{}")
    if is_report:
        yield "a report of bulksms: its own columns were left out"
    if spared.texted:
        yield left_out(len(spared.texted), _MAYBE_TEXTED)
    if spared.opted_out:
        yield left_out(len(spared.opted_out), "row{} that opted out")
