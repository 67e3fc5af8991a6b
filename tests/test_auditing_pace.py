"""The audit of the pace: silent about whatever the store allows, loud about anything faster."""

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bulksms.auditing import audit
from bulksms.model.outcomes import Accepted
from bulksms.model.records import Campaign, ClaimedMessage, JudgedRow, NewCampaign, NotYet, Rate
from bulksms.model.states import State
from bulksms.store import Store

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RATE = Rate(3, 60 * SECOND)
LEASE = 60 * SECOND
ROWS = 12


def _running(store: Store, name: str = "june", rows: int = ROWS) -> Campaign:
    judged = [
        JudgedRow(
            number,
            ("Ann",),
            State.QUEUED,
            to_number=f"+1202555{number:04}",
            sender="+12025550000",
            body="Hi",
        )
        for number in range(2, 2 + rows)
    ]
    new = NewCampaign(name, ("Name",), f"{name}.csv", name, "w1", "Hi")
    campaign = store.campaigns.load(new, judged, account_name="default", rate=RATE, now=NOW)
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    return campaign


class Sender:
    """Sends as fast as the store allows, on a clock that goes nowhere by itself."""

    def __init__(self, store: Store, now: datetime = NOW) -> None:
        self.store, self.now, self.epoch = store, now, 0
        self.set_by = timedelta(0)
        self.slept: list[tuple[ClaimedMessage, timedelta]] = []
        self.take_over(timedelta(0))

    def take_over(self, clock_change: timedelta) -> None:
        """Die, and go on as another worker whose clock differs."""
        self.store.accounts.break_lease("default", epoch=self.epoch)
        self.now += clock_change
        self.set_by += clock_change
        self.lease = self.store.accounts.acquire(
            "default", worker="ann:1", rate=RATE, length=LEASE, now=self.now
        )
        self.epoch = self.lease.epoch
        self.store.messages.recover(self.lease, self.now)

    def claim(self, campaign: Campaign) -> ClaimedMessage:
        """The next message, at the first moment that the store allows."""
        while True:
            claim = self.store.messages.claim(self.lease, campaign.id, self.now)
            if isinstance(claim, ClaimedMessage):
                return claim
            assert isinstance(claim, NotYet)
            assert claim.until is not None
            self.now = claim.until

    def send(self, campaign: Campaign, answer_after: timedelta = SECOND) -> None:
        """Claim a message and record its acceptance."""
        claimed = self.claim(campaign)
        self.now += answer_after
        outcome = Accepted(f"sms-{claimed.id}", 200)
        self.store.messages.record(claimed, outcome, worker="ann:1", now=self.now)

    def sleep(self, campaign: Campaign, clock_change: timedelta) -> None:
        """Claim a message, and sleep till the lease has lapsed by the clock of another worker."""
        self.slept.append((self.claim(campaign), self.set_by))
        self.now += LEASE + max(timedelta(0), -clock_change)
        self.take_over(clock_change)

    def hear_at_last(self) -> None:
        """The first who slept wakes up and hears its answer, by its own clock."""
        if not self.slept:
            return
        claimed, set_by = self.slept.pop(0)
        now = self.now - self.set_by + set_by
        outcome = Accepted(f"sms-{claimed.id}", 200)
        self.store.messages.record(claimed, outcome, worker="ann:1", now=now)


@pytest.fixture
def campaign(store: Store) -> Campaign:
    """A campaign that was sent as fast as its rate allows."""
    campaign, sender = _running(store), Sender(store)
    for _ in range(ROWS):
        sender.send(campaign)
    return campaign


def corrupt(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as raw:
        assert raw.execute(statement).rowcount > 0
        raw.commit()


def test_the_fastest_that_the_store_allows_is_no_finding(store: Store, campaign: Campaign) -> None:
    assert audit(store, campaign) == []


def test_a_post_that_began_too_early_is_found(
    store: Store, campaign: Campaign, database: Path
) -> None:
    """Attempt 7 begins a minute after the answer to attempt 4; here it does not."""
    corrupt(
        database,
        "UPDATE attempt SET started_at = (SELECT started_at FROM attempt WHERE id = 6)"
        " WHERE id = 7",
    )
    [finding] = audit(store, campaign)
    assert finding.row_number == 8
    assert finding.sentence == (
        "Row 8 was tried too early for the rate 3/60: 3 others had begun within the 60 seconds"
        " before it (rows tried too early: 1)."
    )


def test_a_campaign_is_judged_by_the_rate_of_its_account_now(
    store: Store, campaign: Campaign, database: Path
) -> None:
    corrupt(database, "UPDATE account SET rate = '2/60'")
    slower = store.campaigns.named(campaign.name)
    assert slower is not None
    [finding] = audit(store, slower)
    assert finding.row_number == 4


def test_the_rate_is_the_accounts_not_the_campaigns(store: Store, database: Path) -> None:
    """Two campaigns that keep the rate each for itself may break it together."""
    june, july, sender = _running(store, "june"), _running(store, "july"), Sender(store)
    for campaign in (june, june, july, july):
        sender.send(campaign)
    corrupt(
        database,
        "UPDATE attempt SET started_at = (SELECT max(started_at) FROM attempt WHERE id < 4)"
        " WHERE id = 4",
    )
    assert audit(store, june) == []
    [finding] = audit(store, july)
    assert finding.row_number == 3


@settings(max_examples=12)
@example(steps=[*[("answered", 0, 0)] * 6, ("lost", 0, -61), ("answered", 0, 0)])
@example(
    steps=[
        ("asleep", 0, 0),
        ("answered", 0, 0),
        ("lost", 0, -100),
        ("late", 0, 0),
        ("answered", 0, 0),
    ]
)
@example(
    steps=[
        *[("asleep", 0, 0)] * 3,
        ("died", 0, -3600),
        ("answered", 0, 0),
        *[("late", 0, 0)] * 3,
    ]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["answered", "answered", "answered", "lost", "died", "asleep", "late"]),
            st.integers(0, 90),
            st.integers(-4000, 4000),
        ),
        min_size=8,
        max_size=ROWS,
    )
)
def test_slow_answers_deaths_and_clocks_that_jump_are_no_finding(
    migrated_file: Path, steps: Sequence[tuple[str, int, int]]
) -> None:
    """What the store allows is never called too fast, whatever the machines' clocks did."""
    with tempfile.TemporaryDirectory() as folder, _opened_copy(migrated_file, folder) as store:
        campaign, sender = _running(store), Sender(store)
        for what, answer_after, clock_change in steps:
            match what:
                case "answered":
                    sender.send(campaign, answer_after * SECOND)
                case "asleep":
                    sender.sleep(campaign, clock_change * SECOND)
                case "died":
                    sender.take_over(clock_change * SECOND)
                case "lost":
                    sender.claim(campaign)
                    sender.take_over(clock_change * SECOND)
                case _:
                    sender.hear_at_last()
        assert audit(store, campaign) == []


def _opened_copy(migrated_file: Path, folder: str) -> Store:
    return Store.open(str(shutil.copy(migrated_file, Path(folder) / "bulksms.db")))
