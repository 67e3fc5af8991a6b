"""`status` and `audit`: what became of everybody, and whether the promise holds."""

import json
from datetime import UTC, datetime, timedelta

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bulksms import auditing, reporting
from bulksms.cli.asking import Which, campaign_argument, find_campaign, json_option
from bulksms.cli.bars import bars_by_state
from bulksms.cli.words import (
    about_doubts,
    clock_time,
    harmless,
    plural,
    shown,
    span,
    typed,
    what_is_next,
    what_to_do,
)
from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.reporting import CampaignStatus
from bulksms.store import Store


@click.command(epilog="Example:  bulksms status june --json")
@campaign_argument
@json_option
@click.pass_obj
def status(database: str, *, campaign: Which, as_json: bool) -> None:
    """Show all campaigns, a line each; or one: its counts, its pace, when it is done."""
    now = datetime.now(UTC)
    with Store.open(database) as store:
        if campaign.name is None:
            wanted = [each for each in store.campaigns.all() if campaign.may_be(each)]
            every = [reporting.status(store, each, now=now) for each in wanted]
            _show_all(every, as_json=as_json)
            return
        found = find_campaign(store, campaign)
        one = reporting.status(store, found, now=now)
        if as_json:
            click.echo(json.dumps(one.as_json(), ensure_ascii=False))
        else:
            _show_one(one, found, now)


@click.command(epilog="Example:  bulksms audit june")
@campaign_argument
@json_option
@click.pass_obj
def audit(database: str, *, campaign: Which, as_json: bool) -> None:
    """Check the promise on the database: exit 0 only if it holds.

    Everything is computed again from the attempts and events; a row that breaks it is named.
    """
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        findings = auditing.audit(store, found)
    if as_json:
        rows = [{"row": each.row_number, "finding": each.sentence} for each in findings]
        click.echo(json.dumps({"campaign": found.name, "holds": not rows, "findings": rows}))
    else:
        for each in findings:
            click.echo(harmless(each.sentence))
        verdict = "the promise holds" if not findings else plural(len(findings), "finding")
        click.echo(f"{found.name}: {plural(found.rows, 'row')}, {verdict}.")
    if findings:
        raise SystemExit(1)


def _show_all(every: list[CampaignStatus], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([each.as_json() for each in every], ensure_ascii=False))
        return
    if not every:
        click.echo("No campaign yet.\nNext:  bulksms send FILE --message TEXT --from NUMBER")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("campaign", overflow="fold")
    table.add_column("state")
    table.add_column("rows", justify="right")
    table.add_column("")
    for each in every:
        numbers = (f"{rows:,} {state}" for state, rows in each.counts.items() if rows)
        table.add_row(
            Text(harmless(each.campaign)),
            Text(_state(each), no_wrap=True),
            f"{each.rows:,}",
            Text(", ".join(numbers), style="dim"),
        )
    Console().print(table)


def _show_one(one: CampaignStatus, campaign: Campaign, now: datetime) -> None:
    console = Console()
    console.print(Text(f"{harmless(one.campaign)}: {_state(one)}", style="bold"))
    console.print(bars_by_state(one.counts))
    console.print(Text(f"{plural(one.rows, 'row')} in all; the pace is {one.rate}."))
    _show_time(console, one, now)
    if one.state is CampaignState.CANCELLED and one.counts[State.SENDING]:
        left = f"{plural(one.counts[State.SENDING], 'row')} had no answer yet; if nobody sends it"
        console.print(Text(f"{left} any more:\nNext:  bulksms reconcile {typed(one.campaign)}"))
    if one.state is CampaignState.FINISHED and one.counts[State.QUEUED]:
        back = f"{plural(one.counts[State.QUEUED], 'row')} came back to the queue since"
        console.print(Text(f"{back}:\nNext:  bulksms resume {typed(one.campaign)}"))
    if one.counts[State.UNKNOWN]:
        doubts = about_doubts(one.counts[State.UNKNOWN], one.campaign)
        console.print(Text(doubts, style="yellow"), soft_wrap=True)
    if one.paused_reason is not None:
        _show_pause(console, one.paused_reason, campaign)


def _show_time(console: Console, one: CampaignStatus, now: datetime) -> None:
    """When it begins, when it has to wait, when it is done."""
    if one.start_at is not None and one.state is CampaignState.SCHEDULED:
        console.print(Text(f"It starts {clock_time(one.start_at, now)}."))
    if one.hours is not None:
        console.print(Text(f"Hours: {one.hours}."))
    for wait in one.waits[:1]:
        until = clock_time(wait.until, now)
        console.print(Text(f"{plural(wait.rows, 'row')} will wait until {until}.", style="yellow"))
    if one.eta_seconds:
        left = timedelta(seconds=one.eta_seconds)
        scheduled = one.state is CampaignState.SCHEDULED
        goes = scheduled or one.state is CampaignState.RUNNING
        done = f", done {clock_time(now + left, now)}" if goes else ""
        what = "to go, with the waits" if one.waits or scheduled else "of sending left"
        console.print(Text(f"{span(left)} {what}{done}."))


def _show_pause(console: Console, reason: PausedReason, campaign: Campaign) -> None:
    why, next_command = what_to_do(reason, campaign.name, campaign.account)
    said = f": {shown(campaign.paused_detail, 300)}" if campaign.paused_detail else "."
    console.print(Text(f"{why}{said}", style="yellow"))
    console.print(Text(what_is_next(next_command)), soft_wrap=True)


def _state(one: CampaignStatus) -> str:
    return f"{one.state} ({one.paused_reason})" if one.paused_reason else one.state.value
