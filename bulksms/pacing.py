"""How often the vendor is asked: sends at the account's rate, reads of the record 60 a minute.

That no send exceeds the rate is seen to by its claim, in the database, which outlives the process.
Here sends are only spaced evenly, and no claim is tried that our own answers already speak against.
A read counts for nothing but itself, so a limiter that starts afresh with every process is enough.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sized
from datetime import datetime, timedelta

from aiolimiter import AsyncLimiter

from bulksms.model.records import Rate
from bulksms.model.slots import held_back

AT_ONCE = 4
"""As many as it takes to settle one doubt, so that even a process of a short life settles one."""
SECONDS_APART = 1.1
"""The vendor's limit for reads is 60 a minute (sms/status, sms/report, sms/chat-history).

54 a minute and those at once keep to it, even while an answer is two seconds late.
"""
BEGIN_SECONDS_APART = 0.02

TICK = timedelta(milliseconds=1)
"""What libuv's timers count in; to wait for less than one would keep the loop turning."""
GLANCE = timedelta(seconds=1)
"""How often a waiting sender looks whether somebody paused the campaign."""

Pace = Callable[[], Awaitable[None]]
"""Awaited before each read, or each beginning."""


def read_pace() -> Pace:
    """A pace for one event loop: evenly spaced after the first few."""
    return AsyncLimiter(AT_ONCE, AT_ONCE * SECONDS_APART).acquire


def begin_pace() -> Pace:
    """A pace for the campaigns of one process: to begin takes a while, and answers wait for it.

    It also keeps them from sending all at the same moments ever after.
    """
    return AsyncLimiter(1, BEGIN_SECONDS_APART).acquire


class SendPace:
    """One sender's turns, evenly spaced; each is told of so long `ahead` of its time."""

    def __init__(self, rate: Rate, clock: Callable[[], datetime], ahead: timedelta) -> None:
        self._rate, self._clock, self._ahead = rate, clock, ahead
        self._spaced = AsyncLimiter(1, rate.spacing.total_seconds())
        self._answered = deque[datetime](maxlen=rate.count)

    async def turn(self, in_the_air: Sized) -> datetime:
        """Wait for the next turn: the time to claim for, at which our answers leave a slot free.

        It is that very time, however late this wakes up for it; only what has gone by is now.
        It waits for no long time: what else there is to know, a claim finds out.
        """
        await self._spaced.acquire()
        time = self._clock() + self._ahead
        held = held_back(self._answered, len(in_the_air), self._rate, time)
        if held is None or held.until is None:
            return time
        time = min(held.until, time + GLANCE)
        await self.its_time(time - self._ahead)
        return max(time, self._clock())

    async def its_time(self, time: datetime) -> None:
        """Wait until then, and never less: a timer may go off early (on Windows, by 16 ms)."""
        while (left := time - self._clock()) > timedelta(0):  # noqa: ASYNC110 - time is no event
            await asyncio.sleep((left + TICK).total_seconds())

    def heard(self, now: datetime) -> None:
        """An answer arrived."""
        self._answered.append(now)
