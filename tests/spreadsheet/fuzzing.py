"""Breaks files at random and reads them: only our own sentence may come out.

Every trial is made from its seed, so that `python -m tests.spreadsheet.fuzzing --seed N` shows it
again. Without a seed it goes on for `--seconds`; the tests run some dozens of trials.
"""

import argparse
import io
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

from bulksms.model.errors import InputError
from bulksms.spreadsheet.reading import read_table

FILES = Path(__file__).parent / "files"
SAMPLES = Path(__file__).parents[2] / "sample_data"
WORKBOOKS = (
    *(FILES / name for name in ("marked.xlsx", "marked.ods", "marked.xls", "old.xls")),
    *(SAMPLES / name for name in ("messy.xlsx", "contacts.xlsx")),
)
TEXTS = (SAMPLES / "messy.csv", SAMPLES / "contacts.csv")

MOST_BYTES = 3 << 30
"""Address space: a table of the most cells that are read, and some."""

_PIECES = [b"Phone", b"Name", b"+12025550101", b"a", b"1", "é".encode(), b"\xe9", b"\x81", b"\0"]
_PIECES += [b",", b";", b"\t", b"|", b'"', b'""', b"\n", b"\r\n", b"\r", b" ", b"sep=;\n", b"'"]
_PIECES += [
    "א".encode("cp1255") * 3,
    "\u202a".encode(),
    b"=1+1",
    b"#N/A",
    b"1.2E+10",
    b"\xef\xbb\xbf",
]
_NUMBERS = [
    b"-1",
    b"0",
    b"1",
    b"255",
    b"1048576",
    b"1048577",
    b"4294967295",
    b"99999999999999999999",
]
_NUMBERS += [
    b"1e999",
    b"NaN",
    b"",
    b"A0",
    b"XFD1048576",
    b"ZZZ9",
    b"A1:XFD1048576",
    b"true",
    b"\xff",
]
_MAGIC = [
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"",
]
_MOST_CHANGES = 6


def content_of(seed: int) -> bytes:
    """The file of a trial."""
    random = Random(seed)  # noqa: S311 - a seed is what makes a trial repeatable
    make = random.choice(
        (_random_bytes, _random_text, _broken, _broken, _broken_within, _broken_within)
    )
    return make(random)


def trial(seed: int, folder: Path) -> str:
    """Read the file of this seed; the kind of ending. Any other error than ours goes through."""
    path = folder / "fuzzed.csv"
    path.write_bytes(content_of(seed))
    try:
        table = read_table(path)
        rows = list(table.rows())
    except InputError as error:
        return error.sentence.replace(str(path), "")[:50]
    numbers = [number for number, _ in rows]
    assert numbers == sorted(set(numbers))
    assert len(rows) == table.row_count
    assert {len(cells) for _, cells in rows} == {len(table.columns)}
    assert {type(cell) for _, cells in rows for cell in cells} == {str}
    return "read"


def _random_bytes(random: Random) -> bytes:
    return random.choice(_MAGIC) + random.randbytes(random.choice((1, 10, 100, 5_000)))


def _random_text(random: Random) -> bytes:
    text = b"".join(random.choices(_PIECES, k=random.choice((3, 30, 300))))
    return text.decode("utf-8", "replace").encode("utf-16") if random.random() < 0.2 else text


def _broken(random: Random) -> bytes:
    """A good file with some of its bytes changed."""
    return _changed(random, _content(random.choice(WORKBOOKS + TEXTS)))


def _broken_within(random: Random) -> bytes:
    """A good workbook with one of its parts changed: most changes get past the archive."""
    source = io.BytesIO(
        _content(random.choice([each for each in WORKBOOKS if each.suffix != ".xls"]))
    )
    target = io.BytesIO()
    with zipfile.ZipFile(source) as good, zipfile.ZipFile(target, "w") as bad:
        names = good.namelist()
        telling = [
            name for name in names if name.endswith(("sheet1.xml", "content.xml", "workbook.xml"))
        ]
        victim = random.choice(telling + names[:1] + [random.choice(names)])
        for name in names:
            content = good.read(name)
            bad.writestr(name, _changed(random, content) if name == victim else content)
    return target.getvalue()


def _changed(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    changes = (
        _flip,
        _cut,
        _repeat,
        _renumber,
        _swap,
    )
    for _ in range(random.randint(1, _MOST_CHANGES)):
        if changed:
            random.choice(changes)(random, changed)
    return bytes(changed)


def _flip(random: Random, content: bytearray) -> None:
    content[random.randrange(len(content))] = random.randrange(256)


def _cut(random: Random, content: bytearray) -> None:
    at = random.randrange(len(content))
    del content[at : at + random.choice((1, 4, 50, len(content)))]


def _repeat(random: Random, content: bytearray) -> None:
    at = random.randrange(len(content))
    piece = content[at : at + random.choice((1, 20, 300))]
    content[at:at] = piece * random.choice((1, 2, 500))


def _renumber(random: Random, content: bytearray) -> None:
    """Put a number in the place of an attribute's value."""
    quotes = [at for at, byte in enumerate(content[:200_000]) if byte == ord('"')]
    if len(quotes) > 1:
        first = random.randrange(len(quotes) - 1)
        content[quotes[first] + 1 : quotes[first + 1]] = random.choice(_NUMBERS)


def _swap(random: Random, content: bytearray) -> None:
    """Put one element in the place of another."""
    tags = [at for at, byte in enumerate(content[:200_000]) if byte == ord("<")]
    if len(tags) > 3:
        here, there = random.randrange(len(tags) - 1), random.randrange(len(tags) - 1)
        content[tags[here] : tags[here + 1]] = content[tags[there] : tags[there + 1]]


@cache
def _content(path: Path) -> bytes:
    return path.read_bytes()


def main() -> None:
    """Run trials until the time is over or one goes wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    with tempfile.TemporaryDirectory() as folder:
        if options.seed is not None:
            sys.stdout.write(trial(options.seed, Path(folder)))
            return
        _run(options.first, options.seconds, Path(folder))


def _run(seed: int, seconds: float, folder: Path) -> None:
    endings: Counter[str] = Counter()
    slowest = 0.0
    until = time.monotonic() + seconds
    current = Path("fuzz.seed")
    while time.monotonic() < until:
        current.write_text(str(seed))  # left behind if the process dies
        started = time.perf_counter()
        endings[trial(seed, folder)] += 1
        slowest = max(slowest, time.perf_counter() - started)
        seed += 1
    current.unlink()
    lines = [f"{endings.total():,} trials to seed {seed}, the slowest took {slowest:.1f} s"]
    lines += [f"{count:>9,} {ending}" for ending, count in endings.most_common()]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
