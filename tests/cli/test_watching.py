"""The bar of a campaign on its way, as wide as terminals are."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from bulksms.cli.watching import Bar, Headway
from bulksms.model.records import Counts, Rate
from bulksms.model.states import State

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RATE = Rate(15, timedelta(seconds=60))
COUNTS = Counts({State.ACCEPTED: 120_000, State.QUEUED: 130_000})
WHY = "waiting until 20:45:59: some rows are in doubt; then Easify's record is asked"


@pytest.mark.parametrize("waiting", ["", WHY], ids=["", "waiting"])
def test_at_eighty_columns_the_figures_are_whole_and_the_name_is_cut(waiting: str) -> None:
    """They are what one looks for just when it waits."""
    screen = StringIO()
    bar = Bar(Console(file=screen, force_terminal=True, color_system=None, width=80))
    headway = Headway("November recall list of the north", RATE, COUNTS, lambda: NOW)
    headway.waiting = waiting
    bar.begin(headway)
    bar.end()
    lines = screen.getvalue().splitlines()
    (figures, *_) = [line for line in lines if "120,000 of 250,000" in line]
    assert "Nov" in figures
    assert "…" in figures
    assert not waiting or any("20:45:59: some rows are in doubt" in each for each in lines)
