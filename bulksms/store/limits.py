"""The row at which a campaign rests, as `--limit` asks: where it is, and when it is lifted.

It is lifted for whoever lets a campaign go on that was seen to rest there, and for nobody else:
a run that died before it could rest may have left rows in the air that are to be texted first.
What was put back below it since, refused or in doubt, goes alone; then it rests once more.
"""

from sqlalchemy import Connection, select, update

from bulksms.model.states import State
from bulksms.store.moving import THE_CAMPAIGN
from bulksms.store.schema import campaign, message

LIMIT_REACHED = "The limit that was asked for is reached; the other rows wait."


def nth_good_row(tx: Connection, campaign_id: int, limit: int | None) -> int | None:
    """The row number of the `limit`-th queued row; None without a limit or with fewer rows."""
    if limit is None:
        return None
    found: int | None = tx.execute(
        select(message.c.row_number)
        .where(message.c.campaign_id == campaign_id, message.c.state == State.QUEUED)
        .order_by(message.c.row_number)
        .offset(limit - 1)
        .limit(1)
    ).scalar_one_or_none()
    return found


def lift_if_reached(tx: Connection, campaign_id: int) -> None:
    """Let a campaign that rests at its limit go on to its end."""
    tx.execute(_LIFT, {"the_campaign": campaign_id})


def goes_until(tx: Connection, campaign_id: int) -> int | None:
    """The row at which it would rest if it was started now; None: it goes to its end."""
    found: int | None = tx.execute(_KEPT, {"the_campaign": campaign_id}).scalar_one_or_none()
    return found


_PUT_BACK = (
    select(message.c.id)
    .where(
        message.c.campaign_id == campaign.c.id,
        message.c.state == State.QUEUED,
        message.c.row_number <= campaign.c.stop_after_row,
    )
    .exists()
)
_IS_REACHED = campaign.c.paused_detail.is_not_distinct_from(LIMIT_REACHED) & ~_PUT_BACK
_LIFT = update(campaign).where(THE_CAMPAIGN, _IS_REACHED).values(stop_after_row=None)
_KEPT = select(campaign.c.stop_after_row).where(THE_CAMPAIGN, ~_IS_REACHED)
