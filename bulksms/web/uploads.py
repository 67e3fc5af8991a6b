"""Spreadsheets on their way to becoming campaigns: kept privately, and no longer than needed.

A file is kept under a name of ours in a folder that only this user can enter; the name that it
came with is only ever shown. It is deleted when its rows are stored, when the person throws it
away, or a week later.
"""

import json
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Literal

from bulksms.model.accounts import DEFAULT_NAME
from bulksms.model.columns import NO_COLUMN
from bulksms.model.errors import InputError
from bulksms.model.hours import RECIPIENT

KEPT = timedelta(days=7)
"""How long a file waits for the person to go on."""

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_TAKEN = "taken"
_ONLY_THIS_USER = 0o700


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person has said about a file so far; empty where nothing was said yet.

    `columns_chosen` is whether the roles of the columns are the person's word: then a column
    that is None is meant to be none. What is typed is kept as it was typed, mistakes included.
    """

    name: str = ""
    sheet: str | None = None
    columns_chosen: bool = False
    phone: str | None = None
    lead_id: str | None = None
    sender_column: str | None = None
    media_column: str | None = None
    message_column: str | None = None
    message: str = ""
    sender: str = ""
    media: str = ""
    country: str = "US"
    duplicates: Literal["skip", "keep"] = "skip"
    force_send: bool = False
    limit: str = ""
    campaign: str = ""
    account: str = DEFAULT_NAME
    hours: str = ""
    days: str = ""
    timezone: str = RECIPIENT
    start_at: str = ""
    not_if_texted_within: str = ""
    not_if_same_text_within: str = ""

    def said(self, column: str | None) -> str | None:
        """What is said of a column's role: its name, that there is none, or nothing yet (None)."""
        return column or (NO_COLUMN if self.columns_chosen else None)

    def but(self, **changes: object) -> "Choices":
        """The same with some of them changed, by their names."""
        return replace(self, **changes)  # type: ignore[arg-type]  # mypy sees no names in **


NOTHING_SAID = Choices()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in, and what was said about it."""

    id: str
    folder: Path
    choices: Choices

    @property
    def file(self) -> Path:
        """Where its content is."""
        return self.folder / "content"

    def choose(self, **changes: object) -> "Upload":
        """Write down what the person says now."""
        choices = self.choices.but(**changes)
        _write(self.folder, choices)
        return replace(self, choices=choices)


@dataclass(frozen=True, slots=True)
class Uploads:
    """The folder of them; `defaults` is what is said of a file before anybody has said it."""

    folder: Path
    defaults: Choices = NOTHING_SAID

    def open(self, now: datetime) -> None:
        """Make the folder private, give back what a crash held, and delete what is too old."""
        self.folder.mkdir(mode=_ONLY_THIS_USER, parents=True, exist_ok=True)
        self.folder.chmod(_ONLY_THIS_USER)
        for path in self.folder.iterdir():
            if now.timestamp() - path.stat().st_mtime > KEPT.total_seconds():
                shutil.rmtree(path, ignore_errors=True)
            else:
                (path / _TAKEN).unlink(missing_ok=True)

    def keep(self, name: str, content: BinaryIO) -> Upload:
        """Take a file in; `name` is shown and nothing else."""
        id_ = secrets.token_urlsafe(16)
        folder = self.folder / id_
        folder.mkdir(mode=_ONLY_THIS_USER)
        with (folder / "content").open("xb") as file:
            shutil.copyfileobj(content, file)
        choices = self.defaults.but(name=_plain_name(name))
        _write(folder, choices)
        return Upload(id_, folder, choices)

    def find(self, id_: str) -> Upload:
        """The upload of that id.

        Raises:
            InputError: there is none any more.
        """
        folder = self.folder / id_
        if not _ID.fullmatch(id_) or not folder.is_dir():
            raise InputError(
                "This file is not here any more: its messages were handed over, or it was"
                " thrown away. The campaigns show what became of it."
            )
        said = json.loads((folder / "choices.json").read_text(encoding="utf-8"))
        return Upload(id_, folder, Choices(**said))

    @contextmanager
    def taken(self, id_: str) -> Iterator[Upload]:
        """Have an upload for oneself, and delete it at the end; an error gives it back.

        Of two clicks on one button, the second finds it taken.

        Raises:
            InputError: there is none any more, or somebody has it.
        """
        upload = self.find(id_)
        mark = upload.folder / _TAKEN
        try:
            mark.touch(exist_ok=False)
        except OSError as error:
            raise InputError("This list is being handed over already; see its campaign.") from error
        try:
            yield upload
        except BaseException:
            mark.unlink()
            raise
        shutil.rmtree(upload.folder)

    def room(self) -> Path:
        """A new private folder for a file that is made to be downloaded."""
        return Path(tempfile.mkdtemp(dir=self.folder, prefix="download-"))

    def drop(self, id_: str) -> None:
        """Delete an upload."""
        shutil.rmtree(self.find(id_).folder)


def _plain_name(given: str) -> str:
    """The last part of whatever a browser calls the file, as text that can be shown."""
    last = re.split(r"[/\\]", given)[-1]
    return "".join(c if c.isprintable() else "_" for c in last).strip()[-120:] or "contacts"


def _write(folder: Path, choices: Choices) -> None:
    text = json.dumps(asdict(choices), ensure_ascii=False)
    (folder / "choices.json").write_text(text, encoding="utf-8", errors="backslashreplace")
