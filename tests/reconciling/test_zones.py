"""The record's time has no zone: whatever it is, a witness teaches it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bulksms.model.states import State
from bulksms.reconciling import Settled
from tests.reconciling.reconciling_stage import ANN, BOB, LOST, NEVER, Stage
from tests.virtual_time import START

Build = Callable[..., Stage]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CHANGE = START + DAY


class Changing(tzinfo):
    """A zone of one hour's change, from five hours behind UTC to either side of it."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def utcoffset(self, _moment: datetime | None) -> timedelta:
        """Before the change; the record's texts never name it."""
        return -5 * HOUR

    def dst(self, _moment: datetime | None) -> None:
        """Nobody asks."""

    def tzname(self, _moment: datetime | None) -> None:
        """Nobody asks."""

    def fromutc(self, moment: datetime) -> datetime:
        """The clock on the wall then."""
        changed = moment.replace(tzinfo=UTC) >= CHANGE
        return moment - 5 * HOUR + self._by * changed


ZONES = pytest.mark.parametrize(
    "zone",
    [
        UTC,
        timezone(timedelta(hours=-5)),
        timezone(timedelta(hours=2)),
        ZoneInfo("Asia/Kathmandu"),
        timezone(timedelta(hours=-12)),
        timezone(timedelta(hours=14)),
    ],
    ids=str,
)
SEASONS = pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["to summer", "to winter"])


@ZONES
def test_in_any_zone_the_message_is_found_at_its_time(build: Build, zone: tzinfo) -> None:
    stage = build(zone=zone)
    stage.text(BOB)
    lost = stage.text(ANN, fault=LOST)
    assert stage.reconcile(lost) == Settled(accepted=1)
    accepted_at = stage.row(lost).accepted_at
    assert accepted_at is not None
    assert abs(accepted_at - stage.vendor.truth[1].accepted_at) < timedelta(seconds=60)


@ZONES
def test_in_any_zone_absence_is_proven(build: Build, zone: tzinfo) -> None:
    stage = build(zone=zone)
    stage.text(BOB)
    assert stage.reconcile(stage.text(ANN, fault=NEVER)) == Settled(requeued=1)


@ZONES
def test_in_any_zone_a_message_is_found_without_a_witness(build: Build, zone: tzinfo) -> None:
    stage = build(zone=zone)
    lost = stage.text(ANN, fault=LOST)
    assert stage.reconcile(lost) == Settled(accepted=1)
    assert [stage.row(lost).sms_id] == stage.accepted(ANN)


@SEASONS
def test_a_change_of_daylight_saving_time_hides_nothing(build: Build, by: timedelta) -> None:
    """The only witness is of the day before the change."""
    stage = build(zone=Changing(by))
    stage.text(BOB)
    stage.pass_time(2 * DAY)
    assert stage.reconcile(stage.text(ANN, fault=LOST)) == Settled(accepted=1)


@SEASONS
def test_a_change_of_daylight_saving_time_proves_absence_still(build: Build, by: timedelta) -> None:
    stage = build(zone=Changing(by))
    stage.text(BOB)
    stage.pass_time(2 * DAY)
    assert stage.reconcile(stage.text(ANN, fault=NEVER)) == Settled(requeued=1)


@SEASONS
def test_in_the_night_of_the_change_nothing_is_called_absent(build: Build, by: timedelta) -> None:
    """The witness is of minutes before the attempt, and yet an hour apart on the wall."""
    stage = build(zone=Changing(by))
    stage.pass_time(DAY - timedelta(minutes=2))
    stage.text(BOB)
    stage.pass_time(timedelta(minutes=5))
    lost = stage.text(ANN, fault=LOST)
    stage.reconcile(lost)
    assert stage.row(lost).state in {State.ACCEPTED, State.UNKNOWN}
