"""What a sender tells whoever watches it: the bar, the page, the log."""

from dataclasses import dataclass
from datetime import datetime

from bulksms.model.outcomes import Outcome
from bulksms.model.records import ClaimedMessage

KEPT_FOR_LATER = (
    "It is outside the account's opening hours: Easify keeps the texts for its next opening hour,"
    " and they cannot be called back."
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A POST of `claimed` has ended with `outcome`."""

    claimed: ClaimedMessage
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is asked of the vendor before `until`, for the reason that `why` says."""

    until: datetime
    why: str


Notice = Answered | Waiting
"""What a sender tells whoever watches it."""
