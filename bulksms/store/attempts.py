"""One line for every POST: evidence, and the pace's memory.

A slot is taken by the same commit that claims the message.
It is live while its attempt has no answer, and for one period after the answer arrived:
the vendor counted the request somewhere between the two, so if every send starts a period after
the answer of the send `count` places earlier, no window of that length can hold `count + 1`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, case, func, insert, literal, select, update

from bulksms.model.outcomes import (
    Accepted,
    AccountBlocked,
    NotSent,
    Outcome,
    OutcomeName,
    Rejected,
    Unknown,
)
from bulksms.model.records import Hold, Lease, NotYet
from bulksms.store.schema import account, attempt


def slot(tx: Connection, lease: Lease, now: datetime) -> NotYet | None:
    """None if one of the account's slots is free at `now`."""
    mine = attempt.c.account_id == lease.account_id
    in_the_air = tx.execute(
        select(func.count()).where(mine, attempt.c.finished_at.is_(None))
    ).scalar_one()
    answered: Sequence[datetime] = (
        tx.execute(
            select(attempt.c.finished_at)
            .where(mine, attempt.c.finished_at > now - lease.rate.period)
            .order_by(attempt.c.finished_at)
        )
        .scalars()
        .all()
    )
    too_many = in_the_air + len(answered) - lease.rate.count
    if too_many < 0:
        return None
    if too_many >= len(answered):
        return NotYet(None, Hold.PACE)
    return NotYet(answered[too_many] + lease.rate.period, Hold.PACE)


def begin(tx: Connection, lease: Lease, message_id: int, now: datetime) -> int:
    """Open the attempt that a claim stands for, and take its slot.

    Returns:
        The attempt's id.
    """
    opened: int = tx.execute(
        insert(attempt)
        .values(
            message_id=message_id,
            account_id=lease.account_id,
            epoch=lease.epoch,
            worker=lease.worker,
            started_at=now,
        )
        .returning(attempt.c.id)
    ).scalar_one()
    return opened


def close(tx: Connection, attempt_id: int, outcome: Outcome, now: datetime) -> bool:
    """Write the answer down, unless a clear answer already stands there.

    A slot never ends sooner for it: the clock of a late answer may be behind.
    """
    closable = attempt.c.outcome.is_(None) | (attempt.c.outcome == OutcomeName.UNKNOWN)
    finished_at = attempt.c.finished_at
    answered = literal(now, finished_at.type)
    return bool(
        tx.execute(
            update(attempt)
            .where(attempt.c.id == attempt_id, closable)
            .values(
                finished_at=case((finished_at > answered, finished_at), else_=answered),
                outcome=name(outcome),
                http_status=outcome.http_status,
                text=None if isinstance(outcome, Accepted) else outcome.text,
                sms_id=outcome.sms_id if isinstance(outcome, Accepted) else None,
            )
        ).rowcount
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


def abandon(tx: Connection, lease: Lease, now: datetime, *, text: str) -> Sequence[int]:
    """Close what earlier holders left open, as unknown and as of now.

    A slot whose time lies ahead of the clock (the clock was set back) counts from now on too.

    Returns:
        The ids of the attempts that were open.
    """
    mine = attempt.c.account_id == lease.account_id
    tx.execute(update(attempt).where(mine, attempt.c.finished_at > now).values(finished_at=now))
    return (
        tx.execute(
            update(attempt)
            .where(mine, attempt.c.finished_at.is_(None), attempt.c.epoch < lease.epoch)
            .values(finished_at=now, outcome=OutcomeName.UNKNOWN, text=text)
            .returning(attempt.c.id)
        )
        .scalars()
        .all()
    )


def block(tx: Connection, attempt_id: int, until: datetime) -> None:
    """Keep the attempt's account from claiming until then; never shortens an earlier word."""
    of_attempt = select(attempt.c.account_id).where(attempt.c.id == attempt_id).scalar_subquery()
    tx.execute(
        update(account)
        .where(
            account.c.id == of_attempt,
            account.c.blocked_until.is_(None) | (account.c.blocked_until < until),
        )
        .values(blocked_until=until)
    )
