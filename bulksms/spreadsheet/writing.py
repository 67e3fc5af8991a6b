"""Report rows → a file that people open and scripts read: .csv, .xlsx, .html or .json.

It is streamed to a neighbour of the final file and moved into place when it is whole, so that
there is never half a report over a good one.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bulksms.model.errors import InputError
from bulksms.model.records import ReportRow
from bulksms.model.summary import Heading
from bulksms.spreadsheet import html_report, plain_reports

Write = Callable[[Path, Heading, Sequence[str], Iterable[ReportRow]], int]
"""(new file, what stands above the rows, the file's own columns, rows) → how many rows."""


def write_report(
    path: Path, columns: Sequence[str], rows: Iterable[ReportRow], heading: Heading | None = None
) -> int:
    """Write a report in the format that the file's ending names; return its number of rows.

    `columns` are the file's own, and every row's `original` is aligned with them. The rows are
    streamed: memory does not grow with them. An older report is replaced only by a whole one.
    `.xlsx` and `.html` say what `heading` says, and sum the rows up.

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
        return write(unfinished, heading or Heading(path.stem), columns, rows)


@contextmanager
def put_in_place(path: Path) -> Iterator[Path]:
    """A neighbour to write to, which becomes `path` at the end, or vanishes.

    Where `path` is a link it stays one, and what it leads to is replaced.
    """
    place = Path(os.path.realpath(path)) if path.is_symlink() else path
    if not place.parent.is_dir():
        raise InputError(f"The report {path} cannot be written: there is no folder {place.parent}.")
    unfinished = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        yield unfinished
        if place.exists():
            shutil.copymode(place, unfinished)  # whom it was hidden from shall not see the new one
        unfinished.replace(place)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise InputError(
            f"The report {path} cannot be written ({why}); "
            "if it is open in another program, close it there."
        ) from error
    finally:
        # A disk that cannot be written to lets nothing be taken away either.
        with suppress(OSError):
            unfinished.unlink()


def _write_xlsx(
    path: Path, heading: Heading, columns: Sequence[str], rows: Iterable[ReportRow]
) -> int:
    from bulksms.spreadsheet import xlsx_report  # noqa: PLC0415 - xlsxwriter: 40 ms, only for this

    return xlsx_report.write(path, heading, columns, rows)


_WRITERS: dict[str, Write] = {
    ".csv": plain_reports.write_csv,
    ".xlsx": _write_xlsx,
    ".html": html_report.write,
    ".json": plain_reports.write_json,
}
