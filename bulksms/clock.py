"""What time it is: steadily.

A wall clock that somebody sets, or that the network corrects, must not shorten the pace's window
or lengthen a lease in the middle of a run.
So the wall clock is asked once, and from then on elapsed time is counted.
From one process to the next the machine's own start tells whether somebody set it meanwhile.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bulksms.model.records import Boot

Clock = Callable[[], datetime]
"""The present moment, aware and UTC."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Linux's name for the time since it was started (proc_sys_kernel(5), `random`)."""


def steady_clock() -> Clock:
    """A clock that starts at the wall clock's time and then only counts what passes."""
    start, elapsed_at_start = datetime.now(UTC), elapsed()
    return lambda: start + timedelta(seconds=elapsed() - elapsed_at_start)


def this_boot(clock: Clock) -> Boot | None:
    """The machine's last start as this clock reckons it; None where the system does not tell."""
    name = boot_name()
    return Boot(name, clock() - timedelta(seconds=elapsed())) if name else None


def boot_name() -> str:
    """What the system calls the time since its last start; empty where it does not tell."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def elapsed() -> float:
    """Seconds since the machine started, those that it slept among them where that is known."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
