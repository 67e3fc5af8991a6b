"""Accounts and the right to send on them; what people say of them is in `account_settings`.

One sender at a time holds an account's lease.
Its `epoch` rises with every holder and stands in the guard of every claim,
so that a holder that slept past its lease can claim nothing more, whatever its clock says.
What else is another than the last holder knew it, `succession` finds out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    Row,
    Text,
    bindparam,
    func,
    or_,
    select,
    update,
)

from bulksms.model.accounts import DEFAULT_NAME, Account
from bulksms.model.errors import AccountBusy, LeaseLost
from bulksms.model.records import Beat, Boot, Lease, Rate, Use, Wanted
from bulksms.model.settings import LONGEST_LEASE_OR_WAIT, parse_rate
from bulksms.store import account_settings
from bulksms.store.engine import insert_if_new, reading, writing
from bulksms.store.given import given
from bulksms.store.moments import UtcDateTime
from bulksms.store.prepared import Prepared
from bulksms.store.schema import account, attempt
from bulksms.store.succession import heed_the_clock, heed_the_token


@dataclass(frozen=True, slots=True)
class Accounts:
    """What may be done with an account; each method is one transaction."""

    engine: Engine

    def acquire(
        self,
        name: str,
        *,
        worker: str,
        rate: Rate,
        length: timedelta,
        now: datetime,
        boot: Boot | None = None,
        token_mark: str | None = "",
    ) -> Lease:
        """Become the account's only sender for `length`; a new name is a new account.

        `boot` is the start of the worker's machine, where it is known; `token_mark` is another
        where the token is, and None where there is none.

        Raises:
            AccountBusy: somebody else is, and its lease has not lapsed.
        """
        wanted = {"leased_by": worker, "leased_until": now + length, "rate": str(rate)}
        wanted |= {"now": now, "latest": now + LONGEST_LEASE_OR_WAIT}
        with writing(self.engine) as tx:
            while True:
                known = account_named(tx, name, rate)
                epoch = tx.execute(_TAKE, {"the_account": known.id, **wanted}).scalar_one_or_none()
                if epoch is not None:
                    lease = Lease(known.id, name, worker, epoch, rate, length)
                    heed_the_clock(tx, lease, boot, now)
                    heed_the_token(tx, lease, token_mark)
                    return lease
                _require_free(account_named(tx, name, rate), name)

    def release(self, lease: Lease) -> None:
        """Give the account back; nothing if somebody else has it by now."""
        with writing(self.engine) as tx:
            tx.execute(_RELEASE, {"the_account": lease.account_id, "the_epoch": lease.epoch})

    def renew(self, lease: Lease, now: datetime) -> None:
        """Say that the holder is alive.

        Raises:
            LeaseLost: somebody else has taken the account over.
        """
        with writing(self.engine) as tx:
            hold(tx, lease, now)

    def with_token(self, mark: str, *, beside: Lease) -> list[str]:
        """The other accounts whose last holder had a token whose mark begins so, by name."""
        with reading(self.engine) as tx:
            wanted = {"mark": mark, "the_account": beside.account_id}
            return list(tx.execute(_WITH_TOKEN, wanted).scalars())

    def named(self, name: str) -> Account:
        """The account of that name, as its record describes it.

        Raises:
            InputError: there is none; the sentence lists those there are.
        """
        with reading(self.engine) as tx:
            found = account_settings.find(tx, name)
            if found is not None:
                return found
            if name == DEFAULT_NAME:
                return Account()
            raise account_settings.unknown(name, account_settings.every(tx))

    def registered(self, name: str) -> Account:
        """As `named`, for a new campaign: a name that only earlier campaigns use is refused.

        Raises:
            InputError: there is none; the sentence lists those there are.
        """
        found = self.named(name)
        if found.token_place is None and name != DEFAULT_NAME:
            raise account_settings.unknown(name, self.all())
        return found

    def all(self) -> list[Account]:
        """Every account that has a record, by name."""
        with reading(self.engine) as tx:
            return account_settings.every(tx)

    def keep(self, wanted: Iterable[Account]) -> int:
        """Write the records of accounts whose token has a place, all of them or none.

        Returns:
            How many had none before.

        Raises:
            InputError: a token's place is another account's.
        """
        with writing(self.engine) as tx:
            placed = [(each, each.token_place) for each in wanted if each.token_place]
            return sum([account_settings.put(tx, each, place) for each, place in placed])

    def remove(self, name: str) -> None:
        """Forget the account's record; its campaigns and attempts stay.

        Raises:
            InputError: there is none, or a campaign of the account is not over.
        """
        with writing(self.engine) as tx:
            account_settings.take_away(tx, name)

    def break_lease(self, name: str, *, epoch: int) -> None:
        """End the lease of a holder that is known to be dead; nothing if it has changed hands."""
        with writing(self.engine) as tx:
            tx.execute(
                update(account)
                .where(account.c.name == name, account.c.epoch == epoch)
                .values(leased_by=None, leased_until=None)
            )

    def use(self, name: str, now: datetime) -> Use | None:
        """How the account is used just now; None if it never was.

        A lease that lapsed ends with this look: its holder may wake up, and can claim nothing more.
        """
        with writing(self.engine) as tx:
            at = {"the_account": name, "now": now, "latest": now + LONGEST_LEASE_OR_WAIT}
            tx.execute(_END_LAPSED, at)
            found = tx.execute(_USE, {"the_account": name}).one_or_none()
        return None if found is None else Use(parse_rate(found.rate), *found[1:])


HAS_LAPSED = or_(
    account.c.leased_until <= bindparam("now"), account.c.leased_until > bindparam("latest")
)
"""A lease that is over at `now`, or that a wrong clock wrote, for it goes beyond `latest`."""
_THE_ACCOUNT = account.c.name == bindparam("the_account")
_END_LAPSED = (
    update(account).where(_THE_ACCOUNT, HAS_LAPSED).values(leased_by=None, leased_until=None)
)
_WITH_TOKEN = (
    select(account.c.name)
    .where(
        account.c.token_mark.startswith(bindparam("mark", type_=Text)),
        account.c.id != bindparam("the_account"),
    )
    .order_by(account.c.name)
)
_OF_ACCOUNT = attempt.c.account_id == account.c.id
_USE = select(
    account.c.rate,
    account.c.leased_by,
    account.c.leased_until,
    account.c.epoch,
    select(func.max(attempt.c.finished_at)).where(_OF_ACCOUNT).scalar_subquery(),
    select(func.max(attempt.c.started_at))
    .where(_OF_ACCOUNT, attempt.c.finished_at.is_(None))
    .scalar_subquery(),
).where(_THE_ACCOUNT)


def _require_free(found: Row[int, str, datetime, int], name: str) -> None:
    """Somebody was faster; unless it has gone again by now, say who it is."""
    if found.leased_by is not None:
        raise AccountBusy(
            f"The account '{name}' is in use: {found.leased_by} is sending on it"
            f" and holds it until {found.leased_until:%H:%M:%S} UTC.",
            next_command="bulksms status",
            holder=found.leased_by,
            until=found.leased_until,
            epoch=found.epoch,
        )


_TAKE = (
    update(account)
    .where(
        account.c.id == bindparam("the_account"),
        account.c.leased_by.is_(None) | HAS_LAPSED,
    )
    .values(epoch=account.c.epoch + 1)
    .returning(account.c.epoch)
)

_RELEASE = (
    update(account)
    .where(account.c.id == bindparam("the_account"), account.c.epoch == bindparam("the_epoch"))
    .values(leased_by=None, leased_until=None)
)


def account_named(tx: Connection, name: str, rate: Rate) -> Row[int, str, datetime, int]:
    """The account's `id, leased_by, leased_until, epoch`; made if it is new."""
    wanted = {"account": name}
    if (known := tx.execute(_NAMED, wanted).one_or_none()) is not None:
        return known
    tx.execute(insert_if_new(tx, account).values(name=name, rate=str(rate)))
    return tx.execute(_NAMED, wanted).one()


_NAMED = select(account.c.id, account.c.leased_by, account.c.leased_until, account.c.epoch).where(
    account.c.name == bindparam("account")
)


def hold(tx: Connection, lease: Lease, now: datetime) -> None:
    """Renew the lease inside a transaction, and lock the account for the rest of it.

    A lapsed lease that nobody took is renewed: the epoch, not the time, is the guard.

    Raises:
        LeaseLost: the epoch has risen; the transaction must not go on.
    """
    if lease.account_id not in hold_each(tx, [Beat(lease, now)]):
        raise LeaseLost(account=lease.account)


def hold_each(tx: Connection, alive: Iterable[Wanted | Beat]) -> set[int]:
    """As `hold`, for many.

    Returns:
        The ids of the accounts whose leases hold.
    """
    rows = [
        (lease.account_id, lease.epoch, lease.worker, each.alive_at + lease.length)
        for each in alive
        for lease in [each.lease]
    ]
    return {held.id for held in _HOLD.all(tx, {"leases": rows})} if rows else set()


_LEASES = given("leases", account_id=Integer, epoch=Integer, worker=Text, until=UtcDateTime)
_HOLD = Prepared(
    update(account)
    .where(
        account.c.id == _LEASES.c.account_id,
        account.c.epoch == _LEASES.c.epoch,
        account.c.leased_by == _LEASES.c.worker,
    )
    .values(leased_until=_LEASES.c.until)
    .returning(account.c.id)
)
