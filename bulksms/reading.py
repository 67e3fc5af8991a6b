"""The vendor's record as a look reads it: at its own pace, and with what its silence is worth."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

from bulksms.model.matching import Doubt, Witness
from bulksms.model.vendor_record import Page, RecordedSms, Unreadable
from bulksms.pacing import Pace

READ_TRIES = 3
"""How often a read that was told to wait (429) is made."""
MOST_PAGES = 20
"""A conversation of a few days that is longer proves nothing by its silence."""
DAY = timedelta(days=1)
MOST_DAYS = timedelta(days=27)
"""With the days around them the report's 30 (sms/report, `to_date`)."""


class Reader(Protocol):
    """The vendor's record. Never raises for what the wire does."""

    async def chat_history(self, sender: str, receiver: str) -> Page | Unreadable:
        """The conversation between one of our numbers and a recipient."""
        ...

    async def report(
        self, first_day: date, last_day: date, *, page: int, sender: str, receiver: str
    ) -> Page | Unreadable:
        """The account's messages of some days, a page of them."""
        ...


class Source(StrEnum):
    """The two places where the record can be read."""

    CHAT = "chat history"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one source shows; `trouble` is why its silence would prove nothing."""

    items: tuple[RecordedSms, ...] = ()
    trouble: str | None = None


@dataclass
class VendorRecord:
    """Both sources, read one request at a time.

    `unheard` is set once a read had no answer at all; whoever looks anew clears it.
    """

    reader: Reader
    pace: Pace
    unheard: bool = False

    async def conversation(self, ours: Doubt | Witness) -> Seen:
        """The conversation between our number and the recipient's."""
        page = await self._read(partial(self.reader.chat_history, ours.sender, ours.to_number))
        if isinstance(page, Unreadable):
            return Seen(trouble=page.text)
        beyond = None if page.whole else "the conversation may be longer than it shows"
        return Seen(page.items, beyond)

    async def report(self, ours: Doubt | Witness, first: datetime, last: datetime) -> Seen:
        """All pages of the days around, 30 at most; the record's days may be another zone's."""
        days = (first - DAY).date(), (min(last, first + MOST_DAYS) + DAY).date()
        items: list[RecordedSms] = []
        for number in range(1, MOST_PAGES + 1):
            ask = partial(self.reader.report, sender=ours.sender, receiver=ours.to_number)
            page = await self._read(partial(ask, *days, page=number))
            if isinstance(page, Unreadable):
                return Seen(tuple(items), page.text)
            items += page.items
            if page.whole:
                return Seen(tuple(items))
        return Seen(tuple(items), f"it goes on after {MOST_PAGES} pages")

    async def _read(self, read: Callable[[], Awaitable[Page | Unreadable]]) -> Page | Unreadable:
        """One read at its pace; a 429 is obeyed."""
        for _ in range(READ_TRIES):
            await self.pace()
            answer = await read()
            if isinstance(answer, Page):
                return answer
            self.unheard |= answer.unheard
            if answer.retry_after is None:
                return answer
            await asyncio.sleep(answer.retry_after.total_seconds())
        return answer
