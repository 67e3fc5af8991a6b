"""The workbook says the same to openpyxl, to calamine and to us, whatever the cells hold."""

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook as calamine

from bulksms.model.errors import InputError
from bulksms.model.summary import Heading
from bulksms.spreadsheet.reading import read_table
from bulksms.spreadsheet.report_form import report_header, values_of
from bulksms.spreadsheet.writing import write_report
from bulksms.spreadsheet.xlsx_report import MOST_ROWS, _require_that_it_fits
from tests.spreadsheet.report_rows import HOSTILE, hostile_rows

COLUMNS = ("Name", "</sheetData>")
ROWS = hostile_rows()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "report.xlsx"
    assert write_report(path, COLUMNS, ROWS, Heading("=june", (("File", "=1+1"),))) == len(ROWS)
    return path


def test_calamine_reads_back_every_cell_to_the_letter(path: Path) -> None:
    header, *lines = calamine(str(path)).get_sheet_by_name("report").to_python()
    assert tuple(header) == report_header(COLUMNS)
    for row, cells in zip(ROWS, lines, strict=True):
        assert cells == ["" if value is None else value for value in values_of(row)]


def test_openpyxl_finds_texts_as_texts_in_the_format_text(path: Path) -> None:
    """So that Excel takes what a person mends for text too: `0042` stays `0042`."""
    sheet = openpyxl.load_workbook(path)["report"]
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            if isinstance(cell.value, str):
                assert (cell.data_type, cell.number_format) == ("s", "@")
    assert sheet["B2"].value == HOSTILE[0]
    assert isinstance(sheet["A2"].value, int)


def test_a_count_stands_in_the_middle_under_its_name(path: Path) -> None:
    """At the right, a number touches the text beside it: `1` attempt at `12026-11-29`."""
    sheet = openpyxl.load_workbook(path)["report"]
    middle = {"row", "attempts", "segments"}
    for column in sheet.iter_cols():
        found = {cell.alignment.horizontal == "center" for cell in column if cell.value is not None}
        assert found == {column[0].value in middle}


def test_a_program_that_streams_finds_every_row(path: Path) -> None:
    """It would believe a wrong size (`<dimension>`), so none is said."""
    book = openpyxl.load_workbook(path, read_only=True)
    assert sum(1 for _ in book["report"].iter_rows()) == len(ROWS) + 1
    book.close()


def test_the_summary_adds_up_and_runs_nothing(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["summary"]
    said = {line[0]: line[1] for line in sheet.iter_rows(values_only=True) if line[0]}
    assert (sheet["A1"].data_type, sheet["A1"].value) == ("s", "=june")
    assert said["File"] == "=1+1"
    states = ("queued", "sending", "accepted", "failed", "unknown", "skipped")
    assert said["all"] == sum(int(str(said[state])) for state in states) == len(ROWS)
    assert said["delivery"] == "rows"
    assert len(sheet._charts) == 1


def test_send_takes_the_rows_not_the_summary(path: Path) -> None:
    table = read_table(path)
    assert (table.sheet, table.columns) == ("report", COLUMNS)
    assert table.row_count == len(ROWS)


CELLS = st.text(
    st.sampled_from("_x0D\r\n\t <>&'\"=") | st.characters(exclude_categories=["Cs"]), max_size=9
)


@given(text=CELLS)
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("report") / "report.xlsx"
    write_report(path, ("Name",), [ROWS[0]._replace(original=(text,))])
    [_, line] = calamine(str(path)).get_sheet_by_name("report").to_python()
    assert line[1] == text


def test_more_rows_than_a_sheet_holds_are_an_error() -> None:
    _require_that_it_fits(("x",), MOST_ROWS)
    with pytest.raises(InputError, match=r"Line 1048577 .* write it as \.csv"):
        _require_that_it_fits(("x",), MOST_ROWS + 1)
