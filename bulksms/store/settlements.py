"""What settles a doubt from outside the attempt: the vendor's record, or a person.

Each is one guarded move that names the attempt, so that a late answer of our own,
or a newer attempt, is never overwritten.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, bindparam, update

from bulksms.model.matching import Doubt
from bulksms.model.states import Move, Reason, State
from bulksms.store.engine import writing
from bulksms.store.moving import OF_CAMPAIGN, STILL_MINE, keep_campaigns, move, skip_if_cancelled
from bulksms.store.schema import attempt, message


@dataclass(frozen=True, slots=True)
class Settlements:
    """What may be done with unknown messages; each method is one transaction."""

    engine: Engine

    def confirm(
        self, doubt: Doubt, sms_id: str, *, accepted_at: datetime, now: datetime, actor: str
    ) -> int:
        """The record has it: accepted, with the record's id. 0 if it was settled meanwhile."""
        with writing(self.engine) as tx:
            return move(
                tx,
                STILL_MINE,
                _of(doubt),
                by=Move.RECONCILE,
                to=State.ACCEPTED,
                now=now,
                actor=actor,
                note="found in the vendor's record",
                sms_id=sms_id,
                accepted_at=accepted_at,
            )

    def miss(self, doubt: Doubt, *, now: datetime) -> None:
        """A first look was proven not to show it; another one must agree."""
        with writing(self.engine) as tx:
            tx.execute(_MISSED, {"the_attempt": doubt.attempt_id, "missed_at": now})

    def requeue(self, doubt: Doubt, *, now: datetime, actor: str) -> int:
        """The record is proven not to have it: back in the queue. 0 if it was settled meanwhile."""
        with writing(self.engine) as tx:
            return _put_back(
                tx,
                STILL_MINE,
                _of(doubt),
                by=Move.RECONCILE,
                now=now,
                actor=actor,
                note="proven absent from the vendor's record",
            )

    def remark(self, doubt: Doubt, said: str, *, now: datetime) -> int:
        """Leave it unknown, with a sentence that says what was seen.

        Looks that are to agree on its absence begin anew.
        """
        with writing(self.engine) as tx:
            tx.execute(_MISSED, {"the_attempt": doubt.attempt_id, "missed_at": None})
            remarked = _of(doubt) | {"detail": said, "updated_at": now}
            return tx.execute(_REMARK, remarked).rowcount

    def resolve_accepted(
        self, campaign_id: int, row_number: int, sms_id: str, *, now: datetime, actor: str
    ) -> int:
        """A person saw that it was accepted."""
        with writing(self.engine) as tx:
            return move(
                tx,
                _THE_ROW,
                _row(campaign_id, row_number),
                by=Move.RESOLVE,
                to=State.ACCEPTED,
                now=now,
                actor=actor,
                sms_id=sms_id,
                accepted_at=now,
            )

    def resolve_resend(
        self, campaign_id: int, row_number: int, *, now: datetime, actor: str
    ) -> int:
        """A person knows that it was not accepted, or wants it texted again."""
        with writing(self.engine) as tx:
            return _put_back(
                tx,
                _THE_ROW,
                _row(campaign_id, row_number),
                by=Move.RESOLVE,
                now=now,
                actor=actor,
                note="to be resent",
            )

    def resolve_give_up(
        self, campaign_id: int, row_number: int, *, now: datetime, actor: str
    ) -> int:
        """A person lets it rest; only naming it brings it back."""
        with writing(self.engine) as tx:
            return move(
                tx,
                _THE_ROW,
                _row(campaign_id, row_number),
                by=Move.RESOLVE,
                to=State.FAILED,
                reason=Reason.GAVE_UP,
                detail="Given up by hand: whether it was accepted is not known.",
                now=now,
                actor=actor,
            )


_THE_ROW = and_(OF_CAMPAIGN, message.c.row_number == bindparam("the_row"))
_MISSED = update(attempt).where(attempt.c.id == bindparam("the_attempt"))
_REMARK = update(message).where(STILL_MINE, message.c.state == State.UNKNOWN)


def _of(doubt: Doubt) -> dict[str, int]:
    return {"the_message": doubt.message_id, "the_attempt": doubt.attempt_id}


def _row(campaign_id: int, row_number: int) -> dict[str, int]:
    return {"the_campaign": campaign_id, "the_row": row_number}


def _put_back(
    tx: Connection,
    which: ColumnElement[bool],
    named: dict[str, int],
    *,
    by: Move,
    now: datetime,
    actor: str,
    note: str,
) -> int:
    """Into the queue; in a cancelled campaign that is the end."""
    keep_campaigns(tx, which, named)
    moved = move(tx, which, named, by=by, to=State.QUEUED, now=now, actor=actor, note=note)
    skip_if_cancelled(tx, which, named, now=now, actor=actor)
    return moved
