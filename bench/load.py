"""`bulksms load` as a whole process, beside a naive loader, and beside itself with more rows.

`python -m bench.load 200000` measures what is promised: 200,000 rows against the naive loader, and
1,000,000 rows for the growth, the memory, and the time that `resume` takes to its first request.
With fewer rows (20,000 by default) the same is measured and nothing is judged: there, starting
Python weighs more than the work.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from bench.contacts import write_contacts
from bench.first_request import seconds_to_first_request
from bench.processes import BULKSMS, KIB_A_MIB, Measured, Verdict, measure, median

RUNS = 3
PROMISED_AT = 200_000
GROWTH = 5
JOB = ("--message", "Hi {first_name|there}, your table in {city} is ready.", "--from", "3152935500")
TIMES_FASTER, MOST_GROWTH, MOST_MEMORY, MOST_SLOWER = 12.0, 5.5, 200, 1.5


def main() -> None:
    """Measure everything in one run; the commands take turns."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = {"few": 10, "some": rows, "many": rows * GROWTH}
        for size, count in sizes.items():
            write_contacts(folder / f"{size}.csv", count)
        naive, some, many, idle = _measure(folder)
        print(f"load of {rows:,} rows: naive {naive.seconds:.2f} s, ours {some.seconds:.2f} s;")
        print(f"load of {rows * GROWTH:,} rows: {many.seconds:.2f} s, at most {_mib(many)} MiB")
        few, all_of_them = _first_requests(folder)
    verdict = Verdict()
    times, growth = naive.seconds / some.seconds, many.seconds / some.seconds
    memory, slower = _mib(many) - _mib(idle), all_of_them / few
    judged = rows >= PROMISED_AT
    for what, figure, unit, limit in (
        ("the naive loader's time, in loads", times, "x", -TIMES_FASTER),
        ("the time for five times the rows", growth, "x", MOST_GROWTH),
        ("its memory beyond `bulksms --help`", memory, "MiB", MOST_MEMORY),
        ("resume to its first request, beside ten rows", slower, "x", MOST_SLOWER),
    ):
        reached = not judged or (figure >= -limit if limit < 0 else figure <= limit)
        must = f"{abs(limit):g} or {'more' if limit < 0 else 'less'}"
        verdict.tell(what, figure, unit, must=must, reached=reached)
    verdict.end()


def _measure(folder: Path) -> tuple[Measured, Measured, Measured, Measured]:
    measured: dict[str, list[Measured]] = {"naive": [], "some": [], "many": [], "idle": []}
    for _ in range(RUNS):
        measured["naive"].append(_naive(folder))
        measured["some"].append(_load(folder, "some"))
        measured["many"].append(_load(folder, "many"))
        measured["idle"].append(measure(BULKSMS, "--help"))
    naive, some, many, idle = (median(each) for each in measured.values())
    return naive, some, many, idle


def _load(folder: Path, size: str) -> Measured:
    database = _empty(folder / f"{size}.db")
    return measure(BULKSMS, "--database", str(database), "load", str(folder / f"{size}.csv"), *JOB)


def _naive(folder: Path) -> Measured:
    database = _empty(folder / "naive.db")
    loader = (sys.executable, "-m", "bench.naive_loader")
    return measure(*loader, str(folder / "some.csv"), str(database))


def _empty(database: Path) -> Path:
    """A database with its tables and nothing in them."""
    _remove(database)
    measure(BULKSMS, "--database", str(database), "migrate")
    return database


def _first_requests(folder: Path) -> tuple[float, float]:
    """Of ten rows, and of all: each on a copy, because a run that is cut off leaves its traces."""
    _load(folder, "few")
    seconds: dict[str, list[float]] = {"few": [], "many": []}
    for _ in range(RUNS):
        for size, found in seconds.items():
            copy = folder / "copy.db"
            _remove(copy)
            shutil.copyfile(folder / f"{size}.db", copy)
            found.append(seconds_to_first_request(copy))
    few, many = (statistics.median(found) for found in seconds.values())
    print(f"resume to its first request: ten rows {few:.2f} s, all of them {many:.2f} s")
    return few, many


def _remove(database: Path) -> None:
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()


def _mib(measured: Measured) -> int:
    return round(measured.peak / KIB_A_MIB)


if __name__ == "__main__":
    main()
