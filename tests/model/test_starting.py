from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bulksms.model.errors import InputError
from bulksms.model.starting import parse_start

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 6, 1, 22, 0, tzinfo=timezone(timedelta(hours=-4)))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("tomorrow 9:00", datetime(2026, 6, 2, 9)),  # noqa: DTZ001 - this machine's clock
        ("today 23:30", datetime(2026, 6, 1, 23, 30)),  # noqa: DTZ001 - this machine's clock
        ("23:30", datetime(2026, 6, 1, 23, 30)),  # noqa: DTZ001 - this machine's clock
        ("22:00", datetime(2026, 6, 2, 22)),  # noqa: DTZ001 - this machine's clock
        ("6pm", datetime(2026, 6, 2, 18)),  # noqa: DTZ001 - this machine's clock
        ("tomorrow 9am", datetime(2026, 6, 2, 9)),  # noqa: DTZ001 - this machine's clock
        ("Today 11:30 PM", datetime(2026, 6, 1, 23, 30)),  # noqa: DTZ001 - this machine's clock
        ("12am America/New_York", datetime(2026, 6, 2, tzinfo=NEW_YORK)),
        ("2026-07-04 09:00", datetime(2026, 7, 4, 9)),  # noqa: DTZ001 - this machine's clock
        ("2026-07-04 09:00 America/New_York", datetime(2026, 7, 4, 9, tzinfo=NEW_YORK)),
        ("2026-07-04T09:00-04:00", datetime(2026, 7, 4, 13, tzinfo=UTC)),
        ("2026-07-04T09:00:00Z", datetime(2026, 7, 4, 9, tzinfo=UTC)),
        ("2026-11-30T02:34:05Z", datetime(2026, 11, 30, 2, 34, 5, tzinfo=UTC)),
        ("6:00:30pm", datetime(2026, 6, 2, 18, 0, 30)),  # noqa: DTZ001 - this machine's clock
    ],
)
def test_a_start_is_read_as_a_person_says_it(text: str, moment: datetime) -> None:
    assert parse_start(text, NOW) == moment


def test_tomorrow_is_the_named_zones() -> None:
    """In London it is the second of June already."""
    moment = parse_start("tomorrow 9:00 Europe/London", NOW)
    assert moment == datetime(2026, 6, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "9",
        "tomorrow 9",
        "13pm",
        "0am",
        "pm",
        "2026-06-02",
        "tomorrow 25:00",
        "tomorrow 9:00:61",
        "2026-02-30 09:00",
        "today 9:00 Mars/Base",
    ],
)
def test_what_is_no_moment_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        parse_start(text, NOW)
