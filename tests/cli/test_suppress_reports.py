"""`suppress import` of a report of which somebody deleted columns, and of lists that look like one.

Taken for a plain list, a report would put everybody who was texted on the list.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.cli_stage import JOB, Terminal, number

OURS = "to_number state reason detail sms_id delivery attempts accepted_at segments message"


@pytest.fixture
def report(terminal: Terminal) -> Path:
    """Of four people who were texted, and one who opted out."""
    rows = [f"{number(at)},A,no" for at in range(1, 5)]
    file = terminal.write(*rows, f"{number(5)},E,yes", header="phone,name,SMS opt out")
    terminal.done("send", file, *JOB, "--name", "june", "--yes")
    terminal.done("report", "june", "-o", "report.csv")
    return terminal.folder / "report.csv"


def keep(path: Path, columns: str, **typed: str) -> None:
    """Save it with these columns, and with what was typed over cells of its first row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first, *others = csv.DictReader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        less = csv.DictWriter(file, columns.split(), extrasaction="ignore")
        less.writeheader()
        less.writerows([first | typed, *others])


def on_the_list(terminal: Terminal) -> list[str]:
    return sorted(each["to_number"] for each in terminal.json("suppress", "list"))


@pytest.mark.parametrize("state", ["accepted", "Accepted", "ok"])
@pytest.mark.parametrize(
    "kept", [f"phone name {OURS}", "phone to_number state reason", "to_number reason"]
)
def test_where_the_number_and_the_reason_are_left_who_opted_out_is_added(
    terminal: Terminal, report: Path, kept: str, state: str
) -> None:
    keep(report, kept, state=state)
    assert "1 row that opted out" in terminal.done("suppress", "import", "report.csv")
    assert on_the_list(terminal) == [number(5)]


@pytest.mark.parametrize("write", [str.title, str.upper, lambda names: names.replace("_", " ")])
def test_a_report_is_one_however_its_headings_are_written(
    terminal: Terminal, report: Path, write: Callable[[str], str]
) -> None:
    keep(report, f"row phone name {OURS}")
    header, rows = report.read_text("utf-8-sig").split("\n", 1)
    report.write_text(f"{write(header)}\n{rows}", "utf-8")
    terminal.done("suppress", "import", "report.csv")
    assert on_the_list(terminal) == [number(5)]


@pytest.mark.parametrize(
    ("kept", "missing"),
    [
        (f"row phone name {OURS.removeprefix('to_number ')}", "'to_number'"),
        ("phone state reason", "'to_number'"),
        ("phone reason", "'to_number'"),
        ("phone name to_number state detail", "'reason'"),
        ("phone state", "'to_number' and 'reason'"),
        ("phone to_number sms_id attempts accepted_at", "'reason'"),
    ],
)
def test_where_one_is_not_left_nobody_is_added_and_it_is_said(
    terminal: Terminal, report: Path, kept: str, missing: str
) -> None:
    keep(report, kept, state="ok")
    said = terminal.refused(3, "suppress", "import", "report.csv")
    assert f" {missing}, so it does not say whose numbers opted out, and nothing was added" in said
    assert on_the_list(terminal) == []


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("phone,state", ("CA", "unknown", "NY")),
        ("phone,state", ("unknown", "unknown", "")),
        ("phone,reason", ("too many texts", "opted_out", "moved")),
        ("phone,reason", ("opted_out", "opted_out", "opted_out")),
        ("phone,reason", ("duplicate", "rejected", "")),
        ("phone,message", ("STOP", "Stop", "no more")),
    ],
)
def test_a_list_of_anothers_is_imported_as_ever(
    terminal: Terminal, header: str, cells: tuple[str, ...]
) -> None:
    rows = [f"{number(at)},{cell}" for at, cell in enumerate(cells, start=1)]
    file = terminal.write(*rows, header=header)
    assert "3 numbers added" in terminal.done("suppress", "import", file)
