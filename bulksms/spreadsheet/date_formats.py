"""What a spreadsheet program shows of a date or a time, by the cell's number format.

Names of months and days are English ones. A format that asks for others says nothing here, and
neither does one that leaves the form to the computer's region.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

Part = tuple[str, str]
"""What a part of a number format is, and its text."""

_MONTHS = ["January", "February", "March", "April", "May", "June", "July"]
_MONTHS += ["August", "September", "October", "November", "December"]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_NOON = 12
_FIELDS: dict[str, Callable[[datetime], str]] = {
    "yy": lambda moment: f"{moment.year % 100:02}",
    "yyyy": lambda moment: f"{moment.year:04}",
    "m": lambda moment: f"{moment.month}",
    "mm": lambda moment: f"{moment.month:02}",
    "mmm": lambda moment: _MONTHS[moment.month - 1][:3],
    "mmmm": lambda moment: _MONTHS[moment.month - 1],
    "d": lambda moment: f"{moment.day}",
    "dd": lambda moment: f"{moment.day:02}",
    "ddd": lambda moment: _DAYS[moment.weekday()][:3],
    "dddd": lambda moment: _DAYS[moment.weekday()],
    "h": lambda moment: f"{moment.hour}",
    "hh": lambda moment: f"{moment.hour:02}",
    "h of 12": lambda moment: f"{(moment.hour - 1) % 12 + 1}",
    "hh of 12": lambda moment: f"{(moment.hour - 1) % 12 + 1:02}",
    "m of h": lambda moment: f"{moment.minute}",
    "mm of h": lambda moment: f"{moment.minute:02}",
    "s": lambda moment: f"{moment.second}",
    "ss": lambda moment: f"{moment.second:02}",
    "am/pm": lambda moment: "AM" if moment.hour < _NOON else "PM",
    "a/p": lambda moment: "A" if moment.hour < _NOON else "P",
}
"""What a field shows of a moment. That `m` means minutes, or `h` one of twelve, others tell."""

_NAMES = re.compile("m{3,}|d{3,}")
_ENGLISH = 0x09
"""The language in the last ten bits of a locale's number ([MS-LCID])."""
_REGIONS_OWN = 0xF000
"""From here on a locale's number asks for a region's own time or date, or for other digits."""
_OF_DATES = {"literal", "slash", "locale", "half", "date", "point", "comma"}
_OF_DAYS = frozenset(field for field in _FIELDS if field[0] in "ymd" and " of " not in field)
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A section for dates and times: literals and fields."""

    parts: tuple[Part, ...]
    condition: str | None = None

    def shown(self, cell: date | time) -> str | None:
        """What is seen of the cell; None of a time that is said to have a day."""
        if isinstance(cell, time):
            if any(kind == "date" and text in _OF_DAYS for kind, text in self.parts):
                return None
            cell = datetime.combine(_ANY_DAY, cell)
        elif not isinstance(cell, datetime):
            cell = datetime.combine(cell, time())
        return "".join(
            [_FIELDS[text](cell) if kind == "date" else text for kind, text in self.parts]
        )


def read_date_format(parts: Sequence[Part]) -> DateFormat | None:
    """A section that shows dates or times; None where it shows something else, or is unknown."""
    kinds = {kind for kind, _ in parts}
    locales = [text for kind, text in parts if kind == "locale"]
    if "date" not in kinds or not kinds <= _OF_DATES or not all(map(_is_of_calendar, locales)):
        return None
    has_names = any(kind == "date" and _NAMES.match(text.lower()) for kind, text in parts)
    if has_names and not all(map(_is_english, locales)):
        return None
    fields = list(_fields(parts))
    is_known = all(text in _FIELDS for kind, text in fields if kind == "date")
    return DateFormat(tuple(fields)) if is_known else None


def _is_english(locale: str) -> bool:
    number = _number(locale)
    return locale.lower().startswith("en") if number is None else number & 0x3FF == _ENGLISH


def _is_of_calendar(locale: str) -> bool:
    """Whether it asks for nothing but a language: no region's own form, calendar or digits."""
    number = _number(locale)
    if number is None:
        return not locale.lower().startswith("x-")
    return number < _REGIONS_OWN


def _number(locale: str) -> int | None:
    return int(locale, 16) if re.fullmatch("[0-9A-Fa-f]+", locale) else None


def _fields(parts: Sequence[Part]) -> Iterator[Part]:
    """The parts; an `m` after an hour or before a second means minutes."""
    letters = [text[0].lower() for kind, text in parts if kind == "date"]
    in_halves = any(kind == "half" for kind, _ in parts)
    place = 0
    for kind, text in parts:
        if kind != "date":
            yield _other(kind, text)
            continue
        field = text.lower()
        around = [*letters[place - 1 : place], "", *letters[place + 1 : place + 2]]
        place += 1
        if field in {"m", "mm"} and (around[0] == "h" or around[-1] == "s"):
            field += " of h"
        elif field[0] == "h" and in_halves:
            field += " of 12"
        yield kind, field


def _other(kind: str, text: str) -> Part:
    if kind == "half":
        return "date", text.lower()
    return kind, "" if kind == "locale" else text
