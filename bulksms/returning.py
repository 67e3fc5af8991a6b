"""A file that comes back: which campaign was made of it, to go on with or to be refused for.

A file is known by its content (`Fingerprint`), so a copy of it under another name is the same.
Going on with its campaign must be what the line asks for: what comes too late for it is refused.
"""

import shlex
from datetime import datetime, timedelta

from bulksms.loading import Job
from bulksms.model.chunks import FileRows
from bulksms.model.errors import InputError
from bulksms.model.fingerprint import Fingerprint
from bulksms.model.plan import Plan
from bulksms.model.records import Campaign
from bulksms.model.restraint import period_over
from bulksms.model.starting import require_ahead
from bulksms.model.states import ENDED, NOT_BEGUN, CampaignState
from bulksms.model.wording import clock_time, of_account, plural
from bulksms.reporting import ahead
from bulksms.spreadsheet.reading import Table
from bulksms.store import Store
from bulksms.store.limits import LIMIT_REACHED

_TO_TYPE = timedelta(days=1)
"""How long the line that is advised still reaches back as far as it says."""


def of_this_file(job: Job, plan: Plan, store: Store) -> list[Campaign]:
    """The campaigns that have its rows, the newest first, be it the file or a report of theirs."""
    return _of_rows(job.table, plan.fingerprint, store) or _of_whole_report(job.table, store)


def _of_whole_report(table: Table, store: Store) -> list[Campaign]:
    """Of a report from which rows were left out, those that have all of its rows.

    Nobody in it was texted yet for certain, so it was taken for a list of some of its rows.
    """
    whole = table.with_left_out
    if whole is table:
        return []
    fingerprint = Fingerprint(whole.columns)
    for chunk in whole.chunks():
        fingerprint.add(FileRows.of(chunk).encoded)
    return _of_rows(whole, fingerprint.text, store)


def _of_rows(table: Table, fingerprint: str, store: Store) -> list[Campaign]:
    kept = (fingerprint, table.columns, table.row_count)
    return store.campaigns.of_file(fingerprint) or store.campaigns.of_kept_rows(*kept)


def earlier(job: Job, plan: Plan, store: Store, *, now: datetime) -> Campaign | None:
    """The unfinished campaign of this very file and wording, to go on with; None for a new one.

    One that is finished, and to which a row came back to be sent, is not finished either.

    Raises:
        InputError: the file was sent before, or is being sent with another wording.
    """
    known = of_this_file(job, plan, store)
    for campaign in known:
        if campaign.wording == job.wording and not _is_over(store, campaign):
            return campaign
    if not known:
        return None
    campaign = known[0]
    whose = of_account(None if campaign.account == job.wishes.account else campaign.account)
    if _is_over(store, campaign):
        was = "already sent" if campaign.state is CampaignState.FINISHED else "sent and cancelled"
        since = now - min(each.created_at for each in known)
        raise InputError(
            f"{job.table.source_name} was {was}: it has the same rows as the campaign"
            f" '{campaign.name}'{whose} of {campaign.created_at:%Y-%m-%d}.",
            next_command=f"bulksms report {shlex.quote(campaign.name)} -o report.xlsx\n"
            "or the same line with --again, to text everyone in it once more;\n"
            f"with --not-if-texted-within {period_over(since + _TO_TYPE)} as well, only whom no"
            " campaign has texted since",
        )
    if campaign.state in NOT_BEGUN:
        raise InputError(
            f"{job.table.source_name} is loaded already, with another message, sender or option:"
            f" it has the same rows as the campaign '{campaign.name}'{whose}, by which nobody was"
            " texted yet.",
            next_command=f"bulksms cancel {shlex.quote(campaign.name)}\nthen the same line again",
        )
    raise InputError(
        f"{job.table.source_name} is already being sent, with another message, sender or option:"
        f" it has the same rows as the unfinished campaign '{campaign.name}'{whose}.",
        next_command=f"bulksms resume {shlex.quote(campaign.name)}\n"
        "or the same line with --again, to text everyone in it once more",
    )


def _is_over(store: Store, campaign: Campaign) -> bool:
    if campaign.state is CampaignState.FINISHED:
        return not store.rows.counts(campaign.id).waits
    return campaign.state in ENDED


def require_unloaded(job: Job, plan: Plan, store: Store, *, now: datetime) -> None:
    """See that the file can be loaded.

    Raises:
        InputError: a campaign has its rows already.
    """
    known = earlier(job, plan, store, now=now)
    if known is None:
        return
    asks = job.wishes.limit is not None or job.wishes.start_at is not None
    if asks and known.state in NOT_BEGUN:
        raise InputError(
            f"{job.table.source_name} is loaded already, as the campaign '{known.name}', which"
            " stays as it is; nobody was texted yet.",
            next_command=f"bulksms cancel {shlex.quote(known.name)}\nthen the same line again",
        )
    raise InputError(
        f"{job.table.source_name} is loaded already, as the campaign '{known.name}'.",
        next_command=f"bulksms resume {shlex.quote(known.name)}",
    )


def require_in_time(job: Job, store: Store, known: Campaign, *, now: datetime) -> None:
    """See that the unfinished campaign has, or can still have, the line's limit and start.

    Raises:
        InputError: another limit or start comes too late, or its limit is reached.
    """
    limit, start_at = job.wishes.limit, job.wishes.start_at
    if known.state in NOT_BEGUN:
        if start_at in {None, known.start_at}:
            return
        if known.start_at is None:
            require_ahead(start_at, now)
            return
        raise InputError(
            f"'{known.name}' is loaded, to start {clock_time(known.start_at, now)} and at no"
            " other time; nobody was texted yet.",
            next_command=f"bulksms cancel {shlex.quote(known.name)}\nthen the same line again",
        )
    if start_at is not None and start_at > now and start_at != known.start_at:
        too_late = "has begun, and cannot start at another time any more"
    elif limit is None:
        return
    elif known.paused_detail == LIMIT_REACHED:
        too_late = "rests at its limit"
    elif not _goes_as_far(store, known, limit):
        too_late = "has begun, and no other limit can be set any more"
    else:
        return
    texts, _ = ahead(store, known)
    raise InputError(
        f"'{known.name}' {too_late}; a resume texts the other {plural(texts, 'message')} now.",
        next_command=f"bulksms resume {shlex.quote(known.name)}",
    )


def as_wished(job: Job, store: Store, known: Campaign, now: datetime) -> Campaign:
    """The unfinished campaign, with the limit and the time of the line if it has not begun.

    Raises:
        InputError: somebody has begun it meanwhile.
    """
    limit, start_at = job.wishes.limit, job.wishes.start_at
    if known.state not in NOT_BEGUN or (limit is None and start_at is None):
        return known
    return store.campaigns.arrange(known.id, limit=limit, start_at=start_at, now=now)


def _goes_as_far(store: Store, known: Campaign, limit: int) -> bool:
    """Whether that limit lets it text whom its own does.

    Told by its own rows: a new plan also leaves out whom the campaign itself has texted.
    """
    fewest, most = store.rows.until_its_limit(known.id)
    return fewest <= limit and (known.stop_after_row is None or limit <= most)
