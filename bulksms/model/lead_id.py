"""A lead's id as the CRM knows it: text is never touched, a spreadsheet's number loses its mask.

`1042.0` is the number 1042 once saved by a program that thinks in decimals; `0042` is text.
A number beyond 2^53 has lost digits on its way through a spreadsheet, and nobody can say which.
"""

import re
from dataclasses import dataclass

from bulksms.model.cell_errors import is_error
from bulksms.model.repairs import Repair

LARGEST_EXACT = 2**53
"""The largest whole number that a spreadsheet's cell (IEEE 754 binary64) is sure to hold."""

_DECIMAL = re.compile(r"(0|[1-9][0-9]*)\.0+")
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class DamagedLeadId:
    """The id lost digits; `detail` is the sentence for the person."""

    detail: str


def read_lead_id(cell: str) -> str | DamagedLeadId | None:
    """The id in a cell; None for an empty one."""
    text = cell.strip()
    if text.isdecimal():  # most are; what cannot match needs no trying
        return text
    if not text:
        return None
    if is_error(text):
        return DamagedLeadId(f"The lead id's cell holds the error {text}.")
    if decimal := _DECIMAL.fullmatch(text):
        return decimal[1] if _is_exact(decimal[1]) else _damaged(text)
    if scientific := _SCIENTIFIC.fullmatch(text):
        return _from_scientific(text, *scientific.groups(default=""))
    return text


def lead_id_repair(cell: str, lead_id: str) -> Repair | None:
    """What was mended in the cell to read that id; None where the cell says the id itself."""
    text = cell.strip()
    if text == lead_id:
        return None
    return Repair.LEAD_ID_DECIMAL if _DECIMAL.fullmatch(text) else Repair.LEAD_ID_SCIENTIFIC


def _from_scientific(text: str, first: str, rest: str, exponent: str) -> str | DamagedLeadId:
    if int(exponent) == len(rest) and _is_exact(first + rest):
        return first + rest
    return _damaged(text)


def _is_exact(digits: str) -> bool:
    """Lengths first: Python refuses to read a number of some thousand digits."""
    return len(digits) <= len(str(LARGEST_EXACT)) and int(digits) <= LARGEST_EXACT


def _damaged(text: str) -> DamagedLeadId:
    return DamagedLeadId(
        f"The lead id '{text[:40]}' lost digits in the spreadsheet;"
        " format its column as text and enter it again."
    )
