from datetime import UTC, datetime, timedelta

import pytest

from bulksms.model.matching import Calibration, Doubt, Witness, around, calibrate
from bulksms.model.vendor_record import RecordedSms

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SENDER, ANN = "+13152935500", "+12025550004"
SETTLE = timedelta(minutes=2)


def recorded(at: datetime, *, sms_id: str = "331501") -> RecordedSms:
    return RecordedSms(sms_id, SENDER, ANN, "Hi", False, None, "", at.replace(tzinfo=None), True)  # noqa: FBT003 - a record's fields in their order


def learnt(*, record_is_ahead: timedelta) -> Calibration:
    witness = Witness("331501", SENDER, ANN, "Hi", has_media=False, accepted_at=NINE)
    calibration = calibrate(witness, [recorded(NINE + record_is_ahead)])
    assert calibration is not None
    return calibration


@pytest.mark.parametrize("minutes", [0, 60, -300, 345])
def test_a_witness_teaches_the_records_zone(minutes: int) -> None:
    assert learnt(record_is_ahead=timedelta(minutes=minutes)).offset == timedelta(minutes=minutes)


def test_a_computer_whose_clock_is_wrong_still_finds_its_message_in_the_record() -> None:
    """Five minutes are no zone; rounded away, they made a lost message look absent."""
    wrong_by = timedelta(minutes=5)
    known = learnt(record_is_ahead=wrong_by)
    doubt = Doubt(1, 1, 2, SENDER, ANN, "Hi", False, NINE, NINE)  # noqa: FBT003 - a doubt's fields in their order
    assert around(doubt, [recorded(NINE + wrong_by)], known, SETTLE)
