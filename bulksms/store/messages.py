"""The job table: claimed, recorded, recovered, retried; `settlements` moves what is in doubt.

Each method is one transaction. What it moves, it moves by an event and a guarded statement (see
`moving`): zero rows means that somebody else moved it. `claims` and `answers` say how many
accounts' are moved together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Text,
    func,
    select,
)

from bulksms.model.errors import LeaseLost
from bulksms.model.outcomes import Outcome
from bulksms.model.records import (
    Answer,
    Beat,
    Claim,
    ClaimedMessage,
    Entry,
    Lease,
    Refused,
    Wanted,
)
from bulksms.model.states import Move, Reason, State
from bulksms.store import attempts
from bulksms.store.accounts import hold, hold_each
from bulksms.store.answers import record_each
from bulksms.store.claims import claim_each
from bulksms.store.engine import reading, writing
from bulksms.store.forgetting import NOT_FORGOTTEN
from bulksms.store.given import given
from bulksms.store.moments import UtcDateTime
from bulksms.store.moving import (
    IN_CANCELLED,
    OF_CAMPAIGN,
    STILL_MINE,
    MoveEach,
    keep_campaigns,
    move,
)
from bulksms.store.schema import message


@dataclass(frozen=True, slots=True)
class Messages:
    """What may be done with the messages; each method is one transaction."""

    engine: Engine

    def claim(self, lease: Lease, campaign_id: int, time: datetime) -> Claim:
        """Take the campaign's next message for one POST, if the pace and the lease allow it.

        Raises:
            LeaseLost: somebody else sends on the account by now.
        """
        wanted = Wanted(lease, campaign_id, time)
        with writing(self.engine) as tx:
            (claim,) = claim_each(tx, [wanted], hold_each(tx, [wanted]))
        if isinstance(claim, LeaseLost):
            raise claim
        return claim

    def record(
        self,
        claimed: ClaimedMessage,
        outcome: Outcome,
        *,
        worker: str,
        now: datetime,
        hold_until: datetime | None = None,
    ) -> None:
        """Close the attempt with what it taught us and move its message accordingly.

        `hold_until` keeps the whole account from claiming until then.
        """
        with writing(self.engine) as tx:
            record_each(tx, [Answer(claimed, outcome, worker, now, hold_until)])

    def recover(self, lease: Lease, now: datetime) -> int:
        """Call every attempt that an earlier holder left open what it is: unknown.

        Its slot counts from now on, as if the answer had arrived this moment; so does a slot
        whose time lies ahead of the clock.

        Returns:
            How many messages became unknown.
        """
        with writing(self.engine) as tx:
            hold(tx, lease, now)
            return sum(
                move(
                    tx,
                    STILL_MINE,
                    {"the_message": message_id, "the_attempt": attempt_id},
                    by=Move.RECOVER,
                    to=State.UNKNOWN,
                    reason=Reason.INTERRUPTED,
                    detail=attempts.ABANDONED,
                    now=now,
                    actor=lease.worker,
                )
                for message_id, attempt_id in attempts.abandon(tx, lease, now)
            )

    def count_refused(self, campaign_id: int, which: Refused) -> int:
        """How many messages `retry` would put back."""
        with reading(self.engine) as tx:
            counted = select(func.count()).select_from(message)
            return tx.execute(counted.where(refused(campaign_id, which))).scalar_one()

    def retry(self, campaign_id: int, which: Refused, *, now: datetime, actor: str) -> int:
        """Put refused messages back.

        Returns:
            How many.
        """
        with writing(self.engine) as tx:
            keep_campaigns(tx, OF_CAMPAIGN, {"the_campaign": campaign_id})
            # Locked first: a late refusal between the events and the move has no event to be of.
            again = select(message.c.id).where(refused(campaign_id, which))
            found = tx.execute(again.with_for_update(of=message, key_share=True)).scalars()
            return _RETRY(tx, [(message_id, now, actor) for message_id in found])


def refused(campaign_id: int, which: Refused) -> ColumnElement[bool]:
    """The campaign's messages that `retry` puts back."""
    again = (message.c.campaign_id == campaign_id) & (message.c.state == State.FAILED)
    again &= ~IN_CANCELLED & NOT_FORGOTTEN
    if which.reasons:
        again &= message.c.reason.in_(which.reasons)
    if which.rows:
        again &= message.c.row_number.in_(which.rows)
    if not which.reasons and not which.rows:
        again &= message.c.reason != Reason.GAVE_UP
    return again


def write_down(tx: Connection, entries: Sequence[Entry]) -> list[Claim | LeaseLost | None]:
    """What many accounts have at once, in a few statements.

    No two wishes are of one account, and no two answers of one attempt. The accounts come first,
    as always (see `engine`), and answers before the wishes that they may concern.

    Returns:
        What became of each; None where there is nothing to tell.
    """
    wanted = [each for each in entries if isinstance(each, Wanted)]
    answers = [each for each in entries if isinstance(each, Answer)]
    held = hold_each(tx, [each for each in entries if not isinstance(each, Answer)])
    record_each(tx, answers)
    claims = iter(claim_each(tx, wanted, held))
    results: list[Claim | LeaseLost | None] = []
    for each in entries:
        match each:
            case Wanted():
                results.append(next(claims))
            case Beat(lease) if lease.account_id not in held:
                results.append(LeaseLost(account=lease.account))
            case _:
                results.append(None)
    return results


_RETRY = MoveEach(
    given("again", message_id=BigInteger, at=UtcDateTime, actor=Text),
    by=Move.RETRY,
    to=State.QUEUED,
)
