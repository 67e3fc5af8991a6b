"""What outcomes in a row say about the account and the service, beside their own rows.

A service that cannot be reached is asked again ever more slowly; an account that is refused, or a
service that accepts nothing, ends the run before it burns the list.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from bulksms.model.outcomes import Accepted, AccountBlocked, NotSent, Outcome, Rejected, Unknown
from bulksms.model.settings import REFUSALS_BEFORE_PAUSE
from bulksms.model.states import PausedReason

FIRST_BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(seconds=60)
"""Between two tries while Easify cannot be reached."""
TOO_MANY_REQUESTS = 429
"""RFC 6585, section 4."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Why going on is pointless until a person has seen to it."""

    reason: PausedReason
    detail: str


@dataclass
class Troubles:
    """The troubles of one run, counted.

    Attributes:
        last: what was said when a message was last not processed.
        crowded: whether the vendor has refused a send for the rate.
    """

    last: str = ""
    crowded: bool = False
    _refused_in_a_row: int = 0
    _rows: set[int] = field(default_factory=set)
    _backoff: timedelta = FIRST_BACKOFF

    def weigh(self, outcome: Outcome, now: datetime, row_number: int) -> datetime | None:
        """The moment before which nothing more may be claimed after the row's outcome, if any."""
        match outcome:
            case Accepted():
                self._refused_in_a_row, self._backoff = 0, FIRST_BACKOFF
                self._rows.clear()
            case Rejected() | Unknown():
                self._refused_in_a_row += 1
                self._rows.add(row_number)
            case NotSent(text, retry_after, status):
                self.last = text
                self.crowded |= status == TOO_MANY_REQUESTS
                return now + (self._slower() if retry_after is None else retry_after)
            case AccountBlocked():
                pass
            case _:
                assert_never(outcome)
        return None

    def pause_after(self, outcome: Outcome) -> Pause | None:
        """Stop before a broken account or a broken service burns the list."""
        match outcome:
            case AccountBlocked(reason, text):
                return Pause(reason, text)
            case Rejected(_, text) | Unknown(_, text) if (
                self._refused_in_a_row >= REFUSALS_BEFORE_PAUSE
            ):
                return Pause(PausedReason.REPEATED_FAILURES, f"{self._so_many_attempts}: {text}")
        return None

    @property
    def _so_many_attempts(self) -> str:
        """They may all be of one row, which went back each time: then it is the row to look at."""
        (*others, row_number) = sorted(self._rows)
        which = "" if others else f", all of them of row {row_number}"
        return f"{self._refused_in_a_row} attempts in a row were not accepted{which}"

    def _slower(self) -> timedelta:
        self._backoff = min(LONGEST_BACKOFF, 2 * self._backoff)
        return self._backoff
