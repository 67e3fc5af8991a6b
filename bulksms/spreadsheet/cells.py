"""A workbook's cell as text: what was typed, as far as the workbook still knows it."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

Cell = int | float | str | bool | time | date | datetime | timedelta

EXACT_BELOW = 2**53
"""From here on a number in a workbook, a double, no longer tells neighbouring integers apart.

Even 2^53 may have been the integer above it; an id that is written out as text may be 2^53.
"""


def texts(cells: Iterable[Cell]) -> list[str]:
    """The cells' texts; most cells are text already."""
    return [cell if type(cell) is str else cell_text(cell) for cell in cells]


def cell_text(cell: Cell) -> str:
    """A cell as text.

    A number that is an integer has no decimals; dates and times are ISO 8601 with a space.
    """
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case int() | float():
            return number_text(cell)
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case _:
            return str(cell)


def number_text(number: float) -> str:
    """An integer that may have lost digits is given with 15 and an exponent: plainly damaged.

    15 is what Excel keeps ("Excel specifications and limits"). With all of a double's digits it
    would look exact: 12345678901234567 is kept as 1.2345678901234568e+16.
    """
    if abs(number) >= EXACT_BELOW:
        return f"{number:.14e}"
    return str(int(number)) if float(number).is_integer() else f"{number:.15g}"
