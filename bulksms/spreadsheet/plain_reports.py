"""The reports that scripts read, .csv and .json: rows and nothing else."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from bulksms.model.records import ReportRow
from bulksms.model.summary import Heading
from bulksms.spreadsheet.report_form import (
    SUSPECT,
    Values,
    report_header,
    utc,
    values_of,
    with_guard,
)


def write_csv(
    path: Path, _heading: Heading, columns: Sequence[str], rows: Iterable[ReportRow]
) -> int:
    """UTF-8 with a BOM, so that a spreadsheet program reads it right; RFC 4180 otherwise."""
    count = 0
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(map(with_guard, report_header(columns)))
        for count, row in enumerate(rows, start=1):  # noqa: B007 - it is returned
            writer.writerow(_csv_cells(row))
    return count


def write_json(
    path: Path, _heading: Heading, columns: Sequence[str], rows: Iterable[ReportRow]
) -> int:
    """A list with an object a row, a line each, so that it streams and `grep` finds a row."""
    header = report_header(columns)
    count = 0
    with path.open("x", encoding="utf-8") as file:
        file.write("[")
        for count, row in enumerate(rows, start=1):
            record = dict(zip(header, values_of(row), strict=True))
            file.write("\n" if count == 1 else ",\n")
            json.dump(record, file, ensure_ascii=False)
        file.write("\n]\n")
    return count


def _csv_cells(row: ReportRow) -> Values:
    """Every text is guarded, whoever wrote it, but `to_number`: scripts want its plus first."""
    return (
        row.row_number,
        *[with_guard(cell) if cell[:1] in SUSPECT else cell for cell in row.original],
        row.to_number,
        row.state,
        row.reason,
        row.detail and with_guard(row.detail),
        row.sms_id and with_guard(row.sms_id),
        row.delivery and with_guard(row.delivery),
        row.attempts,
        utc(row.accepted_at),
        row.segments,
        row.message and with_guard(row.message),
    )
