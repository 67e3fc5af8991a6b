"""Whom a list that was loaded later says not to text: the claim asks, and no person is needed."""

from datetime import datetime

import pytest
from sqlalchemy import update

from bulksms.model.overlap import Meanwhile
from bulksms.model.records import Campaign, ClaimedMessage, JudgedRow
from bulksms.model.restraint import NONE_ASKED
from bulksms.model.states import CampaignState, Reason
from bulksms.store import Store
from bulksms.store.schema import message
from tests.store.stage import (
    MINUTE,
    NOW,
    acquire,
    load,
    queued,
    running,
    skipped,
    sql,
)

OUT = "+12025550003"


def no(row_number: int) -> JudgedRow:
    """The row of a newer list of which a column says no."""
    return skipped(row_number, Reason.OPTED_OUT)._replace(to_number=f"+1202555{row_number:04}")


def texted(store: Store, campaign: Campaign) -> list[int]:
    """The rows that are claimed, till nothing waits."""
    lease, rows = acquire(store), list[int]()
    while isinstance(found := store.messages.claim(lease, campaign.id, NOW), ClaimedMessage):
        rows.append(found.row_number)
    return rows


def taken_back(store: Store, at: datetime) -> None:
    """A person puts the number on the list and takes it off again, by a clock that says so."""
    store.suppressions.add([OUT], reason="said STOP", source="test", now=at)
    store.suppressions.remove(OUT, now=at)


def written_at(store: Store, campaign: Campaign, at: datetime) -> None:
    """The campaign was loaded by a clock that said so."""
    of_it = update(message).where(message.c.campaign_id == campaign.id)
    with store.engine.begin() as tx:
        tx.execute(of_it.values(updated_at=at))


def told(store: Store, june: Campaign) -> list[Meanwhile]:
    return store.others.meanwhile(june, NONE_ASKED, NOW)


def test_who_opted_out_in_a_list_that_was_loaded_later_is_not_texted(store: Store) -> None:
    june = running(store)
    load(store, [queued(2), no(3)], name="july")
    assert texted(store, june) == [2, 4]
    assert sql(store, "SELECT state, reason, detail FROM message WHERE campaign_id = 1")[1] == (
        *("skipped", "opted_out"),
        "It opted out in the file of 'july', of which the plan did not know yet.",
    )
    (event,) = sql(store, "SELECT actor FROM event WHERE to_state = 'skipped' AND message_id = 2")
    assert event == ("opt out: ann:1",)


def test_a_later_list_that_does_not_say_it_takes_no_opt_out_back(store: Store) -> None:
    """It may lack the column; and a campaign that is cancelled has not been wrong about people."""
    june = running(store)
    july = load(store, [no(3)], name="july")
    store.campaigns.cancel(july.id, now=NOW, actor="test")
    load(store, [queued(3)], name="august")
    assert texted(store, june) == [2, 4]


def test_an_opt_out_that_was_taken_back_is_none(store: Store) -> None:
    june = running(store)
    load(store, [no(3)], name="july")
    taken_back(store, NOW + MINUTE)
    assert told(store, june) == []
    assert texted(store, june) == [2, 3, 4]


def test_one_that_a_clock_wrote_that_was_ahead_is_taken_back_too(store: Store) -> None:
    """The command said that the person may be texted again, and the person was left out."""
    june = running(store)
    load(store, [no(3)], name="july")
    early = NOW - 60 * MINUTE
    taken_back(store, early)
    assert told(store, june) == []
    assert texted(store, june) == [2, 3, 4]


def test_but_not_what_a_list_says_after_it(store: Store) -> None:
    june = running(store)
    load(store, [no(3)], name="july")
    early = NOW - 60 * MINUTE
    taken_back(store, early)
    august = load(store, [no(3)], name="august")
    written_at(store, august, early + MINUTE)
    assert texted(store, june) == [2, 4]


def test_a_removal_by_a_clock_that_was_ahead_takes_back_no_list_after_it(store: Store) -> None:
    june = running(store)
    taken_back(store, NOW + 61 * MINUTE)
    load(store, [no(3)], name="july")
    assert texted(store, june) == [2, 4]


def test_and_what_it_has_taken_back_stays_so(store: Store) -> None:
    """All by one clock that was ahead, until the next list is loaded by another."""
    june = running(store)
    ahead = NOW + 60 * MINUTE
    july = load(store, [no(3)], name="july")
    written_at(store, july, ahead)
    taken_back(store, ahead + MINUTE)
    load(store, [queued(9)], name="august")
    assert texted(store, june) == [2, 3, 4]


def test_a_list_that_was_loaded_before_had_its_word_in_the_plan(store: Store) -> None:
    load(store, [no(3)], name="may")
    june = running(store, knows_of=store.others.newest("default"))
    assert told(store, june) == []
    assert texted(store, june) == [2, 3, 4]


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_list_that_was_loaded_while_the_plan_was_on_the_screen_had_none(
    store: Store,
    cancelled: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Whoever went on with the plan knew nothing of it."""
    load(store, [no(4)], name="april", account="acme")
    load(store, [no(2)], name="may")
    knew = store.others.newest("default")
    july = load(store, [no(3)], name="july", knows_of=knew)
    if cancelled:
        store.campaigns.cancel(july.id, now=NOW - MINUTE, actor="test")
    june = running(store, knows_of=knew)
    assert [(each.campaign, each.opted_out) for each in told(store, june)] == [("july", 1)]
    assert texted(store, june) == [2, 4]


def test_a_campaigns_own_opt_outs_are_of_its_own_rows(store: Store) -> None:
    """Of a number twice in its file, one row may say no only once another's was counted."""
    june = running(store, [no(3), queued(4), queued(5, to_number=OUT)])
    assert told(store, june) == []
    assert texted(store, june) == [4, 5]


def test_an_account_without_a_campaign_has_no_newest(store: Store) -> None:
    load(store, account="acme")
    assert (store.others.newest("default"), store.others.newest("acme")) == (0, 1)


def test_another_accounts_list_is_told_and_a_person_decides(store: Store) -> None:
    """Its column is another client's, and so is the name of its campaign."""
    june = running(store)
    load(store, [no(3)], name="july", account="acme")
    (july,) = told(store, june)
    assert july.of_the_opted_out == (
        "1 of these numbers opted out in the file of 'july' of the account 'acme', and would be"
        " texted now."
    )
    assert texted(store, june) == [2, 3, 4]


@pytest.mark.parametrize("suppressed", [False, True])
def test_who_goes_on_is_told_whom_a_later_list_leaves_out(store: Store, suppressed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Who is on the suppression list is no news."""
    june = running(store)
    load(store, [no(3), no(9)], name="july")
    if suppressed:
        store.suppressions.add([OUT], reason="said STOP", source="test", now=NOW)
    july = Meanwhile("july", CampaignState.DRAFT, opted_out=1)
    assert july.of_the_opted_out == (
        "1 of these numbers opted out in the file of 'july', of which the plan did not know"
        " yet, and will be left out."
    )
    assert told(store, june) == ([] if suppressed else [july])
