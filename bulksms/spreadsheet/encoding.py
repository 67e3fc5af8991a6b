"""How a text file is encoded: by its mark, else by what its bytes can and cannot mean.

The whole file is decoded once before anything is promised about it, so that a byte far below
cannot stop a campaign half-way. What is not UTF-8 is said in a note.
"""

import codecs
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bulksms.model.errors import InputError

BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is the beginning of this one
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

_SPOKEN = {
    "cp1252": "Windows-1252",
    "cp1255": "Windows-1255 (Hebrew)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
}

_BLOCK_BYTES = 1 << 20
"""Also the longest line: a block that holds no line end belongs to no list of contacts."""
_HEAD_BYTES = 4_096
_HEBREW_WORD = re.compile(rb"[\xe0-\xfa]{3,}")  # in Windows-1252 àáâ…ù: no word has three in a row
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


def find_encoding(path: Path) -> str:
    """The name of a codec that decodes the whole file.

    Strictly UTF-8 before Windows-1252: text in the second is hardly ever valid in the first.
    Latin-1 is Windows-1252 without its quotation marks, dashes and euro.

    Raises:
        InputError: there is none, or what it decodes is no text of lines.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    for encoding in _candidates(path, head):
        if _decodes(path, encoding):
            return encoding
    raise InputError(
        f"{path} is neither UTF-8 nor Windows-1252 text; "
        "save it again as 'CSV UTF-8' in the spreadsheet program."
    )


def marked_encoding(head: bytes) -> str | None:
    """The codec that the text's own mark names; None where it begins with none."""
    return next((encoding for bom, encoding in BOMS.items() if head.startswith(bom)), None)


def spoken(encoding: str) -> str | None:
    """What people call it; None for UTF-8, which needs no word."""
    return _SPOKEN.get(encoding)


def _candidates(path: Path, head: bytes) -> Iterator[str]:
    if marked := marked_encoding(head):
        yield marked
    elif b"\0" in head:
        yield "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    else:
        yield "utf-8"
        yield "cp1255" if _is_hebrew(path) else "cp1252"


def _is_hebrew(path: Path) -> bool:
    """Whether most of what is not ASCII, in the first block that has any, is in Hebrew words."""
    for block in _blocks(path):
        if foreign := len(_NOT_ASCII.findall(block)):
            return sum(map(len, _HEBREW_WORD.findall(block))) > foreign / 2
    return False


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(path):
            _require_lines(path, decoder.decode(block), whole=len(block) < _BLOCK_BYTES)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _require_lines(path: Path, text: str, *, whole: bool) -> None:
    if "\0" in text:
        raise InputError(f"{path} is not a spreadsheet: it is not text that can be read.")
    if not whole and "\n" not in text and "\r" not in text:
        raise InputError(f"{path} has a line without end; it is no list of contacts.")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(partial(file.read, _BLOCK_BYTES), b"")
