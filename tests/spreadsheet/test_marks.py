"""What a workbook shows counts: hidden rows stay out, errors and merged cells come in, all said."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.worksheet.worksheet import Worksheet

from bulksms.spreadsheet.reading import Table, read_table
from tests.spreadsheet.hostile_files import changed, ods, with_cells

FILES = Path(__file__).parent / "files"
SHEET = "xl/worksheets/sheet1.xml"


def made(folder: Path, fill: Callable[[Worksheet], None]) -> Table:
    """A workbook of openpyxl, which calculates no formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Name", "Phone"], ["Ann", "1"], ["Bob", "2"], ["Cid", "3"]):
        sheet.append(row)
    fill(sheet)
    book.save(folder / "contacts.xlsx")
    return read_table(folder / "contacts.xlsx")


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
def test_every_mark_is_seen_in_every_format(ending: str) -> None:
    """`marked_workbook` wrote the .xlsx; LibreOffice made the others, which have no booleans."""
    contacts = read_table(FILES / f"marked.{ending}")
    assert contacts.notes == (
        "sheet 'June' of 3; not read: 'Other'",
        "1 hidden sheet was left out",
        "1 merged cell counts for every row",
        "1 hidden or filtered row was left out",
        "hidden column D is read like the others",
        "1 cell with the error #DIV/0!, first in F8",
        "1 cell with the error #N/A, first in F9",
        "1 title line above the header was left out",
    )
    rows = dict(contacts.rows())
    assert rows[4] == ("Acme", "Ann", "12025550101", "0042", "2026-06-01", "a")
    assert rows[5] == ("Acme", "Bob", "12025550102", "NA", "", "b")
    assert rows[6] == ("Acme", "Cid", "+12025550103", "1042", "", "c")
    assert rows[8] == ("Eco", "Eve", "+12025550105", "7", "", "#DIV/0!")
    assert rows[9][5] == "#N/A"
    assert list(rows) == [4, 5, 6, 8, 9, 10]
    assert contacts.row_count == 6


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
def test_a_hidden_row_can_be_asked_for_in_every_format(ending: str) -> None:
    """What it says of a number counts, though nobody in it is texted."""
    contacts = read_table(FILES / f"marked.{ending}")
    seen, whole = dict(contacts.rows()), dict(contacts.whole.rows())
    assert whole.keys() - seen.keys() == {7}
    assert whole[7][:3] == ("Duo", "Dan", "+12025550104")
    assert contacts.whole.columns == contacts.columns


def test_booleans_and_the_values_of_formulas_are_text() -> None:
    rows = dict(read_table(FILES / "marked.xlsx").rows())
    assert rows[9][2] == "TRUE"
    assert rows[10][1] == "Gus"


def test_a_filter_leaves_out_what_it_hides(tmp_path: Path) -> None:
    def filtered(sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:B4"
        sheet.auto_filter.add_filter_column(0, ["Bob"])
        sheet.row_dimensions[2].hidden = True
        sheet.row_dimensions[4].hidden = True
        sheet.row_dimensions[9].hidden = True  # blank: nobody misses it

    contacts = made(tmp_path, filtered)
    assert list(contacts.rows()) == [(3, ("Bob", "2"))]
    assert contacts.notes == ("2 hidden or filtered rows were left out",)


@pytest.mark.parametrize(("hidden", "told"), [(True, "2 rows"), (False, "3 rows")])
def test_crossed_out_rows_are_told(tmp_path: Path, told: str, *, hidden: bool) -> None:
    """Whoever crosses somebody out means that they are not texted; the values do not say it."""
    path = tmp_path / "contacts.xlsx"
    with xlsxwriter.Workbook(path) as book:
        bold, crossed_out = (book.add_format({each: True}) for each in ("bold", "font_strikeout"))
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["Name", "Phone"], bold)
        sheet.write_row("A2", ["Ann", "1"], crossed_out)
        sheet.write_row("A3", ["Bob", "2"])
        sheet.write("B4", "3", crossed_out)
        sheet.write_row("A5", ["Dan", "4"])
        sheet.write("C5", None, crossed_out)  # blank: there is nothing to cross out
        sheet.write_row("A6", ["Eve", "5"], crossed_out)
        sheet.set_row(5, None, None, {"hidden": hidden})
    rows = "2, 4" if hidden else "2, 4, 6"
    assert read_table(path).notes[-1] == (
        f"{told} with crossed-out cells (rows {rows}) are read like the others;"
        " delete or filter them to leave them out"
    )


def test_the_first_visible_row_is_the_header(tmp_path: Path) -> None:
    contacts = made(tmp_path, lambda sheet: setattr(sheet.row_dimensions[1], "hidden", True))
    assert contacts.columns == ("Ann", "1")


def test_rows_hidden_by_default_are_hidden(tmp_path: Path) -> None:
    path = tmp_path / "contacts.xlsx"
    changed(
        path,
        SHEET,
        lambda content: (
            content.replace(b"<sheetFormatPr", b'<sheetFormatPr zeroHeight="1"')
            .replace(b'<row r="1"', b'<row r="1" hidden="0"')
            .replace(b'<row r="2"', b'<row r="2" hidden="false"')
        ),
    )
    assert list(read_table(path).rows()) == [(2, ("Ann", "+12025550101"))]


def test_elements_with_a_prefix_are_read_alike(tmp_path: Path) -> None:
    """Some programs that use Microsoft's own library write them so."""
    path = tmp_path / "contacts.xlsx"
    tail = '<x:row r="4" hidden="1"><x:c r="A4"><x:v>4</x:v></x:c></x:row></sheetData>'
    head = b'<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    changed(
        path,
        SHEET,
        lambda content: content.replace(b"<worksheet ", head).replace(
            b"</sheetData>", tail.encode()
        ),
    )
    contacts = read_table(path)
    assert contacts.row_count == 2
    assert contacts.notes == ("1 hidden or filtered row was left out",)


def test_a_formula_that_was_never_calculated_is_said_and_is_not_empty(tmp_path: Path) -> None:
    def formulas(sheet: Worksheet) -> None:
        sheet["C1"] = "Full name"
        sheet["C2"] = '=A2&" Lee"'
        sheet["C3"] = '=A3&" Lee"'
        sheet["B6"] = "=B2"

    contacts = made(tmp_path, formulas)
    assert contacts.notes == (
        (
            "3 cells with a formula that was never calculated, first in C2;"
            " open the file in a spreadsheet program and save it"
        ),
    )
    assert list(contacts.rows()) == [
        (2, ("Ann", "1", "#UNCALCULATED!")),
        (3, ("Bob", "2", "#UNCALCULATED!")),
        (4, ("Cid", "3", "")),
        (6, ("", "#UNCALCULATED!", "")),
    ]


def test_a_formula_whose_value_is_an_empty_text_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "contacts.xlsx"
    with_cells(
        path, '<row r="4"><c r="A4" t="str"><f>""</f><v></v></c><c r="B4"><v>4</v></c></row>'
    )
    contacts = read_table(path)
    assert (list(contacts.rows())[-1], contacts.notes) == ((4, ("", "4")), ())


def test_blank_rows_that_are_only_formatted_are_no_contacts(tmp_path: Path) -> None:
    path = tmp_path / "contacts.xlsx"
    with xlsxwriter.Workbook(path) as book:
        yellow = book.add_format({"bg_color": "yellow"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Phone"])
        for row in range(1, 531):
            sheet.write_row(row, 0, ["Ann", row] if row <= 30 else ["", ""], yellow)
    assert read_table(path).row_count == 30


def test_a_merged_cell_does_not_fill_blank_rows_or_neighbours(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet["A6"] = "the office closes at six"
        sheet.merge_cells("A6:B9")
        sheet["A10"] = "Dan"
        sheet["B10"] = "4"

    rows = list(made(tmp_path, merge).rows())
    assert rows[3:] == [(6, ("the office closes at six", "")), (10, ("Dan", "4"))]


def test_hidden_rows_and_errors_of_an_old_xls_are_seen(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("June")
    for row, (name, phone) in enumerate([("Name", "Phone"), ("Ann", 1), ("Bob", 2), ("Cid", 3)]):
        sheet.write(row, 0, name)
        sheet.write(row, 1, phone)
    sheet.row(2).hidden = True
    sheet.row(4).set_cell_text(0, "Dan")
    sheet.row(4).set_cell_error(1, 0x2A)
    book.save(str(tmp_path / "contacts.xls"))
    contacts = read_table(tmp_path / "contacts.xls")
    assert list(contacts.rows()) == [(2, ("Ann", "1")), (4, ("Cid", "3")), (5, ("Dan", "#N/A"))]
    assert "1 hidden or filtered row was left out" in contacts.notes


def test_filtered_rows_and_typed_cells_of_an_ods_are_seen(tmp_path: Path) -> None:
    cells = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p>'
        '</table:table-cell><table:table-cell office:value-type="{}"/></table:table-row>'
    )
    typed = ['string" office:string-value="Value', 'boolean" office:boolean-value="true']
    typed += ['percentage" office:value="0.5', 'date" office:date-value="2026-06-01']
    rows = "".join(cells.format(name, value) for name, value in zip("NABC", typed, strict=True))
    hidden = rows.replace("<table:table-row>", '<table:table-row table:visibility="filter">')
    ods(tmp_path / "contacts.ods", rows + hidden)
    contacts = read_table(tmp_path / "contacts.ods")
    assert [cells[1] for _, cells in contacts.rows()] == ["TRUE", "0.5", "2026-06-01"]
    assert contacts.notes == ("4 hidden or filtered rows were left out",)
