"""How long the quick commands take as whole processes, beside importing click, in one run.

`bulksms --help` must stay within 3 times `python -c "import click"`.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 11
LIMIT = 3.0
BULKSMS = str(Path(sys.executable).with_name("bulksms"))


def main() -> None:
    """Measure in turn, so that a slow moment of the machine meets everybody."""
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "bulksms.db")
        subprocess.run(
            [BULKSMS, "--database", database, "migrate"], check=True, capture_output=True
        )
        commands = {
            "import click": [sys.executable, "-c", "import click"],
            "bulksms --help": [BULKSMS, "--help"],
            "bulksms status": [BULKSMS, "--database", database, "status"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS):
            for name, command in commands.items():
                started = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)
                times[name].append(time.perf_counter() - started)
    base = statistics.median(times["import click"])
    print(f"{'whole process':<16} {'median':>9} {'ratio':>7}   ({RUNS} runs)")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:<16} {median * 1000:>6.0f} ms {median / base:>6.2f}x")
    ratio = statistics.median(times["bulksms --help"]) / base
    if ratio > LIMIT:
        sys.exit(f"bulksms --help takes {ratio:.2f} times as long as importing click")


if __name__ == "__main__":
    main()
