"""Two hundred and forty people in nine zones and some nowhere, over a change of the clocks.

Time is virtual; the database, the sender, the client and the vendor are the real ones.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bulksms.model.hours import Hours
from bulksms.model.notices import Waiting
from bulksms.model.phone_zones import place_of
from bulksms.model.records import JudgedRow, NewCampaign
from bulksms.model.settings import DEFAULT_RATE
from bulksms.model.states import CampaignState, State
from bulksms.model.timetable import timetable
from bulksms.sending import OUTSIDE_HOURS
from bulksms.store import Store
from tests.sending.sending_stage import CAMPAIGN, SENDER, Stage, within

SATURDAY_EVENINGS = (
    datetime(2026, 3, 8, 0, 50, tzinfo=UTC),
    datetime(2026, 10, 31, 23, 50, tzinfo=UTC),
)
"""19:50 in New York; that night the clocks there go forward, or back."""
PREFIXES = (
    "+1212555",  # New York
    "+1312555",  # Chicago
    "+1303555",  # Denver
    "+1602555",  # Phoenix, which changes no clock
    "+1213555",  # Los Angeles
    "+1907555",  # Anchorage or Adak
    "+1808555",  # Honolulu
    "+44207946",  # London, whose clocks change three weeks later
    "+9722505",  # Jerusalem
    "+1800555",  # toll-free
)
DAYTIME = Hours(9 * 60, 20 * 60, frozenset(range(7)))
SLOT = DEFAULT_RATE.spacing
ROUND_TRIP = timedelta(seconds=0.3)


@pytest.fixture(params=SATURDAY_EVENINGS, ids=["forward", "back"])
def evening(request: pytest.FixtureRequest) -> datetime:
    """When the campaign begins."""
    moment: datetime = request.param
    return moment


@pytest.fixture
def stage(tmp_path: Path, evening: datetime) -> Iterator[Stage]:
    database = tmp_path / "bulksms.db"
    Store.migrate(str(database))
    stage = Stage(database)
    stage.now = evening
    stage.longest = timedelta(days=2)
    yield stage
    stage.close()


def load(stage: Stage, people: int) -> Counter[str]:
    """A draft; its recipients, counted by place."""
    rows = [
        JudgedRow(
            row_number=2 + index,
            original=("Ann", ""),
            state=State.QUEUED,
            to_number=(to := f"{PREFIXES[index % len(PREFIXES)]}{index:04}"),
            sender=SENDER,
            body="Hi",
            segments=1,
            place=place_of(to),
        )
        for index in range(people)
    ]
    new = NewCampaign(CAMPAIGN, ("a", "b"), "f", "f1", "w1", "Hi", hours=DAYTIME)
    stage.store.campaigns.load(new, rows, account_name="default", rate=DEFAULT_RATE, now=stage.now)
    return Counter(row.place for row in rows)


def test_nobody_outside_their_hours_nobody_idle_and_done_when_the_plan_said(
    stage: Stage, evening: datetime
) -> None:
    places = load(stage, 240)
    planned = timetable(places, DAYTIME, spacing=SLOT, begins=evening)

    worker = stage.send(latency=within(ROUND_TRIP.total_seconds(), seed=1))

    assert stage.campaign.state is CampaignState.FINISHED
    assert {row.state for row in stage.rows} == {State.ACCEPTED}
    moments = [(arrival.at, place_of(arrival.to_number or "")) for arrival in stage.arrivals]
    assert Counter(place for _, place in moments) == places
    assert [at for at, place in moments if not DAYTIME.window(place).is_open(at)] == []

    left = places.copy()
    for (at, place), (following, _) in pairwise(moments):
        left[place] -= 1
        free = at + SLOT
        openings = [DAYTIME.window(each).opens_at(free) for each in +left]
        idle = following - min(each for each in openings if each is not None)
        # After a wait two go at once, so that one slot of their minute stays empty.
        assert idle < SLOT + ROUND_TRIP

    assert abs(moments[-1][0] + SLOT - planned.finishes) <= SLOT
    assert moments[-1][0] - evening > timedelta(hours=19)
    waits = [each for each in worker.notices if isinstance(each, Waiting)]
    assert {each.until for each in waits} == {each.until for each in planned.waits}
    assert {each.why for each in waits} == {OUTSIDE_HOURS}
