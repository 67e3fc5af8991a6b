"""A number, a date or a time is read as its cell shows it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from bulksms.loading import Wishes, prepare
from bulksms.model.fingerprint import Fingerprint
from bulksms.model.records import JudgedRow
from bulksms.spreadsheet.cells import Cell, cell_text
from bulksms.spreadsheet.number_formats import general, read_format
from bulksms.spreadsheet.reading import Table, read_table

ACCOUNTING = '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)'
EUROS = "#,##0.00\\ [$€-407];[Red]-#,##0.00\\ [$€-407]"
PHONE = "[<=9999999]###-####;(###) ###-####"
DAY = date(2026, 12, 1)
NOON = datetime(2026, 12, 1, 12, 5, 9)  # noqa: DTZ001  a cell has no zone


@pytest.mark.parametrize(
    ("cell", "code", "text"),
    [
        (7.0, "0", "7"),
        (2.5, "0", "3"),
        (-2.5, "0", "-3"),
        (1.005, "0.00", "1.01"),
        (20.1, "$#,##0.00", "$20.10"),
        (-20.0, '"$"#,##0.00', "-$20.00"),
        (1234567.891, '"$"#,##0.00', "$1,234,567.89"),
        (999.995, "#,##0.00", "1,000.00"),
        (0.0, "#,##0", "0"),
        (1234.5, ACCOUNTING, "$1,234.50"),
        (-3.0, ACCOUNTING, "$(3.00)"),
        (0.0, ACCOUNTING, "$-"),
        (1500.0, "#,##0_);[Red]\\(#,##0\\)", "1,500"),
        (-1500.0, "#,##0_);[Red]\\(#,##0\\)", "(1,500)"),
        (-1234.5, EUROS, "-1,234.50 €"),
        (0.5, '"{}"0.0', "{}0.5"),
        (0.15, "0%", "15%"),
        (0.075, "0.0#%", "7.5%"),
        (15.0, '0"%"', "15%"),
        (42.0, "000000", "000042"),
        (42.0, "000,000", "000,042"),
        (21341234.0, "00000-0000", "02134-1234"),
        (123456789.0, "000-00-0000", "123-45-6789"),
        (2025550104.0, "(000) 000-0000", "(202) 555-0104"),
        (2025550104.0, PHONE, "(202) 555-0104"),
        (5550104.0, PHONE, "555-0104"),
        (1234567.0, '0.0,,"M"', "1.2M"),
        (0.0, '"Yes";"Yes";"No"', "No"),
        (3.25, '"$"General', "$3.25"),
        (DAY, "m/d/yyyy", "12/1/2026"),
        (DAY, "dd/mm/yyyy;@", "01/12/2026"),
        (DAY, "d-mmm-yy", "1-Dec-26"),
        (DAY, "[$-409]dddd, mmmm d, yyyy;@", "Tuesday, December 1, 2026"),
        (DAY, "[$-en-US]mm/dd/yyyy h:mm AM/PM", "12/01/2026 12:00 AM"),
        (NOON, "m/d h:mm am/pm", "12/1 12:05 PM"),
        (NOON, "mm:ss", "05:09"),
        (time(0, 30), "h:mm AM/PM", "12:30 AM"),
        (time(9, 30), "hh:mm", "09:30"),
    ],
)
def test_a_cell_is_what_its_format_shows(cell: Cell, code: str, text: str) -> None:
    known = read_format(code)
    assert known is not None
    assert known.shown(cell) == text


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (3.5, "# ?/?"),
        (3.5, "0.00E+00"),
        (5.0, ";;;"),
        (0.0, "#"),
        (1e21, "#,##0.00"),
        (float("nan"), "0"),
        (3.5, "m/d/yyyy"),
        (7.0, "@"),
        (7.0, '0 "unclosed'),
        (7.0, "0" + "%" * 100),
        (7.0, "0" * 1000),
        (True, "0"),
        (DAY, "0"),
        (DAY, "[$-F800]dddd, mmmm dd, yyyy"),
        (DAY, "[$-x-sysdate]dddd, mmmm dd, yyyy"),
        (DAY, "[$-40D]d mmmm"),
        (time(9, 30), "m/d/yyyy"),
        (timedelta(hours=30), "[h]:mm"),
    ],
)
def test_where_nobody_can_say_what_is_shown_nothing_is_said(cell: Cell, code: str) -> None:
    known = read_format(code)
    assert known is None or known.shown(cell) is None


@given(st.decimals(-(10**9), 10**9, places=4))
def test_decimals_are_rounded_half_away_from_zero(number: Decimal) -> None:
    """Of the number that was typed, not of the double next to it."""
    known = read_format("#,##0.00")
    assert known is not None
    rounded = abs(number).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert known.shown(float(number)) == f"{'-' if number < 0 else ''}{rounded:,}"


@given(st.text('0#?,.%;_*()$-/:@"\\[]Redymhs AMP€E+', max_size=12), st.floats() | st.datetimes())
def test_no_format_stops_a_file(code: str, cell: Cell) -> None:
    known = read_format(code)
    assert known is None or known.shown(cell) != ""


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (20.1, "20.1"),
        (0.1 + 0.2, "0.3"),
        (1e-05, "0.00001"),
        (0.000012345678, "1.23457E-05"),
        (1 / 3, "0.333333333"),
        (-2 / 3, "-0.666666667"),
        (1234567.8912, "1234567.891"),
        (9999999999.96, "10000000000"),
    ],
)
def test_a_cell_without_a_format_has_eleven_characters(number: float, text: str) -> None:
    assert general(number) == text


HEADER = ("Name", "Mobile", "Lead ID", "Balance", "Due", "Visits")
FORMATS = ("General", "#,##0.00", "000000", ACCOUNTING, "m/d/yyyy", "#,##0")
ROWS = (
    ("Ann", 2025550104, 42, 1234.5, 46357, 1500),
    ("Bob", 12025550105, 1042, 0.5, 46358, 2),
)


def formatted(path: Path, *, with_formula: bool = False) -> Path:
    with xlsxwriter.Workbook(path) as book:
        styles = [book.add_format({"num_format": code}) for code in FORMATS]
        sheet = book.add_worksheet()
        sheet.write_row(1, 1, HEADER)
        for line, cells in enumerate(ROWS, start=2):
            for column, (cell, style) in enumerate(zip(cells, styles, strict=True), start=1):
                sheet.write(line, column, cell, style)
        if with_formula:
            sheet.write_formula(2, 4, "=1234.25+0.25", styles[3], 1234.5)
    return path


def judged(path: Path) -> Iterator[JudgedRow]:
    wishes = Wishes(message="{name} {balance} {due} {visits}", sender="202-555-0100")
    job = prepare(read_table(path), wishes)
    for rows in job.rows({}, Fingerprint(()), None, {}):
        yield from rows


@pytest.mark.parametrize("with_formula", [False, True])
def test_a_text_says_what_the_cells_show(tmp_path: Path, with_formula: bool) -> None:  # noqa: FBT001
    """A formula has the sheet read element by element, which must see the same formats."""
    rows = list(judged(formatted(tmp_path / "c.xlsx", with_formula=with_formula)))
    assert [row.body for row in rows] == ["Ann $1,234.50 12/1/2026 1,500", "Bob $0.50 12/2/2026 2"]


def test_a_phone_is_read_by_its_value_and_a_lead_id_keeps_its_zeros(tmp_path: Path) -> None:
    rows = list(judged(formatted(tmp_path / "c.xlsx")))
    assert [row.to_number for row in rows] == ["+12025550104", "+12025550105"]
    assert [row.lead_id for row in rows] == ["000042", "001042"]
    assert rows[0].original == ("Ann", "2025550104", "000042", "$1,234.50", "12/1/2026", "1,500")


def test_a_lead_id_takes_nothing_but_zeros_from_its_format(tmp_path: Path) -> None:
    table = read_table(formatted(tmp_path / "c.xlsx"))
    assert [cells[5] for _, cells in table.as_shown(ids=[5]).rows()] == ["1500", "2"]


def test_the_same_rows_have_the_same_numbers_either_way(tmp_path: Path) -> None:
    table = read_table(formatted(tmp_path / "c.xlsx"))
    by_value = list(table.rows())
    assert by_value[0] == (3, ("Ann", "2025550104", "42", "1234.5", "2026-12-01", "1500"))
    assert [number for number, _ in table.as_shown().rows()] == [number for number, _ in by_value]


def test_a_merged_cell_shows_the_same_in_every_row(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ("Phone", "Due"))
        sheet.write_column("A2", ("2025550104", "2025550105"))
        sheet.merge_range("B2:B3", 46357, book.add_format({"num_format": "m/d/yyyy"}))
    shown: Table = read_table(path).as_shown()
    assert [cells[1] for _, cells in shown.rows()] == ["12/1/2026", "12/1/2026"]


def test_a_format_that_hides_a_number_hides_no_row(tmp_path: Path) -> None:
    """`rows in the file` counts the rows that have a value."""
    path = tmp_path / "c.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ("Phone", "Balance"))
        sheet.write("B2", 5, book.add_format({"num_format": ";;;"}))
        sheet.write("A3", "2025550104")
    table = read_table(path)
    assert len(list(table.as_shown().rows())) == table.row_count == 2


def test_a_file_of_texts_shows_its_texts(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("Phone,Balance\n2025550104,1234.50\n")
    assert list(read_table(path).as_shown().rows()) == [(2, ("2025550104", "1234.50"))]


def test_a_cell_of_the_most_digits_is_read_by_value() -> None:
    known = read_format("#,##0")
    assert known is not None
    assert known.shown(2.0**53) is None
    assert cell_text(2.0**53) == "9.00719925474099e+15"
