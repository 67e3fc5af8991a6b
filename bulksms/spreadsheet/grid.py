"""A grid: numbered rows of text cells, handed out in chunks, that can be read as often as wanted.

Every format ends here, so that finding the header, naming the columns and leaving out the blanks
are said once, whatever the file was.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice

from bulksms.spreadsheet.shown import Shown

Row = tuple[int, tuple[str, ...]]
"""A row's number, as the spreadsheet program shows it, and its cells."""

Chunk = list[Row]
"""Rows that follow each other; never none."""

ROWS_AT_ONCE = 2_000
"""Rows in a chunk: enough that the chunk costs nothing, few enough that it weighs nothing."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What a file's content looks like before anybody knows which row is the header.

    Attributes:
        chunks: reads the rows from the top; blank rows are among them, hidden ones are not.
            A row ends with its last cell, so that rows need not be equally wide.
        where: the file, and the sheet if there are sheets, as a sentence begins.
        sheet: the sheet's name; None in a text file.
        notes: sentences about what was assumed to read it, and what was left out.
        chunks_shown: reads the same rows as they are seen; None where that is what `chunks` does.
        unread: the names of the workbook's other sheets, hidden ones among them.
        with_hidden: the same with its hidden rows; None where none has data.
    """

    chunks: Callable[[], Iterator[Chunk]]
    where: str
    sheet: str | None
    notes: tuple[str, ...]
    chunks_shown: Callable[[Shown], Iterator[Chunk]] | None = None
    unread: tuple[str, ...] = ()
    with_hidden: "Grid | None" = None

    def as_shown(self, shown: Shown) -> "Grid":
        """The same grid, its numbers, dates and times as the spreadsheet program shows them."""
        if self.chunks_shown is None:
            return self
        hidden = None if self.with_hidden is None else self.with_hidden.as_shown(shown)
        return replace(self, chunks=partial(self.chunks_shown, shown), with_hidden=hidden)

    @property
    def is_text(self) -> bool:
        """Whether the file is plain text: there a cell may carry the report's formula guard."""
        return self.sheet is None

    def rows(self) -> Iterator[Row]:
        """The same rows, one by one."""
        return chain.from_iterable(self.chunks())


def in_chunks(rows: Iterable[Row]) -> Iterator[Chunk]:
    """The rows, gathered."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, ROWS_AT_ONCE)):
        yield chunk


def is_blank(cell: str) -> bool:
    """Whether nobody would see anything in the cell."""
    return not cell or cell.isspace()


def none_is_blank(rows: Iterable[tuple[str, ...]]) -> bool:
    """Whether each of the rows has a cell in which one would see something."""
    return all(map(str.strip, map("".join, rows)))


def left_out(count: int, things: str) -> str:
    """A note: `2 title lines were left out` of `title line{}`."""
    plural, verb = ("", "was") if count == 1 else ("s", "were")
    return f"{count:,} {things.format(plural)} {verb} left out"
