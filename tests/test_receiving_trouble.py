"""What goes wrong while deliveries are read, and what is kept of them."""

import asyncio

import pytest

from bulksms.model.errors import AccountProblem
from bulksms.model.notices import Waiting
from bulksms.receiving import Progress
from bulksms.sandbox.faults import (
    DROP_BEFORE,
    ERROR_BEFORE,
    NO_FAULT,
    Fault,
    garbage,
    refuse,
    refuse_for,
)
from bulksms.store import Store
from tests.receiving_stage import TOKEN, Stage
from tests.virtual_time import START, VirtualLoop


@pytest.fixture
def stage(store: Store) -> Stage:
    return Stage(store)


def test_a_429_is_obeyed_to_its_second(stage: Stage) -> None:
    campaign = stage.accept(20)
    stage.vendor.faults.reads.append(refuse_for(7))
    received = stage.receive(campaign)
    assert stage.moments() == [0, 7]
    assert (received.changed, received.trouble) == (20, None)
    (waiting,) = (each for each in stage.notices if isinstance(each, Waiting))
    assert (waiting.until - START).total_seconds() == 7
    assert waiting.why == "Too many requests. Try again in 7 seconds"


def test_sixty_reads_a_minute_are_never_exceeded(stage: Stage) -> None:
    campaign = stage.accept(150)
    stage.vendor.faults.reads.append(refuse("unheard_of"))
    assert stage.receive(campaign).requests == 151
    assert not any(arrival.limited for arrival in stage.vendor.arrivals)
    assert stage.moments()[-1] < 170


def test_a_short_trouble_is_waited_out(stage: Stage) -> None:
    campaign = stage.accept(20)
    stage.vendor.faults.reads.extend([ERROR_BEFORE, DROP_BEFORE, ERROR_BEFORE])
    received = stage.receive(campaign)
    assert (received.changed, received.requests, received.trouble) == (20, 4, None)
    assert stage.moments() == [0, 2, 6, 14]


def test_a_long_trouble_ends_it_and_what_came_before_is_kept(stage: Stage) -> None:
    campaign = stage.accept(250)
    stage.vendor.faults.reads.extend([NO_FAULT, NO_FAULT, *[ERROR_BEFORE] * 5])
    received = stage.receive(campaign)
    assert received.trouble == "Server Error"
    assert (received.changed, received.open) == (200, 50)
    assert stage.receive(campaign).open == 0


def test_an_interruption_loses_no_page(stage: Stage) -> None:
    campaign = stage.accept(700)
    with asyncio.Runner(loop_factory=VirtualLoop) as runner, pytest.raises(TimeoutError):
        runner.run(asyncio.wait_for(stage.receiving(campaign), timeout=2))
    assert stage.store.rows.deliveries(campaign.id) == {"delivered": 500}


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ("unauthenticated", "Unauthenticated"),
        ("subscription_ended", "You need to recharge your account to proceed"),
        ("plan_not_allowed", "Access denied."),
    ],
)
def test_a_refused_account_needs_a_person(stage: Stage, refusal: str, said: str) -> None:
    campaign = stage.accept(250)
    stage.vendor.faults.reads.extend([NO_FAULT, refuse(refusal)])
    with pytest.raises(AccountProblem, match=said):
        stage.receive(campaign)
    assert stage.store.rows.deliveries(campaign.id) == {"delivered": 100}


@pytest.mark.parametrize("page", [garbage("html"), refuse("unheard_of")])
def test_a_report_that_cannot_be_read_leaves_asking_one_by_one(stage: Stage, page: Fault) -> None:
    """Its page is cut in the vendor's documents: its shape may be one that nobody foresaw."""
    campaign = stage.accept(20)
    stage.vendor.faults.reads.append(page)
    assert stage.receive(campaign).changed == 20
    assert stage.paths() == ["report"] + ["status"] * 20


def test_a_vendor_that_knows_none_of_the_ids_is_not_asked_for_ten_thousand(stage: Stage) -> None:
    campaign = stage.accept(250)
    stage.vendor.truth.clear()
    received = stage.receive(campaign)
    assert received.trouble == "Failed to fetch SMS Status, please provide a valid sms id"
    assert stage.paths() == ["report"] + ["status"] * 10


def test_one_id_that_the_vendor_does_not_know_stops_nothing(stage: Stage) -> None:
    campaign = stage.accept(3)
    stage.sql("UPDATE message SET sms_id = 'gone' WHERE row_number = 2")
    received = stage.receive(campaign)
    assert stage.deliveries(campaign) == [None, "delivered", "delivered"]
    assert (received.open, received.trouble) == (1, None)


def test_progress_ends_where_everything_is_known(stage: Stage) -> None:
    campaign = stage.accept(150)
    stage.receive(campaign)
    shown = [each for each in stage.notices if isinstance(each, Progress)]
    assert shown == [Progress(100, 150, 1), Progress(150, 150, 2), Progress(150, 150, 2)]
    assert TOKEN not in str(stage.notices)
