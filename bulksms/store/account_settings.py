"""What people say of accounts, kept: the rate, the senders, and where the token is (never what).

Two accounts never share a place, for with one token they would exceed its rate together.
"""

import shlex
from collections.abc import Iterable

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Row,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)

from bulksms.model.accounts import DEFAULT_NAME, Account, Keeper, TokenPlace
from bulksms.model.errors import InputError
from bulksms.model.settings import DEFAULT_RATE, parse_rate
from bulksms.model.states import ENDED
from bulksms.store.schema import account, campaign, metadata, one_of

account_setting = Table(
    "account_setting",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("rate", Text),
    Column("senders", Text, nullable=False),
    Column("token_keeper", Text, nullable=False),
    Column("token_name", Text, nullable=False),
    CheckConstraint(one_of("token_keeper", Keeper), name="keeper_is_known"),
    UniqueConstraint("token_keeper", "token_name", name="one_account_a_token"),
)


def find(tx: Connection, name: str) -> Account | None:
    """The account of that name: its record, or its bare name if it was only ever used."""
    row = tx.execute(_NAMED, {"wanted": name}).one_or_none()
    return None if row is None else _account(row)


def every(tx: Connection) -> list[Account]:
    """Every account that has a record, by name."""
    rows = tx.execute(_EVERY.where(account_setting.c.account_id.is_not(None)))
    return [_account(row) for row in rows]


def put(tx: Connection, wanted: Account, place: TokenPlace) -> bool:
    """Write the account's record, over an earlier one; whether there was none.

    Raises:
        InputError: another account has that token's place.
    """
    _require_own_place(tx, wanted.name, place)
    account_id = tx.execute(_ID, {"wanted": wanted.name}).scalar_one_or_none()
    if account_id is None:
        made = insert(account).values(name=wanted.name, rate=str(wanted.rate or DEFAULT_RATE))
        account_id = tx.execute(made.returning(account.c.id)).scalar_one()
    elif wanted.rate is not None:
        its = account.c.id == account_id
        tx.execute(update(account).where(its).values(rate=str(wanted.rate)))
    before = _drop(tx, account_id)
    tx.execute(
        insert(account_setting).values(
            account_id=account_id,
            rate=None if wanted.rate is None else str(wanted.rate),
            senders=" ".join(wanted.senders),
            token_keeper=place.keeper,
            token_name=place.name,
        )
    )
    return not before


def take_away(tx: Connection, name: str) -> None:
    """Forget the record; what was done on the account stays.

    Raises:
        InputError: there is none, or a campaign of the account is not over.
    """
    account_id = tx.execute(_ID, {"wanted": name}).scalar_one_or_none()
    unfinished = tx.execute(_UNFINISHED, {"the_account": account_id}).scalars().first()
    if unfinished is not None:
        typed = shlex.quote(unfinished)
        raise InputError(
            f"The campaign '{unfinished}' of the account '{name}' is not over.",
            next_command=f"bulksms resume {typed}\nor\nbulksms cancel {typed}",
        )
    if account_id is None or not _drop(tx, account_id):
        raise unknown(name, every(tx))


def unknown(name: str, known: Iterable[Account]) -> InputError:
    """That there is no such account, and which there are."""
    names = dict.fromkeys([DEFAULT_NAME, *(each.name for each in known)])
    listed = ", ".join(f"'{each}'" for each in list(names)[:10])
    return InputError(
        f"There is no account '{name}'; there is {listed}.",
        next_command=f"bulksms accounts add {shlex.quote(name)} --token-variable NAME",
    )


_EVERY = (
    select(
        account.c.name,
        account_setting.c.rate,
        account_setting.c.senders,
        account_setting.c.token_keeper,
        account_setting.c.token_name,
    )
    .outerjoin(account_setting, account_setting.c.account_id == account.c.id)
    .order_by(account.c.name)
)
_NAMED = _EVERY.where(account.c.name == bindparam("wanted"))
_ID = select(account.c.id).where(account.c.name == bindparam("wanted"))
_UNFINISHED = (
    select(campaign.c.name)
    .where(campaign.c.account_id == bindparam("the_account"), campaign.c.state.not_in(ENDED))
    .order_by(campaign.c.id.desc())
)


def _require_own_place(tx: Connection, name: str, place: TokenPlace) -> None:
    its = exists().where(
        account_setting.c.account_id == account.c.id,
        account_setting.c.token_keeper == place.keeper,
        account_setting.c.token_name == place.name,
    )
    others = select(account.c.name).where(its, account.c.name != name)
    other = tx.execute(others).scalar_one_or_none()
    if other is not None:
        raise InputError(
            f"In {place.in_words} is the token of the account '{other}':"
            " two accounts with one token would exceed its rate."
        )


def _drop(tx: Connection, account_id: int) -> bool:
    its = account_setting.c.account_id == account_id
    return bool(tx.execute(delete(account_setting).where(its)).rowcount)


def _account(row: Row[*tuple[str, str | None, str | None, str | None, str | None]]) -> Account:
    name, rate, senders, keeper, token_name = row
    return Account(
        name=name,
        rate=None if rate is None else parse_rate(rate),
        senders=tuple((senders or "").split()),
        token_place=TokenPlace(Keeper(keeper), token_name) if keeper and token_name else None,
    )
