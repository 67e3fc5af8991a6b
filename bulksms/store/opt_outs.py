"""Whom the list of another campaign says not to text, unless a person has taken that back since.

What a campaign's plan could look at, whoever went on with it has decided on; any other list of the
account is later than the plan, and obeyed: also one that was loaded while the plan was on a screen.

A no is the person's, whichever list brings it; a list that says nothing of it takes nothing back.
But one client's column speaks for that client alone: for all accounts there is the suppression
list, to which a person adds.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, FromClause, and_, bindparam, select, update

from bulksms.model.states import Reason, State
from bulksms.store.schema import campaign, message, suppression, suppression_change


def left_out_for_it(row: FromClause) -> ColumnElement[bool]:
    """The row was skipped because somebody said no, taken back since or not."""
    is_skipped = row.c.state == State.SKIPPED  # a reason may be NULL, and this is true or false
    return and_(is_skipped, row.c.reason == Reason.OPTED_OUT)


def opted_out(row: FromClause) -> ColumnElement[bool]:
    """The row was left out for it; who left the suppression list later has taken it back."""
    taken_back = (
        select(suppression_change.c.id)
        .where(
            suppression_change.c.to_number == row.c.to_number,
            suppression_change.c.change == "removed",
            suppression_change.c.at >= row.c.updated_at,
        )
        .exists()
    )
    return and_(left_out_for_it(row), ~taken_back)


def outdate_removals(tx: Connection, now: datetime) -> None:
    """Whatever clock wrote them down, they came before the list that is loaded now.

    Else one of a clock that was ahead would take back what that list says. What it did take back
    stays so: those rows move with it.
    """
    if tx.execute(_IS_AHEAD, {"now": now}).first() is not None:
        before = now - timedelta(microseconds=1)
        tx.execute(_ITS_ROWS, {"now": now, "before": before})
        tx.execute(_THEMSELVES, {"now": now, "before": before})


_AT = suppression_change.c.at
_AHEAD = and_(suppression_change.c.change == "removed", bindparam("now", type_=_AT.type) < _AT)
_IS_AHEAD = select(suppression_change.c.id).where(_AHEAD).limit(1)
_ITS_ROWS = (
    update(message)
    .where(
        left_out_for_it(message),
        message.c.updated_at > bindparam("before", type_=_AT.type),
        select(suppression_change.c.id)
        .where(
            _AHEAD,
            suppression_change.c.to_number == message.c.to_number,
            message.c.updated_at <= _AT,
        )
        .exists(),
    )
    .values(updated_at=bindparam("before", type_=_AT.type))
)
_THEMSELVES = (
    update(suppression_change).where(_AHEAD).values(at=bindparam("before", type_=_AT.type))
)
SUPPRESSED = (
    select(suppression.c.to_number).where(suppression.c.to_number == message.c.to_number).exists()
)
"""The message's number is on the list: no campaign texts it, whatever else is said of it."""
_THEIRS, _LATER = message.alias("theirs"), campaign.alias("later")
OPTED_OUT_IN = (
    select(_LATER.c.name)
    .select_from(_THEIRS)
    .join(_LATER, _LATER.c.id == _THEIRS.c.campaign_id)
    .where(
        _THEIRS.c.to_number == message.c.to_number,
        _THEIRS.c.campaign_id > campaign.c.knows_of,
        _THEIRS.c.campaign_id != message.c.campaign_id,
        _LATER.c.account_id == campaign.c.account_id,
        opted_out(_THEIRS),
    )
    # The last: an earlier one may have skipped its row because of this very file.
    .order_by(_THEIRS.c.campaign_id.desc())
    .limit(1)
    .correlate(message, campaign)
    .scalar_subquery()
)
"""The account's last campaign that says so, of those that the message's plan knew nothing of."""
