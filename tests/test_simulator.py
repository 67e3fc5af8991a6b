"""The promise, tried on a few dozen stories; `make simulate` tries it on thousands."""

import random
import re
from collections import Counter
from functools import cache

import pytest

from tests.simulator.__main__ import play
from tests.simulator.hunting import PACKAGE
from tests.simulator.mutant import Mutant
from tests.simulator.mutants import MUTANTS
from tests.simulator.themes import THEMES, draw_theme

SEEDS = range(40)
BATCH = 20

played = cache(play)
"""A story is told once for all tests that listen to it."""


@pytest.mark.parametrize("first", SEEDS[::BATCH])
def test_nobody_is_texted_twice_or_forgotten_whatever_happens(first: int) -> None:
    for seed in range(first, first + BATCH):
        verdict = played(seed)
        told = "\n".join(verdict.lines)
        assert verdict.broken == [], f"python -m tests.simulator --story {seed}\n{told}"


@pytest.mark.parametrize("seed", [3, 18, 671, 1511])
def test_a_seed_is_the_whole_story(seed: int) -> None:
    """A failing seed is worth something only if it fails again."""
    assert played(seed).fingerprint == play(seed).fingerprint


def test_the_stories_hold_every_kind_of_trouble() -> None:
    """A simulator in which nothing goes wrong proves nothing."""
    figures: Counter[str] = Counter()
    for seed in range(BATCH):
        figures.update(played(seed).figures)
    for trouble in ("crashes", "freezes", "interrupts", "account busy", "clock set"):
        assert figures[trouble] > 0, trouble
    assert sum(name.startswith("fault: ") for name in figures) >= 15


def test_every_theme_has_its_stories_among_those_that_each_run_tells() -> None:
    told = {draw_theme(random.Random(seed)).theme for seed in SEEDS}  # noqa: S311 - a seed's own
    assert len(told) == len(THEMES) + len(("anything", "there are hours"))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutants_line_stands_once_in_its_file(mutant: Mutant) -> None:
    """A breakage that breaks nothing would be hunted for an hour."""
    source = (PACKAGE / mutant.file).read_text(encoding="utf-8")
    assert source.count(mutant.old) == 1
    assert mutant.old != mutant.new


def test_a_story_shows_every_step_of_a_message() -> None:
    steps = {
        r"row \d+ queued -> sending \(claim: process-1\)",
        r"process-1 POST \d+ to \+1202555",
        r"POST \d+ arrives: 200, accepted as \d+",
        r"POST \d+ arrives: \d+, not accepted \(.+\)",
        r"process-1 hears of POST \d+: 200",
        r"process-1 waits no longer for POST \d+",
        r"row \d+ sending -> unknown \(record: process-1\): .+",
        r"GET \d+ sms/chat-history\?sender=",
        r"GET \d+ arrives: 200, shows \d+",
        r"row \d+ unknown -> \w+ \(reconcile: process-\d\): .+",
        r"row \d+ is accepted as \d+",
    }
    for seed in range(20):
        told = "\n".join(played(seed).lines)
        steps = {step for step in steps if not re.search(step, told)}
        if not steps:
            break
    assert not steps
