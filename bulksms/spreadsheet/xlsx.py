"""The marks of a sheet of an .xlsx or .xlsm (ISO/IEC 29500-1, SpreadsheetML).

Most sheets have none, and that is seen by looking for a few words, at half a second for a hundred
megabytes; only a sheet that has one of the words is read element by element.
"""

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from bulksms.model.cell_errors import UNCALCULATED
from bulksms.model.errors import InputError
from bulksms.spreadsheet.archive import Archive, damaged
from bulksms.spreadsheet.marks import SHEET_ROWS, Marks
from bulksms.spreadsheet.markup import Attributes, Elements, MarkupError
from bulksms.spreadsheet.shown import Formats
from bulksms.spreadsheet.xlsx_styles import Styles

WORKBOOK = "xl/workbook.xml"
_STRINGS = "xl/sharedstrings.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"

_TELLING = (b"hidden", b'"e"', b"'e'", b"<f", b":row", b":c ", b":c>", b"zeroHeight")
"""Some of these stand wherever a row or column is hidden, or a cell has an error or a formula,
or where elements have prefixes."""
_UNUSUAL_CELL = re.compile(rb'<c(?! r="[A-Z]{1,2}[0-9]{1,6}")[\s/>]')
_WIDE_CELL = re.compile(rb'<c r="([A-Z]{2})')
_STYLED_NUMBER = re.compile(rb'<c r="([A-Z]{1,2})([0-9]{1,6})"(?: t="n")? s="([0-9]+)"(?: t="n")?>')
_STYLE = re.compile(rb' s="([0-9]+)"')
_ROW = re.compile(rb'<row\b[^>]*?\sr=["\']([0-9]{1,7})["\']')
_ROW_OF_CELL = re.compile(rb'<c r="[A-Z]{1,2}([0-9]{1,6})"')
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NARROW_WIDTH, _USUAL_HEIGHT = 26, 999_999


def sheet_parts(archive: Archive) -> dict[str, str]:
    """Each sheet's name and the part that holds it.

    Raises:
        InputError: the workbook is damaged.
    """
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            values = {key[key.rfind(":") + 1 :]: value for key, value in attributes.items()}
            target = targets.get(values.get("id", ""), "")
            sheets[values.get("name", "")] = posixpath.normpath(
                target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"
            )

    try:
        Elements(relation).read(archive.blocks(_RELATIONS))
        Elements(sheet).read(archive.blocks(WORKBOOK))
    except (KeyError, MarkupError) as error:
        raise damaged(archive.path) from error
    return sheets


def measure_shared_parts(archive: Archive) -> None:
    """Make sure that the parts which are read whatever the sheet are what they claim to be.

    Raises:
        InputError: one is not; or there are said to be more texts than it has bytes, and calamine
            would make room for all of them.
    """
    for part in archive.parts():
        if part.lower().endswith((".xml", ".rels")) and not part.startswith("xl/worksheets/"):
            size = archive.measure(part)
            if part.lower() == _STRINGS and _texts_claimed(archive, part) > size:
                raise damaged(archive.path)


def _texts_claimed(archive: Archive, part: str) -> int:
    """How many texts its first element says there are."""
    claims: list[int] = []

    def first(_: str, attributes: Attributes) -> None:
        if not claims:
            counts = (attributes.get(name, "0") for name in ("count", "uniqueCount"))
            claims.append(max(map(int, counts)))

    elements = Elements(first)
    try:
        for block in archive.blocks(part):
            elements.begin(block)
            if claims:
                break
    except (MarkupError, ValueError) as error:
        raise damaged(archive.path) from error
    return sum(claims)


def find_marks(archive: Archive, part: str, styles: Styles) -> Marks:
    """The marks of the sheet in this part.

    Raises:
        InputError: the part is damaged, missing, or larger than it claims; or two rows of it have
            the same number, and calamine would give one of them.
    """
    if not archive.has(part):
        raise damaged(archive.path)
    marks = _at_a_glance(archive, part, styles)
    if marks is None:
        scan = _Scan(styles)
        try:
            scan.read(archive.blocks(part))
        except (MarkupError, ValueError) as error:
            raise damaged(archive.path) from error
        if scan.twice is not None:
            raise InputError(
                f"{archive.path} has its row {scan.twice} twice, and one of the two would be lost;"
                " open it in a spreadsheet program, look whether everybody is there, and save it."
            )
        marks = scan.marks
    return marks


def _at_a_glance(archive: Archive, part: str, styles: Styles) -> Marks | None:
    """The marks of a sheet that has none but its size and its number formats.

    None where it takes a closer look.
    """
    letters, formats, codes = set[bytes](), Formats(), styles.codes
    last_row = 0
    for block in _whole_tags(archive.blocks(part)):
        rows = [last_row, *map(int, _ROW.findall(block))]
        if _is_telling(block, styles) or not _rise(rows):
            return None
        last_row = rows[-1]
        letters.update(_WIDE_CELL.findall(block))
        for column, row, style in _STYLED_NUMBER.findall(block) if codes else ():
            if (code := codes.get(style.decode())) is not None:
                formats.put(int(row), _column_of(column), code)
    marks = Marks(height=_USUAL_HEIGHT, width=_NARROW_WIDTH, formats=formats)
    if letters:
        marks.width = _column(max(letters).decode()) + 1
    if marks.too_large:
        blocks = _whole_tags(archive.blocks(part))
        marks.height = max(
            max(map(int, _ROW_OF_CELL.findall(block)), default=0) for block in blocks
        )
    return marks


def _is_telling(block: bytes, styles: Styles) -> bool:
    if any(word in block for word in _TELLING) or _UNUSUAL_CELL.search(block):
        return True
    used = set(_STYLE.findall(block)) if styles.struck else ()
    return any(style.decode() in styles.struck for style in used)


def _rise(rows: list[int]) -> bool:
    """Whether each row has a greater number than the one before it."""
    return all(before < after for before, after in pairwise(rows))


def _whole_tags(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same content, cut anew so that no tag is cut."""
    rest = b""
    for block in blocks:
        content = rest + block
        cut = content.rfind(b"<")
        end = cut if cut >= 0 and b">" not in content[cut:] else len(content)
        rest = content[end:]
        yield content[:end]
    yield rest


class _Scan:
    """Reads a sheet element by element."""

    def __init__(self, styles: Styles) -> None:
        self.marks = Marks()
        self.twice: int | None = None
        self._rows_with_data = bytearray(SHEET_ROWS + 1)
        self._codes, self._struck = styles
        self._elements = Elements(self._start)
        self._row = 0
        self._row_is_hidden = False
        self._row_has_data = False
        self._rows_hidden_unless_said = False
        self._column = -1
        self._style = self._type = ""
        self._has_formula = False
        self._value = ""

    def read(self, blocks: Iterator[bytes]) -> None:
        self._elements.read(blocks)
        self._finish_row()

    def _start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "c":
                self._finish_cell()
                self._start_cell(attributes)
            case "row":
                self._finish_row()
                self._start_row(attributes)
            case "f":
                self._has_formula = True
            case "v" | "is":
                self._row_has_data = True
                if self._style in self._struck and not self._row_is_hidden:
                    self.marks.strike(self._row)
                self._elements.text = self._take if self._has_formula or self._type == "e" else None
            case "col" if _is_true(attributes.get("hidden")):
                first, last = int(attributes["min"]), int(attributes["max"])
                self.marks.hidden_columns.append((first - 1, last - 1))
            case "sheetFormatPr":
                self._rows_hidden_unless_said = _is_true(attributes.get("zeroHeight"))
            case _:
                pass

    def _start_row(self, attributes: Attributes) -> None:
        self._row = int(attributes.get("r", self._row + 1))
        self._column = -1
        self._row_has_data = False
        said = attributes.get("hidden")
        self._row_is_hidden = self._rows_hidden_unless_said if said is None else _is_true(said)
        if self._row_is_hidden:
            self.marks.hide(self._row)

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            found = _REFERENCE.fullmatch(reference)
            if found is None:
                raise MarkupError(f"there is no cell {reference}")
            self._column = _column(found[1])
            self.marks.reach(int(found[2]), self._column)
        self.marks.reach(self._row, self._column)
        self._type = attributes.get("t", "")
        self._style = attributes.get("s", "")
        code = self._codes.get(self._style)
        if code is not None and self._type in {"", "n"}:
            self.marks.formats.put(self._row, self._column, code)

    def _take(self, text: str) -> None:
        self._value = (self._value + text)[:_LONGEST_ERROR]

    def _finish_cell(self) -> None:
        if self._type == "e":
            self.marks.error(self._row, self._column, self._value.strip())
        elif self._has_formula and not self._value and self._type != "str":
            self.marks.error(self._row, self._column, UNCALCULATED)
        self._elements.text = None
        self._type, self._has_formula, self._value = "", False, ""

    def _finish_row(self) -> None:
        self._finish_cell()
        self.marks.hidden_rows += self._row_is_hidden and self._row_has_data
        if self._row_has_data and 0 <= self._row <= SHEET_ROWS:
            if self._rows_with_data[self._row]:
                self.twice = self._row
            self._rows_with_data[self._row] = 1


_LONGEST_ERROR = 20


@cache
def _column_of(letters: bytes) -> int:
    return _column(letters.decode())


def _is_true(value: str | None) -> bool:
    return value in {"1", "true"}


def _column(letters: str) -> int:
    """The position of a column: A is 0, Z is 25, AA is 26."""
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
