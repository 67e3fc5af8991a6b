"""Whose turn it is under sending hours, and when that brings a campaign to its end.

Recipients are told apart by their place alone, so a list of a million is a few dozen numbers.
Of the places that are open the one that closes first goes first: nobody who can still be texted
today waits behind somebody who has longer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bulksms.model.hours import Hours

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wait:
    """So many rows wait until then, because nobody who is left may be texted before."""

    rows: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a campaign that goes at its full pace is done, and where it has to wait."""

    finishes: datetime
    waits: tuple[Wait, ...] = ()


def in_turn(hours: Hours | None, places: Iterable[str], now: datetime) -> list[str]:
    """The places that may be texted now, in the order of their turn."""
    if hours is None:
        return list(places)
    windows = {place: hours.window(place) for place in places}
    closing = {
        place: window.closes_at(now) or _NEVER
        for place, window in windows.items()
        if window.is_open(now)
    }
    return sorted(closing, key=lambda place: (closing[place], place))


def timetable(
    rows: Mapping[str, int], hours: Hours | None, *, spacing: timedelta, begins: datetime
) -> Timetable:
    """How the rows of each place go, one every `spacing`, from `begins` on.

    A place that never opens is left out: its rows are not sent at all.
    """
    if hours is None:
        return Timetable(begins + spacing * sum(rows.values()))
    left = Counter({place: count for place, count in rows.items() if count})
    at, waits = begins, []
    while left:
        turn = in_turn(hours, left, at)
        if not turn:
            opening = first_opening(hours, left, at)
            if opening is None:
                break
            waits.append(Wait(left.total(), opening))
            at = opening
            continue
        count = min(left[turn[0]], _slots(hours, turn, left, at, spacing))
        at += spacing * count
        left[turn[0]] -= count
        left = +left
    return Timetable(at, tuple(waits))


def first_opening(hours: Hours, places: Iterable[str], now: datetime) -> datetime | None:
    """When the first of these places opens; None if none ever does."""
    openings = (hours.window(place).opens_at(now) for place in places)
    return min((each for each in openings if each is not None), default=None)


def _slots(
    hours: Hours, turn: list[str], places: Iterable[str], at: datetime, spacing: timedelta
) -> int:
    """How many go before it may be another place's turn: this one closes, or another opens."""
    others = [place for place in places if place not in turn]
    opening = first_opening(hours, others, at) or _NEVER
    closing = hours.window(turn[0]).closes_at(at) or _NEVER
    return -((at - min(opening, closing)) // spacing)
