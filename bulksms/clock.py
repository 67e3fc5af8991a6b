"""What time it is: steadily.

A wall clock that somebody sets, or that the network corrects, must not shorten the pace's window
or lengthen a lease in the middle of a run.
So the wall clock is asked once, and from then on elapsed time is counted.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""The present moment, aware and UTC."""


def steady_clock() -> Clock:
    """A clock that starts at the wall clock's time and then only counts what passes."""
    start, elapsed_at_start = datetime.now(UTC), _elapsed()
    return lambda: start + timedelta(seconds=_elapsed() - elapsed_at_start)


def _elapsed() -> float:
    """Seconds since the machine started, those that it slept among them where that is known."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
