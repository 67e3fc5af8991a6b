"""When a recipient may be texted: hours and days, on one zone's clocks or on the recipient's own.

A window is open while the clocks of all its zones show a time inside it: what counts is what a
clock on the wall shows, so an hour that a clock change skips or repeats needs no rule of its own.
Where a number may be in several zones, all of them must be inside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bulksms.model.errors import InputError

RECIPIENT = "recipient"
"""The zone of each recipient, as far as the number tells it."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

ANYWHERE: dict[str, tuple[str, ...]] = {
    "+1": (
        "America/St_Johns",
        "America/Halifax",
        "America/Puerto_Rico",
        "America/New_York",
        "America/Chicago",
        "America/Regina",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "America/Adak",
        "Pacific/Honolulu",
        "Pacific/Pago_Pago",
    ),
    "+44": ("Europe/London",),
    "+972": ("Asia/Jerusalem",),
}
"""The clocks of a country code whose number tells no more: toll-free, personal, new.

Every clock that the United States and Canada have, but Guam's and Saipan's: from Newfoundland to
there no day is common, and their own numbers (+1 671, +1 670) tell where they are.
"""

_MINUTES_A_DAY = 24 * 60
_QUARTER = timedelta(minutes=15)
"""Clocks are changed at whole quarters of an hour, UTC (the IANA time zone database)."""
_SEASONS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
_HORIZON = timedelta(days=15)
"""What does not open in so long never does: windows repeat every week, and a clock change is one
moment of it."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The sending hours that a person asked for.

    Attributes:
        opens: minutes after midnight.
        closes: minutes after midnight, not included; up to `opens` it is the next day's.
        days: 0 (Monday) to 6, of the day on which the window opens.
        timezone: `recipient`, or an IANA name.
    """

    opens: int
    closes: int
    days: frozenset[int]
    timezone: str = RECIPIENT

    @classmethod
    def parse(cls, hours: str | None, days: str | None, timezone: str | None) -> "Hours | None":
        """`09:00-20:00`, `mon-fri`, `recipient` as sending hours; None where none are asked for.

        Raises:
            InputError: one of them cannot be read, or a zone is given without hours.
        """
        if hours is None and days is None:
            if timezone is not None:
                raise InputError(
                    "A time zone is given without sending hours.",
                    next_command="… --hours 09:00-20:00 --timezone recipient",
                )
            return None
        opens, closes = _clock_times(hours) if hours is not None else (0, _MINUTES_A_DAY)
        which = _days(days) if days is not None else frozenset(range(len(DAYS)))
        return cls(opens, closes, which, _zone(timezone or RECIPIENT))

    @property
    def hours(self) -> str:
        """`09:00-20:00`."""
        return f"{_clock(self.opens)}-{_clock(self.closes)}"

    @property
    def at_night(self) -> str | None:
        """What a person should know of them; None where they end before midnight."""
        if not 0 < self.closes <= self.opens:
            return None
        return f"The hours {self.hours} go over midnight: people are texted in their night."

    @property
    def day_names(self) -> str:
        """`mon-fri`; the days in a row are drawn together."""
        return ",".join(_runs(self.days))

    def __str__(self) -> str:
        days = "" if len(self.days) == len(DAYS) else f"{self.day_names} "
        whose = "the recipient's time" if self.follows_recipients else self.timezone
        return f"{days}{self.hours}, {whose}"

    @property
    def follows_recipients(self) -> bool:
        """Whether it depends on the recipient when it is open."""
        return self.timezone == RECIPIENT

    def ever_open(self, place: str) -> bool:
        """Whether there is such a time in winter as in summer."""
        return _ever_open(self, place)

    def window(self, place: str) -> "Window":
        """The window of recipients at `place`: IANA names, or a country code of `ANYWHERE`."""
        where = place if self.follows_recipients else self.timezone
        return Window(self, ANYWHERE.get(where) or tuple(where.split()))


@dataclass(frozen=True, slots=True)
class Window:
    """Sending hours on the clocks of some zones, all of which must be inside."""

    hours: Hours
    zones: tuple[str, ...]

    def is_open(self, at: datetime) -> bool:
        """Whether every clock is inside at that moment."""
        return all(self._shows_open(at.astimezone(_zone_info(zone))) for zone in self.zones)

    def opens_at(self, after: datetime) -> datetime | None:
        """The first moment from `after` on at which it is open; None if there never is one."""
        at = after.astimezone(UTC)
        end = at + _HORIZON
        while at < end:
            closed = self._first_closed(at)
            if closed is None:
                return at
            at = _later(at, closed, self._until_a_start(at.astimezone(closed)))
        return None

    def closes_at(self, after: datetime) -> datetime | None:
        """The first moment from `after` on at which it is closed; None if there never is one."""
        at = after.astimezone(UTC)
        end = at + _HORIZON
        while at < end:
            if not self.is_open(at):
                return at
            at = min(
                _later(at, zone, self._until_an_end(at.astimezone(zone)))
                for zone in map(_zone_info, self.zones)
            )
        return None

    def _first_closed(self, at: datetime) -> ZoneInfo | None:
        every = map(_zone_info, self.zones)
        return next((zone for zone in every if not self._shows_open(at.astimezone(zone))), None)

    def _shows_open(self, local: datetime) -> bool:
        minute, today = local.hour * 60 + local.minute, local.weekday()
        opens, closes, days = self.hours.opens, self.hours.closes, self.hours.days
        if opens < closes:
            return today in days and opens <= minute < closes
        yesterday = (today - 1) % len(DAYS)
        return (today in days and minute >= opens) or (yesterday in days and minute < closes)

    def _until_a_start(self, local: datetime) -> timedelta:
        """How far that clock is from the next time at which a window begins."""
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        now = local.replace(tzinfo=None)
        starts = (
            midnight + timedelta(days=ahead, minutes=self.hours.opens)
            for ahead in range(len(DAYS) + 1)
            if (local.weekday() + ahead) % len(DAYS) in self.hours.days
        )
        return next(start - now for start in starts if start > now)

    def _until_an_end(self, local: datetime) -> timedelta:
        """How far a clock that shows an open time is from the end of it."""
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        end = midnight + timedelta(minutes=self.hours.closes)
        now = local.replace(tzinfo=None)
        return (end if end > now else end + timedelta(days=1)) - now


@cache
def _ever_open(hours: Hours, place: str) -> bool:
    window = hours.window(place)
    return all(window.opens_at(season) is not None for season in _SEASONS)


def _later(at: datetime, zone: ZoneInfo, ahead: timedelta) -> datetime:
    """When that zone's clock is `ahead`; if it is changed before, only the next quarter hour.

    Nothing is stepped over: on the way the clock just runs.
    """
    there = at + ahead
    if at.astimezone(zone).utcoffset() == there.astimezone(zone).utcoffset():
        return there
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(there, midnight + ((at - midnight) // _QUARTER + 1) * _QUARTER)


@cache
def _zone_info(name: str) -> ZoneInfo:
    return ZoneInfo(name)


_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*[-\u2013]\s*(\d{1,2}):(\d\d)")


def _clock_times(text: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(text.strip())
    if match is not None:
        opens, closes = _minutes(match[1], match[2]), _minutes(match[3], match[4])
        if opens is not None and closes is not None and opens < _MINUTES_A_DAY and opens != closes:
            return opens, closes or _MINUTES_A_DAY
    raise InputError(
        f"The sending hours '{text}' cannot be read; they are from-to on a 24-hour clock,"
        " such as 09:00-20:00."
    )


def _minutes(hours: str, minutes: str) -> int | None:
    total = int(hours) * 60 + int(minutes)
    return total if int(minutes) < 60 and total <= _MINUTES_A_DAY else None  # noqa: PLR2004 - minutes an hour


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.lower().split(","):
        first, _, last = (name.strip()[:3] for name in part.partition("-"))
        if first not in DAYS or (last or first) not in DAYS:
            raise InputError(
                f"The days '{text}' cannot be read; they are such as mon-fri, or mon,wed,sat."
            )
        begin = DAYS.index(first)
        length = (DAYS.index(last or first) - begin) % len(DAYS)
        found |= {(begin + ahead) % len(DAYS) for ahead in range(length + 1)}
    return frozenset(found)


def _runs(days: frozenset[int]) -> Iterator[str]:
    for first in sorted(days):
        if first > 0 and first - 1 in days:
            continue
        last = first
        while last + 1 in days:
            last += 1
        yield DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"


def _zone(name: str) -> str:
    name = name.strip()
    if name.lower() == RECIPIENT:
        return RECIPIENT
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"The time zone '{name}' is not known; it is 'recipient', or an IANA name such as"
            " America/New_York or Europe/London."
        ) from error
