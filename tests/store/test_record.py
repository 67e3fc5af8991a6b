from datetime import timedelta

import pytest

from bulksms.model.outcomes import Accepted, Outcome
from bulksms.model.records import (
    ClaimedMessage,
    Hold,
    NothingQueued,
    NotYet,
    Rate,
    Refused,
)
from bulksms.model.states import State
from bulksms.store import Store
from tests.store.stage import (
    ACCEPTED,
    BLOCKED,
    MINUTE,
    NOT_SENT,
    NOW,
    REJECTED,
    SECOND,
    TOO_MANY,
    UNKNOWN,
    acquire,
    answer,
    claim,
    everything,
    running,
    sql,
    states,
)

MESSAGE = "SELECT state, reason, detail, sms_id, attempts FROM message WHERE id = 1"
ATTEMPT = "SELECT outcome, http_status, text, sms_id FROM attempt WHERE id = 1"


@pytest.mark.parametrize(
    ("outcome", "message", "attempt"),
    [
        (
            ACCEPTED,
            ("accepted", None, None, "sms-1", 1),
            ("accepted", 200, None, "sms-1"),
        ),
        (
            REJECTED,
            ("failed", "rejected", "The vendor said no.", None, 1),
            ("rejected", 422, "The vendor said no.", None),
        ),
        (
            TOO_MANY,
            ("queued", None, None, None, 0),
            ("not_sent", 429, "Too many requests.", None),
        ),
        (
            NOT_SENT,
            ("queued", None, None, None, 0),
            ("not_sent", None, "The connection was refused.", None),
        ),
        (
            BLOCKED,
            ("queued", None, None, None, 0),
            ("account_blocked", 402, "You don't have enough credits.", None),
        ),
        (
            UNKNOWN,
            ("unknown", "timeout", "No answer within 30 seconds.", None, 1),
            ("unknown", None, "No answer within 30 seconds.", None),
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, tuple) else "",
)
def test_each_outcome_leads_to_its_state(
    store: Store, outcome: Outcome, message: tuple[object, ...], attempt: tuple[object, ...]
) -> None:
    campaign = running(store)
    answer(store, claim(store, acquire(store), campaign), outcome)
    assert sql(store, MESSAGE) == [message]
    assert sql(store, ATTEMPT) == [attempt]


@pytest.mark.parametrize("outcome", [ACCEPTED, REJECTED, TOO_MANY, BLOCKED, UNKNOWN])
def test_recording_the_same_answer_twice_changes_nothing(store: Store, outcome: Outcome) -> None:
    campaign = running(store)
    claimed = claim(store, acquire(store), campaign)
    answer(store, claimed, outcome, hold_until=NOW + SECOND)
    once = everything(store)
    answer(store, claimed, outcome, hold_until=NOW + SECOND)
    assert everything(store) == once


@pytest.mark.parametrize("first", [ACCEPTED, REJECTED, TOO_MANY, BLOCKED])
@pytest.mark.parametrize("second", [Accepted("sms-2", 200), REJECTED, TOO_MANY, UNKNOWN])
def test_a_clear_answer_is_never_overwritten(store: Store, first: Outcome, second: Outcome) -> None:
    campaign = running(store)
    claimed = claim(store, acquire(store), campaign)
    answer(store, claimed, first)
    once = everything(store)
    answer(store, claimed, second, NOW + MINUTE, hold_until=NOW + 2 * MINUTE)
    assert everything(store) == once


@pytest.mark.parametrize("outcome", [TOO_MANY, NOT_SENT, BLOCKED])
def test_what_was_not_processed_keeps_its_place_and_costs_no_attempt(
    store: Store, outcome: Outcome
) -> None:
    campaign = running(store)
    lease = acquire(store)
    first = claim(store, lease, campaign)
    answer(store, first, outcome)
    again = claim(store, lease, campaign)
    assert (again.row_number, again.attempt_id) == (2, first.attempt_id + 1)
    answer(store, again, ACCEPTED)
    assert sql(store, MESSAGE) == [("accepted", None, None, "sms-1", 1)]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (ACCEPTED, State.ACCEPTED),
        (REJECTED, State.FAILED),
        (TOO_MANY, State.QUEUED),
        (BLOCKED, State.QUEUED),
        (UNKNOWN, State.UNKNOWN),
    ],
)
def test_a_late_answer_settles_what_the_restart_called_unknown(
    store: Store, outcome: Outcome, state: State
) -> None:
    campaign = running(store)
    claimed = claim(store, acquire(store, "ann:1"), campaign)
    later = NOW + MINUTE
    store.messages.recover(acquire(store, "bob:2", now=later), later)
    assert states(store, campaign)[0] == "unknown"
    answer(store, claimed, outcome, later + SECOND)
    assert states(store, campaign)[0] == state


@pytest.mark.parametrize("skips", ["cancel", "opt out"])
@pytest.mark.parametrize(("outcome", "state"), [(ACCEPTED, "accepted"), (REJECTED, "skipped")])
def test_a_row_that_was_skipped_after_its_text_had_left_says_so(
    store: Store, skips: str, outcome: Outcome, state: str
) -> None:
    """Frozen between the POST and its answer, while a person had it resent and thought again."""
    campaign = running(store, 1)
    claimed = claim(store, acquire(store, "ann:1"), campaign)
    later = NOW + MINUTE
    lease = acquire(store, "bob:2", now=later)
    store.messages.recover(lease, later)
    assert store.settlements.resolve_resend(campaign.id, 2, now=later, actor="operator")
    if skips == "cancel":
        store.campaigns.cancel(campaign.id, now=later, actor="operator")
    else:
        store.suppressions.add([claimed.to_number], reason="STOP", source="test", now=later)
        assert store.messages.claim(lease, campaign.id, later) == NothingQueued()
    assert states(store, campaign) == ["skipped"]
    answer(store, claimed, outcome, later + SECOND)
    assert states(store, campaign) == [state]


def test_a_late_answer_to_attempt_1_cannot_overwrite_attempt_2(store: Store) -> None:
    campaign = running(store)
    lease = acquire(store)
    first = claim(store, lease, campaign)
    answer(store, first, REJECTED)
    store.messages.retry(campaign.id, Refused(), now=NOW, actor="test")
    second = claim(store, lease, campaign)
    assert second.id == first.id
    once = everything(store)
    answer(store, first, ACCEPTED, NOW + SECOND)
    assert everything(store) == once


def resent_in_doubt(store: Store) -> tuple[ClaimedMessage, ClaimedMessage]:
    """Both attempts of a message that a person had resent; the second is in the air."""
    campaign = running(store)
    lease = acquire(store)
    first = claim(store, lease, campaign)
    answer(store, first, UNKNOWN)
    sql(store, "UPDATE message SET state = 'queued', reason = NULL, detail = NULL WHERE id = 1")
    return first, claim(store, lease, campaign)


def test_a_late_answer_to_a_doubtful_attempt_1_is_kept_but_moves_nothing(store: Store) -> None:
    """What attempt 1 learns later is evidence, not a state."""
    first, second = resent_in_doubt(store)
    answer(store, first, Accepted("sms-1", 200), NOW + SECOND)
    assert sql(store, "SELECT state, sms_id, attempt_id FROM message WHERE id = 1") == [
        ("sending", None, second.attempt_id)
    ]
    answer(store, second, Accepted("sms-2", 200), NOW + SECOND)
    assert sql(store, "SELECT sms_id FROM message WHERE id = 1") == [("sms-2",)]
    assert sql(store, "SELECT sms_id FROM attempt ORDER BY id") == [("sms-1",), ("sms-2",)]


@pytest.mark.parametrize("late", [REJECTED, NOT_SENT, TOO_MANY])
def test_a_late_refusal_of_attempt_1_takes_nothing_from_attempt_2(
    store: Store, late: Outcome
) -> None:
    """Put back in the queue, or failed and retried, the message would be texted a second time."""
    first, second = resent_in_doubt(store)
    answer(store, first, late, NOW + SECOND)
    assert sql(store, "SELECT state, attempt_id FROM message WHERE id = 1") == [
        ("sending", second.attempt_id)
    ]


@pytest.mark.parametrize("minutes", [(2, 1), (1, 2)])
def test_of_two_holds_the_longer_is_kept(store: Store, minutes: tuple[int, int]) -> None:
    campaign = running(store)
    lease = acquire(store)
    claimed = [claim(store, lease, campaign) for _ in minutes]
    for each, wait in zip(claimed, minutes, strict=True):
        answer(store, each, TOO_MANY, hold_until=NOW + wait * MINUTE)
    blocked = store.messages.claim(lease, campaign.id, NOW)
    assert blocked == NotYet(NOW + 2 * MINUTE, Hold.BLOCKED)


def test_a_late_answer_never_frees_a_slot_sooner(store: Store) -> None:
    """A frozen worker whose clock is behind ours answers after its successor took over."""
    campaign = running(store)
    one_a_minute = Rate(1, MINUTE)
    claimed = claim(store, acquire(store, "ann:1", rate=one_a_minute), campaign)
    later = NOW + timedelta(hours=1)
    lease = acquire(store, "bob:2", now=later, rate=one_a_minute)
    store.messages.recover(lease, later)
    answer(store, claimed, ACCEPTED, NOW + SECOND)
    assert store.messages.claim(lease, campaign.id, later + SECOND) == NotYet(
        later + MINUTE, Hold.PACE
    )


def test_answers_in_the_air_are_recorded_after_a_cancel(store: Store) -> None:
    campaign = running(store)
    lease = acquire(store)
    outcomes: list[Outcome] = [ACCEPTED, REJECTED, UNKNOWN]
    claimed = [claim(store, lease, campaign) for _ in outcomes]
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    for message, outcome in zip(claimed, outcomes, strict=True):
        answer(store, message, outcome)
    assert states(store, campaign) == ["accepted", "failed", "unknown"]


@pytest.mark.parametrize("outcome", [TOO_MANY, BLOCKED])
def test_what_comes_back_to_a_cancelled_campaign_is_cancelled_too(
    store: Store, outcome: Outcome
) -> None:
    """Otherwise it would wait for a turn that never comes, and its line would never end."""
    campaign = running(store, 1)
    claimed = claim(store, acquire(store), campaign)
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    answer(store, claimed, outcome)
    assert sql(store, "SELECT state, reason, attempts FROM message") == [
        ("skipped", "cancelled", 0)
    ]
