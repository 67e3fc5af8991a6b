"""pace → claim → post → record: those four lines are the program.

The pacer spaces the sends evenly; the claim is the guard (the pace's slots, the lease, the
campaign's state, the row's state) and is durable before its request leaves; every send is a task
of its own, so that an answer that takes ten seconds delays no other; and whatever the answer is,
or is not, becomes the row's state. Nothing here sends a message whose last outcome is in doubt.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, assert_never

from bulksms.clock import Clock
from bulksms.committing import NEVER_LEFT, AtOnce, Book
from bulksms.heartbeat import beating, may_still_leave
from bulksms.model.errors import StoreError
from bulksms.model.notices import KEPT_FOR_LATER, Answered, Notice, Waiting
from bulksms.model.outcomes import Accepted, NotSent, Outcome, Unknown
from bulksms.model.phone import masked
from bulksms.model.records import (
    Campaign,
    ClaimedMessage,
    Hold,
    Lease,
    NothingQueued,
    NotRunning,
    NotYet,
)
from bulksms.model.states import Delivery, PausedReason, Reason
from bulksms.model.troubles import Troubles
from bulksms.model.vendor_record import DeliveryStatus, Unreadable
from bulksms.pacing import GLANCE, SendPace
from bulksms.store import Store

log = logging.getLogger(__name__)

SLOW_GLANCE = timedelta(seconds=5)
"""How often a waiting sender looks again while only rows in doubt are left."""
REST = timedelta(seconds=60)
"""How often it does while everybody is outside the sending hours, which may be all night."""
RECORD_TRIES = 30
"""How often, a second apart, an answer is offered to a database that cannot take it."""

LEFT_WAITING = "an earlier run has left the account a wait"
OUTSIDE_HOURS = "outside the sending hours"


class Client(Protocol):
    """The way out: one POST, and what it taught us."""

    async def send(self, message: ClaimedMessage) -> Outcome:
        """One POST. Never raises for what the wire does."""
        ...

    async def status(self, sms_id: str) -> DeliveryStatus | Unreadable:
        """What the vendor says of an accepted message. Never raises either."""
        ...


Awaited = Callable[[], datetime | None]
"""When something may come back to an empty queue; None if nothing will."""


@dataclass
class Sender:
    """Sends one campaign on one account's lease.

    `may_be_scheduled` is whether a person knows that the vendor may keep the texts for its
    opening hours; else the first one that it keeps pauses the campaign. `hands_on` is whether a
    stop leaves the campaign running, for another worker to go on with. In `book` claims and answers
    are written down; without one, each at once.
    """

    store: Store
    client: Client
    lease: Lease
    clock: Clock
    notify: Callable[[Notice], None] = lambda _notice: None
    may_be_scheduled: bool = False
    hands_on: bool = False
    book: Book | None = None
    _in_the_air: set[asyncio.Task[None]] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _pump: asyncio.Task[None] | None = None
    _stopped: bool = False
    _look_from: datetime | None = None
    _fault: BaseException | None = None
    _troubles: Troubles = field(default_factory=Troubles)

    def __post_init__(self) -> None:
        self._book = self.book or AtOnce(self.store)
        self._pace = SendPace(self.lease.rate, self.clock, self._book.ahead)

    @property
    def in_the_air(self) -> int:
        """How many answers are still to come."""
        return len(self._in_the_air)

    def stop(self) -> None:
        """Claim nothing more; the answers in the air are waited for."""
        self._stopped = True
        if self._pump is not None:
            self._pump.cancel()

    def abort(self) -> None:
        """Wait for nothing: what is in the air becomes unknown (interrupted)."""
        self.stop()
        for task in self._in_the_air:  # after its first step: nobody records what has not begun
            task.get_loop().call_soon(task.cancel)

    def look_again(self) -> None:
        """A message may have come back to the queue."""
        self._changed.set()

    async def room_for_reads(self) -> None:
        """At once, unless the vendor has refused a send for the rate.

        It may count reads and sends in one budget; then that is the sends' until none is queued.
        """
        if self._troubles.crowded:
            await self._idle.wait()

    async def run(self, campaign: Campaign, awaited: Awaited = lambda: None) -> None:
        """Send until nothing is left, or somebody or something stops it; the state says which.

        Nothing is left when `awaited` says so too.

        Raises:
            LeaseLost: somebody else has taken the account over.
            StoreError: the database could not be used any more.
        """
        await self._book.alone(partial(self.store.messages.recover, self.lease, self.clock()))
        self._pump = asyncio.create_task(self._claim_and_launch(campaign, awaited))
        if self._stopped:
            self._pump.cancel()
        async with beating(self._book, self.lease, self.clock, self._fail):
            await asyncio.wait({self._pump})
            self._pause_if_stopped(campaign, self._pump)
            while self._in_the_air:
                await asyncio.wait(self._in_the_air)
        if self._fault is not None:
            raise self._fault
        if not self._pump.cancelled():
            self._pump.result()

    def _pause_if_stopped(self, campaign: Campaign, pump: asyncio.Task[None]) -> None:
        """At once: while the answers are waited for, a person may hand it to the workers."""
        if pump.cancelled() and self._fault is None and not self.hands_on:
            try:
                self._pause(campaign, PausedReason.INTERRUPTED)
            except StoreError as error:
                self._fail(error)

    async def _claim_and_launch(self, campaign: Campaign, awaited: Awaited) -> None:
        while True:
            time = await self._pace.turn(self._in_the_air)
            claimed = await self._claim(campaign, awaited, time)
            if claimed is None:
                return
            task = asyncio.create_task(self._post_and_record(campaign, *claimed))
            self._in_the_air.add(task)
            task.add_done_callback(self._landed)

    async def _claim(
        self, campaign: Campaign, awaited: Awaited, time: datetime
    ) -> tuple[ClaimedMessage, datetime] | None:
        """The next message for `time` or later, and when; None when there is none any more."""
        self._idle.clear()
        while True:
            self._changed.clear()
            claim = await self._book.claim(self.lease, campaign.id, time)
            match claim:
                case ClaimedMessage():
                    return claim, time
                case NotYet(until, why):
                    self._say_why(until, why)
                    await self._wait(until, REST if why is Hold.HOURS else GLANCE)
                case NothingQueued() if self._in_the_air:
                    await self._wait(None, GLANCE)
                case NothingQueued() if (due := awaited()) is not None:
                    await self._wait_for_doubts(due)
                case NothingQueued() if not self._is_over(campaign):
                    await self._wait(None, GLANCE)
                case NothingQueued() | NotRunning():
                    return None
                case _:
                    assert_never(claim)
            time = self.clock() + self._book.ahead

    def _is_over(self, campaign: Campaign) -> bool:
        """And is said to be, unless a row has come back since the claim that found none."""
        return self.store.campaigns.settle(self.lease, campaign.id, now=self.clock())

    def _say_why(self, until: datetime | None, why: Hold) -> None:
        """Tell of a wait that is longer than the pace's own."""
        if until is not None and why is not Hold.PACE:
            reason = OUTSIDE_HOURS if why is Hold.HOURS else self._troubles.last or LEFT_WAITING
            self.notify(Waiting(until, reason))
        if why is Hold.HOURS:
            self._idle.set()

    async def _wait_for_doubts(self, due: datetime) -> None:
        """Until the vendor's record has been asked about a row, or the next glance."""
        if not self._idle.is_set():
            self.notify(Waiting(due, "some rows are in doubt; then Easify's record is asked"))
        self._idle.set()
        await self._wait(None, SLOW_GLANCE)

    async def _wait(self, until: datetime | None, glance: timedelta) -> None:
        """Until it may be claimed for that moment, an answer, or the next glance."""
        ahead = self._book.ahead
        patience = glance if until is None else min(glance, until - ahead - self.clock())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, patience.total_seconds())):
                await self._changed.wait()

    async def _post_and_record(
        self, campaign: Campaign, claimed: ClaimedMessage, time: datetime
    ) -> None:
        outcome: Outcome = NEVER_LEFT
        with contextlib.suppress(asyncio.CancelledError):
            await self._pace.its_time(time)
            if not await may_still_leave(self._book, self.lease, self.clock, time):
                outcome = NotSent("This computer was asleep when the message's turn came.")
            else:
                outcome = Unknown(Reason.INTERRUPTED, "Stopped by hand before an answer came.")
                outcome = await self.client.send(claimed)
        await self._record(campaign, claimed, outcome)

    async def _record(self, campaign: Campaign, claimed: ClaimedMessage, outcome: Outcome) -> None:
        """Write the answer down; a database that cannot take it is offered it again."""
        now, worker = self.clock(), self.lease.worker
        self._pace.heard(now)
        hold_until = self._troubles.weigh(outcome, now, claimed.row_number)
        for tries_left in reversed(range(RECORD_TRIES)):
            try:
                # First the pause: what goes back to the queue could be claimed in the same commit.
                self._pause_if_pointless(campaign, outcome)
                await self._book.record(
                    claimed, outcome, worker=worker, now=now, hold_until=hold_until
                )
                break
            except StoreError as error:
                self._fail(error)
                if tries_left == 0:
                    return
                await asyncio.sleep(1)
        log.info(
            "campaign=%s row=%d attempt_id=%d to=%s outcome=%s http_status=%s",
            *(campaign.name, claimed.row_number, claimed.attempt_id, masked(claimed.to_number)),
            *(type(outcome).__name__, outcome.http_status),
        )
        self.notify(Answered(claimed, outcome))
        if isinstance(outcome, Accepted) and not (self.may_be_scheduled or campaign.force_send):
            await self._look_whether_scheduled(campaign, outcome.sms_id)

    async def _look_whether_scheduled(self, campaign: Campaign, sms_id: str) -> None:
        """Pause if the vendor keeps the text for its opening hours: none can be called back.

        The answer to the POST does not tell (easify-api: sms/send, `force_send`). One look is
        enough, of the first text whose status can be read.
        """
        if self._look_from is not None and self.clock() < self._look_from:
            return
        self.may_be_scheduled = True
        seen = await self.client.status(sms_id)
        if isinstance(seen, Unreadable):
            self.may_be_scheduled = False
            self._look_from = self.clock() + (seen.retry_after or timedelta(0))
        elif seen.status is Delivery.SCHEDULED:
            self._pause(campaign, PausedReason.SCHEDULED, KEPT_FOR_LATER)

    def _pause_if_pointless(self, campaign: Campaign, outcome: Outcome) -> None:
        pause = self._troubles.pause_after(outcome)
        if pause is not None:
            self._pause(campaign, pause.reason, pause.detail)

    def _pause(self, campaign: Campaign, reason: PausedReason, detail: str | None = None) -> None:
        now, actor = self.clock(), self.lease.worker
        self.store.campaigns.pause(campaign.id, reason, detail, now=now, actor=actor)

    def _fail(self, error: BaseException) -> None:
        """Claim nothing more, and end with this error once the answers in the air are in."""
        self._fault = self._fault or error
        self.stop()

    def _landed(self, task: asyncio.Task[None]) -> None:
        """A fault of ours ends the run: it would befall one message after another."""
        self._in_the_air.discard(task)
        self._changed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
