from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.matching import Calibration, Doubt, Text, Witness, around, calibrate, unexplained
from bulksms.model.vendor_record import RecordedSms

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SENDER, ANN = "+13152935500", "+12025550004"
SETTLE = timedelta(minutes=2)
OURS, ANOTHER = Text("Hi", has_media=False), Text("Bye", has_media=False)


def recorded(at: datetime, *, sms_id: str = "331501") -> RecordedSms:
    return RecordedSms(sms_id, SENDER, ANN, "Hi", False, None, "", at.replace(tzinfo=None), True)  # noqa: FBT003 - a record's fields in their order


def confirmed(at: datetime, *, after: timedelta = timedelta(0), sms_id: str = "331501") -> Witness:
    """A send whose answer came so long after it began."""
    return Witness(
        sms_id, SENDER, ANN, "Hi", has_media=False, started_at=at, accepted_at=at + after
    )


def learnt(*, record_is_ahead: timedelta) -> Calibration:
    witness = confirmed(NINE)
    calibration = calibrate(witness, [recorded(NINE + record_is_ahead)], [OURS])
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


def test_a_twin_that_the_record_shows_already_is_no_witness_for_one_it_does_not_show_yet() -> None:
    """Taken for it, it taught a zone of hours, and a row was given its twin's id."""
    witness = confirmed(NINE, sms_id="331508")
    older = recorded(NINE - timedelta(hours=2), sms_id="331504")
    assert calibrate(witness, [older], [OURS, OURS]) is None
    assert calibrate(witness, [recorded(NINE, sms_id="331508"), older], [OURS, OURS]) is not None
    assert calibrate(witness, [recorded(NINE, sms_id="900001")], [OURS, ANOTHER]) is not None


def test_a_confirmed_twin_explains_the_record_that_is_nearest_to_it() -> None:
    """Counted away from the far end, it left its own record to a doubt, and a row was a lie."""
    known = Calibration(timedelta(0), NINE, shared_ids=False)
    twin = confirmed(NINE)
    moment = NINE + timedelta(seconds=16)
    doubt = Doubt(3, 3, 6, SENDER, ANN, "Hi", False, moment, moment)  # noqa: FBT003 - a doubt's fields in their order
    his = recorded(NINE, sms_id="1031501")
    other = recorded(NINE + timedelta(minutes=2), sms_id="1031504")
    free = unexplained([his, other], doubt, known=known, owned=(), confirmed=[twin], settle=SETTLE)
    assert free == [other]


@pytest.mark.parametrize("answered_after", [0, 25])
def test_a_confirmed_twin_whose_answer_was_slow_explains_its_record_all_the_same(
    answered_after: int,
) -> None:
    """Written down within a doubt's time and heard of after it, it was taken for the doubt."""
    known = Calibration(timedelta(0), NINE, shared_ids=False)
    doubt = Doubt(3, 3, 6, SENDER, ANN, "Hi", False, NINE, NINE)  # noqa: FBT003 - a doubt's fields in their order
    moment = NINE + SETTLE + timedelta(minutes=2, seconds=-5)
    twin = confirmed(moment, after=timedelta(seconds=answered_after))
    his = recorded(moment, sms_id="1031501")
    assert around(doubt, [his], known, SETTLE) == [his]
    free = unexplained([his], doubt, known=known, owned=(), confirmed=[twin], settle=SETTLE)
    assert free == []


def test_a_confirmed_twin_explains_its_record_though_a_clock_was_set_since() -> None:
    """A minute later by our clock than by the record's, it was out of the time, and a lie."""
    known = Calibration(timedelta(minutes=-61), NINE, shared_ids=False)
    twin = confirmed(NINE)
    moment = NINE + timedelta(minutes=62)
    doubt = Doubt(3, 3, 7, SENDER, ANN, "Hi", False, moment, moment)  # noqa: FBT003 - a doubt's fields in their order
    his = recorded(NINE, sms_id="1031501")
    assert around(doubt, [his], known, SETTLE) == [his]
    assert unexplained([his], doubt, known=known, owned=(), confirmed=[twin], settle=SETTLE) == []


def test_a_twin_whose_answer_was_late_explains_the_record_between_its_beginning_and_it() -> None:
    """Counted by its answer, it left its own record over and took the doubt's."""
    known = Calibration(timedelta(0), NINE, shared_ids=False)
    slow = confirmed(NINE, after=timedelta(minutes=10))
    moment = NINE + timedelta(minutes=8)
    doubt = Doubt(3, 3, 7, SENDER, ANN, "Hi", False, moment, moment)  # noqa: FBT003 - a doubt's fields in their order
    his, its = recorded(NINE, sms_id="1031501"), recorded(moment, sms_id="1031507")
    free = unexplained([his, its], doubt, known=known, owned=(), confirmed=[slow], settle=SETTLE)
    assert len(free) == 1


@given(
    st.lists(
        st.tuples(
            st.integers(0, 180),
            st.sampled_from(["never arrived", "answered", "lost"]),
            st.sampled_from([0, 0, 1, 60, -60]),
        ),
        max_size=8,
    ),
    st.sampled_from([0, 61, -300]),
)
def test_no_more_twins_are_found_than_the_record_has_entries_that_nobody_heard_of(
    attempts: list[tuple[int, str, int]], zone: int
) -> None:
    """Whatever the clock was set to at each of them, in minutes; the record counts its own ids."""
    records, heard, doubts = [], [], []
    for at, (minute, fate, clock_ahead) in enumerate(attempts):
        moment = NINE + timedelta(minutes=minute)
        ours = moment + timedelta(minutes=clock_ahead)
        if fate != "never arrived":
            in_its_zone = moment + timedelta(minutes=zone)
            records.append(recorded(in_its_zone, sms_id=f"{1_031_500 + at}"))
        if fate == "answered":
            heard.append(confirmed(ours, sms_id=f"{331_500 + at}"))
        else:
            doubts.append(Doubt(at, at, at, SENDER, ANN, "Hi", False, ours, ours))  # noqa: FBT003 - a doubt's fields in their order
    known = Calibration(timedelta(minutes=zone), NINE, shared_ids=False)
    owned: set[str] = set()
    for doubt in doubts:
        free = unexplained(records, doubt, known=known, owned=owned, confirmed=heard, settle=SETTLE)
        owned.update(item.id for item in free[:1])
    assert len(owned) <= len(records) - len(heard)


def test_where_ids_are_one_space_no_twin_explains_a_record_of_another_id() -> None:
    """Not even at another time: counted away by a twin not shown yet, it made a second text."""
    known = Calibration(timedelta(minutes=-10), NINE, shared_ids=True)
    doubt = Doubt(3, 3, 4, SENDER, ANN, "Hi", False, NINE, NINE)  # noqa: FBT003 - a doubt's fields in their order
    its, twin = recorded(NINE, sms_id="331503"), confirmed(NINE, sms_id="331506")
    asked = {"known": known, "owned": {"331506"}, "confirmed": [twin], "settle": SETTLE}
    assert unexplained([its], doubt, **asked) == []  # type: ignore[arg-type]
    assert unexplained([its], doubt, **asked, at_any_time=True) == [its]  # type: ignore[arg-type]


@pytest.mark.parametrize(("minutes_late", "explained"), [(0, 1), (5, 0)])
def test_a_twin_of_the_next_day_explains_the_record_at_its_very_place(
    minutes_late: int, explained: int
) -> None:
    """Where no time is believed it seemed of the doubt's own day, and the row was left."""
    behind = timedelta(hours=-11)
    known = Calibration(behind, NINE, shared_ids=False)
    doubt = Doubt(3, 3, 4, SENDER, ANN, "Hi", False, NINE, NINE)  # noqa: FBT003 - a doubt's fields in their order
    next_day = NINE + timedelta(hours=24, minutes=45)
    written = next_day + behind + timedelta(minutes=minutes_late)
    records = [recorded(written, sms_id="900001"), recorded(NINE + behind, sms_id="900002")]
    asked = {"known": known, "owned": {"331501"}, "confirmed": [confirmed(next_day)]}
    shown = unexplained(records, doubt, settle=SETTLE, at_any_time=True, **asked)  # type: ignore[arg-type]
    assert len(shown) == len(records) - explained
