from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.chunks import FileRows
from bulksms.model.columns import Columns
from bulksms.model.judging import Judge
from bulksms.model.opt_out_columns import Heeded
from bulksms.model.phone import Country
from bulksms.model.records import JudgedRow
from bulksms.model.repairs import Mended, Repair
from bulksms.model.settings import MAX_SEGMENTS
from bulksms.model.states import ENTRY, REASONS, Reason, State
from bulksms.model.text import Template

NAMES = ("First name", "Phone", "Lead ID", "From", "Media", "Text")
COLUMNS = Columns(phone=1, lead_id=2, sender=3, media=4)
OWN_TEXT = Columns(phone=1, lead_id=2, sender=3, media=4, message=5)
WITH_OPT_OUT = Columns(phone=1, heeded=(Heeded(5, "Do not text", consents=False),))
"""The last column taken for what its name says."""
SENDER = "+12025550100"


def judge(message: str | None = "Hi {first_name}", **changes: Any) -> Judge:  # noqa: ANN401 - fields of the judge
    fields: dict[str, Any] = {
        "columns": COLUMNS,
        "country": Country.US,
        "template": Template.parse(message).bind(NAMES) if message else None,
        "sender": SENDER,
        "media": None,
        "suppressed": {},
        "keep_duplicates": False,
    }
    return Judge(**{**fields, **changes})


def cells(
    phone: str = "(202) 555-0104",
    *,
    name: str = "Ann",
    lead_id: str = "",
    sender: str = "",
    media: str = "",
    text: str = "",
) -> tuple[str, ...]:
    return (name, phone, lead_id, sender, media, text)


def one(row: tuple[str, ...], by: Judge | None = None) -> JudgedRow:
    return (by or judge()).judge(2, row)


def test_a_good_row_has_all_that_a_post_needs() -> None:
    assert one(cells(lead_id="1042.0")) == JudgedRow(
        row_number=2,
        original=("Ann", "(202) 555-0104", "1042", "", "", ""),
        state=State.QUEUED,
        to_number="+12025550104",
        lead_id="1042",
        sender=SENDER,
        body="Hi Ann",
        segments=1,
        repairs=(Mended(Repair.LEAD_ID_DECIMAL, "1042.0", "1042"),),
    )


@pytest.mark.parametrize(
    ("row", "reason", "said"),
    [
        (cells(""), Reason.MISSING_NUMBER, "empty"),
        (cells("call her"), Reason.INVALID_NUMBER, "'call her'"),
        (cells("1.20256E+10"), Reason.DAMAGED_NUMBER, "scientific"),
        (cells("+49 30 901820"), Reason.UNSUPPORTED_COUNTRY, "+49"),
        (cells("202-555-0199"), Reason.OPTED_OUT, "said STOP"),
        (cells(name=" "), Reason.MISSING_VALUE, "'First name'"),
        (cells(lead_id="1.23457E+15"), Reason.DAMAGED_NUMBER, "lead id '1.23457E+15'"),
        (cells(sender="nobody"), Reason.MISSING_VALUE, "sender in this row"),
        (cells(name="x" * 2000), Reason.MESSAGE_TOO_LONG, f"more than {MAX_SEGMENTS}"),
    ],
)
def test_a_row_that_is_not_texted_says_why(row: tuple[str, ...], reason: Reason, said: str) -> None:
    judged = one(row, judge(suppressed={"+12025550199": "said STOP"}))
    assert (judged.state, judged.reason) == (State.SKIPPED, reason)
    assert said in (judged.detail or "")


def test_the_phone_is_mended_before_the_text() -> None:
    assert one(cells("", name="")).reason is Reason.MISSING_NUMBER


def test_an_opt_out_goes_before_everything_that_could_be_mended() -> None:
    judged = one(cells(name=""), judge(suppressed={"+12025550104": "STOP"}))
    assert judged.reason is Reason.OPTED_OUT


def test_who_says_yes_to_an_opt_out_column_is_not_texted() -> None:
    judged = one(cells(text=" Yes "), judge(columns=WITH_OPT_OUT))
    assert (judged.reason, judged.column) == (Reason.OPTED_OUT, 5)
    assert judged.detail == "The column 'Do not text' says 'Yes'."


@pytest.mark.parametrize("text", ["", "no", "after 5pm"])
def test_what_is_no_plain_yes_to_an_opt_out_column_decides_nothing(text: str) -> None:
    assert one(cells(text=text), judge(columns=WITH_OPT_OUT)).state is State.QUEUED


def test_who_says_no_to_a_column_of_consent_is_not_texted() -> None:
    columns = Columns(phone=1, heeded=(Heeded(5, "SMS consent", consents=True),))
    assert one(cells(text="N"), judge(columns=columns)).reason is Reason.OPTED_OUT
    assert one(cells(text="Y"), judge(columns=columns)).state is State.QUEUED


def test_nobody_is_asked_to_mend_the_number_of_somebody_who_opted_out() -> None:
    judged = one(cells("12", text="x"), judge(columns=WITH_OPT_OUT))
    assert judged.reason is Reason.OPTED_OUT


def test_a_column_that_fills_the_text_is_heeded_as_well() -> None:
    columns = Columns(phone=1, heeded=(Heeded(0, "Opted out", consents=False),))
    by = judge(columns=columns)
    assert one(cells(name="yes"), by).reason is Reason.OPTED_OUT
    assert one(cells(name="no"), by).body == "Hi no"


def test_repairs_are_told() -> None:
    judged = one(cells("12025550104.0", lead_id="1.042E+3"))
    assert judged.repairs == (
        (Repair.DECIMAL, "12025550104.0", "+12025550104"),
        (Repair.LEAD_ID_SCIENTIFIC, "1.042E+3", "1042"),
    )


def test_a_space_around_a_lead_id_is_no_damage() -> None:
    assert one(cells(lead_id=" 1042 ")).repairs == ()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (cells("12"), "Phone"),
        (cells(lead_id="1E+30"), "Lead ID"),
        (cells(sender="nobody"), "From"),
        (cells(name=""), "First name"),
    ],
)
def test_a_refusal_names_the_cell_to_mend(row: tuple[str, ...], column: str) -> None:
    judged = one(row)
    assert judged.column is not None
    assert NAMES[judged.column] == column


def test_a_number_that_receives_no_texts_is_no_recipient_but_may_be_the_sender() -> None:
    assert one(cells("800-555-0104")).reason is Reason.INVALID_NUMBER
    assert one(cells(sender="800-555-0104")).sender == "+18005550104"


def test_the_country_says_what_a_number_without_plus_means() -> None:
    by = judge(country=Country.GB)
    assert one(cells("07400 123456"), by).to_number == "+447400123456"


def test_the_text_uses_the_lead_id_as_the_crm_knows_it() -> None:
    assert one(cells(lead_id="1042.0"), judge("Your id is {lead_id}")).body == "Your id is 1042"


def test_a_rows_own_sender_wins() -> None:
    assert one(cells(sender="202 555 0111")).sender == "+12025550111"


def test_a_row_without_any_sender_is_skipped() -> None:
    assert one(cells(), judge(sender=None)).reason is Reason.MISSING_VALUE


def test_a_rows_own_attachment_wins() -> None:
    by = judge(media="https://a.example/all.png")
    assert one(cells(media=" https://a.example/own.png "), by).media == "https://a.example/own.png"
    assert one(cells("202-555-0105"), by).media == "https://a.example/all.png"


def test_a_row_may_bring_its_own_text() -> None:
    by = judge(None, columns=OWN_TEXT)
    assert one(cells(text=" Dear {Ann} "), by).body == "Dear {Ann}"


def test_a_row_without_text_and_attachment_is_skipped() -> None:
    by = judge(None, columns=OWN_TEXT)
    assert one(cells(text="  "), by).reason is Reason.EMPTY_MESSAGE
    assert one(cells(media="https://a.example/own.png"), by).state is State.QUEUED


def test_an_attachment_alone_has_no_body_and_no_segments() -> None:
    judged = one(cells(), judge(None, media="https://a.example/all.png"))
    assert (judged.state, judged.body, judged.segments) == (State.QUEUED, None, 0)


def test_the_first_good_row_of_a_number_is_the_one() -> None:
    """An earlier row with the number that could not be texted does not stand in the way."""
    by = judge()
    bad = by.judge(2, cells(name=""))
    good = by.judge(3, cells("+1 202 555 0104"))
    again = by.judge(4, cells("2025550104"))
    assert [bad.reason, good.reason, again.reason] == [
        Reason.MISSING_VALUE,
        None,
        Reason.DUPLICATE,
    ]
    assert again.detail == "Row 3 has the same number, +12025550104."


@pytest.mark.parametrize("rows_at_once", [1, 2, 3, 7])
def test_a_duplicate_names_the_first_row_however_far_up_it_is(rows_at_once: int) -> None:
    by = judge()
    rows = [cells(f"20255501{number:02}") for number in (4, 5, 4, 6, 5, 4, 6)]
    numbered = list(enumerate(rows, start=2))
    told = [
        row.detail
        for first in range(0, len(rows), rows_at_once)
        for row in by.judge_all(FileRows.of(numbered[first : first + rows_at_once]))
    ]
    assert [detail and detail[:5] for detail in told] == [
        *(None, None, "Row 2", None, "Row 3", "Row 2", "Row 5"),
    ]


def test_duplicates_that_are_kept_are_counted_up() -> None:
    """`repeat` is what lets the database take a second row of one number, and only by choice."""
    by = judge(keep_duplicates=True)
    assert [by.judge(number, cells()).repeat for number in (2, 3, 4)] == [0, 1, 2]


def test_a_cell_that_another_row_has_is_read_the_same_way_again() -> None:
    """Senders, attachments and fields are looked at once for each different cell."""
    rows = [
        cells("2025550104", name="#N/A", sender="12"),
        cells("2025550105", name="#N/A", sender="12", media="ftp://a.example"),
        cells("2025550106", name="#N/A"),
        cells("2025550107"),
    ]
    judged = judge().judge_all(FileRows.of(enumerate(rows, start=2)))
    assert [row.detail and row.detail[:22] for row in judged] == [
        "The sender in this row",
        "The sender in this row",
        "The cell 'First name' ",
        None,
    ]


cell = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "2025550104", "202-555-0105", "1.2E+10", "1042.0", "Ann", "x" * 1600]),
)


@given(
    rows=st.lists(st.tuples(*[cell] * len(NAMES)), min_size=1, max_size=8),
    own_text=st.booleans(),
    keep_duplicates=st.booleans(),
    sender=st.sampled_from([None, SENDER]),
)
def test_every_row_is_judged_and_explained(
    rows: list[tuple[str, ...]],
    *,
    own_text: bool,
    keep_duplicates: bool,
    sender: str | None,
) -> None:
    by, by_another = (
        judge(
            None if own_text else "Hi {first_name|there} {lead_id|}",
            columns=OWN_TEXT if own_text else COLUMNS,
            keep_duplicates=keep_duplicates,
            sender=sender,
            suppressed={"+12025550105": "STOP"},
        )
        for _ in range(2)
    )
    numbered = list(enumerate(rows, start=2))
    judged = [by.judge(number, row) for number, row in numbered]
    together = [*by_another.judge_all(FileRows.of(numbered))]
    queued = [row for row in judged if row.state is State.QUEUED]
    assert len({(row.to_number, row.repeat) for row in queued}) == len(queued)
    for row in queued:
        assert row.to_number
        assert row.sender
        assert row.body or row.media
        assert (row.reason, row.detail) == (None, None)
    assert judged == together
    for row in judged:
        assert row.state in ENTRY
        if row.state is State.SKIPPED:
            assert row.reason in REASONS[State.SKIPPED]
            assert row.detail
