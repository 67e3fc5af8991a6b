"""Doubts settled by the record or by a person: only in doubt, only the attempt that was judged."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import pytest

from bulksms.model.matching import Doubt
from bulksms.model.outcomes import Outcome
from bulksms.model.records import Campaign, ClaimedMessage, Lease, ReportRow
from bulksms.model.states import Reason, State
from bulksms.store import Store
from tests.store.stage import (
    ACCEPTED,
    MINUTE,
    NOT_SENT,
    NOW,
    REJECTED,
    UNKNOWN,
    acquire,
    answer,
    claim,
    everything,
    running,
    states,
)

LATER = NOW + MINUTE


class Scene(NamedTuple):
    """A campaign of two rows: the first is in doubt, the second waits."""

    store: Store
    lease: Lease
    campaign: Campaign
    claimed: ClaimedMessage
    doubt: Doubt

    @property
    def row(self) -> ReportRow:
        """The one in doubt, as it is now."""
        return next(iter(self.store.rows.report(self.campaign.id)))

    def try_again(self) -> ClaimedMessage:
        """Put it back and claim it: a second attempt, in the air."""
        requeue(self)
        return claim(self.store, self.lease, self.campaign, LATER)


@pytest.fixture
def scene(store: Store) -> Scene:
    campaign, lease = running(store, 2), acquire(store)
    claimed = claim(store, lease, campaign)
    answer(store, claimed, UNKNOWN)
    (doubt,) = store.doubts.of(campaign.id)
    return Scene(store, lease, campaign, claimed, doubt)


def confirm(scene: Scene) -> int:
    return scene.store.settlements.confirm(
        scene.doubt, "sms-9", accepted_at=NOW, now=LATER, actor="ann:1"
    )


def requeue(scene: Scene) -> int:
    return scene.store.settlements.requeue(scene.doubt, now=LATER, actor="ann:1")


def remark(scene: Scene) -> int:
    return scene.store.settlements.remark(scene.doubt, "Nothing is proven.", now=LATER)


def accepted_by_hand(scene: Scene) -> int:
    return scene.store.settlements.resolve_accepted(
        scene.campaign.id, scene.doubt.row_number, "sms-9", now=LATER, actor="ann"
    )


def resend_by_hand(scene: Scene) -> int:
    return scene.store.settlements.resolve_resend(
        scene.campaign.id, scene.doubt.row_number, now=LATER, actor="ann"
    )


def give_up_by_hand(scene: Scene) -> int:
    return scene.store.settlements.resolve_give_up(
        scene.campaign.id, scene.doubt.row_number, now=LATER, actor="ann"
    )


Settle = Callable[[Scene], int]
BY_THE_RECORD = [confirm, requeue, remark]
BY_HAND = [accepted_by_hand, resend_by_hand, give_up_by_hand]


@pytest.mark.parametrize(
    ("settle", "to"),
    [
        (confirm, State.ACCEPTED),
        (requeue, State.QUEUED),
        (remark, State.UNKNOWN),
        (accepted_by_hand, State.ACCEPTED),
        (resend_by_hand, State.QUEUED),
        (give_up_by_hand, State.FAILED),
    ],
)
def test_the_row_in_doubt_is_settled_and_no_other(scene: Scene, settle: Settle, to: State) -> None:
    assert settle(scene) == 1
    assert states(scene.store, scene.campaign) == [to, State.QUEUED]


def test_what_the_record_showed_is_kept(scene: Scene) -> None:
    confirm(scene)
    assert (scene.row.sms_id, scene.row.accepted_at) == ("sms-9", NOW)
    assert (scene.row.reason, scene.row.detail) == (None, None)


def test_a_remark_changes_the_sentence_alone(scene: Scene) -> None:
    before = scene.row
    remark(scene)
    assert scene.row == before._replace(detail="Nothing is proven.")


def test_what_is_given_up_says_so(scene: Scene) -> None:
    give_up_by_hand(scene)
    assert scene.row.reason is Reason.GAVE_UP
    assert "is not known" in (scene.row.detail or "")


@pytest.mark.parametrize("settle", BY_THE_RECORD)
def test_a_newer_attempt_in_doubt_is_not_the_one_that_was_judged(
    scene: Scene, settle: Settle
) -> None:
    answer(scene.store, scene.try_again(), UNKNOWN, LATER)
    before = everything(scene.store)
    assert settle(scene) == 0
    assert everything(scene.store) == before


@pytest.mark.parametrize("settle", BY_THE_RECORD + BY_HAND)
def test_an_attempt_in_the_air_is_no_doubt(scene: Scene, settle: Settle) -> None:
    attempt_id = scene.try_again().attempt_id
    in_the_air = scene._replace(doubt=replace(scene.doubt, attempt_id=attempt_id))
    before = everything(scene.store)
    assert settle(in_the_air) == 0
    assert everything(scene.store) == before


@pytest.mark.parametrize(
    "late", [ACCEPTED, REJECTED, NOT_SENT], ids=lambda late: type(late).__name__
)
@pytest.mark.parametrize("settle", BY_THE_RECORD + BY_HAND)
def test_a_doubt_that_its_own_late_answer_settled_is_not_overwritten(
    scene: Scene, settle: Settle, late: Outcome
) -> None:
    answer(scene.store, scene.claimed, late)
    before = everything(scene.store)
    assert settle(scene) == 0
    assert everything(scene.store) == before


@pytest.mark.parametrize("put_back", [requeue, resend_by_hand])
def test_in_a_cancelled_campaign_what_is_put_back_ends_skipped(
    scene: Scene, put_back: Settle
) -> None:
    scene.store.campaigns.cancel(scene.campaign.id, now=NOW, actor="ann")
    assert put_back(scene) == 1
    assert (scene.row.state, scene.row.reason) == (State.SKIPPED, Reason.CANCELLED)


@pytest.mark.parametrize("judge", [requeue, resend_by_hand, give_up_by_hand])
def test_a_late_acceptance_is_a_fact_whatever_was_decided(scene: Scene, judge: Settle) -> None:
    """Else the text would leave a second time, from the queue or by a retry."""
    judge(scene)
    answer(scene.store, scene.claimed, ACCEPTED, LATER)
    assert (scene.row.state, scene.row.sms_id) == (State.ACCEPTED, ACCEPTED.sms_id)
    assert (scene.row.reason, scene.row.detail) == (None, None)
