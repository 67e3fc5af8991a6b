"""What a number's owner may ask to be erased, erased; what was counted stays counted.

The row, its state and its evidence stay, so that every count and every audit is as true as before.
The number, the row's cells, the texts and whatever may quote them are gone.
"""

import json
from datetime import datetime
from shlex import quote
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from bulksms.model.chunks import cells_to_text
from bulksms.model.errors import InputError
from bulksms.model.records import FORGOTTEN_NUMBER
from bulksms.model.states import Move, Reason, State
from bulksms.store.moving import move, tell
from bulksms.store.opt_outs import opted_out
from bulksms.store.schema import attempt, campaign, event, message, receipt, suppression

FORGOTTEN = "(forgotten)"
STILL_NEEDED = (State.QUEUED, State.SENDING, State.UNKNOWN)
"""Of rows in these states the number is still to be texted, or asked about."""
NOT_FORGOTTEN = message.c.to_number.startswith("+")
"""Rows that still know whom they are for."""

_OF_THE_NUMBER = message.c.to_number == bindparam("number")


def require_settled(tx: Connection, number: str) -> None:
    """See that nothing is still to be done about the number; what waits for it must not be texted.

    Raises:
        InputError: a row is in doubt; or it waits, or only its file says that it opted out, while
            the number is not on the suppression list.
    """
    for row in tx.execute(_ITS_ROWS, {"number": number}).all():
        name, which = quote(row.name), f"Row {row.row_number} of '{row.name}'"
        if row.said_no and row.opted_out is None:
            raise InputError(
                f"{which} opted out in its file, and only there: without it, the number would be"
                " texted again.",
                next_command=f"bulksms suppress add {number}\nthen the same again",
            )
        if row.state not in STILL_NEEDED:
            continue
        if row.state != State.QUEUED:
            raise InputError(
                f"{which} is in doubt, and is settled by its number.",
                next_command=f"bulksms reconcile {name}\nand for what that cannot settle\n"
                f"bulksms resolve {name} --row {row.row_number} --give-up",
            )
        if row.opted_out is None:
            raise InputError(
                f"{which} still waits to be texted.",
                next_command=f"bulksms suppress add {number}\nthen the same again",
            )


_ITS_ROWS = (
    select(
        message.c.state,
        message.c.row_number,
        campaign.c.name,
        suppression.c.reason.label("opted_out"),
        opted_out(message).label("said_no"),
    )
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .outerjoin(suppression, suppression.c.to_number == message.c.to_number)
    .where(_OF_THE_NUMBER)
    .order_by(message.c.id)
    .with_for_update(of=message, key_share=True)  # those too that `retry` might put back
)


def forget(tx: Connection, number: str, *, now: datetime, actor: str) -> int:
    """Erase the personal data of every row of the number; one that waits is opted out first.

    Returns:
        How many rows there were.
    """
    move(
        tx,
        _OF_THE_NUMBER,
        {"number": number},
        by=Move.OPT_OUT,
        to=State.SKIPPED,
        reason=Reason.OPTED_OUT,
        detail=FORGOTTEN,
        now=now,
        actor=actor,
    )
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
        "to_number": f"{FORGOTTEN_NUMBER}{row.id}",
        "original": cells_to_text([""] * len(json.loads(row.columns))),
        "lead_id": None,
        "place": "",
        **gone,
    }
