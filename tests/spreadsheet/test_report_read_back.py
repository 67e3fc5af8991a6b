"""A report is taken again as the file it was made from: `report -o failed.csv`, then `send`."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.records import ReportRow
from bulksms.model.states import State
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
