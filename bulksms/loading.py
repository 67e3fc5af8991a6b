"""A file becomes a plan, and the plan becomes a campaign.

A file is read and judged once, by `check`; `load` stores the very rows that its plan counted,
in one transaction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

from bulksms.attaching import FolderOfAttachments, for_everyone
from bulksms.keeping import KeptRows, without_looking_for_cycles
from bulksms.model.accounts import DEFAULT_NAME
from bulksms.model.attachment import web_addresses_only
from bulksms.model.chunks import FileRows, JudgedRows
from bulksms.model.columns import SAMPLE, Columns, find_columns
from bulksms.model.errors import InputError
from bulksms.model.fingerprint import Fingerprint, digest
from bulksms.model.hours import Hours
from bulksms.model.judging import Judge
from bulksms.model.opted_out import numbers_opted_out
from bulksms.model.overlap import LATELY, AskElsewhere
from bulksms.model.phone import Country, Phone
from bulksms.model.plan import Plan
from bulksms.model.records import Campaign, NewCampaign, Rate
from bulksms.model.restraint import NONE_ASKED, Memory, Restraint
from bulksms.model.sender import read_sender
from bulksms.model.text import BoundTemplate, Template
from bulksms.spreadsheet.reading import Table
from bulksms.store import Store


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person wants done with the file; the options of `check`, `load` and `send`.

    `country` is what a number without `+` means; `limit` is how many good rows go first.
    Only files in `media_folder` are attached where a cell names one; None: no file is.
    """

    message: str | None = None
    message_column: str | None = None
    sender: str | None = None
    country: Country = Country.US
    phone_column: str | None = None
    lead_id_column: str | None = None
    media_column: str | None = None
    media: str | None = None
    media_folder: Path | None = None
    duplicates: Literal["skip", "keep"] = "skip"
    force_send: bool = False
    limit: int | None = None
    name: str | None = None
    account: str = DEFAULT_NAME
    hours: Hours | None = None
    start_at: datetime | None = None
    restraint: Restraint = NONE_ASKED


@dataclass(frozen=True, slots=True)
class Job:
    """A table, and how its rows are to be read: everything that decides who gets which text."""

    table: Table
    wishes: Wishes
    columns: Columns
    template: BoundTemplate | None
    sender: str | None
    media: str | None

    @property
    def wording(self) -> str:
        """A name for who gets which text from which sender, given the file.

        `limit`, `start_at` and `name` are not in it: the same line with another of them is the
        same job.
        """
        wishes = self.wishes
        return digest(
            wishes.message,
            wishes.message_column,
            self.sender,
            self.media,
            wishes.country,
            wishes.phone_column,
            wishes.lead_id_column or None,
            wishes.media_column or None,
            str(wishes.media_folder),
            wishes.duplicates,
            str(wishes.force_send),
            wishes.account,
            str(wishes.hours),
            str(wishes.restraint),
        )

    @property
    def as_written(self) -> list[str]:
        """What of the message looks like a column, and is texted as it stands."""
        return self.template.as_written(self.table.columns) if self.template else []

    @property
    def shown(self) -> Table:
        """The table as people see it; what decides who is texted, and by whom, is read by value."""
        of = self.columns
        decide = (of.phone, of.sender, *of.other_phones, *(each.at for each in of.heeded))
        return self.table.as_shown(by_value=decide, ids=(of.lead_id,))

    def rows(
        self,
        suppressed: Mapping[str, str],
        fingerprint: Fingerprint,
        memory: Memory | None,
        opted_out: Mapping[str, str],
    ) -> Iterator[JudgedRows]:
        """The rows of the table, judged, in the file's order; each is added to `fingerprint`."""
        folder = self.wishes.media_folder
        judge = Judge(
            columns=self.columns,
            country=self.wishes.country,
            template=self.template,
            sender=self.sender,
            media=self.media,
            suppressed=suppressed,
            keep_duplicates=self.wishes.duplicates == "keep",
            opted_out=opted_out,
            attach=FolderOfAttachments(folder).attach if folder else web_addresses_only,
            hours=self.wishes.hours,
            memory=memory or Memory(),
        )
        for by_value, as_shown in self._read():
            fingerprint.add(by_value.encoded)
            yield judge.judge_all(as_shown)

    def _read(self) -> Iterator[tuple[FileRows, FileRows]]:
        """The rows by their values, and as they are shown.

        By the values a file is the same whatever its formats are, and whichever column is which.
        """
        shown = self.shown
        if shown is self.table:
            yield from ((rows, rows) for rows in map(FileRows.of, self.table.chunks()))
            return
        for chunks in zip(self.table.chunks(), shown.chunks(), strict=True):
            by_value, as_shown = map(FileRows.of, chunks)
            yield by_value, as_shown


def prepare(table: Table, wishes: Wishes, *, sender_column: str | None = None) -> Job:
    """Match the wishes with the table; the sender's column is the one said, else known by its name.

    Raises:
        InputError: a column, the message, the sender or the attachment must be fixed.
    """
    columns = find_columns(
        table.columns,
        sample=[cells for _, cells in islice(table.rows(), SAMPLE)],
        rows=(cells for _, cells in table.whole.rows()),
        country=wishes.country,
        told=table.told_of_phone,
        phone=wishes.phone_column,
        lead_id=wishes.lead_id_column,
        sender=sender_column,
        media=wishes.media_column,
        message=wishes.message_column,
    )
    _require_a_message(wishes, columns)
    _require_a_name_to_type(wishes.name)
    return Job(
        table=table,
        wishes=wishes,
        columns=columns,
        template=Template.parse(wishes.message).bind(table.columns) if wishes.message else None,
        sender=_sender(wishes, columns),
        media=for_everyone(wishes.media) if wishes.media else None,
    )


def check(
    job: Job,
    suppressed: Mapping[str, str],
    rate: Rate,
    memory: Memory | None = None,
    elsewhere: AskElsewhere | None = None,
) -> Plan:
    """What would happen, with nothing stored and nothing sent.

    `elsewhere` tells how other campaigns have the numbers that it is given.
    """
    kept, wishes = KeptRows(), job.wishes
    plan = Plan(
        rate, limit=wishes.limit, phone_column=job.columns.phone, hours=wishes.hours, kept=kept
    )
    fingerprint = Fingerprint(job.table.columns)
    with without_looking_for_cycles():
        opted_out = numbers_opted_out(job.table.whole.chunks(), job.columns, wishes.country)
        for rows in job.rows(suppressed, fingerprint, memory, opted_out):
            plan.add(rows)
            kept.add(rows)
            if elsewhere is not None:
                plan.compare(rows, elsewhere)
        if elsewhere is not None:
            plan.compare_opted_out(list(opted_out), elsewhere)
    plan.add_hidden(job.table.hidden_rows(), job.columns.heeded)
    plan.fingerprint = fingerprint.text
    return plan


def check_among(
    store: Store, job: Job, suppressed: Mapping[str, str], rate: Rate, now: datetime
) -> Plan:
    """As `check`, beside the campaigns of `store`: whom they texted lately, or still have to."""
    account = job.wishes.account
    knows_of = store.others.newest(account)  # before the looks: what comes meanwhile is unknown
    memory = store.history.memory(job.wishes.restraint, now, account)
    elsewhere = partial(store.history.elsewhere, since=now - LATELY, account=account)
    plan = check(job, suppressed, rate, memory, elsewhere)
    plan.knows_of, plan.in_doubt = knows_of, store.others.in_doubt(job.table.spared)
    return plan


def load(
    job: Job, plan: Plan, store: Store, *, rate: Rate, now: datetime, again: bool = False
) -> Campaign:
    """Store the campaign that the plan showed, as a draft, or to start by itself.

    The rows are those of the plan, whatever the file says by now.

    Raises:
        InputError: the file is not to be sent `again`, and is another campaign's by now.
    """
    new = NewCampaign(
        name=job.wishes.name or f"{_printable(Path(job.table.source_name).stem)}-{now:%Y-%m-%d}",
        columns=job.table.columns,
        source_name=_printable(job.table.source_name),
        fingerprint=plan.fingerprint,
        wording=job.wording,
        template=job.wishes.message,
        force_send=job.wishes.force_send,
        limit=job.wishes.limit,
        hours=job.wishes.hours,
        start_at=job.wishes.start_at,
        restraint=job.wishes.restraint,
        knows_of=plan.knows_of,
    )
    with without_looking_for_cycles():
        return store.campaigns.load(
            new, plan.kept, account_name=job.wishes.account, rate=rate, now=now, first=not again
        )


def _require_a_message(wishes: Wishes, columns: Columns) -> None:
    if wishes.message is not None and wishes.message_column is not None:
        raise InputError("Both --message and --message-column are given; one text is enough.")
    if wishes.message is not None and not wishes.message.strip():
        raise InputError("The message is empty.")
    if wishes.message or wishes.message_column or wishes.media or columns.media is not None:
        return
    raise InputError(
        "There is no message to send.",
        next_command='… --message "Hi {first_name}, …"\nor --message-column NAME',
    )


def _require_a_name_to_type(name: str | None) -> None:
    """A campaign is paused, resumed and reported by its name."""
    if name is not None and (not name.strip() or not name.isprintable()):
        raise InputError(
            "The campaign's name cannot be typed: it is blank, or has characters"
            " that cannot be seen."
        )
    if name is not None and name.startswith("-"):
        raise InputError(f"The name '{name}' looks like an option; begin it with a letter.")


def _printable(file_name: str) -> str:
    """A file's name, which may hold any bytes, as text that can be stored, shown and typed."""
    text = "".join(c if c.isprintable() else "_" for c in file_name)
    return f"_{text}" if text.startswith("-") else text


def _sender(wishes: Wishes, columns: Columns) -> str | None:
    """The sender's number, E.164; None when every row names its own."""
    if wishes.sender is None:
        if columns.sender is not None:
            return None
        raise InputError(
            "There is no sender: say which of your Easify numbers the texts come from.",
            next_command="… --from NUMBER",
        )
    read = read_sender(wishes.sender, wishes.country)
    if isinstance(read, Phone):
        return read.e164
    raise InputError(f"The sender's number cannot be used: {read.detail}")
