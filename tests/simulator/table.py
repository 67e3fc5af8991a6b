"""What thousands of stories came to, as a table that can be pasted into a document."""

from collections import Counter
from collections.abc import Iterator

from tests.simulator.broken import KINDS

HAPPENED = {
    "texts accepted by the vendor": "texts",
    "POSTs": "posts",
    "reads of the vendor's record": "reads",
    "429s for a POST": "429s",
    "processes killed": "crashes",
    "processes frozen": "freezes",
    "Ctrl-C": "interrupts",
    "clocks set": "clock set",
    "a second process turned away": "account busy",
    "rows left `unknown`, honestly": "unknown left, honestly",
}


def table(figures: Counter[str], seconds: float) -> str:
    """Markdown; `seconds` is how long it took."""
    lines = [(name, f"{count:,}") for name, count in _lines(figures, seconds)]
    wide, narrow = (max(len(line[side]) for line in lines) for side in (0, 1))
    head = [f"| {'':{wide}} | {'':{narrow}} |", f"| {'-' * wide} | {'-' * (narrow - 1)}: |"]
    return "\n".join(head + [f"| {name:{wide}} | {count:>{narrow}} |" for name, count in lines])


def _lines(figures: Counter[str], seconds: float) -> Iterator[tuple[str, int | float]]:
    hours = figures["virtual seconds"] / 3600
    yield "stories", figures["stories"]
    yield "stories per second", round(figures["stories"] / seconds, 1)
    yield "virtual hours", round(hours)
    yield "virtual hours per second", round(hours / seconds)
    for name, key in HAPPENED.items():
        yield name, figures[key]
    faults = [count for name, count in figures.items() if name.startswith("fault: ")]
    yield f"faults on the wire, of {len(faults)} kinds", sum(faults)
    for name, kind in KINDS.items():
        yield f"**{name}**", figures[f"broken: {kind}"]
