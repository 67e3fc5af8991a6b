"""The page of opt-outs: numbers are typed, pasted and imported, all of them or none."""

import io
from pathlib import Path

import openpyxl

from bulksms.model.states import Reason, State
from bulksms.spreadsheet.writing import write_report
from tests.spreadsheet.test_report_read_back import report_row
from tests.web.test_the_way import written
from tests.web.web_stage import Browser


def test_opt_outs_are_imported_from_hidden_rows_and_from_the_sheet_that_is_named(
    browser: Browser,
) -> None:
    book = openpyxl.Workbook()
    for sheet, number in ((book.active, 2025550104), (book.create_sheet("June"), 2025550105)):
        sheet.append(["Phone"])
        sheet.append([number])
        sheet.row_dimensions[2].hidden = True
    content = io.BytesIO()
    book.save(content)
    file = ("stop.xlsx", content.getvalue())
    said = browser.post("/suppressions/import", file=file, status=400)
    assert "stop.xlsx has more than one sheet with data, so nothing was added" in said
    assert list(browser.store.suppressions.all()) == []
    said = browser.post("/suppressions/import", {"sheet": "June"}, file=file)
    assert "1 number added; 0 known already. Note: sheet" in said
    assert "1 hidden or filtered row is read like the others." in said


def test_typed_numbers_with_a_bad_one_stay_in_the_form_and_each_bad_one_is_named(
    browser: Browser,
) -> None:
    """Nobody wants to paste a list of eighty again, and to try it line by line."""
    pasted = "2025550104; 555\n2025550105,12\n"
    fields = {"numbers": pasted, "reason": "asked", "country": "GB"}
    said = browser.post("/suppressions/add", {**fields, "country": "US"}, status=422)
    assert "2 numbers of 4 cannot be read, so nothing was added: '555' is" in said
    assert "; '12' is" in said
    assert "2025550104; 555 2025550105,12" in said
    assert list(browser.store.suppressions.all()) == []
    browser.post("/suppressions/add", {**fields, "numbers": "07400 123456; +12025550104"})
    assert {each.to_number: each.reason for each in browser.store.suppressions.all()} == {
        "+447400123456": "asked",
        "+12025550104": "asked",
    }


def test_opt_outs_are_added_imported_found_and_removed(browser: Browser) -> None:
    said = browser.post("/suppressions/add", {"numbers": "202 555 0104, +12025550105\n"})
    assert "2 numbers added" in said
    browser.post("/suppressions/add", {"numbers": " "}, status=422)
    rows = b"phone\n2025550105\n2025550106\n"
    said = browser.post("/suppressions/import", file=("../stop.csv", rows))
    assert "1 number added; 1 known already." in said
    assert {each.source for each in browser.store.suppressions.all()} == {"operator", "stop.csv"}
    said = browser.post("/suppressions/import", file=("bad.csv", rows + b"12\n"), status=400)
    assert "1 row of bad.csv cannot be read" in said
    assert "+12025550104" not in browser.read("/suppressions?search=0106")
    browser.post("/suppressions/remove", {"number": "+12025550106"})
    browser.post("/suppressions/remove", {"number": "+12025550106"}, status=400)
    assert len(list(browser.store.suppressions.all())) == 2


def test_of_a_report_the_page_imports_who_opted_out(browser: Browser, tmp_path: Path) -> None:
    waiting = report_row(2, ("Ann", "617 230 6000"))
    opted_out = report_row(3, ("Ben", "617 230 6001"))._replace(
        to_number="+16172306001", state=State.SKIPPED, reason=Reason.OPTED_OUT
    )
    path = tmp_path / "report.xlsx"
    write_report(path, ("Name", "Phone"), [waiting, opted_out])
    said = browser.post("/suppressions/import", file=(path.name, path.read_bytes()))
    assert "1 row that opted out; 1 other row of the report is left out." in said
    assert [each.to_number for each in browser.store.suppressions.all()] == ["+16172306001"]
    path.unlink()
    write_report(path, ("Name", "Phone"), [waiting])
    file = (path.name, path.read_bytes())
    said = browser.post("/suppressions/import", file=file, status=400)
    assert "report.xlsx, sheet 'report', is a report of bulksms in which nobody opted out" in said


def test_a_sheet_of_opt_outs_that_is_not_read_is_minded_before_the_send(browser: Browser) -> None:
    book = openpyxl.Workbook()
    for row in (["Name", "Phone"], ["Ann", 2025550104]):
        book.active.append(row)
    book.create_sheet("Opted out").append(["Phone"])
    content = io.BytesIO()
    book.save(content)
    where = written(browser, content.getvalue())
    said = browser.read(f"{where}/check")
    assert "The sheet Opted out is not read: whoever is on it would be texted" in said
