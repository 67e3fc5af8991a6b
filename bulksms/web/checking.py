"""The check, and the button with the number on it: the last look before anybody is texted."""

from collections.abc import Iterator
from concurrent.futures import TimeoutError as StillChecking
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bulksms import loading
from bulksms.loading import Job
from bulksms.model.errors import BulkSMSError, InputError
from bulksms.model.fingerprint import Fingerprint
from bulksms.model.phone import Phone, read_phone
from bulksms.model.plan import Kind, Plan
from bulksms.model.records import Campaign, JudgedRow, ReportRow
from bulksms.model.segments import character_name
from bulksms.model.states import Reason, State
from bulksms.model.text import MissingValue, Slot
from bulksms.spreadsheet.writing import write_report
from bulksms.web.drafting import rows_numbered
from bulksms.web.site import Site, site_of, text
from bulksms.web.vendor import look_at_the_account
from bulksms.web.words import left_out, to_mend

PATIENCE_SECONDS = 3
"""How long a page waits for the check of a large file before it says that it goes on."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A row with a problem: its cells, which of them is wrong, and why."""

    row_number: int
    cells: tuple[str, ...]
    wrong: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share a problem; `heading` says what to do or, if `to_mend` is not set, what is."""

    heading: str
    to_mend: bool
    kind: Kind
    rows: tuple[Marked, ...]


def check(request: Request) -> Response:
    """What would happen; nothing is stored and nothing is sent."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    try:
        job = site.drafts.job(upload)
        plan = site.drafts.plan(upload, job).result(timeout=PATIENCE_SECONDS)
    except StillChecking:
        return site.page(request, "checking.html", upload=upload)
    except InputError:
        return site.done(request, f"/uploads/{upload.id}/message")
    now = datetime.now(UTC)
    shown = _shown_columns(job)
    return site.page(
        request,
        "check.html",
        upload=upload,
        job=job,
        plan=plan,
        groups=_groups(job, plan),
        shown=shown,
        dear=[(character_name(each), kind) for each, kind in list(plan.unicode.items())[:5]],
        done_at=now + plan.duration,
        earlier=_same_file(site, plan),
        sending=site.worker is not None,
    )


def send(request: Request, form: FormData) -> Response:
    """Store the campaign that the check showed, and begin to send it.

    The number on the button comes with the form: if another would be sent now, nothing is.
    """
    site = site_of(request)
    id_ = request.path_params["id"]
    again = text(form, "again") == "yes"
    with site.uploads.taken(id_) as upload:
        job = site.drafts.job(upload)
        plan = site.drafts.plan(upload, job).result()
        if text(form, "count") != str(plan.first_run) or not plan.first_run:
            raise InputError("The numbers have changed since the page was shown; check again.")
        if not again and (known := _same_file(site, plan)):
            raise InputError(f"This list was given to the campaign '{known.name}' already.")
        account = site.store.accounts.named(job.wishes.account)
        look_at_the_account(account, plan.senders)
        now = datetime.now(UTC)
        rate = site.rate.of(account)
        campaign = loading.load(job, plan, site.store, rate=rate, now=now)
    return site.done(request, f"/campaigns/{campaign.id}", _begin(site, campaign))


def problems(request: Request) -> Response:
    """The rows to mend, with the reason beside each: a file that can be handed in again."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    job = site.drafts.job(upload)
    path = site.uploads.room() / "rows.xlsx"
    write_report(path, job.table.columns, _skipped(job, site.store.suppressions.reasons()))
    return download(path, f"{Path(upload.choices.name).stem}-to-mend.xlsx")


def download(path: Path, name: str) -> Response:
    """A file to save, which is deleted with its folder once it is on its way."""

    def delete() -> None:
        path.unlink(missing_ok=True)
        path.parent.rmdir()

    return FileResponse(
        path,
        filename=name,
        media_type="application/octet-stream",
        background=BackgroundTask(delete),
    )


def _begin(site: Site, campaign: Campaign) -> str:
    """Start the campaign if it can be started now; else it waits as a draft, and why."""
    if site.worker is None:
        return f"Stored as a draft. Start it with: bulksms resume {campaign.id}"
    try:
        site.worker.send(campaign)
    except BulkSMSError as error:
        return f"Stored as a draft, and not begun: {error.sentence}"
    return ""


def _same_file(site: Site, plan: Plan) -> Campaign | None:
    """A campaign that was made from a file with the same rows, and did not come to nothing."""
    for each in site.store.campaigns.of_file(plan.fingerprint):
        counts = site.store.rows.counts(each.id)
        if counts[State.SKIPPED] != counts.rows:
            return each
    return None


def _shown_columns(job: Job) -> list[int]:
    """The columns that anything is made of, in the file's order."""
    columns = job.columns
    used = {columns.phone, columns.lead_id, columns.sender, columns.media, columns.message}
    slots = job.template.parts if job.template else ()
    used |= {part.index for part in slots if isinstance(part, Slot)}
    return sorted(at for at in used if at is not None)


def _groups(job: Job, plan: Plan) -> list[Group]:
    """Problems by kind: first those that a person can mend, the most frequent first."""
    numbers = {row.row_number for kind in plan.skipped.values() for row in kind.examples}
    cells = dict(rows_numbered(job.table, numbers))
    groups = []
    for reason, kind in sorted(plan.skipped.items(), key=lambda item: -item[1].rows):
        mend = to_mend(reason, kind.rows)
        rows = tuple(
            Marked(
                each.row_number,
                cells[each.row_number],
                _wrong(job, reason, cells[each.row_number]),
                each.result,
            )
            for each in kind.examples
        )
        heading = mend or left_out(reason, kind.rows)
        groups.append(Group(heading, mend is not None, kind, rows))
    return sorted(groups, key=lambda group: not group.to_mend)


def _wrong(job: Job, reason: Reason, cells: tuple[str, ...]) -> int | None:
    """The cell that the person must look at."""
    columns = job.columns
    match reason:
        case Reason.MISSING_VALUE:
            filled = job.template.fill(cells) if job.template else ""
            if isinstance(filled, MissingValue):
                return job.table.columns.index(filled.column)
            return columns.sender
        case Reason.EMPTY_MESSAGE | Reason.MESSAGE_TOO_LONG:
            return columns.message
        case Reason.DAMAGED_NUMBER if columns.lead_id is not None:
            read = read_phone(cells[columns.phone], job.wishes.country)
            return columns.lead_id if isinstance(read, Phone) else columns.phone
        case _:
            return columns.phone


def _skipped(job: Job, suppressed: dict[str, str]) -> Iterator[ReportRow]:
    for row in chain.from_iterable(job.rows(suppressed, Fingerprint(job.table.columns))):
        if row.state is State.SKIPPED:
            yield _reported(row)


def _reported(row: JudgedRow) -> ReportRow:
    return ReportRow(
        row_number=row.row_number,
        original=row.original,
        to_number=row.to_number,
        state=row.state,
        reason=row.reason,
        detail=row.detail,
        sms_id=None,
        delivery=None,
        attempts=0,
        accepted_at=None,
        segments=row.segments,
        message=row.body,
    )
