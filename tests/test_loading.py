"""A file becomes a plan, and the plan becomes a campaign; `test_returning` is about twice."""

import contextlib
import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulksms.loading import Job, Wishes, check, load, prepare
from bulksms.model.errors import InputError
from bulksms.model.phone import Country
from bulksms.model.plan import Plan
from bulksms.model.records import Rate, ReportRow
from bulksms.model.repairs import Repair
from bulksms.model.states import CampaignState, Reason, State
from bulksms.spreadsheet.reading import read_table
from bulksms.store import Store
from tests.spreadsheet.hidden_rows import write_with_hidden_rows

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RATE = Rate(15, timedelta(seconds=60))

MESSY = """\
Lead ID,Order number,First name,Mobile
1042.0,12025550199,Ann,(202) 555-0104
0042,2,Bob,12025550105.0
1043,3,Cay,
1044,4,Dan,1.20256E+10
1045,5,,202-555-0106
1046,6,Eve,202-555-0106
1047,7,Fay,+1 202 555 0106
1048,8,Gus,ask his mother
1.23457E+15,9,Hal,202-555-0107
1050,10,Ida,+49 30 901820
1051,11,Jon,202-555-0108
"""


def job(path: Path, content: str = MESSY, **wishes: Any) -> Job:  # noqa: ANN401 - fields of the wishes
    path = path / "june.csv" if path.is_dir() else path
    path.write_text(content, encoding="utf-8")
    given_or_usual = {"message": "Hi {first_name}", "sender": "202-555-0100", **wishes}
    return prepare(read_table(path), Wishes(**given_or_usual))


def plan_of(a_job: Job, suppressed: dict[str, str] | None = None) -> Plan:
    return check(a_job, suppressed or {}, RATE)


def loaded(store: Store, a_job: Job) -> list[ReportRow]:
    """Check, load, and read back what was stored."""
    plan = check(a_job, store.suppressions.reasons(), RATE)
    campaign = load(a_job, plan, store, rate=RATE, now=NOW)
    return list(store.rows.report(campaign.id))


def test_who_opted_out_in_one_row_is_not_texted_by_another(tmp_path: Path) -> None:
    """Neither by one above it nor by one below."""
    people = "Name,Mobile,DNC\nAnn,2025550104,\nAnn,(202) 555-0104,x\nAnn,12025550104,no\n"
    made = plan_of(job(tmp_path, people, message="Hi"))
    assert (made.queued, made.skipped[Reason.OPTED_OUT].row_numbers) == (0, [2, 3, 4])
    assert [each.result for each in made.skipped[Reason.OPTED_OUT].examples][:2] == [
        "Row 3 has the same number, +12025550104, and opted out. The column 'DNC' says 'x'.",
        "The column 'DNC' says 'x'.",
    ]


def test_who_wrote_stop_late_in_a_long_list_is_not_texted(tmp_path: Path) -> None:
    """One in a hundred is filled, and none of the first rows."""
    said = {1_250: "Yes", 2_900: "yes"}
    rows = (f"202-556-{at:04},Ann,{said.get(at, '')}" for at in range(3_000))
    plan = plan_of(job(tmp_path, "\n".join(["Mobile,First name,Stop", *rows])))
    assert (plan.queued, plan.skipped[Reason.OPTED_OUT].rows) == (2_998, 2)


def test_who_opted_out_is_texted_at_none_of_their_phones(tmp_path: Path) -> None:
    people = "Name,Mobile,Home phone,DNC\nAnn,2025550104,,x\nAnn S.,,202-555-0104,\n"
    made = plan_of(job(tmp_path, people, message="Hi", phone_column="Home phone"))
    assert (made.queued, made.skipped[Reason.OPTED_OUT].row_numbers) == (0, [2, 3])


def test_who_opted_out_in_a_hidden_row_is_not_texted_by_another(tmp_path: Path) -> None:
    """Whoever filters out those who wrote STOP means that they are not texted."""
    rows = (
        ("Mobile", "First name", "Stop", "Do not text"),
        ("202-555-0104", "Ann", "yes", ""),
        ("(202) 555-0104", "Ann S.", "", ""),
        ("202-555-0105", "Bob", "", "x"),
        ("202-555-0105", "Bob T.", "", ""),
        ("202-555-0106", "Cid", "", ""),
    )
    write_with_hidden_rows(tmp_path / "june.xlsx", rows, hidden=(1, 3))
    wishes = Wishes(message="Hi {first_name}", sender="202-555-0100")
    made = plan_of(prepare(read_table(tmp_path / "june.xlsx"), wishes))
    assert (made.rows, made.queued) == (3, 1)
    told = [each.result for each in made.skipped[Reason.OPTED_OUT].examples]
    assert told == [
        f"Row {row} has the same number, {number}, and opted out. The column {says}."
        for row, number, says in (
            (2, "+12025550104", "'Stop' says 'yes'"),
            (4, "+12025550105", "'Do not text' says 'x'"),
        )
    ]


def test_every_row_is_kept_and_explained(store: Store, tmp_path: Path) -> None:
    store.suppressions.add(["+12025550108"], reason="STOP", source="test", now=NOW)
    rows = loaded(store, job(tmp_path))
    assert [(row.row_number, row.reason) for row in rows] == [
        (2, None),
        (3, None),
        (4, Reason.MISSING_NUMBER),
        (5, Reason.DAMAGED_NUMBER),
        (6, Reason.MISSING_VALUE),
        (7, None),
        (8, Reason.DUPLICATE),
        (9, Reason.INVALID_NUMBER),
        (10, Reason.DAMAGED_NUMBER),
        (11, Reason.UNSUPPORTED_COUNTRY),
        (12, Reason.OPTED_OUT),
    ]
    assert all((row.detail is None) == (row.reason is None) for row in rows)
    assert rows[6].detail == "Row 7 has the same number, +12025550106."


def test_rows_in_the_file_are_rows_of_the_plan_and_of_the_campaign(
    store: Store, tmp_path: Path
) -> None:
    a_job = job(tmp_path)
    plan = plan_of(a_job)
    campaign = load(a_job, plan, store, rate=RATE, now=NOW)
    assert a_job.table.row_count == plan.rows == campaign.rows == 11
    assert plan.queued == store.rows.counts(campaign.id)[State.QUEUED]


def test_what_is_stored_is_what_is_sent(store: Store, tmp_path: Path) -> None:
    first, second, *_ = loaded(store, job(tmp_path))
    assert (first.to_number, first.message) == ("+12025550104", "Hi Ann")
    assert (second.to_number, second.message) == ("+12025550105", "Hi Bob")


def test_the_lead_id_is_the_crms_and_the_other_cells_are_untouched(
    store: Store, tmp_path: Path
) -> None:
    first, second, *_ = loaded(store, job(tmp_path))
    assert first.original == ("1042", "12025550199", "Ann", "(202) 555-0104")
    assert second.original == ("0042", "2", "Bob", "12025550105.0")


def test_a_load_is_a_draft_named_after_its_file_and_day(store: Store, tmp_path: Path) -> None:
    a_job = job(tmp_path)
    campaign = load(a_job, plan_of(a_job), store, rate=RATE, now=NOW)
    assert (campaign.name, campaign.state) == ("june-2026-01-05", CampaignState.DRAFT)
    assert (campaign.source_name, campaign.columns) == ("june.csv", a_job.table.columns)


def test_a_file_whose_name_could_not_be_typed_still_gets_a_name(
    store: Store, tmp_path: Path
) -> None:
    a_job = job(tmp_path / "-june\x1b.csv")
    campaign = load(a_job, plan_of(a_job), store, rate=RATE, now=NOW)
    assert campaign.name == "_-june_-2026-01-05"


def test_a_plan_shows_what_was_found_mended_and_left_out(tmp_path: Path) -> None:
    plan = plan_of(job(tmp_path), {"+12025550108": "STOP"})
    assert (plan.queued, plan.skipped_rows) == (3, 8)
    assert plan.skipped[Reason.DAMAGED_NUMBER].row_numbers == [5, 10]
    [repair] = plan.repaired[Repair.DECIMAL].examples
    assert (repair.row_number, repair.cell, repair.result) == (3, "12025550105.0", "+12025550105")
    assert [row.body for row in plan.previews] == ["Hi Ann", "Hi Bob", "Hi Eve"]
    assert plan.duration == timedelta(seconds=12)


def test_a_plan_names_the_character_that_makes_a_text_dear(tmp_path: Path) -> None:
    plan = plan_of(job(tmp_path, "Phone,Name\n2025550104,Zoë\n2025550105,Ann\n", message="{name}"))
    assert {char: kind.row_numbers for char, kind in plan.unicode.items()} == {"ë": [2]}


def test_a_limit_shortens_the_first_run_and_skips_nobody(store: Store, tmp_path: Path) -> None:
    """`--limit` counts good rows; the others wait for a `resume`."""
    a_job = job(tmp_path, limit=2)
    plan = plan_of(a_job)
    campaign = load(a_job, plan, store, rate=RATE, now=NOW)
    assert (plan.queued, plan.first_run, plan.duration) == (4, 2, timedelta(seconds=8))
    assert campaign.stop_after_row == 3
    assert store.rows.counts(campaign.id)[State.QUEUED] == 4


def test_duplicates_may_be_kept(store: Store, tmp_path: Path) -> None:
    rows = loaded(store, job(tmp_path, duplicates="keep"))
    assert [
        row.row_number for row in rows if row.to_number == "+12025550106" and not row.reason
    ] == [
        7,
        8,
    ]


def test_a_rows_own_text(store: Store, tmp_path: Path) -> None:
    content = "Phone,Note\n2025550104,Dear {Ann}\n2025550105,\n"
    first, second = loaded(store, job(tmp_path, content, message=None, message_column="note"))
    assert first.message == "Dear {Ann}"
    assert second.reason is Reason.EMPTY_MESSAGE


def test_a_rows_own_sender(tmp_path: Path) -> None:
    content = "Phone,from_number\n2025550104,202-555-0111\n2025550105,\n"
    senders = [row.sender for row in plan_of(job(tmp_path, content, message="Hi")).previews]
    assert senders == ["+12025550111", "+12025550100"]
    alone = plan_of(job(tmp_path, content, message="Hi", sender=None))
    assert alone.skipped[Reason.MISSING_VALUE].row_numbers == [3]


def test_the_country_is_that_of_numbers_and_senders(tmp_path: Path) -> None:
    content = "Phone\n07400 123456\n"
    wishes = {"message": "Hi", "sender": "07400 123457", "country": Country.GB}
    [row] = plan_of(job(tmp_path, content, **wishes)).previews
    assert (row.to_number, row.sender) == ("+447400123456", "+447400123457")


def test_an_attachment_on_disk_is_found_again_from_anywhere(tmp_path: Path) -> None:
    """`resume` may be typed in another folder than `send`."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"png")
    with contextlib.chdir(tmp_path):
        assert job(tmp_path, media="picture.png").media == str(picture)


def test_an_attachment_by_address_is_left_as_it_is(tmp_path: Path) -> None:
    address = "HTTPS://a.example/a.png"
    [row, *_] = plan_of(job(tmp_path, message=None, media=address)).previews
    assert (row.media, row.body) == (address, None)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"message": None}, "no message"),
        ({"message": "  "}, "message is empty"),
        ({"message_column": "First name"}, "one text is enough"),
        ({"message": "Hi {firstname}", "sender": None}, "no sender"),
        ({"sender": "Easify"}, r"number cannot be used: 'Easify'"),
        ({"message": "Hi {surname}"}, "'surname'.*'First name'"),
        ({"phone_column": "Fax"}, "no column 'Fax'"),
        ({"media": "nowhere.png"}, "nowhere.png is not there"),
        ({"name": "  "}, "name cannot be typed"),
        ({"name": "--yes"}, "looks like an option"),
    ],
)
def test_what_must_be_fixed_is_said_before_any_row_is_judged(
    tmp_path: Path, wishes: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        job(tmp_path, **wishes)


def test_the_phone_column_may_be_named(tmp_path: Path) -> None:
    plan = plan_of(job(tmp_path, phone_column="order NUMBER"))
    assert [row.to_number for row in plan.previews] == ["+12025550199"]


def test_a_file_that_changed_after_its_plan_is_stored_as_the_plan_showed_it(
    store: Store, tmp_path: Path
) -> None:
    """What was shown is what is stored: the file is read once."""
    a_job = job(tmp_path)
    plan = plan_of(a_job)
    (tmp_path / "june.csv").unlink()
    campaign = load(a_job, plan, store, rate=RATE, now=NOW)
    stored = list(store.rows.report(campaign.id))
    assert [row.row_number for row in stored] == list(range(2, 13))
    assert store.rows.counts(campaign.id)[State.QUEUED] == plan.queued


cell = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    st.sampled_from(["2025550104", "202-555-0105", "+44 7400 123456", "1042.0", "1.2E+10"]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=6))
def test_every_file_that_can_be_read_is_judged_row_by_row(
    tmp_path: Path, rows: Sequence[tuple[str, str, str]]
) -> None:
    """Whatever the cells hold, nothing is raised and no row is lost on the way."""
    text = StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([("Phone", "Name", "Lead ID"), ("2025550100", "Ann", "1"), *rows])
    path = tmp_path / "june.csv"
    path.write_bytes(text.getvalue().encode())
    wishes = Wishes(message="Hi {name|there}", sender="2025550199", phone_column="Phone")
    a_job = prepare(read_table(path), wishes)
    assert plan_of(a_job).rows == a_job.table.row_count == len(list(a_job.table.rows()))
