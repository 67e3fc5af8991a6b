"""How answers are written down: each closes its attempt, and moves its message accordingly.

An answer is a fact even when it comes late: it closes an attempt that was given up as unknown,
and moves the message as far as it is still that attempt's (the guard names it).
"""

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from sqlalchemy import BigInteger, Connection, Text, update

from bulksms.model.outcomes import Accepted, AccountBlocked, NotSent, Rejected, Unknown
from bulksms.model.records import Answer
from bulksms.model.states import Move, State, sources
from bulksms.store import attempts
from bulksms.store.given import given
from bulksms.store.moments import UtcDateTime
from bulksms.store.moving import (
    STILL_MINE,
    THE_MESSAGE,
    MoveEach,
    keep_campaigns,
    move,
    reopen_if_finished,
    skip_if_cancelled,
)
from bulksms.store.prepared import Prepared
from bulksms.store.schema import message


def record_each(tx: Connection, answers: Sequence[Answer]) -> None:
    """Close their attempts with what they taught us; acceptances are moved together."""
    for each in answers:
        if each.hold_until is not None:
            attempts.lock_account(tx, each.claimed.attempt_id)
    closed = attempts.close(tx, answers) if answers else set()
    heard = [each for each in answers if each.claimed.attempt_id in closed]
    accepted = []
    for each in heard:
        if isinstance(each.outcome, Accepted):
            mine = each.claimed.id, each.claimed.attempt_id
            accepted.append((*mine, each.now, each.worker, each.outcome.sms_id))
        else:
            _move(tx, each, *_destination(each.outcome))
        if each.hold_until is not None:
            attempts.block(tx, each.claimed.attempt_id, each.hold_until)
    if accepted and _ACCEPT(tx, accepted) < len(accepted):
        _ACCEPT_LATE(tx, accepted)


_ACCEPTED = given(
    "accepted",
    message_id=BigInteger,
    attempt_id=BigInteger,
    at=UtcDateTime,
    actor=Text,
    sms_id=Text,
)
_ACCEPT, _ACCEPT_LATE = (
    MoveEach(
        _ACCEPTED,
        message.c.attempt_id == _ACCEPTED.c.attempt_id,
        by=by,
        to=State.ACCEPTED,
        sms_id=_ACCEPTED.c.sms_id,
        accepted_at=_ACCEPTED.c.at,
    )
    for by in (Move.RECORD, Move.LATE_ANSWER)
)


def _move(tx: Connection, answer: Answer, to: State, values: Mapping[str, Any]) -> None:
    claimed, now, actor = answer.claimed, answer.now, answer.worker
    mine = {"the_message": claimed.id, "the_attempt": claimed.attempt_id}
    if to is State.QUEUED:
        keep_campaigns(tx, STILL_MINE, mine)
    for by in (Move.RECORD, Move.LATE_ANSWER):
        if not sources(by, to):
            continue
        if move(tx, STILL_MINE, mine, by=by, to=to, now=now, actor=actor, **values):
            break
    if to is State.QUEUED:
        _FORGIVE.count(tx, {"the_message": claimed.id})
        skip_if_cancelled(tx, STILL_MINE, mine, now=now, actor=actor)
        reopen_if_finished(tx, STILL_MINE, mine, now=now, actor=actor)


_FORGIVE = Prepared(update(message).where(THE_MESSAGE).values(attempts=message.c.attempts - 1))
"""What was not processed costs no attempt, wherever its message has gone meanwhile."""


def _destination(
    outcome: Rejected | NotSent | AccountBlocked | Unknown,
) -> tuple[State, dict[str, Any]]:
    """Where what is no acceptance takes its message."""
    match outcome:
        case Rejected(reason, text):
            return State.FAILED, {"reason": reason, "detail": text}
        case NotSent(text) | AccountBlocked(_, text):
            return State.QUEUED, {"note": text}
        case Unknown(reason, text):
            return State.UNKNOWN, {"reason": reason, "detail": text}
        case _:
            assert_never(outcome)
