"""What a person can do about a campaign on its way: pause, resume, retry, cancel, ask the vendor.

Whatever sends again looks at the account first, so that a wrong token stops the click and not the
first message.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bulksms.model.errors import InputError
from bulksms.model.records import Campaign, Refused
from bulksms.model.states import REASONS, CampaignState, PausedReason, State
from bulksms.model.wording import plural
from bulksms.web.overlaps import leave_out
from bulksms.web.site import Site, site_of
from bulksms.web.vendor import look_at_the_account
from bulksms.web.working import Worker


def pause(request: Request, _form: FormData) -> Response:
    """Let it rest, whoever drives it."""
    site = site_of(request)
    campaign = site.campaign(request)
    site.store.campaigns.pause(
        campaign.id, PausedReason.OPERATOR, now=datetime.now(UTC), actor="operator"
    )
    if site.worker is not None:
        site.worker.look_up(campaign.id)
    return _back(request, campaign)


def resume(request: Request, form: FormData) -> Response:
    """Start it, or go on where it stood."""
    site = site_of(request)
    campaign = _open(site, request)
    if campaign.state is CampaignState.SCHEDULED:
        raise InputError("It starts by itself at its time, and not before.")
    worker = worker_of(site)
    look_at_the_account(
        site.store.accounts.named(campaign.account), site.store.rows.senders(campaign.id)
    )
    leave_out(site, campaign, form)
    worker.send(campaign)
    return _back(request, campaign)


def retry(request: Request, form: FormData) -> Response:
    """Put the refused rows with the ticked reasons back, and go on."""
    site = site_of(request)
    campaign = _open(site, request)
    worker = worker_of(site)
    ticked = {f"{each}" for each in form.getlist("reason")}
    again = Refused(reasons=frozenset(each for each in REASONS[State.FAILED] if each in ticked))
    if not again.reasons or not site.store.messages.count_refused(campaign.id, again):
        raise InputError("No refused row like that is left; tick at least one reason.")
    look_at_the_account(
        site.store.accounts.named(campaign.account), site.store.rows.senders(campaign.id)
    )
    leave_out(site, campaign, form)
    worker.send(campaign, again)
    return _back(request, campaign)


def cancel(request: Request, _form: FormData) -> Response:
    """End it for good."""
    site = site_of(request)
    campaign = _open(site, request)
    waits = site.store.rows.counts(campaign.id).waits
    if campaign.state is CampaignState.FINISHED and not waits:
        raise InputError("It is finished: no row of it waits.")
    skipped = site.store.campaigns.cancel(campaign.id, now=datetime.now(UTC), actor="operator")
    if site.worker is not None:
        site.worker.look_up(campaign.id)
    return _back(request, campaign, f"Cancelled; {plural(skipped, 'row')} will never be texted.")


def reconcile(request: Request, _form: FormData) -> Response:
    """Ask the vendor's record about the rows in doubt; nothing is sent."""
    return _work(request, Worker.settle)


def receive(request: Request, _form: FormData) -> Response:
    """Ask what the carriers said."""
    return _work(request, Worker.receive)


def _work(request: Request, begin: Callable[[Worker, Campaign], None]) -> Response:
    site = site_of(request)
    campaign = site.campaign(request)
    begin(worker_of(site), campaign)
    return _back(request, campaign)


def _back(request: Request, campaign: Campaign, said: str = "") -> Response:
    site = site_of(request)
    site.figures.forget(campaign.id)
    return site.done(request, f"/campaigns/{campaign.id}", said)


def _open(site: Site, request: Request) -> Campaign:
    campaign = site.campaign(request)
    if campaign.state is CampaignState.CANCELLED:
        raise InputError("It was cancelled, and cannot go on.")
    return campaign


def worker_of(site: Site) -> Worker:
    """Whoever sends from here.

    Raises:
        InputError: nobody does.
    """
    if site.worker is None:
        raise InputError("Nothing is sent from this page: it was started with --no-worker.")
    return site.worker
