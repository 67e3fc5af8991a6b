"""Numbers as bars on a terminal."""

from collections.abc import Iterable, Mapping

from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from bulksms.model.states import State

STATE_COLOURS = {
    State.ACCEPTED: "green",
    State.QUEUED: "blue",
    State.SENDING: "cyan",
    State.FAILED: "red",
    State.UNKNOWN: "yellow",
    State.SKIPPED: "bright_black",
}

_WIDTH = 40


def bars_by_state(counts: Mapping[State, int]) -> Table:
    """A bar for each state that has rows, as a part of all rows."""
    found = [(state.value, counts[state], STATE_COLOURS[state]) for state in State if counts[state]]
    return bars(found, full=sum(counts.values()))


def bars(lines: Iterable[tuple[str, int, str]], *, full: int) -> Table:
    """(what, how many, in which colour), each with a bar; `full` of them fill it."""
    table = Table.grid(padding=(0, 2))
    for what, count, colour in lines:
        bar = Bar(max(full, 1), 0, count, width=_WIDTH, color=colour)
        table.add_row(Text(what), Text(f"{count:,}", justify="right"), bar)
    return table
