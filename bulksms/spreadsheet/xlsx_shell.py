"""The workbook around the rows: columns, filter, colours, and the sheet that sums them up.

Everything here is XlsxWriter's; the rows are put in between by `xlsx_report`.
The sheet of the rows comes first, because that is the one which `send` takes back.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from bulksms.model.states import State
from bulksms.model.summary import Heading, Tally
from bulksms.spreadsheet.report_form import REPORT_COLUMNS, ROW_COLUMN
from bulksms.spreadsheet.xlsx_summary import add_summary_sheet

FIRST = "[Content_Types].xml"
"""The part by which programs recognise a workbook; it comes first in the file."""

ROWS_SHEET = "xl/worksheets/sheet1.xml"

_COLOURS = {
    State.QUEUED: "#1f5fbf",
    State.SENDING: "#0b7285",
    State.ACCEPTED: "#1b7f3b",
    State.FAILED: "#b3261e",
    State.UNKNOWN: "#9a6700",
    State.SKIPPED: "#6b7280",
}

_WIDTHS = {ROW_COLUMN: 7, "to_number": 16, "detail": 50, "sms_id": 24, "accepted_at": 21}
_WIDTHS |= {"message": 60}
_COUNTS = {ROW_COLUMN, "attempts", "segments"}
_NARROWEST, _WIDEST = 15, 40
_UNTRUE_SIZE = re.compile(rb"<dimension [^>]*/>")
_STYLE_OF_COLUMN = re.compile(rb'<col min="(\d+)"[^>]* style="(\d+)"')


@dataclass(frozen=True, slots=True)
class Shell:
    """A workbook without rows, part by part.

    Attributes:
        width: columns of the rows' sheet.
        text_style: the number of the style "text", so that a mended `0042` stays `0042`.
        count_style: that of our own counts, in the middle: at the right they touch the next text.
    """

    parts: dict[str, bytes]
    width: int
    before_rows: bytes
    after_rows: bytes
    text_style: int
    count_style: int


def make_shell(header: Sequence[str], heading: Heading, tally: Tally) -> Shell:
    """The workbook for the rows that were counted so far."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        _rows_sheet(workbook, header, tally.rows)
        add_summary_sheet(workbook, heading, tally)
    with ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before, end, after = parts[ROWS_SHEET].partition(b"</sheetData>")
    styles = {int(at) - 1: int(style) for at, style in _STYLE_OF_COLUMN.findall(before)}
    return Shell(
        parts,
        width=len(header),
        before_rows=_UNTRUE_SIZE.sub(b"", before),
        after_rows=end + after,
        text_style=styles[_state_column(header)],
        count_style=styles[0],
    )


def column_letters(width: int) -> list[str]:
    """What a spreadsheet program calls the columns: A, B, … Z, AA, AB."""
    return [xl_col_to_name(position) for position in range(width)]


def _state_column(header: Sequence[str]) -> int:
    return len(header) - len(REPORT_COLUMNS) + REPORT_COLUMNS.index("state")


def _rows_sheet(workbook: Any, header: Sequence[str], rows: int) -> None:  # noqa: ANN401  xlsxwriter is untyped
    sheet = workbook.add_worksheet("report")
    text = workbook.add_format({"num_format": "@"})
    count = workbook.add_format({"align": "center"})
    for position, name in enumerate(header):
        width = _WIDTHS.get(name, min(max(len(name) + 4, _NARROWEST), _WIDEST))
        sheet.set_column(position, position, width, count if name in _COUNTS else text)
    heavy = {"bold": True, "bottom": 1, "bg_color": "#eef1f5"}
    over_text = workbook.add_format(heavy)
    over_counts = workbook.add_format(heavy | {"align": "center"})
    for position, name in enumerate(header):
        sheet.write_string(0, position, name, over_counts if name in _COUNTS else over_text)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, rows, len(header) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    state = _state_column(header)
    for each, colour in _COLOURS.items():
        style = workbook.add_format({"font_color": colour, "bold": True})
        rule = {"type": "cell", "criteria": "==", "value": f'"{each}"', "format": style}
        sheet.conditional_format(1, state, max(rows, 1), state, rule)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
