"""The styles of an .xlsx or .xlsm that say how its cells look (ISO/IEC 29500-1, 18.8).

A cell names its style by a number. Of all that a style says, this keeps the number format, and
whether the cell is crossed out.
"""

from collections.abc import Mapping
from typing import NamedTuple

from bulksms.spreadsheet.archive import Archive, damaged
from bulksms.spreadsheet.markup import Attributes, Elements, MarkupError
from bulksms.spreadsheet.number_formats import read_format

_STYLES = "xl/styles.xml"

_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    45: "mm:ss",
}
"""18.8.30. The others are not known here, or the region's: 14 and 22 are its own short date."""


class Styles(NamedTuple):
    """By their numbers, as cells write them: the known number formats, and what is crossed out."""

    codes: Mapping[str, str]
    struck: frozenset[str]


def styles_of(archive: Archive) -> Styles:
    """The styles of a workbook's cells.

    Raises:
        InputError: the styles are damaged.
    """
    if not archive.has(_STYLES):
        return Styles({}, frozenset())
    scan = _Scan()
    try:
        Elements(scan.start).read(archive.blocks(_STYLES))
    except MarkupError as error:
        raise damaged(archive.path) from error
    codes = {at: scan.codes.get(each) for at, (each, _) in enumerate(scan.styles)}
    return Styles(
        {str(at): code for at, code in codes.items() if code and read_format(code)},
        frozenset(str(at) for at, (_, font) in enumerate(scan.styles) if font in scan.struck),
    )


class _Scan:
    """Reads the styles element by element; `styles` are the ids of the cells' formats and fonts.

    An id that is no number, or has no code, is of no format that is known: the values are there.
    """

    def __init__(self) -> None:
        self.codes = {str(known): code for known, code in _BUILT_IN.items()}
        self.styles: list[tuple[str, str]] = []
        self.struck: set[str] = set()
        self._fonts = 0
        self._list = ""

    def start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "numFmts" | "fonts" | "cellXfs" | "cellStyleXfs" | "cellStyles" | "dxfs":
                self._list = name
            case "numFmt" if self._list == "numFmts":
                self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case "font" if self._list == "fonts":
                self._fonts += 1
            case "strike" if self._list == "fonts":
                if attributes.get("val", "1") in {"1", "true"}:
                    self.struck.add(str(self._fonts - 1))
            case "xf" if self._list == "cellXfs":
                ids = attributes.get("numFmtId", "0"), attributes.get("fontId", "0")
                self.styles.append(ids)
            case _:
                pass
