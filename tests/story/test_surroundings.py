"""What surrounds a run and is not its own: the terminal that goes, the letters that it has."""

import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import pytest

from bulksms.model.states import PausedReason
from tests.story.story_stage import Stage
from tests.story.workers_stage import load

PEOPLE, FULL = 40, Path("/dev/full")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are of POSIX")


def nobody_reads(process: Popen[str]) -> None:
    """As when `| tee log` ends, or the window is closed."""
    for pipe in (process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()
    process.stdout = process.stderr = None


def test_a_worker_whose_reader_is_gone_stops_when_it_is_told(fleet: Stage) -> None:
    """It texted all the rest, deaf to every signal but `kill -9`."""
    load(fleet)
    worker = fleet.start("worker")
    fleet.until_accepted(3)
    nobody_reads(worker)
    worker.send_signal(signal.SIGHUP)
    assert worker.wait(15) == 0
    heard = len(fleet.vendor.truth)
    time.sleep(1)
    assert len(fleet.vendor.truth) == heard


def test_a_send_whose_window_is_gone_pauses(stage: Stage) -> None:
    stage.write_contacts(PEOPLE)
    sending = stage.send()
    stage.until_accepted(3)
    nobody_reads(sending)
    sending.send_signal(signal.SIGHUP)
    sending.wait(15)
    assert len(stage.vendor.truth) < PEOPLE
    assert stage.status()["paused_reason"] == PausedReason.INTERRUPTED
    stage.compare_with_truth()


@pytest.mark.parametrize("sent", [0, 3])
def test_a_send_whose_reader_is_gone_ends_as_it_would(stage: Stage, sent: int) -> None:
    """It ended with 1, at its plan or although everybody was texted."""
    stage.write_contacts(PEOPLE)
    sending = stage.send()
    stage.until_accepted(sent)
    nobody_reads(sending)
    assert sending.wait(30) == 0
    assert len(stage.vendor.truth) == PEOPLE


@pytest.mark.skipif(not FULL.exists(), reason="of Linux")
def test_a_send_whose_log_is_on_a_full_disk_goes_on(stage: Stage) -> None:
    stage.write_contacts(PEOPLE)
    with FULL.open("w") as full:
        assert stage.send(stderr=full.fileno()).wait(30) == 0
    assert len(stage.vendor.truth) == PEOPLE


@pytest.mark.skipif(not FULL.exists(), reason="of Linux")
def test_a_send_whose_plan_cannot_be_written_texts_nobody_and_says_why(stage: Stage) -> None:
    """Before a person could read whom it texts; and it was called a fault of bulksms."""
    stage.write_contacts(PEOPLE)
    full = replace(stage, on=("sh", "-c", 'exec "$@" >/dev/full', "sh"))
    sending = full.send()
    _, errors = sending.communicate(timeout=30)
    said = "Error: What is to be shown cannot be written: No space left on device."
    assert (sending.returncode, said in errors) == (1, True), errors
    assert stage.vendor.truth == []


def test_a_send_under_nohup_outlives_its_terminal(stage: Stage) -> None:
    stage.write_contacts(PEOPLE)
    sending = replace(stage, on=("nohup",)).send(stderr=subprocess.DEVNULL)
    stage.until_accepted(3)
    sending.send_signal(signal.SIGHUP)
    assert sending.wait(30) == 0
    assert len(stage.vendor.truth) == PEOPLE


def test_letters_that_the_terminal_lacks_are_no_fault(stage: Stage) -> None:
    stage.write_contacts(2)
    (stage.folder / "june.csv").rename(stage.folder / "יוני.csv")
    poor = replace(stage, environment=stage.environment | {"PYTHONIOENCODING": "ascii"})
    code, output, errors = poor.run(
        *("send", "יוני.csv", "--message", "שלום", "--from", "+13152935500", "--yes")
    )
    assert (code, "fault" in errors) == (0, False), output + errors
    assert poor.run("status", "--json")[0] == 0


def test_no_standard_input_is_no_answer(stage: Stage) -> None:
    stage.write_contacts(2)
    closed = replace(stage, on=("sh", "-c", 'exec "$@" <&-', "sh"))
    code, _, errors = closed.run(*("send", "june.csv", "--message", "Hi", "--from", "+13152935500"))
    assert (code, "--yes" in errors) == (2, True)
    code, _, errors = closed.run("accounts", "add", "acme", "--token-keyring")
    assert (code, "token is empty" in errors) == (3, True), errors
