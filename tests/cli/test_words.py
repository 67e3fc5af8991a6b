"""How numbers, times and texts are said to a person."""

import unicodedata
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.cli.words import (
    WHAT_TO_DO,
    a_minute,
    clock_time,
    harmless,
    plural,
    row_numbers,
    shown,
    span,
    typed,
    what_to_do,
)
from bulksms.model.states import PausedReason

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("count", "seconds", "said"), [(14, 55.8, "15"), (5, 4.98, "60"), (3, 45.0, "4.0")]
)
def test_a_pace_is_not_told_to_the_tenth_by_which_answers_are_late(
    count: int, seconds: float, said: str
) -> None:
    """60.2 a minute, where 60 are allowed, looks like a fault."""
    assert a_minute(count, seconds, SECOND) == said


def test_no_pace_above_the_rate_is_told() -> None:
    """Of two answers that came close upon each other: "1857/min", where 1200 are allowed."""
    assert a_minute(1, 0.0323, SECOND / 20) == "1200"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (2874, "2,874 rows")]
)
def test_a_count_agrees_with_its_noun(count: int, said: str) -> None:
    assert plural(count, "row") == said


def test_row_numbers_are_cut_only_where_there_are_more() -> None:
    assert row_numbers([7], 1) == "row 7"
    assert row_numbers([2, 5], 2) == "rows 2, 5"
    assert row_numbers(list(range(8)), 8) == "rows 0, 1, 2, 3, 4, 5, 6, 7"
    assert row_numbers(list(range(9)), 9) == "rows 0, 1, 2, 3, 4, 5, 6, 7 …"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (96, "1 min 36 s"),
        (3599, "59 min 59 s"),
        (12_000, "3 h 20 min"),
        (86_400, "1 day 0 h"),
        (187_200, "2 days 4 h"),
    ],
)
def test_a_length_of_time_is_said_as_one_says_it(seconds: float, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


def test_a_moment_is_said_from_where_one_stands() -> None:
    now = datetime(2026, 6, 1, 23, 50).astimezone()
    assert clock_time(now + timedelta(minutes=5), now) == "today at 23:55"
    assert clock_time(now + timedelta(minutes=15), now) == "tomorrow at 00:05"
    assert clock_time(now + timedelta(days=2), now) == "Wed 03 Jun 2026 at 23:50"


@given(st.text())
def test_whatever_is_shown_is_one_line_that_steers_nothing(text: str) -> None:
    visible = harmless(text)
    assert len(visible) == len(text)
    assert not {unicodedata.category(c) for c in visible} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert visible == harmless(visible)
    visible.encode("utf-8")


@given(st.text(), st.integers(1, 80))
def test_what_is_cut_says_so(text: str, longest: int) -> None:
    visible = shown(text, longest)
    assert len(visible) <= longest
    assert visible == harmless(text) or visible.endswith("…")


def test_a_line_break_is_seen() -> None:
    assert shown("a\nb\x1b[1m") == "a⏎b�[1m"


def test_a_name_is_quoted_only_where_a_shell_needs_it() -> None:
    assert (typed("june"), typed("june list")) == ("june", "'june list'")


@pytest.mark.parametrize("reason", PausedReason)
def test_every_pause_says_why_and_what_to_type(reason: PausedReason) -> None:
    why, next_command = what_to_do(reason, "june {list}")
    assert why == WHAT_TO_DO[reason][0]
    assert next_command.endswith("bulksms resume 'june {list}'")


def test_a_named_account_is_not_sent_to_the_default_ones_variable() -> None:
    _, next_command = what_to_do(PausedReason.UNAUTHENTICATED, "june", "acme")
    assert "bulksms accounts check acme" in next_command
    assert "EASIFY_API_TOKEN" not in next_command
