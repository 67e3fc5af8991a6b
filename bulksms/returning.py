"""A file that comes back: which campaign was made of it, to go on with or to be refused for.

A file is known by its content (`Fingerprint`), so a copy of it under another name is the same.
"""

import shlex

from bulksms.loading import Job
from bulksms.model.errors import InputError
from bulksms.model.plan import Plan
from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState
from bulksms.model.wording import of_account
from bulksms.store import Store

_ENDED = frozenset({CampaignState.FINISHED, CampaignState.CANCELLED})


def of_this_file(job: Job, plan: Plan, store: Store) -> list[Campaign]:
    """The campaigns that have its rows, the newest first, be it the file or a report of theirs."""
    rows = (plan.fingerprint, job.table.columns, job.table.row_count)
    return store.campaigns.of_file(plan.fingerprint) or store.campaigns.of_kept_rows(*rows)


def earlier(job: Job, plan: Plan, store: Store) -> Campaign | None:
    """The unfinished campaign of this very file and wording, to go on with; None for a new one.

    Raises:
        InputError: the file was sent before, or is being sent with another wording.
    """
    known = of_this_file(job, plan, store)
    for campaign in known:
        if campaign.wording == job.wording and campaign.state not in _ENDED:
            return campaign
    if not known:
        return None
    campaign = known[0]
    whose = of_account(None if campaign.account == job.wishes.account else campaign.account)
    if campaign.state in _ENDED:
        raise InputError(
            f"{job.table.source_name} was already sent: it has the same rows as the campaign"
            f" '{campaign.name}'{whose} of {campaign.created_at:%Y-%m-%d}.",
            next_command=f"bulksms report {shlex.quote(campaign.name)} -o report.xlsx"
            "   # or --again, to text everyone in it once more; with --not-if-texted-within 30d"
            " only whom no campaign has texted",
        )
    raise InputError(
        f"{job.table.source_name} is already being sent, with another message, sender or option:"
        f" it has the same rows as the unfinished campaign '{campaign.name}'{whose}.",
        next_command=f"bulksms resume {shlex.quote(campaign.name)}"
        "   # or --again, to text everyone in it once more",
    )
