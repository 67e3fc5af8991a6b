"""The promise, checked on the database: rows explained, nobody texted twice, pace and hours kept.

Everything is recomputed from the attempts and the events, the two tables that are only ever
appended to; what the message itself claims is compared with them and never trusted.
A finding is one sentence that names the row, for a person who will look at that row.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from bulksms.model.hours import Hours
from bulksms.model.outcomes import OutcomeName
from bulksms.model.records import Campaign
from bulksms.model.settings import parse_rate
from bulksms.model.states import ENTRY, TRANSITIONS, Move, State
from bulksms.store import Store
from bulksms.store.evidence import Acceptance, Case, Start

FREE_OF_CHARGE = frozenset({OutcomeName.NOT_SENT, OutcomeName.ACCOUNT_BLOCKED})
"""Outcomes that cost a message no attempt: nothing of it was processed."""

ALLOWED = {(*arrow, mover) for arrow, movers in TRANSITIONS.items() for mover in movers}
"""(from, to, mover): the moves that may stand in the events."""

SETTLED_FROM_OUTSIDE = TRANSITIONS[State.UNKNOWN, State.ACCEPTED] - {Move.LATE_ANSWER}
"""Moves that accept a message on another word than the answer to one of its attempts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the promise does not hold; `row_number` is None where no single row breaks it."""

    row_number: int | None
    sentence: str


def audit(store: Store, campaign: Campaign) -> list[Finding]:
    """Everything that breaks the promise in a campaign; an empty list when it holds.

    The campaign may be running: a message in the air is no finding. Takes seconds for 100,000 rows.
    """
    return [
        *_rows_that_do_not_add_up(store, campaign),
        *_numbers_texted_twice(store, campaign),
        *_shared_sms_ids(store, campaign),
        *_rate_exceeded(store, campaign),
    ]


def _rows_that_do_not_add_up(store: Store, campaign: Campaign) -> Iterator[Finding]:
    """Each message against its own attempts and events, and all of them against the file."""
    rows = 0
    for case in store.evidence.cases(campaign.id):
        rows += 1
        for wrong in (*_wrongs(case), *_untimely_attempts(case, campaign.hours)):
            yield Finding(case.row_number, f"Row {case.row_number} {wrong}.")
    if rows != campaign.rows:
        yield Finding(None, f"The file had {campaign.rows} rows, but {rows} are stored.")


def _wrongs(case: Case) -> Iterator[str]:
    yield from _broken_story(case)
    yield from _false_acceptance(case)
    yield from _miscounted_attempts(case)
    yield from _open_attempts(case)


def _broken_story(case: Case) -> Iterator[str]:
    """The events, replayed from where the load put the row, must lead to the state it has."""
    state = case.events[0].from_state if case.events else case.state
    if state not in ENTRY:
        yield f"begins as '{state}', where no load puts a row"
    for event in case.events:
        if event.from_state != state:
            yield f"was '{state}' when an event took it from '{event.from_state}'"
        if (event.from_state, event.to_state, event.mover) not in ALLOWED:
            yield (
                f"went from '{event.from_state}' to '{event.to_state}' by '{event.mover}',"
                " which no rule allows"
            )
        state = event.to_state
    if state != case.state:
        yield f"is '{case.state}', but its events lead to '{state}'"


def _false_acceptance(case: Case) -> Iterator[str]:
    """A message is accepted if and only if one attempt was, under the same `sms_id`.

    Or if the doubt about an attempt without an answer was settled from outside.
    """
    accepted = [each.sms_id for each in case.attempts if each.outcome == OutcomeName.ACCEPTED]
    if len(accepted) > 1:
        yield f"was texted {len(accepted)} times, as {', '.join(map(str, accepted))}"
    # The record may draw its ids from another space than the answer that came after all.
    settled = bool(case.events) and case.events[-1].mover in SETTLED_FROM_OUTSIDE
    if case.state == State.ACCEPTED and case.sms_id not in accepted and not settled:
        yield f"is 'accepted' as {case.sms_id}, but no attempt of it was accepted as that"
    if case.state != State.ACCEPTED and accepted:
        yield f"is '{case.state}', but an attempt of it was accepted as {accepted[0]}"


def _miscounted_attempts(case: Case) -> Iterator[str]:
    made = sum(each.outcome not in FREE_OF_CHARGE for each in case.attempts)
    if case.counted != made:
        yield f"counts {case.counted} attempts, but {made} were made"
    claims = sum(event.to_state == State.SENDING for event in case.events)
    if claims != len(case.attempts):
        yield f"was claimed {claims} times, but has {len(case.attempts)} attempts"


def _open_attempts(case: Case) -> Iterator[str]:
    """Only a message that is `sending` awaits an answer, and only to the attempt that it names."""
    awaited = [each.id for each in case.attempts if each.outcome is None]
    named = [case.attempt_id] if case.state == State.SENDING else []
    if awaited != named:
        yield (
            f"is '{case.state}' and should await {_the_answers(named)},"
            f" but it awaits {_the_answers(awaited)}"
        )


def _untimely_attempts(case: Case, hours: Hours | None) -> Iterator[str]:
    """A POST may begin only within the campaign's hours, by the clocks of the row's place.

    Of a forgotten row the place is gone too, and with it what could be found.
    """
    if hours is None:
        return
    window = hours.window(case.place)
    for each in case.attempts:
        if not window.is_open(each.began):
            yield f"was tried at {each.began:%Y-%m-%d %H:%M:%S} UTC, outside its hours ({hours})"


def _the_answers(attempt_ids: Iterable[int | None]) -> str:
    return ", ".join(f"the answer to attempt {each}" for each in attempt_ids) or "no answer"


def _numbers_texted_twice(store: Store, campaign: Campaign) -> Iterator[Finding]:
    """Two rows of one number may both be accepted only where duplicates were kept by choice."""
    for one, next_one in pairwise(store.evidence.acceptances(campaign.id)):
        same_number = (one.to_number, one.repeat) == (next_one.to_number, next_one.repeat)
        if same_number and one.row_number != next_one.row_number:
            yield Finding(
                next_one.row_number,
                f"Row {next_one.row_number} was accepted,"
                f" though row {one.row_number} with the same number was too.",
            )


def _shared_sms_ids(store: Store, campaign: Campaign) -> Iterator[Finding]:
    """The vendor gives every message an id of its own; one id cannot vouch for two rows.

    Only the record cannot tell twins apart: one row may stand there under the id with which
    another row to that number, which stands under an id of its own, was answered too late.
    """
    shared = store.evidence.shared_sms_ids(campaign.id)
    for sms_id, holders in groupby(shared, key=lambda each: each.sms_id):
        first, *others = holders
        for one, other in [(each, first) for each in others] + [(first, others[0])]:
            interchanged = one.to_number == other.to_number and one.stands != other.stands
            if one.campaign_id == campaign.id and not interchanged:
                yield Finding(
                    one.row_number,
                    f"Row {one.row_number} was accepted as {sms_id}, and so was {_place(other)}.",
                )


def _place(acceptance: Acceptance) -> str:
    return f"row {acceptance.row_number} of the campaign '{acceptance.campaign}'"


def _rate_exceeded(store: Store, campaign: Campaign) -> Iterator[Finding]:
    """No more POSTs than the rate allows may have begun in any window of its period.

    All POSTs of the account count, in the order of their claims, and one that goes beyond the
    rate is told if it is this campaign's. The rate is the one the account has now, the last that
    was used: a campaign that ran at a higher one before is told so, in one finding.
    """
    rate = parse_rate(campaign.rate)
    recent: deque[Start] = deque(maxlen=rate.count)
    too_early = []
    for start in store.evidence.starts(campaign.id, before=rate.count):
        full = len(recent) == rate.count
        if full and start.ours and _is_too_early(start, recent, rate.period):
            too_early.append(start.row_number)
        recent.append(start)
    if too_early:
        yield Finding(
            too_early[0],
            f"Row {too_early[0]} was tried too early for the rate {campaign.rate}:"
            f" {rate.count} others had begun within the {rate.period.total_seconds():g} seconds"
            f" before it (rows tried too early: {len(too_early)}).",
        )


def _is_too_early(start: Start, recent: Iterable[Start], period: timedelta) -> bool:
    """Whether all the recent ones had begun less than a period before it.

    They were claimed in this order, so whatever is known of one holds for those before it. Where
    it begins before all of them the clock was set back, and nothing is known of the time between.
    """
    first = min(map(_known_begin, recent))
    return timedelta(0) <= start.began - first < period


def _known_begin(start: Start) -> datetime:
    """When it had begun at the latest.

    A clock that was set back leaves attempts that end before they begin: their end was stamped
    by the new clock, which also stamps what comes after.
    """
    return start.began if start.ended is None else min(start.began, start.ended)
