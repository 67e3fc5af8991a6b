"""`check --output`: the rows to mend go out, are mended in a spreadsheet program, and come back."""

import shlex
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from bulksms.model.opt_out_columns import OUR_OPT_OUTS
from bulksms.spreadsheet.problems import what_to_mend
from bulksms.spreadsheet.reading import read_table
from tests.cli.cli_stage import JOB, Terminal, number

HEADER = "Lead ID,Mobile,Name"
MESS = (
    f"0042,{number(1)},Ann",
    "0043,1.20256E+10,Bob",
    f"0044,{number(3)},",
    f"0045,{number(1)},Ann again",
    "=1+1,,Dee",
)
"""Rows 2 to 6: fine, damaged, without a name, a duplicate, without a number."""

LOST = (
    "Row 3: '1.20256E+10' has lost its last digits to scientific notation;"
    " format the column as text and enter the number again."
)


def written(terminal: Terminal) -> Path:
    """What `check --output` writes of the mess."""
    terminal.write(*MESS, header=HEADER)
    said = terminal.done("check", "june.csv", *JOB, "--output", "problems.xlsx")
    assert "3 rows to mend written to problems.xlsx" in said
    return terminal.folder / "problems.xlsx"


def test_where_nothing_can_be_mended_no_file_is_written(terminal: Terminal) -> None:
    terminal.write(f"0042,{number(1)},Ann", f"0045,{number(1)},Ann again", header=HEADER)
    said = terminal.done("check", "june.csv", *JOB, "--output", "problems.xlsx")
    assert "No row to mend, so problems.xlsx was not written.\n" in said
    assert not (terminal.folder / "problems.xlsx").exists()


@pytest.mark.parametrize("spelled", ["june.xlsx", "./june.xlsx", "link.xlsx"])
def test_the_file_that_is_read_is_never_written_over(terminal: Terminal, spelled: str) -> None:
    """Of 33 rows 3 were left: the others were in no other file. Not even of rows to mend."""
    june = written(terminal).rename(terminal.folder / "june.xlsx")
    (terminal.folder / "link.xlsx").symlink_to("june.xlsx")
    before = june.read_bytes()
    said = terminal.refused(3, "check", "june.xlsx", *JOB, "--output", spelled)
    name = spelled.removeprefix("./")
    assert f"Error: {name} is the file that is read, so nothing was written over it.\n" in said
    assert f"Next:  the same command with  -o {name.removesuffix('.xlsx')}-to-mend.xlsx\n" in said
    assert june.read_bytes() == before


def test_rows_to_mend_replace_older_ones_and_nothing_else(terminal: Terminal) -> None:
    problems = written(terminal)
    problems.rename(terminal.folder / "kept.xlsx")
    problems.touch()
    assert written(terminal).stat().st_size
    assert written(terminal) == problems
    book = openpyxl.load_workbook(problems)
    book["to mend"]["A1"] = "as a spreadsheet program saves it"
    book.save(problems)
    assert written(terminal) == problems
    for name in ("june.xlsx", "june.csv"):
        terminal.write(*MESS, header=HEADER, name=name)
        before = (terminal.folder / name).read_bytes()
        terminal.write(*MESS, header=HEADER, name="other.csv")
        said = terminal.refused(3, "check", "other.csv", *JOB, "--output", name)
        assert f"{name} is there and holds no rows to mend of bulksms" in said
        assert said.endswith("Next:  the same command with  -o june-to-mend.xlsx\n")
        assert (terminal.folder / name).read_bytes() == before


def test_each_row_to_mend_has_what_is_wrong_beside_its_phone(terminal: Terminal) -> None:
    """A duplicate is not there: nothing about it can be mended."""
    sheet = openpyxl.load_workbook(written(terminal)).worksheets[0]
    lines = [[cell or "" for cell in line] for line in sheet.iter_rows(values_only=True)]
    assert lines == [
        ["Lead ID", "Mobile", what_to_mend("Mobile"), "Name"],
        [
            "0043",
            "1.20256E+10",
            LOST,
            "Bob",
        ],
        [
            "0044",
            number(3),
            "Row 4: The cell 'Name' is empty, and the message has no fallback for it.",
            "",
        ],
        ["=1+1", "", "Row 6: The phone cell is empty.", "Dee"],
    ]
    assert sheet["A4"].data_type == "s"  # a formula in the file stays a text
    assert sheet.freeze_panes == "A2"
    marked = [cell.coordinate for line in sheet for cell in line if cell.fill.fill_type]
    assert marked == ["B2", "D3", "B4"]


def test_whoever_opted_out_is_in_it_too_and_is_texted_by_no_mended_row(terminal: Terminal) -> None:
    """Of a number on the suppression list the list itself knows."""
    terminal.done("suppress", "add", number(5))
    terminal.write(
        f"{number(1)},,Yes,Ann",
        f",{number(1)},,Ann S.",
        f",{number(2)},,Bob",
        f"{number(5)},{number(15)},,Dee",
        header="Mobile,Home phone,SMS Opt Out,Name",
    )
    said = terminal.done("check", "june.csv", *JOB, "--output", "rest.xlsx")
    assert "2 rows to mend written to rest.xlsx; then send that file.\n1 row that opted out" in said
    sheet = openpyxl.load_workbook(terminal.folder / "rest.xlsx").worksheets[0]
    told = {line[4]: line[1] for line in sheet.iter_rows(min_row=2, values_only=True)}
    assert list(told) == ["Ann S.", "Bob", "Ann"]
    assert told["Ann"] == (
        "Row 2: The column 'SMS Opt Out' says 'Yes'."
        " Leave this row as it is: nobody texts its number, in no other row either."
    )
    terminal.done("send", "rest.xlsx", *JOB, "--phone-column", "Home phone", "--yes")
    assert terminal.texted == [number(2)]


@pytest.mark.parametrize("hidden", [False, True])
def test_the_cells_of_whoever_opted_out_are_those_that_the_spreadsheet_program_showed(
    terminal: Terminal,
    hidden: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """As those of the rows to mend are: the column is one, and somebody works with that file."""
    with xlsxwriter.Workbook(terminal.folder / "june.xlsx") as book:
        day, money = (book.add_format({"num_format": code}) for code in ("m/d/yyyy", "$0.00"))
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Mobile", "name", "DNC", "Due", "Owes"))
        for line, (mobile, said) in enumerate((("", ""), (number(1), "yes")), start=1):
            sheet.write_row(line, 0, (mobile, "Ann", said))
            sheet.write_number(line, 3, 46357, day)
            sheet.write_number(line, 4, 0, money)
        sheet.set_row(2, None, None, {"hidden": hidden})
    terminal.done("check", "june.xlsx", *JOB, "-o", "rest.xlsx")
    sheet = openpyxl.load_workbook(terminal.folder / "rest.xlsx").worksheets[0]
    shown = [line[4:6] for line in sheet.iter_rows(min_row=2, values_only=True)]
    assert shown == [("12/1/2026", "$0.00")] * 2


def test_whoever_opted_out_stays_so_among_the_few_rows_to_mend(terminal: Terminal) -> None:
    """Of a name that may mean something else these rows alone would not tell; nor do they again."""
    odd = [f"555,landline,Bad {at}" for at in range(3)]
    fine = [f"{number(at)},yes,Ann" for at in range(1, 5)]
    terminal.write(*fine, f"{number(5)},no,Eve", *odd, header="Mobile,SMS,Name")
    for source, target in (("june.csv", "rest.xlsx"), ("rest.xlsx", "rest2.xlsx")):
        terminal.done("check", source, *JOB, "--output", target)
    sheet = openpyxl.load_workbook(terminal.folder / "rest2.xlsx").worksheets[0]
    header = [cell.value for cell in sheet[1]]
    assert header == ["Mobile", what_to_mend("Mobile"), "SMS", "Name", OUR_OPT_OUTS]
    for line in (2, 3, 4):
        sheet.cell(line, 1, number(10 + line))
    sheet.parent.save(terminal.folder / "mended.xlsx")
    terminal.done("send", "mended.xlsx", *JOB, "--yes")
    assert terminal.texted == [number(12), number(13), number(14)]


def test_of_the_skipped_rows_of_a_report_nobody_is_texted_who_opted_out(terminal: Terminal) -> None:
    odd = [f"555,landline,Bad {at}" for at in range(3)]
    fine = [f"{number(at)},yes,Ann" for at in range(1, 5)]
    terminal.write(*fine, f"{number(5)},no,Eve", *odd, header="Mobile,SMS,Name")
    terminal.done("load", "june.csv", *JOB, "--name", "june")
    terminal.done("report", "june", "--state", "skipped", "-o", "skipped.xlsx")
    said = terminal.done("check", "skipped.xlsx", *JOB)
    assert "1 row that opted out was left out" in said
    assert "0 rows will be texted" in said


def test_a_long_sentence_is_cut_off_by_no_cell_beside_it(terminal: Terminal) -> None:
    sheet = openpyxl.load_workbook(written(terminal)).worksheets[0]
    assert sheet["C2"].alignment.wrap_text
    long, short = (sheet.row_dimensions[line].height or 15 for line in (2, 4))
    assert long == 2 * short


def test_the_mended_rows_are_sent_and_nobody_else(terminal: Terminal) -> None:
    path = written(terminal)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["B2"], sheet["D3"], sheet["B4"] = "2025550102", "Cid", number(4)
    book.save(path)
    terminal.done("send", "problems.xlsx", *JOB, "--yes")
    assert terminal.texted == [number(2), number(3), number(4)]
    terminal.done("report", "-o", "report.csv")
    header = (terminal.folder / "report.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header.startswith("row,Lead ID,Mobile,Name,to_number,")


def test_what_was_not_mended_is_refused_again(terminal: Terminal) -> None:
    """The extra column confuses nothing: the same rows, columns and reasons come back."""
    table = read_table(written(terminal))
    assert table.columns == ("Lead ID", "Mobile", "Name")
    assert f"the column '{what_to_mend('Mobile')}' was left out" in table.notes
    plan = terminal.json("check", "problems.xlsx", *JOB)
    assert plan["queued"] == 0
    assert set(plan["skipped"]) == {"damaged_number", "missing_value", "missing_number"}
    assert plan["skipped"]["missing_value"]["examples"][0]["column"] == "Name"


@pytest.mark.parametrize("name", ["problems.csv", "problems", "nowhere/problems.xlsx"])
def test_a_file_that_cannot_be_written_is_one_sentence(terminal: Terminal, name: str) -> None:
    terminal.write(*MESS, header=HEADER)
    said = terminal.refused(3, "check", "june.csv", *JOB, "--output", name)
    assert "cannot be written" in said
    assert {path.name for path in terminal.folder.iterdir()} <= {"june.csv", "bulksms.db"}


def test_who_has_a_number_in_another_column_is_texted_there_as_the_plan_says(
    terminal: Terminal,
) -> None:
    """Not so who opted out, nor who was texted at the number of an earlier row."""
    terminal.done("suppress", "add", number(5))
    terminal.write(
        f"{number(1)},{number(11)},,Ann",
        f",{number(2)},,Bob",
        f",{number(3)},yes,Cid",
        f"{number(1)},{number(14)},,Ann again",
        f"{number(5)},{number(15)},,Dee",
        header="Mobile,Home phone,Do not text,Name",
    )
    (terminal.folder / "lists").mkdir()
    said = terminal.done("check", "./lists/../june.csv", *JOB)
    _, _, below = said.partition("to text them there, ")
    check, send = (shlex.split(each)[1:] for each in below.splitlines()[1:3])
    assert check[1] == "lists/../june.csv", "the path that was typed, not only the file's name"
    terminal.done("send", "june.csv", *JOB, "--yes")
    for line, also in ((check, ()), (send, ("--yes",))):
        at = line.index("…")
        terminal.done(*line[:at], *JOB, *line[at + 1 :], *also)
    assert terminal.texted == [number(1), number(2)]


def test_the_rows_to_mend_are_never_texted_at_another_phone(terminal: Terminal) -> None:
    """Nobody mended them, and nobody chose their home phones."""
    terminal.write(
        *(f"{number(at)},,Ann" for at in range(1, 4)),
        *(f"555-01{at},{number(at)},Bob" for at in range(14, 17)),
        f",{number(17)},Cid",
        header="Mobile,Home phone,Name",
    )
    terminal.done("check", "june.csv", *JOB, "--output", "rest.xlsx")
    said = terminal.done("check", "rest.xlsx", *JOB)
    assert "Columns: phone = 'Mobile'; not used: Home phone\n" in said
    assert "0 rows will be texted" in said
    terminal.done("send", "rest.xlsx", *JOB, "--phone-column", "Home phone", "--yes")
    assert terminal.texted == [number(at) for at in range(14, 18)]


def test_whatever_the_phone_is_called_the_rows_to_mend_name_it(terminal: Terminal) -> None:
    terminal.write(
        f"{number(1)},{number(11)},Ann", f"555,{number(12)},Bob", header="Contact,Mobile,Name"
    )
    job = (*JOB, "--phone-column", "Contact")
    terminal.done("check", "june.csv", *job, "--output", "rest.xlsx")
    said = terminal.done("check", "rest.xlsx", *JOB)
    assert "Columns: phone = 'Contact'; not used: Mobile\n" in said
    assert "0 rows will be texted" in said


@pytest.mark.parametrize("cell", ["555-0114", ""])
def test_a_report_of_what_was_skipped_is_asked_which_phone_is_meant(
    terminal: Terminal, cell: str
) -> None:
    """It names the numbers that it texted, not the column that they were in."""
    terminal.write(
        *(f"{number(at)},,Ann" for at in range(1, 4)),
        f"{cell},{number(14)},Bob",
        header="Mobile,Home phone,Name",
    )
    terminal.done("load", "june.csv", *JOB, "--name", "june")
    terminal.done("report", "june", "--state", "skipped", "-o", "skipped.xlsx")
    said = terminal.refused(3, "send", "skipped.xlsx", *JOB, "--yes")
    assert "Several columns could be the phone: 'Mobile', 'Home phone'" in said
    assert '--phone-column "Mobile"' in said
    terminal.done("send", "skipped.xlsx", *JOB, "--phone-column", "Home phone", "--yes")
    assert terminal.texted == [number(14)]


def test_a_whole_report_is_the_file_it_was_made_from_with_an_empty_column_too(
    terminal: Terminal,
) -> None:
    terminal.write(f",{number(1)},Ann", ",,Bob", header="Mobile,Phone,Name")
    terminal.done("load", "june.csv", *JOB, "--name", "june")
    terminal.done("report", "june", "-o", "whole.csv")
    assert "phone = 'Phone'" in terminal.done("check", "whole.csv", *JOB)
