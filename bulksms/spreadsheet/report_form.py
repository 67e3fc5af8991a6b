"""What a report looks like, whatever the format: its columns, their names, and the formula guard.

A report is a line per spreadsheet row: its number, the file's own columns untouched, then ours.
It is said here once, for those who write one and for the reader, who takes one for the file it
was made from.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from bulksms.model.records import ReportRow
from bulksms.model.states import IN_DOUBT, Reason, State
from bulksms.spreadsheet.grid import Grid, is_blank

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

SUMMARY_SHEET = "summary"
"""Of a report that is a workbook, the sheet beside that of the rows."""

_RESERVED = frozenset({ROW_COLUMN, *REPORT_COLUMNS})
_FILE = " (file)"
_PERHAPS_TEXTED = frozenset({Reason.GAVE_UP, Reason.TEXTED_RECENTLY, Reason.SAME_TEXT})
_TELLING_DIGITS = 7
"""So many of a number's last ones stand together in any spelling of it."""
_BEGINS_FORMULA = (
    "=+-@\t\r\n"
    "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
_FORMULA = re.compile(f"'*[{re.escape(_BEGINS_FORMULA)}]")
_GUARDED = re.compile(f"'{_FORMULA.pattern}")

SUSPECT = frozenset(f"'{_BEGINS_FORMULA}")
"""What a text begins with that `with_guard` may change; asking first saves most of its time."""

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
    ours = (*header[:1], *header[-len(REPORT_COLUMNS) :])
    return ours == (ROW_COLUMN, *REPORT_COLUMNS)


def where_ours_begin(header: Sequence[str]) -> int | None:
    """Where our columns begin in a report that is read; None: the file is none.

    Somebody may have deleted some that tell of nothing but the text: the outcome is still there.
    """
    telling = REPORT_COLUMNS[:3]
    for at in range(1, len(header)):
        if tuple(header[at : at + 3]) == telling and set(header[at:]) <= set(REPORT_COLUMNS):
            return at if header[0] == ROW_COLUMN else None
    return None


class Spared(NamedTuple):
    """Rows of a report that are to be left out: each with its number if it may have been texted.

    `others` are those of a list of opt-outs that are none; `erased` is how many have no cell of the
    file any more.
    """

    texted: Mapping[int, str] = MappingProxyType({})
    opted_out: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()
    erased: int = 0

    def has(self, row_number: int) -> bool:
        """Whether the row is one of them."""
        return any(row_number in each for each in (self.texted, self.opted_out, self.others))


def spared(grid: Grid, header_row: int, ours: int) -> Spared:
    """The rows of a report whose people may have been texted already, or opted out.

    They are to be left out. Of a report that was written of some rows, or cut down to them:
    duplicates of a row that is not in it, and, where nobody in it was texted, what is in doubt or
    was given up so, and whom another campaign had texted: it is a list of those who did not get the
    text, and they may have. One whose number was mended is another person's. Whoever writes to
    those who were texted may mean the doubtful ones too.
    (A whole report is known as the file it was made from with these rows as well: `returning`.)
    Who opted out is left out of a report without anybody who was texted or is to be: the column
    that said so may not be known for what it is among some of its rows.

    Args:
        grid: the report.
        header_row: its header's row number.
        ours: which cell of a row is the first of `REPORT_COLUMNS`.
    """
    states, here = set[str](), set[str]()
    repeated, doubtful, opted_out = dict[int, str](), dict[int, str](), set[int]()
    erased = 0
    for row_number, theirs, number, state, reason in _outcomes(grid, header_row, ours):
        states.add(state)
        if all(map(is_blank, theirs)):
            erased += 1
            continue
        unchanged = bool(number) and _says(theirs, number)
        if reason == Reason.OPTED_OUT:
            opted_out.add(row_number)
        elif reason == Reason.DUPLICATE and unchanged:
            repeated[row_number] = number
        elif (state in IN_DOUBT or reason in _PERHAPS_TEXTED) and unchanged:
            doubtful[row_number] = number
        elif reason != Reason.DUPLICATE:
            here.add(number)
    if State.ACCEPTED in states:
        here.update(doubtful.values())
        doubtful = {}
    repeated = {row: number for row, number in repeated.items() if number not in here}
    is_cut_down = states.isdisjoint({State.ACCEPTED, State.QUEUED, State.SENDING})
    return Spared(doubtful | repeated, frozenset(opted_out if is_cut_down else ()), erased=erased)


def _outcomes(
    grid: Grid, header_row: int, ours: int
) -> Iterator[tuple[int, Sequence[str], str, str, str]]:
    """Each row with an outcome: its number, the file's cells, and the first three of ours."""
    for row_number, cells in grid.rows():
        told = map(without_guard, cells[ours : ours + 3])
        number, state, reason, *_ = (*told, "", "", "")
        if row_number > header_row and state:
            yield row_number, cells[1:ours], number, state, reason


def _says(cells: Sequence[str], number: str) -> bool:
    """Whether one of them still holds the number, however it is written there."""
    end = number[-_TELLING_DIGITS:]
    return any(end in "".join(filter(str.isdigit, cell)) for cell in cells)


def column_of_file(name: str) -> str:
    """The name that a report's column had in the file: `report_header` undone."""
    return name.removesuffix(_FILE) if _collides(name) else name


def with_guard(text: str) -> str:
    """The text as a CSV cell that no spreadsheet program runs as a formula.

    What would begin a formula (https://owasp.org/www-community/attacks/CSV_Injection) gets an
    apostrophe before it. So does what looks guarded already, so that `without_guard` is exact.
    """
    return f"'{text}" if text[:1] in SUSPECT and _FORMULA.match(text) else text


def without_guard(cell: str) -> str:
    """The text that `with_guard` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def values_of(row: ReportRow) -> Values:
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
        utc(row.accepted_at),
        row.segments,
        row.message,
    )


def utc(moment: datetime | None) -> str | None:
    """A moment, which is in UTC already, as ISO 8601 to the second."""
    return None if moment is None else f"{moment.isoformat()[:19]}Z"
