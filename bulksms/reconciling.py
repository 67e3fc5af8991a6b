"""Rows in doubt, settled against the vendor's own record, or left in doubt with a sentence.

Found there, and explained by no other message of ours: accepted, with that id.
Absent: back in the queue, but only when the settling time has passed, two looks apart agree,
and the record has been proven to show our sends at all, by one that it must show.
Anything less leaves the row unknown: doubt never resends.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

from bulksms.clock import Clock
from bulksms.model.matching import (
    Calibration,
    Doubt,
    Witness,
    around,
    calibrate,
    is_text_of,
    unexplained,
)
from bulksms.model.records import Campaign, Lease
from bulksms.model.vendor_record import Page, RecordedSms, Unreadable
from bulksms.store import Store

WITNESSES = 5
"""How many confirmed sends are tried as witnesses, the newest first."""
READ_TRIES = 3
"""How often a read that was told to wait (429) is made."""
MOST_PAGES = 20
"""A conversation of a few days that is longer proves nothing by its silence."""
DAY = timedelta(days=1)

Pace = Callable[[], Awaitable[None]]
"""Waited for before each read: the vendor allows 60 a minute."""


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


@dataclass(frozen=True, slots=True)
class Found:
    """The record has the message."""

    item: RecordedSms


@dataclass(frozen=True, slots=True)
class Absent:
    """A source that is proven to show our sends does not have the message."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing is proven; `said` is the sentence for the person."""

    said: str


Look = Found | Absent | Undecided


@dataclass
class Settled:
    """What became of the doubts that were due."""

    accepted: int = 0
    requeued: int = 0
    left: int = 0

    def __add__(self, other: "Settled") -> "Settled":
        return Settled(
            self.accepted + other.accepted, self.requeued + other.requeued, self.left + other.left
        )


@dataclass
class Reconciler:
    """Settles the doubts of campaigns on one account's lease.

    A doubt is looked at once in a reconciler's life: what it leaves open, it leaves open.
    `settle` is how long after we gave up an absence is believed: the time within which
    the vendor's record is trusted to show everything.
    """

    store: Store
    reader: Reader
    lease: Lease
    clock: Clock
    settle: timedelta
    pace: Pace
    _judged: set[int] = field(default_factory=set)
    _known: Calibration | None = None
    _proven: set[Source] = field(default_factory=set)

    def next_due(self, campaign: Campaign) -> datetime | None:
        """When the next doubt that was not looked at yet may be; None if there is none."""
        moments = (doubt.given_up_at + self.settle for doubt in self._open(campaign))
        return min(moments, default=None)

    async def settle_due(self, campaign: Campaign) -> Settled:
        """Look at every doubt whose settling time has passed."""
        now, settled = self.clock(), Settled()
        due = [each for each in self._open(campaign) if each.given_up_at + self.settle <= now]
        if not due:
            return settled
        await self._call_witnesses()
        absent = [doubt for doubt in due if await self._first_look(doubt, settled)]
        if absent:
            await asyncio.sleep((self.settle / 4).total_seconds())
        for doubt in absent:
            self._conclude(doubt, await self._look(doubt), settled)
        return settled

    def _open(self, campaign: Campaign) -> list[Doubt]:
        doubts = self.store.doubts.of(campaign.id)
        return [doubt for doubt in doubts if doubt.attempt_id not in self._judged]

    async def _first_look(self, doubt: Doubt, settled: Settled) -> bool:
        """Whether the doubt needs its second look."""
        look = await self._look(doubt)
        if isinstance(look, Absent):
            return True
        self._conclude(doubt, look, settled)
        return False

    def _conclude(self, doubt: Doubt, look: Look, settled: Settled) -> None:
        """Write down what the last look at a doubt says."""
        self._judged.add(doubt.attempt_id)
        now, actor = self.clock(), self.lease.worker
        match look:
            case Found(item):
                at = self._accepted_at(doubt, item)
                settled.accepted += self.store.settlements.confirm(
                    doubt, item.id, accepted_at=at, now=now, actor=actor
                )
            case Absent():
                settled.requeued += self.store.settlements.requeue(doubt, now=now, actor=actor)
            case Undecided(said):
                settled.left += self.store.settlements.remark(doubt, said, now=now)

    def _accepted_at(self, doubt: Doubt, item: RecordedSms) -> datetime:
        """The record's time in UTC where its zone is known, else the attempt's own."""
        if self._known is None or item.written_at is None:
            return doubt.started_at
        return item.written_at.replace(tzinfo=UTC) - self._known.offset

    async def _call_witnesses(self) -> None:
        """Prove that the record shows our sends, and learn its time zone and its ids."""
        self._known, self._proven = None, set()
        for witness in self.store.doubts.witnesses(self.lease.account_id, WITNESSES):
            seen = await self._seen_in_chat(witness)
            learnt = calibrate(witness, seen.items)
            if learnt is not None:
                self._known = learnt
                self._proven.add(Source.CHAT)
            if learnt is not None or self._is_missing(witness, seen):
                break
        for witness in self.store.doubts.witnesses(self.lease.account_id, 1):
            seen = await self._seen_in_report(witness, witness.accepted_at, witness.accepted_at)
            learnt = calibrate(witness, seen.items)
            if learnt is not None:
                self._known = self._known or learnt
                self._proven.add(Source.REPORT)

    def _is_missing(self, witness: Witness, seen: Seen) -> bool:
        """Whether a record that should show it by now does not: then no older one speaks for it."""
        overdue = witness.accepted_at + self.settle <= self.clock()
        shown = any(is_text_of(witness, item) for item in seen.items)
        return overdue and not shown and not seen.trouble

    async def _look(self, doubt: Doubt) -> Look:
        """One look at everything the record shows of the doubt's attempt."""
        seen = {Source.CHAT: await self._seen_in_chat(doubt)}
        found = self._find(doubt, seen[Source.CHAT].items)
        if found is None:
            report = await self._seen_in_report(doubt, doubt.started_at, doubt.given_up_at)
            seen[Source.REPORT] = report
            found = self._find(doubt, report.items)
        if found is not None:
            return found
        if any(not seen[source].trouble for source in self._proven & seen.keys()):
            return Absent()
        return Undecided(self._why_nothing_is_proven(seen))

    def _find(self, doubt: Doubt, items: Sequence[RecordedSms]) -> Found | Undecided | None:
        """The doubt's own record, or one that might be it; None if there is neither."""
        if mine := self._unexplained(doubt, items, self._known):
            return Found(mine[0])
        if self._unexplained(doubt, items, None):
            # A clock that was set between the witness and the attempt: the times cannot be trusted.
            return Undecided(
                "Easify's record shows this text to this number, but not at the time of the"
                " attempt; look at the conversation there, then say with `bulksms resolve` what"
                " it was."
            )
        return self._another_text(doubt, items)

    def _unexplained(
        self, doubt: Doubt, items: Iterable[RecordedSms], known: Calibration | None
    ) -> list[RecordedSms]:
        """Records of the doubt's text, in its time as far as that is known, that no other owns."""
        near = around(doubt, items, known, self.settle)
        same = [item for item in near if is_text_of(doubt, item)]
        owned, confirmed = self._owned(doubt, same), self._confirmed(doubt)
        return unexplained(
            same, doubt, known=known, owned=owned, confirmed=confirmed, settle=self.settle
        )

    def _another_text(self, doubt: Doubt, items: Iterable[RecordedSms]) -> Undecided | None:
        """Whether something else went to the number at that time, and nobody knows what it was."""
        near = around(doubt, items, self._known, self.settle)
        ours: list[Doubt | Witness] = [doubt, *self._confirmed(doubt)]
        owned = self._owned(doubt, near)
        for item in near:
            if item.id not in owned and not any(is_text_of(each, item) for each in ours):
                return Undecided(
                    "Easify's record shows another text to this number at that time;"
                    " look at the conversation there, then say with `bulksms resolve` what it was."
                )
        return None

    def _owned(self, doubt: Doubt, items: Iterable[RecordedSms]) -> set[str]:
        ids = {item.id for item in items}
        return self.store.doubts.owned(self.lease.account_id, doubt.sender, doubt.to_number, ids)

    def _confirmed(self, doubt: Doubt) -> list[Witness]:
        return self.store.doubts.accepted_to(self.lease.account_id, doubt.sender, doubt.to_number)

    def _why_nothing_is_proven(self, seen: dict[Source, Seen]) -> str:
        troubles = [f"{source}: {each.trouble}" for source, each in seen.items() if each.trouble]
        if len(troubles) == len(seen) or (troubles and self._proven):
            return f"Easify's record could not be read ({'; '.join(troubles)}); nothing is proven."
        return (
            "Easify's record does not show the message, but it shows no other accepted message"
            " of ours either, so its silence proves nothing."
        )

    async def _seen_in_chat(self, ours: Doubt | Witness) -> Seen:
        page = await self._read(partial(self.reader.chat_history, ours.sender, ours.to_number))
        if isinstance(page, Unreadable):
            return Seen(trouble=page.text)
        beyond = None if page.whole else "the conversation is longer than it shows"
        return Seen(page.items, beyond)

    async def _seen_in_report(self, ours: Doubt | Witness, first: datetime, last: datetime) -> Seen:
        """All pages of the days around; the record's days may be another zone's."""
        days = (first - DAY).date(), (last + DAY).date()
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
            if isinstance(answer, Page) or answer.retry_after is None:
                return answer
            await asyncio.sleep(answer.retry_after.total_seconds())
        return answer
