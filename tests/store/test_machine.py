"""The crown: random lives of a database through its public methods, checked after every step.

Two workers on one account, two campaigns, answers that come late or never, people who pause,
cancel, retry and suppress. Whatever they do, in whichever order:

- the rows of a campaign are as many as its file had,
- replaying a message's events from its load gives its state, by arrows of the table only,
- attempts are counted, and exactly the messages that are `sending` await an answer,
- one worker at most may send,
- and no message has two POSTs that the vendor may have taken.
"""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import create_engine, text

from bulksms.model.errors import AccountBusy, LeaseLost
from bulksms.model.outcomes import Outcome
from bulksms.model.records import ClaimedMessage, Lease, Rate, Refused
from bulksms.model.states import TRANSITIONS, CampaignState, PausedReason, Reason
from bulksms.store import Store
from bulksms.store.engine import database_url
from tests.store.conftest import Scratch
from tests.store.stage import (
    ACCEPTED,
    BLOCKED,
    MINUTE,
    NOT_SENT,
    NOW,
    REJECTED,
    SECOND,
    TOO_MANY,
    UNKNOWN,
    acquire,
    queued,
    running,
    skipped,
)

RATE = Rate(4, 10 * SECOND)
WORKERS = st.sampled_from(["ann:1", "bob:2"])
CAMPAIGNS = st.sampled_from([0, 1])
OUTCOMES = st.sampled_from([ACCEPTED, REJECTED, TOO_MANY, NOT_SENT, BLOCKED, UNKNOWN])

ROWS = [*(queued(row_number) for row_number in range(2, 7)), skipped(7), queued(8)]
ARROWS = {
    (start.value, end.value, move.value)
    for (start, end), moves in TRANSITIONS.items()
    for move in moves
}


class Machine(RuleBasedStateMachine):
    """A database, and everybody who has something to do with it."""

    scratch: Scratch
    """Where its database comes from."""

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        database = self.held.enter_context(type(self).scratch())
        self.store = self.held.enter_context(Store.open(database))
        other = create_engine(database_url(database), isolation_level="AUTOCOMMIT")
        self.held.callback(other.dispose)
        self.other = self.held.enter_context(other.connect())
        self.now = NOW
        self.campaigns = [running(self.store, ROWS, name=name) for name in ("june", "july")]
        self.loaded = self._states()
        self.leases: dict[str, Lease] = {}
        self.in_the_air: list[ClaimedMessage] = []
        self.acquire("ann:1")

    def teardown(self) -> None:
        """The database is gone with its life."""
        self.held.close()

    @rule(worker=WORKERS)
    def acquire(self, worker: str) -> None:
        """A worker starts, if the account is free, and settles what it finds."""
        try:
            lease = acquire(self.store, worker, now=self.now, rate=RATE, length=MINUTE)
        except AccountBusy:
            return
        self.leases[worker] = lease
        self.store.messages.recover(lease, self.now)

    @rule(worker=WORKERS)
    def release(self, worker: str) -> None:
        """A worker stops; it may do so long after it was taken over."""
        if worker in self.leases:
            self.store.accounts.release(self.leases[worker])

    @rule(worker=WORKERS)
    def die(self, worker: str) -> None:
        """A worker is known to be dead."""
        if worker in self.leases:
            self.store.accounts.break_lease("default", epoch=self.leases[worker].epoch)

    @rule(worker=WORKERS, index=CAMPAIGNS, times=st.integers(1, 3))
    def claim(self, worker: str, index: int, times: int) -> None:
        """A worker asks for the next messages, though it may have lost the account."""
        for _ in range(times):
            if worker not in self.leases:
                return
            try:
                claim = self.store.messages.claim(
                    self.leases[worker], self.campaigns[index].id, self.now
                )
            except LeaseLost:
                del self.leases[worker]
                return
            if isinstance(claim, ClaimedMessage):
                self.in_the_air.append(claim)

    @precondition(lambda self: self.in_the_air)
    @rule(which=st.integers(0, 9), outcome=OUTCOMES, held=st.sampled_from([None, 5, 90]))
    def answer(self, which: int, outcome: Outcome, held: int | None) -> None:
        """An answer, in time or late, in whichever order; sometimes it comes twice."""
        claimed = self.in_the_air[which % len(self.in_the_air)]
        if which < 7:
            self.in_the_air.remove(claimed)
        hold_until = None if held is None else self.now + held * SECOND
        self.store.messages.record(
            claimed, outcome, worker="ann:1", now=self.now, hold_until=hold_until
        )

    @rule(seconds=st.sampled_from([1, 10, 61]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    @rule(index=CAMPAIGNS)
    def start(self, index: int) -> None:
        """A person starts a campaign, or goes on with it."""
        self.store.campaigns.start(self.campaigns[index].id, now=self.now, actor="test")

    @rule(index=CAMPAIGNS, reason=st.sampled_from(PausedReason))
    def pause(self, index: int, reason: PausedReason) -> None:
        """A person or a blocked account pauses a campaign."""
        self.store.campaigns.pause(self.campaigns[index].id, reason, now=self.now, actor="test")

    @rule(worker=WORKERS, index=CAMPAIGNS)
    def settle(self, worker: str, index: int) -> None:
        """A worker has found nothing more to claim, and may have lost the account since."""
        if worker not in self.leases:
            return
        campaign = self.campaigns[index]
        try:
            over = self.store.campaigns.settle(self.leases[worker], campaign.id, now=self.now)
        except LeaseLost:
            del self.leases[worker]
            return
        assert over is (self.store.campaigns.now(campaign.id).state is not CampaignState.RUNNING)

    @rule(index=CAMPAIGNS, sure=st.integers(0, 3))
    def cancel(self, index: int, sure: int) -> None:
        """A person ends a campaign, now and then."""
        if sure == 3:
            self.store.campaigns.cancel(self.campaigns[index].id, now=self.now, actor="test")

    @rule(index=CAMPAIGNS, reasons=st.sampled_from([frozenset(), frozenset({Reason.REJECTED})]))
    def retry(self, index: int, reasons: frozenset[Reason]) -> None:
        """A person puts refused rows back."""
        which = Refused(reasons)
        expected = self.store.messages.count_refused(self.campaigns[index].id, which)
        moved = self.store.messages.retry(
            self.campaigns[index].id, which, now=self.now, actor="test"
        )
        assert moved == expected

    @rule(row_number=st.integers(2, 8))
    def opt_out(self, row_number: int) -> None:
        """Somebody says STOP."""
        number = queued(row_number).to_number or ""
        self.store.suppressions.add([number], reason="STOP", source="test", now=self.now)

    @invariant()
    def rows_in_equal_rows_out(self) -> None:
        """Nobody is forgotten."""
        for campaign in self.campaigns:
            assert self.store.rows.counts(campaign.id).rows == campaign.rows

    @invariant()
    def the_events_tell_the_states(self) -> None:
        """The history and the present are one truth."""
        assert self._replayed() == self._states()

    @invariant()
    def attempts_are_counted(self) -> None:
        """What was not processed costs none."""
        costly = "outcome IS NULL OR outcome NOT IN ('not_sent', 'account_blocked')"
        assert self._look(
            "SELECT id, attempts FROM message WHERE attempts > 0 ORDER BY 1"
        ) == self._look(
            f"SELECT message_id, count(*) FROM attempt WHERE {costly} GROUP BY 1 ORDER BY 1"  # noqa: S608 - the line above
        )

    @invariant()
    def exactly_what_is_sending_awaits_an_answer(self) -> None:
        """By the attempt that it names."""
        assert self._look(
            "SELECT id, attempt_id FROM message WHERE state = 'sending' ORDER BY 1"
        ) == (self._look("SELECT message_id, id FROM attempt WHERE outcome IS NULL ORDER BY 1"))

    @invariant()
    def one_worker_at_most_may_send(self) -> None:
        """And the epochs of the claims only rise."""
        held = self._look("SELECT leased_by, epoch FROM account WHERE leased_by IS NOT NULL")
        able = [each for each in self.leases.values() if (each.worker, each.epoch) in held]
        epochs = self._look("SELECT epoch FROM attempt ORDER BY id")
        assert len(able) <= 1
        assert epochs == sorted(epochs)

    @invariant()
    def nobody_may_have_been_texted_twice(self) -> None:
        """Doubt counts as a text."""
        maybe = "outcome IS NULL OR outcome IN ('accepted', 'unknown')"
        twice = f"SELECT message_id FROM attempt WHERE {maybe} GROUP BY 1 HAVING count(*) > 1"  # noqa: S608 - the line above
        assert self._look(twice) == []

    @invariant()
    def nothing_waits_in_a_cancelled_campaign(self) -> None:
        """Every row comes to an end."""
        assert not self._look(
            "SELECT message.id FROM message JOIN campaign ON campaign.id = campaign_id"
            " WHERE message.state = 'queued' AND campaign.state = 'cancelled'"
        )

    def _replayed(self) -> dict[int, str]:
        """The state of every message, told by its events alone from where the load put it."""
        told = dict(self.loaded)
        for message_id, actor, before, after in self._look(
            "SELECT message_id, actor, from_state, to_state FROM event"
            " WHERE message_id IS NOT NULL ORDER BY id"
        ):
            assert told[message_id] == before
            assert (before, after, actor.partition(":")[0]) in ARROWS
            told[message_id] = after
        return told

    def _states(self) -> dict[int, str]:
        return dict(self._look("SELECT id, state FROM message"))

    def _look(self, query: str) -> list[Any]:
        """What another program sees."""
        return [tuple(row) for row in self.other.execute(text(query))]


@pytest.mark.parametrize(
    ("scratch", "examples"),
    [("sqlite", 30), ("postgresql", 10)],  # a server costs ten times as much
    indirect=["scratch"],
)
def test_whatever_happens_every_row_is_explained_and_nobody_is_texted_twice(
    scratch: Scratch, examples: int
) -> None:
    Machine.scratch = staticmethod(scratch)
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=examples, stateful_step_count=30)
    )
