"""Opt-outs that find us: the recipients' own words, read in the vendor's record.

One conversation is one read, within the vendor's budget for reads, the newest recipients first.
Who wrote a word that means "stop", and nothing else, goes to the suppression list with the record
as the evidence. A number that a person has taken off the list since comes back only for another
message.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bulksms.clock import Clock
from bulksms.model.records import Campaign
from bulksms.model.stop_words import opt_outs_in
from bulksms.model.vendor_record import Page, RecordedSms, Unreadable
from bulksms.store import Store

TRIES = 3
"""Of one conversation, when the vendor says "too many requests" and until when."""


class Reader(Protocol):
    """The vendor's record. Never raises for what the wire does."""

    async def chat_history(self, sender: str, receiver: str) -> Page | Unreadable:
        """The conversation between one of our numbers and a recipient, E.164."""
        ...


@dataclass
class Synced:
    """What was found; `trouble` is why it stopped early."""

    read: int = 0
    added: int = 0
    trouble: str | None = None


async def sync(
    store: Store,
    reader: Reader,
    campaign: Campaign,
    *,
    clock: Clock,
    pace: Callable[[], Awaitable[None]],
    notify: Callable[[Synced], None] = lambda _synced: None,
) -> Synced:
    """Read the conversations of everybody the campaign may have texted. Safe to repeat."""
    synced = Synced()
    for sender, number in store.suppressions.conversations(campaign.id):
        page = await _read(reader, sender, number, pace)
        if isinstance(page, Unreadable):
            synced.trouble = page.text
            break
        synced.read += 1
        found = {_evidence(sms): _reason(sms) for sms in opt_outs_in(page.items)}
        synced.added += store.suppressions.add_found(number, found, now=clock())
        notify(synced)
    return synced


async def _read(
    reader: Reader, sender: str, number: str, pace: Callable[[], Awaitable[None]]
) -> Page | Unreadable:
    """One conversation at its pace; a 429 is obeyed."""
    for _ in range(TRIES):
        await pace()
        answer = await reader.chat_history(sender, number)
        if isinstance(answer, Page) or answer.retry_after is None:
            break
        await asyncio.sleep(answer.retry_after.total_seconds())
    return answer


def _reason(sms: RecordedSms) -> str:
    when = f" on {sms.written_at:%Y-%m-%d at %H:%M}" if sms.written_at else ""
    return f"wrote '{sms.text.strip()[:40]}'{when}"


def _evidence(sms: RecordedSms) -> str:
    """A name for this very message."""
    return f"record {sms.id or sms.written_at}"
