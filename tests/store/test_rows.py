import pytest

from bulksms.model.records import ReportRow
from bulksms.model.states import Reason, State
from bulksms.store import Store, rows
from tests.store.stage import (
    ACCEPTED,
    NOW,
    REJECTED,
    UNKNOWN,
    acquire,
    answer,
    claim,
    load,
    queued,
    running,
    skipped,
    sql,
)


def test_the_report_has_every_row_in_the_files_order(store: Store) -> None:
    campaign = load(store, [queued(9), skipped(2), queued(4), skipped(30)])
    assert [row.row_number for row in store.rows.report(campaign.id)] == [2, 4, 9, 30]


def test_a_line_says_what_became_of_its_row_and_why(store: Store) -> None:
    campaign = running(store, [queued(2, original=("Änn", "=1")), skipped(3)])
    answer(store, claim(store, acquire(store), campaign), ACCEPTED)
    sql(store, "UPDATE message SET delivery = 'delivered' WHERE id = 1")
    accepted, not_good = store.rows.report(campaign.id)
    assert accepted == ReportRow(
        row_number=2,
        original=("Änn", "=1"),
        to_number="+12025550002",
        state=State.ACCEPTED,
        reason=None,
        detail=None,
        sms_id="sms-1",
        delivery="delivered",
        attempts=1,
        accepted_at=NOW,
        segments=1,
        message="Hi",
    )
    assert (not_good.reason, not_good.detail) == (Reason.MISSING_NUMBER, "There is no number.")
    assert (not_good.to_number, not_good.message) == (None, None)


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("pieces", [1, 2])
def test_no_row_is_lost_or_doubled_where_two_pieces_meet(
    store: Store, pieces: int, more: int
) -> None:
    count = pieces * rows._PIECE + more
    campaign = load(store, (skipped(3 * index) for index in range(count)))
    reported = [row.row_number for row in store.rows.report(campaign.id)]
    assert reported == [3 * index for index in range(count)]


def test_the_report_of_some_states_has_only_those(store: Store) -> None:
    campaign = _one_of_each(store)
    wanted = {State.FAILED, State.SKIPPED}
    assert [row.row_number for row in store.rows.report(campaign, wanted)] == [3, 6]
    assert [row.state for row in store.rows.report(campaign, {State.UNKNOWN})] == [State.UNKNOWN]


def test_the_report_is_of_one_campaign(store: Store) -> None:
    load(store, 3, name="june")
    july = load(store, 2, name="july")
    assert len(list(store.rows.report(july.id))) == 2


def test_an_empty_campaign_has_an_empty_report(store: Store) -> None:
    assert list(store.rows.report(load(store, 0).id)) == []


def test_a_report_may_be_read_while_rows_move_on(store: Store) -> None:
    campaign = running(store, rows._PIECE + 10)
    lease = acquire(store)
    reported = []
    for row in store.rows.report(campaign.id):
        if row.row_number % 250 == 0:
            answer(store, claim(store, lease, campaign), REJECTED)
        reported.append(row.row_number)
    assert reported == list(range(2, rows._PIECE + 12))


def test_the_counts_add_up_to_the_rows(store: Store) -> None:
    counts = store.rows.counts(_one_of_each(store))
    assert {state: counts[state] for state in State} == dict.fromkeys(State, 1)
    assert counts.rows == 6
    assert counts.by_reason == {
        Reason.REJECTED: 1,
        Reason.TIMEOUT: 1,
        Reason.MISSING_NUMBER: 1,
    }


def test_rows_of_one_state_and_several_reasons_are_added(store: Store) -> None:
    reasons = (Reason.MISSING_NUMBER, Reason.DAMAGED_NUMBER, Reason.DAMAGED_NUMBER)
    campaign = load(store, [skipped(index, reason) for index, reason in enumerate(reasons)])
    counts = store.rows.counts(campaign.id)
    assert counts[State.SKIPPED] == counts.rows == 3
    assert counts.by_reason == {Reason.MISSING_NUMBER: 1, Reason.DAMAGED_NUMBER: 2}
    assert counts[State.ACCEPTED] == 0


def test_deliveries_are_counted_by_their_word(store: Store) -> None:
    campaign = running(store, 4)
    lease = acquire(store)
    for _ in range(4):
        answer(store, claim(store, lease, campaign), ACCEPTED)
    sql(store, "UPDATE message SET delivery = 'delivered' WHERE row_number < 4")
    sql(store, "UPDATE message SET delivery = 'failed' WHERE row_number = 4")
    assert store.rows.deliveries(campaign.id) == {"delivered": 2, "failed": 1}


def _one_of_each(store: Store) -> int:
    """A campaign with a row in every state: 2 accepted, 3 failed, 4 unknown, 5 sending, 6, 7."""
    campaign = running(store, [*(queued(index) for index in range(2, 6)), skipped(6), queued(7)])
    lease = acquire(store)
    for outcome in (ACCEPTED, REJECTED, UNKNOWN):
        answer(store, claim(store, lease, campaign), outcome)
    claim(store, lease, campaign)
    return campaign.id


def test_the_senders_are_those_of_rows_that_may_still_be_texted(store: Store) -> None:
    senders = ["+12025550001", "+12025550002", "+12025550003"]
    rows = [queued(2 + at, sender=sender) for at, sender in enumerate(senders)]
    campaign = running(store, [*rows, skipped(9)])
    lease = acquire(store)
    for outcome in (ACCEPTED, REJECTED):
        answer(store, claim(store, lease, campaign), outcome)
    assert store.rows.senders(campaign.id) == set(senders[1:])
