"""The vendor's rate limits: 15 sends and 60 reads a minute, per user.

How its window is counted is not documented, so both readings stand here and guard together:
the framework's fixed window, which opens at the first request after the last one ran out,
and the strict one, any window of that length. Refused requests are not counted in either.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_SECOND = timedelta(seconds=1)


class Door(StrEnum):
    """Which of the two limits a request meets."""

    SEND = "send"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `count` requests in a window of `period`."""

    count: int
    period: timedelta


SENDS = Allowance(15, timedelta(minutes=1))
READS = Allowance(60, timedelta(minutes=1))


class FixedWindow:
    """Opens at the first request after the previous window ran out; its count dies with it."""

    def __init__(self) -> None:
        self._closes_at: datetime | None = None
        self._used = 0

    def free_at(self, allowance: Allowance, now: datetime) -> datetime:
        """When one more request is allowed; `now` or earlier if it is already."""
        if self._closes_at is None or now >= self._closes_at or self._used < allowance.count:
            return now
        return self._closes_at

    def take(self, allowance: Allowance, now: datetime) -> None:
        """Count a request that was let in at `now`."""
        if self._closes_at is None or now >= self._closes_at:
            self._closes_at, self._used = now + allowance.period, 0
        self._used += 1


class SlidingWindow:
    """No window of the period's length, wherever it begins, holds more than the count."""

    def __init__(self) -> None:
        self._taken: list[datetime] = []

    def free_at(self, allowance: Allowance, now: datetime) -> datetime:
        """When one more request is allowed; `now` or earlier if it is already."""
        if len(self._taken) < allowance.count:
            return now
        return self._taken[-allowance.count] + allowance.period

    def take(self, _allowance: Allowance, now: datetime) -> None:
        """Count a request that was let in at `now`."""
        self._taken.append(now)


Window = FixedWindow | SlidingWindow


class Limits:
    """Who may come in now.

    Args:
        sends: the allowance of `sms/send`.
        reads: the allowance of everything else.
        windows: the kinds that guard; a request is refused when any of them refuses,
            and never when there are none.
        shared: sends and reads eat from one counter (each still with its own maximum),
            as the framework does when the limits are not named.
    """

    def __init__(
        self,
        *,
        sends: Allowance = SENDS,
        reads: Allowance = READS,
        windows: Iterable[type[Window]] = (FixedWindow, SlidingWindow),
        shared: bool = False,
    ) -> None:
        self._allowances = {Door.SEND: sends, Door.READ: reads}
        self._kinds = tuple(windows)
        self._shared = shared
        self._windows: dict[tuple[str, Door], tuple[Window, ...]] = {}

    def admit(self, door: Door, token: str, now: datetime) -> int:
        """Let a request in and count it, or name the whole seconds to wait.

        Returns:
            0 if it was let in; otherwise the wait, rounded up.
        """
        allowance = self._allowances[door]
        key = (token, Door.SEND if self._shared else door)
        windows = self._windows.setdefault(key, tuple(kind() for kind in self._kinds))
        wait = max((w.free_at(allowance, now) - now for w in windows), default=timedelta(0))
        if wait > timedelta(0):
            return -(-wait // _SECOND)
        for window in windows:
            window.take(allowance, now)
        return 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as the vendor saw it.

    Attributes:
        at: when it arrived.
        door: the limit that it met.
        path: the endpoint, such as `sms/send`.
        token: as it was given; None without one.
        to_number: the recipient of a send in E.164; None if it cannot be read.
        status: the HTTP status of the answer, even if that was lost on its way.
        limited: whether the rate limit itself refused it; an ordered 429 is none of its doing.
    """

    at: datetime
    door: Door
    path: str
    token: str | None
    to_number: str | None
    status: int
    limited: bool


def busiest(times: Sequence[datetime], period: timedelta) -> int:
    """The most of `times` (in order) that fall into any window [t, t + period)."""
    return max(
        (bisect_left(times, begin + period, lo=index) - index for index, begin in enumerate(times)),
        default=0,
    )
