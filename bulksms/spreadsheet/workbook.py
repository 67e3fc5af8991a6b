"""Workbooks (.xlsx, .xlsm, .xls, .ods): one sheet → a `Grid` of what is visible in it.

calamine reads the values, the engine that pandas itself uses. It is fast and trusting, so a scanner
for each format goes first: it keeps what calamine does not tell (`marks`), and refuses sizes that
no list of contacts has. Macros are read past, never run.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from threading import Lock

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from bulksms.model.errors import BulkSMSError, InputError
from bulksms.spreadsheet import ods, xls, xlsx
from bulksms.spreadsheet.archive import damaged, open_archive, protected
from bulksms.spreadsheet.cells import texts
from bulksms.spreadsheet.grid import Grid, Row, in_chunks, is_blank, left_out
from bulksms.spreadsheet.marks import SHEET_CELLS, Marks
from bulksms.spreadsheet.shown import Shown
from bulksms.spreadsheet.xlsx_styles import styles_of

_STDERR = 2
_NAMES_TOLD = 5
_SILENCE = Lock()
"""One at a time: two that swap the process's standard error at once could lose it for good."""


def read_workbook(path: Path, sheet: str | None) -> Grid:
    """The grid of the sheet named `sheet`, else of the first visible one with data, but no cover.

    Raises:
        InputError: there is no such sheet, none has data, it is too large, or the file cannot be
            opened.
    """
    with _book(path) as book:
        found = book.sheet(sheet)
        grid = book.grid(found)
        if not found.marks.hidden_rows:
            return grid
        whole = replace(found, marks=found.marks.unhidden())
        return replace(grid, with_hidden=book.grid(whole))


def visible_sheets(path: Path, *, with_data: bool = False) -> tuple[str, ...]:
    """The names of a workbook's visible sheets, for a person to choose from.

    Raises:
        InputError: the file cannot be opened.
    """
    with _book(path) as book:
        return book.visible_sheets(with_data=with_data)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet's values and its marks."""

    name: str
    values: CalamineSheet
    marks: Marks

    @property
    def has_data(self) -> bool:
        return self.values.start is not None or next(self.marks.errors(), None) is not None


@dataclass(frozen=True, slots=True)
class _Book:
    """An open workbook; `marks_of` gives the marks of the sheet at a position, of a name."""

    path: Path
    workbook: CalamineWorkbook
    marks_of: Callable[[int, str], Marks]

    def sheet(self, wanted: str | None) -> _Sheet:
        """The sheet of that name, else the first visible one that has data."""
        for position, name, visible in self._sheets():
            # Two sheets of a workbook never differ in case alone: the programs do not allow it.
            if wanted is not None and name.casefold() == wanted.casefold():
                return self._read(position, name)
            if wanted is None and visible:
                sheet = self._read(position, name)
                if sheet.has_data:
                    return sheet
        if wanted is None:
            raise InputError(f"{self.path} is empty: no visible sheet has data.")
        names = ", ".join(f"'{name}'" for _, name, _ in self._sheets())
        raise InputError(f"{self.path} has no sheet '{wanted}'; it has {names}.")

    def visible_sheets(self, *, with_data: bool) -> tuple[str, ...]:
        """The names that a person sees in the program's tabs, or those of them that have data."""
        return tuple(
            name
            for position, name, visible in self._sheets()
            if visible and (not with_data or self._read(position, name).has_data)
        )

    def grid(self, found: _Sheet) -> Grid:
        """The sheet's rows; they can be read when the book is closed."""
        return Grid(
            chunks=lambda: in_chunks(_visible_rows(found)),
            where=f"{self.path}, sheet '{found.name}',",
            sheet=found.name,
            notes=tuple(self.notes(found)),
            chunks_shown=lambda shown: in_chunks(_visible_rows(found, shown)),
            unread=tuple(name for _, name, _ in self._sheets() if name != found.name),
        )

    def notes(self, found: _Sheet) -> Iterator[str]:
        """What there is to say about the choice of the sheet, and about the sheet."""
        sheets = self._sheets()
        if len(sheets) > 1:
            others = [f"'{name}'" for _, name, visible in sheets if visible and name != found.name]
            more = ["…"] if len(others) > _NAMES_TOLD else []
            unread = f"; not read: {', '.join(others[:_NAMES_TOLD] + more)}" if others else ""
            yield f"sheet '{found.name}' of {len(sheets)}{unread}"
        hidden = sum(not visible for _, name, visible in sheets if name != found.name)
        if hidden:
            yield left_out(hidden, "hidden sheet{}")
        yield from found.marks.notes()

    def _sheets(self) -> list[tuple[int, str, bool]]:
        """Position, name and visibility of each sheet of cells; a chart is none."""
        return [
            (position, sheet.name, sheet.visible == SheetVisibleEnum.Visible)
            for position, sheet in enumerate(self.workbook.sheets_metadata)
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]

    def _read(self, position: int, name: str) -> _Sheet:
        try:
            marks = self.marks_of(position, name)
        except (IndexError, KeyError) as error:
            raise damaged(self.path) from error
        _require_size(self.path, [marks])
        values = self.workbook.get_sheet_by_index(position)
        for (top, left), (bottom, _) in values.merged_cell_ranges or ():  # not told of an .ods
            marks.merged.append((top + 1, bottom + 1, left))
        return _Sheet(name, values, marks)


@contextmanager
def _book(path: Path) -> Iterator[_Book]:
    with _scanner(path) as marks_of, _opened(path) as workbook:
        yield _Book(path, workbook, marks_of)


@contextmanager
def _scanner(path: Path) -> Iterator[Callable[[int, str], Marks]]:
    """The scanner of the file's format, for one sheet after another."""
    with path.open("rb") as file:
        is_xls = file.read(len(xls.OLE)) == xls.OLE
    if is_xls:
        in_order = xls.find_marks(path)
        _require_size(path, in_order)
        yield lambda position, _: in_order[position]
        return
    with open_archive(path) as archive:
        if archive.has(xlsx.WORKBOOK):
            xlsx.measure_shared_parts(archive)
            parts = xlsx.sheet_parts(archive)
            styles = styles_of(archive)
            yield lambda _, name: xlsx.find_marks(archive, parts[name], styles)
        elif archive.has(ods.CONTENT):
            by_name = ods.find_marks(archive)
            _require_size(path, by_name.values())
            yield lambda _, name: by_name[name]
        else:
            raise damaged(path)


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    """Whatever calamine cannot read becomes a sentence, and nothing beside it.

    Where it panics it prints a trace of its own, past Python, to the process's standard error.
    """
    try:
        with _SILENCE, Path(os.devnull).open("wb") as nowhere, _restored_stderr():
            os.dup2(nowhere.fileno(), _STDERR)
            with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
                yield workbook
    except (BulkSMSError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except PasswordError as error:
        raise protected(path) from error
    except BaseException as error:  # a panic in calamine is no Exception (PyO3, PanicException)
        raise damaged(path) from error


@contextmanager
def _restored_stderr() -> Iterator[None]:
    kept = os.dup(_STDERR)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)


def _require_size(path: Path, of_sheets: Iterable[Marks]) -> None:
    """Of an .xls or .ods, calamine makes the tables of all sheets at once."""
    for marks in of_sheets:
        if marks.too_large:
            raise InputError(
                f"{path} has a sheet of {marks.height:,} rows and {marks.width:,} columns, more"
                f" than {SHEET_CELLS:,} cells; delete what is not part of the table,"
                " or save it as CSV."
            )


def _visible_rows(sheet: _Sheet, shown: Shown | None = None) -> Iterator[Row]:
    """The rows that people see, as they see them or, where nothing is to be shown, by value."""
    rows = _rows(sheet.values) if shown is None else _rows_shown(sheet, shown)
    if merged := sheet.marks.merged_down():
        rows = _with_merged(rows, merged)
    if next(sheet.marks.errors(), None) is not None:
        rows = _with_errors(rows, sheet.marks.errors())
    return (row for row in rows if not sheet.marks.is_hidden(row[0]))


def _rows(values: CalamineSheet) -> Iterator[Row]:
    """Each row of the sheet; calamine gives the blank rows above it, not the blank columns."""
    before = [""] * (values.start[1] if values.start else 0)
    for row_number, cells in enumerate(values.iter_rows(), start=1):
        yield row_number, tuple(before + texts(cells))


def _rows_shown(sheet: _Sheet, shown: Shown) -> Iterator[Row]:
    left = sheet.values.start[1] if sheet.values.start else 0
    before = [""] * left
    for row_number, cells in enumerate(sheet.values.iter_rows(), start=1):
        texts = shown.texts(row_number, cells, sheet.marks.formats, first_column=left)
        yield row_number, tuple(before + texts)


def _with_merged(rows: Iterator[Row], merged: list[tuple[int, int, int]]) -> Iterator[Row]:
    """A merged cell's text again in each of its other rows that has something to say itself.

    Across columns nothing is repeated: a title over six columns would be taken for a header.
    """
    upcoming = deque(merged)
    running: dict[int, tuple[int, str]] = {}
    for row_number, cells in rows:
        running = {at: each for at, each in running.items() if each[0] >= row_number}
        filled = list(cells)
        if running and not all(map(is_blank, cells)):
            for column, (_, text) in running.items():
                _put(filled, column, text)
        while upcoming and upcoming[0][0] <= row_number:
            _, bottom, column = upcoming.popleft()
            running[column] = bottom, cells[column] if column < len(cells) else ""
        yield row_number, tuple(filled)


def _with_errors(rows: Iterator[Row], errors: Iterator[tuple[int, int, str]]) -> Iterator[Row]:
    """The errors' texts in their places, and beyond the last row that has a value."""
    by_row = groupby(errors, key=itemgetter(0))
    error_row, errors_of_row = next(by_row, (None, iter(())))
    for row_number, cells in rows:
        if row_number == error_row:
            yield row_number, _with_texts(cells, errors_of_row)
            error_row, errors_of_row = next(by_row, (None, iter(())))
        else:
            yield row_number, cells
    while error_row is not None:
        yield error_row, _with_texts((), errors_of_row)
        error_row, errors_of_row = next(by_row, (None, iter(())))


def _with_texts(cells: tuple[str, ...], errors: Iterator[tuple[int, int, str]]) -> tuple[str, ...]:
    filled = list(cells)
    for _, column, text in errors:
        _put(filled, column, text)
    return tuple(filled)


def _put(cells: list[str], position: int, text: str) -> None:
    cells.extend([""] * (position + 1 - len(cells)))
    cells[position] = text
