"""A report of ours as a list of opt-outs: the numbers of the rows that opted out, nobody else's.

Whoever reads a report to text its people leaves just these rows out; `report_form.spared` does.
"""

from dataclasses import replace

from bulksms.model.errors import InputError
from bulksms.model.records import FORGOTTEN_NUMBER
from bulksms.model.states import Reason
from bulksms.model.wording import plural
from bulksms.spreadsheet.grid import Grid
from bulksms.spreadsheet.layout import Layout
from bulksms.spreadsheet.report_form import REPORT_COLUMNS, Spared, without_guard

_TO_NUMBER, _REASON = map(REPORT_COLUMNS.index, ("to_number", "reason"))


def only_opted_out(layout: Layout, grid: Grid) -> Layout:
    """The layout of a report as the one column of its numbers, in the rows that opted out.

    These numbers are whom the campaign would have texted: which column they were in, and which
    country's they are, is decided already.

    Raises:
        InputError: nobody in the report opted out with a number.
    """
    if layout.ours is None:
        return layout
    taken, others, nameless = 0, set[int](), 0
    for row_number, cells in grid.rows():
        told = [*map(without_guard, cells[layout.ours :])]
        if row_number <= layout.header_row or not any(told):
            continue
        if len(told) <= _REASON or told[_REASON] != Reason.OPTED_OUT:
            others.add(row_number)
        elif told[_TO_NUMBER] and not told[_TO_NUMBER].startswith(FORGOTTEN_NUMBER):
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
        columns=(REPORT_COLUMNS[_TO_NUMBER],),
        positions=(layout.ours + _TO_NUMBER,),
        row_count=taken,
        spared=Spared(others=frozenset(others)),
        notes=(_told(taken, nameless, len(others) - nameless),),
    )


def _told(taken: int, nameless: int, others: int) -> str:
    told = f"a report of bulksms: {plural(taken, 'row')} that opted out"
    if nameless:
        told += f"; {nameless:,} more without a number"
    if others:
        are = "is" if others == 1 else "are"
        told += f"; {plural(others, 'other row')} of the report {are} left out"
    return told
