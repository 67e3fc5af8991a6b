"""Contact lists of any size in the formats that people really have, the same for the same seed.

A tenth of the rows has a mess: decimals from Excel, a lost plus, an extension, an empty cell,
a number that is none, a number that an earlier row has.
"""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

HEADER = ("Lead ID", "First name", "Last name", "Mobile", "City")
FIRST_NAMES = ("Ava", "Ben", "Carla", "Dmitri", "Elena", "Farid", "Grace", "Zoë", "José", "Noa")
CITIES = ("New York", "Chicago", "San Francisco", "Boston", "Seattle", "London", "Haifa")
AREA_CODES = ("202", "212", "312", "315", "415", "503", "617", "713", "206", "305", "416", "604")


def write_contacts(path: Path, rows: int, seed: int = 1) -> None:
    """Write a CSV of so many people."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_people(rows, random.Random(seed)))  # noqa: S311 - repeatable, not secret


def numbers(count: int, seed: int = 1) -> list[str]:
    """So many phone cells."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    return [_written(chance, _number(chance)) for _ in range(count)]


def _people(rows: int, chance: random.Random) -> Iterator[tuple[str, ...]]:
    for row in range(rows):
        lead = f"{100_000 + row}.0" if row % 50 == 0 else str(100_000 + row)
        name = "" if row % 400 == 0 else chance.choice(FIRST_NAMES)
        number = _written(chance, _number(chance))
        yield lead, name, f"Last{row % 997}", number, chance.choice(CITIES)


def _number(chance: random.Random) -> str:
    """E.164; nine of ten are American."""
    [country] = chance.choices(("US", "GB", "IL"), (90, 5, 5))
    if country == "US":
        return f"+1{chance.choice(AREA_CODES)}{chance.randint(2_000_000, 9_999_999)}"
    if country == "GB":
        return f"+447400{chance.randint(0, 999_999):06}"
    return f"+97254{chance.randint(2_000_000, 8_999_999)}"


def _written(chance: random.Random, e164: str) -> str:
    """As somebody typed it, or as a program left it."""
    if not e164.startswith("+1"):
        return chance.choice((e164, e164[1:], f"00{e164[1:]}"))
    area, office, line = e164[2:5], e164[5:8], e164[8:]
    return chance.choices(
        (
            e164,
            f"{area}{office}{line}",
            f"({area}) {office}-{line}",
            f"{area}-{office}-{line}",
            f"1{area}{office}{line}",
            f"{area}.{office}.{line}",
            f"+1 {area} {office} {line}",
            f"1{area}{office}{line}.0",
            f"{area}-{office}-{line} ext. 12",
            f"{area}\u00a0{office}\u00a0{line}",
            "",
            f"{office}-{line}",
        ),
        (18, 18, 18, 14, 8, 5, 5, 5, 2, 2, 1, 4),
    )[0]
