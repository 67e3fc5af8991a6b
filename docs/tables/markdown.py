"""Markdown as the documents need it: tables, fences, and code in a sentence."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with blank lines around it, as every reader of markdown wants it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n" + "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def fence(text: str, language: str = "text") -> str:
    """A block of code or output."""
    return f"\n```{language}\n{text.rstrip()}\n```\n"


def code(text: str) -> str:
    """A word of the program."""
    return f"`{text}`"


def codes(words: Iterable[str]) -> str:
    """Words of the program, one after the other."""
    return " ".join(map(code, words))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
