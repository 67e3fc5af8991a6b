"""Attachments that are files of this computer: the one a person names, and those cells may name.

A spreadsheet's cells only reach the files of one folder that a person chose: every step that a
path can take out of it, `..`, an absolute path or a link, is taken before it is judged. What is
stored is the file's real path, so that `resume` finds it from anywhere.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bulksms.model.attachment import Unattachable, is_web_address
from bulksms.model.errors import InputError

_REMEMBERED = 1_024


def for_everyone(given: str) -> str:
    """An address as it is; a file's whole path, so that `resume` finds it from anywhere.

    Raises:
        InputError: there is no such file.
    """
    if is_web_address(given):
        return given
    path = Path(given).expanduser()
    if not path.is_file():
        raise InputError(f"The attachment {given} is not there.")
    return str(path.absolute())


@dataclass(frozen=True, slots=True)
class FolderOfAttachments:
    """The folder whose files may be attached, as a person named it."""

    folder: Path

    def attach(self, cell: str) -> str | Unattachable:
        """The web address, or the real path of the file in the folder; else why neither."""
        return cell if is_web_address(cell) else _file_within(self.folder, cell)


@lru_cache(_REMEMBERED)
def _file_within(folder: Path, cell: str) -> str | Unattachable:
    try:
        return _real_file(Path(os.path.abspath(folder)), cell)  # noqa: PTH100 - Path keeps the '..'
    except (OSError, ValueError, RuntimeError):
        return Unattachable(f"The attachment '{cell[:80]}' is not in the folder {folder}.")


def _real_file(folder: Path, cell: str) -> str | Unattachable:
    """Judged by its name first: on Windows the look itself would tell a foreign server who asks."""
    named = Path(os.path.normpath(folder / cell))
    if not named.is_relative_to(folder):
        return _outside(folder, cell)
    real = named.resolve(strict=True)
    if not real.is_relative_to(folder.resolve()):
        return _outside(folder, cell)
    if not real.is_file():
        return Unattachable(f"The attachment '{cell[:80]}' is no file.")
    return str(real)


def _outside(folder: Path, cell: str) -> Unattachable:
    return Unattachable(
        f"The attachment '{cell[:80]}' is outside the folder {folder}, and only files in it are"
        " attached."
    )
