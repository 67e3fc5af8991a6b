"""One timeline for everything: the vendor, the network, and as many processes as a story has.

Every process has an event loop of its own, and the world runs them one step at a time, always the
one that is due first. So a process can be killed between any two steps, or frozen while others go
on, and a request that is on its way arrives whatever becomes of whoever sent it.
"""

import asyncio
import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from bulksms.model.records import Boot
from tests.simulator.step_loop import NEVER, StepLoop
from tests.virtual_time import START

MOST_STEPS = 200_000
"""Of one story; more is a process that spins."""


class Killed(BaseException):
    """The process is no more: nothing of it reaches the database or the wire again."""


class SpinningError(RuntimeError):
    """Somebody works without end and time stands still."""


class Moment(StrEnum):
    """What a process comes by again and again, so that something may befall it there."""

    STEP = "after a step"
    STATEMENT = "inside a transaction"
    COMMITTING = "before a commit"
    COMMITTED = "after a commit"
    LEAVING = "with a POST on its way"
    ARRIVING = "with a POST that has arrived"


class Moved(NamedTuple):
    """A row, or with `row` None the campaign, went from one state to another, durably."""

    at: float
    row: int | None
    before: str | None
    after: str
    actor: str


class Process:
    """One program on one computer: its loop, its clock, and whether it still lives."""

    def __init__(self, world: "World", name: str, clock_is_off: timedelta) -> None:
        self.world = world
        self.name = name
        self.off = clock_is_off
        self.loop = StepLoop(lambda: world.now, world.dice)
        self.frozen_until = -1.0
        self.was_frozen = False
        self.dead = False
        self.killed = False
        self.ended_at: float | None = None
        self.fault: BaseException | None = None
        self.on_stop: Callable[[bool], None] = lambda _abort: None
        self.on_end: Callable[[], None] = lambda: None
        self._passed: Counter[Moment] = Counter()
        self._planned: dict[tuple[Moment, int], Callable[[], None]] = {}
        self._story: asyncio.Task[None] | None = None

    @property
    def ended(self) -> bool:
        """Whether it ended, one way or another."""
        return self.dead or self.ended_at is not None

    def now(self) -> datetime:
        """What its own clock shows."""
        return START + timedelta(seconds=self.world.now) + self.off

    @property
    def boot(self) -> Boot:
        """Its computer was started when the world began."""
        return Boot("the computer", START + self.off)

    def begin(self, story: Coroutine[Any, Any, None]) -> None:
        """Tell it from now on."""
        self._story = self.loop.create_task(story)

    @property
    def asleep(self) -> bool:
        """Whether it would go on, but for being frozen."""
        return not self.ended and self.frozen_until > self.world.now

    def plan(self, moment: Moment, times: int, what: Callable[[], None]) -> None:
        """Have something befall it when it comes by that moment for the n-th time."""
        self._planned[moment, times] = what

    def pass_by(self, moment: Moment) -> None:
        """It is there; what was planned befalls it."""
        if self._planned and not self.ended:
            self._passed[moment] += 1
            self._planned.pop((moment, self._passed[moment]), lambda: None)()

    def spare(self) -> None:
        """Nothing befalls it any more; if it sleeps, it sleeps on."""
        self._planned.clear()

    def next_due(self) -> float:
        """When it will do something."""
        return max(self.loop.next_due(), self.frozen_until)

    def step(self) -> None:
        """Do one thing, and then perhaps die or freeze."""
        self.world.running = self
        try:
            self.loop.step()
        finally:
            self.world.running = None
        self.pass_by(Moment.STEP)
        self._look_whether_it_ended()

    def kill(self, how: str) -> None:
        """As `kill -9`: what it has sent travels on, and nobody waits for the answer."""
        if self.ended:
            return
        self.dead = self.killed = True
        self.ended_at = self.world.now
        self.world.figures["crashes"] += 1
        self.world.tell(self.name, f"killed {how}")

    def freeze(self, seconds: float) -> None:
        """As SIGSTOP, or a closed lid."""
        if self.ended:
            return
        self.frozen_until = self.world.now + seconds
        self.was_frozen = True
        self.world.figures["freezes"] += 1
        self.world.tell(self.name, f"frozen for {seconds:.1f} s")

    def thaw(self) -> None:
        """As SIGCONT."""
        self.frozen_until = min(self.frozen_until, self.world.now)

    def interrupt(self, *, abort: bool) -> None:
        """Ctrl-C, once or twice."""
        if not self.ended:
            self.world.figures["interrupts"] += 1
            self.world.tell(self.name, "Ctrl-C twice" if abort else "Ctrl-C")
            self.loop.call_soon(self.on_stop, abort)

    def bury(self) -> None:
        """Let the coroutines unwind; being dead, they reach nothing any more."""
        self.dead = True
        for _ in range(50):
            tasks = asyncio.all_tasks(self.loop)
            if not tasks:
                break
            for task in tasks:
                task.cancel()
            while self.loop._ready:
                self.world.running = self
                self.loop.step()
        self.world.running = None
        self.loop.close()

    def _look_whether_it_ended(self) -> None:
        if self._story is None or not self._story.done() or self.ended_at is not None:
            return
        self.ended_at = self.world.now
        self.fault = None if self._story.cancelled() else self._story.exception()
        self.world.tell(self.name, f"ended{f' with {self.fault!r}' if self.fault else ''}")
        self.on_end()


class World:
    """Time, chance, and what has happened."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - nothing secret, only the same every time
        self.now = 0.0
        self.story: list[str] = []
        self.moves: list[Moved] = []
        self.figures: Counter[str] = Counter()
        self.processes: list[Process] = []
        self.running: Process | None = None
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._steps = 0

    def tell(self, who: str, what: str) -> None:
        """A line of the story."""
        self.story.append(f"{self.now:12.6f}  {who:9} {what}")

    def at(self, when: float, what: Callable[[], None]) -> None:
        """Have something happen, whoever lives then."""
        heapq.heappush(self._agenda, (max(when, self.now), next(self._numbers), what))

    def live_until(self, moment: float, stop: Callable[[], bool] = lambda: False) -> None:
        """Let everything go on until then, or until `stop` says so."""
        while not stop():
            due, process = self._who_is_next()
            if due > moment:
                self.now = max(self.now, moment)
                return
            self.now = max(self.now, due)
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise SpinningError(f"{MOST_STEPS} steps, and no end")
            if process is None:
                heapq.heappop(self._agenda)[2]()
            else:
                process.step()

    def _who_is_next(self) -> tuple[float, Process | None]:
        due = self._agenda[0][0] if self._agenda else NEVER
        chosen: list[Process | None] = [None]
        for process in self.processes:
            if process.ended:
                continue
            moment = max(process.next_due(), self.now)
            if moment < due:
                due, chosen = moment, [process]
            elif moment == due and chosen[0] is not None:
                chosen.append(process)
        return due, chosen[0] if len(chosen) == 1 else self.dice.choice(chosen)
