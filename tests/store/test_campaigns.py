import pytest

from bulksms.model.errors import LeaseLost
from bulksms.model.outcomes import Outcome, Rejected
from bulksms.model.records import Campaign, Refused
from bulksms.model.states import CampaignState, PausedReason, Reason
from bulksms.store import Store
from bulksms.store.limits import LIMIT_REACHED
from tests.store.stage import (
    ACCEPTED,
    MINUTE,
    NOT_SENT,
    NOW,
    REJECTED,
    SECOND,
    UNKNOWN,
    acquire,
    answer,
    claim,
    everything,
    fresh,
    load,
    running,
    skipped,
    sql,
    states,
)

LATER = NOW + MINUTE


def test_a_start_remembers_only_the_first_time(store: Store) -> None:
    campaign = running(store)
    _pause(store, campaign)
    store.campaigns.start(campaign.id, now=LATER, actor="test")
    campaign = fresh(store, campaign)
    assert (campaign.state, campaign.started_at) == (CampaignState.RUNNING, NOW)
    assert (campaign.paused_reason, campaign.paused_detail) == (None, None)


def test_a_finished_campaign_starts_again_for_what_was_put_back(store: Store) -> None:
    campaign = _answered(store, REJECTED)
    assert _settle(store, campaign)
    store.messages.retry(campaign.id, Refused(), now=LATER, actor="test")
    store.campaigns.start(campaign.id, now=LATER, actor="test")
    campaign = fresh(store, campaign)
    assert (campaign.state, campaign.finished_at) == (CampaignState.RUNNING, None)


def test_a_cancelled_campaign_never_starts_again(store: Store) -> None:
    campaign = running(store)
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    store.campaigns.start(campaign.id, now=LATER, actor="test")
    assert fresh(store, campaign).state is CampaignState.CANCELLED


@pytest.mark.parametrize("reason", PausedReason)
def test_a_pause_says_why(store: Store, reason: PausedReason) -> None:
    campaign = running(store)
    assert store.campaigns.pause(campaign.id, reason, "Because.", now=NOW, actor="test")
    campaign = fresh(store, campaign)
    assert campaign.state is CampaignState.PAUSED
    assert (campaign.paused_reason, campaign.paused_detail) == (reason, "Because.")


def test_the_first_reason_for_a_pause_stays(store: Store) -> None:
    """The account's trouble is what the person must hear, not the answers that followed it."""
    campaign = running(store)
    _pause(store, campaign, PausedReason.NO_CREDITS)
    assert not _pause(store, campaign, PausedReason.INTERRUPTED)
    assert fresh(store, campaign).paused_reason is PausedReason.NO_CREDITS


def test_only_a_running_campaign_can_be_paused(store: Store) -> None:
    campaign = load(store)
    assert not _pause(store, campaign)
    assert fresh(store, campaign).state is CampaignState.DRAFT


@pytest.mark.parametrize("outcome", [ACCEPTED, REJECTED, UNKNOWN])
def test_a_campaign_with_nothing_left_to_claim_is_finished(store: Store, outcome: Outcome) -> None:
    campaign = _answered(store, outcome)
    assert _settle(store, campaign)
    campaign = fresh(store, campaign)
    assert (campaign.state, campaign.finished_at) == (CampaignState.FINISHED, LATER)


def test_a_campaign_is_not_finished_while_an_answer_is_awaited(store: Store) -> None:
    campaign = running(store, 1)
    lease = acquire(store)
    claim(store, lease, campaign)
    assert not store.campaigns.settle(lease, campaign.id, now=NOW)
    assert fresh(store, campaign).state is CampaignState.RUNNING


def test_a_campaign_goes_on_for_what_came_back_as_it_was_to_end(store: Store) -> None:
    campaign = _answered(store, REJECTED)
    store.messages.retry(campaign.id, Refused(), now=NOW, actor="test")
    assert not _settle(store, campaign)
    assert fresh(store, campaign).state is CampaignState.RUNNING


def test_a_row_below_its_limit_that_came_back_is_not_left_to_rest(store: Store) -> None:
    campaign = running(store, 3, limit=1)
    answer(store, claim(store, acquire(store), campaign), REJECTED)
    store.messages.retry(campaign.id, Refused(), now=NOW, actor="test")
    assert not _settle(store, campaign)


def test_whoever_lost_the_account_ends_no_campaign_of_another(store: Store) -> None:
    """It slept between its last claim and its end; a doubt may come back under the new holder."""
    campaign = running(store, 1)
    lease = acquire(store, length=SECOND)
    answer(store, claim(store, lease, campaign), UNKNOWN)
    acquire(store, "bob:1", now=LATER)
    with pytest.raises(LeaseLost):
        store.campaigns.settle(lease, campaign.id, now=LATER)
    assert fresh(store, campaign).state is CampaignState.RUNNING


def test_a_campaign_of_skipped_rows_is_finished_at_once(store: Store) -> None:
    campaign = running(store, [skipped(2), skipped(3)])
    assert _settle(store, campaign)
    assert fresh(store, campaign).state is CampaignState.FINISHED


def test_a_campaign_rests_at_its_limit(store: Store) -> None:
    campaign = running(store, 3, limit=1)
    answer(store, claim(store, acquire(store), campaign), ACCEPTED)
    assert _settle(store, campaign)
    campaign = fresh(store, campaign)
    assert campaign.state is CampaignState.PAUSED
    assert (campaign.paused_reason, campaign.paused_detail) == (
        PausedReason.OPERATOR,
        LIMIT_REACHED,
    )


def test_settling_leaves_a_pause_as_it_is(store: Store) -> None:
    campaign = _answered(store, ACCEPTED)
    _pause(store, campaign, PausedReason.NO_CREDITS)
    lease = acquire(store, now=LATER)
    once = everything(store)
    assert store.campaigns.settle(lease, campaign.id, now=LATER)
    assert everything(store) == once


def test_cancelling_skips_every_row_that_waits_and_only_those(store: Store) -> None:
    campaign = running(store, 6)
    lease = acquire(store)
    for outcome in (ACCEPTED, REJECTED, UNKNOWN):
        answer(store, claim(store, lease, campaign), outcome)
    claim(store, lease, campaign)
    assert store.campaigns.cancel(campaign.id, now=LATER, actor="test") == 2
    assert states(store, campaign) == [
        "accepted",
        "failed",
        "unknown",
        "sending",
        "skipped",
        "skipped",
    ]
    assert sql(store, "SELECT DISTINCT reason FROM message WHERE state = 'skipped'") == [
        ("cancelled",)
    ]
    assert fresh(store, campaign).finished_at == LATER


def test_cancelling_twice_changes_nothing(store: Store) -> None:
    campaign = running(store)
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    once = everything(store)
    assert store.campaigns.cancel(campaign.id, now=LATER, actor="test") == 0
    assert everything(store) == once


def test_cancelling_touches_no_other_campaign(store: Store) -> None:
    june, july = running(store, name="june"), running(store, name="july")
    store.campaigns.cancel(june.id, now=NOW, actor="test")
    assert states(store, july) == ["queued"] * 3


def test_every_turn_of_a_campaign_is_an_event_of_it(store: Store) -> None:
    campaign = _answered(store, NOT_SENT)
    _pause(store, campaign, PausedReason.NO_CREDITS)
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    told = sql(
        store,
        "SELECT from_state, to_state, note FROM event WHERE message_id IS NULL ORDER BY id",
    )
    assert told == [
        (None, "draft", "1 rows from june.csv"),
        ("draft", "running", None),
        ("running", "paused", "no_credits"),
        ("paused", "running", None),
        ("running", "cancelled", "1 rows skipped"),
    ]


def test_retry_puts_refused_rows_back_and_only_those(store: Store) -> None:
    campaign = running(store, 5)
    lease = acquire(store)
    for outcome in (ACCEPTED, REJECTED, UNKNOWN, REJECTED):
        answer(store, claim(store, lease, campaign), outcome)
    assert _retry(store, campaign, Refused()) == 2
    assert states(store, campaign) == ["accepted", "queued", "unknown", "queued", "queued"]
    explained = sql(store, "SELECT reason, detail, attempts FROM message WHERE row_number = 3")
    assert explained == [(None, None, 1)]


@pytest.mark.parametrize(
    ("which", "back"),
    [
        (Refused(), [2, 3]),
        (Refused(reasons=frozenset({Reason.REJECTED})), [2]),
        (Refused(reasons=frozenset({Reason.GAVE_UP})), [4]),
        (Refused(rows=frozenset({3, 4, 5, 99})), [3, 4]),
        (Refused(frozenset({Reason.BLACKLISTED}), frozenset({2, 3})), [3]),
        (Refused(reasons=frozenset({Reason.NOT_SENT})), []),
    ],
)
def test_retry_is_narrowed_by_reason_and_row_and_doubt_goes_back_only_by_name(
    store: Store, which: Refused, back: list[int]
) -> None:
    campaign = _refused_rows(store)
    assert store.messages.count_refused(campaign.id, which) == len(back)
    assert _retry(store, campaign, which) == len(back)
    rows = sql(store, "SELECT row_number FROM message WHERE state = 'queued' ORDER BY row_number")
    assert [row_number for (row_number,) in rows] == back


def test_retry_touches_no_other_campaign(store: Store) -> None:
    june = _answered(store, REJECTED)
    july = running(store, 1, name="july")
    assert _retry(store, july, Refused()) == 0
    assert states(store, june) == ["failed"]


def test_nothing_goes_back_into_a_cancelled_campaign(store: Store) -> None:
    """It would wait there for a turn that never comes."""
    campaign = _answered(store, REJECTED)
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    assert store.messages.count_refused(campaign.id, Refused()) == 0
    assert _retry(store, campaign, Refused()) == 0
    assert states(store, campaign) == ["failed"]


def _answered(store: Store, outcome: Outcome) -> Campaign:
    """A campaign of one row that had this answer."""
    campaign = running(store, 1)
    answer(store, claim(store, acquire(store), campaign), outcome)
    return campaign


def _settle(store: Store, campaign: Campaign) -> bool:
    """What a worker says that found nothing to claim."""
    return store.campaigns.settle(acquire(store, now=LATER), campaign.id, now=LATER)


def _refused_rows(store: Store) -> Campaign:
    """Row 2 rejected, 3 blacklisted, 4 given up in doubt (no method does that yet), 5 unknown."""
    campaign = running(store, 4)
    lease = acquire(store)
    blacklisted = Rejected(Reason.BLACKLISTED, "On the blacklist.", 422)
    for outcome in (REJECTED, blacklisted, UNKNOWN, UNKNOWN):
        answer(store, claim(store, lease, campaign), outcome)
    sql(store, "UPDATE message SET state = 'failed', reason = 'gave_up' WHERE row_number = 4")
    return campaign


def _pause(store: Store, campaign: Campaign, reason: PausedReason = PausedReason.OPERATOR) -> bool:
    return store.campaigns.pause(campaign.id, reason, now=NOW, actor="test")


def _retry(store: Store, campaign: Campaign, which: Refused) -> int:
    return store.messages.retry(campaign.id, which, now=LATER, actor="test")


def test_a_finished_campaign_runs_again_when_a_late_answer_puts_a_row_back(store: Store) -> None:
    """A machine that slept over its claim says so when all is over, and nobody looks any more."""
    campaign = running(store, 1)
    asleep = claim(store, acquire(store, "laptop:1"), campaign)
    lease = acquire(store, "bob:2", now=LATER)
    store.messages.recover(lease, LATER)
    assert store.campaigns.settle(lease, campaign.id, now=LATER)
    assert fresh(store, campaign).state is CampaignState.FINISHED

    answer(store, asleep, NOT_SENT, LATER)

    again = fresh(store, campaign)
    assert (again.state, again.finished_at) == (CampaignState.RUNNING, None)
    assert states(store, campaign) == ["queued"]
    last = (
        "SELECT from_state, to_state FROM event WHERE message_id IS NULL ORDER BY id DESC LIMIT 1"
    )
    assert sql(store, last) == [("finished", "running")]


@pytest.mark.parametrize("reason", [PausedReason.OPERATOR, PausedReason.NO_CREDITS])
def test_what_was_paused_since_its_time_came_does_not_start_by_itself(
    store: Store, reason: PausedReason
) -> None:
    """Who saw it scheduled, and froze, would start what a person has paused, or lift its limit."""
    campaign = load(store, 3, start_at=NOW)
    assert store.campaigns.start_scheduled(campaign.id, now=NOW, actor="bob:2")
    store.campaigns.pause(campaign.id, reason, now=NOW, actor="operator")
    assert not store.campaigns.start_scheduled(campaign.id, now=LATER, actor="ann:1")
    assert fresh(store, campaign).paused_reason is reason
