"""The one statement that changes a message's state, and the event that remembers it.

The guard is computed from `TRANSITIONS`: what the table does not allow changes no row.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    insert,
    literal,
    select,
    update,
)

from bulksms.model.states import CampaignState, Move, Reason, State, sources
from bulksms.store.schema import campaign, event, message

IN_CANCELLED = message.c.campaign_id.in_(
    select(campaign.c.id).where(campaign.c.state == CampaignState.CANCELLED)
)
"""Messages of campaigns that were ended: none of them gets another turn."""


def move(
    tx: Connection,
    which: ColumnElement[bool],
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

    Returns:
        How many moved; 0 means that somebody else moved it, or that the move is not allowed.
    """
    allowed = and_(which, message.c.state.in_(sources(by, to)))
    tx.execute(
        insert(event).from_select(
            ["campaign_id", "message_id", "at", "actor", "from_state", "to_state", "note"],
            select(
                message.c.campaign_id,
                message.c.id,
                literal(now, event.c.at.type),
                literal(f"{by}: {actor}"),
                message.c.state,
                literal(to.value),
                literal(note or detail, String),
            ).where(allowed),
        )
    )
    return tx.execute(
        update(message)
        .where(allowed)
        .values(state=to, reason=reason, detail=detail, updated_at=now, **values)
    ).rowcount


def skip_cancelled(tx: Connection, which: ColumnElement[bool], *, now: datetime, actor: str) -> int:
    """Skip those that wait for a turn that never comes, because their campaign is cancelled."""
    return move(
        tx,
        which,
        by=Move.CANCEL,
        to=State.SKIPPED,
        reason=Reason.CANCELLED,
        detail="The campaign was cancelled before this row's turn.",
        now=now,
        actor=actor,
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
    tx.execute(
        insert(event).values(
            campaign_id=campaign_id,
            at=now,
            actor=actor,
            from_state=from_state,
            to_state=to_state,
            note=note,
        )
    )
