"""What a campaign's rows sum up to, drawn on a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bulksms.cli.bars import STATE_COLOURS, bars, bars_by_state
from bulksms.cli.words import harmless, plural, shown
from bulksms.model.records import Campaign
from bulksms.model.states import State
from bulksms.model.summary import PaceBars, Tally

_PACE_BARS = 24


def show_summary(campaign: Campaign, tally: Tally) -> None:
    """Outcomes, reasons, deliveries and pace, each with its bars."""
    console = Console()
    of = "" if tally.rows == campaign.rows else f" of {campaign.rows:,}"
    title = f"{harmless(campaign.name)}: {plural(tally.rows, 'row')}{of}"
    console.print(Text(title, style="bold"))
    console.print(bars_by_state(tally.states))
    if tally.whys:
        _show_whys(console, tally)
    if tally.deliveries:
        lines = [(harmless(word), rows, "green") for word, rows in tally.deliveries.most_common()]
        console.print(Text("\nWhat the carriers said", style="bold"))
        console.print(bars(lines, full=tally.states[State.ACCEPTED]))
    pace = tally.pace(_PACE_BARS)
    if pace is not None:
        _show_pace(console, pace, tally)


def _show_whys(console: Console, tally: Tally) -> None:
    console.print(Text("\nWhy", style="bold"))
    table = Table.grid(padding=(0, 2))
    for why in tally.whys:
        table.add_row(
            Text(f"{why.state}: {why.reason}", style=STATE_COLOURS[why.state], no_wrap=True),
            Text(f"{why.rows:,}", justify="right"),
            Text(f"row {why.row_number}: {shown(why.detail, 200)}"),
        )
    console.print(table)


def _show_pace(console: Console, pace: PaceBars, tally: Tally) -> None:
    title = f"\nAccepted in every {pace.every}, {plural(tally.segments, 'segment')} in all"
    console.print(Text(title, style="bold"))
    lines = [(f"{begins.astimezone():%a %d %b %H:%M}", n, "green") for begins, n in pace.bars]
    console.print(bars(lines, full=pace.most))
