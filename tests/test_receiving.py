"""Deliveries brought up to date: how few reads it takes, and whose delivery is whose."""

from datetime import timedelta, timezone
from math import ceil

import pytest

from bulksms.sandbox.ledger import Quirks
from bulksms.store import Store
from tests.receiving_stage import AN_HOUR_AGO, DAY, HOUR, TOKEN, QuietLedger, Stage
from tests.virtual_time import START

MINUTE = timedelta(minutes=1)
FATES = ("delivered", "undelivered", "failed", "no_receipt")
WORDS = ["delivered", "undelivered", "failed", "success"]
"""What the fates end as."""


@pytest.fixture
def stage(store: Store) -> Stage:
    return Stage(store)


def test_four_thousand_deliveries_cost_forty_reads(stage: Stage) -> None:
    stage.vendor.ledger = QuietLedger(Quirks())
    campaign = stage.accept(4_000)
    received = stage.receive(campaign)
    assert (received.changed, received.open, received.trouble) == (4_000, 0, None)
    assert stage.store.rows.deliveries(campaign.id) == {"delivered": 4_000}
    assert received.requests == len(stage.paths()) <= 1.2 * ceil(4_000 / 100)
    assert not any(arrival.limited for arrival in stage.vendor.arrivals)


def test_five_that_are_open_among_four_thousand_are_asked_for_one_by_one(stage: Stage) -> None:
    campaign = stage.accept(4_000)
    stage.sql("UPDATE message SET delivery = 'delivered' WHERE row_number % 800 != 0")
    received = stage.receive(campaign)
    assert (received.changed, received.open) == (5, 0)
    assert stage.paths() == ["status"] * 5


def test_nothing_open_asks_nothing(stage: Stage) -> None:
    campaign = stage.accept(3)
    stage.receive(campaign)
    asked = len(stage.paths())
    assert stage.receive(campaign).requests == 0
    assert len(stage.paths()) == asked


def test_every_row_gets_its_own_delivery(stage: Stage) -> None:
    campaign = stage.accept(120, journeys=FATES)
    assert stage.receive(campaign).requests == 2
    assert stage.deliveries(campaign) == WORDS * 30


@pytest.mark.parametrize("offset", [1, 4, 1_000_000])
def test_ids_of_another_space_mislead_nobody(stage: Stage, offset: int) -> None:
    """With an offset of 1 nearly every record carries the id of its neighbour's message."""
    stage.vendor.ledger.quirks = Quirks(record_id_offset=offset)
    campaign = stage.accept(120, journeys=FATES)
    assert stage.receive(campaign).requests == 2
    assert stage.deliveries(campaign) == WORDS * 30


@pytest.mark.parametrize("hours", [-12, -5, 14])
def test_the_zone_of_the_record_does_not_matter(stage: Stage, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    stage.vendor.ledger.quirks = Quirks(zone=zone, record_id_offset=7)
    campaign = stage.accept(120, journeys=FATES)
    assert stage.receive(campaign).requests == 2
    assert stage.deliveries(campaign) == WORDS * 30


def test_the_same_text_to_the_same_people_is_told_apart_by_the_order_of_acceptance(
    stage: Stage,
) -> None:
    stage.vendor.ledger.quirks = Quirks(record_id_offset=7)
    may = stage.accept(20, name="may", at=START - 3 * HOUR, journeys=["undelivered"])
    june = stage.accept(20, name="june", at=START - HOUR, journeys=["delivered"])
    assert stage.receive(june).requests == 1
    assert stage.deliveries(june) == ["delivered"] * 20
    stage.receive(may)
    assert stage.deliveries(may) == ["undelivered"] * 20


def test_a_text_that_somebody_else_repeated_is_asked_for_by_its_id(stage: Stage) -> None:
    """The operator sent row 2's text to row 2's number by hand: which record is which?"""
    stage.vendor.ledger.quirks = Quirks(record_id_offset=7)
    stage.recorded(0, at=AN_HOUR_AGO - HOUR, journey="failed")
    campaign = stage.accept(20)
    stage.receive(campaign)
    assert stage.deliveries(campaign) == ["delivered"] * 20
    assert stage.paths() == ["report", "status"]


def test_a_message_that_the_record_does_not_show_yet_is_asked_for_by_its_id(stage: Stage) -> None:
    stage.vendor.ledger.quirks = Quirks(record_lag=30 * MINUTE)
    campaign = stage.accept(20, at=START - 39.5 * MINUTE, apart=MINUTE)
    stage.receive(campaign)
    assert stage.deliveries(campaign) == ["delivered"] * 20
    assert stage.paths() == ["report"] + ["status"] * 10


def test_a_smaller_page_is_taken_where_a_large_one_is_refused(stage: Stage) -> None:
    stage.vendor.ledger.quirks = Quirks(largest_limit=50)
    campaign = stage.accept(150)
    received = stage.receive(campaign)
    assert received.changed == 150
    assert [arrival.status for arrival in stage.vendor.arrivals] == [422, 200, 200, 200]


def test_pages_full_of_others_are_left_for_asking_one_by_one(stage: Stage) -> None:
    """The first page tells how many there are: 2,000 more than we know of."""
    for index in range(2_000):
        stage.recorded(50_000 + index, at=START - 2 * HOUR)
    campaign = stage.accept(8)
    stage.receive(campaign)
    assert stage.deliveries(campaign) == ["delivered"] * 8
    assert stage.paths() == ["report"] + ["status"] * 8


def test_a_campaign_of_ten_weeks_is_read_in_spans_of_at_most_thirty_days(stage: Stage) -> None:
    campaign = stage.accept(140, at=START - 70 * DAY, apart=DAY / 2, journeys=FATES)
    received = stage.receive(campaign)
    assert received.changed == 140
    assert stage.deliveries(campaign) == WORDS * 35
    assert {arrival.status for arrival in stage.vendor.arrivals} == {200}
    assert stage.paths() == ["report"] * 3


def test_scheduled_is_shown_as_its_own_and_looked_at_again(stage: Stage) -> None:
    campaign = stage.accept(2, released_after=12 * HOUR)
    assert stage.receive(campaign).open == 2
    assert stage.deliveries(campaign) == ["scheduled"] * 2
    assert stage.receive(campaign, after=12 * HOUR).open == 0
    assert stage.deliveries(campaign) == ["delivered"] * 2


def test_a_receipt_is_waited_for_three_days_and_then_no_longer(stage: Stage) -> None:
    campaign = stage.accept(2, journeys=["no_receipt"])
    assert stage.receive(campaign).open == 2
    assert stage.receive(campaign, after=70 * HOUR).open == 2
    assert stage.receive(campaign, after=72 * HOUR).requests == 0
    assert stage.deliveries(campaign) == ["success"] * 2


def test_every_change_is_kept(stage: Stage) -> None:
    campaign = stage.accept(2, journeys=["undelivered"], at=START - timedelta(seconds=5))
    stage.receive(campaign)
    stage.receive(campaign, after=HOUR)
    with stage.store.engine.connect() as look:
        kept = look.exec_driver_sql("SELECT sms_id, status, via, raw FROM receipt ORDER BY id")
        first, _, last, _ = kept.all()
    assert tuple(first) == ("331501", "success", "report", "")
    assert tuple(last) == ("331501", "undelivered", "report", "Unreachable destination handset")
    assert TOKEN not in str(last)
