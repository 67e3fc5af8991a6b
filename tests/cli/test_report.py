"""`report`: a file that `send` takes again, and what the rows sum up to."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from bulksms.model.states import Delivery, State
from bulksms.store import Store
from tests.cli.cli_stage import JOB, SENDER, Terminal, number, plain

REFUSED, BLACKLISTED = "+12025550151", "+12025550152"


def test_a_report_of_the_refused_rows_is_taken_again_by_send(terminal: Terminal) -> None:
    file = terminal.people(number(1), "+12025550151", "+12025550152")
    assert terminal("send", file, *JOB, "--name", "june", "--yes").exit_code == 6
    terminal.done("report", "june", "--state", "failed", "-o", "failed.csv")
    mended = Path("failed.csv").read_text(encoding="utf-8-sig")
    mended = mended.replace("+12025550151", number(7)).replace("+12025550152", number(8))
    Path("failed.csv").write_text(mended, encoding="utf-8-sig")
    terminal.done("send", "failed.csv", *JOB, "--yes")
    assert terminal.texted == [number(1), number(7), number(8)]
    assert sorted(sms.message or "" for sms in terminal.truth) == ["Hi P1", "Hi P2", "Hi P3"]


@pytest.fixture
def june(terminal: Terminal) -> Terminal:
    """A campaign to report, and nobody texted by it."""
    terminal.done("load", terminal.people(number(1), "12"), *JOB, "--name", "june")
    return terminal


def a_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["phone", "name"])
    book.active.append([number(1), "Ann"])
    book.save(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("customers.csv", "phone,name\n1,Ann\n"),
        ("customers.csv", "row,name,message\n1,Ann,Hi\n"),
        ("customers.csv", "\x89PNG\0 and so on"),
        ("customers.json", '[\n{"phone": 1}\n]\n'),
        ("customers.json", "[\n1\n]\n"),
        ("customers.html", '<!doctype html>\n<html lang="en"><title>customers</title>'),
        ("customers.xlsx", None),
    ],
)
def test_a_report_replaces_no_file_that_is_none(
    june: Terminal, name: str, text: str | None
) -> None:
    """A list of customers was, without a word."""
    path = june.folder / name
    a_workbook(path) if text is None else path.write_text(text, encoding="utf-8")
    before = path.read_bytes()
    said = june.refused(3, "report", "june", "-o", name)
    assert f"{name} is there and is no report of bulksms, so nothing was written over it." in said
    other = f"customers-report{path.suffix}"
    assert f"Next:  the same command with  -o {other}\n" in said
    assert path.read_bytes() == before
    june.done("report", "june", "-o", other)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json", ".html"])
@pytest.mark.parametrize("states", [(), ("--state", "unknown")], ids=["all", "none"])
def test_a_report_replaces_an_older_one_and_an_empty_file(
    june: Terminal, ending: str, states: tuple[str, ...]
) -> None:
    path = june.folder / f"out{ending}"
    for nothing in ("", "\n", "\ufeff\r\n", "[]", "[ ]\n"):
        path.write_text(nothing, encoding="utf-8")
        june.done("report", "june", *states, "-o", path.name)
    june.done("report", "june", *states, "-o", path.name)
    june.done("report", "june", *states, "-o", path.name)
    june.done("report", "june", "-o", path.name)
    assert number(1).encode() in path.read_bytes() or ending == ".xlsx"


def test_a_report_that_a_spreadsheet_program_saved_is_one(june: Terminal) -> None:
    june.done("report", "june", "-o", "out.xlsx")
    for hidden in (False, True):
        book = openpyxl.load_workbook("out.xlsx")
        book["report"].row_dimensions[1].hidden = hidden
        book.save("out.xlsx")
        june.done("report", "june", "-o", "out.xlsx")
    june.done("report", "june", "-o", "out.csv")
    text = Path("out.csv").read_text(encoding="utf-8-sig").replace(",", ";")
    Path("out.csv").write_text(text, encoding="utf-8")
    june.done("report", "june", "-o", "out.csv")


def mend_csv(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace(REFUSED, number(7)), encoding="utf-8-sig")


def mend_xlsx(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for line in book["report"].iter_rows():
        for cell in line:
            if cell.value == REFUSED:
                cell.value = number(7)
    book.save(path)


@pytest.mark.parametrize(("ending", "mend"), [(".csv", mend_csv), (".xlsx", mend_xlsx)])
def test_lead_ids_and_own_texts_survive_the_way_through_a_report(
    terminal: Terminal, ending: str, mend: Callable[[Path], None]
) -> None:
    file = terminal.write(
        f"{number(1)},0041,Hi Ann,NY",
        f'{REFUSED},0042,"=Hi, {{name}} <b>",CA',
        header="phone,lead_id,text,state",
    )
    job = ("--message-column", "text", "--from", SENDER, "--yes")
    assert terminal("send", file, *job, "--name", "june").exit_code == 6
    terminal.done("report", "june", "--state", "failed", "-o", f"failed{ending}")
    mend(Path(f"failed{ending}"))
    terminal.done("send", f"failed{ending}", *job, "--name", "again")
    assert {sms.receiver: sms.message for sms in terminal.truth} == {
        number(1): "Hi Ann",
        number(7): "=Hi, {name} <b>",
    }
    terminal.done("report", "again", "-o", "again.json")
    [row] = json.loads(Path("again.json").read_text(encoding="utf-8"))
    assert (row["lead_id"], row["state (file)"], row["state"]) == ("0042", "CA", "accepted")


def campaign(terminal: Terminal) -> None:
    file = terminal.people(number(1), number(2), REFUSED, BLACKLISTED, "", number(1))
    assert terminal("send", file, *JOB, "--name", "june", "--yes").exit_code == 6


def test_the_summary_says_how_many_and_why_and_needs_no_file(terminal: Terminal) -> None:
    campaign(terminal)
    said = plain(terminal.done("report", "june", "--summary", NO_COLOR="1", COLUMNS="100"))
    assert "june: 6 rows" in said
    for line in ("accepted  2", "failed    2", "skipped   2", "failed: blacklisted", "2 segments"):
        assert line in said
    assert "█" in said
    assert not list(terminal.folder.glob("*report*"))


def test_the_summary_of_some_states_says_of_how_many(terminal: Terminal) -> None:
    campaign(terminal)
    said = terminal.done("report", "june", "--summary", "--state", "failed", NO_COLOR="1")
    assert "june: 2 rows of 6" in said
    assert "accepted" not in said


def test_the_summary_for_scripts_adds_up(terminal: Terminal) -> None:
    campaign(terminal)
    summary = terminal.json("report", "june", "--summary")
    status = terminal.json("status", "june")
    assert summary["counts"] == status["counts"]
    assert list(summary["counts"]) == [state.value for state in State]
    assert summary["reasons"]["blacklisted"] == 1
    assert sum(summary["reasons"].values()) == 4
    assert sum(bar["texts"] for bar in summary["pace"]["accepted"]) == 2
    assert (summary["rows"], summary["segments"], summary["delivery"]) == (6, 2, {})


def test_a_summary_and_a_file_may_be_had_at_once(terminal: Terminal) -> None:
    campaign(terminal)
    result = terminal("report", "june", "--summary", "--json", "-o", "june.html")
    assert json.loads(result.stdout)["rows"] == 6
    assert result.stderr == "6 rows of 'june' written to june.html.\n"
    page = Path("june.html").read_text(encoding="utf-8")
    assert "2 of 6 rows accepted, 2 failed, 2 skipped." in page
    assert "finished" in page


def test_those_whom_it_did_not_reach_are_a_list_that_send_takes(terminal: Terminal) -> None:
    """A carrier's word, which no state tells: Easify had accepted each of them."""
    terminal.done("send", terminal.people(number(1), number(2)), *JOB, "--name", "june", "--yes")
    with Store.open("bulksms.db") as store:
        _, lost = store.rows.report(1)
        word, now = Delivery.UNDELIVERED, datetime.now(UTC)
        store.receipts.push(lost.sms_id or "", word, receiver="", said="Unreachable", now=now)
    asked = ("report", "june", "--delivery", "undelivered", "--delivery", "failed")
    assert terminal.done(*asked, "-o", "lost.csv").startswith("1 row of 'june' written")
    terminal.done("send", "lost.csv", *JOB, "--yes")
    assert terminal.texted == [number(1), number(2), number(2)]
    assert "june: 1 row of 2" in terminal.done(*asked, "--summary", NO_COLOR="1")
    assert "Next:  bulksms report june --delivery undelivered -o" in terminal.done(
        "receive", "june"
    )
    assert "leave --state out" in terminal.refused(2, *asked, "--state", "failed", "--summary")


def test_a_report_of_some_states_says_so_above_its_rows(terminal: Terminal) -> None:
    campaign(terminal)
    terminal.done("report", "june", "--state", "failed", "-o", "june.html")
    page = Path("june.html").read_text(encoding="utf-8")
    assert "<dt>Only rows that are</dt><dd>failed</dd>" in page
    assert "<dt>Of rows</dt><dd>6</dd>" in page
