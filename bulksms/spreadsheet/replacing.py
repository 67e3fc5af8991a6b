"""What may be written over: a file of ours of the same kind, or an empty one; nothing else.

A contact file is one slip of the shell's completion away from `-o`, and there may be no other.
A report of ours is told by its header, as when it is read again, or by how the page begins.
"""

import csv
import json
import shlex
from codecs import BOM_UTF8
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bulksms.model.errors import InputError
from bulksms.spreadsheet import html_report
from bulksms.spreadsheet.problems import phone_named_by
from bulksms.spreadsheet.reading import header_of
from bulksms.spreadsheet.report_form import is_report_header

_HEAD_BYTES = 1024**2
"""A report's first line, however long its texts are."""
_BLANKS = BOM_UTF8 + b" \t\r\n"


def require_a_report(path: Path) -> None:
    """See that a report may be written there.

    Raises:
        InputError: a file is there that is none.
    """
    if _keeps_something_else(path, _is_report):
        raise InputError(
            f"{path} is there and is no report of bulksms, so nothing was written over it.",
            next_command=f"the same command with  -o {_beside(path, 'report', path.suffix)}",
        )


def require_rows_to_mend(path: Path) -> None:
    """See that the rows to mend may be written there.

    Raises:
        InputError: a file is there that holds something else.
    """
    if _keeps_something_else(path, lambda path: any(map(phone_named_by, header_of(path)))):
        raise InputError(
            f"{path} is there and holds no rows to mend of bulksms, so nothing was written over"
            " it.",
            next_command=f"the same command with  -o {_beside(path, 'to-mend', '.xlsx')}",
        )


def require_another_file(path: Path, read: Path) -> None:
    """See that what is written is not the file that is read, however it is spelled or linked.

    Raises:
        InputError: it is.
    """
    with suppress(OSError, ValueError):  # what is not there, or has no name, is not the same
        if not path.samefile(read):
            return
        raise InputError(
            f"{path} is the file that is read, so nothing was written over it.",
            next_command=f"the same command with  -o {_beside(path, 'to-mend', '.xlsx')}",
        )


def _keeps_something_else(path: Path, is_ours: Callable[[Path], bool]) -> bool:
    try:
        if not path.is_file() or not path.stat().st_size:
            return False
    except (OSError, ValueError):
        return False  # whoever writes there says why that cannot be
    with suppress(InputError, OSError, csv.Error):
        return not (_is_blank(path) or is_ours(path))
    return True


def _is_blank(path: Path) -> bool:
    """Whether there is nothing in it but ends of lines."""
    return path.stat().st_size <= _HEAD_BYTES and not path.read_bytes().strip(_BLANKS)


def _is_report(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    text = head.decode("utf-8-sig", "replace")
    if text.startswith(html_report.BEGINNING):
        return html_report.TITLE_END in text
    if "".join(text.split()) == "[]":
        return True
    if text.startswith("[\n"):
        return _is_first_line_of_ours(text.split("\n", 2)[1])
    first_line = next(csv.reader(text.splitlines(keepends=True)), []) if "\0" not in text else []
    return is_report_header(first_line) or is_report_header(header_of(path))


def _is_first_line_of_ours(line: str) -> bool:
    """Of .json: a row, or the end of a list without any."""
    if line == "]":
        return True
    with suppress(ValueError):
        row = json.loads(line.removesuffix(","))
        return isinstance(row, dict) and is_report_header(tuple(row))
    return False


def _beside(path: Path, what: str, ending: str) -> str:
    return shlex.quote(str(path.with_name(f"{path.stem}-{what}{ending}")))
