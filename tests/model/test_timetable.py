from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.model.hours import Hours
from bulksms.model.timetable import Timetable, Wait, in_turn, timetable

SPACING = timedelta(seconds=4)
NINE_TO_EIGHT = Hours(9 * 60, 20 * 60, frozenset(range(7)))
LONDON = "Europe/London"
PLACES = (LONDON, "America/New_York", "Pacific/Honolulu", "Asia/Jerusalem", "+1")
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_without_hours_it_is_the_pace_alone() -> None:
    assert timetable({"": 15}, None, spacing=SPACING, begins=NOON) == Timetable(
        NOON + timedelta(minutes=1)
    )


def test_what_does_not_fit_into_today_waits_until_tomorrow() -> None:
    begins = datetime(2026, 1, 5, 19, 59, tzinfo=UTC)
    made = timetable({LONDON: 20}, NINE_TO_EIGHT, spacing=SPACING, begins=begins)
    tomorrow = datetime(2026, 1, 6, 9, tzinfo=UTC)
    assert made == Timetable(tomorrow + 5 * SPACING, (Wait(5, tomorrow),))


def test_before_the_opening_everybody_waits() -> None:
    begins = datetime(2026, 1, 5, 3, tzinfo=UTC)
    made = timetable({LONDON: 20}, NINE_TO_EIGHT, spacing=SPACING, begins=begins)
    opening = datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert made.waits == (Wait(20, opening),)


def test_a_place_that_never_opens_holds_nobody_up() -> None:
    narrow = Hours(9 * 60, 10 * 60, frozenset(range(7)))
    rows = {"America/New_York Europe/London": 3, LONDON: 1}
    made = timetable(rows, narrow, spacing=SPACING, begins=NOON)
    assert made.finishes == datetime(2026, 1, 6, 9, tzinfo=UTC) + SPACING


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(PLACES), st.integers(1, 60)),
    st.integers(0, 48 * 60),
    st.integers(0, 23),
    st.integers(1, 23),
)
def test_it_says_what_sending_one_by_one_comes_to(
    rows: dict[str, int], minutes: int, opens: int, length: int
) -> None:
    """Against the sender's own rule, slot by slot: the first in turn, else the first opening."""
    hours = Hours(opens * 60, (opens + length) % 24 * 60, frozenset(range(7)))
    spacing = timedelta(minutes=4)
    begins = NOON + timedelta(minutes=minutes)
    rows = {place: n for place, n in rows.items() if hours.window(place).opens_at(begins)}
    at, left = begins, dict(rows)
    while any(left.values()):
        waiting = [place for place, count in left.items() if count]
        turn = in_turn(hours, waiting, at)
        if turn:
            left[turn[0]] -= 1
            at += spacing
        else:
            opening = [hours.window(place).opens_at(at) for place in waiting]
            at = min(each for each in opening if each is not None)
    assert timetable(rows, hours, spacing=spacing, begins=begins).finishes == at


def test_a_million_rows_are_planned_at_once() -> None:
    rows = dict.fromkeys(PLACES, 200_000)
    made = timetable(rows, NINE_TO_EIGHT, spacing=SPACING, begins=NOON)
    assert made.finishes - NOON > 1_000_000 * SPACING
    assert [wait.rows for wait in made.waits] == sorted(
        (wait.rows for wait in made.waits), reverse=True
    )
