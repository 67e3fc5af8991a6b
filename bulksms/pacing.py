"""How often the vendor's record may be read: 60 times a minute, of all reads together.

Sends have a pace of their own that outlives the process (see `sending`); a read counts for
nothing but itself, so a limiter that starts afresh with every process is enough.
"""

from collections.abc import Awaitable, Callable

from aiolimiter import AsyncLimiter

AT_ONCE = 4
"""As many as it takes to settle one doubt, so that even a process of a short life settles one."""
SECONDS_APART = 1.1
"""The vendor's limit for reads is 60 a minute (sms/status, sms/report, sms/chat-history).

54 a minute and those at once keep to it, even while an answer is two seconds late.
"""

Pace = Callable[[], Awaitable[None]]
"""Awaited before each read."""


def read_pace() -> Pace:
    """A pace for one event loop: evenly spaced after the first few."""
    return AsyncLimiter(AT_ONCE, AT_ONCE * SECONDS_APART).acquire
