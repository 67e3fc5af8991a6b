"""The promise, with real processes: Ctrl-C, kill -9, two at once, one that slept."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.story.story_stage import TOKEN, Stage, freeze, wait_for

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")


def test_rows_in_equal_lines_out(stage: Stage) -> None:
    (stage.folder / "bulksms.db").unlink()  # here it is made, as for everybody's first campaign
    stage.write_contacts(30, "2125551000", "", "12", "2025550151")
    process = stage.send()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 6, errors
    rows = stage.report()
    assert [row["row"] for row in rows] == [str(at) for at in range(2, 36)]
    reasons = [row["reason"] for row in rows[30:]]
    assert reasons == ["duplicate", "missing_number", "invalid_number", "invalid_recipient"]
    stage.compare_with_truth()


def test_a_killed_campaign_goes_on_and_nobody_is_texted_twice(stage: Stage) -> None:
    """Killed again and again: see torture."""
    stage.write_contacts(25)
    process = stage.send()
    stage.until_accepted(7)
    process.kill()
    process.wait()
    assert stage.status()["paused_reason"] == "interrupted"
    code, _, errors = stage.run("resume", "june", "--yes")
    assert code in {0, 6}, errors
    rows = stage.report()
    assert {row["state"] for row in rows} <= {"accepted", "unknown"}
    assert sum(row["state"] == "unknown" for row in rows) <= 3
    stage.compare_with_truth()


def test_ctrl_c_waits_for_the_answers_and_resume_goes_on(stage: Stage) -> None:
    stage.write_contacts(20)
    process = stage.send()
    stage.until_accepted(5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopping" in errors
    assert "bulksms resume june" in errors
    assert "Traceback" not in errors
    status = stage.status()
    assert (status["state"], status["paused_reason"]) == ("paused", "interrupted")
    assert status["counts"]["unknown"] == 0  # type: ignore[index]
    code, _, _ = stage.run("resume", "june", "--yes")
    assert code == 0
    stage.compare_with_truth()
    assert len(stage.vendor.truth) == 20


def test_a_second_ctrl_c_stops_at_once_and_calls_the_rest_unknown(stage: Stage) -> None:
    """+1 202 555 0174 is accepted, but answered only after 90 seconds."""
    stage.write_contacts(0, "2025550174", "2125551000")
    process = stage.send()
    stage.until_accepted(2)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=5)
    assert process.returncode == 130
    assert [row["reason"] for row in stage.report()] == ["interrupted", ""]
    stage.compare_with_truth()


def test_a_second_sender_is_told_who_is_sending(stage: Stage) -> None:
    stage.write_contacts(10)
    stage.rest_after(3)
    first = stage.send()
    stage.until_accepted(3)
    code, _, errors = stage.run("resume", "june", "--yes")
    assert code == 4
    assert f":{first.pid} is sending" in errors
    first.communicate(timeout=30)
    assert first.returncode == 0
    stage.compare_with_truth()
    assert len(stage.vendor.truth) == 10


def test_a_sender_that_slept_past_its_lease_claims_nothing_more(stage: Stage) -> None:
    stage.environment["BULKSMS_LEASE"] = "1"
    stage.write_contacts(60)
    sleeper = stage.send()
    stage.until_accepted(5)
    freeze(sleeper, stage.folder / "bulksms.db")
    time.sleep(1.2)
    second = stage.start("resume", "june", "--yes")
    asleep_at = len(stage.vendor.truth)
    wait_for(lambda: len(stage.vendor.truth) >= asleep_at + 5)
    sleeper.send_signal(signal.SIGCONT)
    _, errors = sleeper.communicate(timeout=30)
    assert sleeper.returncode == 4
    assert "taken over" in errors
    second.communicate(timeout=30)
    stage.compare_with_truth()


def test_pause_and_cancel_from_another_terminal(stage: Stage) -> None:
    stage.write_contacts(20)
    stage.rest_after(3, 5)
    process = stage.send()
    stage.until_accepted(3)
    assert stage.run("pause", "june")[0] == 0
    process.communicate(timeout=30)
    assert process.returncode == 130
    second = stage.start("resume", "june", "--yes")
    stage.until_accepted(8)
    assert stage.run("cancel", "june", "--yes")[0] == 0
    second.communicate(timeout=30)
    assert stage.status()["state"] == "cancelled"
    assert stage.run("resume", "june", "--yes")[0] == 3
    stage.compare_with_truth()


def test_the_token_is_found_nowhere(stage: Stage) -> None:
    stage.write_contacts(20, "2025550163", "2025550170")
    process = stage.send()
    stage.until_accepted(3)
    command_line = Path(f"/proc/{process.pid}/cmdline")
    if command_line.exists():
        assert TOKEN.encode() not in command_line.read_bytes()
    output, errors = process.communicate(timeout=30)
    said = [output, errors, *stage.run("--debug", "resume", "june", "--yes")[1:]]
    reports = [str(stage.folder / f"report.{kind}") for kind in ("csv", "xlsx", "html", "json")]
    said += [stage.look("report", "june", "-o", report).output for report in reports]
    said.append(stage.look("status", "--json").output)
    secret = TOKEN.partition("|")[2]
    assert not [text for text in said if secret in text]
    written = [path for path in stage.folder.rglob("*") if path.is_file()]
    assert {"bulksms.db", "report.xlsx"} <= {path.name for path in written}
    assert not [path for path in written if secret.encode() in path.read_bytes()]
