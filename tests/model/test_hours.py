from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.model.errors import InputError
from bulksms.model.hours import ANYWHERE, DAYS, Hours, Window
from bulksms.model.phone_zones import place_of

MINUTE = timedelta(minutes=1)
ZONES = (
    "America/New_York",
    "America/Phoenix",
    "America/St_Johns",
    "Asia/Jerusalem",
    "Australia/Lord_Howe",
    "Europe/London",
)
CLOCK_CHANGES = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York springs forward
    datetime(2026, 11, 1, 6, tzinfo=UTC),  # and falls back
    datetime(2026, 3, 27, 0, tzinfo=UTC),  # Jerusalem
    datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe, by half an hour
    datetime(2026, 10, 25, 1, tzinfo=UTC),  # London
)


def window(hours: str | None, place: str = "America/New_York", days: str | None = None) -> Window:
    found = Hours.parse(hours, days, None)
    assert found is not None
    return found.window(place)


def at(text: str, zone: str = "America/New_York", fold: int = 0) -> datetime:
    """In UTC: Python calls two equal moments unequal where one of them is shown twice."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    opens, closes = draw(st.lists(st.integers(0, 1439), min_size=2, max_size=2, unique=True))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2, unique=True))
    return Hours(opens, closes, days).window(" ".join(zones))


moments = st.builds(
    lambda change, minutes: change + minutes * MINUTE,
    st.sampled_from(CLOCK_CHANGES),
    st.integers(-1500, 600),
)


@settings(max_examples=150)
@given(windows(), moments)
def test_it_opens_at_the_first_open_minute_and_closes_at_the_first_closed_one(
    hours: Window, after: datetime
) -> None:
    """Against a walk, minute by minute, over every kind of clock change."""
    opens, closes = hours.opens_at(after), hours.closes_at(after)
    for minutes in range(1_800):
        moment = after + minutes * MINUTE
        open_now = hours.is_open(moment)
        assert not (open_now and (opens is None or moment < opens))
        assert open_now or (closes is not None and closes <= moment)
        if moment in {opens, closes}:
            assert open_now == (moment == opens)
        if opens is not None and closes is not None and moment > max(opens, closes):
            break


@given(windows(), moments, st.floats(0, 59.9))
def test_what_is_open_now_opens_now(hours: Window, after: datetime, seconds: float) -> None:
    moment = after + timedelta(seconds=seconds)
    assert (hours.opens_at(moment) == moment) == hours.is_open(moment)
    assert (hours.closes_at(moment) == moment) == (not hours.is_open(moment))


@given(moments)
def test_the_hours_of_a_country_are_inside_the_hours_of_each_of_its_zones(moment: datetime) -> None:
    narrow = window("09:00-20:00", "+1")
    if narrow.is_open(moment):
        assert all(window("09:00-20:00", zone).is_open(moment) for zone in ANYWHERE["+1"])


def test_a_number_without_a_place_may_still_be_texted_on_every_day_of_the_year() -> None:
    narrow = window("09:00-20:00", "+1")
    for day in range(365):
        morning = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        opens = narrow.opens_at(morning)
        assert opens is not None
        assert opens - morning < timedelta(hours=9)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at("2026-06-01 08:59:59"), False),
        (at("2026-06-01 09:00:00"), True),
        (at("2026-06-01 19:59:59.999"), True),
        (at("2026-06-01 20:00:00"), False),
    ],
)
def test_the_first_minute_is_inside_and_the_last_is_not(moment: datetime, *, is_open: bool) -> None:
    assert window("09:00-20:00").is_open(moment) is is_open


def test_after_the_clocks_go_forward_it_opens_an_hour_sooner() -> None:
    evening = at("2026-03-07 21:00")
    assert window("09:00-20:00").opens_at(evening) == datetime(2026, 3, 8, 13, tzinfo=UTC)
    assert at("2026-03-07 09:00").hour == 14


def test_an_opening_time_that_the_clocks_skip_is_the_moment_of_the_change() -> None:
    """02:30 is no time on that night: after 01:59 the clock shows 03:00."""
    opens = window("02:30-05:00").opens_at(at("2026-03-08 01:00"))
    assert opens == at("2026-03-08 03:00")


def test_an_hour_that_the_clocks_repeat_is_inside_both_times() -> None:
    night = window("01:00-01:30")
    first, second = at("2026-11-01 01:10", fold=0), at("2026-11-01 01:10", fold=1)
    assert night.is_open(first)
    assert night.is_open(second)
    assert night.opens_at(at("2026-11-01 01:45", fold=0)) == at("2026-11-01 01:00", fold=1)


def test_hours_across_midnight_belong_to_the_day_on_which_they_begin() -> None:
    late = window("20:00-02:00", days="fri")
    assert late.is_open(at("2026-06-05 23:00"))  # a Friday
    assert late.is_open(at("2026-06-06 01:59"))
    assert not late.is_open(at("2026-06-05 01:00"))
    assert late.closes_at(at("2026-06-05 23:00")) == at("2026-06-06 02:00")


def test_days_alone_are_whole_days() -> None:
    workdays = window(None, days="mon-fri")
    assert workdays.closes_at(at("2026-06-01 00:00")) == at("2026-06-06 00:00")
    assert workdays.opens_at(at("2026-06-06 12:00")) == at("2026-06-08 00:00")


def test_a_window_that_is_always_open_never_closes() -> None:
    assert window("00:00-24:00").closes_at(at("2026-03-08 01:00")) is None


def test_a_window_that_no_two_clocks_share_never_opens() -> None:
    apart = window("09:00-11:00", "America/New_York Europe/London")
    assert apart.opens_at(at("2026-06-01 00:00")) is None


def test_a_zone_that_is_named_stands_for_everybodys() -> None:
    hours = Hours.parse("09:00-20:00", None, "Europe/London")
    assert hours is not None
    assert hours.window("America/New_York").zones == ("Europe/London",)


@pytest.mark.parametrize(
    ("hours", "days", "said"),
    [
        ("9:00-20:00", "mon-fri", "mon-fri 09:00-20:00, the recipient's time"),
        ("20:00-02:00", "Fri, sat", "fri-sat 20:00-02:00, the recipient's time"),
        ("08:00-24:00", None, "08:00-24:00, the recipient's time"),
        (None, "sat-mon", "mon,sat-sun 00:00-24:00, the recipient's time"),
    ],
)
def test_what_was_asked_is_said_back_and_read_again(
    hours: str | None, days: str | None, said: str
) -> None:
    found = Hours.parse(hours, days, None)
    assert found is not None
    assert str(found) == said
    assert Hours.parse(found.hours, found.day_names, found.timezone) == found


@pytest.mark.parametrize(
    ("hours", "days", "timezone", "complaint"),
    [
        ("9-20", None, None, "'9-20' cannot be read"),
        ("09:00-09:00", None, None, "cannot be read"),
        ("09:60-20:00", None, None, "cannot be read"),
        ("24:00-25:00", None, None, "cannot be read"),
        (None, "mon-xyz", None, "The days 'mon-xyz'"),
        (None, "", None, "The days ''"),
        ("09:00-20:00", None, "Mars/Olympus", "'Mars/Olympus' is not known"),
        ("09:00-20:00", None, "../etc/passwd", "is not known"),
        (None, None, "recipient", "without sending hours"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    hours: str | None, days: str | None, timezone: str | None, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint.replace("(", r"\(")):
        Hours.parse(hours, days, timezone)


@given(st.frozensets(st.sampled_from(range(7)), min_size=1))
def test_days_are_read_as_they_are_written(days: frozenset[int]) -> None:
    written = Hours(0, 1, days).day_names
    again = Hours.parse(None, written, None)
    assert again is not None
    assert again.days == days
    assert all(DAYS[day] in written or "-" in written for day in days)


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("+12025550104", "America/New_York"),
        ("+19075550104", "America/Adak America/Anchorage"),
        ("+17095550104", "America/Halifax America/St_Johns"),
        ("+16715550104", "Pacific/Guam"),
        ("+18005550104", "+1"),
        ("+15005550006", "+1"),
        ("+972501234567", "Asia/Jerusalem"),
    ],
)
def test_a_number_tells_where_it_may_be(number: str, place: str) -> None:
    assert place_of(number) == place


def test_every_place_has_clocks() -> None:
    """Also where the metadata of a later year knows no more than the country code."""
    hours = Hours(540, 1200, frozenset(range(7)))
    for code, digits in product(("1", "44", "972"), range(10)):
        place = place_of(f"+{code}{digits}00000000")
        assert all(ZoneInfo(zone) for zone in hours.window(place).zones)
        assert hours.window(place).zones
