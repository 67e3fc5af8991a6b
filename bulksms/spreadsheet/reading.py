"""A contact file → a `Table` of text: what the person sees in the spreadsheet program, row by row.

The file is recognised by its content, whatever its name ends in, and looked through once before
anything is promised about it; its rows are then read as often as wanted, never held all at once.
Nothing becomes a number, a date or a gap on the way: `0042` and `NA` stay what they are.
"""

import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from bulksms.model.errors import InputError
from bulksms.model.opt_out_sheets import lists_opt_outs
from bulksms.model.records import FORGOTTEN_NUMBER
from bulksms.model.which_phone import ToldOfPhone
from bulksms.spreadsheet.archive import ZIP
from bulksms.spreadsheet.delimited import read_text
from bulksms.spreadsheet.encoding import BOMS
from bulksms.spreadsheet.grid import Chunk, Grid, Row, is_blank
from bulksms.spreadsheet.layout import Layout, find_layout
from bulksms.spreadsheet.opted_out_rows import only_opted_out
from bulksms.spreadsheet.problems import without_our_column
from bulksms.spreadsheet.report_form import REPORT_COLUMNS, Spared
from bulksms.spreadsheet.shown import Shown
from bulksms.spreadsheet.workbook import read_workbook
from bulksms.spreadsheet.workbook import visible_sheets as sheets_of_workbook
from bulksms.spreadsheet.xls import OLE

MAX_BYTES = 256 * 1024 * 1024
"""Larger files are refused: a million contacts are about 100 MB of text."""

_HEAD_BYTES = 65_536
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
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

    @property
    def is_report(self) -> bool:
        """Whether it is of a report of ours."""
        return self._layout.ours is not None

    @property
    def spared(self) -> frozenset[str]:
        """The numbers of a report's rows that are left out: they may have been texted already."""
        return frozenset(self._layout.spared.texted.values())

    @property
    def with_left_out(self) -> "Table":
        """The same with the rows of a report that are left out; itself where none is."""
        left = self._layout.spared
        if not any(left):
            return self
        count = self.row_count + len(left.texted) + len(left.opted_out)
        return replace(self, row_count=count, _layout=replace(self._layout, spared=Spared()))

    @property
    def told_of_phone(self) -> ToldOfPhone:
        """Which column was the phone, as far as a file of ours tells."""
        of = self._layout
        if of.ours is None:
            return ToldOfPhone(named=of.mended)
        numbers = replace(of, columns=REPORT_COLUMNS[:1], positions=(of.ours,)).chunks(self._grid)
        told = (number for chunk in numbers for _, (number,) in chunk)
        return ToldOfPhone(was_empty=all(each.startswith(FORGOTTEN_NUMBER) for each in told))

    @property
    def unread_opt_outs(self) -> list[str]:
        """The workbook's other sheets that list who opted out, as far as their names say so."""
        return [name for name in self._grid.unread if lists_opt_outs(name)]

    def rows(self) -> Iterator[Row]:
        """(row number as the spreadsheet program gives it, cells aligned with `columns`).

        Each call starts again at the first row under the header; blank rows are left out.
        """
        return chain.from_iterable(self.chunks())

    def chunks(self) -> Iterator[Chunk]:
        """The same rows, in lists of a few thousand: no more of the file is held at once."""
        return self._layout.chunks(self._grid)

    def as_shown(
        self, *, by_value: Iterable[int | None] = (), ids: Iterable[int | None] = ()
    ) -> "Table":
        """The same table, its numbers, dates and times as the spreadsheet program shows them.

        Itself where the file says nothing of that.

        Args:
            by_value: columns whose values count: a phone number is what its digits are.
            ids: columns of which only zeros in front of a number are taken from what is shown.
        """
        shown = Shown(*map(self._places, (by_value, ids)))
        grid = self._grid.as_shown(shown)
        return self if grid is self._grid else replace(self, _grid=grid)

    @property
    def whole(self) -> "Table":
        """The same rows and those that are hidden: these are not texted, but their word counts."""
        hidden = self._grid.with_hidden
        return self if hidden is None else replace(self, _grid=hidden)

    def hidden_rows(self) -> Iterator[Row]:
        """Those of the `whole` table that `rows` does not give."""
        if self._grid.with_hidden is not None:
            shown = {row_number for row_number, _ in self.rows()}
            yield from (row for row in self.whole.rows() if row[0] not in shown)

    def _places(self, columns: Iterable[int | None]) -> frozenset[int]:
        """Where these columns are in the grid; None is no column."""
        return frozenset(self._layout.positions[at] for at in columns if at is not None)


def read_table(path: Path, *, sheet: str | None = None, opt_outs: bool = False) -> Table:
    """The table in a file: .csv .tsv .txt .xlsx .xlsm .xls .ods, by content.

    Without `sheet`, the first visible sheet that has data. Of a list of `opt_outs`, the hidden rows
    as well, and of a report of ours who opted out, and nobody else.

    Raises:
        InputError: the file cannot be read, is no spreadsheet, or has no rows under a header;
            one sentence that names the file and, where it can, the row.
    """
    grid = _grid(path, sheet)
    if opt_outs:
        grid = grid.with_hidden or grid
    layout = find_layout(grid)
    if layout is None:
        raise InputError(f"{grid.where} is empty.")
    layout = without_our_column(layout)
    if opt_outs:
        layout = only_opted_out(layout, grid)
    elif layout.spared.erased and not layout.row_count:
        raise InputError(
            f"{grid.where} has nobody to text: it is a report, and what the file said in its rows"
            " was erased, by bulksms purge or history --forget.",
            next_command="the same with the file itself, if you still have it",
        )
    if any(layout.spared) and not layout.row_count:
        raise InputError(
            f"{grid.where} has nobody to text: each of its rows is of somebody who opted out, or"
            " may have been texted already"
            " (duplicate, unknown, sending, gave_up, texted_recently or same_text).",
            next_command="bulksms reconcile CAMPAIGN\nthe one that it is a report of",
        )
    if not layout.row_count:
        raise InputError(f"{grid.where} has no rows under its header in row {layout.header_row}.")
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


def header_of(path: Path) -> tuple[str, ...]:
    """The first line that has data, as far as it has, of what `read_table` reads; or a hidden one.

    Raises:
        InputError: the file cannot be read, or is no spreadsheet.
    """
    grid = _grid(path, None)
    every_row = (grid.with_hidden or grid).rows()
    filled = (cells for _, cells in every_row if not all(map(is_blank, cells)))
    cells = [cell.strip() for cell in next(filled, ())]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def visible_sheets(path: Path) -> tuple[str, ...]:
    """The names of the sheets among which a person may choose.

    None in a text file, or where `read_table` will say why the file cannot be read.
    """
    with suppress(InputError):
        if _head(path).startswith((ZIP, OLE)):
            return sheets_of_workbook(path)
    return ()


def sheets_with_data(path: Path) -> tuple[str, ...]:
    """The names of the visible sheets that have something in them; none in a text file.

    Raises:
        InputError: the file cannot be read.
    """
    is_workbook = _head(path).startswith((ZIP, OLE))
    return sheets_of_workbook(path, with_data=True) if is_workbook else ()


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
        _require_a_file(path)
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError as error:
        if path.is_symlink():
            raise InputError(
                f"{path} is a link to {path.readlink()}, which is not there."
            ) from error
        raise InputError(f"{path} is not there.") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its name holds a NUL"
        raise InputError(f"{path} cannot be read: {why}.") from error
    if not head:
        raise InputError(f"{path} is empty.")
    return head


def _require_a_file(path: Path) -> None:
    """Links are followed; what is no file at their end is never opened: a pipe would wait."""
    status = path.stat()
    kind = _KINDS.get(stat.S_IFMT(status.st_mode))
    if kind is not None:
        link = "a link to " if path.is_symlink() else ""
        raise InputError(f"{path} is {link}{kind}, not a file.")
    if status.st_size > MAX_BYTES:
        raise InputError(
            f"{path} is larger than {MAX_BYTES // 1024**2} MiB; split it into several files."
        )


def _refuse_what_is_no_text(path: Path, head: bytes) -> None:
    for beginning, kind in _NOT_SPREADSHEETS.items():
        if head.lstrip().startswith(beginning):
            raise InputError(f"{path} is not a spreadsheet: it is {kind}.")
    if b"\0" in head and not head.startswith(tuple(BOMS)) and not _may_be_utf_16(head):
        raise InputError(f"{path} is not a spreadsheet: it is not text that can be read.")


def _may_be_utf_16(head: bytes) -> bool:
    """Whether it begins with an ASCII character of two bytes, and zeros stand only on one side."""
    zeros = sorted((head[::2].count(0), head[1::2].count(0)))
    return b"\0" in head[:2] and zeros[0] == 0 and zeros[1] > len(head) / 8
