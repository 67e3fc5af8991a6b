"""One line for every POST: evidence, and the pace's memory.

A slot is taken by the same commit that claims the message.
It is live while its attempt has no answer, and for one period after the answer arrived:
the vendor counted the request somewhere between the two, so if every send starts a period after
the answer of the send `count` places earlier, no window of that length can hold `count + 1`.
"""

from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, bindparam, case, insert, select, union_all, update

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
from bulksms.store.prepared import Prepared
from bulksms.store.schema import account, attempt

ABANDONED = (
    "The sender stopped before an answer came; the message may or may not have been accepted."
)
"""What stands in an attempt whose sender may have died, or may wake up and hear the answer yet."""


def slot(tx: Connection, lease: Lease, now: datetime) -> NotYet | None:
    """None if one of the account's slots is free at `now`."""
    mine = {"the_account": lease.account_id, "since": now - lease.rate.period}
    live = [found.finished_at for found in _LIVE.all(tx, mine)]
    answered = sorted(moment for moment in live if moment is not None)
    in_the_air = len(live) - len(answered)
    too_many = in_the_air + len(answered) - lease.rate.count
    if too_many < 0:
        return None
    if too_many >= len(answered):
        return NotYet(None, Hold.PACE)
    return NotYet(answered[too_many] + lease.rate.period, Hold.PACE)


_MINE = attempt.c.account_id == bindparam("the_account")
_IN_THE_AIR = select(attempt.c.finished_at).where(_MINE, attempt.c.finished_at.is_(None))
_ANSWERED = select(attempt.c.finished_at).where(_MINE, attempt.c.finished_at > bindparam("since"))
_LIVE = Prepared(union_all(_IN_THE_AIR, _ANSWERED))
"""Not one `OR`, for which SQLite would read every attempt of the account."""


def begin(tx: Connection, lease: Lease, message_id: int, now: datetime) -> int:
    """Open the attempt that a claim stands for, and take its slot.

    Returns:
        The attempt's id.
    """
    opened: int = _BEGIN.first(
        tx,
        {
            "message_id": message_id,
            "account_id": lease.account_id,
            "epoch": lease.epoch,
            "worker": lease.worker,
            "started_at": now,
        },
    ).id
    return opened


_BEGIN = Prepared(insert(attempt).returning(attempt.c.id))


def close(tx: Connection, attempt_id: int, outcome: Outcome, now: datetime) -> bool:
    """Write the answer down, unless a clear answer already stands there.

    A slot never ends sooner for it: the clock of a late answer may be behind.
    """
    closed = _CLOSE.count(
        tx,
        {
            "the_attempt": attempt_id,
            "answered_at": now,
            "outcome": name(outcome),
            "http_status": outcome.http_status,
            "text": None if isinstance(outcome, Accepted) else outcome.text,
            "sms_id": outcome.sms_id if isinstance(outcome, Accepted) else None,
        },
    )
    return bool(closed)


_CLOSABLE = attempt.c.outcome.is_(None) | (attempt.c.outcome == OutcomeName.UNKNOWN)
_ANSWERED_AT = bindparam("answered_at", type_=attempt.c.finished_at.type)
_CLOSE = Prepared(
    update(attempt)
    .where(attempt.c.id == bindparam("the_attempt"), _CLOSABLE)
    .values(
        finished_at=case(
            (attempt.c.finished_at > _ANSWERED_AT, attempt.c.finished_at), else_=_ANSWERED_AT
        )
    )
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

    A slot whose time lies ahead of the clock (the clock was set back) counts from now on too.

    Returns:
        The messages and their attempts that were open, by their ids.
    """
    mine = {"the_account": lease.account_id, "now": now}
    _STAMP.count(tx, mine)
    left = mine | {"the_epoch": lease.epoch, "said": ABANDONED}
    return [(closed.message_id, closed.id) for closed in _ABANDON.all(tx, left)]


_STAMP = Prepared(
    update(attempt)
    .where(_MINE, attempt.c.finished_at > bindparam("now"))
    .values(finished_at=bindparam("now"))
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
