"""Text files of separated fields (.csv, .tsv, .txt): bytes → a `Grid`.

Such a file does not say how it is encoded or what separates its fields, so both are found out
(`encoding`, and here), and said in the notes where they are not the usual ones.
A first pass, with the standard library's `csv` where there are quotes, finds how wide the file is
and whether a quote stays open; then pandas splits the fields, told nothing that would let it guess
a type, a gap or an index.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import pandas as pd

from bulksms.model.errors import InputError
from bulksms.spreadsheet.encoding import find_encoding, spoken
from bulksms.spreadsheet.grid import Chunk, Grid, in_chunks
from bulksms.spreadsheet.layout import MAX_CELLS, MAX_ROWS
from bulksms.spreadsheet.marks import MAX_COLUMNS

SEPARATORS = {",": "','", ";": "';'", "\t": "tabs", "|": "'|'"}

_SAMPLE_CHARACTERS = 65_536
_SAMPLE_RECORDS = 100
_FEWEST_SPLIT = 1 / 3
_CELLS_AT_ONCE = 50_000
_ROWS_A_FRAME = 10_000
"""Five chunks: pandas takes as long to begin a frame as to read a thousand rows into it."""
_LINES_AT_ONCE = 500
_END = "\0"
"""A line that no file has, as NUL is refused: where it is read into a record, a quote is open."""


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a text file is written; `width` is the number of fields in its widest record."""

    path: Path
    encoding: str
    separator: str
    width: int = 1


def read_text(path: Path) -> Grid:
    """The grid of a text file.

    Raises:
        InputError: it is in no encoding that we know, has a line that never ends, a quote that is
            never closed, or too many fields; or it is taken away while it is read.
    """
    encoding = find_encoding(path)
    separator = _separator(path, encoding)
    dialect = _measured(_Dialect(path, encoding, separator or ","))
    return Grid(
        chunks=partial(_chunks, dialect),
        where=str(path),
        sheet=None,
        notes=tuple(_notes(encoding, separator)),
    )


def _notes(encoding: str, separator: str | None) -> Iterator[str]:
    if name := spoken(encoding):
        yield f"read as {name}"
    if separator is not None and separator != ",":
        yield f"fields are separated by {SEPARATORS[separator]}"


def _separator(path: Path, encoding: str) -> str | None:
    """The character that splits the first records best; None if none splits them.

    `csv.Sniffer` is not asked: it takes a letter for the separator of a one-column file.
    """
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(_SAMPLE_CHARACTERS)
    declared = re.match(r"sep=([,;\t|])[\r\n]", sample)  # a first line that Excel understands
    if declared:
        return declared[1]
    lines = list(io.StringIO(sample, newline=""))
    if len(sample) == _SAMPLE_CHARACTERS and len(lines) > 1:
        lines.pop()  # cut in the middle, as a rule
    scores = {separator: _score(lines, separator) for separator in SEPARATORS}
    best = max(scores, key=lambda separator: scores[separator])
    return best if scores[best][0] >= _FEWEST_SPLIT else None


def _score(lines: list[str], separator: str) -> tuple[float, float, int]:
    """How many records are split, how many of them alike, into how many fields."""
    records = islice(csv.reader(lines, delimiter=separator), _SAMPLE_RECORDS)
    widths = [len(record) for record in records if record]
    split = Counter(width for width in widths if width > 1)
    if not split:
        return 0.0, 0.0, 1
    width, alike = max(split.items(), key=lambda item: (item[1], item[0]))
    return split.total() / len(widths), alike / len(widths), width


def _measured(dialect: _Dialect) -> _Dialect:
    """The dialect with its width: pandas drops, without a word, what goes beyond its columns."""
    widest, count = 1, 0
    try:
        with dialect.path.open(encoding=dialect.encoding, newline="") as file:
            while lines := list(islice(file, _LINES_AT_ONCE)):
                if _are_records(lines):
                    widths = [line.count(dialect.separator) + 1 for line in lines]
                else:
                    widths = list(_widths(dialect, lines, file, count))
                widest, count = max(widest, *widths), count + len(widths)
    except (OSError, UnicodeDecodeError) as error:
        raise _changed(dialect.path) from error
    if widest > MAX_COLUMNS:
        raise InputError(f"{dialect.path} has more than {MAX_COLUMNS:,} columns.")
    if widest * count > MAX_CELLS:  # pandas fills every record up to the widest
        raise InputError(
            f"{dialect.path} has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells;"
            " split it into several files."
        )
    return replace(dialect, width=widest)


def _are_records(lines: list[str]) -> bool:
    """Whether each line is one, split wherever a separator stands: told in a tenth of the time."""
    return '"' not in "".join(lines) and max(map(len, lines)) <= csv.field_size_limit()


def _widths(dialect: _Dialect, lines: list[str], rest: TextIO, before: int) -> Iterator[int]:
    """How many fields the records in these lines have; the last may go on in the rest.

    Raises:
        InputError: a quote is never closed.
    """
    reader = csv.reader(chain(lines, rest, (_END,)), delimiter=dialect.separator)
    row_number = before
    while reader.line_num < len(lines):
        row_number += 1
        try:
            record = next(reader)
        except csv.Error as error:
            # No other error is left than a cell longer than `csv.field_size_limit()`, 131,072
            # characters: a spreadsheet's holds 32,767, so a quote has swallowed the next rows.
            raise _unclosed_quote(dialect.path, row_number) from error
        if record and record[-1].endswith(_END):
            raise _unclosed_quote(dialect.path, row_number)
        yield len(record)


def _chunks(dialect: _Dialect) -> Iterator[Chunk]:
    """Row numbers count records, as a spreadsheet program does: a cell may hold line breaks."""
    number = 1
    try:
        with dialect.path.open(encoding=dialect.encoding, newline="") as file:
            for frame in _frames(file, dialect):
                columns = [frame[position].tolist() for position in frame]
                yield from in_chunks(enumerate(zip(*columns, strict=True), number))
                number += len(frame)
    except pd.errors.EmptyDataError:
        return
    except pd.errors.ParserError as error:
        raise InputError(
            f"{dialect.path} cannot be split into rows;"
            " save it again, as .xlsx, in the spreadsheet program."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _changed(dialect.path) from error


def _frames(file: TextIO, dialect: _Dialect) -> Iterator[pd.DataFrame]:
    return pd.read_csv(
        file,
        sep=dialect.separator,
        header=None,
        names=range(dialect.width),
        index_col=False,
        dtype=object,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        chunksize=max(1, min(_ROWS_A_FRAME, _CELLS_AT_ONCE // dialect.width)),
    )


def _changed(path: Path) -> InputError:
    return InputError(f"{path} was changed or taken away while it was read.")


def _unclosed_quote(path: Path, row_number: int) -> InputError:
    return InputError(f'{path}, row {row_number}: a quotation mark (") opens and is never closed.')
