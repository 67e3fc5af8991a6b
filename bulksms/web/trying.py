"""A test from the check page: one row's text to one's own phone, before everybody gets theirs."""

from datetime import UTC, datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bulksms.model.errors import BulkSMSError, InputError
from bulksms.trying import choose_trial, load_trial
from bulksms.web.checking import Asked, check_page
from bulksms.web.site import site_of, text
from bulksms.web.steering import worker_of
from bulksms.web.vendor import look_at_the_account

PATIENCE_SECONDS = 5.0
"""How long the click waits for the answer; later the page must be loaded again to see it."""


def text_own_phone(request: Request, form: FormData) -> Response:
    """Send the test, and come back to the check, which tells what became of it."""
    site = site_of(request)
    worker = worker_of(site)
    upload = site.uploads.find(request.path_params["id"])
    job = site.drafts.job(upload)
    plan = site.drafts.plan(upload, job).result()
    phone, row = text(form, "phone"), text(form, "row")
    account = site.store.accounts.named(job.wishes.account)
    try:
        trial = choose_trial(job, plan, phone, _number(row))
        look_at_the_account(account, {trial.row.sender} if trial.row.sender else ())
    except InputError as error:
        return check_page(request, upload, Asked(phone, row, error.sentence))
    now = datetime.now(UTC)
    campaign = load_trial(site.store, job, trial, rate=site.rate.of(account), now=now)
    try:
        work = worker.send(campaign)
    except BulkSMSError:
        site.store.campaigns.cancel(campaign.id, now=now, actor="operator")
        raise
    work.join(PATIENCE_SECONDS)
    return site.done(request, f"/uploads/{upload.id}/check?test={campaign.id}#test")


def _number(row: str) -> int | None:
    if not row:
        return None
    if row.isascii() and row.isdecimal():
        return int(row)
    raise InputError("The row is its number in the spreadsheet, or nothing for the first.")
