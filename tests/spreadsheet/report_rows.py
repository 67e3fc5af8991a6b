"""Rows of a report as nobody would like to receive them."""

from datetime import UTC, datetime, timedelta

from bulksms.model.records import ReportRow
from bulksms.model.states import REASONS, State

HOSTILE = (
    "=cmd()|' /C calc'!A0",
    "<script>alert(1)</script>",
    "</style><script>alert(2)</script>",
    "</sheetData></worksheet>",
    '" onmouseover="alert(3)',
    "]]>&amp;&#x3c;",
    "_x000D_ and \x0b and \r\n and \t",
    "  spaces around  ",
    "דנה \N{RIGHT-TO-LEFT MARK}כהן 😀",
    "\\3c /style\\3e ",
    "0042",
)
BEGAN = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def hostile_rows(columns: int = 2) -> list[ReportRow]:
    """Each of them in every text cell, in every state in turn."""
    return [_row(at, text, columns) for at, text in enumerate(HOSTILE)]


def _row(at: int, text: str, columns: int) -> ReportRow:
    state = list(State)[at % len(State)]
    reason = min(REASONS[state], default=None)
    is_accepted = state is State.ACCEPTED
    return ReportRow(
        row_number=at + 2,
        original=(text,) * columns,
        to_number="+12125550104",
        state=state,
        reason=reason,
        detail=text if reason else None,
        sms_id=text if is_accepted else None,
        delivery=text if is_accepted else None,
        attempts=1,
        accepted_at=BEGAN + timedelta(minutes=at) if is_accepted else None,
        segments=2,
        message=text,
    )
