"""Everything ever done with a number, and what is left of it when it is forgotten."""

import sqlite3

import pytest

from bulksms.sandbox.faults import NO_FAULT, refuse
from tests.cli.cli_stage import JOB, Terminal, number

REFUSED, IN_DOUBT = "+12025550151", "+12025550170"
"""Numbers of the sandbox: refused for good, and accepted without an answer."""


@pytest.fixture
def told(terminal: Terminal) -> Terminal:
    """Ann and Bob were texted in june; Ann was a duplicate there too, and opted out since."""
    file = terminal.people(number(1), number(2), number(1))
    terminal.done("send", file, *JOB, "--name", "june", "--yes")
    terminal.done("suppress", "add", number(1), "--reason", "asked by phone")
    return terminal


def test_every_row_and_every_change_of_the_list_is_told(told: Terminal) -> None:
    said = told.done("history", "(202) 555-0101")
    assert "june, row 2: accepted (sms_id " in said
    assert "“Hi P1”" in said
    assert "june, row 4: skipped (duplicate: Row 2 has the same number" in said
    assert "added to the suppression list by operator: asked by phone" in said
    assert said.endswith(f"{number(1)}: 2 rows in all campaigns.\n")


def test_undoing_an_opt_out_is_told_too(told: Terminal) -> None:
    told.done("suppress", "remove", number(1))
    changes = told.json("history", number(1))["suppressions"]
    assert [each["change"] for each in changes] == ["added", "removed"]


def test_a_stranger_has_no_history(told: Terminal) -> None:
    assert told.json("history", number(9)) == {"number": number(9), "rows": [], "suppressions": []}


def test_forgetting_leaves_nothing_of_the_person_and_all_of_the_counts(told: Terminal) -> None:
    before = told.json("status", "june")
    said = told.done("history", number(1), "--forget", "--yes")
    assert said == f"What 2 rows held of {number(1)} is erased.\n"
    assert told.json("status", "june") == before
    assert told.json("audit", "june")["holds"]
    assert told.json("history", number(1))["rows"] == []
    with sqlite3.connect(told.database) as database:
        tables = ("message", "attempt", "event", "receipt")
        kept = [str(database.execute(f"SELECT * FROM {table}").fetchall()) for table in tables]  # noqa: S608 - the names stand one line above
    assert not any(number(1)[1:] in each or "P1" in each for each in kept)
    assert number(2) in kept[0]


def test_a_forgotten_number_stays_on_the_suppression_list(told: Terminal) -> None:
    told.done("history", number(1), "--forget", "--yes")
    assert [each["to_number"] for each in told.json("suppress", "list")] == [number(1)]


def test_the_report_has_a_line_for_a_forgotten_row(told: Terminal) -> None:
    told.done("history", number(1), "--forget", "--yes")
    told.done("report", "june", "-o", "june-report.csv")
    lines = (told.folder / "june-report.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "(forgotten)" in lines[1]


def test_a_number_that_is_still_to_be_texted_is_not_forgotten(told: Terminal) -> None:
    told.done("load", told.people(number(3), name="july.csv"), *JOB, "--name", "july list")
    said = told.refused(3, "history", number(3), "--forget", "--yes")
    assert "Row 2 of 'july list' still waits to be texted." in said
    assert f"Next:  bulksms suppress add {number(3)}\n       then the same again" in said
    assert len(told.json("history", number(3))["rows"]) == 1


def test_who_opted_out_is_forgotten_and_not_texted(told: Terminal) -> None:
    """Even in a draft that nobody has started yet."""
    july = told.people(number(1), number(3), name="july.csv")
    told.done("load", july, *JOB, "--name", "july")
    told.done("suppress", "add", number(3))
    told.done("history", number(3), "--forget", "--yes")
    assert told.json("status", "july")["counts"]["skipped"] == 2
    told.done("resume", "july", "--yes")
    assert told.texted == [number(1), number(2)]
    assert told.json("audit", "july")["holds"]


def test_a_doubt_is_settled_before_its_number_is_forgotten(terminal: Terminal) -> None:
    terminal.vendor.faults.reads.extend([NO_FAULT, *[refuse("plan_not_allowed")] * 20])
    line = ("send", terminal.people(IN_DOUBT), *JOB, "--name", "june", "--yes")
    assert terminal(*line).exit_code == 6
    said = terminal.refused(3, "history", IN_DOUBT, "--forget", "--yes")
    assert "Row 2 of 'june' is in doubt, and is settled by its number." in said
    assert "bulksms resolve june --row 2 --give-up" in said
    terminal.done("resolve", "june", "--row", "2", "--give-up")
    terminal.done("history", IN_DOUBT, "--forget", "--yes")
    assert terminal.json("audit", "june")["holds"]


def test_a_forgotten_refusal_is_not_tried_again(terminal: Terminal) -> None:
    """There is nobody left to text."""
    file = terminal.people(REFUSED, number(2))
    assert terminal("send", file, *JOB, "--name", "june", "--yes").exit_code == 6
    terminal.done("history", REFUSED, "--forget", "--yes")
    assert "has no refused row like that" in terminal.refused(3, "retry", "june", "--yes")
    assert terminal.json("status", "june")["counts"]["failed"] == 1


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        (("--not-if-texted-within", "24h"), "texted_recently"),
        (("--not-if-same-text-within", "30d"), "same_text"),
    ],
)
def test_the_plan_names_the_earlier_campaign_its_date_and_its_id(
    terminal: Terminal, option: tuple[str, str], reason: str
) -> None:
    terminal.done("send", terminal.people(number(1)), *JOB, "--name", "june", "--yes")
    july = terminal.people("(202) 555-0101", number(2), name="july.csv")
    plan = terminal.json("check", july, *JOB, *option)
    kind = plan["skipped"][reason]
    assert (plan["queued"], kind["row_numbers"]) == (1, [2])
    (sms,) = terminal.truth
    told = f"by the campaign 'june' on {sms.accepted_at:%Y-%m-%d} at "
    assert told in kind["examples"][0]["result"]
    assert f"(sms_id {sms.id})" in kind["examples"][0]["result"]
