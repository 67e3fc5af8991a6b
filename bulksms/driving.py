"""Everything that work on an account needs, put together: the way out, the lease, the parts.

The command line and the web page drive a campaign through these same functions; they differ only
in how they watch it and how they are told to stop.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from bulksms.clock import Clock, this_boot
from bulksms.easify import EasifyClient
from bulksms.environment import base_url, lease_length, settle, timeout, token
from bulksms.model.errors import AccountBusy
from bulksms.model.notices import Notice
from bulksms.model.records import Campaign, Lease, Rate
from bulksms.model.states import PausedReason
from bulksms.pacing import read_pace
from bulksms.reconciling import Reconciler, Settled
from bulksms.run import Run
from bulksms.sending import Sender
from bulksms.store import Store
from bulksms.worker import is_dead, worker_name


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


@contextmanager
def leased(store: Store, account: str, rate: Rate, clock: Clock) -> Iterator[Lease]:
    """Be the account's only sender.

    Raises:
        AccountBusy: somebody else is.
    """
    lease = _acquire(store, account, rate, clock)
    try:
        yield lease
    finally:
        store.accounts.release(lease)


def assemble(
    store: Store,
    campaign: Campaign,
    lease: Lease,
    easify: EasifyClient,
    *,
    clock: Clock,
    notify: Callable[[Notice], None],
    hands_on: bool = False,
) -> Run:
    """A run of the campaign as it was found, before it was started.

    With `hands_on`, one that is stopped leaves the campaign running, for another worker.
    """
    confirmed = campaign.paused_reason is PausedReason.SCHEDULED
    sender = Sender(
        *(store, easify, lease, clock, notify), may_be_scheduled=confirmed, hands_on=hands_on
    )
    return Run(sender, _reconciler(store, lease, easify, clock))


async def settle_all(
    store: Store,
    campaign: Campaign,
    lease: Lease,
    clock: Clock,
    waiting: Callable[[datetime], None],
) -> Settled:
    """As `Reconciler.settle_all`, with the way out that the environment describes."""
    async with client() as easify:
        return await _reconciler(store, lease, easify, clock).settle_all(campaign, waiting)


def _reconciler(store: Store, lease: Lease, easify: EasifyClient, clock: Clock) -> Reconciler:
    return Reconciler(store, easify, lease, clock, settle(), read_pace())


def _acquire(store: Store, account: str, rate: Rate, clock: Clock) -> Lease:
    """The account's lease; at once if its holder was a process of this machine that has died."""
    acquire = partial(
        store.accounts.acquire,
        account,
        worker=worker_name(),
        rate=rate,
        length=lease_length(),
        now=clock(),
        boot=this_boot(clock),
    )
    try:
        return acquire()
    except AccountBusy as busy:
        if not is_dead(busy.holder):
            raise
        store.accounts.break_lease(account, epoch=busy.epoch)
    return acquire()
