"""Report rows → a file that people open and scripts read: .csv, .xlsx or .json.

A report is a line per spreadsheet row: its number, the file's own columns untouched, then ours.
It is streamed to a neighbour of the final file and moved into place when it is whole, so that
there is never half a report. What a report looks like is said here once, for the reader too.
"""

import csv
import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from bulksms.model.errors import InputError
from bulksms.model.records import ReportRow

ROW_COLUMN = "row"
"""The spreadsheet row's number; the report's first column."""

REPORT_COLUMNS = (
    "to_number",
    "state",
    "reason",
    "detail",
    "sms_id",
    "delivery",
    "attempts",
    "accepted_at",
    "segments",
    "message",
)
"""What the report says of each row, after the file's own columns."""

_RESERVED = frozenset({ROW_COLUMN, *REPORT_COLUMNS})
_FILE = " (file)"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")

_WIDTHS = {ROW_COLUMN: 6, "to_number": 16, "detail": 50, "accepted_at": 21, "message": 60}
_NARROWEST, _WIDEST = 15, 40

Values = tuple[str | int | None, ...]


def report_header(columns: Sequence[str]) -> tuple[str, ...]:
    """The report's header for a file with these columns.

    A column of the file that has, in whatever case, a name of ours gets ` (file)` after it.
    """
    return (ROW_COLUMN, *(_beside_ours(name) for name in columns), *REPORT_COLUMNS)


def _beside_ours(name: str) -> str:
    return name + _FILE if _collides(name) else name


def _collides(name: str) -> bool:
    """Also "state (file)", which would otherwise be mistaken for a "state" renamed by us."""
    while name.endswith(_FILE):
        name = name.removesuffix(_FILE)
    return name.casefold() in _RESERVED


def is_report_header(header: Sequence[str]) -> bool:
    """Whether a file with this header is a report of ours."""
    ours = (header[0], *header[-len(REPORT_COLUMNS) :])
    return ours == (ROW_COLUMN, *REPORT_COLUMNS)


def column_of_file(name: str) -> str:
    """The name that a report's column had in the file: `report_header` undone."""
    return name.removesuffix(_FILE) if _collides(name) else name


def with_guard(text: str) -> str:
    """The text as a CSV cell that no spreadsheet program runs as a formula.

    What would begin a formula (https://owasp.org/www-community/attacks/CSV_Injection) gets an
    apostrophe before it. So does what looks guarded already, so that `without_guard` is exact.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def without_guard(cell: str) -> str:
    """The text that `with_guard` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def write_report(path: Path, columns: Sequence[str], rows: Iterable[ReportRow]) -> int:
    """Write a report in the format that the file's ending names; return its number of rows.

    `columns` are the file's own, and every row's `original` is aligned with them. The rows are
    streamed: memory does not grow with them. An older report is replaced only by a whole one.

    Raises:
        InputError: the ending is none of ours, or the file cannot be written there.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise InputError(
            f"A report cannot be written as '{path.name}': "
            f"its name must end in {', '.join(_WRITERS)}."
        )
    with put_in_place(path) as unfinished:
        return write(unfinished, report_header(columns), map(_values, rows))


@contextmanager
def put_in_place(path: Path) -> Iterator[Path]:
    """A neighbour to write to, which becomes `path` at the end, or vanishes."""
    if not path.parent.is_dir():
        raise InputError(f"The report {path} cannot be written: there is no folder {path.parent}.")
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield unfinished
        unfinished.replace(path)
    except (OSError, FileCreateError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise InputError(
            f"The report {path} cannot be written ({why}); "
            "if it is open in another program, close it there."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _values(row: ReportRow) -> Values:
    """A row in the order of the header; None where there is nothing to say."""
    return (
        row.row_number,
        *row.original,
        row.to_number,
        row.state,
        row.reason,
        row.detail,
        row.sms_id,
        row.delivery,
        row.attempts,
        _utc(row.accepted_at) if row.accepted_at else None,
        row.segments,
        row.message,
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Values]) -> int:
    """UTF-8 with a BOM, so that a spreadsheet program reads it right; RFC 4180 otherwise.

    Every text is guarded, whoever wrote it, but `to_number`: scripts want its plus first.
    """
    plain = len(header) - len(REPORT_COLUMNS)
    count = 0
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(map(with_guard, header))
        for row in rows:
            writer.writerow(
                with_guard(value) if isinstance(value, str) and position != plain else value
                for position, value in enumerate(row)
            )
            count += 1
    return count


def _write_json(path: Path, header: Sequence[str], rows: Iterable[Values]) -> int:
    """A list with an object a row, a line each, so that it streams and `grep` finds a row."""
    count = 0
    with path.open("x", encoding="utf-8") as file:
        file.write("[")
        for count, row in enumerate(rows, start=1):
            record = dict(zip(header, row, strict=True))
            file.write("\n" if count == 1 else ",\n")
            json.dump(record, file, ensure_ascii=False)
        file.write("\n]\n")
    return count


def _write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Values]) -> int:
    """Text cells are strings, which never run as formulas; only our own counts are numbers."""
    count = 0
    with path.open("xb") as file, xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("report")
        _set_widths(sheet, header)
        sheet.freeze_panes(1, 0)
        _put_row(sheet, 0, tuple(header), workbook.add_format({"bold": True}))
        for count, row in enumerate(rows, start=1):
            _put_row(sheet, count, row)
        sheet.autofilter(0, 0, count, len(header) - 1)
    return count


def _set_widths(sheet: Any, header: Sequence[str]) -> None:  # noqa: ANN401  xlsxwriter is untyped
    for position, name in enumerate(header):
        width = _WIDTHS.get(name, min(max(len(name) + 4, _NARROWEST), _WIDEST))
        sheet.set_column(position, position, width)


def _put_row(sheet: Any, line: int, values: Values, style: object = None) -> None:  # noqa: ANN401  xlsxwriter is untyped
    for position, value in enumerate(values):
        if value is None or value == "":
            continue
        put = sheet.write_string if isinstance(value, str) else sheet.write_number
        if put(line, position, value, style):  # it returns a code where it would drop the cell
            raise InputError(
                f"Line {line + 1} of the report does not fit into .xlsx, which holds 1,048,576 "
                "lines, 16,384 columns and 32,767 characters a cell; write it as .csv."
            )


_WRITERS: dict[str, Callable[[Path, Sequence[str], Iterable[Values]], int]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".json": _write_json,
}
