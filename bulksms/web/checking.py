"""The check, and the button with the number on it: the last look before anybody is texted."""

from concurrent.futures import TimeoutError as StillChecking
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bulksms import loading, mending
from bulksms.loading import Job
from bulksms.model.cautions import ADVICE
from bulksms.model.errors import BulkSMSError, InputError
from bulksms.model.plan import Kind, Plan
from bulksms.model.records import Campaign, ReportRow
from bulksms.model.restraint import Restraint
from bulksms.model.segments import character_name
from bulksms.tokens import place_of
from bulksms.trying import is_trial_of
from bulksms.web.drafting import rows_numbered
from bulksms.web.overlaps import earlier, leaving_out
from bulksms.web.site import Site, site_of, text
from bulksms.web.uploads import Upload
from bulksms.web.vendor import look_at_the_account
from bulksms.web.words import left_out, to_mend
from bulksms.web.writing import message_page

PATIENCE_SECONDS = 3
"""How long a page waits for the check of a large file before it says that it goes on."""
_DIGITS = 10
"""Of an id; none of ours has so many."""


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A test that was asked for and cannot be: what was typed, and the problem with it."""

    phone: str = ""
    row: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ShownCaution:
    """What is perhaps not meant, and what to do about it; None: there is a link for it."""

    told: str
    kind: Kind
    advice: str | None
    column: str


NOTHING_ASKED = Asked()


def check(request: Request) -> Response:
    """What would happen; nothing is stored and nothing is sent."""
    return check_page(request, site_of(request).uploads.find(request.path_params["id"]))


def check_page(request: Request, upload: Upload, asked: Asked = NOTHING_ASKED) -> Response:
    """The page; a test that was sent of this very wording is told on it."""
    site = site_of(request)
    try:
        job = site.drafts.job(upload)
        plan = site.drafts.plan(upload, job).result(timeout=PATIENCE_SECONDS)
    except StillChecking:
        return site.page(request, "checking.html", upload=upload)
    except InputError as error:
        return message_page(request, upload, 1, error)
    shown = _shown_columns(job)
    before = earlier(site, job, plan)
    return site.page(
        request,
        "check.html",
        status_code=HTTPStatus.UNPROCESSABLE_ENTITY if asked.problem else HTTPStatus.OK,
        upload=upload,
        asked=asked,
        trial_id=request.query_params.get("test", ""),
        trial=_trial(site, job, request.query_params.get("test", "")),
        job=job,
        plan=plan,
        groups=_groups(job, plan),
        shown=shown,
        cautions=_cautions(job, plan),
        costly=[(character_name(each), kind) for each, kind in list(plan.unicode.items())[:5]],
        made=plan.timetable(job.wishes.start_at or datetime.now(UTC)),
        accounts=site.account_names(),
        without_token=place_of(site.store.accounts.named(job.wishes.account)) is None,
        earlier=before,
        overlaps=plan.most_overlaps,
        leaving_out=leaving_out(job, plan, before),
        sending=site.worker is not None,
    )


def leave_out(request: Request, form: FormData) -> Response:
    """Leave out whom any campaign texted within the form's period; then the check, once more."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    period = text(form, "not_if_texted_within")
    Restraint.parse(period, None)
    upload.choose(not_if_texted_within=period)
    return site.done(request, f"/uploads/{upload.id}/check")


def send(request: Request, form: FormData) -> Response:
    """Store the campaign that the check showed, and begin to send it.

    The number on the button comes with the form: if another would be sent now, nothing is.
    So does which campaigns its check knew of, for by now the plan may be a newer one.
    """
    site = site_of(request)
    id_ = request.path_params["id"]
    again = text(form, "again") == "yes"
    with site.uploads.taken(id_) as upload:
        job = site.drafts.job(upload)
        plan = site.drafts.plan(upload, job).result()
        if text(form, "count") != str(plan.first_run) or not plan.first_run:
            raise InputError("The numbers have changed since the page was shown; check again.")
        account = site.store.accounts.named(job.wishes.account)
        look_at_the_account(account, plan.senders)
        now = datetime.now(UTC)
        rate = site.rate.of(account)
        shown = replace(plan, knows_of=_id(text(form, "knows_of")))
        campaign = loading.load(job, shown, site.store, rate=rate, now=now, again=again)
    return site.done(request, f"/campaigns/{campaign.id}", _begin(site, campaign))


def problems(request: Request) -> Response:
    """The rows to mend, with the reason beside each: a file that can be handed in again."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    job = site.drafts.job(upload)
    plan = site.drafts.plan(upload, job).result()
    path = site.uploads.room() / "rows.xlsx"
    mending.write_problems(job, plan, path)
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
    """Start the campaign if it is to start now and can; else it waits, and why."""
    if campaign.start_at is not None:
        return ""
    if site.worker is None:
        return f"Stored as a draft. Start it with: bulksms resume {campaign.id}"
    try:
        site.worker.send(campaign)
    except BulkSMSError as error:
        return f"Stored as a draft, and not begun: {error.sentence}"
    return ""


def _id(asked: str) -> int:
    """A campaign's id; 0, which none has, where it is none."""
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < _DIGITS else 0


def _trial(site: Site, job: Job, asked: str) -> ReportRow | None:
    """What became of the test that the address names."""
    campaign = site.store.campaigns.of_id(_id(asked))
    if campaign is None or not is_trial_of(campaign, job):
        return None
    return next(iter(site.store.rows.report(campaign.id)), None)


def _shown_columns(job: Job) -> list[int]:
    """The columns that anything is made of, in the file's order."""
    columns = job.columns
    used = {columns.phone, columns.lead_id, columns.sender, columns.media, columns.message}
    used |= job.template.used if job.template else set()
    used |= {each.at for each in columns.heeded}
    return sorted(at for at in used if at is not None)


def _cautions(job: Job, plan: Plan) -> list[ShownCaution]:
    found = []
    for (why, column), kind in plan.cautions.items():
        name = job.table.columns[column]
        told = why.told(kind.rows, name, [each.cell for each in kind.examples])
        found.append(ShownCaution(told, kind, ADVICE.get(why), name))
    return found


def _groups(job: Job, plan: Plan) -> list[Group]:
    """Problems by kind: first those that a person can mend, the most frequent first."""
    numbers = {row.row_number for kind in plan.skipped.values() for row in kind.examples}
    cells = dict(rows_numbered(job.shown, numbers))
    groups = []
    for reason, kind in sorted(plan.skipped.items(), key=lambda item: -item[1].rows):
        mend = to_mend(reason, kind.rows)
        rows = tuple(
            Marked(each.row_number, cells[each.row_number], each.column, each.result)
            for each in kind.examples
        )
        heading = mend or left_out(reason, kind.rows)
        groups.append(Group(heading, mend is not None, kind, rows))
    return sorted(groups, key=lambda group: not group.to_mend)
