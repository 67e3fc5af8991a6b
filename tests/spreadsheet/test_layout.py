"""The table is found between titles, blank rows and blank columns, and its columns get names."""

from pathlib import Path

import pytest

from bulksms.spreadsheet.marks import column_letter
from bulksms.spreadsheet.reading import Table, read_table


def table(folder: Path, content: str) -> Table:
    path = folder / "contacts.csv"
    path.write_text(content)
    return read_table(path)


def test_title_lines_above_the_header_are_left_out_and_said(tmp_path: Path) -> None:
    contacts = table(tmp_path, "June list,,\n\nmade by Ann,,\nName,Phone,City\nBob,1,Rome\n")
    assert contacts.columns == ("Name", "Phone", "City")
    assert contacts.header_row == 4
    assert list(contacts.rows()) == [(5, ("Bob", "1", "Rome"))]
    assert contacts.notes == ("2 title lines above the header were left out",)


def test_title_lines_of_two_cells_are_no_header(tmp_path: Path) -> None:
    titles = 'Report:,Clients\n"Date:","June 1, 2026"\n\n'
    contacts = table(tmp_path, f"{titles}Name,Mobile,City\nBob,2025550104,Rome\n")
    assert contacts.columns == ("Name", "Mobile", "City")
    assert list(contacts.rows()) == [(5, ("Bob", "2025550104", "Rome"))]
    assert contacts.notes == ("2 title lines above the header were left out",)


@pytest.mark.parametrize(
    "person",
    ["Bob,Mobile,2025550104", "Bob,Mobile,2025550104,Rome", "Bob,Mobile,"],
)
def test_a_person_whose_cell_names_a_phone_is_no_header(tmp_path: Path, person: str) -> None:
    """Else everybody above would be left out as a title."""
    contacts = table(tmp_path, f"Name,Kind,Reach\nAnn,Home,2025550103\n{person}\n")
    assert contacts.header_row == 1
    assert contacts.row_count == 2


def test_sparse_rows_do_not_make_the_header_a_title(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Name,Phone,City,Note\nBob,1,,\nCid,2,,\n")
    assert contacts.header_row == 1
    assert contacts.notes == ()


def test_a_header_with_gaps_is_still_the_header(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Name,Phone,,,\nBob,1,x,,y\n")
    assert contacts.columns == ("Name", "Phone", "column C", "column E")
    assert contacts.notes == ("1 blank column was left out",)


def test_one_column_begins_with_its_header(tmp_path: Path) -> None:
    contacts = table(tmp_path, "\nPhone\n1\n\n2\n")
    assert (contacts.columns, contacts.header_row) == (("Phone",), 2)
    assert list(contacts.rows()) == [(3, ("1",)), (5, ("2",))]
    assert (contacts.row_count, contacts.blank_rows) == (2, 1)


def test_trailing_blank_columns_are_dropped_without_a_word(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Name,Phone,,\nBob,1,,\n")
    assert (contacts.columns, contacts.notes) == (("Name", "Phone"), ())


def test_a_named_column_without_data_stays(tmp_path: Path) -> None:
    assert table(tmp_path, "Name,Phone,City\nBob,1,\n").columns == ("Name", "Phone", "City")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("Phone,Phone,Phone", ("Phone", "Phone (2)", "Phone (3)")),
        ("Phone,phone,x", ("Phone", "phone (2)", "x")),
        ("Phone (2),Phone,Phone", ("Phone (2)", "Phone", "Phone (3)")),
        (" Name ,\u00a0Phone\u00a0,x", ("Name", "Phone", "x")),
    ],
)
def test_each_column_gets_a_name_of_its_own(
    tmp_path: Path, header: str, columns: tuple[str, ...]
) -> None:
    assert table(tmp_path, f"{header}\n1,2,3\n").columns == columns


def test_blank_rows_are_counted_however_many(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Name,Phone\nBob,1\n" + ",\n" * 100_000 + "Cid,2\n")
    assert contacts.blank_rows == 100_000
    assert list(contacts.rows()) == [(2, ("Bob", "1")), (100_003, ("Cid", "2"))]


@pytest.mark.parametrize(
    ("position", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_lettered_as_in_the_spreadsheet_program(position: int, letter: str) -> None:
    assert column_letter(position) == letter


@pytest.mark.parametrize(
    "rows",
    [
        "Name,Customer phone\nAnn,2025550104\nName,Phone,City\nBob,2025550105,Rome\n",
        "Name,Phone 1\nAnn,2025550104\nBob,cell,see notes\n",
        "Client,Tel\nAnn,2025550104\nBob,Mobile,2025550105\n",
    ],
)
def test_nobody_above_a_fuller_row_becomes_a_title(tmp_path: Path, rows: str) -> None:
    contacts = table(tmp_path, rows)
    assert contacts.header_row == 1
    assert contacts.row_count == rows.count("\n") - 1


def test_without_a_header_the_people_above_another_one_are_not_left_out(tmp_path: Path) -> None:
    contacts = table(
        tmp_path, "Ann,2025550104\nBob,2025550105\nName,Phone,City\nCid,2025550106,Rome\n"
    )
    assert contacts.header_row == 1
