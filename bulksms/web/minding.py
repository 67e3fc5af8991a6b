"""Who else has the people that a button would text, said beside it, and the tick that leaves them.

The period is written into the form: it reaches back to the load from the end of what is ahead.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.datastructures import FormData

from bulksms import reporting
from bulksms.model.overlap import Meanwhile
from bulksms.model.plan import OVERLAPS
from bulksms.model.records import Campaign, Refused
from bulksms.model.restraint import Restraint
from bulksms.web.site import Site, text
from bulksms.web.writing import PERIODS


@dataclass(frozen=True, slots=True)
class Minded:
    """What to look at before the button is pressed; the field and its period, if it can be left."""

    found: tuple[Meanwhile, ...] = ()
    field: str = ""
    period: str = ""


NOTHING_TO_MIND = Minded()


def minded(site: Site, campaign: Campaign, again: Refused | None = None) -> Minded:
    """The campaigns that have most of the people whom this one would text."""
    now = datetime.now(UTC)
    found = site.store.others.meanwhile(campaign, campaign.restraint, now, again)
    fields = {each.restraint for each in found if each.left_out < each.texted}
    if not fields:
        return Minded(tuple(found[:OVERLAPS]))
    rate = site.rate.of(site.store.accounts.named(campaign.account))
    period = reporting.reaching_back(site.store, campaign, now, rate, again)
    widest = next(each for each in PERIODS if each in fields)
    return Minded(tuple(found[:OVERLAPS]), widest, period)


def leave_out(site: Site, campaign: Campaign, form: FormData) -> None:
    """Have the campaign leave out whom the form says, if it says anybody."""
    asked = Restraint.parse(*(text(form, each) for each in PERIODS))
    site.store.others.leave_alone(campaign.id, asked.over(campaign.restraint))
