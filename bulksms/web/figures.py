"""How a campaign stands, in time for a page: its counts, its pace, and the picture of them.

Counting a million rows takes a moment, so counts are kept, and counted again in the background
while pages go on with the last ones: the longer a count takes, the more seldom it is made.
"""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bulksms import reporting
from bulksms.model.records import Campaign
from bulksms.model.settings import parse_rate
from bulksms.model.states import CampaignState, State
from bulksms.model.wording import a_minute
from bulksms.reporting import CampaignStatus
from bulksms.store import Store

QUICK_SECONDS = 0.03
"""A count that takes no longer is made for each page."""
REST = 20
"""A longer one is made in the background, and takes at most one part in so many of the time."""

PICTURE_WIDTH = 1000
_THINNEST = 6
ORDER = (
    State.ACCEPTED,
    State.SENDING,
    State.QUEUED,
    State.UNKNOWN,
    State.FAILED,
    State.SKIPPED,
)
"""As the picture shows them, from left to right: what is done first."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the picture: rows of a state, from x on, so wide."""

    state: State
    rows: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class _Counted:
    status: CampaignStatus
    of: CampaignState
    took: float
    at: float

    @property
    def is_old(self) -> bool:
        return time.monotonic() - self.at > REST * self.took


@dataclass
class Figures:
    """The counts of every campaign, as they were last counted."""

    store: Store
    _counted: dict[int, _Counted] = field(default_factory=dict)
    _counting: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="count")
    )

    def of(self, campaign: Campaign) -> CampaignStatus:
        """How the campaign stands: its state as it is now, its counts perhaps a moment old."""
        known = self._counted.get(campaign.id)
        if known is None or known.took < QUICK_SECONDS or known.of is not campaign.state:
            return self._count(campaign)
        if known.is_old:
            self._count_in_background(campaign)
        return _as_of_now(known.status, campaign)

    def forget(self, campaign_id: int) -> None:
        """Count anew next time: somebody has just changed much."""
        self._counted.pop(campaign_id, None)

    def _count(self, campaign: Campaign) -> CampaignStatus:
        began = time.monotonic()
        status = reporting.status(self.store, campaign, now=datetime.now(UTC))
        ended = time.monotonic()
        self._counted[campaign.id] = _Counted(status, campaign.state, ended - began, ended)
        return status

    def _count_in_background(self, campaign: Campaign) -> None:
        with self._lock:
            if campaign.id in self._counting:
                return
            self._counting.add(campaign.id)
        done = self._pool.submit(self._count, campaign)
        done.add_done_callback(lambda _: self._counting.discard(campaign.id))


def _as_of_now(status: CampaignStatus, campaign: Campaign) -> CampaignStatus:
    state, paused_reason = reporting.standing(campaign, datetime.now(UTC))
    return replace(
        status,
        state=state,
        paused_reason=paused_reason,
        paused_detail=campaign.paused_detail,
        started_at=campaign.started_at,
        finished_at=campaign.finished_at,
    )


def picture(counts: Mapping[State, int]) -> list[Slice]:
    """The counts side by side; whatever is there at all can be seen."""
    total = sum(counts.values())
    shown = [(state, counts[state]) for state in ORDER if counts[state]]
    least = [max(rows / total * PICTURE_WIDTH, _THINNEST) for _, rows in shown]
    shrink = PICTURE_WIDTH / sum(least) if least else 1
    slices, x = [], 0.0
    for (state, rows), width in zip(shown, least, strict=True):
        slices.append(Slice(state, rows, round(x, 2), round(width * shrink, 2)))
        x += width * shrink
    return slices


def pace(store: Store, campaign: Campaign, now: datetime) -> str:
    """Answers a minute, over the last rate's worth of them; empty before there are two."""
    rate = parse_rate(campaign.rate)
    recent = store.watching.answers_since(campaign.id, now - max(rate.period, timedelta(minutes=1)))
    recent = recent[-rate.count - 1 :]
    passed = (recent[-1] - recent[0]).total_seconds() if len(recent) > 1 else 0
    return f"{a_minute(len(recent) - 1, passed, rate.spacing)} a minute" if passed else ""
