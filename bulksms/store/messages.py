"""The job table: claimed, recorded, recovered, retried; `settlements` moves what is in doubt.

Each move is one method, one transaction, and one guarded statement (see `moving`):
zero rows means that somebody else moved it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    select,
    update,
)

from bulksms.model.outcomes import (
    Accepted,
    AccountBlocked,
    NotSent,
    Outcome,
    Rejected,
    Unknown,
)
from bulksms.model.records import (
    Claim,
    ClaimedMessage,
    Hold,
    Lease,
    NothingQueued,
    NotYet,
    Refused,
)
from bulksms.model.states import Move, Reason, State, sources
from bulksms.store import attempts, places
from bulksms.store.accounts import hold
from bulksms.store.engine import Where, reading, writing
from bulksms.store.finding import restraint_of, stopped
from bulksms.store.forgetting import NOT_FORGOTTEN
from bulksms.store.history import memory_of
from bulksms.store.moving import IN_CANCELLED, keep_campaigns, move, skip_if_cancelled
from bulksms.store.places import NO_LIMIT
from bulksms.store.prepared import Found, Prepared
from bulksms.store.schema import campaign, message, suppression


@dataclass(frozen=True, slots=True)
class Messages:
    """What may be done with the messages; each method is one transaction."""

    engine: Where

    def claim(self, lease: Lease, campaign_id: int, now: datetime) -> Claim:
        """Take the campaign's next message for one POST, if the pace and the lease allow it.

        Raises:
            LeaseLost: somebody else sends on the account by now.
        """
        with writing(self.engine) as tx:
            blocked_until = hold(tx, lease, now)
            standing = stopped(tx, campaign_id)
            if standing is not None:
                return standing
            if blocked_until is not None and blocked_until > now:
                return NotYet(blocked_until, Hold.BLOCKED)
            for place in places.open_now(tx, campaign_id, now):
                candidate = _next_allowed(tx, lease, campaign_id, place, now)
                if candidate is not None:
                    return attempts.slot(tx, lease, now) or _take(tx, lease, candidate, now)
            return places.next_opening(tx, campaign_id, now) or NothingQueued()

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

        An answer is a fact even when it comes late: it closes an attempt that was given up as
        unknown, and moves the message as far as it is still that attempt's (the guard names it).
        `hold_until` keeps the whole account from claiming until then.
        """
        with writing(self.engine) as tx:
            if hold_until is not None:
                attempts.lock_account(tx, claimed.attempt_id)
            if not attempts.close(tx, claimed.attempt_id, outcome, now):
                return
            _move_by_answer(tx, claimed, outcome, worker=worker, now=now)
            if hold_until is not None:
                attempts.block(tx, claimed.attempt_id, hold_until)

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
                    _STILL_MINE,
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
            return tx.execute(counted.where(_refused(campaign_id, which))).scalar_one()

    def retry(self, campaign_id: int, which: Refused, *, now: datetime, actor: str) -> int:
        """Put refused messages back.

        Returns:
            How many.
        """
        with writing(self.engine) as tx:
            keep_campaigns(tx, _OF_CAMPAIGN, {"campaign": campaign_id})
            refused = _refused(campaign_id, which)
            return move(tx, refused, by=Move.RETRY, to=State.QUEUED, now=now, actor=actor)


def _refused(campaign_id: int, which: Refused) -> ColumnElement[bool]:
    refused = (message.c.campaign_id == campaign_id) & (message.c.state == State.FAILED)
    refused &= ~IN_CANCELLED & NOT_FORGOTTEN
    if which.reasons:
        refused &= message.c.reason.in_(which.reasons)
    if which.rows:
        refused &= message.c.row_number.in_(which.rows)
    if not which.reasons and not which.rows:
        refused &= message.c.reason != Reason.GAVE_UP
    return refused


def _next_allowed(
    tx: Connection, lease: Lease, campaign_id: int, place: str, now: datetime
) -> Found:
    """The first queued message to that place that nothing since the load speaks against."""
    wanted = {"campaign": campaign_id, "place": place}
    while (candidate := _NEXT_QUEUED.first(tx, wanted)) is not None:
        objection = _objection(tx, candidate, campaign_id, now)
        if objection is None:
            return candidate
        by, reason, detail = objection
        move(
            tx,
            _THE_MESSAGE,
            {"the_message": candidate.id},
            by=by,
            to=State.SKIPPED,
            reason=reason,
            detail=detail,
            now=now,
            actor=lease.worker,
        )
    return None


def _objection(
    tx: Connection, candidate: Found, campaign_id: int, now: datetime
) -> tuple[Move, Reason, str] | None:
    """Why the number must not be texted any more, and who says so."""
    if candidate.opted_out is not None:
        detail = f"The number is on the suppression list ({candidate.opted_out})."
        return Move.OPT_OUT, Reason.OPTED_OUT, detail
    restraint = restraint_of(candidate.texted_within, candidate.same_text_within)
    memory = memory_of(tx, candidate.to_number, campaign_id, restraint, now)
    earlier = memory.objection(candidate.to_number, candidate.body)
    return None if earlier is None else (Move.RESTRAIN, *earlier)


_NEXT_QUEUED = Prepared(
    select(
        message.c.id,
        message.c.row_number,
        message.c.to_number,
        message.c.lead_id,
        message.c.sender,
        message.c.body,
        message.c.media,
        message.c.attempts,
        campaign.c.force_send,
        campaign.c.texted_within,
        campaign.c.same_text_within,
        suppression.c.reason.label("opted_out"),
    )
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .outerjoin(suppression, suppression.c.to_number == message.c.to_number)
    .where(
        message.c.campaign_id == bindparam("campaign"),
        message.c.place == bindparam("place"),
        message.c.state == State.QUEUED,
        message.c.row_number <= func.coalesce(campaign.c.stop_after_row, NO_LIMIT),
    )
    .order_by(message.c.row_number)
    .limit(1)
    .with_for_update(of=message, key_share=True)
)


def _take(tx: Connection, lease: Lease, candidate: Found, now: datetime) -> ClaimedMessage:
    attempt_id = attempts.begin(tx, lease, candidate.id, now)
    move(
        tx,
        _THE_MESSAGE,
        {"the_message": candidate.id},
        by=Move.CLAIM,
        to=State.SENDING,
        now=now,
        actor=lease.worker,
        attempts=candidate.attempts + 1,
        attempt_id=attempt_id,
    )
    return ClaimedMessage(
        id=candidate.id,
        attempt_id=attempt_id,
        row_number=candidate.row_number,
        to_number=candidate.to_number,
        lead_id=candidate.lead_id,
        sender=candidate.sender,
        body=candidate.body,
        media=candidate.media,
        force_send=candidate.force_send,
    )


def _move_by_answer(
    tx: Connection, claimed: ClaimedMessage, outcome: Outcome, *, worker: str, now: datetime
) -> None:
    to, values = _destination(outcome, now)
    mine = {"the_message": claimed.id, "the_attempt": claimed.attempt_id}
    if to is State.QUEUED:
        keep_campaigns(tx, _STILL_MINE, mine)
    for by in (Move.RECORD, Move.LATE_ANSWER):
        if not sources(by, to):
            continue
        if move(tx, _STILL_MINE, mine, by=by, to=to, now=now, actor=worker, **values):
            break
    if to is State.QUEUED:
        _FORGIVE.count(tx, {"the_message": claimed.id})
        skip_if_cancelled(tx, _STILL_MINE, mine, now=now, actor=worker)


_OF_CAMPAIGN = message.c.campaign_id == bindparam("campaign")
_THE_MESSAGE = message.c.id == bindparam("the_message")
_STILL_MINE = and_(_THE_MESSAGE, message.c.attempt_id == bindparam("the_attempt"))

_FORGIVE = Prepared(update(message).where(_THE_MESSAGE).values(attempts=message.c.attempts - 1))
"""What was not processed costs no attempt, wherever its message has gone meanwhile."""


def _destination(outcome: Outcome, now: datetime) -> tuple[State, dict[str, Any]]:
    """Where the outcome takes its message."""
    match outcome:
        case Accepted(sms_id):
            return State.ACCEPTED, {"sms_id": sms_id, "accepted_at": now}
        case Rejected(reason, text):
            return State.FAILED, {"reason": reason, "detail": text}
        case NotSent(text) | AccountBlocked(_, text):
            return State.QUEUED, {"note": text}
        case Unknown(reason, text):
            return State.UNKNOWN, {"reason": reason, "detail": text}
        case _:
            assert_never(outcome)
