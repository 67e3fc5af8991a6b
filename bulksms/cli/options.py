"""The options that `check`, `load` and `send` share, gathered into a file and the wishes for it."""

import functools
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bulksms.cli.asking import find_account
from bulksms.cli.numbers import country_option
from bulksms.cli.restraining import RESTRAINT
from bulksms.keeping import without_looking_for_cycles
from bulksms.loading import Job, Wishes, prepare
from bulksms.model.accounts import DEFAULT_NAME
from bulksms.model.column_names import listed
from bulksms.model.errors import ColumnMissing, InputError
from bulksms.model.hours import Hours
from bulksms.model.opt_out_sheets import lists_opt_outs
from bulksms.model.phone import Country
from bulksms.model.restraint import Restraint
from bulksms.model.starting import start_moment
from bulksms.spreadsheet.encoding import marked_encoding
from bulksms.spreadsheet.reading import Table, read_table, visible_sheets
from bulksms.spreadsheet.replacing import require_another_file

_NAMES_TOLD = 5

_OPTIONS = (
    click.argument("file", type=click.Path(path_type=Path)),
    click.option("--message", metavar="TEXT", help="The text, such as 'Hi {first_name|there}, …'."),
    click.option(
        "--message-file",
        metavar="PATH",
        type=click.Path(path_type=Path),
        help="A file with the text.",
    ),
    click.option("--message-column", metavar="NAME", help="A column with each row's own text."),
    click.option("--from", "from", metavar="NUMBER", help="Your Easify number."),
    country_option,
    click.option("--phone-column", metavar="NAME", help="Else found by its name."),
    click.option("--lead-id-column", metavar="NAME", help="Else found by its name."),
    click.option(
        "--media-column",
        metavar="NAME",
        help="A column with each row's attachment: a web address, or a file beside FILE.",
    ),
    click.option(
        "--media-folder",
        metavar="PATH",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="The folder of such files instead; no other file is ever attached.",
    ),
    click.option("--media", metavar="URL_OR_PATH", help="An attachment for everyone."),
    click.option("--sheet", metavar="NAME", help="Else the first visible sheet with data."),
    click.option("--name", metavar="NAME", help="The campaign's name; else the file's and today."),
    click.option(
        "--account",
        metavar="NAME",
        default=DEFAULT_NAME,
        show_default=True,
        help="Whose token, pace and senders.",
    ),
    click.option(
        "--duplicates",
        type=click.Choice(["skip", "keep"]),
        default="skip",
        show_default=True,
        help="Rows with a number that an earlier row has.",
    ),
    click.option("--force-send", is_flag=True, help="Send outside the account's opening hours."),
    click.option("--hours", metavar="FROM-TO", help="Text people only then, such as 09:00-20:00."),
    click.option("--days", metavar="DAYS", help="Only on these days, such as mon-fri."),
    click.option(
        "--timezone",
        metavar="ZONE",
        help="Whose clock --hours and --days mean: an IANA name, or 'recipient' (the default).",
    ),
    click.option(
        "--start-at",
        metavar="TIME",
        help="Begin then: '18:00', 'tomorrow 9am', '2026-06-01 09:00 America/New_York'.",
    ),
    *RESTRAINT,
    click.option(
        "--limit",
        metavar="N",
        type=click.IntRange(min=1),
        help="Only the first N good rows; a later resume goes on with the rest.",
    ),
)


def describes_a_job(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the shared options; it receives `job`, and the options of its own."""

    @functools.wraps(command)
    def gathered(
        *,
        file: Path,
        sheet: str | None,
        message_file: Path | None,
        **values: Any,  # noqa: ANN401 - click hands every option over by its name
    ) -> None:
        if values.get("output") is not None:
            require_another_file(values["output"], file)
        values["sender"] = values.pop("from")  # a Python keyword, but BULKSMS_SEND_FROM is its name
        values |= _when(values) | _restraint(values)
        values["media_folder"] = _media_folder(file, values)
        asked = {each.name: values.pop(each.name) for each in fields(Wishes)}
        asked["message"] = _text(asked["message"], message_file)
        asked["country"] = Country(asked["country"].upper())
        account = find_account(click.get_current_context().obj, asked["account"])
        if asked["sender"] is None and len(account.senders) == 1:
            asked["sender"] = account.senders[0]
        with without_looking_for_cycles():
            job = _job(file, read_table(file, sheet=sheet), Wishes(**asked))
        account.require_own(job.sender)
        values["rate"] = values["rate"].of(account)
        command(job=job, **values)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


def _job(file: Path, table: Table, wishes: Wishes) -> Job:
    """The job; where a column is missing, the sentence goes on with where else to look for it."""
    try:
        return prepare(table, wishes)
    except ColumnMissing as error:
        header = (
            f"Row {table.header_row} was taken for the header;"
            " if another one is, delete the lines above it."
        )
        others = [name for name in visible_sheets(file) if name != table.sheet]
        there_is = (
            f" Only the sheet '{table.sheet}' was read;"
            f" there is also {listed(others[:_NAMES_TOLD])}."
        )
        fitting = next((each for each in others[:_NAMES_TOLD] if _fits(file, each, wishes)), None)
        raise InputError(
            f"{error.sentence} {header}{there_is if others else ''}",
            next_command=f'… --sheet "{fitting}"' if fitting else error.next_command,
        ) from error


def _fits(file: Path, sheet: str, wishes: Wishes) -> bool:
    """Whether the job could be of that sheet: it has every column, and lists no opt-outs."""
    if lists_opt_outs(sheet):
        return False
    try:
        prepare(read_table(file, sheet=sheet), wishes)
    except InputError:
        return False
    return True


def _media_folder(file: Path, values: dict[str, Any]) -> Path | None:
    """Cells name files only in a column that the person named, never in one that we found."""
    given: Path | None = values["media_folder"]
    return given or (file.parent if values["media_column"] else None)


def _when(values: dict[str, Any]) -> dict[str, Any]:
    """The sending hours and the start, which a zone of its own or this machine's clock tells."""
    hours = Hours.parse(values.pop("hours"), values.pop("days"), values.pop("timezone"))
    start_at = values.pop("start_at")
    begins = None if start_at is None else start_moment(start_at, datetime.now(UTC))
    return {"hours": hours, "start_at": begins}


def _restraint(values: dict[str, Any]) -> dict[str, Any]:
    names = ("not_if_texted_within", "not_if_same_text_within")
    return {"restraint": Restraint.parse(*(values.pop(name) for name in names))}


def _text(message: str | None, path: Path | None) -> str | None:
    if path is None:
        (message or "").encode()  # told now, not once everything is checked: see `told_plainly`
        return message
    if message is not None:
        raise InputError("Both --message and --message-file are given; one text is enough.")
    try:
        written = path.read_bytes()
        text = written.decode(marked_encoding(written) or "utf-8")
        return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    except UnicodeDecodeError as error:
        raise InputError(
            f"The message file {path} is not UTF-8 text.",
            next_command="save it again as UTF-8 (Notepad asks for it under Save as, Encoding)",
        ) from error
    except OSError as error:
        raise InputError(f"The message file {path} cannot be read: {error.strerror}.") from error
