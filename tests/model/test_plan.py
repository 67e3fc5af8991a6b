from datetime import timedelta

import pytest

from bulksms.model.chunks import JudgedRows
from bulksms.model.overlap import Elsewhere, Overlap
from bulksms.model.plan import EXAMPLES, ROW_NUMBERS, Example, Plan
from bulksms.model.records import JudgedRow, Rate
from bulksms.model.repairs import Mended, Repair
from bulksms.model.states import CampaignState, Reason, State

RATE = Rate(15, timedelta(seconds=60))


def queued(row_number: int, *, body: str = "Hi", segments: int = 1) -> JudgedRow:
    return JudgedRow(
        row_number,
        ("Ann", "2025550104.0"),
        State.QUEUED,
        to_number="+12025550104",
        sender="+12025550100",
        body=body,
        segments=segments,
        repairs=(Mended(Repair.DECIMAL, "2025550104.0", "+12025550104"),),
    )


def skipped(row_number: int, reason: Reason = Reason.INVALID_NUMBER) -> JudgedRow:
    return JudgedRow(row_number, ("Ann", "12"), State.SKIPPED, reason, "'12' is too short.")


def plan(*rows: JudgedRow, limit: int | None = None) -> Plan:
    made = Plan(rate=RATE, limit=limit, phone_column=1)
    for row in rows:
        made.add(JudgedRows.of([row]))
    return made


def test_every_row_is_counted_once() -> None:
    made = plan(queued(2), skipped(3), skipped(4, Reason.OPTED_OUT), queued(7))
    assert (made.rows, made.queued, made.skipped_rows) == (4, 2, 2)


def test_each_reason_has_its_rows_with_the_cell_and_the_sentence() -> None:
    made = plan(skipped(3), skipped(9), skipped(4, Reason.OPTED_OUT))
    kind = made.skipped[Reason.INVALID_NUMBER]
    assert (kind.rows, kind.row_numbers) == (2, [3, 9])
    assert kind.examples[0] == Example(3, "12", "'12' is too short.")
    assert made.skipped[Reason.OPTED_OUT].row_numbers == [4]


def test_a_repair_is_shown_as_before_and_after() -> None:
    kind = plan(queued(2)).repaired[Repair.DECIMAL]
    assert kind.examples == [Example(2, "2025550104.0", "+12025550104")]


def test_segments_are_added_up_and_told_by_size() -> None:
    made = plan(queued(2), queued(3), queued(4, segments=3))
    assert made.segments == 5
    assert made.by_segments == {1: 2, 3: 1}


def test_the_characters_that_make_a_text_unicode_are_named_with_their_rows() -> None:
    made = plan(queued(2, body="Hi"), queued(3, body="Hi 😀 ê"), queued(4, body="ê ê"))
    assert {character: kind.row_numbers for character, kind in made.unicode.items()} == {
        "😀": [3],
        "ê": [3, 4],
    }


def test_a_skipped_row_costs_nothing_and_is_no_preview() -> None:
    made = plan(skipped(2))
    assert (made.segments, made.previews, made.duration) == (0, [], timedelta(0))


@pytest.mark.parametrize(("limit", "first_run"), [(None, 8), (3, 3), (8, 8), (100, 8)])
def test_the_duration_is_that_of_the_rows_that_go_first(limit: int | None, first_run: int) -> None:
    made = plan(*map(queued, range(2, 10)), limit=limit)
    assert made.first_run == first_run
    assert made.duration == first_run * timedelta(seconds=4)


def test_a_plan_does_not_grow_with_the_file() -> None:
    made = plan(*(skipped(number) for number in range(2, 2002)), *map(queued, range(2002, 2012)))
    kind = made.skipped[Reason.INVALID_NUMBER]
    assert (kind.rows, len(kind.row_numbers), len(kind.examples)) == (2000, ROW_NUMBERS, EXAMPLES)
    assert [row.row_number for row in made.previews] == [2002, 2003, 2004, 2005, 2006]


def test_a_number_counts_once_for_each_campaign_that_has_it() -> None:
    rows = JudgedRows.of([queued(2)])
    made = plan(queued(2))
    number = "+12025550104"
    made.compare(
        rows,
        lambda _numbers: [
            Elsewhere(number, "june", CampaignState.FINISHED, waits=False, body="Bye"),
            Elsewhere(number, "june", CampaignState.FINISHED, waits=False, body="Hi"),
            Elsewhere(number, "july", CampaignState.PAUSED, waits=True, body="Hi"),
        ],
    )
    made.compare(
        rows,
        lambda _numbers: [
            Elsewhere(number, "may", CampaignState.FINISHED, waits=False, body=None, opted_out=True)
        ],
    )
    june, july, may = made.most_overlaps
    assert may.of_the_opted_out == (
        "1 of these numbers opted out in the file of 'may', and would be texted now."
    )
    assert (may.of_the_texted, may.opted_out_numbers) == (None, [number])
    assert june == Overlap("june", CampaignState.FINISHED, texted=1, same_text=1)
    assert july == Overlap("july", CampaignState.PAUSED, waiting=1)
    assert june.of_the_waiting is None
    assert july.of_the_texted is None


@pytest.mark.parametrize(
    ("overlap", "told"),
    [
        (
            Overlap("june", CampaignState.FINISHED, texted=1),
            "1 of these numbers was texted by 'june' in the last 7 days, with another text.",
        ),
        (
            Overlap("june", CampaignState.FINISHED, texted=1200, same_text=1200),
            "1,200 of these numbers were texted by 'june' in the last 7 days, with this very text.",
        ),
        (
            Overlap("may", CampaignState.FINISHED, texted=9, same_text=7),
            "9 of these numbers were texted by 'may' in the last 7 days, 7 of them with this text.",
        ),
    ],
)
def test_what_was_texted_is_told_with_how_much_of_it_was_this_text(
    overlap: Overlap, told: str
) -> None:
    assert overlap.of_the_texted == told


def test_another_accounts_campaign_is_told_with_its_account() -> None:
    overlap = Overlap("may", CampaignState.PAUSED, texted=1, waiting=1, account="acme")
    for told in (overlap.of_the_texted, overlap.of_the_waiting):
        assert "by 'may' of the account 'acme'" in str(told)


def test_people_who_were_rounded_to_one_number_are_minded_as_duplicates_too() -> None:
    rows = [queued(2), skipped(3, Reason.DUPLICATE), skipped(4, Reason.DUPLICATE)]
    made = plan(*(row._replace(to_number="+14155560000") for row in rows))
    assert made.look_rounded
    assert made.rounded.row_numbers == [2, 3, 4]


@pytest.mark.parametrize(("column", "suspicious"), [(1, True), (0, False)])
def test_beside_a_phone_that_lost_its_digits_one_round_number_is_enough(
    column: int, *, suspicious: bool
) -> None:
    """A lead id that lost them says nothing of phones."""
    damaged = skipped(3, Reason.DAMAGED_NUMBER)._replace(column=column)
    assert not plan(damaged).look_rounded
    made = plan(queued(2)._replace(to_number="+14155560000"), damaged)
    assert made.look_rounded is suspicious


@pytest.mark.parametrize(
    ("round_ones", "others", "suspicious"), [(2, 0, False), (3, 200, True), (3, 400, False)]
)
def test_many_round_numbers_are_no_chance(
    round_ones: int, others: int, *, suspicious: bool
) -> None:
    rounded = [queued(row)._replace(to_number="+12025550000") for row in range(round_ones)]
    made = plan(*rounded, *map(queued, range(10, 10 + others)))
    assert made.look_rounded is suspicious
    assert made.rounded.row_numbers == list(range(round_ones))
