"""A report is taken again as the file it was made from: `report -o failed.csv`, then `send`."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.errors import InputError
from bulksms.model.records import ReportRow
from bulksms.model.states import Reason, State
from bulksms.spreadsheet.reading import Table, read_table
from bulksms.spreadsheet.report_form import with_guard, without_guard
from bulksms.spreadsheet.writing import write_report

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
NASTY = st.text(st.sampled_from("=+-@'\"\t\r\n,;| a0é") | LETTERS, max_size=12)
NAMES = st.sampled_from(["State", "row (file)", "=cmd", "'+x", "message", "Phone", "a,b"]) | NASTY


def columns_of_a_table(names: list[str]) -> bool:
    """The names that `read_table` gives: something to see, nothing around it, no two alike."""
    return all(name and name == name.strip() for name in names)


TABLES = (
    st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold)
    .filter(columns_of_a_table)
    .flatmap(
        lambda names: st.tuples(
            st.just(tuple(names)),
            st.lists(
                st.tuples(*[NASTY] * len(names)).filter(lambda row: any(map(str.strip, row))),
                min_size=1,
                max_size=4,
            ),
        )
    )
)


def written(path: Path, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    write_report(path, columns, (report_row(number, row) for number, row in enumerate(rows, 2)))
    return read_table(path)


def report_row(number: int, original: tuple[str, ...]) -> ReportRow:
    return ReportRow(
        row_number=number,
        original=original,
        to_number="+12125550104",
        state=State.QUEUED,
        reason=None,
        detail=None,
        sms_id=None,
        delivery=None,
        attempts=0,
        accepted_at=None,
        segments=1,
        message="=Hi; there",
    )


@given(table=TABLES)
def test_a_csv_report_gives_back_columns_and_cells_exactly(
    tmp_path_factory: pytest.TempPathFactory,
    table: tuple[tuple[str, ...], list[tuple[str, ...]]],
) -> None:
    columns, rows = table
    back = written(tmp_path_factory.mktemp("report") / "report.csv", columns, rows)
    assert back.columns == columns
    assert list(back.rows()) == list(enumerate(rows, start=2))


@given(text=NASTY)
def test_the_guard_is_undone_exactly(text: str) -> None:
    assert without_guard(with_guard(text)) == text
    assert not with_guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_report_comes_back_as_the_file_it_was_made_from(tmp_path: Path, ending: str) -> None:
    columns = ("Name", "State", "row (file)", "Lead ID")
    rows = [(f"Zoë 😀 {n}", "=1+1", "'-1", f"{n:04}") for n in range(100)]
    back = written(tmp_path / f"report{ending}", columns, rows)
    assert back.columns == columns
    assert [row for _, row in back.rows()] == rows
    assert "a report of bulksms: its own columns were left out" in back.notes


def test_a_report_of_a_report_is_a_report_of_the_file(tmp_path: Path) -> None:
    once = written(tmp_path / "once.csv", ("State", "Phone"), [("NY", "+12125550104")])
    rows = [row for _, row in once.rows()]
    twice = written(tmp_path / "twice.csv", once.columns, rows)
    assert (twice.columns, list(twice.rows())) == (once.columns, list(once.rows()))


def test_the_guard_stays_on_cells_of_a_file_that_is_no_report(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("Name,Phone\nAnn,'+12125550104\n")
    assert list(read_table(path).rows()) == [(2, ("Ann", "'+12125550104"))]


FIRST = report_row(2, ("Ann", "(617) 230-6000"))._replace(
    to_number="+16172306000", state=State.ACCEPTED
)
AGAIN = report_row(11, ("A. Lindqvist", "617.230.6000 x12"))._replace(
    to_number="+16172306000", state=State.SKIPPED, reason=Reason.DUPLICATE
)
EMPTY = report_row(12, ("Ben", ""))._replace(
    to_number=None, state=State.SKIPPED, reason=Reason.MISSING_NUMBER
)
REFUSED = report_row(13, ("Cy", "617 230 6001"))._replace(
    to_number="+16172306001", state=State.FAILED, reason=Reason.INVALID_RECIPIENT
)
GIVEN_UP = report_row(14, ("Dee", "617 230 6002"))._replace(
    to_number="+16172306002", state=State.FAILED, reason=Reason.GAVE_UP
)
IN_DOUBT = report_row(15, ("Eve", "617 230 6003"))._replace(
    to_number="+16172306003", state=State.UNKNOWN, reason=Reason.TIMEOUT
)
IN_THE_AIR = report_row(16, ("Flo", "617 230 6004"))._replace(
    to_number="+16172306004", state=State.SENDING
)
LEFT_ALONE = report_row(18, ("Hal", "617 230 6006"))._replace(
    to_number="+16172306006", state=State.SKIPPED, reason=Reason.TEXTED_RECENTLY
)
HAD_THE_TEXT = report_row(19, ("Ida", "617 230 6007"))._replace(
    to_number="+16172306007", state=State.SKIPPED, reason=Reason.SAME_TEXT
)
RESTRAINED = (LEFT_ALONE, HAD_THE_TEXT)
WAITING = report_row(17, ("Gus", "617 230 6005"))._replace(to_number="+16172306005")
DOUBTFUL = (GIVEN_UP, IN_DOUBT, IN_THE_AIR)
as_text_and_as_workbook = pytest.mark.parametrize("name", ["report.csv", "report.xlsx"])


def names_read_back(path: Path, *rows: ReportRow) -> list[str]:
    """Whom a report of these rows holds when it is read as a file; what is left out is told."""
    write_report(path, ("Name", "Phone"), rows)
    table = read_table(path)
    names = [cells[0] for _, cells in table.rows()]
    assert table.row_count == len(names)
    told = any("may have been texted already" in note for note in table.notes)
    assert told == (len(names) < len(rows))
    return names


@as_text_and_as_workbook
def test_a_duplicate_of_a_row_that_is_not_in_it_is_left_out(tmp_path: Path, name: str) -> None:
    """Else the way that the README tells, `report --state skipped`, would text people twice."""
    assert names_read_back(tmp_path / name, AGAIN, EMPTY) == ["Ben"]


@as_text_and_as_workbook
def test_one_whose_number_was_mended_is_another_persons(tmp_path: Path, name: str) -> None:
    mended = AGAIN._replace(original=("A. Lindqvist", "617 230 6009"))
    assert names_read_back(tmp_path / name, mended) == ["A. Lindqvist"]


@as_text_and_as_workbook
def test_a_whole_report_keeps_every_row(tmp_path: Path, name: str) -> None:
    """Or it would not be known as the file that was sent already."""
    whole = [FIRST, AGAIN, EMPTY, REFUSED, *DOUBTFUL, *RESTRAINED, WAITING]
    assert len(names_read_back(tmp_path / name, *whole)) == len(whole)


@as_text_and_as_workbook
@pytest.mark.parametrize("besides", [[], [EMPTY], [WAITING]], ids=["", "skipped", "queued"])
@pytest.mark.parametrize("doubt", DOUBTFUL, ids=["gave_up", "unknown", "sending"])
def test_of_those_who_did_not_get_it_whoever_may_have_is_left_out(
    tmp_path: Path, name: str, doubt: ReportRow, besides: list[ReportRow]
) -> None:
    """Doubt never sends again, whatever else is asked for beside what failed."""
    names = [row.original[0] for row in besides]
    assert names_read_back(tmp_path / name, REFUSED, doubt, *besides) == ["Cy", *names]


restrained = pytest.mark.parametrize("left", RESTRAINED, ids=["texted_recently", "same_text"])


@as_text_and_as_workbook
@restrained
def test_so_is_whoever_was_left_alone_because_another_campaign_had_texted_them(
    tmp_path: Path, name: str, left: ReportRow
) -> None:
    """Whoever mends one cell of `report --state skipped` means to text nobody a second time."""
    assert names_read_back(tmp_path / name, EMPTY, left) == ["Ben"]


@restrained
def test_but_not_under_another_number(tmp_path: Path, left: ReportRow) -> None:
    mended = left._replace(original=("Hal", "617 230 6009"))
    assert names_read_back(tmp_path / "report.csv", mended) == ["Hal"]


def test_so_it_is_where_somebody_deleted_columns_of_ours(tmp_path: Path) -> None:
    """Those that tell of nothing but the text: who may have got it is told beside the number."""
    path = tmp_path / "report.csv"
    write_report(path, ("Name", "Phone"), [EMPTY, AGAIN, LEFT_ALONE, IN_DOUBT])
    lines = [line.rsplit(",", 3)[0] for line in path.read_text("utf-8-sig").splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = read_table(path)
    assert table.columns == ("Name", "Phone")
    assert [cells[0] for _, cells in table.rows()] == ["Ben"]


@as_text_and_as_workbook
def test_a_report_of_doubts_alone_has_nobody_to_text(tmp_path: Path, name: str) -> None:
    write_report(tmp_path / name, ("Name", "Phone"), DOUBTFUL)
    with pytest.raises(InputError, match="has nobody to text") as refusal:
        read_table(tmp_path / name)
    assert "bulksms reconcile" in str(refusal.value.next_command)


@as_text_and_as_workbook
@pytest.mark.parametrize("doubt", DOUBTFUL, ids=["gave_up", "unknown", "sending"])
def test_so_is_its_duplicate_among_what_failed_and_what_was_skipped(
    tmp_path: Path, name: str, doubt: ReportRow
) -> None:
    """As `report --state failed --state skipped` writes it."""
    again = AGAIN._replace(to_number=doubt.to_number, original=("D.", doubt.original[1]))
    assert names_read_back(tmp_path / name, EMPTY, doubt, again) == ["Ben"]
