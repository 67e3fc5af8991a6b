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
BEGIN_SECONDS_APART = 0.01

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
    """One sender's turns, evenly spaced."""

    def __init__(self, rate: Rate, clock: Callable[[], datetime]) -> None:
        self._rate, self._clock = rate, clock
        self._spaced = AsyncLimiter(1, rate.spacing.total_seconds())
        self._answered = deque[datetime](maxlen=rate.count)

    async def turn(self, in_the_air: Sized) -> None:
        """Wait for the next turn, and then until our own answers leave a slot free.

        Not for long: what else there is to know, a claim finds out.
        """
        await self._spaced.acquire()
        now = self._clock()
        held = held_back(self._answered, len(in_the_air), self._rate, now)
        if held is not None and held.until is not None:
            await asyncio.sleep(min(held.until - now, GLANCE).total_seconds())

    def heard(self, now: datetime) -> None:
        """An answer arrived."""
        self._answered.append(now)
