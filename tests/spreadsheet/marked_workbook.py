"""Writes `files/marked.xlsx`, a workbook with every mark; LibreOffice made the .ods and .xls of it.

python -m tests.spreadsheet.marked_workbook
cd tests/spreadsheet/files && soffice --headless --convert-to ods marked.xlsx   # and xls
"""

from datetime import date
from pathlib import Path

import xlsxwriter

HEADER = ("Company", "Name", "Phone", "Lead ID", "Since", "Note")
ROWS = (
    ("Acme", "Ann", 12025550101, "0042", date(2026, 6, 1), "a"),
    (None, "Bob", 12025550102, "NA", None, "b"),
    (None, "Cid", "+12025550103", 1042.0, None, "c"),
    ("Duo", "Dan", "+12025550104", 12345678901234567.0, None, "hidden"),
    ("Eco", "Eve", "+12025550105", "7", None, None),
    (None, "Fay", True, None, None, None),
    (None, None, "+12025550107", None, None, None),
)


def write(path: Path) -> None:
    """A title over all columns, a merged company, a hidden row, column and sheet, two errors."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("June")
        dates = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.merge_range("A1:F1", "List of June")
        sheet.write_row("A3", HEADER)
        for line, cells in enumerate(ROWS, start=3):
            for position, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(line, position, cell, dates if isinstance(cell, date) else None)
        sheet.merge_range("A4:A6", "Acme")
        sheet.set_row(6, None, None, {"hidden": True})
        sheet.set_column("D:D", None, None, {"hidden": True})
        sheet.write_formula("F8", "=1/0", None, "#DIV/0!")
        sheet.write_formula("F9", "=VLOOKUP(1,A1:A2,1,0)", None, "#N/A")
        sheet.write_formula("B10", '="G"&"us"', None, "Gus")
        secret = book.add_worksheet("Secret")
        secret.write_column("A1", ["Phone", "1"])
        secret.hide()
        book.add_worksheet("Other").write("A1", "x")


if __name__ == "__main__":
    write(Path(__file__).parent / "files" / "marked.xlsx")
