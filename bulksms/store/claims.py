"""How a campaign's next message is claimed; and many campaigns', of as many accounts, at once.

Whatever a claim depends on is looked at in the transaction that makes it, which holds the account
already: how the campaign stands, what the vendor said of the account, the hours, what speaks
against the number since the load, and the slots of the pace.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, Integer, Text, func, select

from bulksms.model.errors import LeaseLost
from bulksms.model.hours import Hours
from bulksms.model.records import (
    Claim,
    ClaimedMessage,
    Hold,
    NothingQueued,
    NotRunning,
    NotYet,
    Wanted,
)
from bulksms.model.states import CampaignState, Move, PausedReason, Reason, State
from bulksms.model.wording import on_the_list
from bulksms.store import attempts, places
from bulksms.store.finding import restraint_of
from bulksms.store.given import given
from bulksms.store.history import memory_of
from bulksms.store.moments import UtcDateTime
from bulksms.store.moving import THE_MESSAGE, MoveEach, move
from bulksms.store.opt_outs import OPTED_OUT_IN
from bulksms.store.places import NO_LIMIT
from bulksms.store.prepared import FoundRow, Prepared
from bulksms.store.schema import account, attempt, campaign, message, suppression

SKIPS_AT_ONCE = 100
"""So many a claim writes down as not to be texted any more before it lets others write.

Tens of thousands in one commit would hold up every account that shares it, for half a minute.
"""


@dataclass(slots=True)
class _Turn:
    """A wish on its way: how its campaign stands, the places left to look at, what was found."""

    wanted: Wanted
    standing: FoundRow
    hours: Hours | None
    places: list[str]
    message: FoundRow = None
    skipped: int = 0

    def looks_on(self) -> bool:
        return self.message is None and bool(self.places) and self.skipped < SKIPS_AT_ONCE


def claim_each(
    tx: Connection, wanted: Sequence[Wanted], held: Container[int]
) -> list[Claim | LeaseLost]:
    """Take the next message of each, if its pace and its lease allow it; no two of one account.

    `held` are the ids of the accounts whose leases hold.
    """
    standings = _standings(tx, wanted) if wanted else {}
    claims: dict[int, Claim | LeaseLost] = {}
    turns: list[_Turn] = []
    for each in wanted:
        standing = standings[each.campaign_id]
        objection = _why_not(each, standing, held)
        if objection is None:
            hours = Hours.parse(standing.hours, standing.days, standing.timezone)
            open_now = places.open_now(tx, each.campaign_id, hours, each.time)
            turns.append(_Turn(each, standing, hours, open_now))
        else:
            claims[each.campaign_id] = objection
    while turns:
        _look(tx, turns)
        turns, later = _apart(turns)
        taken = []
        for turn in turns:
            hold = _why_not_yet(tx, turn)
            if hold is None:
                taken.append(turn)
            else:
                claims[turn.wanted.campaign_id] = hold
        claims |= _take(tx, taken)
        turns = later
    return [claims[each.campaign_id] for each in wanted]


def _apart(turns: Sequence[_Turn]) -> tuple[list[_Turn], list[_Turn]]:
    """Those that may be taken now, and those that must see first what is taken now.

    A restrained campaign looks at what others texted, and what shares its commit is not there yet.
    """
    now, later, numbers = list[_Turn](), list[_Turn](), set[str]()
    for turn in turns:
        found = turn.message
        if found is not None and found.to_number in numbers and _is_restrained(found):
            turn.message = None
            later.append(turn)
        else:
            now.append(turn)
            numbers |= {found.to_number} if found is not None else set()
    return now, later


def _is_restrained(candidate: FoundRow) -> bool:
    return candidate.texted_within is not None or candidate.same_text_within is not None


def _why_not(wanted: Wanted, standing: FoundRow, held: Container[int]) -> Claim | LeaseLost | None:
    """What forbids every claim of the campaign."""
    if wanted.lease.account_id not in held:
        return LeaseLost(account=wanted.lease.account)
    if standing.state != CampaignState.RUNNING:
        reason = standing.paused_reason
        return NotRunning(CampaignState(standing.state), PausedReason(reason) if reason else None)
    if standing.blocked_until is not None and standing.blocked_until > wanted.time:
        return NotYet(standing.blocked_until, Hold.BLOCKED)
    return None


def _why_not_yet(tx: Connection, turn: _Turn) -> NotYet | NothingQueued | None:
    """None if there is a message, and a slot for it."""
    lease, now = turn.wanted.lease, turn.wanted.time
    if turn.message is None and turn.places:
        return NotYet(now, Hold.PACE)  # the next claim looks on
    if turn.message is None:
        opening = places.next_opening(tx, turn.wanted.campaign_id, turn.hours, now)
        return opening or NothingQueued()
    if turn.standing.taken < lease.rate.count:
        return None
    return attempts.slot(tx, lease, now)


def _standings(tx: Connection, wanted: Sequence[Wanted]) -> dict[int, FoundRow]:
    rows = [
        (each.campaign_id, each.lease.account_id, each.time - each.lease.rate.period)
        for each in wanted
    ]
    return {found.id: found for found in _STANDINGS.all(tx, {"wanted": rows})}


_WANTED = given("wanted", campaign_id=Integer, account_id=Integer, since=UtcDateTime)
_IN_THE_AIR, _ANSWERED = (
    slots.with_only_columns(func.count()).scalar_subquery()
    for slots in attempts.live(attempt.c.account_id == _WANTED.c.account_id, _WANTED.c.since)
)
_STANDINGS = Prepared(
    select(
        campaign.c.id,
        campaign.c.state,
        campaign.c.paused_reason,
        campaign.c.hours,
        campaign.c.days,
        campaign.c.timezone,
        account.c.blocked_until,
        (_IN_THE_AIR + _ANSWERED).label("taken"),
    )
    .join(_WANTED, _WANTED.c.campaign_id == campaign.c.id)
    .join(account, account.c.id == _WANTED.c.account_id)
)


def _look(tx: Connection, turns: Sequence[_Turn]) -> None:
    """Find each the first queued message that nothing since the load speaks against."""
    while looking := [turn for turn in turns if turn.looks_on()]:
        rows = [(turn.wanted.campaign_id, turn.places[0]) for turn in looking]
        found = {each.campaign_id: each for each in _NEXT_QUEUED.all(tx, {"looked": rows})}
        for turn in looking:
            candidate = found.get(turn.wanted.campaign_id)
            if candidate is None:
                del turn.places[0]
            elif _is_skipped(tx, candidate, turn.wanted):
                turn.skipped += 1
            else:
                turn.message = candidate


def _is_skipped(tx: Connection, candidate: FoundRow, wanted: Wanted) -> bool:
    """Whether the number must not be texted any more; then it is written down why."""
    objection = _objection(tx, candidate, wanted)
    if objection is None:
        return False
    by, reason, detail = objection
    move(
        tx,
        THE_MESSAGE,
        {"the_message": candidate.id},
        by=by,
        to=State.SKIPPED,
        reason=reason,
        detail=detail,
        now=wanted.time,
        actor=wanted.lease.worker,
    )
    return True


def _objection(
    tx: Connection, candidate: FoundRow, wanted: Wanted
) -> tuple[Move, Reason, str] | None:
    """Why the number must not be texted any more, and who says so."""
    if candidate.opted_out is not None:
        return Move.OPT_OUT, Reason.OPTED_OUT, on_the_list(candidate.opted_out)
    if candidate.opted_out_in is not None:
        file = f"the file of '{candidate.opted_out_in}'"
        detail = f"It opted out in {file}, of which the plan did not know yet."
        return Move.OPT_OUT, Reason.OPTED_OUT, detail
    restraint = restraint_of(candidate.texted_within, candidate.same_text_within)
    memory = memory_of(tx, candidate.to_number, wanted, restraint)
    earlier = memory.objection(candidate.to_number, candidate.body)
    return None if earlier is None else (Move.RESTRAIN, *earlier)


_LOOKED = given("looked", campaign_id=Integer, place=Text)
_QUEUED = message.alias("queued")
_FIRST = (
    select(_QUEUED.c.id)
    .where(
        _QUEUED.c.campaign_id == _LOOKED.c.campaign_id,
        _QUEUED.c.place == _LOOKED.c.place,
        _QUEUED.c.state == State.QUEUED,
        _QUEUED.c.row_number <= func.coalesce(campaign.c.stop_after_row, NO_LIMIT),
    )
    .order_by(_QUEUED.c.row_number)
    .limit(1)
    .scalar_subquery()
)
_FIRSTS = (
    select(_FIRST.label("id"))
    .select_from(_LOOKED)
    .join(campaign, campaign.c.id == _LOOKED.c.campaign_id)
    .cte("firsts")
    # Else PostgreSQL may ask of every queued message whether it is its campaign's first.
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
_NEXT_QUEUED = Prepared(
    select(
        message.c.id,
        message.c.campaign_id,
        message.c.row_number,
        message.c.to_number,
        message.c.lead_id,
        message.c.sender,
        message.c.body,
        message.c.media,
        campaign.c.force_send,
        campaign.c.texted_within,
        campaign.c.same_text_within,
        suppression.c.reason.label("opted_out"),
        OPTED_OUT_IN.label("opted_out_in"),
    )
    .select_from(_FIRSTS)
    .join(message, message.c.id == _FIRSTS.c.id)
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .outerjoin(suppression, suppression.c.to_number == message.c.to_number)
    .where(message.c.state == State.QUEUED)
    .with_for_update(of=message, key_share=True)
)


def _take(tx: Connection, turns: Sequence[_Turn]) -> dict[int, ClaimedMessage]:
    """Each message for its campaign, once its attempt is open."""
    if not turns:
        return {}
    attempt_ids = attempts.begin(tx, [(turn.wanted, turn.message.id) for turn in turns])
    begun = ((turn.message.id, turn.wanted) for turn in turns)
    _CLAIM(tx, [(of, each.time, each.lease.worker, attempt_ids[of]) for of, each in begun])
    return {
        turn.wanted.campaign_id: _claimed(turn.message, attempt_ids[turn.message.id])
        for turn in turns
    }


_TAKEN = given("taken", message_id=BigInteger, at=UtcDateTime, actor=Text, attempt_id=BigInteger)
_CLAIM = MoveEach(
    _TAKEN,
    by=Move.CLAIM,
    to=State.SENDING,
    attempts=message.c.attempts + 1,
    attempt_id=_TAKEN.c.attempt_id,
)


def _claimed(found: FoundRow, attempt_id: int) -> ClaimedMessage:
    return ClaimedMessage(
        id=found.id,
        attempt_id=attempt_id,
        row_number=found.row_number,
        to_number=found.to_number,
        lead_id=found.lead_id,
        sender=found.sender,
        body=found.body,
        media=found.media,
        force_send=found.force_send,
    )
