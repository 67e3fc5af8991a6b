"""A zip archive that somebody sent: which spreadsheet it is, and its parts, never too large.

What an archive says of its own sizes is a claim: each part is inflated once, in blocks, and
measured, before a library that trusts the claim is let near it.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bulksms.model.errors import InputError

ZIP = b"PK\x03\x04"
"""How .xlsx, .xlsm and .ods begin."""

MAX_INFLATED = 1 << 30
"""Bytes of a workbook's parts together: a full sheet (1,048,576 rows) of 20 short columns."""
MAX_RATIO = 100
"""How much smaller a part may be in the archive; Apache POI's ZipSecureFile draws the same line,
and real sheets shrink to a tenth."""
_SMALL = 1 << 20
"""Bytes; a part that is not larger is no bomb, whatever its ratio."""

_BLOCK_BYTES = 1 << 18
_LONGEST_TEXT = 1 << 20
"""Bytes between two elements: a cell holds 32,767 characters, which XML writes in a third of it."""
_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, general purpose bit 0
_OTHERS = {
    "xl/workbook.bin": "a binary workbook (.xlsb); save it as .xlsx",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a presentation",
    "Index/Document.iwa": "an Apple Numbers or Pages document; export it as .xlsx or .csv",
    "Index.zip": "an Apple Numbers or Pages document; export it as .xlsx or .csv",
}
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)
"""What `zipfile` raises for damaged content."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive; `_measured` are the parts already found to be what they claim."""

    path: Path
    _zip: zipfile.ZipFile = field(repr=False)
    _measured: set[str] = field(default_factory=set, repr=False)

    def has(self, part: str) -> bool:
        """Whether there is a part of that name."""
        return part in self._zip.NameToInfo

    def parts(self) -> list[str]:
        """The names of all parts."""
        return self._zip.namelist()

    def blocks(self, part: str) -> Iterator[bytes]:
        """The part's content, as far as the limits go.

        Raises:
            InputError: the part is damaged, or larger than it claims.
        """
        info = self._zip.getinfo(part)
        claimed, info.file_size = info.file_size, MAX_INFLATED  # read on where the claim would stop
        size = silent = 0
        try:
            with self._zip.open(info) as file:
                for block in iter(partial(file.read, _BLOCK_BYTES), b""):
                    size += len(block)
                    silent = 0 if b"<" in block else silent + len(block)
                    if size > claimed or silent > _LONGEST_TEXT:
                        raise _bomb(self.path)
                    yield block
        except _BROKEN as error:
            raise damaged(self.path) from error
        finally:
            info.file_size = claimed
        if size != claimed:
            raise damaged(self.path)
        self._measured.add(part)

    def measure(self, part: str) -> int:
        """The part's size in bytes, once it is certain.

        Raises:
            InputError: it is not.
        """
        if part not in self._measured:
            for _ in self.blocks(part):
                pass
        return self._zip.getinfo(part).file_size


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The archive at `path`, once its own account of its sizes is acceptable.

    Raises:
        InputError: it is damaged, encrypted, a bomb, or some other kind of document.
    """
    try:
        opened = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise InputError(f"{path} is damaged: a part of the file is missing.") from error
    with opened:
        archive = Archive(path, opened)
        _refuse_bombs(path, opened.infolist())
        for part, kind in _OTHERS.items():
            if archive.has(part):
                raise InputError(f"{path} is not a spreadsheet that can be read: it is {kind}.")
        yield archive


def damaged(path: Path) -> InputError:
    """The sentence for a workbook whose parts do not fit together."""
    return InputError(f"{path} cannot be opened: it is damaged, or it is not a spreadsheet.")


def protected(path: Path) -> InputError:
    """The sentence for a workbook that needs a password."""
    return InputError(f"{path} is protected by a password; save a copy without one.")


def _refuse_bombs(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    read = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
    if any(part.flag_bits & _ENCRYPTED for part in read):
        raise protected(path)
    if len({part.filename.lower() for part in read}) < len(read):
        raise damaged(path)  # which of two parts of one name is meant, readers disagree
    if sum(part.file_size for part in read) > MAX_INFLATED:
        raise _bomb(path)
    for part in read:
        if part.file_size > max(_SMALL, part.compress_size * MAX_RATIO):
            raise _bomb(path)


def _bomb(path: Path) -> InputError:
    return InputError(
        f"{path} is not read: it unpacks to far more than a workbook of contacts would hold;"
        " save it as CSV, or split it into several files."
    )
