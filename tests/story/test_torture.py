"""Everything at once: a quarter of the answers goes wrong, and the process dies every second."""

import os
import random
import time
from collections.abc import Iterator

import pytest

from bulksms.sandbox.faults import (
    ACCEPT_AND_DROP,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    NO_FAULT,
    Fault,
    garbage,
    refuse_for,
)
from tests.story.story_stage import Stage

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")

PEOPLE = int(os.environ.get("BULKSMS_TORTURE", "8"))
"""`make torture` has 200. The record is read once a second, and doubts are many."""

MISFORTUNES = (
    ACCEPT_AND_DROP,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    garbage("html"),
    garbage("no_id"),
    refuse_for(1),
)


def test_faults_and_kills_end_with_everybody_texted_once(stage: Stage) -> None:
    """Half of the runs begin with the record and die while reading it, half die while sending."""
    dice = random.Random(PEOPLE)  # noqa: S311 - dice, no secrets
    stage.environment["BULKSMS_RATE"] = "10/1"
    stage.vendor.faults.script.extend(_misfortunes(dice, 4 * PEOPLE))
    stage.write_contacts(PEOPLE)
    process = stage.send()
    stage.until_accepted(1)
    kills, begun = 0, time.monotonic()
    while kills < 3 or (_reached(stage) < PEOPLE and kills < PEOPLE):
        time.sleep(dice.uniform(1, 2))
        process.kill()
        process.wait()
        kills += 1
        stage.environment["BULKSMS_SETTLE"] = dice.choice(["1", "3600"])
        process = stage.start("resume", "june", "--yes")
    process.kill()
    stage.environment["BULKSMS_SETTLE"] = "1"
    resumes = _resume_until_all_is_known(stage)
    print(f"{PEOPLE} people, {kills} kills, {resumes} resumes, {time.monotonic() - begun:.0f} s,")  # noqa: T201 - the figures
    print(f"answers: {_figures(stage)}")  # noqa: T201 - the same
    assert {row["state"] for row in stage.report()} == {"accepted"}
    assert len(stage.vendor.truth) == PEOPLE
    assert not any(arrival.limited for arrival in stage.vendor.arrivals)
    stage.compare_with_truth()


def _misfortunes(dice: random.Random, count: int) -> Iterator[Fault]:
    return (dice.choice(MISFORTUNES) if dice.random() < 0.25 else NO_FAULT for _ in range(count))


def _reached(stage: Stage) -> int:
    return len({arrival.to_number for arrival in stage.vendor.arrivals if arrival.to_number})


def _resume_until_all_is_known(stage: Stage) -> int:
    for resumes in range(1, 20):
        process = stage.start("resume", "june", "--yes")
        _, errors = process.communicate(timeout=600)
        assert process.returncode in {0, 5, 6}, errors
        if process.returncode == 0:
            return resumes
    raise AssertionError("it never ends")


def _figures(stage: Stage) -> str:
    arrivals = stage.vendor.arrivals
    sends = [each for each in arrivals if each.to_number]
    return (
        f"{len(sends)} sends, {len(arrivals) - len(sends)} reads, {len(stage.vendor.truth)} texts"
    )
