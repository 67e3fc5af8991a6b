"""Lists of thousands of rows: they are read in pieces, and where a piece ends nothing is lost."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as Sheet
from odf.table import TableCell, TableRow
from odf.text import P
from xlsxwriter.worksheet import Worksheet

from bulksms.spreadsheet.reading import read_table

COUNT = 5_000
HEADER = ("Name", "Phone", "Joined", "Owes")


def _rows() -> Iterator[tuple[str, int, date, float]]:
    for at in range(COUNT):
        yield f"Ann {at}", 12025550000 + at, date(2026, 1, 1 + at % 28), at / 4


def _workbook(path: Path, more: Callable[[Worksheet], object] = bool) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day, money = (
            book.add_format({"num_format": code}) for code in ("dd/mm/yyyy", '"$"#,##0.00')
        )
        sheet.write_row(0, 0, HEADER)
        for at, (name, phone, joined, owes) in enumerate(_rows(), 1):
            sheet.write_string(at, 0, name)
            sheet.write_number(at, 1, phone)
            sheet.write_datetime(at, 2, joined, day)
            sheet.write_number(at, 3, owes, money)
        more(sheet)


def _with_an_error_at_the_end(path: Path) -> None:
    """So that its marks are read element by element."""
    _workbook(path, lambda sheet: sheet.write_formula(COUNT + 1, 0, "=1/0", value="#DIV/0!"))


def _ods(path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    sheet = Sheet(name="June")
    for row in (HEADER, *_rows()):
        line = TableRow()
        for cell in row:
            written = TableCell(valuetype="string")
            written.addElement(P(text=str(cell)))
            line.addElement(written)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.save(path)


def _csv(path: Path) -> None:
    lines = (",".join(map(str, row)) for row in (HEADER, *_rows()))
    path.write_text("\n".join(lines), "utf-8")


@pytest.mark.parametrize(
    ("write", "ending"),
    [(_workbook, "xlsx"), (_with_an_error_at_the_end, "xlsx"), (_ods, "ods"), (_csv, "csv")],
)
def test_a_list_of_thousands_is_read_whole(
    tmp_path: Path, write: Callable[[Path], None], ending: str
) -> None:
    path = tmp_path / f"june.{ending}"
    write(path)
    read = list(read_table(path).rows())[:COUNT]
    assert [(number, *cells[:2]) for number, cells in read] == [
        (number, name, str(phone)) for number, (name, phone, *_) in enumerate(_rows(), 2)
    ]
