"""What one POST can teach us: a closed union of five.

The default is `Unknown`: anything that does not prove that the vendor took the message,
or that it did not, leaves the message in doubt, and doubt never resends.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bulksms.model.states import PausedReason, Reason


@dataclass(frozen=True, slots=True)
class Accepted:
    """The vendor took the message and named it."""

    sms_id: str
    http_status: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """This message is refused for good; `text` is the vendor's sentence.

    `http_status` is None where it was refused on our side: it could not even be posted.
    """

    reason: Reason
    text: str
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """Provably not processed: nothing was written, or the vendor said "later" (429).

    `retry_after` is the wait that the vendor named; None leaves it to us.
    """

    text: str
    retry_after: timedelta | None = None
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class AccountBlocked:
    """The account, not the message, is refused; a person must act before anything is sent."""

    reason: PausedReason
    text: str
    http_status: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """The vendor may or may not have taken the message."""

    reason: Reason
    text: str
    http_status: int | None = None


Outcome = Accepted | Rejected | NotSent | AccountBlocked | Unknown


class OutcomeName(StrEnum):
    """An outcome as the attempt table names it."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    ACCOUNT_BLOCKED = "account_blocked"
    UNKNOWN = "unknown"
