"""One run of a campaign as a command lives it: lease, signals, the bar, the exit code."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import NoReturn

import click
from rich.console import Console

from bulksms import reporting
from bulksms.cli.environment import base_url, lease_length, settle, timeout, token
from bulksms.cli.failing import INTERRUPTED
from bulksms.cli.scheduled import wait_for_start
from bulksms.cli.watching import Tally, Watcher, face
from bulksms.cli.words import about_doubts, harmless, shown, typed, what_to_do
from bulksms.clock import Clock, steady_clock
from bulksms.easify import EasifyClient
from bulksms.model.errors import AccountBusy, AccountProblem
from bulksms.model.records import Campaign, Lease, Rate, Refused
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.pacing import read_pace
from bulksms.preflight import preflight
from bulksms.reconciling import Reconciler
from bulksms.run import Run
from bulksms.sending import Sender
from bulksms.store import Store
from bulksms.store.campaigns import LIMIT_REACHED
from bulksms.worker import is_dead, worker_name

UNSETTLED = 6
"""The exit code of a finished campaign in which some rows are failed or unknown."""
_STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def client() -> EasifyClient:
    """The way out, as the environment describes it.

    Raises:
        ConfigError: the token or the address must be fixed.
    """
    return EasifyClient(token(), base_url=base_url(), timeout=timeout())


def require_settings() -> None:
    """Look at everything that a run will need from the environment.

    Raises:
        ConfigError: a setting must be fixed; better now than after the plan.
    """
    client()
    lease_length()
    settle()


def check_account(senders: Collection[str]) -> None:
    """Ask the vendor whether the account may send, and from these numbers; sends nothing.

    Raises:
        AccountProblem: the account needs a person.
        InputError: a sender is not the account's.
    """

    async def ask() -> str | None:
        async with client() as easify:
            return await preflight(easify, senders)

    warning = asyncio.run(ask())
    if warning:
        click.echo(f"Warning: {harmless(warning)}", err=True)


def run(
    store: Store,
    campaign: Campaign,
    rate: Rate,
    *,
    as_json: bool,
    again: Refused | None = None,
) -> NoReturn:
    """Send the campaign until it ends or is stopped, and leave with its exit code.

    A scheduled one is waited for first.
    `again` are refused rows that go back into the queue first.
    """
    wait_for_start(store, campaign)
    clock = steady_clock()
    with leased(store, campaign.account, rate, clock) as lease:
        if again is not None:
            store.messages.retry(campaign.id, again, now=clock(), actor="operator")
        store.campaigns.start(campaign.id, now=clock(), actor="operator")
        asyncio.run(_go(store, campaign, lease, clock))
    leave(store, campaign, as_json=as_json)


@contextmanager
def leased(store: Store, account: str, rate: Rate, clock: Clock) -> Iterator[Lease]:
    """Be the account's only sender."""
    lease = _acquire(store, account, rate, clock())
    try:
        yield lease
    finally:
        store.accounts.release(lease)


def leave(store: Store, campaign: Campaign, *, as_json: bool) -> NoReturn:
    """Say how the campaign stands, and exit with the code that says the same."""
    now = store.campaigns.now(campaign.id)
    counts = store.rows.counts(now.id)
    if as_json:
        status = reporting.status(store, now, now=datetime.now(UTC))
        click.echo(json.dumps(status.as_json(), ensure_ascii=False))
    numbers = ", ".join(f"{counts[state]:,} {state}" for state in State if counts[state])
    click.echo(f"{now.name}: {now.state}; {numbers}.", err=as_json)
    if now.state is CampaignState.PAUSED and now.paused_reason is not None:
        _leave_paused(now, now.paused_reason, as_json=as_json)
    if counts[State.UNKNOWN]:
        click.echo(about_doubts(counts[State.UNKNOWN], now.name), err=as_json)
    click.echo(f"Next:  bulksms report {typed(now.name)} -o {_report_file(now)}", err=as_json)
    sys.exit(UNSETTLED if counts[State.FAILED] or counts[State.UNKNOWN] else 0)


def _report_file(campaign: Campaign) -> str:
    name = campaign.name.replace("/", "-").replace("\\", "-")
    return typed(f"{name}-report.xlsx")


def _leave_paused(campaign: Campaign, reason: PausedReason, *, as_json: bool) -> NoReturn:
    why, next_command = what_to_do(reason, campaign.name)
    if campaign.paused_detail == LIMIT_REACHED:
        click.echo(f"{LIMIT_REACHED}\nNext:  {next_command}", err=as_json)
        sys.exit(0)
    if reason in {PausedReason.OPERATOR, PausedReason.INTERRUPTED}:
        click.echo(f"Next:  {next_command}", err=True)
        sys.exit(INTERRUPTED)
    said = f" ({shown(campaign.paused_detail, 300)})" if campaign.paused_detail else ""
    raise AccountProblem(f"'{campaign.name}' is paused: {why}{said}.", next_command=next_command)


def _acquire(store: Store, account: str, rate: Rate, now: datetime) -> Lease:
    """The account's lease; at once if its holder was a process of this machine that has died."""
    worker = worker_name()
    length = lease_length()
    try:
        return store.accounts.acquire(account, worker=worker, rate=rate, length=length, now=now)
    except AccountBusy as busy:
        if not is_dead(busy.holder):
            raise
        store.accounts.break_lease(account, epoch=busy.epoch)
    return store.accounts.acquire(account, worker=worker, rate=rate, length=length, now=now)


async def _go(store: Store, campaign: Campaign, lease: Lease, clock: Clock) -> None:
    now = store.campaigns.now(campaign.id)
    counts = store.rows.counts(now.id, until_row=now.stop_after_row)
    tally = Tally(now.name, lease.rate, counts, clock, _finishes(store, now))
    watcher = Watcher(tally, face(Console(stderr=True), clock))
    try:
        async with client() as easify:
            confirmed = campaign.paused_reason is PausedReason.SCHEDULED
            sender = Sender(store, easify, lease, clock, watcher, may_be_scheduled=confirmed)
            reconciler = Reconciler(store, easify, lease, clock, settle(), read_pace())
            run = Run(store, sender, reconciler, lease, clock, watcher)
            with _listening(run, watcher):
                await run.go(campaign)
    finally:
        watcher.end()


def _finishes(store: Store, campaign: Campaign) -> Callable[[datetime], datetime] | None:
    """When the rest is done, asked anew each time; None where no hours make it hard to tell."""
    if campaign.hours is None:
        return None
    return lambda now: reporting.what_is_ahead(store, campaign, now).finishes


@contextmanager
def _listening(run: Run, watcher: Watcher) -> Iterator[None]:
    """The first signal: nothing new, the answers in the air are waited for. The second: stop."""
    loop = asyncio.get_running_loop()
    heard: list[int] = []

    def hear(number: int) -> None:
        heard.append(number)
        if len(heard) == 1:
            watcher.stopping(run.sender.in_the_air)
            run.stop()
        else:
            run.abort()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(hear, number)

    numbers = [getattr(signal, name) for name in _STOP_SIGNALS if hasattr(signal, name)]
    before = [signal.signal(number, on_signal) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
