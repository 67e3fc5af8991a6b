"""`suppress`: numbers never to be texted, whenever they came to the list."""

import csv
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.cli.cli_stage import JOB, Terminal, number


def test_a_number_is_added_once_and_listed_and_removed(bare_terminal: Terminal) -> None:
    terminal = bare_terminal
    added = terminal.done("suppress", "add", "(202) 555-0101", number(2), "--reason", "asked")
    assert added == (
        f"Note: a new database was made at {terminal.database}, and this is on its list alone;"
        " if you send from another folder, type the same there.\n2 numbers added.\n"
    )
    assert terminal.done("suppress", "add", number(1)) == "0 numbers added.\n"
    listed = terminal.json("suppress", "list")
    assert [each["to_number"] for each in listed] == [number(1), number(2)]
    assert list(listed[0]) == ["to_number", "reason", "source", "added_at"]
    assert (listed[0]["reason"], listed[0]["source"]) == ("asked", "operator")
    assert terminal.done("suppress", "list").endswith("asked  (operator)\n2 numbers.\n")
    said = terminal.done("suppress", "remove", "202-555-0101")
    assert said == f"{number(1)} may be texted again.\n"
    assert [each["to_number"] for each in terminal.json("suppress", "list")] == [number(2)]


def test_a_number_of_another_country_is_read_as_one(terminal: Terminal) -> None:
    terminal.done("suppress", "add", "020 7946 0018", "--country", "gb")
    assert terminal.json("suppress", "list")[0]["to_number"] == "+442079460018"


def test_one_number_that_is_none_adds_nothing(terminal: Terminal) -> None:
    said = terminal.refused(3, "suppress", "add", number(1), "12", "555")
    assert "2 numbers of 3 cannot be read, so nothing was added: '12' is" in said
    assert "; '555' is" in said
    assert terminal.json("suppress", "list") == []


def test_a_number_suppressed_after_the_load_is_not_texted(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1), number(2)), *JOB, "--name", "june")
    terminal.done("suppress", "add", number(1))
    said = terminal.done("resume", "june", "--yes")
    assert "june: finished; 1 accepted, 1 skipped." in said
    assert terminal.texted == [number(2)]


def test_a_number_suppressed_before_the_load_is_not_texted(terminal: Terminal) -> None:
    terminal.done("suppress", "add", number(1))
    terminal.done("send", terminal.people(number(1), number(2)), *JOB, "--yes")
    assert terminal.texted == [number(2)]


def test_whom_an_earlier_file_said_not_to_text_is_named_until_they_are_on_the_list(
    terminal: Terminal,
) -> None:
    Path("june.csv").write_text(f"Name,Mobile,SMS Opt Out\nAnn,{number(1)},yes\n", encoding="utf-8")
    terminal.done("load", "june.csv", *JOB, "--name", "june")
    later = "check", terminal.people(number(1), number(2)), *JOB
    said = terminal.done(*later)
    assert "Mind: 1 of these numbers opted out in the file of 'june', and would be texted" in said
    assert f"bulksms suppress add {number(1)}\n" in said
    terminal.done("suppress", "add", number(1))
    assert "Mind" not in terminal.done(*later)
    terminal.done("suppress", "remove", number(1))
    assert "Mind" not in terminal.done(*later)


def test_a_whole_file_of_numbers_is_imported(terminal: Terminal) -> None:
    file = terminal.people(number(1), "202-555-0102", number(1), name="out.csv")
    assert terminal.done("suppress", "import", file) == "2 numbers added; 1 known already.\n"
    assert {each["source"] for each in terminal.json("suppress", "list")} == {"out.csv"}


def test_an_import_with_one_bad_row_adds_nothing(bare_terminal: Terminal) -> None:
    """A number left out of the list would be texted."""
    terminal = bare_terminal
    file = terminal.people(number(1), "1.20256E+10", "", name="out.csv")
    said = terminal.refused(3, "suppress", "import", file)
    assert "2 rows of out.csv cannot be read, so nothing was added: row 3: " in said
    assert "; row 4: " in said
    assert not terminal.database.exists()


def workbook(path: Path, **sheets: dict[str, bool]) -> None:
    """A sheet of numbers each; a row is hidden if its number says so."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_column("A1", ["Phone", *rows])
            for line, hidden in enumerate(rows.values(), start=1):
                sheet.set_row(line, None, None, {"hidden": hidden})


def test_an_import_takes_what_a_filter_hides(terminal: Terminal) -> None:
    """A number left out of the list would be texted."""
    workbook(terminal.folder / "stop.xlsx", May={number(1): True, number(2): False})
    said = terminal.done("suppress", "import", "stop.xlsx")
    assert said == (
        "Note: 1 hidden or filtered row is read like the others\n"
        "2 numbers added; 0 known already.\n"
    )
    assert len(terminal.json("suppress", "list")) == 2


def test_an_import_of_several_sheets_adds_the_one_that_is_named(bare_terminal: Terminal) -> None:
    terminal = bare_terminal
    sheets = {"May": {number(1): False}, "June": {number(2): False}, "Empty": {}}
    workbook(terminal.folder / "stop.xlsx", **sheets)
    book = openpyxl.load_workbook(terminal.folder / "stop.xlsx")
    book["Empty"]["A1"] = None
    book.save(terminal.folder / "stop.xlsx")
    said = terminal.refused(3, "suppress", "import", "stop.xlsx")
    assert "more than one sheet with data, so nothing was added: 'May', 'June';" in said
    assert not terminal.database.exists()
    said = terminal.done("suppress", "import", "stop.xlsx", "--sheet", "june")
    assert "Note: sheet 'June' of 3; not read: 'May', 'Empty'\n1 number added" in said
    assert [each["to_number"] for each in terminal.json("suppress", "list")] == [number(2)]


def test_an_import_does_not_ask_what_its_other_columns_are(terminal: Terminal) -> None:
    Path("out.csv").write_text(
        f"Lead ID,Lead,Image,Picture,Mobile\n1,Ann,,,{number(1)}\n", encoding="utf-8"
    )
    assert terminal.done("suppress", "import", "out.csv") == "1 number added; 0 known already.\n"


def test_an_import_takes_the_column_that_is_named(terminal: Terminal) -> None:
    file = terminal.write(f"x,{number(1)}", header="phone,blocked", name="out.csv")
    terminal.done("suppress", "import", file, "--phone-column", "Blocked")
    assert terminal.json("suppress", "list")[0]["to_number"] == number(1)


def test_an_import_of_no_file_says_so(terminal: Terminal) -> None:
    assert "no.csv is not there." in terminal.refused(3, "suppress", "import", "no.csv")


def opted_out_of_june(terminal: Terminal) -> None:
    """A campaign 'june': two opted out with a number and one without; one has a bad number."""
    rows = (f"{number(1)},A,yes", f"{number(2)},B,yes", f"{number(3)},C,no", "12,D,no", ",E,yes")
    file = terminal.write(*rows, header="phone,name,SMS opt out")
    terminal.done("load", file, *JOB, "--name", "june")


@pytest.mark.parametrize("only", [("--state", "skipped"), ()])
@pytest.mark.parametrize("name", ["skipped.xlsx", "skipped.csv"])
def test_an_import_of_a_report_adds_who_opted_out_and_nobody_else(
    terminal: Terminal, name: str, only: tuple[str, ...]
) -> None:
    """The plan of a later file says to import it so."""
    opted_out_of_june(terminal)
    terminal.done("report", "june", *only, "-o", name)
    others = "1 other row of the report is" if only else "2 other rows of the report are"
    assert terminal.done("suppress", "import", name).endswith(
        "Note: a report of bulksms: 2 rows that opted out; 1 more without a number;"
        f" {others} left out\n2 numbers added; 0 known already.\n"
    )
    listed = {each["to_number"] for each in terminal.json("suppress", "list")}
    assert listed == {number(1), number(2)}


@pytest.mark.parametrize(
    "kept",
    [
        "row phone name to_number state reason detail sms_id",
        "phone name to_number state reason detail",
        "state reason to_number",
        "name reason state phone to_number message row",
    ],
)
def test_a_report_is_one_whichever_of_its_columns_somebody_deleted(
    terminal: Terminal, kept: str
) -> None:
    """Taken for a plain list, it would put everybody who was texted on the list."""
    opted_out_of_june(terminal)
    terminal.done("report", "june", "-o", "report.csv")
    with Path("report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with Path("report.csv").open("w", encoding="utf-8", newline="") as file:
        less = csv.DictWriter(file, kept.split(), extrasaction="ignore")
        less.writeheader()
        less.writerows(rows)
    assert "a report of bulksms: 2 rows that opted out" in terminal.done(
        "suppress", "import", "report.csv"
    )
    listed = {each["to_number"] for each in terminal.json("suppress", "list")}
    assert listed == {number(1), number(2)}


def test_an_import_of_a_report_leaves_out_who_was_taken_off_the_list_since(
    terminal: Terminal,
) -> None:
    """What `purge` and the plan advise must undo no decision of a person."""
    opted_out_of_june(terminal)
    terminal.done("suppress", "add", number(2))
    terminal.done("suppress", "remove", number(2))
    terminal.done("report", "june", "--state", "skipped", "-o", "skipped.xlsx")
    said = terminal.done("suppress", "import", "skipped.xlsx")
    assert f"Note: 1 number left out, which was taken off the list since: {number(2)}\n" in said
    assert said.endswith("1 number added; 0 known already.\n")
    assert [each["to_number"] for each in terminal.json("suppress", "list")] == [number(1)]


def test_who_opted_out_again_since_is_imported(terminal: Terminal) -> None:
    opted_out_of_june(terminal)
    terminal.done("suppress", "add", number(2))
    terminal.done("suppress", "remove", number(2))
    july = terminal.write(f"{number(2)},B,yes", header="phone,name,SMS opt out", name="july.csv")
    terminal.done("load", july, *JOB, "--name", "july")
    terminal.done("report", "june", "--state", "skipped", "-o", "skipped.xlsx")
    assert "2 numbers added" in terminal.done("suppress", "import", "skipped.xlsx")


def test_a_list_with_states_of_another_kind_is_no_report(terminal: Terminal) -> None:
    rows = [f"{number(1)},NY,asked", f"{number(2)},,asked"]
    terminal.write(*rows, header="to_number,state,reason", name="out.csv")
    assert terminal.done("suppress", "import", "out.csv") == "2 numbers added; 0 known already.\n"


def test_an_import_of_a_report_in_which_nobody_opted_out_says_so(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1), "12"), *JOB, "--name", "june")
    terminal.done("report", "june", "-o", "report.xlsx")
    said = terminal.refused(3, "suppress", "import", "report.xlsx")
    assert "is a report of bulksms in which nobody opted out with a number" in said
    assert "bulksms report CAMPAIGN --state skipped -o skipped.xlsx" in said
    assert terminal.json("suppress", "list") == []


def test_an_import_adds_who_opted_out_where_a_column_says_who(terminal: Terminal) -> None:
    """And whoever may have: a cell that says neither yes nor no may be the reason."""
    said = ("yes", "no", "", "too many texts")
    rows = [f"{number(at)},{cell}" for at, cell in enumerate(said, start=1)]
    file = terminal.write(*rows, "12,no", header="phone,Do not text", name="crm.csv")
    assert terminal.done("suppress", "import", file) == (
        "Note: 3 rows left out, of which 'Do not text' does not say that somebody opted out;"
        " if they did, give the column another name, then the same again\n"
        "Note: 1 row says neither yes nor no in 'Do not text': taken\n"
        "2 numbers added; 0 known already.\n"
    )
    listed = {each["to_number"] for each in terminal.json("suppress", "list")}
    assert listed == {number(1), number(4)}


def test_an_import_adds_everybody_where_no_column_says_who(terminal: Terminal) -> None:
    file = terminal.write(f"{number(1)},", f"{number(2)},", header="phone,Opt-out reason")
    assert terminal.done("suppress", "import", file) == "2 numbers added; 0 known already.\n"


def test_an_import_is_not_narrowed_by_a_column_that_may_be_a_channel(terminal: Terminal) -> None:
    rows = [f"{number(at)},{cell},no" for at, cell in enumerate(("Yes", "No", "Yes"), start=1)]
    file = terminal.write(*rows, header="phone,SMS,Email")
    said = terminal.done("suppress", "import", file)
    assert "Note: every row is taken: 'SMS' may say how" in said
    assert said.endswith("3 numbers added; 0 known already.\n")


def test_a_reason_for_an_opt_out_is_one_whatever_it_says(terminal: Terminal) -> None:
    reasons = ("In-person", "texted stop", "in-store request", "Opted in by mistake")
    rows = [f"{number(at)},{cell}" for at, cell in enumerate(reasons, start=1)]
    file = terminal.write(*rows, header="phone,Opt-out reason")
    said = terminal.done("suppress", "import", file)
    assert said.endswith("4 numbers added; 0 known already.\n")


def test_a_report_whose_numbers_lost_their_plus_gives_them_all_the_same(terminal: Terminal) -> None:
    """A spreadsheet program takes it where it saves a CSV again."""
    opted_out_of_june(terminal)
    terminal.done("report", "june", "-o", "report.csv")
    report = Path("report.csv").read_text(encoding="utf-8-sig")
    without = report.replace("'+", "").replace("+", "")
    Path("report.csv").write_text(without, encoding="utf-8")
    terminal.done("suppress", "import", "report.csv", "--country", "gb")
    listed = {each["to_number"] for each in terminal.json("suppress", "list")}
    assert listed == {number(1), number(2)}


def test_a_report_whose_numbers_lost_their_digits_is_refused(terminal: Terminal) -> None:
    opted_out_of_june(terminal)
    terminal.done("report", "june", "-o", "report.csv")
    report = Path("report.csv").read_text(encoding="utf-8-sig")
    Path("report.csv").write_text(report.replace(number(1), "1.20256E+10"), encoding="utf-8")
    said = terminal.refused(3, "suppress", "import", "report.csv")
    assert "1 row of report.csv cannot be read, so nothing was added: row 2" in said
    assert terminal.json("suppress", "list") == []


def test_an_import_of_people_who_all_agreed_adds_nobody(terminal: Terminal) -> None:
    file = terminal.write(f"{number(1)},yes", f"{number(2)},", header="phone,SMS consent")
    said = terminal.refused(3, "suppress", "import", file)
    assert "No row of june.csv says in 'SMS consent' that somebody opted out, so nothing" in said
    assert terminal.json("suppress", "list") == []


def test_where_many_opted_out_earlier_the_plan_says_two_commands_that_put_them_on_the_list(
    terminal: Terminal,
) -> None:
    numbers = [number(at) for at in range(1, 30)]
    rows = [f"{each},A,yes" for each in numbers]
    terminal.done("load", terminal.write(*rows, header="phone,name,DNC"), *JOB, "--name", "june")
    later = "check", terminal.people(*numbers, name="july.csv"), *JOB
    first, second = (
        "bulksms report june --state skipped -o skipped.xlsx",
        "bulksms suppress import skipped.xlsx",
    )
    said = terminal.done(*later)
    assert first in said
    assert second in said
    for command in (first, second):
        terminal.done(*command.split()[1:])
    assert len(terminal.json("suppress", "list")) == len(numbers)
    assert "opted out in the file of" not in terminal.done(*later)


def test_a_report_of_which_a_row_was_forgotten_still_gives_the_others(terminal: Terminal) -> None:
    """It is what `purge` advises before it takes the others too."""
    people = (f"{number(1)},A,yes", f"{number(2)},B,yes", f"{number(3)},C,no")
    file = terminal.write(*people, header="phone,name,SMS Opt Out")
    terminal.done("send", file, *JOB, "--name", "june", "--yes")
    terminal.done("suppress", "add", number(1))
    terminal.done("history", number(1), "--forget", "--yes")
    terminal.done("report", "june", "--state", "skipped", "-o", "skipped.xlsx")
    assert "1 number added" in terminal.done("suppress", "import", "skipped.xlsx")
    listed = {each["to_number"] for each in terminal.json("suppress", "list")}
    assert listed == {number(1), number(2)}
