"""A copy of the database made at any moment is a consistent one, or is refused in a sentence."""

import random
import shutil
import time
from pathlib import Path

from click.testing import CliRunner, Result

from bulksms.cli import main
from tests.story.story_stage import Stage, wait_for

COPIES = 10


def test_a_copy_made_at_any_moment_keeps_the_promise(stage: Stage) -> None:
    """Every other copy is what a power cut leaves: a log that ends anywhere, and no index to it."""
    dice = random.Random(2026)  # noqa: S311 - dice, no secrets
    stage.write_contacts(60)
    process = stage.send()
    stage.until_accepted(1)
    copies = [_copy(stage.folder, at, dice) for at in range(COPIES)]
    process.communicate(timeout=30)
    assert process.returncode == 0
    judged = [_look(copy, command) for copy in copies for command in ("audit", "status")]
    for looked in judged:
        assert looked.exit_code in {0, 4}, looked.output
        if looked.exit_code == 4:
            assert "malformed" in looked.stderr
            assert len(looked.stderr.splitlines()) <= 2, looked.stderr
    assert sum(looked.exit_code == 0 for looked in judged) >= COPIES
    stage.compare_with_truth()


def test_a_campaign_cut_off_by_a_power_cut_goes_on_and_texts_nobody_twice(stage: Stage) -> None:
    """The log loses a half-written end: what was claimed before its send is in front of that."""
    stage.write_contacts(20)
    process = stage.send()
    stage.until_accepted(7)
    process.kill()
    process.wait()
    log = stage.folder / "bulksms.db-wal"
    with log.open("ab") as end:
        end.write(log.read_bytes()[-3000:-100])
    (stage.folder / "bulksms.db-shm").unlink()
    code, _, errors = stage.run("resume", "june", "--yes")
    assert code in {0, 6}, errors
    stage.compare_with_truth()
    assert len(stage.vendor.truth) >= 19


def _copy(folder: Path, at: int, dice: random.Random) -> Path:
    time.sleep(dice.uniform(0, 0.2))
    wait_for((folder / "bulksms.db-wal").exists)
    target = folder / f"copy-{at}"
    target.mkdir()
    for name in ("bulksms.db", "bulksms.db-wal", "bulksms.db-shm"):
        shutil.copy(folder / name, target / name)
    if at % 2:
        (target / "bulksms.db-shm").unlink()
        with (target / "bulksms.db-wal").open("r+b") as log:
            log.truncate(dice.randrange(log.seek(0, 2)))
    return target / "bulksms.db"


def _look(copy: Path, command: str) -> Result:
    return CliRunner().invoke(main, ["--database", str(copy), command, "june"])
