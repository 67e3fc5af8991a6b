"""The main job and what is done about it, command by command, against a vendor on loopback."""

import json
from collections.abc import Collection
from pathlib import Path

import pytest

from bulksms.cli import runner
from bulksms.model.accounts import Account
from tests.cli.cli_stage import JOB, QUICK, Terminal, number

STATUS_KEYS = ["id", "campaign", "state", "paused_reason", "rows", "counts", "delivery", "rate"]
STATUS_KEYS += ["eta_seconds", "created_at", "started_at", "finished_at"]
STATUS_KEYS += ["hours", "start_at", "waits"]
"""As `contract.md` lists them, and what the hours add."""
STATES = ["queued", "sending", "accepted", "failed", "unknown", "skipped"]


def test_a_file_is_sent_to_its_end(bare_terminal: Terminal) -> None:
    file = bare_terminal.people(number(1), number(2))
    said = bare_terminal.done("send", file, *JOB, "--name", "june", "--yes")
    assert bare_terminal.texted == [number(1), number(2)]
    assert sorted(sms.message or "" for sms in bare_terminal.truth) == ["Hi P1", "Hi P2"]
    assert "june: finished; 2 accepted." in said
    assert said.endswith("Next:  bulksms report june -o june-report.xlsx\n")


def test_send_with_json_prints_nothing_but_the_status(terminal: Terminal) -> None:
    result = terminal("send", terminal.people(number(1)), *JOB, "--yes", "--json")
    assert json.loads(result.stdout)["counts"]["accepted"] == 1
    assert "1 row will be texted" in result.stderr


def test_a_limit_with_json_prints_nothing_but_the_status(terminal: Terminal) -> None:
    file = terminal.people(number(1), number(2))
    result = terminal("send", file, *JOB, "--limit", "1", "--yes", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["counts"]["accepted"] == 1
    assert "The limit that was asked for is reached" in result.stderr


def test_a_load_sends_nothing_and_resume_starts_it(terminal: Terminal) -> None:
    said = terminal.done("load", terminal.people(number(1)), *JOB, "--name", "june list")
    assert said.endswith("nothing was sent.\nNext:  bulksms resume 'june list'\n")
    assert terminal.texted == []
    terminal.done("resume", "june list", "--yes")
    assert terminal.texted == [number(1)]


def test_a_limit_sends_the_first_good_rows_and_resume_the_others(terminal: Terminal) -> None:
    file = terminal.write(f"{number(1)},A", ",B", f"{number(3)},C", f"{number(4)},D")
    said = terminal.done("send", file, *JOB, "--limit", "2", "--name", "june", "--yes")
    assert "Now: the first 2; the other 1 wait for a resume." in said
    assert said.endswith("the other rows wait.\nNext:  bulksms resume june\n")
    assert terminal.texted == [number(1), number(3)]
    terminal.done("resume", "--yes")
    assert terminal.texted == [number(1), number(3), number(4)]


def test_the_same_line_again_goes_on_and_then_is_refused(terminal: Terminal) -> None:
    line = ("send", terminal.people(number(1), number(2)), *JOB, "--name", "june", "--yes")
    terminal.done(*line, "--limit", "1")
    terminal.done(*line)
    assert terminal.texted == [number(1), number(2)]
    said = terminal.refused(3, *line)
    assert "june.csv was already sent: it has the same rows as the campaign 'june'" in said
    assert "Next:  bulksms report june -o report.xlsx" in said
    assert len(terminal.texted) == 2


def test_again_texts_everyone_anew_under_a_name_of_its_own(terminal: Terminal) -> None:
    line = ("send", terminal.people(number(1)), *JOB, "--name", "june", "--yes")
    terminal.done(*line)
    terminal.done(*line, "--again")
    assert terminal.texted == [number(1), number(1)]
    assert [each["campaign"] for each in terminal.json("status")] == ["june-2", "june"]


def test_a_resume_of_a_finished_campaign_sends_nothing_and_says_how_it_ended(
    terminal: Terminal,
) -> None:
    terminal("send", terminal.people(number(1), "+12025550151"), *JOB, "--name", "june", "--yes")
    result = terminal("resume", "june", "--yes")
    assert result.exit_code == 6
    assert "june: finished; 1 accepted, 1 failed." in result.stdout
    assert len(terminal.texted) == 1


def test_status_has_the_keys_of_the_contract(terminal: Terminal) -> None:
    terminal.done("send", terminal.people(number(1)), *JOB, "--name", "june", "--yes")
    one = terminal.json("status", "june")
    assert list(one) == STATUS_KEYS
    assert list(one["counts"]) == STATES
    assert (one["state"], one["rows"], one["counts"]["accepted"]) == ("finished", 1, 1)
    assert terminal.json("status") == [one]
    assert terminal.json("status", str(one["id"])) == one


def test_status_of_nothing_says_what_to_type(terminal: Terminal) -> None:
    said = terminal.done("status")
    assert said == "No campaign yet.\nNext:  bulksms send FILE --message TEXT --from NUMBER\n"
    assert terminal.json("status") == []


def test_status_says_how_much_is_left(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1), number(2), ""), *JOB, BULKSMS_RATE="15/60")
    said = terminal.done("status", "1")
    assert "3 rows in all; the pace is 15/60.\n8 s of sending left.\n" in said


def test_load_with_json_has_the_plan_and_the_name(terminal: Terminal) -> None:
    plan = terminal.json("load", terminal.people(number(1), ""), *JOB, "--name", "june")
    assert (plan["campaign"], plan["rows"], plan["queued"]) == ("june", 2, 1)
    assert plan["rate"] == QUICK


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".html", ".json"])
def test_a_report_is_written_by_its_ending(terminal: Terminal, ending: str) -> None:
    terminal.done("load", terminal.people(number(1), ""), *JOB, "--name", "june")
    said = terminal.done("report", "june", "-o", f"out{ending}")
    assert said == f"2 rows of 'june' written to out{ending}.\n"
    assert Path(f"out{ending}").stat().st_size


def test_audit_holds_after_a_campaign_with_every_kind_of_row(terminal: Terminal) -> None:
    file = terminal.people(number(1), "+12025550151", "+12025550170", "", number(1))
    assert terminal("send", file, *JOB, "--name", "june", "--yes").exit_code == 6
    assert terminal.done("audit", "june") == "june: 5 rows, the promise holds.\n"
    expected = {"campaign": "june", "holds": True, "findings": []}
    assert terminal.json("audit", "june") == expected


def test_a_campaign_is_named_by_its_file_and_day(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1), name="june list.csv"), *JOB)
    (one,) = terminal.json("status")
    assert one["campaign"] == f"june list-{one['created_at'][:10]}"


def test_what_another_terminal_sent_while_the_question_was_open_is_not_sent_again(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, job = terminal.people(number(1), number(2)), (*JOB, "--yes")
    look = runner.check_account

    def while_somebody_else_sends(account: Account, senders: Collection[str]) -> None:
        monkeypatch.setattr(runner, "check_account", look)
        terminal.done("send", file, *job)
        look(account, senders)

    monkeypatch.setattr(runner, "check_account", while_somebody_else_sends)
    said = terminal.refused(3, "send", file, *job)
    assert "was given to the campaign 'june-" in said
    assert "nothing was stored" in said
    assert terminal.texted == [number(1), number(2)]
