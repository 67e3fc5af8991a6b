"""One line for every POST: evidence, and the pace's memory.

A slot is taken by the same commit that claims the message; `model/slots.py` says when it is free.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    insert,
    select,
    union_all,
    update,
)

from bulksms.model.outcomes import (
    Accepted,
    AccountBlocked,
    NotSent,
    Outcome,
    OutcomeName,
    Rejected,
    Unknown,
)
from bulksms.model.records import Answer, Lease, NotYet, Wanted
from bulksms.model.settings import LONGEST_LEASE_OR_WAIT
from bulksms.model.slots import held_back
from bulksms.store.given import given
from bulksms.store.moments import UtcDateTime
from bulksms.store.prepared import Prepared
from bulksms.store.schema import account, attempt

ABANDONED = (
    "The sender stopped before an answer came; the message may or may not have been accepted."
)
"""What stands in an attempt whose sender may have died, or may wake up and hear the answer yet."""


Slots = Select[datetime | None]


def slot(tx: Connection, lease: Lease, now: datetime) -> NotYet | None:
    """None if one of the account's slots is free at `now`."""
    mine = {"the_account": lease.account_id, "since": now - lease.rate.period}
    taken = [found.finished_at for found in _LIVE.all(tx, mine)]
    answered = [moment for moment in taken if moment is not None]
    return held_back(answered, len(taken) - len(answered), lease.rate, now)


def live(mine: ColumnElement[bool], since: ColumnElement[Any]) -> tuple[Slots, Slots]:
    """The slots that are taken, by when they were answered.

    Two looks, and not one with an `OR`, for which SQLite would read every attempt of the account.
    """
    in_the_air = select(attempt.c.finished_at).where(mine, attempt.c.finished_at.is_(None))
    answered = select(attempt.c.finished_at).where(mine, attempt.c.finished_at > since)
    return in_the_air, answered


_MINE = attempt.c.account_id == bindparam("the_account")
_LIVE = Prepared(union_all(*live(_MINE, bindparam("since"))))


def begin(tx: Connection, taken: Iterable[tuple[Wanted, int]]) -> dict[int, int]:
    """Open the attempts that claims of messages stand for, and take their slots.

    Returns:
        Each message's attempt, by their ids.
    """
    rows = [
        (message_id, each.lease.account_id, each.lease.epoch, each.lease.worker, each.time)
        for each, message_id in taken
    ]
    return {begun.message_id: begun.id for begun in _BEGIN.all(tx, {"begun": rows})}


_BEGUN = given(
    "begun",
    message_id=BigInteger,
    account_id=Integer,
    epoch=Integer,
    worker=Text,
    started_at=UtcDateTime,
)
_BEGIN = Prepared(
    insert(attempt)
    .from_select(_BEGUN.c.keys(), select(_BEGUN))
    .returning(attempt.c.id, attempt.c.message_id)
)


def close(tx: Connection, answers: Iterable[Answer]) -> set[int]:
    """Write answers down, each unless a clear answer already stands there.

    A slot never ends sooner for it: the clock of a late answer may be behind.

    Returns:
        The ids of the attempts that were closed.
    """
    rows = [
        (
            each.claimed.attempt_id,
            each.now,
            name(each.outcome),
            each.outcome.http_status,
            None if isinstance(each.outcome, Accepted) else each.outcome.text,
            each.outcome.sms_id if isinstance(each.outcome, Accepted) else None,
        )
        for each in answers
    ]
    return {closed.id for closed in _CLOSE.all(tx, {"answers": rows})}


_ANSWERS = given(
    "answers",
    attempt_id=BigInteger,
    at=UtcDateTime,
    outcome=Text,
    http_status=Integer,
    text=Text,
    sms_id=Text,
)
_CLOSABLE = attempt.c.outcome.is_(None) | (attempt.c.outcome == OutcomeName.UNKNOWN)
_CLOSE = Prepared(
    update(attempt)
    .where(attempt.c.id == _ANSWERS.c.attempt_id, _CLOSABLE)
    .values(
        finished_at=case(
            (attempt.c.finished_at > _ANSWERS.c.at, attempt.c.finished_at), else_=_ANSWERS.c.at
        ),
        outcome=_ANSWERS.c.outcome,
        http_status=_ANSWERS.c.http_status,
        text=_ANSWERS.c.text,
        sms_id=_ANSWERS.c.sms_id,
    )
    .returning(attempt.c.id)
)


def name(outcome: Outcome) -> OutcomeName:
    """The outcome as the attempt table names it."""
    match outcome:
        case Accepted():
            return OutcomeName.ACCEPTED
        case Rejected():
            return OutcomeName.REJECTED
        case NotSent():
            return OutcomeName.NOT_SENT
        case AccountBlocked():
            return OutcomeName.ACCOUNT_BLOCKED
        case Unknown():
            return OutcomeName.UNKNOWN
        case _:
            assert_never(outcome)


def abandon(tx: Connection, lease: Lease, now: datetime) -> list[tuple[int, int]]:
    """Close what earlier holders left open, as unknown and as of now.

    A slot whose time lies ahead of the clock (the clock was set back) counts from now on too, and
    a wait that is longer than any can be ends.

    Returns:
        The messages and their attempts that were open, by their ids.
    """
    mine = {"the_account": lease.account_id, "now": now}
    _STAMP.count(tx, mine)
    _UNBLOCK.count(tx, mine | {"latest": now + LONGEST_LEASE_OR_WAIT})
    left = mine | {"the_epoch": lease.epoch, "said": ABANDONED}
    return [(closed.message_id, closed.id) for closed in _ABANDON.all(tx, left)]


_STAMP = Prepared(
    update(attempt)
    .where(_MINE, attempt.c.finished_at > bindparam("now"))
    .values(finished_at=bindparam("now"))
)
_UNBLOCK = Prepared(
    update(account)
    .where(account.c.id == bindparam("the_account"), account.c.blocked_until > bindparam("latest"))
    .values(blocked_until=bindparam("now"))
)
_ABANDON = Prepared(
    update(attempt)
    .where(_MINE, attempt.c.finished_at.is_(None), attempt.c.epoch < bindparam("the_epoch"))
    .values(finished_at=bindparam("now"), outcome=OutcomeName.UNKNOWN, text=bindparam("said"))
    .returning(attempt.c.id, attempt.c.message_id)
)


def lock_account(tx: Connection, attempt_id: int) -> None:
    """Lock the attempt's account before anything of it: claims and recoveries do it in this order.

    Only who will `block` it needs to.
    """
    _LOCK.all(tx, {"the_attempt": attempt_id})


def block(tx: Connection, attempt_id: int, until: datetime) -> None:
    """Keep the attempt's account from claiming until then; never shortens an earlier word."""
    _BLOCK.count(tx, {"the_attempt": attempt_id, "until": until})


_ITS_ACCOUNT = (
    account.c.id
    == select(attempt.c.account_id)
    .where(attempt.c.id == bindparam("the_attempt"))
    .scalar_subquery()
)
_LOCK = Prepared(select(account.c.id).where(_ITS_ACCOUNT).with_for_update(key_share=True))
_BLOCK = Prepared(
    update(account)
    .where(
        _ITS_ACCOUNT,
        account.c.blocked_until.is_(None) | (account.c.blocked_until < bindparam("until")),
    )
    .values(blocked_until=bindparam("until"))
)
