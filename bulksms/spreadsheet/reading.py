"""A contact file → a `Table` of text: what the person sees in the spreadsheet program, row by row.

The file is recognised by its content, whatever its name ends in, and looked through once before
anything is promised about it; its rows are then read as often as wanted, never held all at once.
Nothing becomes a number, a date or a gap on the way: `0042` and `NA` stay what they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bulksms.model.errors import InputError
from bulksms.spreadsheet.delimited import BOMS, read_text
from bulksms.spreadsheet.grid import Grid, Row
from bulksms.spreadsheet.layout import Layout, find_layout
from bulksms.spreadsheet.problems import without_our_column
from bulksms.spreadsheet.workbook import OLE, ZIP, read_workbook

MAX_BYTES = 256 * 1024 * 1024
"""Larger files are refused: a million contacts are about 100 MB of text."""

_HEAD_BYTES = 65_536
_NOT_SPREADSHEETS = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document",
    b"<": "a web page or XML",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet's table, every cell as text.

    Attributes:
        source_name: the file's name, without its folder.
        sheet: the sheet's name; None in a text file.
        columns: the header's texts, each different; "column C" where data has no header.
        header_row: the header's row, as the spreadsheet program numbers it.
        row_count: how many rows `rows` gives.
        blank_rows: how many rows under the header were left out because they are blank.
        notes: sentences about what was assumed or left out.
    """

    source_name: str
    sheet: str | None
    columns: tuple[str, ...]
    header_row: int
    row_count: int
    blank_rows: int
    notes: tuple[str, ...]
    _grid: Grid = field(repr=False)
    _layout: Layout = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """(row number as the spreadsheet program gives it, cells aligned with `columns`).

        Each call starts again at the first row under the header; blank rows are left out.
        """
        return self._layout.rows(self._grid)


def read_table(path: Path, *, sheet: str | None = None) -> Table:
    """The table in a file: .csv .tsv .txt .xlsx .xlsm .xls .ods, by content.

    Without `sheet`, the first visible sheet that has data.

    Raises:
        InputError: the file cannot be read, is no spreadsheet, or has no rows under a header;
            one sentence that names the file and, where it can, the row.
    """
    grid = _grid(path, sheet)
    where = f"{path}, sheet '{grid.sheet}'," if grid.sheet else str(path)
    layout = find_layout(grid)
    if layout is None:
        raise InputError(f"{where} is empty.")
    layout = without_our_column(layout)
    if not layout.row_count:
        raise InputError(f"{where} has no rows under its header in row {layout.header_row}.")
    return Table(
        source_name=path.name,
        sheet=grid.sheet,
        columns=layout.columns,
        header_row=layout.header_row,
        row_count=layout.row_count,
        blank_rows=layout.blank_rows,
        notes=grid.notes + layout.notes,
        _grid=grid,
        _layout=layout,
    )


def _grid(path: Path, sheet: str | None) -> Grid:
    head = _head(path)
    if head.startswith((ZIP, OLE)):
        return read_workbook(path, sheet)
    _refuse_what_is_no_text(path, head)
    if sheet is not None:
        raise InputError(f"{path} is a text file, which has no sheets; leave --sheet out.")
    return read_text(path)


def _head(path: Path) -> bytes:
    """The file's first bytes, once it is certain that there is a file of a size to read."""
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder, not a file.")
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"{path} is larger than {MAX_BYTES // 1024**2} MiB; split it into several files."
            )
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError as error:
        raise InputError(f"{path} is not there.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    if not head:
        raise InputError(f"{path} is empty.")
    return head


def _refuse_what_is_no_text(path: Path, head: bytes) -> None:
    for beginning, kind in _NOT_SPREADSHEETS.items():
        if head.lstrip().startswith(beginning):
            raise InputError(f"{path} is not a spreadsheet: it is {kind}.")
    if b"\0" in head and not head.startswith(tuple(BOMS)):
        raise InputError(f"{path} is not a spreadsheet: it is not text that can be read.")
