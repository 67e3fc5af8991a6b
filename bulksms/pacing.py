"""How often the vendor's record may be read: 60 times a minute, of all reads together.

Sends have a pace of their own that outlives the process (see `sending`); a read counts for
nothing but itself, so a limiter that starts afresh with every process is enough.
"""

from collections.abc import Awaitable, Callable

from aiolimiter import AsyncLimiter

SECONDS_APART = 1.05
"""The vendor's limit for reads is 60 a minute (sms/status, sms/report, sms/chat-history).

57 a minute keep to it even while an answer is three seconds late.
"""

Pace = Callable[[], Awaitable[None]]
"""Awaited before each read."""


def read_pace() -> Pace:
    """A pace for one event loop: evenly spaced, never a burst."""
    return AsyncLimiter(1, SECONDS_APART).acquire
