"""Workbooks (.xlsx, .xlsm, .xls, .ods): one sheet → a `Grid`.

calamine reads them, the engine that pandas itself uses, but is asked directly:
pandas would guess a type for each column, and this program needs what each cell says.
"""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import chain, repeat
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from bulksms.model.errors import InputError
from bulksms.spreadsheet.grid import Grid, Row

ZIP = b"PK\x03\x04"
"""How .xlsx, .xlsm and .ods begin."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .xls begins, and every workbook that a password protects (MS-CFB, 2.2)."""

EXACT_BELOW = 2**53
"""From here on a number in a workbook, a double, no longer tells neighbouring integers apart."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream's name (MS-OFFCRYPTO, 2.3.4.4)

Cell = int | float | str | bool | time | date | datetime | timedelta


def read_workbook(path: Path, sheet: str | None) -> Grid:
    """The grid of the sheet named `sheet`, else of the first visible sheet that has data.

    Raises:
        InputError: there is no such sheet, none has data, or the file cannot be opened.
    """
    try:
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            found = _sheet(path, workbook, sheet)
            count = len(_worksheets(workbook))
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(_why_not(path)) from error
    notes = (f"sheet '{found.name}' of {count}",) if count > 1 else ()
    return Grid(rows=partial(_rows, found), sheet=found.name, notes=notes)


def _sheet(path: Path, workbook: CalamineWorkbook, wanted: str | None) -> CalamineSheet:
    sheets = _worksheets(workbook)
    for name, visible in sheets.items():
        # Two sheets of a workbook never differ in case alone: the programs do not allow it.
        if wanted is not None and name.casefold() == wanted.casefold():
            return workbook.get_sheet_by_name(name)
        if wanted is None and visible:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.start is not None:
                return sheet
    if wanted is None:
        raise InputError(f"{path} is empty: no visible sheet has data.")
    names = ", ".join(f"'{name}'" for name in sheets)
    raise InputError(f"{path} has no sheet '{wanted}'; it has {names}.")


def _worksheets(workbook: CalamineWorkbook) -> dict[str, bool]:
    """Each sheet of cells, no chart, and whether it is visible."""
    return {
        sheet.name: sheet.visible == SheetVisibleEnum.Visible
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
    }


def _why_not(path: Path) -> str:
    content = path.read_bytes()
    if _ENCRYPTED in content:
        return f"{path} is protected by a password; save a copy without one."
    if content.startswith(OLE):
        return f"{path} cannot be opened: it is damaged, protected by a password, or no workbook."
    if not zipfile.is_zipfile(path):
        return f"{path} is damaged: a part of the file is missing."
    return f"{path} cannot be opened: it is damaged, or it is not a spreadsheet."


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """Each row of the sheet; calamine gives the blank rows above it, not the blank columns."""
    before = sheet.start[1] if sheet.start else 0
    for row_number, cells in enumerate(sheet.iter_rows(), start=1):
        yield row_number, tuple(chain(repeat("", before), map(cell_text, cells)))


def cell_text(cell: Cell) -> str:
    """A cell as text: what was typed, as far as the workbook still knows it.

    A number that is an integer has no decimals; dates and times are ISO 8601 with a space.
    """
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case int() | float():
            return _number_text(cell)
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case _:
            return str(cell)


def _number_text(number: float) -> str:
    """An integer that may have lost digits is given with 15 and an exponent: plainly damaged.

    15 is what Excel keeps ("Excel specifications and limits"). With all of a double's digits it
    would look exact: 12345678901234567 is kept as 1.2345678901234568e+16.
    """
    if abs(number) >= EXACT_BELOW:
        return f"{number:.14e}"
    return str(int(number)) if float(number).is_integer() else f"{number:.15g}"
