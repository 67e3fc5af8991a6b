"""The rows that opted out, and their numbers: who is in the file twice is texted by neither row.

The other row may stand before as well as after, so they are looked for before any row is judged.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bulksms.model.columns import Columns
from bulksms.model.opt_out_columns import Heeded, objections
from bulksms.model.phone import Country, Phone, read_recipient


class OptedOut(NamedTuple):
    """A row of which a cell says that it is not to be texted: the sentence, and the column."""

    row_number: int
    cells: tuple[str, ...]
    said: str
    column: int


def rows_opted_out(
    chunks: Iterable[Sequence[tuple[int, tuple[str, ...]]]], heeded: Sequence[Heeded]
) -> Iterator[OptedOut]:
    """The rows of the file that say so themselves."""
    for chunk in chunks if heeded else ():
        columns = list(zip(*(cells for _, cells in chunk), strict=True))
        for at, (said, column) in objections(columns, heeded).items():
            yield OptedOut(*chunk[at], said, column)


def numbers_opted_out(
    chunks: Iterable[Sequence[tuple[int, tuple[str, ...]]]], columns: Columns, country: Country
) -> dict[str, str]:
    """Each number with the sentence for another row that has it; `chunks` are all of the file.

    A person opts out, not a phone: every phone of such a row counts.
    """
    found: dict[str, str] = {}
    for row_number, cells, said, _ in rows_opted_out(chunks, columns.heeded):
        for at in (columns.phone, *columns.other_phones):
            read = read_recipient(cells[at], country)
            if isinstance(read, Phone):
                same = f"Row {row_number} has the same number, {read.e164}, and opted out."
                found.setdefault(read.e164, f"{same} {said}")
    return found
