"""Restraint across campaigns: at load, and again at the moment of the claim."""

from datetime import timedelta

import pytest

from bulksms.model.outcomes import Outcome
from bulksms.model.records import (
    Campaign,
    ClaimedMessage,
    Hold,
    NewCampaign,
    NothingQueued,
    NotYet,
    Wanted,
)
from bulksms.model.restraint import Restraint
from bulksms.model.states import Reason, State
from bulksms.store import Store
from bulksms.store.claims import SKIPS_AT_ONCE
from tests.store.stage import (
    ACCEPTED,
    FAST,
    NOW,
    REJECTED,
    UNKNOWN,
    acquire,
    answer,
    claim,
    queued,
    running,
    states,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DAILY = Restraint(texted_within=DAY)
MONTHLY_TEXT = Restraint(same_text_within=30 * DAY)


def restrained(
    store: Store, restraint: Restraint, body: str = "Hi", account: str = "default"
) -> Campaign:
    """A running campaign for the number of row 2."""
    new = NewCampaign("july", ("a", "b"), "f", "f2", "w2", "Hi", restraint=restraint)
    loaded = store.campaigns.load(
        new, [queued(2, body=body)], account_name=account, rate=FAST, now=NOW
    )
    store.campaigns.start(loaded.id, now=NOW, actor="test")
    return loaded


def test_who_was_texted_lately_is_left_out_with_the_earlier_text(store: Store) -> None:
    lease, june = acquire(store), running(store, 1)
    answer(store, claim(store, lease, june), ACCEPTED)
    memory = store.history.memory(DAILY, NOW + HOUR)
    objection = memory.objection("+12025550002", "another text")
    assert objection == (
        Reason.TEXTED_RECENTLY,
        "The number was texted by the campaign 'june' on 2026-01-05 at 09:00 UTC (sms_id sms-1).",
    )
    assert memory.objection("+12025550003", "Hi") is None
    told = store.history.memory(DAILY, NOW + HOUR, "acme").objection("+12025550002", "Hi")
    assert told is not None
    assert "by the campaign 'june' of the account 'default' on" in told[1]
    assert store.history.memory(DAILY, NOW + DAY).objection("+12025550002", "Hi") is None


def test_the_same_text_is_another_matter_than_any_text(store: Store) -> None:
    lease, june = acquire(store), running(store, 1)
    answer(store, claim(store, lease, june), ACCEPTED)
    memory = store.history.memory(MONTHLY_TEXT, NOW + 29 * DAY)
    same = memory.objection("+12025550002", "Hi")
    assert same is not None
    assert same[0] is Reason.SAME_TEXT
    assert memory.objection("+12025550002", "Hello") is None


@pytest.mark.parametrize(("outcome", "counts"), [(UNKNOWN, True), (REJECTED, False)])
def test_doubt_counts_as_texted_and_a_refusal_does_not(
    store: Store, outcome: Outcome, *, counts: bool
) -> None:
    lease, june = acquire(store), running(store, 1)
    answer(store, claim(store, lease, june), outcome)
    memory = store.history.memory(DAILY, NOW + HOUR)
    assert (memory.objection("+12025550002", "Hi") is not None) is counts


def test_a_doubt_that_was_given_up_still_counts_as_texted(store: Store) -> None:
    """Given up says that nobody will look any more, not that nothing was accepted."""
    lease, june = acquire(store), running(store, 1)
    july = restrained(store, DAILY)
    answer(store, claim(store, lease, june), UNKNOWN)
    store.settlements.resolve_give_up(june.id, 2, now=NOW, actor="operator")
    memory = store.history.memory(DAILY, NOW + HOUR)
    assert memory.objection("+12025550002", "Hi") is not None
    assert [each.campaign for each in store.history.elsewhere(["+12025550002"], NOW - DAY)] == [
        "june",
        "july",
    ]
    assert store.messages.claim(lease, july.id, NOW + HOUR) == NothingQueued()


def test_a_text_that_left_after_the_load_is_heeded_at_the_claim(store: Store) -> None:
    lease, june = acquire(store), running(store, 1)
    july = restrained(store, DAILY)
    answer(store, claim(store, lease, june), ACCEPTED)
    assert store.messages.claim(lease, july.id, NOW + HOUR) == NothingQueued()
    (row,) = store.rows.report(july.id)
    assert (row.state, row.reason) == (State.SKIPPED, Reason.TEXTED_RECENTLY)
    assert "the campaign 'june'" in (row.detail or "")


def test_when_the_time_is_over_it_goes(store: Store) -> None:
    lease, june = acquire(store), running(store, 1)
    july = restrained(store, DAILY)
    answer(store, claim(store, lease, june), ACCEPTED)
    assert claim(store, lease, july, NOW + DAY).row_number == 2


def test_a_campaign_does_not_stand_in_its_own_way(store: Store) -> None:
    """Duplicates that were kept by choice are wanted."""
    lease = acquire(store)
    new = NewCampaign("july", ("a", "b"), "f", "f2", "w2", "Hi", restraint=DAILY)
    rows = [queued(2), queued(3, to_number="+12025550002", repeat=1)]
    july = store.campaigns.load(new, rows, account_name="default", rate=FAST, now=NOW)
    store.campaigns.start(july.id, now=NOW, actor="test")
    answer(store, claim(store, lease, july), ACCEPTED)
    assert claim(store, lease, july).row_number == 3
    assert states(store, july) == ["accepted", "sending"]


@pytest.mark.parametrize("restraint", [DAILY, MONTHLY_TEXT])
def test_of_two_campaigns_in_one_commit_the_restrained_one_sees_the_other(
    store: Store, restraint: Restraint
) -> None:
    """A worker's accounts share commits: both looked before either was written down."""
    june, july = acquire(store), restrained(store, restraint, account="other")
    other = store.accounts.acquire("other", worker="ann:1", rate=FAST, length=HOUR, now=NOW)
    first = running(store, 1)
    with store.together() as write_down:
        wanted = [Wanted(june, first.id, NOW), Wanted(other, july.id, NOW)]
        claimed, left = write_down(wanted)
    assert isinstance(claimed, ClaimedMessage)
    assert left == NothingQueued()
    (row,) = store.rows.report(july.id)
    assert row.state is State.SKIPPED
    assert "the campaign 'june'" in (row.detail or "")


def test_a_claim_skips_no_more_than_a_hundred_at_once(store: Store) -> None:
    """One that skipped 85,000 kept every other account, and every other process, for 33 s."""
    people = [queued(row) for row in range(2, 2 + SKIPS_AT_ONCE + 2)]
    campaign = running(store, people)
    numbers = [person.to_number or "" for person in people[:-1]]
    store.suppressions.add(numbers, reason="stop", source="test", now=NOW)
    lease = acquire(store)
    assert store.messages.claim(lease, campaign.id, NOW) == NotYet(NOW, Hold.PACE)
    assert states(store, campaign).count("skipped") == SKIPS_AT_ONCE
    assert claim(store, lease, campaign).to_number == people[-1].to_number
