from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.errors import ConfigError
from bulksms.model.records import Rate
from bulksms.model.settings import DEFAULT_RATE, parse_rate


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [("15/60", 15, 60), (" 1/4 ", 1, 4), ("100/0.5", 100, 0.5), ("999999/3600", 999_999, 3600)],
)
def test_a_rate_is_messages_by_seconds(text: str, count: int, seconds: float) -> None:
    assert parse_rate(text) == Rate(count, timedelta(seconds=seconds))


@pytest.mark.parametrize("text", ["", "15", "15/", "/60", "1.5/60", "15/.5", "15/60s", "15/60/2"])
def test_anything_else_is_refused_and_shown(text: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        parse_rate(text)
    assert f"'{text}'" in refusal.value.sentence
    assert "15/60" in refusal.value.sentence


@pytest.mark.parametrize("text", ["0/60", "15/0", "15/0.0", "-1/60", "15/-60", "nan/60", "1e3/60"])
def test_a_rate_of_nothing_or_less_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_rate(text)


def test_the_default_is_the_vendors_limit() -> None:
    assert str(DEFAULT_RATE) == "15/60"


def test_the_spacing_spreads_the_sends_over_the_period() -> None:
    assert DEFAULT_RATE.spacing == timedelta(seconds=4)


SECONDS = st.integers(1, 999_999).map(lambda seconds: timedelta(seconds=seconds))
MILLISECONDS = st.integers(1, 999_999).map(lambda ms: timedelta(milliseconds=ms))


@given(st.builds(Rate, st.integers(1, 999_999), SECONDS | MILLISECONDS))
def test_a_rate_is_read_back_as_it_was_written(rate: Rate) -> None:
    assert parse_rate(str(rate)) == rate
