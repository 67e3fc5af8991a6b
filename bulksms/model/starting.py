"""`--start-at`: a moment as a person says it."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bulksms.model.errors import InputError

_FORM = re.compile(
    r"(?P<day>today|tomorrow|\d{4}-\d\d-\d\d)[T ]+(?P<time>\d{1,2}:\d\d)(?::00)?"
    r"(?: ?(?P<zone>Z|[+-]\d\d:?\d\d|[A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)*))?"
)


def parse_start(text: str, now: datetime) -> datetime:
    """`tomorrow 9:00`, `2026-06-01 09:00 America/New_York`, `2026-06-01T09:00-04:00`.

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
        f"The start '{text}' cannot be read; it is such as 'tomorrow 9:00',"
        " '2026-06-01 09:00 America/New_York' or '2026-06-01T09:00-04:00'."
    )


def start_ahead(text: str, now: datetime) -> datetime:
    """The same in UTC, where no zone is named by this machine's clock; it lies ahead of `now`.

    Raises:
        InputError: it cannot be read, or is in the past.
    """
    moment = parse_start(text, now.astimezone()).astimezone(UTC)
    if moment <= now:
        raise InputError(f"The start '{text}' is in the past; without one it begins at once.")
    return moment


def _moment(match: re.Match[str], now: datetime) -> datetime:
    zone = _zone(match["zone"])
    today = now.astimezone(zone).date() if zone else now.date()
    named = {"today": today, "tomorrow": today + timedelta(days=1)}
    day = named.get(match["day"]) or date.fromisoformat(match["day"])
    hour, minute = map(int, match["time"].split(":"))
    return datetime.combine(day, time(hour, minute), tzinfo=zone)


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    if name[0] in "+-" or name == "Z":
        return datetime.fromisoformat(f"2026-01-01T00:00{name}").tzinfo
    return ZoneInfo(name)
