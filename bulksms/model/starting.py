"""`--start-at`: a moment as a person says it."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bulksms.model.errors import InputError
from bulksms.model.wording import clock_time

_FORM = re.compile(
    r"(?:(?P<day>today|tomorrow|\d{4}-\d\d-\d\d)[T ]+)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?)?(?: ?(?P<half>[ap]m\b))?"
    r"(?: ?(?P<zone>Z|[+-]\d\d:?\d\d|[A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)*))?",
    re.IGNORECASE,
)
_NOON = 12


def parse_start(text: str, now: datetime) -> datetime:
    """`18:00`, `tomorrow 9am`, `2026-06-01 09:00 America/New_York`, `2026-06-01T09:00-04:00`.

    A time without a day is the next such time.

    Args:
        text: as it was typed.
        now: on this machine's clock, aware; it says what day it is.

    Returns:
        An aware moment where a zone is named, else a naive one on this machine's clock.

    Raises:
        InputError: it cannot be read, or there is no such day, time or zone.
    """
    match = _FORM.fullmatch(text.strip())
    try:
        if match is not None:
            return _moment(match, now)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        pass
    raise InputError(
        f"The start '{text}' cannot be read; it is such as '18:00', 'tomorrow 9am',"
        " '2026-06-01 09:00 America/New_York' or '2026-06-01T09:00-04:00'."
    )


def start_moment(text: str, now: datetime) -> datetime:
    """The same in UTC, where no zone is named by this machine's clock.

    Raises:
        InputError: it cannot be read.
    """
    return parse_start(text, now.astimezone()).astimezone(UTC)


def require_ahead(start: datetime | None, now: datetime) -> None:
    """See that what is to start by itself can.

    Raises:
        InputError: the start is in the past.
    """
    if start is not None and start <= now:
        raise InputError(
            f"The start, {clock_time(start, now)}, is in the past; without one it begins at once."
        )


def _moment(match: re.Match[str], now: datetime) -> datetime:
    zone = _zone(match["zone"])
    here = now.astimezone(zone) if zone else now.replace(tzinfo=None)
    today, tomorrow = here.date(), here.date() + timedelta(days=1)
    at = _time(match)
    named = {"today": today, "tomorrow": tomorrow}
    if match["day"] is None:
        day = today if datetime.combine(today, at, tzinfo=zone) > here else tomorrow
    else:
        day = named.get(match["day"].lower()) or date.fromisoformat(match["day"])
    return datetime.combine(day, at, tzinfo=zone)


def _time(match: re.Match[str]) -> time:
    """Of twelve hours or of twenty-four; `9` alone says neither."""
    hour, minute, half = int(match["hour"]), match["minute"], match["half"]
    second = int(match["second"] or 0)
    if half is None:
        return time(hour, int(minute or ""), second)
    if not 1 <= hour <= _NOON:
        raise ValueError
    return time(hour % _NOON + (_NOON if half.lower() == "pm" else 0), int(minute or 0), second)


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    if name[0] in "+-" or name == "Z":
        return datetime.fromisoformat(f"2026-01-01T00:00{name}").tzinfo
    return ZoneInfo(name)
