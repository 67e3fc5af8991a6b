"""The marks of a sheet of an .xls: a compound file ([MS-CFB]) with a stream of records ([MS-XLS]).

olefile finds the stream; of its records only those are looked at that place a cell or hide a row.
"""

from collections.abc import Iterator
from pathlib import Path
from struct import error as StructError  # noqa: N812 - the module's own name says too little
from struct import unpack_from

import olefile

from bulksms.model.errors import InputError
from bulksms.spreadsheet.archive import damaged, protected
from bulksms.spreadsheet.marks import Marks

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .xls begins, and every workbook that a password protects ([MS-CFB] 2.2)."""

_BOF, _EOF, _FILEPASS, _SHEET, _TEXTS = 0x0809, 0x000A, 0x002F, 0x0085, 0x00FC
_DIMENSIONS, _DIMENSIONS_BYTES = 0x0200, 14  # 10 before Excel 97
_ROW, _COLUMNS, _FORMULA, _BOOLEAN_OR_ERROR, _RK_RUN = 0x0208, 0x007D, 0x0006, 0x0205, 0x00BD
_CELLS = frozenset({0x00FD, 0x0203, 0x027E, 0x0204, 0x00D6, _RK_RUN, _FORMULA, _BOOLEAN_OR_ERROR})
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""[MS-XLS] 2.5.10, BErr."""

_PACKAGE = "EncryptedPackage"
"""Holds an encrypted .xlsx ([MS-OFFCRYPTO] 2.3.4.4)."""
_STREAMS = ("Book", "Workbook", _PACKAGE)

Record = tuple[int, bytes]


def find_marks(path: Path) -> list[Marks]:
    """The marks of each sheet, in the workbook's order.

    Raises:
        InputError: the file is damaged, protected by a password, or no workbook.
    """
    stream = _workbook_stream(path)
    try:
        return [_marks(_records(stream, start)) for start in _sheets(path, stream)]
    except (StructError, IndexError) as error:
        raise damaged(path) from error


def _sheets(path: Path, stream: bytes) -> list[int]:
    """Where the sheets begin."""
    starts = []
    for kind, content in _records(stream, 0):
        if kind == _FILEPASS:
            raise protected(path)
        if kind == _SHEET:
            starts.append(unpack_from("<I", content)[0])
        if kind == _TEXTS and unpack_from("<I", content, 4)[0] > len(stream):
            raise damaged(path)  # calamine makes room for as many texts as there are said to be
    return starts


def _workbook_stream(path: Path) -> bytes:
    try:
        with olefile.OleFileIO(str(path)) as ole:
            names = [name for name in _STREAMS if ole.exists(name)]
            content = ole.openstream(names[-1]).read() if names else b""
    except Exception as error:  # olefile raises whatever its arithmetic on damaged fields leads to
        raise damaged(path) from error
    if not names:
        raise InputError(f"{path} is not a spreadsheet: it is some other Office document.")
    if names[-1] == _PACKAGE:
        raise protected(path)
    return bytes(content)


def _records(stream: bytes, start: int) -> Iterator[Record]:
    """The records of the substream that begins there, without those of charts inside it."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        if depth <= 0:
            return
        at += 4 + size


def _marks(records: Iterator[Record]) -> Marks:
    marks = Marks()
    hidden: set[int] = set()
    filled: set[int] = set()
    for kind, content in records:
        if kind in _CELLS:
            row, column = unpack_from("<HH", content)
            last = unpack_from("<H", content, len(content) - 2)[0] if kind == _RK_RUN else column
            marks.reach(row + 1, max(column, last))
            filled.add(row)
            if error := _error(kind, content):
                marks.error(row + 1, column, error)
        elif kind == _DIMENSIONS:
            marks.reach(*_claimed(content))
        elif kind == _ROW and unpack_from("<H", content, 12)[0] & 0x20:  # 2.4.221, fDyZero
            row = unpack_from("<H", content)[0]
            hidden.add(row)
            marks.hide(row + 1)
        elif kind == _COLUMNS and unpack_from("<H", content, 8)[0] & 0x01:  # 2.4.53, fHidden
            marks.hidden_columns.append(unpack_from("<HH", content))
    marks.hidden_rows = len(hidden & filled)
    return marks


def _claimed(content: bytes) -> tuple[int, int]:
    """2.4.90, Dimensions: how far the cells are said to reach; calamine makes room for that."""
    form = "<IIHH" if len(content) == _DIMENSIONS_BYTES else "<HHHH"
    top, bottom, left, right = unpack_from(form, content)
    if bottom < top or right < left:
        raise StructError("the sheet ends before it begins")
    return bottom, right - 1


def _error(kind: int, content: bytes) -> str | None:
    """2.4.24, BoolErr; 2.5.133, FormulaValue."""
    if kind == _BOOLEAN_OR_ERROR and content[7] == 1:
        return _ERRORS.get(content[6], "#ERROR!")
    if kind == _FORMULA and content[12:14] == b"\xff\xff" and content[6] == 2:  # noqa: PLR2004
        return _ERRORS.get(content[8], "#ERROR!")
    return None
