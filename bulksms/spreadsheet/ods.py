"""The marks of the sheets of an .ods (OpenDocument 1.3, part 3, 9: tables).

All its sheets are in one part, and rows and cells that are alike are written once and counted, so
that a few hundred bytes may stand for a million rows: the sizes are computed before any is made.
"""

from bulksms.model.cell_errors import UNCALCULATED
from bulksms.spreadsheet.archive import Archive, damaged
from bulksms.spreadsheet.marks import MAX_COLUMNS, SHEET_ROWS, Marks
from bulksms.spreadsheet.markup import Attributes, Elements, MarkupError

CONTENT = "content.xml"

_LONGEST_ERROR = 20
_MOST_ALIKE = 100_000
"""Neighbouring cells with one error; more are no list of contacts."""
_UNSEEN = frozenset({"collapse", "filter"})


def find_marks(archive: Archive) -> dict[str, Marks]:
    """The marks of each sheet, by its name.

    Raises:
        InputError: the content is damaged, missing, or larger than it claims.
    """
    scan = _Scan()
    try:
        scan.read(archive)
    except (MarkupError, KeyError, ValueError) as error:
        raise damaged(archive.path) from error
    return scan.sheets


class _Scan:
    """Reads the content element by element."""

    def __init__(self) -> None:
        self.sheets: dict[str, Marks] = {}
        self._elements = Elements(self._start)
        self._marks = Marks()
        self._columns = 0
        self._row, self._rows = 0, 0
        self._row_is_hidden = self._row_has_data = False
        self._cell: Attributes = {}
        self._column, self._cells = 0, 0
        self._text = ""

    def read(self, archive: Archive) -> None:
        self._elements.read(archive.blocks(CONTENT))
        self._finish_row()

    def _start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "table-cell" | "covered-table-cell":
                self._finish_cell()
                self._cell = {key[key.find(":") + 1 :]: each for key, each in attributes.items()}
                self._cells = _count(attributes, "table:number-columns-repeated", MAX_COLUMNS)
            case "p":
                self._elements.text = self._take
            case "table-row":
                self._finish_row()
                self._rows = _count(attributes, "table:number-rows-repeated", SHEET_ROWS)
                self._row_is_hidden = attributes.get("table:visibility") in _UNSEEN
            case "table-column":
                count = _count(attributes, "table:number-columns-repeated", MAX_COLUMNS)
                if attributes.get("table:visibility") in _UNSEEN:
                    self._marks.hidden_columns.append((self._columns, self._columns + count - 1))
                self._columns += count
            case "table":
                self._finish_row()
                self._marks = self.sheets[attributes["table:name"]] = Marks()
                self._row = self._columns = 0
            case _:
                pass

    def _take(self, text: str) -> None:
        self._text = (self._text + text)[:_LONGEST_ERROR]

    def _finish_cell(self) -> None:
        if self._text or "value-type" in self._cell:
            self._row_has_data = True
            self._marks.reach(self._row + self._rows, self._column + self._cells - 1)
        if error := self._error():
            self._mark(error)
        if (spanned := int(self._cell.get("number-rows-spanned", "1"))) > 1:
            row = self._row + 1
            self._marks.merged.append((row, row + spanned - 1, self._column))
        self._elements.text = None
        self._column += self._cells
        self._cell, self._cells, self._text = {}, 0, ""

    def _mark(self, error: str) -> None:
        if self._rows * self._cells > _MOST_ALIKE:
            raise MarkupError("an error is repeated without end")
        for row in range(self._row + 1, self._row + self._rows + 1):
            for column in range(self._column, self._column + self._cells):
                self._marks.error(row, column, error)

    def _error(self) -> str | None:
        """The cell's error: LibreOffice marks it as one, others by its text alone."""
        formula = "formula" in self._cell
        if self._text.startswith(("#", "Err:")) and formula:
            return self._text.strip()
        if formula and not self._text and "value-type" not in self._cell:
            return UNCALCULATED
        return None

    def _finish_row(self) -> None:
        self._finish_cell()
        if self._row_is_hidden:
            self._marks.hide(self._row + 1, self._rows)
            self._marks.hidden_rows += self._rows if self._row_has_data else 0
        self._row += self._rows
        self._rows = self._column = 0
        self._row_is_hidden = self._row_has_data = False


def _count(attributes: Attributes, name: str, limit: int) -> int:
    return min(int(attributes.get(name, "1")), limit)
