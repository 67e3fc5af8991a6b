"""Nobody is claimed outside the campaign's hours, and nobody who is inside waits for them."""

from datetime import UTC, datetime, timedelta

import pytest

from bulksms.model.hours import Hours
from bulksms.model.records import (
    Campaign,
    ClaimedMessage,
    Hold,
    NewCampaign,
    NothingQueued,
    NotYet,
)
from bulksms.store import Store
from tests.store.stage import (
    FAST,
    NOT_SENT,
    NOW,
    ON_SQLITE,
    acquire,
    answer,
    claim,
    fresh,
    queued,
    sql,
)

EAST, WEST = "America/New_York", "America/Los_Angeles"
MORNING_EAST = datetime(2026, 1, 5, 14, tzinfo=UTC)  # 09:00 in New York, 06:00 in Los Angeles
BOTH_OPEN = MORNING_EAST + timedelta(hours=4)
EVENING_EAST = MORNING_EAST + timedelta(hours=11)  # 20:00 in New York
DAYTIME = Hours.parse("09:00-20:00", None, "recipient")


def in_places(store: Store, *places: str, hours: Hours | None = DAYTIME) -> Campaign:
    """A running campaign; row 2 goes to the first place, row 3 to the second, and so on."""
    new = NewCampaign("june", ("Name", "Phone"), "june.csv", "f1", "w1", "Hi", hours=hours)
    rows = [queued(row, place=place) for row, place in enumerate(places, start=2)]
    loaded = store.campaigns.load(new, rows, account_name="default", rate=FAST, now=NOW)
    store.campaigns.start(loaded.id, now=NOW, actor="test")
    return fresh(store, loaded)


def test_a_row_outside_its_hours_lets_others_go_ahead(store: Store) -> None:
    campaign = in_places(store, WEST, EAST)
    assert claim(store, acquire(store), campaign, MORNING_EAST).row_number == 3


def test_with_nobody_inside_it_waits_for_the_first_who_will_be(store: Store) -> None:
    campaign, lease = in_places(store, WEST, EAST), acquire(store)
    night = MORNING_EAST - timedelta(hours=5)
    assert store.messages.claim(lease, campaign.id, night) == NotYet(MORNING_EAST, Hold.HOURS)


def test_a_place_without_rows_left_is_not_waited_for(store: Store) -> None:
    campaign, lease = in_places(store, WEST, EAST), acquire(store)
    claim(store, lease, campaign, MORNING_EAST)
    opening_west = MORNING_EAST + timedelta(hours=3)
    found = store.messages.claim(lease, campaign.id, MORNING_EAST)
    assert found == NotYet(opening_west, Hold.HOURS)
    assert claim(store, lease, campaign, opening_west).row_number == 2
    assert store.messages.claim(lease, campaign.id, opening_west) == NothingQueued()


def test_who_must_stop_first_goes_first(store: Store) -> None:
    campaign, lease = in_places(store, WEST, WEST, EAST, EAST), acquire(store)
    rows = [claim(store, lease, campaign, BOTH_OPEN).row_number for _ in range(4)]
    assert rows == [4, 5, 2, 3]


def test_at_the_closing_minute_nobody_is_claimed_any_more(store: Store) -> None:
    campaign, lease = in_places(store, EAST, EAST), acquire(store)
    claim(store, lease, campaign, EVENING_EAST - timedelta(microseconds=1))
    tomorrow = MORNING_EAST + timedelta(days=1)
    found = store.messages.claim(lease, campaign.id, EVENING_EAST)
    assert found == NotYet(tomorrow, Hold.HOURS)


def test_a_row_that_comes_back_waits_for_its_hours_again(store: Store) -> None:
    campaign, lease = in_places(store, EAST), acquire(store)
    late = EVENING_EAST - timedelta(seconds=1)
    claimed = claim(store, lease, campaign, late)
    answer(store, claimed, NOT_SENT, EVENING_EAST)
    found = store.messages.claim(lease, campaign.id, EVENING_EAST)
    assert isinstance(found, NotYet)
    assert found.why is Hold.HOURS


def test_a_limit_keeps_its_rows_whatever_their_hours(store: Store) -> None:
    """The first N good rows are meant, not the first N that happen to be inside."""
    new = NewCampaign("june", ("a", "b"), "f", "f1", "w1", "Hi", limit=1, hours=DAYTIME)
    rows = [queued(2, place=WEST), queued(3, place=EAST)]
    loaded = store.campaigns.load(new, rows, account_name="default", rate=FAST, now=NOW)
    store.campaigns.start(loaded.id, now=NOW, actor="test")
    found = store.messages.claim(acquire(store), loaded.id, MORNING_EAST)
    assert found == NotYet(MORNING_EAST + timedelta(hours=3), Hold.HOURS)


def test_hours_of_one_zone_are_everybodys(store: Store) -> None:
    campaign = in_places(store, "", "", hours=Hours.parse("09:00-20:00", None, EAST))
    lease = acquire(store)
    early = MORNING_EAST - timedelta(minutes=1)
    assert store.messages.claim(lease, campaign.id, early) == NotYet(MORNING_EAST, Hold.HOURS)
    assert isinstance(store.messages.claim(lease, campaign.id, MORNING_EAST), ClaimedMessage)


@pytest.mark.parametrize(
    "hours", [None, DAYTIME, Hours.parse("20:00-02:00", "fri,sat", "Europe/London")]
)
def test_the_campaign_knows_its_hours(store: Store, hours: Hours | None) -> None:
    campaign = in_places(store, EAST, hours=hours)
    assert campaign.hours == hours


@ON_SQLITE
def test_the_next_message_is_found_without_looking_at_the_others(store: Store) -> None:
    plan = sql(
        store,
        "EXPLAIN QUERY PLAN SELECT id FROM message WHERE campaign_id = 1 AND place = 'x'"
        " AND state = 'queued' AND row_number <= 9 ORDER BY row_number LIMIT 1",
    )
    (step,) = [step for *_, step in plan]
    assert step.endswith("message_queued (campaign_id=? AND place=? AND row_number<?)")
