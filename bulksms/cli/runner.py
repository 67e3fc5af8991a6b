"""One run of a campaign as a command lives it: lease, signals, the bar, the exit code."""

import asyncio
import json
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import NoReturn

import click
from rich.console import Console

from bulksms import reporting
from bulksms.cli.failing import INTERRUPTED
from bulksms.cli.scheduled import in_turn, wait_for_start
from bulksms.cli.stopping import heeding_signals
from bulksms.cli.watching import Headway, Watcher, face
from bulksms.cli.words import about_doubts, harmless, shown, typed, what_is_next, what_to_do
from bulksms.clock import Clock, steady_clock
from bulksms.driving import Held, assemble, leased, look_first
from bulksms.model.accounts import Account
from bulksms.model.errors import AccountProblem
from bulksms.model.overlap import Meanwhile
from bulksms.model.records import Campaign, Rate, Refused
from bulksms.model.restraint import Restraint
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.store import Store
from bulksms.store.limits import LIMIT_REACHED

UNSETTLED = 6
"""The exit code of a finished campaign in which some rows are failed or unknown."""


def check_account(account: Account, senders: Collection[str]) -> None:
    """Ask the vendor whether the account may send, and from these numbers; sends nothing.

    Raises:
        AccountProblem: the account needs a person.
        InputError: a sender is not the account's.
    """
    warning = asyncio.run(look_first(account, senders))
    if warning:
        click.echo(f"Warning: {harmless(warning)}", err=True)


def run(
    store: Store,
    campaign: Campaign,
    rate: Rate,
    *,
    as_json: bool,
    again: Refused | None = None,
    restraint: Restraint | None = None,
    overlaps: Sequence[Meanwhile] | None = None,
) -> NoReturn:
    """Send the campaign until it ends or is stopped, and leave with its exit code.

    A scheduled one is waited for first, and then for its turn on the account.
    `again` are refused rows that go back into the queue first, and `restraint` is the campaign's
    from then on; `overlaps` were told before.
    """
    send_to_its_end(store, campaign, rate, again=again, restraint=restraint)
    leave(store, campaign, as_json=as_json, overlaps=overlaps)


def send_to_its_end(
    store: Store,
    campaign: Campaign,
    rate: Rate,
    *,
    again: Refused | None = None,
    restraint: Restraint | None = None,
) -> None:
    """Send the campaign until it ends or is stopped; its state says how it ended.

    Nothing of the campaign is changed before the account is ours: somebody else may be sending it.
    """
    wait_for_start(store, campaign)
    clock = steady_clock()
    hold = partial(leased, store, campaign.account, rate, clock)
    with in_turn(store, campaign, hold) as held:
        if restraint is not None:
            store.others.leave_alone(campaign.id, restraint)
        if again is not None:
            store.messages.retry(campaign.id, again, now=clock(), actor="operator")
        # A limit that another run has reached since was in the number that was asked about.
        lift = campaign.paused_detail == LIMIT_REACHED
        store.campaigns.start(campaign.id, now=clock(), actor="operator", lift_limit=lift)
        asyncio.run(_go(store, campaign, held, clock))


def leave(
    store: Store,
    campaign: Campaign,
    *,
    as_json: bool,
    overlaps: Sequence[Meanwhile] | None = None,
) -> NoReturn:
    """Say how the campaign stands, and exit with the code that says the same."""
    now = store.campaigns.now(campaign.id)
    counts = store.rows.counts(now.id)
    if as_json:
        print_status(store, now, overlaps)
    numbers = ", ".join(f"{counts[state]:,} {state}" for state in State if counts[state])
    click.echo(f"{now.name}: {now.state}; {numbers}.", err=as_json)
    if now.state is CampaignState.PAUSED and now.paused_reason is not None:
        _leave_paused(now, now.paused_reason, as_json=as_json)
    if counts[State.UNKNOWN]:
        click.echo(about_doubts(counts[State.UNKNOWN], now.name), err=as_json)
    click.echo(f"Next:  bulksms report {typed(now.name)} -o {_report_file(now)}", err=as_json)
    sys.exit(UNSETTLED if counts[State.FAILED] or counts[State.UNKNOWN] else 0)


def print_status(
    store: Store, campaign: Campaign, overlaps: Sequence[Meanwhile] | None = None
) -> None:
    """What `status --json` says, and which campaigns had the same people before it went on."""
    status = reporting.status(store, campaign, now=datetime.now(UTC)).as_json()
    if overlaps is not None:
        status["overlaps"] = [asdict(each) for each in overlaps]
    click.echo(json.dumps(status, ensure_ascii=False))


def _report_file(campaign: Campaign) -> str:
    name = campaign.name.replace("/", "-").replace("\\", "-")
    return typed(f"{name}-report.xlsx")


def _leave_paused(campaign: Campaign, reason: PausedReason, *, as_json: bool) -> NoReturn:
    why, next_command = what_to_do(reason, campaign.name, campaign.account)
    if campaign.paused_detail == LIMIT_REACHED:
        click.echo(f"{LIMIT_REACHED}\n{what_is_next(next_command)}", err=as_json)
        sys.exit(0)
    if reason in {PausedReason.OPERATOR, PausedReason.INTERRUPTED}:
        click.echo(what_is_next(next_command), err=True)
        sys.exit(INTERRUPTED)
    said = f" ({shown(campaign.paused_detail, 300)})" if campaign.paused_detail else ""
    raise AccountProblem(f"'{campaign.name}' is paused: {why}{said}.", next_command=next_command)


async def _go(store: Store, campaign: Campaign, held: Held, clock: Clock) -> None:
    lease = held.lease
    now = store.campaigns.now(campaign.id)
    counts = store.rows.counts(now.id, until_row=now.stop_after_row)
    headway = Headway(now.name, lease.rate, counts, clock, _finishes(store, now))
    watcher = Watcher(headway, face(Console(stderr=True), clock))
    try:
        async with held.client() as easify:
            run = assemble(store, campaign, lease, easify, clock=clock, notify=watcher)

            def stop() -> None:
                run.stop()
                watcher.stopping(run.sender.in_the_air)

            with heeding_signals(first=stop, second=run.abort):
                await run.go(campaign)
    finally:
        watcher.end()


def _finishes(store: Store, campaign: Campaign) -> Callable[[datetime], datetime] | None:
    """When the rest is done, asked anew each time; None where no hours make it hard to tell."""
    if campaign.hours is None:
        return None
    return lambda now: reporting.what_is_ahead(store, campaign, now).finishes
