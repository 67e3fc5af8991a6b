"""The report as one page to mail to somebody: counts, pictures, and every row with a search box.

The page needs nothing but itself, with or without a network or scripts, and its Content Security
Policy allows nothing else: whatever a cell holds is shown, and runs nowhere.
The rows are an ordinary table in blocks that a browser lays out when they come into sight.
"""

import base64
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

from bulksms.model.records import ReportRow
from bulksms.model.summary import Heading, Tally
from bulksms.spreadsheet import report_summary
from bulksms.spreadsheet.report_form import REPORT_COLUMNS, report_header, values_of

BEGINNING = '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
TITLE_END = ": report</title>"
"""By these a page of ours is known again."""

_BLOCK = 100
"""Rows that are laid out together."""

_WIDTHS = {"row": 4, "state": 9, "reason": 9, "detail": 20, "sms_id": 12, "attempts": 6}
_WIDTHS |= {"delivery": 8, "accepted_at": 12, "segments": 6, "to_number": 10, "message": 24}
_NARROWEST, _WIDEST = 8, 14

Value = TypeVar("Value")


def write(path: Path, heading: Heading, columns: Sequence[str], rows: Iterable[ReportRow]) -> int:
    """The rows are set aside while they are counted: what they sum up to stands above them."""
    header = _state_second(report_header(columns))
    tally = Tally()
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=path.parent) as aside,
        path.open("x", encoding="utf-8", newline="\n") as page,
    ):
        aside.writelines(_blocks(tally.passing(rows)))
        aside.seek(0)
        _write_page(page, heading, tally, header, aside)
    return tally.rows


def _write_page(
    page: IO[str], heading: Heading, tally: Tally, header: Sequence[str], rows: IO[str]
) -> None:
    style = _asset("report_page.css") + "".join(_column_styles(header))
    script = _asset("report_page.js")
    title = escape(heading.title)
    page.write(
        f"{BEGINNING}"
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}{TITLE_END}\n<style>{style}</style>\n</head>\n<body>\n"
        f"{report_summary.html(heading, tally)}"
        '<section class="every">\n<h2>Every row</h2>\n'
        f"{report_summary.tools(tally)}"
        '<div class="pane" tabindex="0" role="region" aria-label="Every row">'
        f'<table id="report">\n<thead>{_row("th", header)}</thead>\n'
    )
    shutil.copyfileobj(rows, page)
    page.write(f"</table></div>\n</section>\n<script>{script}</script>\n</body>\n</html>\n")


def _blocks(rows: Iterator[ReportRow]) -> Iterator[str]:
    while block := list(islice(rows, _BLOCK)):
        yield f"<tbody>\n{''.join(map(_html_row, block))}</tbody>\n"


def _html_row(row: ReportRow) -> str:
    return _row("td", _state_second(values_of(row)), f' class="{row.state}"')


def _row(tag: str, values: Sequence[str | int | None], attributes: str = "") -> str:
    """Cells need no end tag (HTML standard, 13.1.2.4), which saves a tenth of a large page."""
    cells = f"<{tag}>".join("" if value is None else escape(str(value)) for value in values)
    return f"<tr{attributes}><{tag}>{cells}</tr>\n"


def _state_second(values: Sequence[Value]) -> tuple[Value, ...]:
    """A row in the order of the page: what became of it stands beside its number."""
    at = len(values) - len(REPORT_COLUMNS) + REPORT_COLUMNS.index("state")
    return (values[0], values[at], *values[1:at], *values[at + 1 :])


def _column_styles(header: Sequence[str]) -> Iterator[str]:
    """How wide each column is, in sight and in print, and its name beside each cell on a phone."""
    widths = [_WIDTHS.get(name, min(max(len(name), _NARROWEST), _WIDEST)) for name in header]
    tracks = " ".join(f"minmax({width}rem, {width}fr)" for width in widths)
    yield "\n@media screen and (min-width: 45.01rem) {\n"
    yield f"  #report {{ min-width: {sum(widths)}rem }}\n"
    yield f"  #report tr {{ grid-template-columns: {tracks} }}\n}}\n@media print {{\n"
    for position, width in enumerate(widths, start=1):
        share = width / sum(widths)
        yield f"  #report th:nth-child({position}) {{ width: {share:.2%} }}\n"
    yield "}\n@media screen and (max-width: 45rem) {\n"
    for position, name in enumerate(header, start=1):
        yield f'  #report td:nth-child({position})::before {{ content: "{_css_text(name)}" }}\n'
    yield "}\n"


def _css_text(text: str) -> str:
    """A text inside a CSS string: everything but letters and digits by its code point."""
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in text)


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    """What a Content Security Policy calls an inline text that it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
