"""What the other campaigns have to do with somebody's people."""

from dataclasses import replace

import pytest

from bulksms.model.outcomes import Outcome
from bulksms.model.overlap import InDoubt, Meanwhile
from bulksms.model.records import Campaign, ClaimedMessage, Refused
from bulksms.model.restraint import NONE_ASKED, Restraint
from bulksms.model.states import CampaignState
from bulksms.store import Store
from tests.store.stage import (
    ACCEPTED,
    MINUTE,
    NOW,
    REJECTED,
    UNKNOWN,
    acquire,
    answer,
    claim,
    load,
    running,
    sql,
    states,
)

NUMBERS = [f"+1202555000{row}" for row in (2, 3, 4, 5, 6, 7)]


def test_a_number_is_in_doubt_where_it_may_have_been_texted(store: Store) -> None:
    """What was accepted, refused or waits is certain."""
    lease, june = acquire(store), running(store, 6)
    for outcome in (ACCEPTED, REJECTED, UNKNOWN, UNKNOWN):
        answer(store, claim(store, lease, june), outcome)
    claim(store, lease, june)
    store.settlements.resolve_give_up(june.id, 5, now=NOW, actor="test")
    assert store.others.in_doubt(NUMBERS) == [
        InDoubt("june", given_up=False, row_numbers=[4, 6]),
        InDoubt("june", given_up=True, row_numbers=[5]),
    ]
    assert store.others.in_doubt([*NUMBERS[:2], NUMBERS[5]]) == []


LATER = NOW + 4 * MINUTE


def july_beside_june(store: Store, *outcomes: Outcome) -> tuple[Campaign, Campaign]:
    """June waits with rows 2 to 7; july has the same, and its first answers, one a minute."""
    june, july, lease = load(store, 6), running(store, 6, name="july"), acquire(store)
    for minute, outcome in enumerate(outcomes):
        now = NOW + minute * MINUTE
        answer(store, claim(store, lease, july, now), outcome, now)
    return june, july


def meanwhile(store: Store, june: Campaign, restraint: Restraint = NONE_ASKED) -> list[Meanwhile]:
    return store.others.meanwhile(june, restraint, LATER)


def test_what_others_did_since_the_load_is_counted_and_what_they_did_before_is_not(
    store: Store,
) -> None:
    """The first was accepted in the moment of the load, and told then; one got nothing."""
    june, _ = july_beside_june(store, ACCEPTED, replace(ACCEPTED, sms_id="2"), UNKNOWN, REJECTED)
    july = Meanwhile("july", CampaignState.RUNNING, texted=2, same_text=2, waiting=2, in_doubt=1)
    assert meanwhile(store, june) == [july]
    assert july.of_the_texted == (
        "2 of these numbers were texted by 'july' since this campaign was loaded"
        " (1 of them perhaps), with this very text."
    )


def test_another_text_is_told_apart(store: Store) -> None:
    june, _ = july_beside_june(store, REJECTED, ACCEPTED)
    sql(store, "UPDATE message SET body = 'Hello' WHERE campaign_id = 1")
    (july,) = meanwhile(store, june)
    assert (july.texted, july.same_text, july.restraint) == (1, 0, "not_if_texted_within")


def test_what_waits_elsewhere_is_no_matter_to_what_waits_no_more(store: Store) -> None:
    june, july = july_beside_june(store, UNKNOWN, ACCEPTED)
    store.campaigns.cancel(june.id, now=NOW + MINUTE, actor="test")
    assert meanwhile(store, june) == []
    assert meanwhile(store, july) == []


def test_a_refused_row_that_goes_back_counts_as_one_that_waits(store: Store) -> None:
    """As after its report was sent as a list of its own."""
    june, lease = running(store, 1), acquire(store)
    answer(store, claim(store, lease, june), REJECTED)
    july, now = running(store, 1, name="july"), NOW + MINUTE
    answer(store, claim(store, lease, july, now), ACCEPTED, now)
    assert store.others.meanwhile(june, NONE_ASKED, now) == []
    (found,) = store.others.meanwhile(june, NONE_ASKED, now, Refused())
    assert (found.campaign, found.texted) == ("july", 1)


@pytest.mark.parametrize(
    ("restraint", "left_out"),
    [
        (Restraint(texted_within=3 * MINUTE), 1),
        (Restraint(texted_within=4 * MINUTE), 2),
        (Restraint(same_text_within=4 * MINUTE), 2),
    ],
)
def test_a_restraint_that_came_later_is_the_claims_and_was_told(
    store: Store, restraint: Restraint, left_out: int
) -> None:
    june, _ = july_beside_june(store, REJECTED, ACCEPTED, UNKNOWN)
    (july,) = meanwhile(store, june, restraint)
    assert (july.texted, july.left_out) == (2, left_out)
    store.others.leave_alone(june.id, restraint)
    store.campaigns.start(june.id, now=LATER, actor="test")
    lease = acquire(store, now=LATER)
    while isinstance(store.messages.claim(lease, june.id, LATER), ClaimedMessage):
        pass
    assert states(store, june).count("skipped") == left_out
