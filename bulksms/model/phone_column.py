"""A whole column of phone cells: most are told at a glance, the others read one by one.

The glance is a match with phonenumbers' own patterns (`phone_patterns.clean`), of a cell without
the spaces, brackets and hyphens that people put into a number. It never refuses, and mends what
the match itself shows: a way to dial abroad, a lost plus, a decimal's zero.
A test holds it to what `read_recipient` says of the same cell.
"""

import re
from collections.abc import Sequence

from bulksms.model.phone import LONGEST_CELL, BadPhone, Country, Phone, read_recipient
from bulksms.model.phone_patterns import calling_code, clean, possible_at_home
from bulksms.model.repairs import Repair

Match = re.Match[str] | None


def read_recipients(
    cells: Sequence[str], country: Country
) -> tuple[list[str | None], dict[int, Phone | BadPhone]]:
    """Read every cell as `read_recipient` does.

    Returns:
        The numbers, None where a cell holds none; and by its position what is to be said of a
        cell that was refused or mended.
    """
    matches = list(map(clean(country).fullmatch, _without_formatting(cells)))
    numbers = _at_a_glance(cells, matches, country)
    remarks = {}
    for at, number in enumerate(numbers):
        if number is None:
            read = _mended(cells[at], matches[at], country) or read_recipient(cells[at], country)
            if isinstance(read, Phone):
                numbers[at] = read.e164
            if isinstance(read, BadPhone) or read.repairs:
                remarks[at] = read
    return numbers, remarks


def _at_a_glance(
    cells: Sequence[str], matches: Sequence[Match], country: Country
) -> list[str | None]:
    """The numbers of clean cells; None where a closer look is needed.

    A plus says that a country code follows only where it comes first.
    """
    home = f"+{calling_code(country)}"
    return [
        None
        if match is None
        else f"{home}{match[1]}"
        if match.lastindex == _NATIONAL
        else f"+{match[3]}"
        if match.lastindex == _INTERNATIONAL and cell[0] == "+"
        else None
        for match, cell in zip(matches, cells, strict=True)
    ]


_NATIONAL, _INTERNATIONAL = 1, 3
"""The groups of `clean` that are numbers; the last where nothing else has to be mended."""


def _mended(cell: str, match: Match, country: Country) -> Phone | None:
    """The number of a cell that differs from a clean one; None where a closer look is needed."""
    if match is None:
        return None
    national, before, international, decimal = match.groups()
    repairs = (Repair.DECIMAL,) if decimal else ()
    if decimal and match.string != cell:  # to who formats a number, .0 is no decimal's
        return None
    if national:
        return Phone(f"+{calling_code(country)}{national}", repairs)
    if before == "+":
        return Phone(f"+{international}", repairs) if cell[0] == "+" else None
    if possible_at_home(country).fullmatch(f"{before}{international}"):
        return None
    repair = Repair.INTERNATIONAL_PREFIX if before else Repair.LOST_PLUS
    return Phone(f"+{international}", (*repairs, repair))


def _without_formatting(cells: Sequence[str]) -> list[str]:
    """All cells at once, which takes a tenth of the time, unless one has a line break in it."""
    whole = "\n".join(cells)
    for character in " ()-":
        whole = whole.replace(character, "")
    texts = whole.split("\n")
    if len(texts) == len(cells) and max(map(len, cells)) <= LONGEST_CELL:
        return texts
    return [""] * len(cells)
