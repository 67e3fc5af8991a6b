"""The styles of an .xlsx or .xlsm that say how its cells look (ISO/IEC 29500-1, 18.8).

A cell names its style by a number. Of all that a style says, this keeps the number format.
"""

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


def codes_of_styles(archive: Archive) -> dict[str, str]:
    """By a style's number, as cells write it, its number format, where that is a known one.

    Raises:
        InputError: the styles are damaged.
    """
    if not archive.has(_STYLES):
        return {}
    scan = _Scan()
    try:
        Elements(scan.start).read(archive.blocks(_STYLES))
    except MarkupError as error:
        raise damaged(archive.path) from error
    codes = {at: scan.codes.get(each) for at, each in enumerate(scan.styles)}
    return {str(at): code for at, code in codes.items() if code and read_format(code)}


class _Scan:
    """Reads the styles element by element; `styles` are the format ids of the cells' own.

    An id that is no number, or has no code, is of no format that is known: the values are there.
    """

    def __init__(self) -> None:
        self.codes = {str(known): code for known, code in _BUILT_IN.items()}
        self.styles: list[str] = []
        self._list = ""

    def start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "numFmts" | "cellXfs" | "cellStyleXfs" | "cellStyles" | "dxfs":
                self._list = name
            case "numFmt" if self._list == "numFmts":
                self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case "xf" if self._list == "cellXfs":
                self.styles.append(attributes.get("numFmtId", "0"))
            case _:
                pass
