"""Trouble with the database from outside: a disk that is full or read-only, another's lock."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.sandbox.faults import NO_FAULT, refuse_for
from tests.story.faults_stage import mounted
from tests.story.story_stage import Stage, wait_for

if sys.platform != "linux":
    pytest.skip("prlimit and mount are Linux's", allow_module_level=True)

import resource  # after the skip: Windows has none

KIB = 1024


def _limit_files(process: subprocess.Popen[str], size: int) -> None:
    """No file of that process may grow beyond this: to SQLite, a disk that takes no more."""
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))


@pytest.fixture
def small_disk(stage: Stage) -> Iterator[Path]:
    """A disk with room for SQLite's log, which grows to 4 MB; the stage's database is on it."""
    disk = stage.folder / "disk"
    disk.mkdir()
    with mounted(disk, "-t", "tmpfs", "-o", "size=12m", "tmpfs") as done:
        if not done:
            pytest.skip("only root may mount a small disk")
        stage.environment["BULKSMS_DATABASE"] = str(disk / "bulksms.db")
        yield disk


def test_a_disk_that_is_full_while_loading_texts_nobody(stage: Stage, small_disk: Path) -> None:
    ballast = _fill(small_disk, leave=64 * KIB)
    stage.write_contacts(50)
    _, errors = stage.send().communicate(timeout=30)
    assert stage.started[-1].returncode == 4, errors
    _is_one_sentence(errors)
    ballast.unlink()
    _, errors = stage.send().communicate(timeout=30)
    assert stage.started[-1].returncode == 0, errors
    assert len(stage.vendor.truth) == 50
    stage.compare_with_truth()


def test_a_disk_that_fills_up_ends_the_run_and_resume_goes_on(
    stage: Stage, small_disk: Path
) -> None:
    """It fills up while the vendor's own wait is obeyed, so no answer is in the air."""
    stage.vendor.faults.script.extend([*[NO_FAULT] * 5, refuse_for(2)])
    stage.environment["BULKSMS_RATE"] = "5/1"
    stage.write_contacts(12)
    process = stage.send()
    wait_for(lambda: any(arrival.status == 429 for arrival in stage.vendor.arrivals))
    time.sleep(0.5)
    ballast = _fill(small_disk, leave=0)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 4, errors
    _is_one_sentence(errors)
    assert stage.look("status", "june").exit_code in {0, 4}
    ballast.unlink()
    code, _, errors = stage.run("resume", "june", "--yes")
    assert code == 0, errors
    assert len(stage.vendor.truth) == 12
    stage.compare_with_truth()


def test_answers_are_kept_for_a_disk_that_is_full_for_a_moment(stage: Stage) -> None:
    """The run ends, but not before the answers in the air are written down."""
    stage.write_contacts(40)
    process = stage.send()
    stage.until_accepted(5)
    _limit_files(process, 4 * KIB)
    time.sleep(2)
    _limit_files(process, resource.prlimit(process.pid, resource.RLIMIT_FSIZE)[1])
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 4, errors
    _is_one_sentence(errors)
    assert stage.status()["counts"]["unknown"] == 0  # type: ignore[index]
    code, _, errors = stage.run("resume", "june", "--yes")
    assert code == 0, errors
    assert len(stage.vendor.truth) == 40
    stage.compare_with_truth()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_read_only_database_texts_nobody(stage: Stage, what: str) -> None:
    """A mount binds root too, which permission bits do not."""
    home = stage.folder / "home"
    home.mkdir()
    stage.environment["BULKSMS_DATABASE"] = str(home / "bulksms.db")
    stage.write_contacts(3)
    contacts = str(stage.folder / "june.csv")
    loaded = stage.look(
        *("load", contacts, "--message", "Hi", "--from", "3152935500", "--name", "june")
    )
    assert loaded.exit_code == 0, loaded.output
    place = home / "bulksms.db" if what == "file" else home
    with mounted(place, "--bind", "-o", "ro", str(place)) as done:
        if not done:
            pytest.skip("only root may mount")
        code, _, errors = stage.run("resume", "june", "--yes")
        assert code == 4, errors
        _is_one_sentence(errors)
        assert stage.look("status", "june").exit_code in {0, 4}
    assert not stage.vendor.truth
    assert stage.run("resume", "june", "--yes")[0] == 0
    stage.compare_with_truth()


def test_a_database_that_another_program_holds_for_long_is_named(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulksms.store.engine.LOCK_PATIENCE", timedelta(seconds=1))
    stage.write_contacts(10)
    process = stage.send()
    stage.until_accepted(3)
    process.kill()
    process.wait()
    with closing(sqlite3.connect(stage.folder / "bulksms.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        resumed = stage.look("resume", "june", "--yes")
    assert resumed.exit_code == 4
    assert "locked by another program; it stayed locked for 1 seconds" in resumed.stderr
    _is_one_sentence(resumed.stderr)
    code, _, errors = stage.run("resume", "june", "--yes")
    assert code == 0, errors
    assert len(stage.vendor.truth) == 10
    stage.compare_with_truth()


def test_a_lock_of_two_seconds_in_mid_run_is_waited_for(stage: Stage) -> None:
    stage.write_contacts(30)
    process = stage.send()
    stage.until_accepted(3)
    with closing(sqlite3.connect(stage.folder / "bulksms.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(2)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert len(stage.vendor.truth) == 30
    stage.compare_with_truth()


def _fill(disk: Path, *, leave: int) -> Path:
    """Write a file until the disk has only so much left."""
    ballast = disk / "ballast"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(bytes(free - leave))
    return ballast


def _is_one_sentence(errors: str) -> None:
    """One error, at most one next command after it, and no traceback."""
    assert "Traceback" not in errors
    [error] = [line for line in errors.splitlines() if line.startswith("Error:")]
    assert "The database" in error
    assert "A fault of bulksms" not in error
