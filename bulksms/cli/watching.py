"""What a person sees while texts leave.

A live bar on a terminal, a plain line now and then elsewhere.
Both count from the database's own counts at the start, so that a resumed campaign
goes on where it stood.
"""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from bulksms.cli.words import a_minute, clock_time, harmless, plural, shown, span
from bulksms.clock import Clock
from bulksms.model.notices import Answered, Notice, Waiting
from bulksms.model.outcomes import Accepted, AccountBlocked, NotSent, Rejected, Unknown
from bulksms.model.records import Counts, Rate
from bulksms.model.states import State

PLAIN_EVERY = timedelta(seconds=30)
"""Between two plain lines of progress where there is no terminal."""


class Face(Protocol):
    """Where progress is drawn."""

    def begin(self, progress: "Headway") -> None:
        """Show the start."""
        ...

    def advance(self, progress: "Headway") -> None:
        """Show the new state."""
        ...

    def remark(self, line: str) -> None:
        """Show a line that stays."""
        ...

    def end(self) -> None:
        """Leave the screen tidy."""
        ...


class Headway:
    """How far the campaign is, earlier runs included, and what that says about the rest."""

    def __init__(
        self,
        name: str,
        rate: Rate,
        counts: Counts,
        clock: Clock,
        finishes: Callable[[datetime], datetime] | None = None,
    ) -> None:
        self.name = name
        self.rate = rate
        self.total = counts.rows - counts[State.SKIPPED]
        self.waiting = ""
        self._before = counts[State.ACCEPTED] + counts[State.FAILED]
        self._answered: set[int] = set()
        self._clock = clock
        self._finishes = finishes
        self._recent: deque[datetime] = deque(maxlen=rate.count + 1)

    def answered(self, row_number: int) -> None:
        """Count a row that has its answer; one that is sent again counts once."""
        self._answered.add(row_number)
        self.waiting = ""
        self._recent.append(self._clock())

    @property
    def now(self) -> datetime:
        """The moment that it is."""
        return self._clock()

    @property
    def done(self) -> int:
        """How many rows have their answer."""
        return min(self.total, self._before + len(self._answered))

    @property
    def finish(self) -> str:
        """When the rest is done at the account's rate, or as `finishes` knows better."""
        now = self._clock()
        left = self.rate.spacing * (self.total - self.done)
        if self._finishes is not None:
            left = self._finishes(now) - now
        return f"{span(left)} left, done {clock_time(now + left, now)}"

    @property
    def pace(self) -> str:
        """Answers a minute, over the last window's worth of them."""
        if len(self._recent) < 2:  # noqa: PLR2004 - two moments make a distance
            return ""
        passed = (self._recent[-1] - self._recent[0]).total_seconds()
        return f"{a_minute(len(self._recent) - 1, passed, self.rate.spacing)}/min" if passed else ""


class Watcher:
    """Turns the sender's notices into what is shown."""

    def __init__(self, headway: Headway, face: Face) -> None:
        self._headway = headway
        self._face = face
        face.begin(headway)

    def __call__(self, notice: Notice) -> None:
        """Show one notice."""
        match notice:
            case Answered(claimed, outcome):
                match outcome:
                    case Accepted():
                        self._headway.answered(claimed.row_number)
                    case Rejected(reason, text):
                        self._headway.answered(claimed.row_number)
                        self._face.remark(f"row {claimed.row_number}: {reason}: {shown(text, 200)}")
                    case Unknown(reason, text):
                        self._headway.answered(claimed.row_number)
                        self._face.remark(
                            f"row {claimed.row_number}: unknown, {reason}: {shown(text, 200)}"
                        )
                    case NotSent() | AccountBlocked():
                        pass
                    case _:
                        assert_never(outcome)
            case Waiting(until, why):
                because = f": {shown(why, 120)}" if why else ""
                self._headway.waiting = f"waiting until {self._moment(until)}{because}"
            case _:
                assert_never(notice)
        self._face.advance(self._headway)

    def _moment(self, until: datetime) -> str:
        """To the second where it is near."""
        if until - self._headway.now < timedelta(hours=1):
            return f"{until.astimezone():%H:%M:%S}"
        return clock_time(until, self._headway.now)

    def stopping(self, in_the_air: int) -> None:
        """Say that the first Ctrl-C was heard."""
        if in_the_air:
            answers = "answer" if in_the_air == 1 else "answers"
            self._face.remark(
                f"Stopping: waiting for {in_the_air} {answers}; Ctrl-C again to stop at once."
            )
        else:
            self._face.remark("Stopping.")

    def end(self) -> None:
        """Leave the screen tidy."""
        self._face.end()


class _Name(ProgressColumn):
    """The campaign's, cut where the line is narrow: the figures stay whole."""

    def __init__(self) -> None:
        super().__init__(Column())  # one that may not wrap would be cut no sooner than the figures

    def render(self, task: Task) -> Text:
        """On one line."""
        return Text(harmless(task.description), no_wrap=True, overflow="ellipsis")


class _OverItsWait(Progress):
    """A bar, and under it a line for what it waits for, which would leave no room beside it."""

    def get_renderables(self) -> Iterable[RenderableType]:
        """The lines."""
        yield self.make_tasks_table(self.tasks)
        for task in self.tasks:
            if waiting := task.fields["waiting"]:
                yield Text(waiting[:1].upper() + waiting[1:], no_wrap=True, overflow="ellipsis")


class Bar:
    """A live bar, for a terminal."""

    def __init__(self, console: Console) -> None:
        self._progress = _OverItsWait(
            _Name(),
            BarColumn(bar_width=None, complete_style="green"),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f}", markup=False),
            TextColumn("{task.fields[pace]}", markup=False),
            TextColumn("{task.fields[finish]}", markup=False),
            console=console,
            expand=True,
        )
        self._task = self._progress.add_task("", total=None, pace="", finish="", waiting="")

    def begin(self, progress: Headway) -> None:
        """Show the start."""
        self.advance(progress)
        self._progress.start()

    def advance(self, progress: Headway) -> None:
        """Show the new state."""
        self._progress.update(
            self._task,
            description=progress.name,
            total=progress.total,
            completed=progress.done,
            pace=progress.pace,
            finish="" if progress.waiting else progress.finish,
            waiting=progress.waiting,
        )

    def remark(self, line: str) -> None:
        """Show a line above the bar."""
        self._progress.console.print(Text(line), soft_wrap=True)

    def end(self) -> None:
        """Leave the last state on the screen."""
        self._progress.stop()


class Lines:
    """A plain line now and then, for a log file or a pipe."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._next = clock()
        self._waiting = ""

    def begin(self, progress: Headway) -> None:
        """Show the start."""
        self.remark(
            f"{progress.name}: {progress.done:,} of {plural(progress.total, 'message')} done,"
            f" {progress.finish}"
        )
        self._next = self._clock() + PLAIN_EVERY

    def advance(self, progress: Headway) -> None:
        """Show the new state, if it is time, or if a wait begins."""
        new_wait = bool(progress.waiting) and progress.waiting != self._waiting
        self._waiting = progress.waiting
        if new_wait or self._clock() >= self._next:
            self._next = self._clock() + PLAIN_EVERY
            self.remark(
                f"{progress.done:,} of {progress.total:,}  {progress.pace}"
                f"  {progress.waiting or progress.finish}"
            )

    def remark(self, line: str) -> None:
        """Show a line."""
        self._console.print(Text(line), soft_wrap=True)

    def end(self) -> None:
        """Nothing to tidy."""


def face(console: Console, clock: Clock) -> Face:
    """A bar where there is a terminal, else lines."""
    return Bar(console) if console.is_terminal else Lines(console, clock)
