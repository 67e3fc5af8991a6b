"""What a number's owner may ask to be erased, erased; what was counted stays counted.

The row, its state and its evidence stay, so that every count and every audit is as true as before.
The number, the row's cells, the texts and whatever may quote them are gone.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bulksms.model.states import State
from bulksms.store.bulk import cells_to_text
from bulksms.store.moving import tell
from bulksms.store.schema import attempt, campaign, event, message, receipt

FORGOTTEN = "(forgotten)"
STILL_NEEDED = (State.QUEUED, State.SENDING, State.UNKNOWN)
"""Of rows in these states the number is still to be texted, or asked about."""


def rows_that_need(tx: Connection, number: str) -> int:
    """How many rows something is still to be done about; from now on none comes back to life."""
    rows = select(message.c.state).where(message.c.to_number == number)
    states = tx.execute(rows.with_for_update(key_share=True)).scalars()
    return sum(state in STILL_NEEDED for state in states)


def forget(tx: Connection, number: str, *, now: datetime, actor: str) -> int:
    """Erase the personal data of every row of the number.

    Returns:
        How many rows there were.
    """
    rows = tx.execute(
        select(
            *(message.c.id, message.c.campaign_id, message.c.sms_id, message.c.body),
            *(message.c.media, message.c.detail),
            *(campaign.c.account_id, campaign.c.columns, campaign.c.state.label("campaign_state")),
        )
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .where(message.c.to_number == number)
    ).all()
    for row in rows:
        tx.execute(update(message).where(message.c.id == row.id).values(**_erased(row)))
        tx.execute(update(attempt).where(attempt.c.message_id == row.id).values(text=None))
        tx.execute(update(event).where(event.c.message_id == row.id).values(note=None))
        of_it = (receipt.c.account_id == row.account_id) & (receipt.c.sms_id == row.sms_id)
        tx.execute(update(receipt).where(of_it).values(raw=FORGOTTEN))
    for campaign_id, state in {row.campaign_id: row.campaign_state for row in rows}.items():
        note = "the personal data of a number was erased"
        tell(tx, campaign_id, now=now, actor=actor, from_state=state, to_state=state, note=note)
    return len(rows)


def _erased(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """What the row keeps: something wherever there was something, since the CHECKs want it."""
    gone = {name: FORGOTTEN for name in ("body", "media", "detail") if getattr(row, name)}
    return {
        "to_number": f"forgotten-{row.id}",
        "original": cells_to_text([""] * len(json.loads(row.columns))),
        "lead_id": None,
        "place": "",
        **gone,
    }
