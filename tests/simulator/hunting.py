"""Finds out whether the simulator catches every mutant: `python -m tests.simulator.hunting`.

Each mutant is a copy of the program with one mistake in it; stories are told with the copy, in an
interpreter of its own, until a promise breaks or the seeds run out. Names after the command hunt
only these; with `--database postgresql` only mistakes that can be made there are hunted.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.simulator.mutant import Mutant
from tests.simulator.mutants import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "bulksms"
SEEDS = 2000


def main(arguments: list[str]) -> int:
    """Those that are named, or all of them, some at a time; 1 if one survives."""
    options = _options(arguments)
    hunted = [mutant for mutant in MUTANTS if _is_wanted(mutant, options)]
    caught = []
    with ThreadPoolExecutor(options.jobs) as pool:
        found = pool.map(lambda mutant: _hunt(mutant, options.database), hunted)
        for mutant, by in zip(hunted, found, strict=True):
            caught.append(by)
            _say(f"{mutant.name:62}{by or 'SURVIVED'}")
    survivors = caught.count(None)
    _say(f"{len(hunted) - survivors} of {len(hunted)} mutants caught")
    return 1 if survivors else 0


def _is_wanted(mutant: Mutant, options: argparse.Namespace) -> bool:
    named = not options.names or any(name in mutant.name for name in options.names)
    return named and (options.database == "sqlite" or not mutant.sqlite_only)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator.hunting", description=__doc__)
    parser.add_argument("names", nargs="*", help="what a mutant's name holds; all without one")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time")
    parser.add_argument(
        "--database", choices=("sqlite", "postgresql"), default="sqlite", help="which store"
    )
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the command has to say


def _hunt(mutant: Mutant, database: str) -> str | None:
    """The first promise that the mutant breaks and the program keeps; None if there is none."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        _copy(Path(folder), mutant)
        first = 0
        while first < SEEDS:
            seeds = ["--first", str(first), "--seeds", str(SEEDS - first), "--most", "1"]
            ended = _simulate(folder, *seeds, "--database", database)
            if ended.returncode == 0:
                return None
            found = re.match(r"seed (\d+): (.*)", ended.stdout)
            if found is None:
                return _refused_by_the_database(mutant, ended.stderr)
            if _simulate(str(ROOT), "--story", found[1], "--database", database).returncode == 0:
                return found[0][:110]
            first = int(found[1]) + 1
    return None


def _refused_by_the_database(mutant: Mutant, stderr: str) -> str:
    """What stopped a mutant that the simulator had no time to judge: a constraint of the schema."""
    last = stderr.strip().rpartition("\n")[2]
    if "constraint failed" not in last:
        raise RuntimeError(f"{mutant.name}: {stderr[-2000:]}")
    return f"the database refused it: {last.partition('used: ')[2]}"


def _simulate(folder: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.simulator", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def _copy(folder: Path, mutant: Mutant) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, folder / "bulksms", ignore=ignored)
    for name in ("migrations", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    file = folder / "bulksms" / mutant.file
    source = file.read_text(encoding="utf-8")
    if source.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: its line stands {source.count(mutant.old)} times")
    file.write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
