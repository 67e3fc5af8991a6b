"""A cell of a spreadsheet in, one E.164 number out, or the sentence that says why not.

Excel and people damage numbers in a handful of known ways. Each way that leaves all digits in
place has a named `Repair`; where digits are gone, or two readings are possible, nothing is guessed.
What a valid number is, `phonenumbers` knows; it is handed nothing but digits, because it reads
vanity letters, extensions and the dot of `3152350000.0` more generously than a sender may.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from bulksms.model.states import Reason

LONGEST_CELL = 64
"""Characters; nothing longer is a phone number, and nothing longer is parsed."""

MOST_DIGITS = 15 + len("011")
"""ITU-T E.164: the longest international number, and the longest prefix to dial before it."""


class Country(StrEnum):
    """Where a number without `+` is at home."""

    US = "US"
    CA = "CA"
    GB = "GB"
    IL = "IL"


class Repair(StrEnum):
    """What was mended in a cell; the value is what a person reads. Mere formatting is none."""

    HIDDEN = "invisible characters removed"
    DASH = "typographic dash"
    DECIMAL = "decimal from Excel"
    SCIENTIFIC = "scientific notation from Excel"
    EXTENSION = "extension dropped"
    LOST_PLUS = "lost plus put back"
    LOST_ZERO = "lost leading zero put back"
    INTERNATIONAL_PREFIX = "international prefix read as plus"
    TRUNK_PREFIX = "extra digit after the country code dropped"


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid number of a country that the vendor serves, and what was mended to read it."""

    e164: str
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class BadPhone:
    """Why a cell is no such number; `detail` is one sentence that quotes it."""

    reason: Reason
    detail: str


def read_phone(cell: str, country: Country) -> Phone | BadPhone:
    """Read one cell; a number without `+` is read as one of `country` first.

    Only where that is not valid is it read as international: after `00` or `011`, or because it
    begins with 1, 44 or 972 and so has lost its plus. Never raises, whatever the cell holds.
    """
    if len(cell.strip()) > LONGEST_CELL:
        return _invalid(cell, f"is longer than {LONGEST_CELL} characters")
    plain, cleaning = _cleaned(cell)
    problem = _problem_before_repair(cell, plain)
    if problem is not None:
        return problem
    text, mending = _mended(plain)
    problem = _problem_after_repair(cell, text)
    if problem is not None:
        return problem
    return _judged(cell, text, country, repairs=cleaning + mending)


def dialling_parts(e164: str) -> tuple[str, str]:
    """Split `+12025550104` into the vendor's `country_code` and national digits.

    Raises:
        ValueError: the number has none of the vendor's country codes (`sms/send`, country_code).
    """
    for code in _VENDOR_CODES:
        if e164.startswith(f"+{code}"):
            return f"+{code}", e164[len(code) + 1 :]
    raise ValueError(f"{masked(e164)} has none of the country codes {', '.join(_VENDOR_CODES)}")


def masked(e164: str) -> str:
    """Hide a number for the logs: `+1********04`. Takes anything, shows at most two digits."""
    code = next((f"+{code}" for code in _VENDOR_CODES if e164.startswith(f"+{code}")), "")
    hidden = e164[len(code) : -2]
    return f"{code}{'*' * len(hidden)}{e164[-2:]}" if hidden else "*" * len(e164)


_VENDOR_CODES = ("1", "44", "972")

_CALLING_CODE = {Country.US: "1", Country.CA: "1", Country.GB: "44", Country.IL: "972"}

_SERVED_REGIONS = frozenset({"US", "AS", "GU", "MP", "PR", "VI", "CA", "GB", "IL"})
"""ISO 3166 codes of "Canada, United States, Israel, United Kingdom" (`sms/send`, country_code).

The territories of the United States are the United States. Jamaica shares +1 with it, and Jersey,
Guernsey and the Isle of Man share +44 with the United Kingdom; they are not among the four.
"""

_WRAPPING = " \t\r\n'\"="
_SEPARATORS_OF_NUMBERS = re.compile(r"[/\\;,|&\n\r\t]|or|and|(?=\+)", re.IGNORECASE)
_FEWEST_DIGITS = 7
_SCIENTIFIC = re.compile(r"(\+?)(\d+)(?:[.,](\d*))?\s?E\+?(\d{1,3})", re.IGNORECASE)
_DECIMAL = re.compile(r"(\+?\d{8,})[.,]0{1,6}")
_EXTENSION = re.compile(
    r"(?<=[\d)])[\s,;.]*(?:extension|extn|ext|x|#)[\s.:=]*\d{1,6}\Z", re.IGNORECASE
)
_NUMBER = re.compile(r"\(?\+?[\d\s().\-/]*")
_LONGEST_QUOTE = 32
_FULL_WIDTH_SHIFT = 0xFEE0


def _cleaned(cell: str) -> tuple[str, tuple[Repair, ...]]:
    """Leave plain characters only, without `'` and `="…"`, which keep Excel's hands off."""
    if cell.isascii():
        return cell.strip(_WRAPPING), ()
    replaced = [_plain(character) for character in cell]
    plain = "".join(replacement for replacement, _ in replaced)
    repairs = dict.fromkeys(repair for _, repair in replaced if repair is not None)
    return plain.strip(_WRAPPING), tuple(repairs)


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
    if _has_lost_digits(plain):
        return BadPhone(
            Reason.DAMAGED_NUMBER,
            f"{_quoted(cell)} has lost its last digits to scientific notation; "
            "format the column as text and enter the number again.",
        )
    parts = _SEPARATORS_OF_NUMBERS.split(plain)
    if sum(len(_digits(part)) >= _FEWEST_DIGITS for part in parts) > 1:
        return _invalid(cell, "holds more than one number; keep one")
    return None


def _has_lost_digits(plain: str) -> bool:
    """`1.20256E+10` names eleven digits and shows six; the rest may or may not have been zeros."""
    scientific = _SCIENTIFIC.fullmatch(plain)
    if scientific is None:
        return False
    _, _, fraction, exponent = scientific.groups(default="")
    return len(fraction) < int(exponent)


def _mended(plain: str) -> tuple[str, tuple[Repair, ...]]:
    """Undo what Excel did to a number, or drop the extension that no text message can reach."""
    scientific = _SCIENTIFIC.fullmatch(plain)
    if scientific is not None:
        plus, whole, fraction, exponent = scientific.groups(default="")
        point = int(exponent)
        if not fraction[point:].strip("0"):
            return plus + (whole + fraction[:point]).lstrip("0"), (Repair.SCIENTIFIC,)
    decimal = _DECIMAL.fullmatch(plain)
    if decimal is not None:
        return decimal[1], (Repair.DECIMAL,)
    extension = _EXTENSION.search(plain)
    if extension is not None:
        return plain[: extension.start()], (Repair.EXTENSION,)
    return plain, ()


def _problem_after_repair(cell: str, text: str) -> BadPhone | None:
    if any(character.isalpha() for character in text):
        return _invalid(cell, "has letters in it, which are not read as digits")
    if not _NUMBER.fullmatch(text):
        return _invalid(cell, "has a character that no phone number has")
    if len(_digits(text)) > MOST_DIGITS:
        return _invalid(cell, "has too many digits for one phone number")
    return None


def _judged(
    cell: str, text: str, country: Country, *, repairs: tuple[Repair, ...]
) -> Phone | BadPhone:
    """The first valid reading wins, even where a later one is served and this one is not."""
    for reading in _readings(text, country):
        number = _valid(reading.international)
        if number is not None:
            region = phonenumbers.region_code_for_number(number)
            if region not in _SERVED_REGIONS:
                return _unsupported(cell, number.country_code, region)
            return _phone(number, reading, repairs)
    home = "" if "+" in text else f"{country} "
    return _invalid(cell, f"is not a valid {home}phone number")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand a cell: country code and number, perhaps with a trunk prefix between.

    `typed` are the cell's digits where they are read as national; otherwise it is empty.
    """

    international: str
    repairs: tuple[Repair, ...] = ()
    typed: str = ""


def _readings(text: str, country: Country) -> Iterator[_Reading]:
    digits = _digits(text)
    if "+" in text:
        yield _Reading(digits)
        return
    yield _Reading(_CALLING_CODE[country] + digits, typed=digits)
    for prefix in ("00", "011"):
        if digits.startswith(prefix):
            yield _Reading(digits.removeprefix(prefix), (Repair.INTERNATIONAL_PREFIX,))
    if digits.startswith(_VENDOR_CODES):
        yield _Reading(digits, (Repair.LOST_PLUS,))


def _valid(international: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(f"+{international}")
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _phone(
    number: phonenumbers.PhoneNumber, reading: _Reading, repairs: tuple[Repair, ...]
) -> Phone:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if reading.typed:
        prefix = (Repair.LOST_ZERO,) if _lost_its_zero(number, reading.typed) else ()
    else:
        prefix = (Repair.TRUNK_PREFIX,) if e164 != f"+{reading.international}" else ()
    return Phone(e164, repairs + reading.repairs + prefix)


def _lost_its_zero(number: phonenumbers.PhoneNumber, typed: str) -> bool:
    """Whether the number is dialled with a 0 at home and the cell has none: Excel ate it."""
    at_home = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return _digits(at_home) == f"0{typed}"


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _invalid(cell: str, complaint: str) -> BadPhone:
    return BadPhone(Reason.INVALID_NUMBER, f"{_quoted(cell)} {complaint}.")


def _unsupported(cell: str, code: int | None, region: str | None) -> BadPhone:
    return BadPhone(
        Reason.UNSUPPORTED_COUNTRY,
        f"{_quoted(cell)} is a +{code} number of region {region}; only numbers of "
        "the United States, Canada, the United Kingdom and Israel can be texted.",
    )


def _quoted(cell: str) -> str:
    """The cell as it can stand in a sentence: on one line, printable, shortened."""
    start = cell.strip()[: _LONGEST_QUOTE + 1]
    line = "".join(_shown(character) for character in start)
    return f"'{line[: _LONGEST_QUOTE - 1]}…'" if len(line) > _LONGEST_QUOTE else f"'{line}'"


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
