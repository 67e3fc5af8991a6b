"""What became of a campaign: its numbers at a moment, and one line for every spreadsheet row.

Both are read from the database alone, so they are true while it runs, after a crash, and years
later. A campaign that is "running" while nobody holds its account was interrupted, and is told so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

from bulksms.model.records import Campaign, Rate, Refused
from bulksms.model.restraint import period_over
from bulksms.model.settings import parse_rate
from bulksms.model.states import NOT_BEGUN, WHY_PAUSED, CampaignState, Delivery, PausedReason, State
from bulksms.model.summary import Heading, Tally
from bulksms.model.timetable import Timetable, Wait, timetable
from bulksms.model.wording import moment_as_json
from bulksms.process import is_held
from bulksms.spreadsheet import writing
from bulksms.store import Store


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """Where a campaign stands.

    Attributes:
        rows: the rows of the file; always the sum of `counts`.
        counts: rows in each state; every state is there.
        paused_detail: what was said when it paused, for a person; not in the JSON.
        delivery: accepted rows by the carrier's word, in lower case; empty until one is known.
        rate: the account's, as messages/seconds.
        eta_seconds: how long the queued rows take at that rate, from now or, where the campaign
            does not run, from its next start, waits for the sending hours included; 0 when none
            is left.
        hours: the sending hours in words; None: none were asked for.
        start_at: when it starts by itself.
        waits: where it has to wait for its hours.
    """

    id: int
    campaign: str
    state: CampaignState
    paused_reason: PausedReason | None
    paused_detail: str | None
    rows: int
    counts: Mapping[State, int]
    delivery: Mapping[str, int]
    rate: str
    eta_seconds: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    hours: str | None = None
    start_at: datetime | None = None
    waits: tuple[Wait, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What `status --json` shows: plain texts and numbers, moments as ISO 8601 in UTC."""
        return {
            "id": self.id,
            "campaign": self.campaign,
            "state": self.state.value,
            "paused_reason": self.paused_reason.value if self.paused_reason else None,
            "rows": self.rows,
            "counts": {state.value: rows for state, rows in self.counts.items()},
            "delivery": dict(self.delivery),
            "rate": self.rate,
            "eta_seconds": self.eta_seconds,
            "created_at": moment_as_json(self.created_at),
            "started_at": moment_as_json(self.started_at),
            "finished_at": moment_as_json(self.finished_at),
            "hours": self.hours,
            "start_at": moment_as_json(self.start_at),
            "waits": [
                {"rows": wait.rows, "until": moment_as_json(wait.until)} for wait in self.waits
            ],
        }


def status(store: Store, campaign: Campaign, *, now: datetime) -> CampaignStatus:
    """The numbers of a campaign as `campaign` was read; `now` judges its account's lease."""
    counts = store.rows.counts(campaign.id)
    state, paused_reason = standing(campaign, now)
    ahead = what_is_ahead(store, campaign, now)
    return CampaignStatus(
        id=campaign.id,
        campaign=campaign.name,
        state=state,
        paused_reason=paused_reason,
        paused_detail=campaign.paused_detail,
        rows=campaign.rows,
        counts={each: counts[each] for each in State},
        delivery=store.rows.deliveries(campaign.id),
        rate=campaign.rate,
        eta_seconds=ceil((ahead.finishes - now).total_seconds()) if counts[State.QUEUED] else 0,
        created_at=campaign.created_at,
        started_at=campaign.started_at,
        finished_at=campaign.finished_at,
        hours=None if campaign.hours is None else str(campaign.hours),
        start_at=campaign.start_at,
        waits=ahead.waits,
    )


def what_is_ahead(store: Store, campaign: Campaign, now: datetime) -> Timetable:
    """When the queued rows are done at the account's rate, and where they wait for their hours."""
    scheduled = campaign.state is CampaignState.SCHEDULED
    return timetable(
        store.rows.waiting(campaign.id),
        campaign.hours,
        spacing=parse_rate(campaign.rate).spacing,
        begins=max(now, (scheduled and campaign.start_at) or now),
    )


def reaching_back(
    store: Store, campaign: Campaign, now: datetime, rate: Rate, again: Refused | None
) -> str:
    """The period of a restraint that begins before the load even for the last of what is ahead.

    `again` are refused rows that go back into the queue first, if any do.
    """
    ahead = what_is_ahead(store, replace(campaign, rate=str(rate)), now)
    more = 0 if again is None else store.messages.count_refused(campaign.id, again)
    return period_over(ahead.finishes + rate.spacing * more - campaign.created_at)


def standing(campaign: Campaign, now: datetime) -> tuple[CampaignState, PausedReason | None]:
    """The state as it is told: nobody was there to write down that a `kill -9` came."""
    if campaign.state is CampaignState.RUNNING and not is_held(campaign, now):
        return CampaignState.PAUSED, PausedReason.INTERRUPTED
    return campaign.state, campaign.paused_reason


def ahead(store: Store, campaign: Campaign, limit: int | None = None) -> tuple[int, int]:
    """How many messages it would text if it went on now, and how many doubts it would settle.

    What is still in the air counts as a doubt, which it is to whoever goes on without its answer.
    `limit` is one that it is to get, if it has not begun.
    """
    new_limit = limit if campaign.state in NOT_BEGUN else None
    until = store.campaigns.goes_until(campaign.id) if new_limit is None else None
    counts = store.rows.counts(campaign.id, until_row=until)
    texts, doubts = counts[State.QUEUED], counts[State.SENDING] + counts[State.UNKNOWN]
    return texts if new_limit is None else min(texts, new_limit), doubts


def write_report(
    store: Store,
    campaign: Campaign,
    path: Path,
    *,
    now: datetime,
    states: Collection[State] = (),
    deliveries: Collection[Delivery] = (),
) -> int:
    """Write every row and its outcome, or the rows in some states or deliveries; return how many.

    Raises:
        InputError: the path's ending is no report's, the file cannot be written there, or
            another one than a report is.
    """
    from bulksms.spreadsheet.replacing import require_a_report  # noqa: PLC0415 - pandas: not for `status`

    require_a_report(path)
    rows = store.rows.report(campaign.id, states, deliveries)
    heading = _heading(campaign, [*states, *deliveries], now)
    return writing.write_report(path, campaign.columns, rows, heading)


def summarize(
    store: Store,
    campaign: Campaign,
    states: Collection[State] = (),
    deliveries: Collection[Delivery] = (),
) -> Tally:
    """What every row, or the rows in some states or deliveries, sum up to; read row by row."""
    tally = Tally()
    for row in store.rows.report(campaign.id, states, deliveries):
        tally.add(row)
    return tally


def summary_as_json(campaign: Campaign, tally: Tally) -> dict[str, Any]:
    """What `report --summary --json` shows."""
    pace = tally.pace()
    return {
        "id": campaign.id,
        "campaign": campaign.name,
        "rows": tally.rows,
        "counts": {state.value: tally.states[state] for state in State},
        "reasons": {why.reason.value: why.rows for why in tally.whys},
        "delivery": dict(tally.deliveries.most_common()),
        "segments": tally.segments,
        "pace": pace
        and {
            "step_seconds": int(pace.step.total_seconds()),
            "accepted": [
                {"from": moment_as_json(begins), "texts": texts} for begins, texts in pace.bars
            ],
        },
    }


def _heading(campaign: Campaign, only: Collection[str], now: datetime) -> Heading:
    state, paused_reason = standing(campaign, now)
    why = f": {WHY_PAUSED[paused_reason].lower()}" if paused_reason else ""
    facts = {
        "File": campaign.source_name,
        "State": f"{state}{why}",
        "Rate": f"{campaign.rate.replace('/', ' texts in ')} s",
        "Loaded": _minute(campaign.created_at),
        "Started": _minute(campaign.started_at),
        "Finished": _minute(campaign.finished_at),
        "Report made": _minute(now),
        "Only rows that are": ", ".join(only),
        "Of rows": f"{campaign.rows:,}" if only else "",
    }
    return Heading(campaign.name, tuple((what, said) for what, said in facts.items() if said))


def _minute(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
