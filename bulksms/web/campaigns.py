"""The campaigns: all of them, and one on its way.

The live part of a page is one template, sent with the page and again whenever it has changed.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bulksms.model.records import Campaign, Refused
from bulksms.model.settings import parse_rate
from bulksms.model.states import REASONS, WHY_PAUSED, CampaignState, State
from bulksms.process import is_held
from bulksms.reporting import ahead
from bulksms.web.figures import pace, picture
from bulksms.web.overlaps import NO_OVERLAPS, overlaps_of
from bulksms.web.pages import render
from bulksms.web.site import Site, site_of
from bulksms.web.words import PAUSED_ADVICE

LATEST = 8
GLANCE_SECONDS = 0.7
"""How often a live page looks for news."""
_RESTS = {CampaignState.DRAFT, CampaignState.PAUSED, CampaignState.FINISHED}
"""States in which a person can have it go on."""


def index(request: Request) -> Response:
    """Every campaign, the newest first."""
    site = site_of(request)
    every = [site.figures.of(each) for each in site.store.campaigns.all()]
    return site.page(request, "campaigns.html", campaigns=every, place=site.store.place)


def show(request: Request) -> Response:
    """One campaign: how it stands, and what can be done."""
    site = site_of(request)
    campaign = site.campaign(request)
    reasons = site.store.rows.counts(campaign.id).by_reason if _has_failed(site, campaign) else {}
    refused = {each: rows for each, rows in reasons.items() if each in REASONS[State.FAILED]}
    rests = site.figures.of(campaign).state in _RESTS
    texts, settles = ahead(site.store, campaign) if rests else (0, 0)
    again = Refused(reasons=frozenset(refused))
    return site.page(
        request,
        "campaign.html",
        campaign=campaign,
        accounts=site.account_names(),
        refused=list(refused.items()),
        texts=texts,
        settles=settles,
        overlaps=overlaps_of(site, campaign) if rests else NO_OVERLAPS,
        overlaps_again=overlaps_of(site, campaign, again) if rests and refused else NO_OVERLAPS,
        **_live_values(site, campaign),
    )


async def live(request: Request) -> Response:
    """The live part as server-sent events, until the page must be another than its `shape`."""
    site = site_of(request)
    campaign = await run_in_threadpool(site.campaign, request)
    return StreamingResponse(_events(request, site, campaign.id), media_type="text/event-stream")


async def _events(request: Request, site: Site, campaign_id: int) -> AsyncIterator[str]:
    shown, standing = "", request.query_params.get("shape", "")
    while not await request.is_disconnected():
        values = await run_in_threadpool(_values_now, site, campaign_id)
        if values["shape"] != standing:
            yield "event: turned\ndata: {}\n\n"
            return
        part = render("live.html", values)
        if part != shown:
            yield f"event: figures\ndata: {json.dumps(part)}\n\n"
            shown = part
        await asyncio.sleep(GLANCE_SECONDS)


def _values_now(site: Site, campaign_id: int) -> dict[str, Any]:
    return _live_values(site, site.store.campaigns.now(campaign_id))


def _live_values(site: Site, campaign: Campaign) -> dict[str, Any]:
    """What the live part is made of; `shape` says when the page around it must be another."""
    now = datetime.now(UTC)
    status = site.figures.of(campaign)
    work = site.worker.work_on(campaign.id) if site.worker else None
    doing = work.doing if work is not None and work.is_on() else ""
    runs = status.state is CampaignState.RUNNING
    awaits = not runs and status.counts[State.SENDING] > 0 and is_held(campaign, now)
    waits_to_start = status.state is CampaignState.SCHEDULED
    answered = status.rows - sum(
        status.counts[each] for each in (State.QUEUED, State.SENDING, State.SKIPPED)
    )
    return {
        "status": status,
        "doing": doing,
        "here": site.worker is not None,
        "waits_to_start": waits_to_start,
        "changes": runs or awaits or waits_to_start or bool(doing),
        "is_late": status.start_at is not None and status.start_at <= now,
        "waiting": work.waiting if work is not None and doing else "",
        "trouble": work.trouble if work is not None and not doing else "",
        "runs": runs,
        "to_text": status.rows - status.counts[State.SKIPPED],
        "answered": answered,
        "rate": parse_rate(campaign.rate),
        "slices": picture(status.counts),
        "pace": pace(site.store, campaign, now) if runs else "",
        "left": timedelta(seconds=status.eta_seconds),
        "done_at": now + timedelta(seconds=status.eta_seconds),
        "latest": site.store.watching.latest(campaign.id, LATEST) if runs else [],
        "why": WHY_PAUSED[status.paused_reason] if status.paused_reason else "",
        "advice": PAUSED_ADVICE[status.paused_reason] if status.paused_reason else "",
        "shape": f"{status.state}-{status.paused_reason}-{doing}-{awaits}",
    }


def _has_failed(site: Site, campaign: Campaign) -> bool:
    return bool(site.figures.of(campaign).counts[State.FAILED])
