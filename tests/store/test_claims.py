from datetime import timedelta

import pytest

from bulksms.model.records import ClaimedMessage, Hold, NothingQueued, NotRunning, NotYet, Refused
from bulksms.model.states import CampaignState, PausedReason
from bulksms.store import Store
from tests.store.stage import (
    ACCEPTED,
    BLOCKED,
    MINUTE,
    NOW,
    REJECTED,
    SECOND,
    UNKNOWN,
    acquire,
    answer,
    claim,
    fresh,
    load,
    queued,
    running,
    skipped,
    sql,
    states,
)


def test_a_claim_holds_everything_that_one_post_needs(store: Store) -> None:
    row = queued(7, lead_id="0042", media="https://example.org/a.png", body="Hi Ann")
    campaign = running(store, [row])
    assert claim(store, acquire(store), campaign) == ClaimedMessage(
        id=1,
        attempt_id=1,
        row_number=7,
        to_number="+12025550007",
        lead_id="0042",
        sender="+12025550000",
        body="Hi Ann",
        media="https://example.org/a.png",
        force_send=False,
    )


def test_rows_are_claimed_in_the_order_of_the_file(store: Store) -> None:
    campaign = running(store, [queued(9), queued(2), skipped(3), queued(4)])
    lease = acquire(store)
    assert [claim(store, lease, campaign).row_number for _ in range(3)] == [2, 4, 9]
    assert store.messages.claim(lease, campaign.id, NOW) == NothingQueued()


def test_a_claim_is_on_disk_before_its_request_leaves(store: Store) -> None:
    campaign = running(store)
    lease = acquire(store, "ann:1")
    claimed = claim(store, lease, campaign)
    assert sql(store, "SELECT id, message_id, epoch, worker, finished_at FROM attempt") == [
        (claimed.attempt_id, claimed.id, lease.epoch, "ann:1", None)
    ]
    assert sql(store, "SELECT state, attempts, attempt_id FROM message WHERE id = 1") == [
        ("sending", 1, claimed.attempt_id)
    ]


def test_a_claim_takes_only_rows_of_its_campaign(store: Store) -> None:
    june, july = running(store, 1, name="june"), running(store, 1, name="july")
    lease = acquire(store)
    claim(store, lease, july)
    assert states(store, june) == ["queued"]
    assert store.messages.claim(lease, july.id, NOW) == NothingQueued()


def test_a_draft_is_not_claimed_from(store: Store) -> None:
    campaign = load(store)
    assert store.messages.claim(acquire(store), campaign.id, NOW) == NotRunning(
        CampaignState.DRAFT, None
    )


def test_a_paused_campaign_is_not_claimed_from_and_says_why(store: Store) -> None:
    campaign = running(store)
    store.campaigns.pause(campaign.id, PausedReason.NO_CREDITS, now=NOW, actor="test")
    assert store.messages.claim(acquire(store), campaign.id, NOW) == NotRunning(
        CampaignState.PAUSED, PausedReason.NO_CREDITS
    )


def test_a_cancelled_campaign_is_not_claimed_from(store: Store) -> None:
    campaign = running(store)
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    assert store.messages.claim(acquire(store), campaign.id, NOW) == NotRunning(
        CampaignState.CANCELLED, None
    )


def test_a_blocked_account_claims_nothing_until_the_second_it_named(store: Store) -> None:
    campaign = running(store)
    lease = acquire(store)
    answer(store, claim(store, lease, campaign), BLOCKED, hold_until=NOW + MINUTE)
    just_before = NOW + MINUTE - timedelta(microseconds=1)
    assert store.messages.claim(lease, campaign.id, just_before) == NotYet(
        NOW + MINUTE, Hold.BLOCKED
    )
    assert claim(store, lease, campaign, NOW + MINUTE).row_number == 2


def test_a_block_outlives_the_process_that_was_told(store: Store) -> None:
    campaign = running(store)
    answer(store, claim(store, acquire(store), campaign), BLOCKED, hold_until=NOW + 2 * MINUTE)
    later = NOW + MINUTE
    assert store.messages.claim(acquire(store, "bob:2", now=later), campaign.id, later) == NotYet(
        NOW + 2 * MINUTE, Hold.BLOCKED
    )


def test_who_opted_out_after_the_load_is_skipped_with_the_reason_and_the_next_row_goes(
    store: Store,
) -> None:
    campaign = running(store, 4)
    out = ["+12025550002", "+12025550003"]
    store.suppressions.add(out, reason="said STOP", source="test", now=NOW)
    assert claim(store, acquire(store), campaign).row_number == 4
    assert states(store, campaign) == ["skipped", "skipped", "sending", "queued"]
    explained = sql(store, "SELECT reason, detail, attempts FROM message WHERE row_number < 4")
    assert explained == [("opted_out", "The number is on the suppression list (said STOP).", 0)] * 2


def test_an_opt_out_of_the_last_row_ends_the_campaign(store: Store) -> None:
    campaign = running(store, 1)
    store.suppressions.add(["+12025550002"], reason="said STOP", source="test", now=NOW)
    assert store.messages.claim(acquire(store), campaign.id, NOW) == NothingQueued()
    assert states(store, campaign) == ["skipped"]


def test_nothing_beyond_the_limit_is_claimed_until_the_next_start(store: Store) -> None:
    campaign = running(store, [queued(2), skipped(3), queued(4), queued(5), queued(6)], limit=2)
    assert campaign.stop_after_row == 4
    lease = acquire(store)
    for row_number in (2, 4):
        claimed = claim(store, lease, campaign)
        assert claimed.row_number == row_number
        answer(store, claimed, ACCEPTED)
    assert store.messages.claim(lease, campaign.id, NOW) == NothingQueued()
    store.campaigns.settle(lease, campaign.id, now=NOW)
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    assert claim(store, lease, campaign).row_number == 5


def test_a_start_before_the_limit_is_reached_keeps_it(store: Store) -> None:
    campaign = running(store, 5, limit=2)
    answer(store, claim(store, acquire(store), campaign), ACCEPTED)
    store.campaigns.pause(campaign.id, PausedReason.OPERATOR, now=NOW, actor="test")
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    assert fresh(store, campaign).stop_after_row == 3


def test_a_limit_that_was_not_rested_at_holds_while_its_last_row_is_in_the_air(
    store: Store,
) -> None:
    """`kill -9` with the last of them in the air freed everybody for whoever started it again."""
    campaign = running(store, 5, limit=2)
    lease = acquire(store)
    answer(store, claim(store, lease, campaign), ACCEPTED)
    claim(store, lease, campaign)
    later = NOW + 2 * MINUTE
    again = acquire(store, "bob:2", now=later)
    store.campaigns.start(campaign.id, now=later, actor="test")
    assert store.messages.claim(again, campaign.id, later) == NothingQueued()
    store.messages.recover(again, later)
    store.campaigns.start(campaign.id, now=later, actor="test")
    assert store.messages.claim(again, campaign.id, later) == NothingQueued()
    assert store.campaigns.goes_until(campaign.id) == 3


def test_a_doubt_that_nothing_settles_does_not_hold_those_who_rest_behind_it(store: Store) -> None:
    campaign = running(store, 5, limit=1)
    lease = acquire(store)
    answer(store, claim(store, lease, campaign), UNKNOWN)
    assert store.campaigns.settle(lease, campaign.id, now=NOW)
    assert store.campaigns.goes_until(campaign.id) is None
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    assert claim(store, lease, campaign).row_number == 3


def test_what_was_put_back_below_a_reached_limit_goes_alone(store: Store) -> None:
    """A `retry` of one refused row does not text everybody who rests behind it."""
    campaign = running(store, 5, limit=1)
    lease = acquire(store)
    answer(store, claim(store, lease, campaign), REJECTED)
    assert store.campaigns.settle(lease, campaign.id, now=NOW)
    store.messages.retry(campaign.id, Refused(), now=NOW, actor="test")
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    assert claim(store, lease, campaign).row_number == 2
    assert store.messages.claim(lease, campaign.id, NOW) == NothingQueued()


def test_a_row_that_opted_out_does_not_stretch_the_limit(store: Store) -> None:
    """`--limit 2` is the first two good rows of the file, whatever becomes of them."""
    campaign = running(store, 5, limit=2)
    store.suppressions.add(["+12025550002"], reason="said STOP", source="test", now=NOW)
    lease = acquire(store)
    assert claim(store, lease, campaign).row_number == 3
    assert store.messages.claim(lease, campaign.id, NOW) == NothingQueued()


@pytest.mark.parametrize("limit", [5, 6])
def test_a_limit_of_all_rows_or_more_is_no_obstacle(store: Store, limit: int) -> None:
    campaign = running(store, 5, limit=limit)
    lease = acquire(store)
    assert [claim(store, lease, campaign).row_number for _ in range(5)] == [2, 3, 4, 5, 6]


def test_a_lost_race_takes_nothing(store: Store) -> None:
    """Two claims never give the same message, even one right after the other."""
    campaign = running(store, 50)
    lease = acquire(store)
    claimed = [claim(store, lease, campaign, NOW + index * SECOND).id for index in range(50)]
    assert len(set(claimed)) == 50
