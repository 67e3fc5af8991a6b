"""A world for the pace: real time, a clock that may be wrong, a process that may die.

Every claim that the store refuses is held against a count by hand: refused only when it must be,
and for no longer than it must be.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bulksms.model.outcomes import Outcome
from bulksms.model.records import ClaimedMessage, Hold, Lease, NotYet, Rate
from bulksms.store import Store
from tests.store.conftest import Scratch
from tests.store.stage import MINUTE, NOW, SECOND, acquire, answer, running

PERIOD = MINUTE
INSTANT = timedelta(microseconds=1)


@dataclass
class Post:
    """One POST in real time, which no clock of ours need show."""

    claimed: ClaimedMessage
    start: datetime
    answer: datetime | None = None


class World:
    """Two campaigns on one account, a process that may die, and a clock that may be set back."""

    def __init__(self, database: str, rate: Rate) -> None:
        self.database, self.rate = database, rate
        self.now, self.set_back = NOW, timedelta(0)
        self.posts: list[Post] = []
        self.store = Store.open(database)
        self.campaigns = [running(self.store, 40, name=name) for name in ("june", "july")]
        self.lease = self._acquire()

    @classmethod
    @contextmanager
    def of(cls, scratch: Scratch, rate: Rate) -> Iterator[Self]:
        """A world on a database of its own, gone afterwards."""
        with scratch() as database:
            it = cls(database, rate)
            try:
                yield it
            finally:
                it.store.close()

    def claim(self, campaign: int = 0) -> object:
        """Try to claim, and hold the result against the claim to prove."""
        claim = self.store.messages.claim(self.lease, self.campaigns[campaign].id, self._clock())
        if isinstance(claim, ClaimedMessage):
            self.posts.append(Post(claim, self.now))
        elif self.set_back == timedelta(0):
            self._check_refusal(claim)
        return claim

    def answer(self, which: int, outcome: Outcome) -> None:
        """One of the POSTs in the air is answered."""
        in_the_air = [post for post in self.posts if post.answer is None]
        if in_the_air:
            post = in_the_air[which % len(in_the_air)]
            post.answer = self.now
            answer(self.store, post.claimed, outcome, self._clock())

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds * SECOND

    def restart(self, set_back: float = 0) -> None:
        """`kill -9`; the machine's clock is set back; the next process takes over."""
        self.store.close()
        self.set_back += set_back * SECOND
        self.store = Store.open(self.database)
        self.store.accounts.break_lease("default", epoch=self.lease.epoch)
        self.lease = self._acquire()
        self.store.messages.recover(self.lease, self._clock())
        for post in self.posts:
            post.answer = post.answer or self.now

    def live(self, at: datetime) -> int:
        """How many slots are taken at that moment, counted by hand."""
        return live(self.posts, at)

    def _check_refusal(self, claim: object) -> None:
        """A claim is refused only when it must be, and for no longer than it must be."""
        assert isinstance(claim, NotYet)
        assert claim.why is Hold.PACE
        assert self.live(self.now) >= self.rate.count
        if claim.until is None:
            assert sum(post.answer is None for post in self.posts) >= self.rate.count
        else:
            assert self.live(claim.until) < self.rate.count
            assert self.live(claim.until - INSTANT) >= self.rate.count

    def _clock(self) -> datetime:
        return self.now - self.set_back

    def _acquire(self) -> Lease:
        return acquire(self.store, now=self._clock(), rate=self.rate)


def live(earlier: list[Post], at: datetime) -> int:
    """How many POSTs are unanswered, or were answered less than a period before."""
    return sum(post.answer is None or post.answer > at - PERIOD for post in earlier)


def early_starts(posts: list[Post], rate: Rate) -> list[Post]:
    """The POSTs that began while `count` earlier ones were live."""
    return [
        post for index, post in enumerate(posts) if live(posts[:index], post.start) >= rate.count
    ]


def fullest_window(arrivals: list[datetime]) -> int:
    """The most arrivals that any window of a period holds; one always begins with an arrival."""
    return max((sum(at <= other < at + PERIOD for other in arrivals) for at in arrivals), default=0)
