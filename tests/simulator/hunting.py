"""Finds out whether the simulator catches every mutant: `python -m tests.simulator.hunting`.

Each mutant is a copy of the program with one mistake in it; stories are told with the copy, in an
interpreter of its own, until a promise breaks or the seeds run out.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.simulator.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "bulksms"
SEEDS = 1000


def main() -> int:
    """All of them, two at a time; 1 if one survives."""
    with ThreadPoolExecutor(2) as pool:
        caught = []
        for mutant, by in zip(MUTANTS, pool.map(_hunt, MUTANTS), strict=True):
            caught.append(by)
            _say(f"{mutant.name:58}{by or 'SURVIVED'}")
    survivors = caught.count(None)
    _say(f"{len(MUTANTS) - survivors} of {len(MUTANTS)} mutants caught")
    return 1 if survivors else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the command has to say


def _hunt(mutant: Mutant) -> str | None:
    """The first promise that the mutant breaks and the program keeps; None if there is none."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        _copy(Path(folder), mutant)
        first = 0
        while first < SEEDS:
            seeds = ["--first", str(first), "--seeds", str(SEEDS - first), "--most", "1"]
            ended = _simulate(folder, *seeds)
            if ended.returncode == 0:
                return None
            found = re.match(r"seed (\d+): (.*)", ended.stdout)
            if found is None:
                return _refused_by_the_database(mutant, ended.stderr)
            if _simulate(str(ROOT), "--story", found[1]).returncode == 0:
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
    sys.exit(main())
