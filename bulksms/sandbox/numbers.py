"""Phone numbers as this vendor reads them: national digits and a country code of their own.

Deliberately strict (no trunk `0`, the lengths that the vendor's contacts pages name):
a client that passes here sends the documented form.
"""

import re
from collections.abc import Iterable

COUNTRIES = {
    "+1": re.compile(r"[2-9]\d{2}[2-9]\d{6}"),
    "+972": re.compile(r"[2-9]\d{7,8}"),
    "+44": re.compile(r"[1-9]\d{8,9}"),
}
"""Country code → its national numbers. Canada, United States, Israel, United Kingdom."""

_PUNCTUATION = re.compile(r"[\s().-]")


def e164(country_code: str, number: str) -> str | None:
    """The recipient as `+` and digits; None if the vendor would call it invalid."""
    pattern = COUNTRIES.get(country_code)
    national = _PUNCTUATION.sub("", number).removeprefix(country_code)
    if pattern is None or not pattern.fullmatch(national):
        return None
    return country_code + national


def owned(numbers: Iterable[str], written: str) -> str | None:
    """Which of an account's `numbers` (E.164) is `written`, with or without its country code."""
    digits = _PUNCTUATION.sub("", written).removeprefix("+")
    for number in numbers:
        if number == f"+{digits}" or any(number == code + digits for code in COUNTRIES):
            return number
    return None
