"""Numbers of a plan that other campaigns have too, so that an edited list is not taken for new."""

from datetime import timedelta

from bulksms.model.overlap import LATELY, Elsewhere
from bulksms.model.states import CampaignState, Reason
from bulksms.store import Store
from tests.store.stage import (
    ACCEPTED,
    NOW,
    REJECTED,
    SECOND,
    UNKNOWN,
    acquire,
    answer,
    claim,
    load,
    running,
    skipped,
)

NUMBERS = [f"+1202555000{row}" for row in (2, 3, 4, 5)]
JUNE = ("june", CampaignState.RUNNING)


def test_texted_waiting_and_doubtful_numbers_are_elsewhere_and_refused_ones_are_not(
    store: Store,
) -> None:
    lease, june = acquire(store), running(store, 4)
    for outcome in (ACCEPTED, REJECTED, UNKNOWN):
        answer(store, claim(store, lease, june), outcome)
    texted, refused, doubtful, waiting = NUMBERS
    assert store.history.elsewhere([*NUMBERS, "+12025550199"], NOW - LATELY) == [
        Elsewhere(texted, *JUNE, waits=False, body="Hi"),
        Elsewhere(doubtful, *JUNE, waits=False, body="Hi"),
        Elsewhere(waiting, *JUNE, waits=True, body="Hi"),
    ]
    assert store.history.elsewhere([refused], NOW - LATELY) == []
    (seen_by_another,) = store.history.elsewhere([waiting], NOW - LATELY, "acme")
    assert seen_by_another.account == "default"


def test_a_text_is_forgotten_after_a_while_and_a_waiting_row_is_not(store: Store) -> None:
    lease, june = acquire(store), running(store, 2)
    answer(store, claim(store, lease, june), ACCEPTED)
    later = NOW + timedelta(days=300)
    assert [each.number for each in store.history.elsewhere(NUMBERS, later)] == NUMBERS[1:2]


def test_whom_an_earlier_file_said_not_to_text_is_elsewhere_until_that_is_taken_back(
    store: Store,
) -> None:
    """The list of today may lack the column that said so."""
    said = skipped(2, Reason.OPTED_OUT)._replace(to_number=NUMBERS[0])
    load(store, [said, skipped(3)._replace(to_number=NUMBERS[1])])
    draft = "june", CampaignState.DRAFT
    opted_out = Elsewhere(NUMBERS[0], *draft, waits=False, body=None, opted_out=True)
    assert store.history.elsewhere(NUMBERS, NOW - LATELY) == [opted_out]
    store.suppressions.add([NUMBERS[0]], reason="STOP", source="ann", now=NOW)
    store.suppressions.remove(NUMBERS[0], now=NOW + SECOND)
    assert store.history.elsewhere(NUMBERS, NOW - LATELY) == []


def test_what_was_cancelled_waits_no_more(store: Store) -> None:
    june = running(store, 2)
    store.campaigns.cancel(june.id, now=NOW, actor="test")
    assert store.history.elsewhere(NUMBERS, NOW - LATELY) == []
