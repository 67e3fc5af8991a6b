"""The one statement that changes a message's state, and the event that remembers it.

The guard is computed from `TRANSITIONS`: what the table does not allow changes no row.
The event locks the rows that it is of, so that it never tells of a move that another came before.
To build a statement costs more than to run it, so each is built once and kept: `which` is best a
constant of the module that moves, with a `bindparam` for what differs from one call to the next.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    bindparam,
    insert,
    literal,
    select,
    update,
)

from bulksms.model.states import CampaignState, Move, Reason, State, sources
from bulksms.store.prepared import Prepared
from bulksms.store.schema import campaign, event, message

IN_CANCELLED = message.c.campaign_id.in_(
    select(campaign.c.id).where(campaign.c.state == CampaignState.CANCELLED)
)
"""Messages of campaigns that were ended: none of them gets another turn."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_KEPT = 128
"""Moves whose statements are kept; the program has some forty."""


def move(
    tx: Connection,
    which: ColumnElement[bool],
    named: Mapping[str, Any] = _NOTHING,
    *,
    by: Move,
    to: State,
    now: datetime,
    actor: str,
    reason: Reason | None = None,
    detail: str | None = None,
    note: str | None = None,
    **values: Any,  # noqa: ANN401 - columns of the message table
) -> int:
    """Take every message in `which` that `by` may take to `to` there, and write its event.

    Args:
        tx: the transaction.
        which: the messages in question.
        named: the values of the `bindparam`s in `which`.
        by: who moves them.
        to: the state that they shall have.
        now: the moment of the move.
        actor: the worker or the person behind it.
        reason: why, for the states that need a reason.
        detail: the same in a sentence.
        note: what the event says; without it, the detail.
        values: other columns of the message, which change too.

    Returns:
        How many moved; 0 means that somebody else moved it, or that the move is not allowed.
    """
    remember, change = _statements(which, by, to)
    event_of_it = {"moved_at": now, "mover": f"{by}: {actor}", "said": note or detail}
    remember.count(tx, {**named, **event_of_it})
    changed = {"state": to, "reason": reason, "detail": detail, "updated_at": now, **values}
    return change.count(tx, {**named, **changed})


@lru_cache(_KEPT)
def _statements(which: ColumnElement[bool], by: Move, to: State) -> tuple[Prepared, Prepared]:
    """The event's and the move's own; the latter sets the columns that it is given values for."""
    from_here = [literal(each, String) for each in sources(by, to)]
    allowed = and_(which, message.c.state.in_(from_here))
    remember = insert(event).from_select(
        ["campaign_id", "message_id", "at", "actor", "from_state", "to_state", "note"],
        select(
            message.c.campaign_id,
            message.c.id,
            bindparam("moved_at", type_=event.c.at.type),
            bindparam("mover", type_=String),
            message.c.state,
            literal(to.value),
            bindparam("said", type_=String),
        )
        .where(allowed)
        .with_for_update(of=message, key_share=True),
    )
    return Prepared(remember), Prepared(update(message).where(allowed))


def keep_campaigns(
    tx: Connection, which: ColumnElement[bool], named: Mapping[str, Any] = _NOTHING
) -> None:
    """Keep the campaigns of these messages from being cancelled until the transaction ends.

    Whoever puts a message back says this first: else a cancel at the same time would miss it.
    """
    _their_campaigns(which).all(tx, named)


@lru_cache(_KEPT)
def _their_campaigns(which: ColumnElement[bool]) -> Prepared:
    return Prepared(
        select(campaign.c.id)
        .where(campaign.c.id.in_(select(message.c.campaign_id).where(which)))
        .with_for_update(read=True, of=campaign)
    )


def skip_cancelled(
    tx: Connection,
    which: ColumnElement[bool],
    named: Mapping[str, Any],
    *,
    now: datetime,
    actor: str,
) -> int:
    """Skip those that wait for a turn that never comes, because their campaign is cancelled."""
    return move(
        tx,
        which,
        named,
        by=Move.CANCEL,
        to=State.SKIPPED,
        reason=Reason.CANCELLED,
        detail="The campaign was cancelled before this row's turn.",
        now=now,
        actor=actor,
    )


def skip_if_cancelled(
    tx: Connection,
    which: ColumnElement[bool],
    named: Mapping[str, Any],
    *,
    now: datetime,
    actor: str,
) -> int:
    """The same for what comes back to the queue, of whatever campaign it is."""
    return skip_cancelled(tx, _if_cancelled(which), named, now=now, actor=actor)


@lru_cache(_KEPT)
def _if_cancelled(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(which, IN_CANCELLED)


def tell(
    tx: Connection,
    campaign_id: int,
    *,
    now: datetime,
    actor: str,
    to_state: str,
    from_state: str | None = None,
    note: str | None = None,
) -> None:
    """Write an event of the campaign itself."""
    _TELL.count(
        tx,
        {
            "campaign_id": campaign_id,
            "at": now,
            "actor": actor,
            "from_state": from_state,
            "to_state": to_state,
            "note": note,
        },
    )


_TELL = Prepared(insert(event))
