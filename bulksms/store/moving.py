"""The one statement that changes a message's state, and the event that remembers it.

The guard is computed from `TRANSITIONS`: what the table does not allow changes no row.
The event locks the rows that it is of, so that it never tells of a move that another came before.
To build a statement costs more than to run it, so each is built once and kept: `which` is best a
constant of the module that moves, with a `bindparam` for what differs from one call to the next.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    String,
    Subquery,
    and_,
    bindparam,
    insert,
    literal,
    null,
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

THE_MESSAGE = message.c.id == bindparam("the_message")
THE_CAMPAIGN = campaign.c.id == bindparam("the_campaign")
OF_CAMPAIGN = message.c.campaign_id == bindparam("the_campaign")
"""The messages of one campaign."""
STILL_MINE = and_(THE_MESSAGE, message.c.attempt_id == bindparam("the_attempt"))
"""The message as far as it is still that attempt's."""

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
    allowed = _allowed(which, by, to)
    remember = _event(
        allowed,
        to,
        at=bindparam("moved_at", type_=event.c.at.type),
        mover=bindparam("mover", type_=String),
        said=bindparam("said", type_=String),
    )
    return Prepared(remember), Prepared(update(message).where(allowed))


class MoveEach:
    """The same for messages that have something of their own to say: a statement for all of them.

    `rows` are given by that name; each has a `message_id`, and `at` and `actor` of its move.
    `which` says what they have to do with a message beyond its id, `values` what else they change.
    """

    def __init__(
        self,
        rows: Subquery,
        *which: ColumnElement[bool],
        by: Move,
        to: State,
        **values: Any,  # noqa: ANN401 - columns of the message table
    ) -> None:
        allowed = _allowed(and_(message.c.id == rows.c.message_id, *which), by, to)
        mover = literal(f"{by}: ", String) + rows.c.actor
        self._name = rows.name
        self._remember = Prepared(_event(allowed, to, at=rows.c.at, mover=mover, said=null()))
        plain = {"state": to.value, "reason": None, "detail": None, "updated_at": rows.c.at}
        self._change = Prepared(update(message).where(allowed).values(**plain, **values))

    def __call__(self, tx: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """As `move`."""
        given = {self._name: rows}
        self._remember.count(tx, given)
        return self._change.count(tx, given)


def _allowed(which: ColumnElement[bool], by: Move, to: State) -> ColumnElement[bool]:
    from_here = [literal(each, String) for each in sources(by, to)]
    return and_(which, message.c.state.in_(from_here))


def _event(
    allowed: ColumnElement[bool],
    to: State,
    *,
    at: ColumnElement[datetime],
    mover: ColumnElement[str],
    said: ColumnElement[Any],
) -> Insert:
    return insert(event).from_select(
        ["campaign_id", "message_id", "at", "actor", "from_state", "to_state", "note"],
        select(
            *(message.c.campaign_id, message.c.id, at, mover),
            *(message.c.state, literal(to.value), said),
        )
        .where(allowed)
        .with_for_update(of=message, key_share=True),
    )


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


def reopen_if_finished(
    tx: Connection,
    which: ColumnElement[bool],
    named: Mapping[str, Any],
    *,
    now: datetime,
    actor: str,
) -> None:
    """Let a finished campaign run again to which a message has come back by itself.

    Nobody is there to be told that it waits, and nobody looks at what is finished.
    """
    for found in _their_finished(which).all(tx, named):
        _REOPEN.count(tx, {"the_campaign": found.id, "state": CampaignState.RUNNING})
        tell(
            *(tx, found.id),
            now=now,
            actor=actor,
            from_state=CampaignState.FINISHED,
            to_state=CampaignState.RUNNING,
            note="a late answer put a row back",
        )


@lru_cache(_KEPT)
def _their_finished(which: ColumnElement[bool]) -> Prepared:
    waiting = select(message.c.campaign_id).where(which, message.c.state == State.QUEUED)
    finished = campaign.c.state == CampaignState.FINISHED
    return Prepared(select(campaign.c.id).where(campaign.c.id.in_(waiting), finished))


_REOPEN = Prepared(
    update(campaign).where(THE_CAMPAIGN).values(state=bindparam("state"), finished_at=null())
)


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
