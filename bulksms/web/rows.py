"""The report as a page: every row, found and filtered, and taken home as a file.

Pages follow the rows' numbers, not a count of pages, so the last is as fast as the first.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bulksms import reporting
from bulksms.model.errors import InputError
from bulksms.model.records import Campaign
from bulksms.model.states import REASONS, Delivery, Reason, State
from bulksms.store.watching import Filter
from bulksms.web.checking import download
from bulksms.web.site import Site, site_of, text

ROWS = 50
"""On a page."""
FORMATS = ("xlsx", "html", "csv", "json")
"""Of the report, as the command line writes them."""

_NO_ROW = 2**31 - 1


def index(request: Request) -> Response:
    """A page of rows: after a row, before one, or the first."""
    site = site_of(request)
    campaign = site.campaign(request)
    asked = request.query_params
    which = _filter(asked)
    if before := _row_number(asked.get("before", "")):
        page = site.store.watching.before(campaign.id, which, before, ROWS)
    else:
        page = site.store.watching.after(
            campaign.id, which, _row_number(asked.get("after", "")), ROWS
        )
    return site.page(
        request,
        "rows.html",
        campaign=campaign,
        counted=site.figures.of(campaign),
        page=page,
        which=which,
        reasons=sorted(REASONS[which.state]) if which.state else [],
        formats=FORMATS,
        link=_Links(campaign, which),
    )


def report(request: Request) -> Response:
    """The report as a file, or that of one state or delivery; as the command line writes it."""
    site = site_of(request)
    campaign = site.campaign(request)
    ending = request.path_params["ending"]
    if ending not in FORMATS:
        raise HTTPException(404)
    state = _filter(request.query_params).state
    word = request.query_params.get("delivery", "")
    deliveries = [Delivery(word)] if word in set(Delivery) else []
    path = site.uploads.room() / f"report.{ending}"
    states = [state] if state else []
    now = datetime.now(UTC)
    reporting.write_report(
        site.store, campaign, path, now=now, states=states, deliveries=deliveries
    )
    only = "-".join([*states, *deliveries])
    name = campaign.name.replace("/", "-").replace("\\", "-")
    return download(path, f"{name}-{only or 'report'}.{ending}")


def show(request: Request) -> Response:
    """One row, and if it is in doubt, what a person can do about it."""
    site = site_of(request)
    campaign = site.campaign(request)
    row = site.store.watching.row(campaign.id, request.path_params["row"])
    if row is None:
        raise HTTPException(404)
    return site.page(
        request,
        "row.html",
        campaign=campaign,
        row=row,
        columns=list(zip(campaign.columns, row.original, strict=True)),
    )


def settle(request: Request, form: FormData) -> Response:
    """A person settles a row in doubt, with what the vendor's record showed."""
    site = site_of(request)
    campaign = site.campaign(request)
    row_number = request.path_params["row"]
    if not _settle(site, campaign, row_number, form):
        raise InputError(f"Row {row_number} is not in doubt any more.")
    site.figures.forget(campaign.id)
    where = f"/campaigns/{campaign.id}/rows?state=unknown"
    return site.done(request, where, f"Row {row_number} is settled.")


def _settle(site: Site, campaign: Campaign, row_number: int, form: FormData) -> int:
    settlements, now, actor = site.store.settlements, datetime.now(UTC), "operator"
    match text(form, "decision"):
        case "accepted":
            sms_id = text(form, "sms_id")
            if not sms_id:
                raise InputError("Enter the message's id as Easify shows it.")
            return settlements.resolve_accepted(
                campaign.id, row_number, sms_id, now=now, actor=actor
            )
        case "resend":
            return settlements.resolve_resend(campaign.id, row_number, now=now, actor=actor)
        case "give_up":
            return settlements.resolve_give_up(campaign.id, row_number, now=now, actor=actor)
        case _:
            raise InputError("Choose what is to become of the row.")


class _Links:
    """The addresses of other pages of the same rows."""

    def __init__(self, campaign: Campaign, which: Filter) -> None:
        self._path = f"/campaigns/{campaign.id}/rows"
        self._which = which

    def __call__(self, **changed: object) -> str:
        which = self._which
        values = {"state": which.state, "reason": which.reason, "search": which.search, **changed}
        return f"{self._path}?{urlencode({name: value for name, value in values.items() if value})}"


def _filter(asked: Mapping[str, str]) -> Filter:
    """What is asked for; whatever is no state or no reason of it is ignored."""
    wanted = asked.get("state", "")
    state = State(wanted) if wanted in set(State) else None
    why = asked.get("reason", "")
    reason = Reason(why) if state and why in REASONS[state] else None
    return Filter(state, reason, asked.get("search", "").strip()[:200])


def _row_number(given: str) -> int:
    return min(int(given), _NO_ROW) if given.isdecimal() and given.isascii() else 0
