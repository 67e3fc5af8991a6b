"""Rows to mend of which somebody moved or deleted columns: nobody chose another phone for them."""

from pathlib import Path

import openpyxl
import pytest

from bulksms.model.opt_out_columns import OUR_OPT_OUTS
from bulksms.spreadsheet.problems import what_to_mend
from tests.cli.cli_stage import JOB, Terminal, number

OURS = what_to_mend("Mobile")


@pytest.fixture
def to_mend(terminal: Terminal) -> Path:
    """Three whose mobile is to be mended, with good home phones, and one who opted out."""
    terminal.write(
        *(f"Ann,{number(at)},,no" for at in range(1, 4)),
        *(f"Bob,555-01{at},{number(at)},no" for at in range(14, 17)),
        f"Eve,{number(5)},{number(6)},yes",
        header="Name,Mobile,Home phone,SMS opt out",
    )
    terminal.done("check", "june.csv", *JOB, "--output", "rest.xlsx")
    return terminal.folder / "rest.xlsx"


def with_columns(path: Path, *names: str) -> None:
    """Save it with these columns, in this order."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header, *lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    sheet.delete_rows(1, sheet.max_row)
    for line in ([*header], *lines):
        sheet.append([line[header.index(name)] for name in names])
    book.save(path)


@pytest.mark.parametrize(
    "columns",
    [
        ("Name", "Mobile", "Home phone", "SMS opt out", OUR_OPT_OUTS, OURS),
        ("Name", "Mobile", "Home phone", OURS, "SMS opt out", OUR_OPT_OUTS),
        (OURS, "Home phone", "Mobile", "Name", OUR_OPT_OUTS, "SMS opt out"),
    ],
    ids=["behind the guard", "behind another phone", "first"],
)
def test_they_are_of_the_same_phone_wherever_its_column_stands(
    terminal: Terminal, to_mend: Path, columns: tuple[str, ...]
) -> None:
    with_columns(to_mend, *columns)
    said = terminal.done("check", "rest.xlsx", *JOB)
    assert "Columns: phone = 'Mobile', " in said
    assert f"opt-out = '{OUR_OPT_OUTS}'" in said
    assert "0 rows will be texted" in said


def test_without_that_column_a_person_is_asked(terminal: Terminal, to_mend: Path) -> None:
    with_columns(to_mend, "Name", OURS, "Home phone", "SMS opt out", OUR_OPT_OUTS)
    said = terminal.refused(3, "send", "rest.xlsx", *JOB, "--yes")
    assert "rows to mend of the phone 'Mobile', which is not among the columns any more" in said
    assert "--phone-column" in said
    terminal.done("send", "rest.xlsx", *JOB, "--phone-column", "Home phone", "--yes")
    assert terminal.texted == [number(at) for at in range(14, 17)]
