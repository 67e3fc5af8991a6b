"""A grid: numbered rows of text cells, all equally wide, that can be read as often as wanted.

Every format ends here, so that finding the header, naming the columns and leaving out the blanks
are said once, whatever the file was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Row = tuple[int, tuple[str, ...]]
"""A row's number, as the spreadsheet program shows it, and its cells."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What a file's content looks like before anybody knows which row is the header.

    Attributes:
        rows: reads the rows from the top; every row is equally wide, blank rows are among them.
        sheet: the sheet's name; None in a text file.
        notes: sentences about what was assumed to read it.
    """

    rows: Callable[[], Iterator[Row]]
    sheet: str | None
    notes: tuple[str, ...]

    @property
    def is_text(self) -> bool:
        """Whether the file is plain text: there a cell may carry the report's formula guard."""
        return self.sheet is None


def is_blank(cell: str) -> bool:
    """Whether nobody would see anything in the cell."""
    return not cell or cell.isspace()
