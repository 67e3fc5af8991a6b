"""Outside the account's opening hours: nobody's texts are kept for later without their knowing."""

from datetime import time

import pytest

from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.sandbox.answers import too_many
from bulksms.sandbox.faults import ERROR_BEFORE, Fault
from bulksms.sending import Sender
from tests.reconciling.reconciling_stage import Stage
from tests.virtual_time import START, clock

CLOSED = time(START.hour + 1), time(START.hour + 9)
OPEN = time(START.hour - 1), time(START.hour + 9)
TEXTS = [(f"+120255501{index:02}", "Hi") for index in range(5)]


def send(stage: Stage, campaign: Campaign, *, may_be_scheduled: bool = False) -> None:
    """Send it, to where somebody or something stops it."""

    async def story() -> None:
        async with stage.client() as client:
            with stage.leased() as lease:
                stage.store.campaigns.start(campaign.id, now=clock()(), actor="ann:1")
                sender = Sender(
                    stage.store, client, lease, clock(), may_be_scheduled=may_be_scheduled
                )
                await sender.run(campaign)

    stage.play(story())


def test_the_first_text_that_is_kept_for_later_pauses_the_campaign(stage: Stage) -> None:
    stage.account.opening_hours = CLOSED
    campaign = stage.load(*TEXTS)
    send(stage, campaign)
    paused = stage.fresh(campaign)
    assert (paused.state, paused.paused_reason) == (CampaignState.PAUSED, PausedReason.SCHEDULED)
    assert "opening hours" in (paused.paused_detail or "")
    assert stage.states(campaign) == [State.ACCEPTED] + [State.QUEUED] * 4


def test_within_the_opening_hours_one_look_is_enough(stage: Stage) -> None:
    stage.account.opening_hours = OPEN
    campaign = stage.load(*TEXTS)
    send(stage, campaign)
    assert stage.fresh(campaign).state is CampaignState.FINISHED
    assert len(stage.reads("sms/status")) == 1


@pytest.mark.parametrize(
    ("force_send", "may_be_scheduled"), [(True, False), (False, True)], ids=["forced", "known"]
)
def test_where_nothing_is_kept_or_a_person_knows_nobody_looks(
    stage: Stage, *, force_send: bool, may_be_scheduled: bool
) -> None:
    stage.account.opening_hours = CLOSED
    campaign = stage.load(*TEXTS, force_send=force_send)
    send(stage, campaign, may_be_scheduled=may_be_scheduled)
    assert stage.fresh(campaign).state is CampaignState.FINISHED
    assert stage.states(campaign) == [State.ACCEPTED] * 5
    assert stage.reads("sms/status") == []


def test_a_status_that_cannot_be_read_leaves_the_look_to_the_next_text(stage: Stage) -> None:
    stage.account.opening_hours = CLOSED
    campaign = stage.load(*TEXTS)
    stage.befall([ERROR_BEFORE])
    send(stage, campaign)
    assert stage.fresh(campaign).paused_reason is PausedReason.SCHEDULED
    assert stage.states(campaign) == [State.ACCEPTED] * 2 + [State.QUEUED] * 3
    assert len(stage.reads("sms/status")) == 2


def test_a_look_that_is_refused_for_the_rate_waits_as_long_as_the_vendor_says(stage: Stage) -> None:
    stage.account.opening_hours = CLOSED
    campaign = stage.load(*TEXTS)
    stage.befall([Fault(handled=False, reply=too_many(6))])
    send(stage, campaign)
    first, second = stage.reads("sms/status")
    assert (second - first).total_seconds() >= 6
    assert stage.fresh(campaign).paused_reason is PausedReason.SCHEDULED


def test_a_status_that_can_never_be_read_stops_nothing(stage: Stage) -> None:
    stage.account.opening_hours = CLOSED
    campaign = stage.load(*TEXTS)
    stage.befall([ERROR_BEFORE] * len(TEXTS))
    send(stage, campaign)
    assert stage.fresh(campaign).state is CampaignState.FINISHED
    assert stage.states(campaign) == [State.ACCEPTED] * 5
