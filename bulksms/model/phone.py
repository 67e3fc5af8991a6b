"""A cell of a spreadsheet in, one E.164 number out, or the sentence that says why not.

What a valid number is, `phonenumbers` knows. It is handed nothing but digits, because it reads
vanity letters, extensions and the dot of `3152350000.0` more generously than a sender may;
and it is asked only where its own patterns, matched directly, say neither yes nor surely no.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType

from bulksms.model.phone_cells import LONGEST_CELL, BadPhone, Written, invalid, quoted, written
from bulksms.model.phone_patterns import (
    CALLING_CODES,
    LANDLINES_RECEIVE_NOTHING,
    SERVED_REGIONS,
    lengths_at_home,
    may_be_valid,
    possible_at_home,
    textable,
    textable_at_home,
)
from bulksms.model.repairs import Repair
from bulksms.model.states import Reason

__all__ = [
    "LONGEST_CELL",
    "BadPhone",
    "Country",
    "Phone",
    "dialling_parts",
    "masked",
    "read_phone",
    "read_recipient",
]


class Country(StrEnum):
    """Where a number without `+` is at home."""

    US = "US"
    CA = "CA"
    GB = "GB"
    IL = "IL"


class Phone(NamedTuple):
    """A valid number of a country that the vendor serves, and what was mended to read it."""

    e164: str
    repairs: tuple[Repair, ...] = ()


def read_recipient(cell: str, country: Country) -> Phone | BadPhone:
    """Read one cell as `read_phone` does, and refuse a kind of number that receives no texts.

    Toll-free, premium-rate and other service numbers everywhere, and landlines where the number
    tells that it is one (`LANDLINES_RECEIVE_NOTHING`).
    """
    number = _written_plainly(cell) or written(cell)
    if isinstance(number, BadPhone):
        return number
    if (matched := _matched(number, country)) is not None:  # the patterns are of textable numbers
        return matched
    read = _judged(cell, number, country)
    if isinstance(read, Phone) and (kind := _deaf_kind(read.e164)):
        return invalid(cell, f"is {kind}, which receives no text messages")
    return read


def read_phone(cell: str, country: Country) -> Phone | BadPhone:
    """Read one cell, whatever kind of number it holds; one without `+` is of `country` first.

    Only where that is not valid is it read as international: after `00` or `011`, or because it
    begins with 1, 44 or 972 and so has lost its plus. Never raises, whatever the cell holds.
    """
    number = _written_plainly(cell) or written(cell)
    if isinstance(number, BadPhone):
        return number
    return _matched(number, country) or _judged(cell, number, country)


def dialling_parts(e164: str) -> tuple[str, str]:
    """Split `+12025550104` into the vendor's `country_code` and national digits.

    Raises:
        ValueError: the number has none of the vendor's country codes (`sms/send`, country_code).
    """
    for code in CALLING_CODES:
        if e164.startswith(f"+{code}"):
            return f"+{code}", e164[len(code) + 1 :]
    raise ValueError(f"{masked(e164)} has none of the country codes {', '.join(CALLING_CODES)}")


def masked(e164: str) -> str:
    """Hide a number for the logs: `+1********04`. Takes anything, shows at most two digits."""
    code = next((f"+{code}" for code in CALLING_CODES if e164.startswith(f"+{code}")), "")
    hidden = e164[len(code) : -2]
    return f"{code}{'*' * len(hidden)}{e164[-2:]}" if hidden else "*" * len(e164)


@dataclass(frozen=True, slots=True)
class _Home:
    """How numbers are dialled in a country: its code, and the prefix before a national number.

    `mobile` is what a mobile number begins with after that prefix, where a mobile can be told.
    """

    code: str
    prefix: str
    mobile: str | None


_HOMES = {
    Country.US: _Home("1", "1", None),
    Country.CA: _Home("1", "1", None),
    Country.GB: _Home("44", "0", "7"),
    Country.IL: _Home("972", "0", "5"),
}

_GLANCE = re.compile(
    r"\+?[0-9 ()\-]{7,24}|(?P<whole>\+?[0-9]{8,15})\.0|[0-9]{3}\.[0-9]{3}\.[0-9]{4}"
)
_NO_FORMATTING = str.maketrans("", "", "+ ().-")
_DIGITS_AT_A_GLANCE = range(7, 16)

_LONGEST_SHORT_CODE = 6
_DEAF_KINDS = {
    PhoneNumberType.TOLL_FREE: "a toll-free number",
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a shared-cost number",
    PhoneNumberType.UAN: "a company's service number",
    PhoneNumberType.PAGER: "a pager's number",
    PhoneNumberType.VOICEMAIL: "a voicemail number",
}


def _written_plainly(cell: str) -> Written | None:
    """What `written` says of a cell as most cells are; None where a closer look is needed."""
    match = _GLANCE.fullmatch(cell)
    if match is None:
        return None
    if whole := match["whole"]:
        return Written(whole.lstrip("+"), cell[0] == "+", (Repair.DECIMAL,))
    digits = cell.translate(_NO_FORMATTING)
    return Written(digits, cell[0] == "+", ()) if len(digits) in _DIGITS_AT_A_GLANCE else None


def _matched(number: Written, country: Country) -> Phone | None:
    """What phonenumbers would surely say, by its patterns alone; None where it must be asked."""
    digits, has_plus, repairs = number
    if has_plus:
        return Phone(f"+{digits}", repairs) if textable().fullmatch(digits) else None
    at_home = textable_at_home(country).fullmatch(digits)
    if at_home is not None:
        return _matched_at_home(digits, at_home[1], _HOMES[country], repairs)
    repair, prefix = _abroad(digits)
    international = digits.removeprefix(prefix)
    if not textable().fullmatch(international) or possible_at_home(country).fullmatch(digits):
        return None
    return Phone(f"+{international}", (*repairs, repair))


def _matched_at_home(
    digits: str, national: str, home: _Home, repairs: tuple[Repair, ...]
) -> Phone | None:
    e164 = f"+{home.code}{national}"
    if home.prefix != "0" or national != digits:
        return Phone(e164, repairs)
    if home.mobile and national.startswith(home.mobile):  # of others, phonenumbers knows the zero
        return Phone(e164, (*repairs, Repair.LOST_ZERO))
    return None


def _abroad(digits: str) -> tuple[Repair, str]:
    for prefix in ("00", "011"):
        if digits.startswith(prefix):
            return Repair.INTERNATIONAL_PREFIX, prefix
    return Repair.LOST_PLUS, ""


def _judged(cell: str, number: Written, country: Country) -> Phone | BadPhone:
    """The first valid reading wins, even where a later one is served and this one is not."""
    for reading in _readings(number, country):
        found = _valid(reading.international)
        if found is not None:
            region = phonenumbers.region_code_for_number(found)
            if region not in SERVED_REGIONS:
                return _unsupported(cell, found.country_code, region)
            return _phone(found, reading, number.repairs)
    home = "" if number.has_plus else f"{country} "
    return invalid(cell, f"is not a valid {home}phone number{_why_not(number, country)}")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand a cell: country code and number, perhaps with a trunk prefix between.

    `typed` are the cell's digits where they are read as national; otherwise it is empty.
    """

    international: str
    repairs: tuple[Repair, ...] = ()
    typed: str = ""


def _readings(number: Written, country: Country) -> Iterator[_Reading]:
    digits = number.digits
    if number.has_plus:
        yield _Reading(digits)
        return
    if possible_at_home(country).fullmatch(digits):
        yield _Reading(_HOMES[country].code + digits, typed=digits)
    for prefix in ("00", "011"):
        if digits.startswith(prefix):
            yield _Reading(digits.removeprefix(prefix), (Repair.INTERNATIONAL_PREFIX,))
    if digits.startswith(CALLING_CODES):
        yield _Reading(digits, (Repair.LOST_PLUS,))


def _valid(international: str) -> phonenumbers.PhoneNumber | None:
    if not may_be_valid(international):
        return None
    number = _parsed(f"+{international}")
    return number if number is not None and phonenumbers.is_valid_number(number) else None


def _parsed(text: str, country: Country | None = None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


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
    return re.sub(r"[^0-9]", "", at_home) == f"0{typed}"


def _why_not(number: Written, country: Country) -> str:
    """What a person would see, as the end of a sentence; empty where there is nothing to see."""
    if number.has_plus:
        return ""
    if len(number.digits) <= _LONGEST_SHORT_CODE and _is_short_code(number.digits, country):
        return ": it is a short code, and those receive no texts"
    whole, without_area = lengths_at_home(country)
    prefix, first = _HOMES[country].prefix, number.digits[:1]
    if prefix == "1" and first in ("0", "1") and len(number.digits) in whole:
        too_few = ", and without it there are too few digits" if first == prefix else ""
        return f": no area code begins with {first}{too_few}"
    count = len(number.digits.removeprefix(prefix))
    if count in without_area:
        return ": it lacks its area code"
    return ": it has too few digits" if count < whole.start else ""


def _is_short_code(digits: str, country: Country) -> bool:
    number = _parsed(digits, country)
    return number is not None and phonenumbers.is_valid_short_number_for_region(number, country)


def _deaf_kind(e164: str) -> str | None:
    """The kind of a number that receives no texts, in words; None for all others."""
    if textable().fullmatch(e164, 1):
        return None
    number = phonenumbers.parse(e164)
    kind = phonenumbers.number_type(number)
    region = phonenumbers.region_code_for_number(number)
    if kind == PhoneNumberType.FIXED_LINE and region in LANDLINES_RECEIVE_NOTHING:
        return "a landline of the United Kingdom"
    return _DEAF_KINDS.get(kind)


def _unsupported(cell: str, code: int | None, region: str | None) -> BadPhone:
    return BadPhone(
        Reason.UNSUPPORTED_COUNTRY,
        f"{quoted(cell)} is a +{code} number of region {region}; only numbers of "
        "the United States, Canada, the United Kingdom and Israel can be texted.",
    )
