"""Text files of separated fields (.csv, .tsv, .txt): bytes → a `Grid`.

Such a file does not say how it is encoded or what separates its fields, so both are found out,
and said in the notes where they are not the usual ones.
pandas splits the fields; it is told nothing that would let it guess a type, a gap or an index.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

import pandas as pd

from bulksms.model.errors import InputError
from bulksms.spreadsheet.grid import Grid, Row

BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SEPARATORS = {",": "','", ";": "';'", "\t": "tabs", "|": "'|'"}
_SPOKEN_ENCODINGS = {"cp1252": "Windows-1252", "utf-16": "UTF-16"}

_SAMPLE_CHARACTERS = 65_536
_SAMPLE_RECORDS = 100
_FEWEST_SPLIT = 1 / 3
_BLOCK_BYTES = 1 << 20
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a text file is written; `width` is the number of fields in its widest record."""

    path: Path
    encoding: str
    separator: str
    width: int


def read_text(path: Path) -> Grid:
    """The grid of a text file.

    Raises:
        InputError: it is in no encoding that we know, or a quote is never closed.
    """
    encoding = _encoding(path)
    separator = _separator(path, encoding)
    dialect = _Dialect(path, encoding, separator, _width(path, encoding, separator))
    return Grid(rows=partial(_rows, dialect), sheet=None, notes=tuple(_notes(dialect)))


def _notes(dialect: _Dialect) -> Iterator[str]:
    if dialect.encoding in _SPOKEN_ENCODINGS:
        yield f"read as {_SPOKEN_ENCODINGS[dialect.encoding]}"
    if dialect.separator != "," and dialect.width > 1:
        yield f"fields are separated by {SEPARATORS[dialect.separator]}"


def _encoding(path: Path) -> str:
    """Strictly UTF-8 before Windows-1252: text in the second is hardly ever valid in the first."""
    with path.open("rb") as file:
        start = file.read(3)
    marked = [encoding for bom, encoding in BOMS.items() if start.startswith(bom)]
    for encoding in marked or ["utf-8", "cp1252"]:
        if _decodes(path, encoding):
            return encoding
    raise InputError(
        f"{path} is neither UTF-8 nor Windows-1252 text; "
        "save it again as 'CSV UTF-8' in the spreadsheet program."
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            for block in iter(partial(file.read, _BLOCK_BYTES), b""):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(path: Path, encoding: str) -> str:
    """The character that splits the first records best; a comma if none splits them.

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
    return best if scores[best][0] >= _FEWEST_SPLIT else ","


def _score(lines: list[str], separator: str) -> tuple[float, float, int]:
    """How many records are split, how many of them alike, into how many fields."""
    records = islice(csv.reader(lines, delimiter=separator), _SAMPLE_RECORDS)
    widths = [len(record) for record in records if record]
    split = Counter(width for width in widths if width > 1)
    if not split:
        return 0.0, 0.0, 1
    width, alike = max(split.items(), key=lambda item: (item[1], item[0]))
    return split.total() / len(widths), alike / len(widths), width


def _width(path: Path, encoding: str, separator: str) -> int:
    """The widest record: pandas drops, without a word, whatever goes beyond its columns."""
    widest, row_number = 1, 1
    with path.open(encoding=encoding, newline="") as file:
        try:
            for record in csv.reader(file, delimiter=separator):
                widest = max(widest, len(record))
                row_number += 1
        except csv.Error as error:
            raise _unclosed_quote(path, row_number) from error
    return widest


def _rows(dialect: _Dialect) -> Iterator[Row]:
    """Row numbers count records, as a spreadsheet program does: a cell may hold line breaks."""
    try:
        with dialect.path.open(encoding=dialect.encoding, newline="") as file:
            for frame in _frames(file, dialect):
                columns = [frame[position].tolist() for position in frame]
                yield from zip(frame.index + 1, zip(*columns, strict=True), strict=True)
    except pd.errors.ParserError as error:
        raise _parser_error(dialect.path, str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{dialect.path} was changed or taken away while it was read.") from error


def _frames(file: TextIO, dialect: _Dialect) -> Iterator[pd.DataFrame]:
    return pd.read_csv(
        file,
        sep=dialect.separator,
        header=None,
        names=range(dialect.width),
        index_col=False,
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        chunksize=_ROWS_AT_ONCE,
    )


def _parser_error(path: Path, message: str) -> InputError:
    unclosed = re.search(r"EOF inside string starting at row (\d+)", message)
    if unclosed:
        return _unclosed_quote(path, int(unclosed[1]) + 1)
    return InputError(f"{path} cannot be read as separated fields: {message.strip()}")


def _unclosed_quote(path: Path, row_number: int) -> InputError:
    return InputError(f'{path}, row {row_number}: a quotation mark (") opens and is never closed.')
