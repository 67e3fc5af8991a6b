"""A whole run: what it leaves in doubt it settles in its time, unless somebody ends it before."""

import asyncio
from datetime import timedelta

from bulksms.model.notices import Waiting
from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.run import Run
from bulksms.sandbox.faults import NO_FAULT, refuse_for
from tests.reconciling.reconciling_stage import ANN, BOB, LOST, NEVER, SETTLE, Stage
from tests.virtual_time import clock

EVE = "+12025550104"
SHORTLY = timedelta(seconds=30)
"""Within the settling time."""


def pause(stage: Stage, campaign: Campaign) -> None:
    """As `bulksms pause` does in another terminal."""
    stage.store.campaigns.pause(
        campaign.id, PausedReason.OPERATOR, now=clock()(), actor="another terminal"
    )


async def begin(run: Run, campaign: Campaign, span: timedelta) -> asyncio.Task[None]:
    """The run, on its way for so long."""
    running = asyncio.create_task(run.go(campaign))
    await asyncio.sleep(span.total_seconds())
    return running


def test_after_a_lost_answer_the_record_is_asked_and_nobody_is_texted_twice(stage: Stage) -> None:
    campaign = stage.load((BOB, "Hi"), (ANN, "Hi"), (EVE, "Hi"))
    stage.vendor.faults.script.extend([NO_FAULT, LOST])
    stage.run(campaign)
    assert stage.fresh(campaign).state is CampaignState.FINISHED
    assert stage.states(campaign) == [State.ACCEPTED] * 3
    assert [len(stage.accepted(each)) for each in (BOB, ANN, EVE)] == [1, 1, 1]


def test_the_record_is_asked_only_after_the_settling_time_and_the_wait_is_told(
    stage: Stage,
) -> None:
    campaign = stage.load((ANN, "Hi"))
    stage.vendor.faults.script.append(LOST)
    stage.run(campaign)
    (lost,) = stage.vendor.truth
    due = lost.accepted_at + SETTLE
    assert min(stage.reads()) >= due
    (wait,) = [notice for notice in stage.notices if isinstance(notice, Waiting)]
    assert wait.until >= due


def test_a_doubt_of_our_own_time_needs_two_looks_a_quarter_of_the_settling_time_apart(
    stage: Stage,
) -> None:
    campaign = stage.load((BOB, "Hi"), (ANN, "Hi"))
    stage.vendor.faults.script.extend([NO_FAULT, NEVER])
    stage.run(campaign)
    _witness, first, second = stage.reads()
    assert SETTLE / 4 <= second - first < SETTLE / 2


def test_old_doubts_are_settled_beside_the_sending(stage: Stage) -> None:
    """A campaign of hours does not wait for them, nor they for it."""
    older = [stage.text(f"+1202555{index:04}", fault=LOST) for index in range(200, 210)]
    stage.pass_time(SETTLE)
    rows = [(f"+1202555{index:04}", "Hi") for index in range(100, 160)]
    campaign = stage.load(*rows)
    stage.vendor.faults.script.extend([NO_FAULT, NEVER])
    begun = stage.now
    stage.run(campaign)
    assert stage.states(campaign) == [State.ACCEPTED] * 60
    posts = [each.at for each in stage.vendor.arrivals if each.path == "sms/send"][len(older) :]
    assert posts[0] - begun < timedelta(seconds=1)
    assert min(stage.reads()) < posts[-1]


def test_reads_wait_for_the_sends_once_a_send_was_refused_for_the_rate(stage: Stage) -> None:
    """The vendor may count both in one budget."""
    rows = [(f"+1202555{index:04}", "Hi") for index in range(100, 160)]
    campaign = stage.load(*rows)
    stage.vendor.faults.script.extend([NO_FAULT, LOST, refuse_for(4)])
    stage.run(campaign)
    posts = [each.at for each in stage.vendor.arrivals if each.path == "sms/send"]
    assert posts[-1] - posts[0] > SETTLE + timedelta(seconds=60)
    assert min(stage.reads()) > posts[-1]
    assert stage.states(campaign) == [State.ACCEPTED] * 60


def test_after_a_drop_before_accepting_only_that_row_is_sent_again(stage: Stage) -> None:
    campaign = stage.load((BOB, "Hi"), (ANN, "Hi"), (EVE, "Hi"))
    stage.vendor.faults.script.extend([NO_FAULT, NEVER])
    stage.run(campaign)
    assert stage.fresh(campaign).state is CampaignState.FINISHED
    assert stage.states(campaign) == [State.ACCEPTED] * 3
    posted = [each.to_number for each in stage.vendor.arrivals if each.path == "sms/send"]
    assert posted == [BOB, ANN, EVE, ANN]
    assert [row.attempts for row in stage.rows(campaign)] == [1, 2, 1]


def test_a_campaign_paused_while_sending_is_not_started_again_for_its_doubts(stage: Stage) -> None:
    """The wait for the record once opened the campaign again, and its rows left after the pause."""
    campaign = stage.load((BOB, "Hi"), (ANN, "Hi"), (EVE, "Hi"))
    stage.vendor.faults.script.extend([NO_FAULT, NEVER])

    async def story() -> None:
        async with stage.client() as client:
            with stage.leased() as lease:
                run = stage.a_run(client, lease, campaign)
                running = await begin(run, campaign, timedelta(seconds=6))
                pause(stage, campaign)
                await running

    stage.play(story())
    assert stage.states(campaign) == [State.ACCEPTED, State.UNKNOWN, State.QUEUED]
    assert stage.fresh(campaign).paused_reason is PausedReason.OPERATOR
    assert stage.reads() == []


def test_a_campaign_paused_during_the_settling_time_ends_and_sends_nothing(stage: Stage) -> None:
    campaign = stage.load((BOB, "Hi"), (ANN, "Hi"))
    stage.vendor.faults.script.extend([NO_FAULT, NEVER])

    async def story() -> None:
        async with stage.client() as client:
            with stage.leased() as lease:
                run = stage.a_run(client, lease, campaign)
                running = await begin(run, campaign, SHORTLY)
                pause(stage, campaign)
                await running

    stage.play(story())
    assert stage.states(campaign) == [State.ACCEPTED, State.UNKNOWN]
    assert stage.fresh(campaign).paused_reason is PausedReason.OPERATOR
    assert stage.accepted(ANN) == []
    assert stage.reads() == []


def test_a_stop_during_the_settling_time_ends_at_once(stage: Stage) -> None:
    campaign = stage.load((BOB, "Hi"), (ANN, "Hi"))
    stage.vendor.faults.script.extend([NO_FAULT, LOST])

    async def story() -> timedelta:
        async with stage.client() as client:
            with stage.leased() as lease:
                run = stage.a_run(client, lease, campaign)
                running = await begin(run, campaign, SHORTLY)
                stopped_at = clock()()
                run.stop()
                await running
                return clock()() - stopped_at

    assert stage.play(story()) < timedelta(seconds=1)
    assert stage.states(campaign) == [State.ACCEPTED, State.UNKNOWN]
    now = stage.fresh(campaign)
    assert (now.state, now.paused_reason) == (CampaignState.PAUSED, PausedReason.INTERRUPTED)
    assert stage.reads() == []


def test_a_run_of_a_finished_campaign_settles_what_it_left_in_doubt(stage: Stage) -> None:
    campaign = stage.text(ANN, fault=LOST)
    assert stage.fresh(campaign).state is CampaignState.FINISHED
    assert stage.states(campaign) == [State.UNKNOWN]
    stage.run(campaign)
    assert stage.fresh(campaign).state is CampaignState.FINISHED
    assert [stage.row(campaign).sms_id] == stage.accepted(ANN)
