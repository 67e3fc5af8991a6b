"""Both readings of "15 a minute", and who is refused by which."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.sandbox.accounts import Account
from bulksms.sandbox.limits import (
    READS,
    SENDS,
    Allowance,
    Door,
    FixedWindow,
    Limits,
    SlidingWindow,
    Window,
    busiest,
)
from bulksms.sandbox.vendor import Vendor

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIELDS = {
    "from_number": "3152935500",
    "to_number": "2125550101",
    "country_code": "+1",
    "message": "Hai",
}

ONLY_FIXED: tuple[type[Window], ...] = (FixedWindow,)
ONLY_SLIDING: tuple[type[Window], ...] = (SlidingWindow,)
BOTH: tuple[type[Window], ...] = (FixedWindow, SlidingWindow)

gaps = st.lists(st.integers(0, 30_000).map(lambda ms: timedelta(milliseconds=ms)), max_size=80)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def waits(limits: Limits, seconds: Sequence[float], door: Door = Door.SEND) -> list[int]:
    return [limits.admit(door, "1|a", at(second)) for second in seconds]


@pytest.mark.parametrize("windows", [ONLY_FIXED, ONLY_SLIDING, BOTH])
def test_fifteen_at_once_then_the_sixteenth_waits_out_the_minute(
    windows: tuple[type[Window], ...],
) -> None:
    limits = Limits(windows=windows)
    assert waits(limits, [0.0] * 15) == [0] * 15
    assert waits(limits, [0.0, 1.0, 1.001, 59.5, 60.0]) == [60, 59, 59, 1, 0]


def test_the_fixed_windows_double_burst_is_caught_by_the_sliding_one() -> None:
    """Fourteen just before the window's edge and fifteen just after are 29 in a second."""
    burst = [0.0] + [59.5] * 14 + [60.0] * 15
    fixed, both = Limits(windows=ONLY_FIXED), Limits()
    assert waits(fixed, burst) == [0] * 30
    assert waits(both, burst) == [0] * 16 + [60] * 14


def test_the_sliding_window_frees_a_place_as_each_send_grows_old() -> None:
    limits = Limits(windows=ONLY_SLIDING)
    spread = [float(second) for second in range(0, 60, 4)]
    assert waits(limits, [*spread, 58.0, 60.0, 63.0, 64.0]) == [0] * 15 + [2, 0, 1, 0]


def test_the_fixed_window_opens_at_the_first_request_after_the_last_one() -> None:
    limits = Limits(windows=ONLY_FIXED)
    waits(limits, [0.0])
    assert waits(limits, [100.0] * 15 + [100.0, 159.0, 160.0]) == [0] * 15 + [60, 1, 0]


@pytest.mark.parametrize("windows", [ONLY_FIXED, ONLY_SLIDING, BOTH])
def test_refused_requests_are_not_counted(windows: tuple[type[Window], ...]) -> None:
    limits = Limits(windows=windows)
    waits(limits, [0.0] * 15)
    assert 0 not in waits(limits, [second / 10 for second in range(600)])
    assert waits(limits, [60.0] * 15) == [0] * 15


def test_every_account_has_its_own_minute() -> None:
    limits = Limits()
    waits(limits, [0.0] * 15)
    assert limits.admit(Door.SEND, "2|b", NOW) == 0


def test_reads_have_sixty_a_minute_and_leave_the_sends_alone() -> None:
    limits = Limits()
    assert waits(limits, [0.0] * 61, Door.READ) == [0] * 60 + [60]
    assert waits(limits, [0.0]) == [0]


def test_a_shared_counter_lets_reads_eat_the_sends() -> None:
    """Each door keeps its own maximum of the one count, as the framework has it."""
    limits = Limits(shared=True)
    assert waits(limits, [0.0] * 15, Door.READ) == [0] * 15
    assert waits(limits, [1.0]) == [59]
    assert waits(limits, [1.0] * 46, Door.READ) == [0] * 45 + [59]


@given(gaps)
def test_no_window_of_a_minute_ever_lets_in_more_than_fifteen(between: list[timedelta]) -> None:
    limits, now = Limits(), NOW
    let_in: list[datetime] = []
    for gap in between:
        now += gap / 10
        if limits.admit(Door.SEND, "1|a", now) == 0:
            let_in.append(now)
    assert busiest(let_in, MINUTE) <= SENDS.count


@given(gaps)
def test_who_waits_as_long_as_told_is_let_in(between: list[timedelta]) -> None:
    limits, now = Limits(sends=Allowance(3, MINUTE)), NOW
    for gap in between:
        now += gap
        wait = limits.admit(Door.SEND, "1|a", now)
        if wait:
            now += timedelta(seconds=wait)
            assert limits.admit(Door.SEND, "1|a", now) == 0


def test_the_busiest_window_is_half_open() -> None:
    assert busiest([], MINUTE) == 0
    assert busiest([at(0), at(59.999), at(60)], MINUTE) == 2
    assert busiest([at(0), at(30), at(61), at(62), at(63)], MINUTE) == 4


def test_a_refusal_names_the_seconds_and_is_remembered() -> None:
    vendor = Vendor([Account("1|a", ("+13152935500",))])
    for index in range(16):
        answer = vendor.send("1|a", FIELDS, at(index / 10))
    assert answer.status == 429
    assert json.loads(json.dumps(answer.body)) == {
        "status": False,
        "message": "Too many requests. Try again in 59 seconds",
        "errors": [],
    }
    assert [arrival.limited for arrival in vendor.arrivals] == [False] * 15 + [True]
    assert (vendor.arrivals[-1].at, vendor.arrivals[-1].status) == (at(1.5), 429)
    assert len(vendor.truth) == 15


def test_a_wrong_token_arrives_but_takes_no_place() -> None:
    vendor = Vendor([Account("1|a", ("+13152935500",))])
    for _ in range(READS.count):
        assert vendor.send("2|b", FIELDS, NOW).status == 401
    assert len(vendor.arrivals) == READS.count
    assert vendor.send("1|a", FIELDS, NOW).status == 200
