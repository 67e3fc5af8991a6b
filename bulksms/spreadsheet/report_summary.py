"""What stands above the rows of the report's page: verdict, facts, pictures, reasons."""

from collections.abc import Iterator
from html import escape

from bulksms.model.states import State
from bulksms.model.summary import Heading, PaceBars, Tally
from bulksms.spreadsheet.report_pictures import (
    colour_of,
    picture_of_outcomes,
    picture_of_pace,
)

_MOMENT = "%Y-%m-%d %H:%M"


def html(heading: Heading, tally: Tally) -> str:
    """Everything above the rows."""
    return (
        f"<header>\n<h1>{escape(heading.title)}</h1>\n"
        f'<p class="verdict">{_verdict(tally)}</p>\n{_facts(heading)}</header>\n'
        f'<div class="pictures">\n{"".join(_pictures(tally))}</div>\n{_whys(tally)}'
    )


def tools(tally: Tally) -> str:
    """The search box; hidden until the script that it needs is there."""
    choices = "".join(
        f'<option value="{state}">{state} ({tally.states[state]:,})</option>'
        for state in State
        if tally.states[state]
    )
    return (
        '<div class="tools" id="tools" hidden>\n'
        '<input type="search" id="search" placeholder="Search in every column"'
        ' aria-label="Search in every column" autocomplete="off">\n'
        f'<select id="state" aria-label="State"><option value="">every state</option>{choices}'
        '</select>\n<output id="found" class="faint"></output>\n</div>\n'
    )


def _verdict(tally: Tally) -> str:
    others = [
        f"{tally.states[state]:,} {state}"
        for state in State
        if tally.states[state] and state is not State.ACCEPTED
    ]
    if not tally.states[State.ACCEPTED]:
        return f"Rows: {', '.join(others) or 'none'}."
    accepted = f"{tally.states[State.ACCEPTED]:,} of {tally.rows:,} rows accepted"
    return f"{', '.join([accepted, *others])}."


def _facts(heading: Heading) -> str:
    facts = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(said)}</dd></div>" for what, said in heading.facts
    )
    return f'<dl class="facts">{facts}</dl>\n' if facts else ""


def _pictures(tally: Tally) -> Iterator[str]:
    if not tally.rows:
        return
    legend = "".join(_legend(tally))
    yield (
        f"<section>\n<h2>What became of them</h2>\n{picture_of_outcomes(tally)}\n"
        f'<ul class="legend">{legend}</ul>\n</section>\n'
    )
    if (pace := tally.pace()) is not None:
        yield (
            f"<section>\n<h2>Pace</h2>\n<figure>{picture_of_pace(pace)}\n"
            f"{_caption(tally, pace)}</figure>\n</section>\n"
        )


def _legend(tally: Tally) -> Iterator[str]:
    for state in State:
        if rows := tally.states[state]:
            yield _entry(f"{colour_of(state)}{state}", rows, tally.rows)
    for delivery, rows in tally.deliveries.most_common():
        yield _entry(f"delivery: {escape(delivery)}", rows, tally.states[State.ACCEPTED])


def _entry(what: str, rows: int, of: int) -> str:
    return f"<li><span>{what}</span><b>{rows:,}</b><i>{rows / of:.1%}</i></li>"


def _caption(tally: Tally, pace: PaceBars) -> str:
    first, last = pace.bars[0][0], pace.bars[-1][0] + pace.step
    return (
        f'<div class="axis"><span>{first:{_MOMENT}}</span><span>{last:{_MOMENT}} UTC</span></div>'
        f"<figcaption>Accepted texts in every {pace.every}, {pace.most:,} at most;"
        f" {tally.states[State.ACCEPTED]:,} texts of {tally.segments:,} segments in all."
        "</figcaption>"
    )


def _whys(tally: Tally) -> str:
    if not tally.whys:
        return ""
    rows = "".join(
        f"<tr><td>{why.state}: {why.reason}</td><td>{why.rows:,}</td>"
        f"<td>row {why.row_number}: {escape(why.detail)}</td></tr>\n"
        for why in tally.whys
    )
    return (
        '<section>\n<h2>Why</h2>\n<table class="whys">\n<thead><tr><th>reason</th><th>rows</th>'
        f"<th>for instance</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n</section>\n"
    )
