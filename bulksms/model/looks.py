"""What one look at the vendor's record can say of a row in doubt: a closed union of five."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Found:
    """The record has the message, accepted at about `accepted_at` (UTC)."""

    sms_id: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Absent:
    """A source that is proven to show our sends does not have the message."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing is proven; `said` is the sentence for the person."""

    said: str


@dataclass(frozen=True, slots=True)
class Unripe:
    """Another message to the same number might have its record taken for ours, or ours for its.

    It is in the air, or was accepted or given up so lately that the record need not show it before
    `until`.
    """

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unheard:
    """Nothing is proven, for somewhere no answer came; a later look may hear one."""

    said: str


Look = Found | Absent | Undecided | Unheard | Unripe
