"""One text several times to one number, by clocks that are hours wrong, in any zone: by chance.

Whatever the settling makes of it, there are never more texts than rows that may be texted, and
never more rows that are told accepted than there are texts.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta, timezone

import pytest

from bulksms.model.records import Campaign
from bulksms.model.states import State
from bulksms.sandbox.faults import NO_FAULT, refuse
from tests.reconciling.reconciling_stage import ANN, BOB, LOST, NEVER, Stage

HOUR = timedelta(hours=1)
BY_A_RIGHT_CLOCK = {"ok": NO_FAULT, "refused": refuse("unheard_of"), "lost": LOST, "never": NEVER}
SEEDS = int(os.environ.get("BULKSMS_SEEDS", "14"))
PAUSES = [0, 1, 30, 100, 170, 200, *(hours * 3600 for hours in (1, 2, 3, 5, 7))]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_clock_makes_a_text_too_many_or_an_acceptance_too_many(
    build: Callable[..., Stage], seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - nothing secret, only the same every time
    apart = dice.choice([0, 0, 7_000_000])
    stage = build(
        zone=timezone(dice.choice([0, 0, -5, -8, 5, 11]) * HOUR),
        record_id_offset=apart,
        record_lag=timedelta(seconds=dice.choice([0, 0, 60, 110])),
    )
    stage.text(BOB, "before")
    tried = []
    for _ in range(dice.randint(2, 5)):
        tried.append(one_more(stage, dice))
        stage.pass_time(timedelta(seconds=dice.choice(PAUSES)))
    if dice.random() < 0.8:
        stage.text(BOB, "after")
    for _ in range(2):
        for campaign in dice.sample(tried, len(tried)):
            if stage.row(campaign).state not in {State.UNKNOWN, State.QUEUED}:
                continue
            if dice.random() < 0.5:
                stage.reconcile(campaign)
            else:
                stage.run(campaign)
            stage.pass_time(timedelta(seconds=dice.choice([0, 1, 60, 300])))
    rows = [stage.row(campaign) for campaign in tried]
    counted, texts = Counter(row.state for row in rows), len(stage.accepted(ANN))
    assert texts <= len(rows) - counted[State.FAILED]
    assert counted[State.ACCEPTED] <= texts <= counted[State.ACCEPTED] + counted[State.UNKNOWN]
    if not apart:
        ids = [row.sms_id for row in rows if row.sms_id]
        assert len(set(ids)) == len(ids)


def one_more(stage: Stage, dice: random.Random) -> Campaign:
    """Another campaign with the text, and what becomes of its POST."""
    if dice.random() < 0.6:
        return stage.text(ANN, fault=dice.choice(list(BY_A_RIGHT_CLOCK.values())))
    campaign = stage.load((ANN, "Hi"))
    wrong_by = dice.choice([-6, -5, -3, -3, -1, -0.1, 0.1, 1, 3, 5]) * HOUR
    stage.doubt(campaign, stage.now + wrong_by)
    if dice.random() < 2 / 3:
        stage.outside(ANN, "Hi", stage.now)
    return campaign
