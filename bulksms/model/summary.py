"""What a report sums up to: how many rows ended how, why, and how fast it went.

A `Tally` is made by the rows themselves as they pass by on their way into a file,
so that what stands above a table always adds up to it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain, count

from bulksms.model.records import ReportRow
from bulksms.model.states import Reason, State

_MINUTE = 60
_STEPS = (1, 5, 15, 30, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60, 7 * 24 * 60)
"""Minutes that a bar may stand for; beyond them, whole weeks."""
_WEEK = _STEPS[-1]
_UNITS = (
    (timedelta(weeks=1), "week"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the rows: the campaign's name, and facts as (what, said)."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Why:
    """A reason, how many rows it explains, and the first of them."""

    state: State
    reason: Reason
    row_number: int
    detail: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class PaceBars:
    """Accepted texts by time: `bars` are (when it begins, how many), `step` apart, no gaps."""

    step: timedelta
    bars: tuple[tuple[datetime, int], ...]

    @property
    def most(self) -> int:
        """The highest bar."""
        return max(texts for _, texts in self.bars)

    @property
    def every(self) -> str:
        """The step as one says it: `minute`, `15 minutes`, `3 hours`, `day`, `2 weeks`."""
        unit, name = next(each for each in _UNITS if not self.step % each[0])
        steps = self.step // unit
        return name if steps == 1 else f"{steps} {name}s"


@dataclass(slots=True)
class Tally:
    """The rows that were seen.

    Attributes:
        segments: parts of all accepted texts.
    """

    states: Counter[State] = field(default_factory=Counter)
    deliveries: Counter[str] = field(default_factory=Counter)
    segments: int = 0
    _whys: dict[tuple[State, Reason], Why] = field(default_factory=dict)
    _minutes: Counter[int] = field(default_factory=Counter)

    def passing(self, rows: Iterable[ReportRow]) -> Iterator[ReportRow]:
        """The same rows; each is counted as it passes."""
        for row in rows:
            self.add(row)
            yield row

    def add(self, row: ReportRow) -> None:
        """Count a row."""
        self.states[row.state] += 1
        if row.accepted_at is not None:
            self.segments += row.segments
            self._minutes[int(row.accepted_at.timestamp()) // _MINUTE] += 1
        if row.delivery is not None:
            self.deliveries[row.delivery] += 1
        if row.reason is not None:
            self._explain(row, row.reason)

    @property
    def rows(self) -> int:
        """All of them."""
        return self.states.total()

    @property
    def whys(self) -> list[Why]:
        """The reasons by state, the most frequent first."""
        order = list(State)
        return sorted(self._whys.values(), key=lambda why: (order.index(why.state), -why.rows))

    def pace(self, most_bars: int = 60) -> PaceBars | None:
        """The accepted texts by time, in as fine steps as so many bars allow; None without any."""
        if not self._minutes:
            return None
        first, last = min(self._minutes), max(self._minutes)
        step = next(step for step in _steps() if last // step - first // step < most_bars)
        bars = Counter[int]()
        for minute, texts in self._minutes.items():
            bars[minute // step] += texts
        return PaceBars(
            step=timedelta(minutes=step),
            bars=tuple(
                (datetime.fromtimestamp(bar * step * _MINUTE, UTC), bars[bar])
                for bar in range(first // step, last // step + 1)
            ),
        )

    def _explain(self, row: ReportRow, reason: Reason) -> None:
        why = self._whys.get((row.state, reason))
        if why is None:
            why = Why(row.state, reason, row.row_number, row.detail or "")
            self._whys[row.state, reason] = why
        why.rows += 1


def _steps() -> Iterator[int]:
    return chain(_STEPS, (_WEEK * weeks for weeks in count(2)))
