"""Processes in virtual time: one runs while it is told to, and is frozen while it is not.

So a test can stop a worker between any two steps of its event loop, as `kill -STOP` or a closed
laptop lid does, let another one work, and wake the first into a later hour.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.virtual_time import START, VirtualLoop, clock

Result = TypeVar("Result")

LONGEST_STORY = timedelta(hours=3)


class Process:
    """Runs in virtual time whenever it is told to; in between it is frozen, and time is not."""

    def __init__(self, now: datetime, longest: timedelta = LONGEST_STORY) -> None:
        self._longest = longest
        self._runner = asyncio.Runner(loop_factory=VirtualLoop)
        self.wake_at(now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._runner.close()

    @property
    def now(self) -> datetime:
        """How far it has come."""
        return clock(self._loop)()

    def run(self, story: Coroutine[Any, Any, Result]) -> Result:
        """Run until the story is told; what else was begun goes on meanwhile, but no further.

        Raises:
            TimeoutError: it is longer than any of ours; something waits in vain.
        """
        return self._runner.run(asyncio.wait_for(story, self._longest.total_seconds()))

    def live(self, seconds: float) -> None:
        """Let everything that was begun go on for so long."""
        self.run(asyncio.sleep(seconds))

    def begin(self, story: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Have a story ready to be told."""
        return self._loop.create_task(story)

    def step_until(self, condition: Callable[[], object]) -> None:
        """Stop as soon as it holds, with everything else left as it is that very moment."""
        while not condition():
            self._loop.skip_idle_time()
            self._loop.call_soon(self._loop.stop)
            self._loop.run_forever()

    def wake_at(self, moment: datetime) -> None:
        """What is due by then will all be due at once, as after SIGCONT or an open laptop lid."""
        self._loop._impatience.now = (moment - START).total_seconds()

    @property
    def _loop(self) -> VirtualLoop:
        loop = self._runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        return loop
