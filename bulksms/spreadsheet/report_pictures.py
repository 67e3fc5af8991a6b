"""The pictures of the report's page, as SVG that the page's own style colours.

No picture says what the words beside it do not: a colour is never the only sign.
"""

from collections.abc import Iterator

from bulksms.model.states import State
from bulksms.model.summary import PaceBars, Tally

_WIDTH, _HEIGHT, _BAR_HEIGHT = 640, 120, 28
_GAP = 1

_FEWEST_BARS = 12
"""So that a campaign of a minute is not one wall."""


def picture_of_outcomes(tally: Tally) -> str:
    """One bar, as long as all rows, in the colours of their states."""
    parts = "".join(_outcome_parts(tally))
    return (
        f'<svg class="outcomes" viewBox="0 0 {_WIDTH} {_BAR_HEIGHT}" preserveAspectRatio="none"'
        ' role="img" aria-label="Rows by outcome">'
        f"{parts}</svg>"
    )


def colour_of(state: State) -> str:
    """A state's colour, to stand beside its name."""
    return (
        f'<svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="2"'
        f' class="{state}"/></svg>'
    )


def picture_of_pace(pace: PaceBars) -> str:
    """Accepted texts by time: a bar for each step. What it says in words stands under it."""
    return (
        f'<svg class="pace" viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none"'
        ' role="img" aria-label="Accepted texts by time">'
        f"{''.join(_pace_bars(pace))}"
        f'<line x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/></svg>'
    )


def _outcome_parts(tally: Tally) -> Iterator[str]:
    start = 0.0
    for state in State:
        if rows := tally.states[state]:
            width = rows / tally.rows * _WIDTH
            yield (
                f'<rect x="{start:.2f}" width="{max(width - _GAP, _GAP):.2f}"'
                f' height="{_BAR_HEIGHT}" class="{state}"><title>{state}: {rows:,}</title></rect>'
            )
            start += width


def _pace_bars(pace: PaceBars) -> Iterator[str]:
    width = _WIDTH / max(len(pace.bars), _FEWEST_BARS)
    for at, (begins, texts) in enumerate(pace.bars):
        if texts:
            height = max(texts / pace.most * _HEIGHT, _GAP)
            yield (
                f'<rect x="{at * width:.2f}" y="{_HEIGHT - height:.2f}" height="{height:.2f}"'
                f' width="{width - _GAP:.2f}" class="accepted">'
                f"<title>{begins:%Y-%m-%d %H:%M} UTC: {texts:,}</title></rect>"
            )
