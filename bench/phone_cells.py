"""How fast a phone cell is read, beside phonenumbers' own `parse` and `is_valid_number`.

Cells of mixed real formats (`contacts`), medians of runs that take turns. `make bench`
"""

import statistics
import time
from collections.abc import Callable

import phonenumbers

from bench.contacts import numbers
from bench.processes import Verdict
from bulksms.model.phone import Country, read_recipient

CELLS = 20_000
RUNS = 5
TIMES_FASTER = 4.0


def main() -> None:
    """Measure in turn, so that a slow moment of the machine meets both."""
    cells = numbers(CELLS)
    ours, plain = [], []
    for _ in range(RUNS):
        plain.append(_microseconds(_parse, cells))
        ours.append(_microseconds(_read, cells))
    slow, fast = statistics.median(plain), statistics.median(ours)
    print(f"a phone cell: phonenumbers {slow:.1f} µs, ours {fast:.1f} µs  ({RUNS} x {CELLS:,})")
    verdict = Verdict()
    times = slow / fast
    must = f"{TIMES_FASTER:g} or more"
    verdict.tell("times faster", times, "x", must=must, reached=times >= TIMES_FASTER)
    verdict.end()


def _microseconds(read: Callable[[str], object], cells: list[str]) -> float:
    started = time.perf_counter()
    for cell in cells:
        read(cell)
    return (time.perf_counter() - started) / len(cells) * 1e6


def _parse(cell: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(cell, "US"))
    except phonenumbers.NumberParseException:
        return False


def _read(cell: str) -> object:
    return read_recipient(cell, Country.US)


if __name__ == "__main__":
    main()
