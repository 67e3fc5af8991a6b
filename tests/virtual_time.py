"""An event loop on which an hour passes in milliseconds.

Whenever nothing is ready, time jumps to the next timer instead of passing. Everything that waits
through asyncio (`sleep`, `timeout`, locks, a rate limiter) works unchanged, in an order that
depends on nothing outside. There are no threads: what is given to one is done at once.
"""

import asyncio
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class StuckError(RuntimeError):
    """Every task waits for something that nothing will ever bring about."""


class NeverNow(asyncio.BaseEventLoop):
    """A loop on which time stands still while something is done: no timer may be for now."""

    def call_at(
        self,
        when: float,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Never this very moment.

        aiolimiter may find itself 1e-15 short of a slot, and sets a timer so near that the sum is
        now: it asks again, and where time stands still between the two, it asks for ever.
        """
        return super().call_at(max(when, self.time() + 1e-6), callback, *args, context=context)


class VirtualLoop(NeverNow, asyncio.SelectorEventLoop):
    """A loop whose `time()` begins at 0 and moves only when there is nothing else to do."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self) -> None:
        self._impatience = _ImpatientSelector()
        super().__init__(self._impatience)
        # asyncio's nanosecond is lost in the rounding of a year's seconds: nothing were ever due.
        self._clock_resolution = 1e-7

    def time(self) -> float:
        """Seconds of virtual time since the loop was made."""
        return self._impatience.now

    def skip_idle_time(self) -> None:
        """To the next timer, if nothing is ready: for whoever lets the loop do one thing a time."""
        if not self._ready and self._scheduled:
            self._impatience.now = max(self.time(), self._scheduled[0].when())

    def run_in_executor(
        self,
        executor: object,  # noqa: ARG002 - asyncio's signature
        func: Callable[[*Arguments], Result],
        *args: *Arguments,
    ) -> "asyncio.Future[Result]":
        """A thread's work, at once: no time passes while the loop is busy."""
        done: asyncio.Future[Result] = self.create_future()
        fulfil(done, func, *args)
        return done


def fulfil(
    done: "asyncio.Future[Result]", func: Callable[[*Arguments], Result], *args: *Arguments
) -> None:
    """Do it, and tell whoever waits what came of it."""
    try:
        done.set_result(func(*args))
    except Exception as error:  # noqa: BLE001 - it is theirs
        done.set_exception(error)


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """The coroutine's result, on a fresh virtual loop that is closed afterwards.

    Raises:
        StuckError: it waits for ever.
    """
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


def clock(
    loop: asyncio.AbstractEventLoop | None = None, start: datetime = START
) -> Callable[[], datetime]:
    """The loop's time as aware UTC; `start` is its beginning. Without a loop, the running one."""
    timeline = loop or asyncio.get_running_loop()
    return lambda: start + timedelta(seconds=timeline.time())


class _ImpatientSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events:
            return events
        if timeout is None:
            raise StuckError("Nothing is ready and nothing is scheduled: this would wait for ever.")
        self.now += max(0.0, timeout)
        return []
