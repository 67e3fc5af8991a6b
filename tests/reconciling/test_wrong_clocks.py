"""A text that arrived is never sent again, however wrong the clock was that stamped its attempt.

In each story another row of the same text was tried, and given up. So there are more attempts than
records, and no mere count of them tells that the record is the doubt's.
"""

from collections.abc import Callable
from datetime import timedelta, timezone

import pytest

from bulksms.model.records import Campaign
from bulksms.model.states import State
from tests.reconciling.reconciling_stage import ANN, BOB, LOST, NEVER, SETTLE, Stage

Build = Callable[..., Stage]
HOUR = timedelta(hours=1)


def arrived(stage: Stage, clock_is_wrong_by: timedelta) -> Campaign:
    """A text that the vendor has; its attempt was stamped by a wrong clock, and given up."""
    campaign = stage.load((ANN, "Hi"))
    stage.doubt(campaign, stage.now + clock_is_wrong_by)
    stage.outside(ANN, "Hi", stage.now)
    return campaign


def stays_in_doubt_beside_one_given_up(stage: Stage, wrong_by: float) -> None:
    """So many hours wrong is the clock that stamped what arrived."""
    stage.text(BOB, "before")
    stage.gave_up(ANN)
    stage.pass_time(HOUR)
    lost = arrived(stage, wrong_by * HOUR)
    stage.pass_time(2 * SETTLE)
    stage.text(BOB, "after")
    stage.run(lost)
    assert stage.row(lost).state is State.UNKNOWN
    assert len(stage.accepted(ANN)) == 1


@pytest.mark.parametrize("behind", [0.1, 1, 3])
@pytest.mark.parametrize("zone", [-8, -5, 5.5, 11])
def test_a_twin_of_the_morning_explains_no_record_of_the_evening(
    build: Build, zone: float, behind: float
) -> None:
    """Its own is out of sight by the zone that was learnt, though not if that were UTC."""
    stage = build(zone=timezone(zone * HOUR), record_id_offset=7_000_000)
    stage.text(BOB, "before")
    stage.text(ANN)
    stage.gave_up(ANN)
    stage.pass_time(8 * HOUR)
    lost = arrived(stage, -behind * HOUR)
    stage.pass_time(2 * SETTLE)
    stage.text(BOB, "after")
    stage.run(lost)
    assert len(stage.accepted(ANN)) == 2


@pytest.mark.parametrize(("zone", "wrong_by"), [(0, -3), (11, -4), (-8, 5), (-12, 6), (14, -6)])
def test_any_time_is_a_zone_of_the_earth_and_a_wrong_clock(
    build: Build, zone: float, wrong_by: float
) -> None:
    stays_in_doubt_beside_one_given_up(build(zone=timezone(zone * HOUR)), wrong_by)


@pytest.mark.parametrize("apart", [0, 7_000_000])
@pytest.mark.parametrize(("wrong_by", "later"), [(-3, 2), (3, 13)])
def test_two_rivals_for_one_record_explain_no_second_one(
    build: Build, apart: int, wrong_by: float, later: float
) -> None:
    stage = build(record_id_offset=apart)
    stage.text(BOB, "before")
    stage.gave_up(ANN)
    stage.pass_time(SETTLE)
    lost = arrived(stage, wrong_by * HOUR)
    stage.pass_time(later * HOUR)
    stage.text(ANN, fault=LOST)
    stage.text(ANN, fault=NEVER)
    stage.pass_time(2 * SETTLE)
    stage.text(BOB, "after")
    stage.run(lost)
    assert stage.row(lost).state is State.UNKNOWN
    assert len(stage.accepted(ANN)) == 2


@pytest.mark.parametrize("apart", [0, 7_000_000])
@pytest.mark.parametrize("wrong_by", [-48, -26, -21, 21, 26, 48, 365 * 24])
def test_a_clock_that_is_days_wrong_makes_nothing_absent(
    build: Build, apart: int, wrong_by: float
) -> None:
    """The record is out of sight in any zone of the earth, and yet it is one too many."""
    stays_in_doubt_beside_one_given_up(build(record_id_offset=apart), wrong_by)
