"""The event loop of a process that is told step by step when to go on."""

import asyncio
import heapq
import math
import random
from asyncio import events
from collections import deque
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from tests.virtual_time import NeverNow, fulfil

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")

NEVER = math.inf
THREADS = (0.0, 0.0, 0.005, 0.3)
"""Seconds that pass before a thread does its work, and before the loop hears of it."""


class StepLoop(NeverNow):
    """An event loop that does one thing whenever it is told to; its time is the world's."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, now: Callable[[], float], dice: random.Random) -> None:
        super().__init__()
        self._now, self._dice = now, dice
        self.set_exception_handler(lambda _loop, _context: None)

    def time(self) -> float:
        """Seconds since the beginning of the world."""
        return self._now()

    def run_in_executor(
        self,
        executor: object,  # noqa: ARG002 - asyncio's signature
        func: Callable[[*Arguments], Result],
        *args: *Arguments,
    ) -> "asyncio.Future[Result]":
        """A thread's work, in one go after a moment, and told of after another.

        The process may die before, between and after the two.
        """
        worked: asyncio.Future[Result] = self.create_future()
        told: asyncio.Future[Result] = self.create_future()
        worked.add_done_callback(
            lambda _: self.call_later(self._dice.choice(THREADS), fulfil, told, worked.result)
        )
        self.call_later(self._dice.choice(THREADS), fulfil, worked, func, *args)
        return told

    def next_due(self) -> float:
        """When there is something to do."""
        if self._ready:
            return self.time()
        while self._scheduled and self._scheduled[0].cancelled():
            heapq.heappop(self._scheduled)
        return self._scheduled[0].when() if self._scheduled else NEVER

    def step(self) -> None:
        """One callback; what came over the wire goes before the timers, as in a real loop."""
        if not self._ready:
            while self._scheduled and self._scheduled[0].when() <= self.time():
                self._ready.append(heapq.heappop(self._scheduled))
        if not self._ready:
            return
        handle = self._ready.popleft()
        if handle.cancelled():
            return
        events._set_running_loop(self)
        try:
            handle._run()
        finally:
            events._set_running_loop(None)

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector here."""
