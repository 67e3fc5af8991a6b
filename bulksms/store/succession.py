"""What an account's new holder finds otherwise than the last one knew it: the clock, the token.

A clock that was set since the last holder is found out by the machine's start, which moved.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, or_, select, update

from bulksms.model.records import Boot, Lease
from bulksms.model.states import State
from bulksms.store.schema import account, attempt, campaign, message

UNEVEN = timedelta(seconds=0.1)
"""How far a machine's start may seem to move though nobody set its clock: two clocks are read."""


def heed_the_clock(tx: Connection, lease: Lease, boot: Boot | None, now: datetime) -> None:
    """Wait for one period if the clock was set forward since the last holder, on the same boot.

    Whatever slot was live is free by then, and no moment in the past has to be told anew. What the
    vendor asked us to wait for moves with the clock, forward and back.
    A look at a doubt that any other clock may have stamped is made again: two looks must be apart.
    """
    of_it = {"the_account": lease.account_id}
    last = tx.execute(_LAST_BOOT, of_it).one()
    same_boot = boot is not None and last.boot_id == boot.id
    ahead = boot.at - last.booted_at if boot is not None and same_boot else timedelta(0)
    if not same_boot or ahead > UNEVEN:
        tx.execute(_LOOK_AGAIN, of_it)
    if boot is None:
        return
    wait = last.blocked_until
    if wait is not None and abs(ahead) > UNEVEN:
        wait += ahead
    if ahead > UNEVEN:
        wait = max(now + lease.rate.period, wait or now)
    tx.execute(_BOOT, of_it | {"boot_id": boot.id, "booted_at": boot.at, "blocked_until": wait})


def heed_the_token(tx: Connection, lease: Lease, mark: str | None) -> None:
    """Remember since which holder the account has had its token; nothing where there is none."""
    if mark is not None:
        tx.execute(_TOKEN, {"the_account": lease.account_id, "mark": mark, "since": lease.epoch})


_THE_ONE = account.c.id == bindparam("the_account")
_LAST_BOOT = select(account.c.boot_id, account.c.booted_at, account.c.blocked_until).where(_THE_ONE)
_BOOT = update(account).where(_THE_ONE)

_OF_IT = select(campaign.c.id).where(campaign.c.account_id == bindparam("the_account"))
_IN_DOUBT = select(message.c.attempt_id).where(
    # No join: SQLite would begin it with every message there is.
    message.c.campaign_id.in_(_OF_IT),
    message.c.state == State.UNKNOWN,
)
_LOOK_AGAIN = update(attempt).where(attempt.c.id.in_(_IN_DOUBT)).values(missed_at=None)

_ANOTHER = or_(account.c.token_mark.is_(None), account.c.token_mark != bindparam("mark"))
_TOKEN = (
    update(account)
    .where(_THE_ONE, _ANOTHER)
    .values(token_mark=bindparam("mark"), token_since=bindparam("since"))
)
