"""What is mended in a cell: each repair is a rule with a name and a sentence.

A repair leaves every digit in place; where one is lost, or two readings are possible, the cell is
refused instead. Mere formatting, such as brackets and spaces in a number, is no damage.
"""

from enum import StrEnum
from typing import NamedTuple


class Repair(StrEnum):
    """The rules by the names that a person reads in the plan."""

    HIDDEN = "invisible characters removed"
    DASH = "typographic dash"
    DECIMAL = "decimal from Excel"
    SCIENTIFIC = "scientific notation from Excel"
    EXTENSION = "extension dropped"
    LOST_PLUS = "lost plus put back"
    LOST_ZERO = "lost leading zero put back"
    INTERNATIONAL_PREFIX = "international prefix read as plus"
    TRUNK_PREFIX = "extra digit after the country code dropped"
    LEAD_ID_DECIMAL = "lead id: decimal from Excel"
    LEAD_ID_SCIENTIFIC = "lead id: scientific notation from Excel"

    @property
    def sentence(self) -> str:
        """What happened to the cell, and what was done about it."""
        return _SENTENCES[self]


class Mended(NamedTuple):
    """One repair of one cell: its rule, the cell as it was, and what was made of it."""

    repair: Repair
    cell: str
    result: str


_SENTENCES = {
    Repair.HIDDEN: "Characters that nobody sees, pasted along with the number, were removed.",
    Repair.DASH: "A word processor's dash was read as a hyphen.",
    Repair.DECIMAL: "The number was saved as a decimal; its .0 was taken off.",
    Repair.SCIENTIFIC: "The number was shown as a power of ten, with all its digits; they were"
    " written out.",
    Repair.EXTENSION: "A text message reaches no extension; the number before it is texted.",
    Repair.LOST_PLUS: "A number that is none at home begins with a country code; its + was put"
    " back.",
    Repair.LOST_ZERO: "A cell that held a number, not text, lost its leading zero.",
    Repair.INTERNATIONAL_PREFIX: "00 or 011, dialled before a foreign number, was read as +.",
    Repair.TRUNK_PREFIX: "A digit that is dialled at home only, such as (0), was dropped.",
    Repair.LEAD_ID_DECIMAL: "The lead id was saved as a decimal; its .0 was taken off.",
    Repair.LEAD_ID_SCIENTIFIC: "The lead id was shown as a power of ten, with all its digits; they"
    " were written out.",
}
