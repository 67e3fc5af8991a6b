"""What settles a doubt from outside the attempt: the vendor's record, or a person.

Each is one guarded move that names the attempt, so that a late answer of our own,
or a newer attempt, is never overwritten.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, Update, update

from bulksms.model.matching import Doubt
from bulksms.model.states import Move, Reason, State
from bulksms.store.engine import writing
from bulksms.store.moving import IN_CANCELLED, move, skip_cancelled
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
            tx.execute(_missed(doubt).values(missed_at=now))

    def requeue(self, doubt: Doubt, *, now: datetime, actor: str) -> int:
        """The record is proven not to have it: back in the queue. 0 if it was settled meanwhile."""
        with writing(self.engine) as tx:
            return _put_back(
                tx,
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
            tx.execute(_missed(doubt).values(missed_at=None))
            return tx.execute(
                update(message)
                .where(_of(doubt), message.c.state == State.UNKNOWN)
                .values(detail=said, updated_at=now)
            ).rowcount

    def resolve_accepted(
        self, campaign_id: int, row_number: int, sms_id: str, *, now: datetime, actor: str
    ) -> int:
        """A person saw that it was accepted."""
        with writing(self.engine) as tx:
            return move(
                tx,
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
            row = _row(campaign_id, row_number)
            return _put_back(tx, row, by=Move.RESOLVE, now=now, actor=actor, note="to be resent")

    def resolve_give_up(
        self, campaign_id: int, row_number: int, *, now: datetime, actor: str
    ) -> int:
        """A person lets it rest; only naming it brings it back."""
        with writing(self.engine) as tx:
            return move(
                tx,
                _row(campaign_id, row_number),
                by=Move.RESOLVE,
                to=State.FAILED,
                reason=Reason.GAVE_UP,
                detail="Given up by hand: whether it was accepted is not known.",
                now=now,
                actor=actor,
            )


def _missed(doubt: Doubt) -> Update:
    return update(attempt).where(attempt.c.id == doubt.attempt_id)


def _put_back(
    tx: Connection, which: ColumnElement[bool], *, by: Move, now: datetime, actor: str, note: str
) -> int:
    """Into the queue; in a cancelled campaign that is the end."""
    moved = move(tx, which, by=by, to=State.QUEUED, now=now, actor=actor, note=note)
    skip_cancelled(tx, which & IN_CANCELLED, now=now, actor=actor)
    return moved


def _of(doubt: Doubt) -> ColumnElement[bool]:
    return (message.c.id == doubt.message_id) & (message.c.attempt_id == doubt.attempt_id)


def _row(campaign_id: int, row_number: int) -> ColumnElement[bool]:
    return (message.c.campaign_id == campaign_id) & (message.c.row_number == row_number)
