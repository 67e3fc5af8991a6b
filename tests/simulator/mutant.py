"""A mistake of the kind that a tired programmer makes: one line of the program becomes another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake: `old`, which stands once in the file, becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    sqlite_only: bool = False
