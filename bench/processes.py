"""Whole processes, measured: how long from start to end, and how much memory at the most."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

BULKSMS = str(Path(sys.executable).with_name("bulksms"))
KIB_A_MIB = 1024


class Measured(NamedTuple):
    """Seconds of the clock, and the resident memory's peak in KiB."""

    seconds: float
    peak: int


def measure(*command: str) -> Measured:
    """Run a command to its end, which must be a good one; its output is dropped."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Measured(seconds, usage.ru_maxrss)


def median(measured: Sequence[Measured]) -> Measured:
    """The median of each figure."""
    return Measured(
        statistics.median(each.seconds for each in measured),
        round(statistics.median(each.peak for each in measured)),
    )


class Verdict:
    """Figures beside what they must reach; printed as they come, judged at the end."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def tell(self, what: str, figure: float, unit: str, *, must: str, reached: bool) -> None:
        """Print one figure."""
        print(
            f"  {what:<52} {figure:>8.2f} {unit:<4} must be {must}{'' if reached else '  MISSED'}"
        )
        if not reached:
            self.missed.append(what)

    def end(self) -> None:
        """Exit 1 if a figure did not reach what it must."""
        if self.missed:
            sys.exit(f"not reached: {'; '.join(self.missed)}")
