"""What the vendor really accepted, and how it looks in the vendor's own record.

Acceptance is decided when a request arrives, even when it takes effect later: `accepted_at` may
lie in the future, and until then no read shows the message. So nothing that happens to the
caller afterwards can lose or double it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Step = tuple[timedelta, str, str]

CHAT_STAMP = "%m-%d-%Y %I:%M:%S %p"
"""How a conversation writes a moment: month first, and no zone."""

JOURNEYS: Mapping[str, tuple[Step, ...]] = {
    "delivered": (
        (timedelta(0), "Pending", ""),
        (timedelta(seconds=2), "Success", ""),
        (timedelta(seconds=10), "Delivered", ""),
    ),
    "undelivered": (
        (timedelta(0), "Pending", ""),
        (timedelta(seconds=2), "Success", ""),
        (timedelta(seconds=10), "Undelivered", "Unreachable destination handset"),
    ),
    "failed": (
        (timedelta(0), "Pending", ""),
        (timedelta(seconds=2), "Failed", "Technical issue at the provider"),
    ),
    "no_receipt": (
        (timedelta(0), "Pending", ""),
        (timedelta(seconds=2), "Success", ""),
    ),
}
"""How a message's status goes on: (time since its release, status, remarks)."""


@dataclass(frozen=True, slots=True)
class Sms:
    """One accepted message; `released_at` is later than `accepted_at` if it was scheduled."""

    id: int
    token: str
    sender: str
    receiver: str
    message: str | None
    media: str | None
    lead_id: str | None
    force_send: bool
    accepted_at: datetime
    released_at: datetime
    journey: str = "delivered"

    def status(self, now: datetime) -> tuple[str, str]:
        """The vendor's word for where it stands at `now`, and its remark."""
        since = now - self.released_at
        for after, status, remarks in reversed(JOURNEYS[self.journey]):
            if after <= since:
                return status, remarks
        return "Scheduled", ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a recipient wrote to one of the account's numbers."""

    id: int
    token: str
    sender: str
    receiver: str
    message: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Quirks:
    """What is not documented about the vendor's record, so that either can be tried.

    Attributes:
        zone: the zone of `created_at` and of dates; the record never names it.
        record_lag: how long an accepted message is missing from chat history and report.
        record_id_offset: what the record's ids differ by from `sms_id`; 0 is one id space.
        largest_limit: the greatest page size that a list takes.
    """

    zone: tzinfo = UTC
    record_lag: timedelta = timedelta(0)
    record_id_offset: int = 0
    largest_limit: int = 100


class Ledger:
    """All accepted messages, in the order of their arrival.

    Attributes:
        truth: what tests compare with what a client believes.
        replies: what recipients wrote back; only a conversation shows it.
    """

    FIRST_ID = 331501
    FIRST_REPLY = 8_000_001
    """Far from the ids of accepted messages, wherever the record counts them from."""

    def __init__(self, quirks: Quirks) -> None:
        self.quirks = quirks
        self.truth: list[Sms] = []
        self.replies: list[Reply] = []

    @property
    def next_id(self) -> int:
        """The id of the next accepted message."""
        return self.FIRST_ID + len(self.truth)

    def find(self, token: str, sms_id: str, now: datetime) -> Sms | None:
        """The account's message of that id, if it is accepted by `now`."""
        mine = (sms for sms in self.truth if sms.token == token and str(sms.id) == sms_id)
        return next((sms for sms in mine if sms.accepted_at <= now), None)

    def recorded(self, token: str, now: datetime) -> list[Sms]:
        """What the account's record shows at `now`, newest first."""
        shown_until = now - self.quirks.record_lag
        shown = [s for s in self.truth if s.token == token and s.accepted_at <= shown_until]
        return sorted(shown, key=lambda sms: (sms.accepted_at, sms.id), reverse=True)

    def hear(self, sms: Sms, message: str, now: datetime) -> None:
        """Its recipient answers."""
        self.replies.append(
            Reply(
                id=self.FIRST_REPLY + len(self.replies),
                token=sms.token,
                sender=sms.receiver,
                receiver=sms.sender,
                message=message,
                written_at=now,
            )
        )

    def heard(self, token: str, now: datetime) -> list[Reply]:
        """What the account's numbers were written by `now`."""
        return [each for each in self.replies if each.token == token and each.written_at <= now]

    def day(self, sms: Sms) -> date:
        """The day on which the record files it."""
        return sms.accepted_at.astimezone(self.quirks.zone).date()

    def chat_item(self, sms: Sms, now: datetime) -> dict[str, object]:
        """As `sms/chat-history` shows it: the failure text is called `reason`."""
        status, remarks = sms.status(now)
        return {
            "id": sms.id + self.quirks.record_id_offset,
            "sender": sms.sender,
            "receiver": sms.receiver,
            "message": sms.message or "",
            "sms_type": _sms_type(sms),
            "send_by": "sender",
            "media_url": sms.media or "",
            "status": status,
            "created_at": self._local(sms.accepted_at, CHAT_STAMP),
            "reason": remarks or None,
        }

    def reply_item(self, reply: Reply) -> dict[str, object]:
        """As `sms/chat-history` may show it: the page names only `send_by` of what was sent."""
        return {
            "id": reply.id,
            "sender": reply.sender,
            "receiver": reply.receiver,
            "message": reply.message,
            "sms_type": "sms",
            "send_by": "receiver",
            "media_url": "",
            "status": "Received",
            "created_at": self._local(reply.written_at, CHAT_STAMP),
            "reason": None,
        }

    def report_item(self, sms: Sms, now: datetime) -> dict[str, object]:
        """As `sms/report` may show it: its page is cut, so this is as unlike the chat as may be."""
        status, remarks = sms.status(now)
        return {
            "sms_id": sms.id + self.quirks.record_id_offset,
            "sender": sms.sender,
            "receiver": sms.receiver,
            "message": sms.message,
            "credits": 9,
            "sms_type": _sms_type(sms),
            "media_url": sms.media,
            "remarks": remarks,
            "status": status,
            "created_at": self._local(sms.accepted_at, "%Y-%m-%d %H:%M:%S"),
        }

    def released_at(
        self, opening_hours: tuple[time, time] | None, accepted_at: datetime
    ) -> datetime:
        """When a message accepted then leaves: at once, or at the next opening."""
        if opening_hours is None:
            return accepted_at
        opens, closes = opening_hours
        local = accepted_at.astimezone(self.quirks.zone)
        if opens <= local.time() < closes:
            return accepted_at
        day = local.date() + timedelta(days=local.time() >= closes)
        return datetime.combine(day, opens, self.quirks.zone).astimezone(UTC)

    def _local(self, moment: datetime, form: str) -> str:
        return moment.astimezone(self.quirks.zone).strftime(form)


def _sms_type(sms: Sms) -> str:
    return "mms" if sms.media else "sms"
