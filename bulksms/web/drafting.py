"""An upload and the choices made about it → the job that `loading` knows, and its plan."""

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from threading import Lock
from time import monotonic
from typing import TypeVar

from bulksms import loading
from bulksms.loading import Job
from bulksms.model.accounts import AskedRate
from bulksms.model.attachment import is_web_address
from bulksms.model.columns import NO_COLUMN, SAMPLE, Columns, find_columns, require_a_header
from bulksms.model.errors import InputError
from bulksms.model.phone import Country
from bulksms.model.plan import Plan
from bulksms.spreadsheet.reading import Table, read_table
from bulksms.store import Store
from bulksms.web.uploads import Choices, Upload
from bulksms.web.wishing import in_field, wishes_of

KEPT_TABLES, KEPT_PLANS = 4, 8
FRESH_SECONDS = 300
"""How long a plan, which looks at what other campaigns texted, is taken at its word."""

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass
class Drafts:
    """Tables and plans of uploads, remembered for the few that are being worked on."""

    store: Store
    rate: AskedRate
    _tables: "_Recent[object, Table]" = field(default_factory=lambda: _Recent(KEPT_TABLES))
    _plans: "_Recent[object, _Planned]" = field(default_factory=lambda: _Recent(KEPT_PLANS))
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="check")
    )

    def table(self, upload: Upload) -> Table:
        """The table in the file.

        Raises:
            InputError: it cannot be read, or has no header; the sentence names the file as the
                person knows it.
        """
        key = (upload.id, upload.choices.sheet)
        return self._tables.get(key) or self._tables.put(key, _table(upload))

    def job(self, upload: Upload) -> Job:
        """What would be done with the file.

        Raises:
            InputError: a column, the message, the sender or an option must be fixed.
        """
        job = job_of(self.table(upload), upload.choices)
        with in_field("sender"):
            self.store.accounts.registered(upload.choices.account).require_own(job.sender)
        return job

    def plan(self, upload: Upload, job: Job) -> Future[Plan]:
        """What would happen, which for a large file is known only after a while."""
        suppressed = self.store.suppressions.reasons()
        rate = self.rate.of(self.store.accounts.named(upload.choices.account))
        key = (rate, upload.id, upload.choices, hash(frozenset(suppressed.items())))
        known = self._plans.get(key)
        if known is None or known.is_old:
            now = datetime.now(UTC)
            plan = self._pool.submit(loading.check_among, self.store, job, suppressed, rate, now)
            known = self._plans.put(key, _Planned(plan, monotonic()))
        return known.plan


@dataclass(frozen=True, slots=True)
class _Planned:
    plan: Future[Plan]
    at: float

    @property
    def is_old(self) -> bool:
        """Whether another campaign may have texted somebody since; while it is made it is not."""
        return self.plan.done() and monotonic() - self.at > FRESH_SECONDS


def _table(upload: Upload) -> Table:
    try:
        table = read_table(upload.file, sheet=upload.choices.sheet)
    except InputError as error:
        raise InputError(error.sentence.replace(str(upload.file), upload.choices.name)) from error
    require_a_header(table.columns, Country(upload.choices.country))
    return replace(table, source_name=upload.choices.name)


def job_of(table: Table, choices: Choices, *, sender_if_none: str | None = None) -> Job:
    """The job; a column is only what the person said or, before that, what its name says.

    Raises:
        InputError: a column, the message, the sender or an option must be fixed.
    """
    wishes = wishes_of(choices, datetime.now(UTC), sender_if_none)
    if wishes.sender is None and found_columns(table, choices).sender is None:
        with in_field("sender"):
            raise InputError("Choose which of your numbers the texts come from.")
    sender_column = choices.said(choices.sender_column)
    job = loading.prepare(table, wishes, sender_column=sender_column)
    _refuse_files_of_this_computer(job)
    return job


def found_columns(table: Table, choices: Choices) -> Columns:
    """How the columns are understood so far.

    An attachment's column is never taken by its name alone: a file could ask for anything.

    Raises:
        InputError: a person must say which column is what, or give the file a header.
    """
    return find_columns(
        table.columns,
        sample=[cells for _, cells in islice(table.rows(), SAMPLE)],
        rows=(cells for _, cells in table.whole.rows()),
        country=Country(choices.country),
        told=table.told_of_phone,
        phone=choices.phone,
        lead_id=choices.said(choices.lead_id),
        sender=choices.said(choices.sender_column),
        media=choices.media_column or NO_COLUMN,
        message=choices.message_column,
    )


def nth_row(table: Table, number: int) -> tuple[int, tuple[str, ...]] | None:
    """The nth row that has data, counted from 1, with its number in the spreadsheet."""
    return next(islice(table.rows(), max(0, number - 1), None), None)


def rows_numbered(table: Table, numbers: set[int]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of these numbers; reads no further than the last."""
    last = max(numbers, default=0)
    for row_number, cells in table.rows():
        if row_number in numbers:
            yield row_number, cells
        if row_number >= last:
            return


def _refuse_files_of_this_computer(job: Job) -> None:
    """A spreadsheet that somebody sent must not make this computer text its files to strangers."""
    if job.columns.media is None:
        return
    for row_number, cells in job.table.rows():
        cell = cells[job.columns.media].strip()
        if cell and not is_web_address(cell):
            raise InputError(
                f"Row {row_number} names the attachment '{cell[:60]}', which is no web address;"
                " files of this computer are only attached by the command line."
            )


class _Recent(OrderedDict[Key, Value]):
    """A few values, those that were last put in."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._lock = Lock()

    def put(self, key: Key, value: Value) -> Value:
        """Remember a value, and forget the oldest."""
        with self._lock:
            self[key] = value
            while len(self) > self._most:
                self.popitem(last=False)
        return value
