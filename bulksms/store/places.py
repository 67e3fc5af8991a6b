"""Where a campaign's recipients may be, which of these places may be texted now, and when next.

Nothing about the hours is kept but what was asked for: every claim looks at the clock anew, so
there is no row whose turn was computed before somebody changed a clock.
A campaign whose hours do not follow its recipients has one place, which has no name.
"""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

from bulksms.model.hours import Hours
from bulksms.model.records import Hold, NotYet
from bulksms.model.states import State
from bulksms.model.timetable import first_opening, in_turn
from bulksms.store.prepared import Prepared
from bulksms.store.schema import campaign, message, place

NO_LIMIT = 2**31 - 1
"""Greater than any row's number."""


def open_now(tx: Connection, campaign_id: int, hours: Hours | None, now: datetime) -> list[str]:
    """The places that may be texted now, in the order of their turn."""
    return in_turn(hours, _waiting(tx, campaign_id, hours), now)


def next_opening(
    tx: Connection, campaign_id: int, hours: Hours | None, now: datetime
) -> NotYet | None:
    """When the first place opens that rows are waiting for; None if no row waits for its hours."""
    if hours is None:
        return None
    opening = first_opening(hours, _waiting(tx, campaign_id, hours), now)
    return None if opening is None else NotYet(opening, Hold.HOURS)


def remember_places(tx: Connection, campaign_id: int) -> None:
    """Note where the rows that were just put in go; part of the load's transaction."""
    tx.execute(
        insert(place).from_select(
            ["campaign_id", "place"],
            select(message.c.campaign_id, message.c.place)
            .where(message.c.campaign_id == campaign_id, message.c.state == State.QUEUED)
            .distinct(),
        )
    )


def hours_to_columns(hours: Hours | None) -> dict[str, str | None]:
    """As the campaign table keeps them."""
    if hours is None:
        return dict.fromkeys(("hours", "days", "timezone"))
    return {"hours": hours.hours, "days": hours.day_names, "timezone": hours.timezone}


def hours_from_columns(row: RowMapping) -> Hours | None:
    """And back."""
    return Hours.parse(row["hours"], row["days"], row["timezone"])


def _waiting(tx: Connection, campaign_id: int, hours: Hours | None) -> list[str]:
    """The places that queued rows go to."""
    if hours is None:
        return [""]
    return [found.place for found in _WAITING.all(tx, {"the_campaign": campaign_id})]


_WAITING = Prepared(
    select(place.c.place).where(
        place.c.campaign_id == bindparam("the_campaign"),
        select(message.c.id)
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .where(
            message.c.campaign_id == place.c.campaign_id,
            message.c.place == place.c.place,
            message.c.state == State.QUEUED,
            message.c.row_number <= func.coalesce(campaign.c.stop_after_row, NO_LIMIT),
        )
        .exists(),
    )
)
