from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.records import ReportRow
from bulksms.model.states import REASONS, Reason, State
from bulksms.model.summary import Tally

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def row(
    number: int,
    state: State = State.QUEUED,
    reason: Reason | None = None,
    accepted_at: datetime | None = None,
    segments: int = 1,
) -> ReportRow:
    detail = f"Because of row {number}." if reason else None
    rest = (None, None, 0, accepted_at, segments, "Hi")
    return ReportRow(number, ("Ann",), "+12125550104", state, reason, detail, *rest)


def accepted(*moments: datetime) -> Tally:
    tally = Tally()
    for number, moment in enumerate(moments, start=2):
        tally.add(row(number, State.ACCEPTED, accepted_at=moment, segments=2))
    return tally


ENDINGS: list[tuple[State, Reason | None]] = [
    *((state, None) for state in State if not REASONS[state]),
    *((state, reason) for state in State for reason in sorted(REASONS[state])),
]
ROWS = st.builds(
    lambda number, ending: row(number, *ending), st.integers(2, 10**6), st.sampled_from(ENDINGS)
)


@given(rows=st.lists(ROWS))
def test_what_is_summed_up_adds_up(rows: Sequence[ReportRow]) -> None:
    tally = Tally()
    assert list(tally.passing(rows)) == rows
    assert tally.rows == len(rows) == tally.states.total()
    explained = [each for each in rows if each.reason]
    assert sum(why.rows for why in tally.whys) == len(explained)


def test_the_most_frequent_reason_of_a_state_comes_first_with_its_first_row() -> None:
    tally = Tally()
    for number, reason in enumerate([Reason.DUPLICATE, Reason.OPTED_OUT, Reason.OPTED_OUT], 2):
        tally.add(row(number, State.SKIPPED, reason))
    tally.add(row(9, State.FAILED, Reason.BLACKLISTED))
    assert [(why.reason, why.rows, why.row_number) for why in tally.whys] == [
        (Reason.BLACKLISTED, 1, 9),
        (Reason.OPTED_OUT, 2, 3),
        (Reason.DUPLICATE, 1, 2),
    ]
    assert tally.whys[0].detail == "Because of row 9."


def test_only_accepted_texts_have_a_pace_and_segments() -> None:
    tally = Tally()
    tally.add(row(2, State.FAILED, Reason.REJECTED, segments=3))
    assert (tally.pace(), tally.segments) == (None, 0)
    assert accepted(MONDAY, MONDAY).segments == 4


@given(
    moments=st.lists(
        st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis adds the zone itself
        min_size=1,
    ),
    most=st.integers(1, 60),
)
def test_every_accepted_text_is_in_one_of_a_few_bars(moments: list[datetime], most: int) -> None:
    pace = accepted(*moments).pace(most)
    assert pace is not None
    assert len(pace.bars) <= most
    starts = [begins for begins, _ in pace.bars]
    assert starts == [starts[0] + at * pace.step for at in range(len(starts))]
    for begins, texts in pace.bars:
        assert texts == sum(begins <= moment < begins + pace.step for moment in moments)
    assert sum(texts for _, texts in pace.bars) == len(moments)


@pytest.mark.parametrize(
    ("lasts", "every"),
    [
        (timedelta(minutes=59), "minute"),
        (timedelta(minutes=60), "5 minutes"),
        (timedelta(days=2), "hour"),
        (timedelta(days=46), "day"),
        (timedelta(days=3650), "9 weeks"),
    ],
)
def test_a_bar_stands_for_as_little_time_as_there_is_room(lasts: timedelta, every: str) -> None:
    pace = accepted(MONDAY, MONDAY + lasts).pace()
    assert pace is not None
    assert pace.every == every
