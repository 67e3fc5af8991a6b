"""A report of ours as a list of opt-outs: the numbers of the rows that opted out, nobody else's.

Whoever reads a report to text its people leaves just these rows out; `report_form.spared` does.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
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
_NUMBER, _, _REASON = _TELLING
_NEEDED = (_NUMBER, _REASON)
"""Without both, a report does not say who opted out."""

_HARDLY_ANOTHERS = frozenset(REPORT_COLUMNS) - {"state", "reason", "delivery", "message"}
_ENOUGH = 3
"""So many columns with such names has no list but a report of ours."""

_A_REPORT = (
    "bulksms report CAMPAIGN --state skipped -o skipped.xlsx\n"
    "has those of a campaign who did; or import a spreadsheet of your own"
)

_Places = Mapping[str, int]
"""Which cell of a row says each of the three, as far as there is such a column."""


def only_opted_out(layout: Layout, grid: Grid) -> Layout:
    """The layout of a report as the one column of its numbers, in the rows that opted out.

    These numbers are whom the campaign would have texted: which column they were in, and which
    country's they are, is decided already.

    Raises:
        InputError: nobody in the report opted out with a number, or it does not say who did.
    """
    places = _telling_places(layout, grid)
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
            next_command=_A_REPORT,
        )
    return replace(
        layout,
        columns=(_NUMBER,),
        positions=(places[_NUMBER],),
        row_count=taken,
        ours=places[_NUMBER],
        spared=Spared(others=frozenset(others)),
        notes=(_note(taken, nameless, len(others) - nameless),),
    )


def _telling_places(layout: Layout, grid: Grid) -> _Places | None:
    """Where a report says who opted out; None if everybody in the file did, as far as it says.

    Raises:
        InputError: it is a report that does not say who did.
    """
    places = _places(layout)
    if not _is_report(places, layout, grid):
        return None
    if places.keys() >= set(_NEEDED):
        return places
    if _all_opted_out(layout, grid):
        return None
    raise _says_not_who(layout, grid)


def _places(layout: Layout) -> _Places:
    if layout.ours is not None:
        return dict(zip(_TELLING, range(layout.ours, layout.ours + len(_TELLING)), strict=True))
    named = dict(zip(_names(layout), layout.positions, strict=True))
    return {each: named[each] for each in _TELLING if each in named}


def _names(layout: Layout) -> list[str]:
    """The columns' names as we write them: somebody may have made "To number" of ours."""
    return [name.strip().casefold().replace(" ", "_") for name in layout.columns]


def _is_report(places: _Places, layout: Layout, grid: Grid) -> bool:
    """Whether the file is a report of ours, whichever columns of it are left.

    Taken for a plain list, it would put the whole campaign on the list. One of another's has no
    such columns, or other words in them: its `state` may be California, or unknown.
    """
    if layout.ours is not None or len(_HARDLY_ANOTHERS.intersection(_names(layout))) >= _ENOUGH:
        return True
    states, reasons = Counter[str](), Counter[str]()
    for _, (_, state, reason) in _told(places, layout, grid) if places else ():
        states.update([state] if state else ())
        reasons.update([reason] if reason else ())
    tells_why = any("_" in reason for reason in reasons.keys() & set(Reason))
    reasons_ours = tells_why and _are_most(set(Reason), reasons)
    anybodys = set() if _NUMBER in places or reasons_ours else {State.UNKNOWN}
    return reasons_ours or _are_most(set(State) - anybodys, states)


def _are_most(ours: Collection[str], found: Counter[str]) -> bool:
    return 2 * sum(found[each] for each in ours) > found.total()


def _told(
    places: _Places, layout: Layout, grid: Grid
) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Each row's number, and its three cells; a state and a reason in whatever case."""
    at = [places.get(each) for each in _TELLING]
    for row_number, cells in grid.rows():
        if row_number > layout.header_row:
            found = ("" if of is None else "".join(cells[of : of + 1]) for of in at)
            number, state, reason = map(without_guard, found)
            yield row_number, (number, state.strip().casefold(), reason.strip().casefold())


def _all_opted_out(layout: Layout, grid: Grid) -> bool:
    """Whether each row says so: then all of them are meant, whoever wrote them."""
    names = _names(layout)
    if _REASON not in names:
        return False
    at = names.index(_REASON)
    rows = (cells for chunk in layout.chunks(grid) for _, cells in chunk)
    return all(cells[at].strip().casefold() == Reason.OPTED_OUT for cells in rows)


def _says_not_who(layout: Layout, grid: Grid) -> InputError:
    names = _names(layout)
    missing = [f"'{each}'" for each in _NEEDED if each not in names]
    there = [f"'{layout.columns[names.index(each)]}'" for each in _TELLING if each in names]
    renamed = f"; if it is one, give {' and '.join(there)} another name" if there else ""
    return InputError(
        f"{grid.where} looks like a report of bulksms without the column"
        f"{'s' if len(missing) > 1 else ''} {' and '.join(missing)}, so it does not say whose"
        " numbers opted out, and nothing was added.",
        next_command=f"{_A_REPORT}{renamed}",
    )


def _note(taken: int, nameless: int, others: int) -> str:
    told = f"a report of bulksms: {plural(taken, 'row')} that opted out"
    if nameless:
        told += f"; {nameless:,} more without a number"
    if others:
        are = "is" if others == 1 else "are"
        told += f"; {plural(others, 'other row')} of the report {are} left out"
    return told
