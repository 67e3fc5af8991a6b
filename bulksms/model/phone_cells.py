"""A phone cell as people and spreadsheet programs leave it → the text of one number.

Excel and people damage numbers in a handful of known ways. Each way that leaves all digits in
place has a named `Repair`; where digits are gone, or two numbers are in the cell, nothing is
guessed. Which digits make a number is not decided here.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bulksms.model.repairs import Repair
from bulksms.model.states import Reason

LONGEST_CELL = 64
"""Characters; nothing longer is a phone number, and nothing longer is parsed."""

MOST_DIGITS = 15 + len("011")
"""ITU-T E.164: the longest international number, and the longest prefix to dial before it."""


@dataclass(frozen=True, slots=True)
class BadPhone:
    """Why a cell is no such number; `detail` is one sentence that quotes it."""

    reason: Reason
    detail: str


class Written(NamedTuple):
    """A number as it is written once the cell is mended: digits, and whether a plus is with them.

    `repairs` are what was mended to see it.
    """

    digits: str
    has_plus: bool
    repairs: tuple[Repair, ...]


def written(cell: str) -> Written | BadPhone:
    """The one number that a cell holds, as text. Never raises, whatever the cell holds."""
    if len(cell.strip()) > LONGEST_CELL:
        return invalid(cell, f"is longer than {LONGEST_CELL} characters")
    plain, cleaning = _cleaned(cell)
    problem = _problem_before_repair(cell, plain)
    if problem is not None:
        return problem
    text, mending = _mended(plain)
    problem = _problem_after_repair(cell, text)
    if problem is not None:
        return problem
    return Written(_digits(text), "+" in text, cleaning + mending)


def invalid(cell: str, complaint: str) -> BadPhone:
    """Refuse a cell as `invalid_number`; the complaint goes on from the quoted cell."""
    return BadPhone(Reason.INVALID_NUMBER, f"{quoted(cell)} {complaint}.")


def quoted(cell: str) -> str:
    """The cell as it can stand in a sentence: on one line, printable, shortened."""
    start = cell.strip()[: _LONGEST_QUOTE + 1]
    line = start if start.isprintable() else "".join(map(_shown, start))
    return f"'{line[: _LONGEST_QUOTE - 1]}…'" if len(line) > _LONGEST_QUOTE else f"'{line}'"


_WRAPPING = " \t\r\n'\"="
_SEPARATORS_OF_NUMBERS = re.compile(r"[/\\;,|&\n\r\t]|or|and|(?=\+)", re.IGNORECASE)
_FEWEST_DIGITS = 7
_SCIENTIFIC = re.compile(r"(\+?)(\d+)(?:[.,](\d*))?\s?E\+?(\d{1,3})", re.IGNORECASE)
_DECIMAL = re.compile(r"(\+?\d{8,})[.,]0{1,6}")
_EXTENSION = re.compile(
    r"(?<=[\d)])[\s,;.]*(?:extension|extn|ext|x|#)[\s.:=]*\d{1,6}\Z", re.IGNORECASE
)
_BEFORE_EXTENSION = frozenset("xX#")
"""Each of the words has one of these."""
_NUMBER = re.compile(r"\(?\+?[\d\s().\-/]*")
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_LONGEST_QUOTE = 32
_FULL_WIDTH_SHIFT = 0xFEE0


def _cleaned(cell: str) -> tuple[str, tuple[Repair, ...]]:
    """Leave plain characters only, without `'` and `="…"`, which keep Excel's hands off."""
    if cell.isascii():
        return cell.strip(_WRAPPING), ()
    replaced = list(map(_plain, cell))
    plain = "".join(replacement for replacement, _ in replaced)
    repairs = dict.fromkeys(repair for _, repair in replaced if repair is not None)
    return plain.strip(_WRAPPING), tuple(repairs)


@lru_cache
def _plain(character: str) -> tuple[str, Repair | None]:
    """The ASCII that a typographic character stands for; one that stands for none stays."""
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - _FULL_WIDTH_SHIFT), None
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character)), None
        case "Zs" if character != " ":
            return " ", Repair.HIDDEN
        case "Cf":
            return "", Repair.HIDDEN
        case "Pd" if character != "-":
            return "-", Repair.DASH
    return ("-", Repair.DASH) if character == "\N{MINUS SIGN}" else (character, None)


def _problem_before_repair(cell: str, plain: str) -> BadPhone | None:
    if not plain:
        return BadPhone(Reason.MISSING_NUMBER, "The phone cell is empty.")
    if _may_be_scientific(plain) and _has_lost_digits(plain):
        return BadPhone(
            Reason.DAMAGED_NUMBER,
            f"{quoted(cell)} has lost its last digits to scientific notation; "
            "format the column as text and enter the number again.",
        )
    if len(plain) >= 2 * _FEWEST_DIGITS <= len(_digits(plain)):
        parts = _SEPARATORS_OF_NUMBERS.split(plain)
        if sum(len(_digits(part)) >= _FEWEST_DIGITS for part in parts) > 1:
            return invalid(cell, "holds more than one number; keep one")
    return None


def _may_be_scientific(plain: str) -> bool:
    return "E" in plain or "e" in plain


def _has_lost_digits(plain: str) -> bool:
    """`1.20256E+10` names eleven digits and shows six; the rest may or may not have been zeros."""
    scientific = _SCIENTIFIC.fullmatch(plain)
    if scientific is None:
        return False
    _, _, fraction, exponent = scientific.groups(default="")
    return len(fraction) < int(exponent)


def _mended(plain: str) -> tuple[str, tuple[Repair, ...]]:
    """Undo what Excel did to a number, or drop the extension that no text message can reach."""
    scientific = _SCIENTIFIC.fullmatch(plain) if _may_be_scientific(plain) else None
    if scientific is not None:
        plus, whole, fraction, exponent = scientific.groups(default="")
        point = int(exponent)
        if not fraction[point:].strip("0"):
            return plus + (whole + fraction[:point]).lstrip("0"), (Repair.SCIENTIFIC,)
    decimal = _DECIMAL.fullmatch(plain)
    if decimal is not None:
        return decimal[1], (Repair.DECIMAL,)
    extension = _EXTENSION.search(plain) if _BEFORE_EXTENSION & set(plain) else None
    if extension is not None:
        return plain[: extension.start()], (Repair.EXTENSION,)
    return plain, ()


def _problem_after_repair(cell: str, text: str) -> BadPhone | None:
    if not _NUMBER.fullmatch(text):
        if any(character.isalpha() for character in text):
            return invalid(cell, "has letters in it, which are not read as digits")
        return invalid(cell, "has a character that no phone number has")
    if len(text) > MOST_DIGITS < len(_digits(text)):
        return invalid(cell, "has too many digits for one phone number")
    return None


def _digits(text: str) -> str:
    return _NOT_A_DIGIT.sub("", text)


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
