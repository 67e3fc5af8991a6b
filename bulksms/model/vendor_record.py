"""What the vendor's own record says: of one message, of a page of them, of the account's numbers.

The record is read back to settle doubts and to learn deliveries, so every shape here says how
far it can be believed: a page knows whether anything may lie beyond it, and what could not be
read is `Unreadable`, which proves nothing.

Source: the vendor's pages of sms/status, sms/report, sms/chat-history and phone-numbers,
https://easify.app/docs/api.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bulksms.model.states import Delivery, PausedReason

SETTLED = frozenset({Delivery.DELIVERED, Delivery.UNDELIVERED, Delivery.FAILED})
"""The carrier's last words; nothing follows them (sms/status, the table of statuses)."""

UNDER_WAY = frozenset({Delivery.PENDING, Delivery.SCHEDULED})
"""Still with the vendor."""


class Via(StrEnum):
    """How a delivery status came to us."""

    STATUS = "status"
    """Asked for by the message's id."""
    REPORT = "report"
    """Read from a page of the account's record."""
    WEBHOOK = "webhook"
    """Pushed by the vendor."""


@dataclass(frozen=True, slots=True)
class RecordedSms:
    """One message as the vendor recorded it; `sender` and `receiver` are E.164.

    `id` is empty where the record gives none. `status` is None for a word that is not known.
    `written_at` is naive, for the record never names its zone; None if it cannot be read.
    `outgoing` is False for what the other side wrote.
    """

    id: str
    sender: str
    receiver: str
    text: str
    has_media: bool
    status: Delivery | None
    remarks: str
    written_at: datetime | None
    outgoing: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the record, and what it tells of the others, as far as it does.

    `whole` is True only if nothing can lie beyond this page.
    """

    items: tuple[RecordedSms, ...]
    per_page: int | None
    last_page: int | None
    total: int | None
    whole: bool


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """Where one message stands, and what the vendor remarks about it."""

    status: Delivery
    remarks: str


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """The account's numbers that are active and approved, E.164."""

    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A read that taught nothing; `text` says why, in a sentence for a person.

    `retry_after` is the wait that the vendor named (429). `http_status` is None where no answer
    came. `blocked` is set where the account itself is refused and a person must act. `unheard` is
    whether Easify was not reached or did not answer, so that a later read may teach more.
    """

    text: str
    retry_after: timedelta | None = None
    http_status: int | None = None
    blocked: PausedReason | None = None
    unheard: bool = False


def comparable(text: str) -> str:
    """A text as two sides may compare it: trimmed, CRLF as LF, composed (Unicode NFC)."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def replaceable_by(status: Delivery) -> frozenset[Delivery]:
    """The known statuses that `status` may replace: nothing settled, and nothing by an older one.

    A message is never "under way" again once the vendor has handed it over (`success`).
    """
    if status in SETTLED:
        return UNDER_WAY | {Delivery.SUCCESS}
    return UNDER_WAY - {status}
