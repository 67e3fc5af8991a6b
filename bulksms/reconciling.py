"""Rows in doubt, settled against the vendor's own record, or left in doubt with a sentence.

Found there, and explained by no other message of ours: accepted, with that id.
Absent: back in the queue, but only when the settling time has passed and two looks apart agree.
Anything less leaves the row unknown: doubt never resends. Every step is written down when it is
done, so that a run which dies between two looks has lost neither.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from bulksms.clock import Clock
from bulksms.committing import AtOnce
from bulksms.heartbeat import beating
from bulksms.looking import Looker
from bulksms.model.errors import StoreError
from bulksms.model.looks import Absent, Found, Look, Undecided, Unheard, Unripe
from bulksms.model.matching import Doubt
from bulksms.model.records import Campaign, Lease
from bulksms.pacing import Pace
from bulksms.reading import Reader, VendorRecord
from bulksms.store import Store

RIPENS = timedelta(seconds=5)
"""After what time a doubt is looked at again that something in the air made undecidable."""
MOST_UNHEARD = 60
"""How many looks at a doubt may hear no answer, in time a minute apart: about an hour of them."""
LONGEST_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of doubts: counts of rows."""

    accepted: int = 0
    requeued: int = 0
    left: int = 0

    def __add__(self, other: "Settled") -> "Settled":
        return Settled(
            self.accepted + other.accepted, self.requeued + other.requeued, self.left + other.left
        )


@dataclass
class Reconciler:
    """Settles the doubts of campaigns on one account's lease, one look at a time.

    What a reconciler leaves undecided it does not look at again in its life.
    `settle` is how long after we gave up an absence is believed: the time within which
    the vendor's record is trusted to show everything. `most_unheard` is how many looks at a doubt
    may hear no answer before it is left undecided.
    """

    store: Store
    reader: Reader
    lease: Lease
    clock: Clock
    settle: timedelta
    pace: Pace
    most_unheard: int = MOST_UNHEARD
    _judged: set[int] = field(default_factory=set)
    _unheard: Counter[int] = field(default_factory=Counter)
    _unripe: dict[int, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._since = self.clock()
        record = VendorRecord(self.reader, self.pace)
        self._looker = Looker(self.store, record, self.lease.account_id, self.clock, self.settle)

    async def settle_all(
        self, campaign: Campaign, waiting: Callable[[datetime], None] = lambda _until: None
    ) -> Settled:
        """Settle every doubt, waiting for those whose settling time is not over; nothing is sent.

        `waiting` is told until when.

        Raises:
            LeaseLost: somebody else has taken the account over.
            StoreError: the database could not be used any more.
        """
        faults = list[StoreError]()
        settled = Settled()
        self.store.messages.recover(self.lease, self.clock())
        async with beating(AtOnce(self.store), self.lease, self.clock, faults.append):
            while not faults and (due := self.next_due(campaign)) is not None:
                if due > self.clock():
                    waiting(due)
                    await asyncio.sleep((due - self.clock()).total_seconds())
                settled += await self.settle_next(campaign)
        if faults:
            raise faults[0]
        return settled

    def next_due(self, campaign: Campaign) -> datetime | None:
        """When the next look at a doubt may be; None if every doubt has had its looks."""
        return min(map(self._due, self._open(campaign)), default=None)

    async def settle_next(self, campaign: Campaign) -> Settled:
        """One look at the doubt that has been due for longest, and what follows from it."""
        doubt = min(self._open(campaign), key=self._due, default=None)
        if doubt is None or self._due(doubt) > self.clock():
            return Settled()
        return self._conclude(doubt, await self._looker.look(doubt))

    def _open(self, campaign: Campaign) -> list[Doubt]:
        doubts = self.store.doubts.of(campaign.id)
        return [doubt for doubt in doubts if doubt.attempt_id not in self._judged]

    def _due(self, doubt: Doubt) -> datetime:
        due = doubt.given_up_at + self.settle
        if doubt.missed_at is not None and doubt.missed_at <= self.clock():
            due = max(due, doubt.missed_at + self._apart(doubt))
        return max(due, self._unripe.get(doubt.attempt_id, due))

    def _apart(self, doubt: Doubt) -> timedelta:
        """How far apart the two looks are.

        A moment from before our time was taken from another clock, which may have been behind
        ours; so that one wrong clock proves nothing, the whole settling time passes again.
        """
        return self.settle / 4 if doubt.given_up_at >= self._since else self.settle

    def _conclude(self, doubt: Doubt, look: Look) -> Settled:
        """Write down what a look at a doubt says."""
        now, actor, settlements = self.clock(), self.lease.worker, self.store.settlements
        match look:
            case Found(sms_id, accepted_at):
                done = settlements.confirm(
                    doubt, sms_id, accepted_at=accepted_at, now=now, actor=actor
                )
                return Settled(accepted=done)
            case Absent() if doubt.missed_at is None or doubt.missed_at > now:
                settlements.miss(doubt, now=now)
                return Settled()
            case Absent():
                return Settled(requeued=settlements.requeue(doubt, now=now, actor=actor))
            case Unheard() if self._unheard[doubt.attempt_id] < self.most_unheard - 1:
                self._unheard[doubt.attempt_id] += 1
                wait = min(LONGEST_WAIT, RIPENS * self._unheard[doubt.attempt_id])
                self._unripe[doubt.attempt_id] = now + wait
                return Settled()
            case Undecided(said) | Unheard(said):
                self._judged.add(doubt.attempt_id)
                return Settled(left=settlements.remark(doubt, said, now=now))
            case Unripe(until):
                self._unripe[doubt.attempt_id] = max(now + RIPENS, until or now)
                return Settled()
            case _:
                assert_never(look)
