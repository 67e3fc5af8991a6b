"""Everything that work on an account needs, put together: the way out, the lease, the parts.

The command line and the web page drive a campaign through these same functions; they differ only
in how they watch it and how they are told to stop.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from bulksms.clock import Clock, this_boot
from bulksms.committing import Book
from bulksms.easify import EasifyClient, Line
from bulksms.environment import base_url, lease_length, settle, timeout
from bulksms.model.accounts import Account
from bulksms.model.errors import AccountBusy, BulkSMSError, ConfigError
from bulksms.model.notices import Notice
from bulksms.model.records import Campaign, Lease, Rate
from bulksms.model.states import WHY_PAUSED, PausedReason
from bulksms.model.vendor_record import Unreadable
from bulksms.pacing import read_pace
from bulksms.preflight import preflight
from bulksms.process import is_dead, worker_name
from bulksms.reconciling import Reconciler, Settled
from bulksms.run import Run
from bulksms.same_token import require_alone, token_mark
from bulksms.sending import Sender
from bulksms.store import Store
from bulksms.tokens import token_of

A_FEW_LOOKS = 3
"""How often somebody who waits for nothing else waits for an answer that does not come."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands with the vendor, as far as one read tells.

    `numbers` are those it may send from, E.164; `trouble` is why it cannot be used or seen, as a
    sentence, empty if it can; `needs_a_person` is whether waiting will not mend that.
    """

    numbers: tuple[str, ...] = ()
    trouble: str = ""
    needs_a_person: bool = False


def client(account: Account, line: Line | None = None) -> EasifyClient:
    """The account's way out: its token, and the address that the environment names.

    It goes over a line of its own, or over a shared one.

    Raises:
        ConfigError: the token or the address must be fixed.
    """
    return _way_out(token_of(account), line)


def client_for(store: Store, campaign: Campaign, line: Line | None = None) -> EasifyClient:
    """The same for the campaign's account."""
    return client(store.accounts.named(campaign.account), line)


async def standing(account: Account) -> Standing:
    """Ask the vendor for the account's numbers: its token, plan and subscription show with them."""
    try:
        async with client(account) as easify:
            found = await easify.phone_numbers()
    except BulkSMSError as error:
        return Standing(trouble=error.sentence, needs_a_person=True)
    if not isinstance(found, Unreadable):
        return Standing(found.numbers)
    if found.blocked is None:
        return Standing(trouble=found.text)
    return Standing(trouble=f"{WHY_PAUSED[found.blocked]}: {found.text}", needs_a_person=True)


async def look_first(account: Account, senders: Collection[str]) -> str | None:
    """As `preflight`, with the way out of the account."""
    async with client(account) as easify:
        return await preflight(easify, senders)


def require_settings(*accounts: Account) -> None:
    """Look at everything that a run on the accounts will need from its surroundings.

    Raises:
        ConfigError: a setting must be fixed; better now than after the plan.
    """
    for account in accounts:
        client(account)
    timeout()
    lease_length()
    settle()


@dataclass(frozen=True, slots=True)
class Held:
    """An account that is ours: its lease, and its token, or why there is none.

    The token is read once. Were it read again for the way out, one that was replaced meanwhile
    would go by the other's mark, and its record would prove absent what the other one sent.
    """

    lease: Lease
    token: str | ConfigError = field(repr=False)

    def client(self, line: Line | None = None) -> EasifyClient:
        """The way out, as that of `client`.

        Raises:
            ConfigError: the token or the address must be fixed.
        """
        if isinstance(self.token, ConfigError):
            raise self.token
        return _way_out(self.token, line)


@contextmanager
def leased(store: Store, account: str, rate: Rate, clock: Clock) -> Iterator[Held]:
    """Be the account's only sender, and the only one with its token.

    Raises:
        AccountBusy: somebody else is.
    """
    token = _token_or_why(store.accounts.named(account))
    mark = token_mark(token) if isinstance(token, str) else None
    lease = _acquire(store, account, rate, clock, mark)
    try:
        require_alone(store, lease, mark, clock())
        yield Held(lease, token)
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
    book: Book | None = None,
) -> Run:
    """A run of the campaign as it was found, before it was started.

    With `hands_on`, one that is stopped leaves the campaign running, for another worker.
    Its claims and answers go into `book`, if there is one for many runs.
    """
    confirmed = campaign.paused_reason is PausedReason.SCHEDULED
    sender = Sender(
        *(store, easify, lease, clock, notify),
        may_be_scheduled=confirmed,
        hands_on=hands_on,
        book=book,
    )
    return Run(sender, _reconciler(store, lease, easify, clock))


async def settle_all(
    store: Store,
    campaign: Campaign,
    held: Held,
    clock: Clock,
    waiting: Callable[[datetime], None],
) -> Settled:
    """As `Reconciler.settle_all`, with the way out of the account that is held."""
    async with held.client() as easify:
        reconciler = _reconciler(store, held.lease, easify, clock)
        reconciler.most_unheard = A_FEW_LOOKS
        return await reconciler.settle_all(campaign, waiting)


def _reconciler(store: Store, lease: Lease, easify: EasifyClient, clock: Clock) -> Reconciler:
    return Reconciler(store, easify, lease, clock, settle(), read_pace())


def _way_out(token: str, line: Line | None) -> EasifyClient:
    return EasifyClient(token, base_url=base_url(), timeout=timeout(), line=line)


def _acquire(store: Store, account: str, rate: Rate, clock: Clock, mark: str | None) -> Lease:
    """The account's lease; at once if its holder was a process of this machine that has died."""
    acquire = partial(
        store.accounts.acquire,
        account,
        worker=worker_name(),
        rate=rate,
        length=lease_length(),
        now=clock(),
        boot=this_boot(clock),
        token_mark=mark,
    )
    try:
        return acquire()
    except AccountBusy as busy:
        if not is_dead(busy.holder):
            raise
        store.accounts.break_lease(account, epoch=busy.epoch)
    return acquire()


def _token_or_why(account: Account) -> str | ConfigError:
    try:
        return token_of(account)
    except ConfigError as error:
        return error
