"""Who else has the people that a button would text, said beside it, and the tick that leaves them.

The period is written into the form: it reaches back to the load from the end of what is ahead.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.datastructures import FormData

from bulksms import reporting
from bulksms.loading import Job
from bulksms.model.overlap import LATELY, Meanwhile
from bulksms.model.plan import OVERLAPS, Plan
from bulksms.model.records import Campaign, Refused
from bulksms.model.restraint import Restraint, period_over
from bulksms.model.states import ENDED, CampaignState, Reason, State
from bulksms.returning import of_this_file
from bulksms.web.site import Site, text
from bulksms.web.writing import PERIODS


@dataclass(frozen=True, slots=True)
class Overlaps:
    """What to look at before the button is pressed; the field and its period, if it can be left."""

    found: tuple[Meanwhile, ...] = ()
    field: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The campaign that was made of this very list before, and how far it came.

    `goes_on` is whether it may still text anybody; `perhaps` are the rows of which nobody knows
    whether they were texted.
    """

    campaign: Campaign
    state: CampaignState
    goes_on: bool
    texted: int
    perhaps: int

    def age(self, now: datetime) -> timedelta:
        """How long ago it was loaded."""
        return now - self.campaign.created_at


@dataclass(frozen=True, slots=True)
class LeavingOut:
    """The period of a restraint, since when that is, and how many rows of the plan that leaves out.

    None: that is not known.
    """

    period: str
    since: datetime
    rows: int | None = None


NO_OVERLAPS = Overlaps()


def earlier(site: Site, job: Job, plan: Plan) -> Earlier | None:
    """What the list was given to before, if it was; the newest, if to several."""
    campaign = next(iter(of_this_file(job, plan, site.store)), None)
    if campaign is None:
        return None
    counts = site.store.rows.counts(campaign.id)
    state, _ = reporting.standing(campaign, datetime.now(UTC))
    in_doubt = counts[State.SENDING] + counts[State.UNKNOWN]
    return Earlier(
        campaign,
        state,
        goes_on=state not in ENDED or counts.waits,
        texted=counts[State.ACCEPTED],
        perhaps=in_doubt + counts.by_reason.get(Reason.GAVE_UP, 0),
    )


def leaving_out(job: Job, plan: Plan, before: Earlier | None) -> LeavingOut | None:
    """How those of the plan who were texted can be left out; None if nobody of them was.

    The plan looks back a week; the list itself may have been texted long before.
    """
    now = datetime.now(UTC)
    lately = [each.texted for each in plan.overlaps.values() if each.texted]
    heeded = max(job.wishes.restraint.texted_within or LATELY, LATELY)
    if before is not None and before.texted + before.perhaps and before.age(now) > heeded:
        return LeavingOut(period_over(before.age(now)), before.campaign.created_at)
    if not lately:
        return None
    return LeavingOut(f"{LATELY.days}d", now - LATELY, lately[0] if len(lately) == 1 else None)


def overlaps_of(site: Site, campaign: Campaign, again: Refused | None = None) -> Overlaps:
    """The campaigns that have most of the people whom this one would text."""
    now = datetime.now(UTC)
    found = site.store.others.meanwhile(campaign, campaign.restraint, now, again)
    fields = {each.restraint for each in found if each.left_out < each.texted}
    if not fields:
        return Overlaps(tuple(found[:OVERLAPS]))
    rate = site.rate.of(site.store.accounts.named(campaign.account))
    period = reporting.reaching_back(site.store, campaign, now, rate, again)
    widest = next(each for each in PERIODS if each in fields)
    return Overlaps(tuple(found[:OVERLAPS]), widest, period)


def leave_out(site: Site, campaign: Campaign, form: FormData) -> None:
    """Have the campaign leave out whom the form says, if it says anybody."""
    asked = Restraint.parse(*(text(form, each) for each in PERIODS))
    site.store.others.leave_alone(campaign.id, asked.over(campaign.restraint))
