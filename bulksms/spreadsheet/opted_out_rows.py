"""A report of ours as a list of opt-outs: the numbers of the rows that opted out, nobody else's.

Whoever reads a report to text its people leaves just these rows out; `report_form.spared` does.
"""

from collections.abc import Iterator
from dataclasses import replace

from bulksms.model.errors import InputError
from bulksms.model.records import FORGOTTEN_NUMBER
from bulksms.model.states import Reason, State
from bulksms.model.wording import plural
from bulksms.spreadsheet.grid import Grid
from bulksms.spreadsheet.layout import Layout
from bulksms.spreadsheet.report_form import REPORT_COLUMNS, Spared, without_guard

_TELLING = REPORT_COLUMNS[:3]
"""The number, the state and the reason."""


def only_opted_out(layout: Layout, grid: Grid) -> Layout:
    """The layout of a report as the one column of its numbers, in the rows that opted out.

    These numbers are whom the campaign would have texted: which column they were in, and which
    country's they are, is decided already.

    Raises:
        InputError: nobody in the report opted out with a number.
    """
    places = _places(layout, grid)
    if places is None:
        return layout
    taken, others, nameless = 0, set[int](), 0
    for row_number, (number, state, reason) in _told(places, layout, grid):
        if not any((number, state, reason)):
            continue
        if reason != Reason.OPTED_OUT:
            others.add(row_number)
        elif number and not number.startswith(FORGOTTEN_NUMBER):
            # However a spreadsheet program left it: it is read, or refused.
            taken += 1
        else:  # the cell held no number, or the person's was erased
            others.add(row_number)
            nameless += 1
    if not taken:
        raise InputError(
            f"{grid.where} is a report of bulksms in which nobody opted out with a number,"
            " so nothing was added.",
            next_command="bulksms report CAMPAIGN --state skipped -o skipped.xlsx\n"
            "has those of a campaign who did; or import a spreadsheet of your own",
        )
    return replace(
        layout,
        columns=_TELLING[:1],
        positions=places[:1],
        row_count=taken,
        ours=places[0],
        spared=Spared(others=frozenset(others)),
        notes=(_note(taken, nameless, len(others) - nameless),),
    )


def _places(layout: Layout, grid: Grid) -> tuple[int, int, int] | None:
    """Which cells say a row's number, state and reason; None if the file is no report of ours.

    One that somebody has worked on is a report all the same, whichever columns are left, if each
    state is one of ours: taken for a plain list, it would put the whole campaign on the list.
    """
    if layout.ours is not None:
        return layout.ours, layout.ours + 1, layout.ours + 2
    named = dict(zip(layout.columns, layout.positions, strict=True))
    if not named.keys() >= set(_TELLING):
        return None
    number, state, reason = (named[each] for each in _TELLING)
    places = number, state, reason
    states = {told[1] for _, told in _told(places, layout, grid) if told[1]}
    return places if states and states <= set(State) else None


def _told(
    places: tuple[int, int, int], layout: Layout, grid: Grid
) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Each row's number, and what its cells in these places say."""
    for row_number, cells in grid.rows():
        if row_number > layout.header_row:
            number, state, reason = (without_guard("".join(cells[at : at + 1])) for at in places)
            yield row_number, (number, state, reason)


def _note(taken: int, nameless: int, others: int) -> str:
    told = f"a report of bulksms: {plural(taken, 'row')} that opted out"
    if nameless:
        told += f"; {nameless:,} more without a number"
    if others:
        are = "is" if others == 1 else "are"
        told += f"; {plural(others, 'other row')} of the report {are} left out"
    return told
