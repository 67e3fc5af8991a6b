"""The report as a workbook: every row on one sheet, what they sum up to on another.

XlsxWriter makes the workbook around the rows. It spends 5 µs on every cell, though, and a million
rows have fifteen million; so the rows, nothing but texts and whole numbers, are streamed as XML
(ECMA-376, part 1, 18.3.1) into the sheet that it made, in a third of its time.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from bulksms.model.errors import InputError
from bulksms.model.records import ReportRow
from bulksms.model.summary import Heading, Tally
from bulksms.spreadsheet.report_form import Values, report_header, values_of
from bulksms.spreadsheet.xlsx_shell import FIRST, ROWS_SHEET, Shell, column_letters, make_shell

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_048_576, 16_384, 32_767
"""What a sheet holds (support.microsoft.com, "Excel specifications and limits")."""

_CHUNK = 500
"""Lines that are compressed at a time."""

# A control character, or what looks like the escape of one: _x000D_ (ECMA-376, 22.4.2.4).
_UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write(path: Path, heading: Heading, columns: Sequence[str], rows: Iterable[ReportRow]) -> int:
    """Texts are texts, which never run as formulas; only our own counts are numbers."""
    header = report_header(columns)
    _require_that_it_fits(header, 1)
    tally = Tally()
    empty = make_shell(header, heading, tally)
    with ZipFile(path, "x", ZIP_DEFLATED) as archive:
        archive.writestr(FIRST, empty.parts[FIRST])
        with archive.open(ROWS_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(empty.before_rows)
            for lines in _pieces(_lines(empty, map(values_of, tally.passing(rows)))):
                sheet.write(lines)
            full = make_shell(header, heading, tally)
            sheet.write(full.after_rows)
        for name, part in full.parts.items():
            if name not in {FIRST, ROWS_SHEET}:
                archive.writestr(name, part)
    return tally.rows


def _lines(shell: Shell, rows: Iterable[Values]) -> Iterator[str]:
    letters = column_letters(shell.width)
    text_cell, end = f'" s="{shell.text_style}" t="inlineStr"><is><t', "</t></is></c>"
    count_cell = f'" s="{shell.count_style}"><v>'
    for line, values in enumerate(rows, start=2):
        _require_that_it_fits(values, line)
        cells = [
            f'<c r="{letter}{line}{text_cell}{_text(value)}{end}'
            if isinstance(value, str)
            else f'<c r="{letter}{line}{count_cell}{value}</v></c>'
            for letter, value in zip(letters, values, strict=True)
            if value is not None and value != ""
        ]
        yield f'<row r="{line}">{"".join(cells)}</row>'


def _pieces(lines: Iterator[str]) -> Iterator[bytes]:
    while piece := "".join(islice(lines, _CHUNK)):
        yield piece.encode()


def _text(text: str) -> str:
    """The rest of a `<t` tag and its text, which a reader gets back to the letter."""
    if not text.isprintable() or "_x" in text:
        text = _UNPRINTED.sub(lambda odd: f"_x{ord(odd[0]):04X}_", text)
    keep = ' xml:space="preserve"' if text != text.strip() else ""
    return f"{keep}>{escape(text, quote=False)}"


def _require_that_it_fits(values: Values, line: int) -> None:
    longest = max(len(value) for value in values if isinstance(value, str))
    if line > MOST_ROWS or len(values) > MOST_COLUMNS or longest > LONGEST_CELL:
        raise InputError(
            f"Line {line} of the report does not fit into .xlsx, which holds 1,048,576 "
            "lines, 16,384 columns and 32,767 characters a cell; write it as .csv."
        )
