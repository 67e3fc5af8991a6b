"""The rows that a person must mend, as a workbook that `send` takes back once they are mended.

It has the file's own columns, as text, and beside the phone one more, which says of each row what
is wrong with it; the cell in question is marked. That column is known by its name when the
workbook is read again, and left out; and it names the phone, for among rows to mend another column
may well hold more numbers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

from bulksms.model.errors import InputError
from bulksms.spreadsheet.layout import Layout
from bulksms.spreadsheet.writing import put_in_place

_WHAT_TO_MEND = "what to mend (bulksms, phone: {})"
_PHONE = re.compile(re.escape(_WHAT_TO_MEND).replace(r"\{\}", "(.+)"), re.DOTALL)
_WIDTH, _WIDTH_OF_OURS = 18, 70
_LINE_HEIGHT = 15
"""Points; what a row has by itself."""


class RowToMend(NamedTuple):
    """A row, the sentence that says what is wrong, and the position of the cell, if it is one."""

    cells: tuple[str, ...]
    sentence: str
    column: int | None


def what_to_mend(phone: str) -> str:
    """The name of the column that is ours; it says which one is the phone."""
    return _WHAT_TO_MEND.format(phone)


def phone_named_by(column: str) -> str | None:
    """The phone's column, if the column of that name is ours."""
    ours = _PHONE.fullmatch(column)
    return ours and ours[1]


def write_problems(
    path: Path, columns: Sequence[str], beside: int, rows: Iterable[RowToMend]
) -> int:
    """Write the rows, streamed, with our column after the position `beside`; return how many.

    Raises:
        InputError: the file's name ends otherwise than in .xlsx, or it cannot be written there.
    """
    import xlsxwriter  # noqa: PLC0415 - whoever only reads a file needs none of its megabytes

    if path.suffix.lower() != ".xlsx":
        raise InputError(
            f"The rows to mend cannot be written as '{path.name}': its name must end in .xlsx."
        )
    with (
        put_in_place(path) as unfinished,
        unfinished.open("xb") as file,
        xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook,
    ):
        return _write(workbook, columns, beside + 1, rows)


def without_our_column(layout: Layout) -> Layout:
    """The layout of a sheet as if our column were not there."""
    phones = [phone_named_by(name) for name in layout.columns]
    ours = next((at for at, phone in enumerate(phones) if phone), None)
    if ours is None:
        return layout
    theirs = [at for at in range(len(layout.columns)) if at != ours]
    return replace(
        layout,
        mended=phones[ours],
        columns=tuple(layout.columns[at] for at in theirs),
        positions=tuple(layout.positions[at] for at in theirs),
        notes=(*layout.notes, f"the column '{layout.columns[ours]}' was left out"),
    )


def _write(
    workbook: Any,  # noqa: ANN401 - xlsxwriter is untyped
    columns: Sequence[str],
    ours: int,
    rows: Iterable[RowToMend],
) -> int:
    sheet = workbook.add_worksheet("to mend")
    bold = workbook.add_format({"bold": True})
    text = {"num_format": "@", "valign": "top"}  # text: what is typed here stays as it is
    plain = workbook.add_format(text)
    marked = workbook.add_format(text | {"bg_color": "#FFEB9C"})
    # On as many lines as it takes: the next column cuts off what runs over. Not every program
    # makes its rows as high as that by itself.
    red = workbook.add_format({"font_color": "#9C0006", "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns), _WIDTH, plain)
    sheet.set_column(ours, ours, _WIDTH_OF_OURS)
    named = (*columns[:ours], what_to_mend(columns[ours - 1]), *columns[ours:])
    _put(sheet, 0, named, [bold] * len(named))
    line = 0
    for line, row in enumerate(rows, start=1):
        styles = [marked if at == row.column else plain for at in range(len(columns))]
        cells = (*row.cells[:ours], row.sentence, *row.cells[ours:])
        sheet.set_row(line, _LINE_HEIGHT * len(wrap(row.sentence, _WIDTH_OF_OURS)))
        _put(sheet, line, cells, [*styles[:ours], red, *styles[ours:]])
    sheet.autofilter(0, 0, line, len(columns))
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)  # on paper too, what is wrong stands beside its phone
    return line


def _put(sheet: Any, line: int, cells: Sequence[str], styles: Sequence[object]) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    for position, (cell, style) in enumerate(zip(cells, styles, strict=True)):
        put = sheet.write_string if cell else sheet.write_blank
        if put(line, position, cell, style):  # it returns a code where it would drop the cell
            raise InputError(
                f"Line {line + 1} of the rows to mend does not fit into .xlsx, which holds"
                " 1,048,576 lines, 16,384 columns and 32,767 characters a cell."
            )
