"""`python -m tests.simulator --seeds 10000`: how often the promise was tried, and held."""

import argparse
import gc
import hashlib
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.simulator.broken import Broken
from tests.simulator.database import kind
from tests.simulator.judge import judge
from tests.simulator.story import Story
from tests.simulator.table import table
from tests.simulator.world import SpinningError


@dataclass
class Verdict:
    """What one seed came to."""

    seed: int
    broken: list[Broken]
    figures: Counter[str]
    lines: list[str] = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """The same for the same story."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]


def play(seed: int) -> Verdict:
    """Tell the story of a seed and judge it."""
    story = Story(seed)
    try:
        story.tell()
        broken = judge(story)
    except SpinningError as spinning:
        broken = [Broken("fault", str(spinning))]
    figures = story.world.figures
    figures["stories"] = 1
    figures[f"theme: {story.fate.theme}"] = 1
    figures["virtual seconds"] = int(story.world.now)
    figures["texts"] = len(story.network.vendor.truth)
    figures.update(f"broken: {each.kind}" for each in broken)
    return Verdict(seed, broken, figures, story.lines)


def main(arguments: list[str]) -> int:
    """The command; 1 if a promise was broken."""
    options = _options(arguments)
    kind[:] = [options.database]
    if options.story is not None:
        return _tell(play(options.story))
    began = time.monotonic()
    seeds = range(options.first, options.first + options.seeds)
    figures: Counter[str] = Counter()
    broken = 0
    for verdict in _verdicts(seeds, options):
        figures.update(verdict.figures)
        if verdict.broken:
            broken += 1
            for each in verdict.broken:
                _say(f"seed {verdict.seed}: {each.kind}: {each.sentence}")
            if broken >= options.most:
                break
    _say(table(figures, time.monotonic() - began))
    return 1 if broken else 0


def _verdicts(seeds: range, options: argparse.Namespace) -> Iterable[Verdict]:
    _seldom_collect_garbage()
    if options.jobs == 1:
        for seed in seeds:
            yield play(seed)
        return
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        yield from pool.imap(_play, seeds, chunksize=10)


def _seldom_collect_garbage() -> None:
    """What was imported is never garbage, and a story leaves little of it."""
    gc.freeze()
    gc.set_threshold(100_000)


def _play(seed: int) -> Verdict:
    verdict = play(seed)
    verdict.lines.clear()
    return verdict


def _tell(verdict: Verdict) -> int:
    _say("\n".join(verdict.lines))
    for each in verdict.broken:
        _say(f"BROKEN ({each.kind}): {each.sentence}")
    _say(f"story {verdict.fingerprint}: {'broken' if verdict.broken else 'the promise holds'}")
    return 1 if verdict.broken else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the command has to say


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many stories")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--most", type=int, default=20, help="stop after so many broken seeds")
    parser.add_argument("--story", type=int, metavar="SEED", help="tell this one, line by line")
    parser.add_argument(
        "--database", choices=("sqlite", "postgresql"), default="sqlite", help="which store"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
