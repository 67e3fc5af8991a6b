"""Workbooks come in as text, with the row numbers that the spreadsheet program shows."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from bulksms.model.errors import InputError
from bulksms.spreadsheet.cells import cell_text
from bulksms.spreadsheet.reading import Table, read_table

OLD_XLS = Path(__file__).parent / "files" / "old.xls"

ODS_CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="June">
<table:table-row>
<table:table-cell office:value-type="string"><text:p>Name</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Phone</text:p></table:table-cell>
</table:table-row>
<table:table-row>
<table:table-cell office:value-type="string"><text:p>Ann</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="12125550104"/>
</table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""

ODS_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"

Sheets = dict[str, dict[str, object]]


def workbook(path: Path, sheets: Sheets, *, hidden: tuple[str, ...] = ()) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, content in sheets.items():
            sheet = book.add_worksheet(name)
            for cell, value in content.items():
                sheet.write(cell, value)
            if name in hidden:
                sheet.hide()
    return path


def table(folder: Path, content: dict[str, object]) -> Table:
    return read_table(workbook(folder / "contacts.xlsx", {"June": content}))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12025550104.0, "12025550104"),
        (1042, "1042"),
        (-7.0, "-7"),
        (3.5, "3.5"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2026, 6, 1), "2026-06-01"),
        (datetime(2026, 6, 1, 9, 30), "2026-06-01 09:30:00"),  # noqa: DTZ001  a cell has no zone
        (time(9, 30), "09:30:00"),
        ("0042", "0042"),
        (float("nan"), "nan"),
    ],
)
def test_a_cell_becomes_what_was_typed(cell: str | float | date | time, text: str) -> None:
    assert cell_text(cell) == text


@pytest.mark.parametrize("number", [2.0**53, 12345678901234567.0, 123456789012345678.0, -1e300])
def test_a_number_beyond_2_53_never_looks_exact(number: float) -> None:
    """Its exponent says more digits than it shows, so nobody downstream can take it for an id."""
    mantissa, exponent = cell_text(number).split("e+")
    assert len(mantissa.partition(".")[2]) < int(exponent)


def test_the_largest_exact_integer_keeps_all_its_digits() -> None:
    assert cell_text(2.0**53 - 1) == "9007199254740991"


def test_row_numbers_and_columns_are_those_of_the_spreadsheet_program(tmp_path: Path) -> None:
    content = {"C4": "Name", "D4": "Phone", "C5": "Ann", "D5": 12125550104, "D7": "2", "F7": "x"}
    contacts = table(tmp_path, dict(content))
    assert contacts.header_row == 4
    assert contacts.columns == ("Name", "Phone", "column F")
    assert list(contacts.rows()) == [(5, ("Ann", "12125550104", "")), (7, ("", "2", "x"))]
    assert contacts.blank_rows == 1
    assert list(contacts.rows()) == list(contacts.rows())


def test_the_first_visible_sheet_with_data_is_read_and_said(tmp_path: Path) -> None:
    sheets: Sheets = {
        "Cover": {},
        "Old": {"A1": "Phone", "A2": "0"},
        "June": {"A1": "Phone", "A2": "1"},
    }
    contacts = read_table(workbook(tmp_path / "c.xlsx", sheets, hidden=("Old",)))
    assert contacts.sheet == "June"
    assert contacts.notes == ("sheet 'June' of 3; not read: 'Cover'", "1 hidden sheet was left out")


def test_the_first_sheet_with_data_is_read_whatever_another_is_named_like(tmp_path: Path) -> None:
    """Whom the people of "Do not text" are passed over for, would be texted in their place."""
    sheets: Sheets = {
        "Clients": {"A1": "Name", "B1": "Contact", "A2": "Ann", "B2": "2025550104"},
        "Do not text": {"A1": "Name", "B1": "Phone", "A2": "Zoe", "B2": "2025550199"},
    }
    assert read_table(workbook(tmp_path / "c.xlsx", sheets)).sheet == "Clients"


def test_a_sheet_is_read_by_its_name_even_if_hidden(tmp_path: Path) -> None:
    sheets: Sheets = {
        "June": {"A1": "Phone", "A2": "1"},
        "July": {"A1": "Phone", "A2": "2"},
    }
    path = workbook(tmp_path / "c.xlsx", sheets, hidden=("July",))
    assert list(read_table(path, sheet="july").rows()) == [(2, ("2",))]


def test_an_unknown_sheet_is_an_error_that_lists_the_sheets(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", {"June": {"A1": "x"}, "July": {}})
    with pytest.raises(InputError, match=r"c\.xlsx has no sheet 'May'; it has 'June', 'July'\."):
        read_table(path, sheet="May")


def test_a_text_file_has_no_sheets(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("Phone\n1\n")
    with pytest.raises(InputError, match="has no sheets"):
        read_table(path, sheet="June")


def test_the_content_counts_not_the_ending(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", {"June": {"A1": "Phone", "A2": 1.0}})
    renamed = path.rename(tmp_path / "c.csv")
    assert list(read_table(renamed).rows()) == [(2, ("1",))]
    text = tmp_path / "text.xls"
    text.write_text("Name\tPhone\nAnn\t1\n")
    assert list(read_table(text).rows()) == [(2, ("Ann", "1"))]


def test_an_old_xls_is_read() -> None:
    """The file was made with xlwt: numbers as numbers, one id as text, a date, a boolean."""
    contacts = read_table(OLD_XLS)
    assert contacts.columns == ("First name", "Mobile", "Lead ID", "Since", "Member")
    assert list(contacts.rows()) == [
        (2, ("Ann", "12125550104", "1042", "2026-06-01", "TRUE")),
        (3, ("Bob", "+13125550105", "0042", "", "FALSE")),
    ]


def test_an_ods_is_read(tmp_path: Path) -> None:
    path = tmp_path / "contacts.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS_CONTENT.replace("\n", ""))
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{ODS_MANIFEST}"/>')
    assert list(read_table(path).rows()) == [(2, ("Ann", "12125550104"))]
