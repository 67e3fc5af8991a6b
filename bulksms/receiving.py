"""The deliveries of accepted rows, brought up to date in as few reads as can be.

A short tail is asked for message by message; a long one is read from the pages of the account's
record, for as long as the pages that are left cost less than asking for what is left.
Reads have a pace of their own (`pacing`), apart from the sends', and the vendor may still count
both together: after the last send is the best time. What was learnt is written down page by
page, so an interruption loses nothing.
"""

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from math import ceil
from typing import Literal, Protocol, TypeVar

from bulksms.clock import Clock
from bulksms.model.errors import AccountProblem
from bulksms.model.joining import AcceptedMessage, Join, Receipt
from bulksms.model.notices import Waiting
from bulksms.model.records import Campaign
from bulksms.model.vendor_record import DeliveryStatus, Page, Unreadable, Via
from bulksms.pacing import Pace
from bulksms.store import Store

SUCCESS_PATIENCE = timedelta(hours=72)
"""How long a receipt is waited for after `success`; then it stays: taken over by the carrier."""
LONGEST_SPAN = timedelta(days=30)
"""The vendor's maximum for one query (sms/report); both its days are counted."""
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
USUAL_PAGE = 100
"""Messages on a page, until the first page says how many there are."""
TRIES = 5
"""How often a read is made that meets a lost connection or a broken server."""
UNKNOWN_IN_A_ROW = 10
"""How many messages in a row may be unknown to the vendor before asking on is pointless."""

_SERVER_ERROR = 500

Found = TypeVar("Found")


class Client(Protocol):
    """The vendor's record. Never raises for what the wire does."""

    async def report(
        self,
        first_day: date,
        last_day: date,
        *,
        page: int,
        sender: str | None,
        order: Literal["asc", "desc"],
    ) -> Page | Unreadable:
        """A page of all messages of some days."""
        ...

    async def status(self, sms_id: str) -> DeliveryStatus | Unreadable:
        """Where one message stands."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of the `wanted` messages have the vendor's word, after so many reads."""

    answered: int
    wanted: int
    requests: int


ReceivingNotice = Progress | Waiting
"""What `receive` tells whoever watches it."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came of it.

    Attributes:
        changed: messages whose delivery is another now.
        open: messages whose last word is still not spoken.
        requests: how many reads it took.
        trouble: why it stopped before the end, in the vendor's words; None if it did not.
    """

    changed: int
    open: int
    requests: int
    trouble: str | None


async def receive(
    store: Store,
    client: Client,
    campaign: Campaign,
    *,
    clock: Clock,
    pace: Pace,
    notify: Callable[[ReceivingNotice], None] = lambda _notice: None,
) -> Received:
    """Ask the vendor for every accepted message of the campaign whose last word is not spoken.

    Raises:
        AccountProblem: the account itself is refused; what came before is kept.
    """
    receiver = _Receiver(store, client, campaign, clock, pace, notify)
    trouble = None
    try:
        await receiver.run()
    except _Stopped as stopped:
        trouble = str(stopped)
    return Received(receiver.changed, len(receiver.open()), receiver.requests, trouble)


class _Stopped(Exception):
    """Reading on is pointless for now."""


@dataclass(frozen=True, slots=True)
class _Window:
    """Days that one query may span, the open messages within, and their sender if it is one."""

    first_day: date
    last_day: date
    messages: Sequence[AcceptedMessage]
    sender: str | None


def _windows(messages: Sequence[AcceptedMessage]) -> Iterator[_Window]:
    """Windows that hold all messages, which come in the order of acceptance.

    They are wider by a day at both ends, for nobody knows the zone of the vendor's days.
    """
    rest = messages
    while rest:
        first_day = rest[0].accepted_at.date() - DAY
        last_day = first_day + LONGEST_SPAN - DAY
        inside = [each for each in rest if each.accepted_at.date() < last_day]
        senders = {each.sender for each in inside}
        sender = senders.pop() if len(senders) == 1 else None
        yield _Window(first_day, inside[-1].accepted_at.date() + DAY, inside, sender)
        rest = rest[len(inside) :]


@dataclass
class _Receiver:
    store: Store
    client: Client
    campaign: Campaign
    clock: Clock
    pace: Pace
    notify: Callable[[ReceivingNotice], None]
    changed: int = 0
    requests: int = 0
    _wanted: int = 0
    _unanswered: set[int] = field(default_factory=set)

    def open(self) -> list[AcceptedMessage]:
        """The messages whose last word is not spoken, as the database knows it now."""
        since = self.clock() - SUCCESS_PATIENCE
        return self.store.receipts.open(self.campaign.id, success_since=since)

    async def run(self) -> None:
        waiting = self.open()
        self._wanted = len(waiting)
        self._unanswered = {each.id for each in waiting}
        for window in _windows(waiting):
            await self._read_pages(window)
            await self._ask_one_by_one(window.messages)

    async def _read_pages(self, window: _Window) -> None:
        """Page on while that is cheaper than asking for each message that is left."""
        known = self._known(window)
        join = Join(known)
        number, pages_left = 0, ceil(len(known) / USUAL_PAGE)
        while self._count(window) > pages_left and number < len(window.messages):
            number += 1
            page = await self._patiently(partial(self._report, window, number))
            if isinstance(page, Unreadable):
                return
            self._record(join.add(page.items), Via.REPORT)
            if page.whole or not page.items:
                self._record(join.rest(), Via.REPORT)
                return
            pages_left = _pages_left(page, number, len(known))

    async def _report(self, window: _Window, number: int) -> Page | Unreadable:
        days = window.first_day, window.last_day
        # Oldest first: what is accepted meanwhile moves nothing to another page.
        return await self.client.report(*days, page=number, sender=window.sender, order="asc")

    async def _ask_one_by_one(self, messages: Iterable[AcceptedMessage]) -> None:
        strangers = 0
        for message in messages:
            if message.id not in self._unanswered:
                continue
            found = await self._patiently(partial(self.client.status, message.sms_id))
            if isinstance(found, Unreadable):
                strangers += 1
                if strangers == UNKNOWN_IN_A_ROW:
                    raise _Stopped(found.text)
            else:
                strangers = 0
                self._record([Receipt(message.id, found.status, found.remarks)], Via.STATUS)

    async def _patiently(
        self, read: Callable[[], Awaitable[Found | Unreadable]]
    ) -> Found | Unreadable:
        """What the vendor says, or why it will not: a 429 and a short trouble are waited out."""
        troubles = 0
        while True:
            await self.pace()
            self.requests += 1
            found = await read()
            if not isinstance(found, Unreadable):
                return found
            if found.blocked is not None:
                raise self._refused(found.text)
            wait = found.retry_after
            if wait is None:
                if found.http_status is not None and found.http_status < _SERVER_ERROR:
                    return found
                troubles += 1
                if troubles == TRIES:
                    raise _Stopped(found.text)
                wait = SECOND * 2**troubles
            self.notify(Waiting(self.clock() + wait, found.text))
            await asyncio.sleep(wait.total_seconds())

    def _refused(self, text: str) -> AccountProblem:
        return AccountProblem(
            f"Easify does not let this account read its record: {text}",
            next_command=f"bulksms receive {shlex.quote(self.campaign.name)}   once that is mended",
        )

    def _record(self, receipts: Iterable[Receipt], via: Via) -> None:
        news = [each for each in receipts if each.message_id in self._unanswered]
        self.changed += self.store.receipts.record(
            self.campaign.id, news, via=via, now=self.clock()
        )
        self._unanswered -= {each.message_id for each in news}
        self.notify(Progress(self._wanted - len(self._unanswered), self._wanted, self.requests))

    def _known(self, window: _Window) -> list[AcceptedMessage]:
        """All that the report should show of ours, with that sender if it names one."""
        known = self.store.receipts.accepted_between(
            self.campaign.id, window.first_day, window.last_day
        )
        return [each for each in known if window.sender in (None, each.sender)]

    def _count(self, window: _Window) -> int:
        return sum(each.id in self._unanswered for each in window.messages)


def _pages_left(page: Page, number: int, expected: int) -> int:
    """How many pages follow, by the page's own word, or else by what was expected."""
    per_page = page.per_page or len(page.items)
    total = expected if page.total is None else page.total
    return max(1, (page.last_page or ceil(total / per_page)) - number)
