"""A campaign that the store itself has driven is sound; one that raw SQL has touched is not."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.auditing import Finding, audit
from bulksms.model.outcomes import Accepted, AccountBlocked, NotSent, Outcome, Rejected, Unknown
from bulksms.model.records import (
    Campaign,
    ClaimedMessage,
    JudgedRow,
    Lease,
    NewCampaign,
    Rate,
    Refused,
)
from bulksms.model.states import TRANSITIONS, Move, PausedReason, Reason, State
from bulksms.store import Store

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STEP = timedelta(seconds=4)
RATE = Rate(15, timedelta(seconds=60))
LEASE = timedelta(seconds=60)

NO = Rejected(Reason.REJECTED, "The vendor said no.", 422)
SILENCE = Unknown(Reason.TIMEOUT, "No answer within 30 seconds.")
REFUSED = NotSent("The connection was refused.")
NO_CREDITS = AccountBlocked(PausedReason.NO_CREDITS, "You don't have enough credits.", 402)


class Story:
    """A campaign that lives through everything, on a clock that ticks once a step.

    Rows 2 and 3 are accepted, of one number by choice; 4 is refused; 5 silent; 6 accepted at its
    second try; 7 accepted after a blocked account; 8 by a late answer; 9 opted out; 10 accepted
    after a retry; 11 in the air; 12 waits; 13 was skipped by the load.
    """

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOW
        rows = [_queued(number) for number in range(2, 13)]
        rows[1] = _queued(3, to_number=rows[0].to_number, repeat=1)
        skipped = JudgedRow(13, ("",), State.SKIPPED, Reason.MISSING_NUMBER, "No number.")
        self.campaign = _running(store, [*rows, skipped], "june")
        self.lease = self.acquire("ann:1")
        self._happen()

    def _happen(self) -> None:
        for outcome in (_yes(2), _yes(3), NO, SILENCE, REFUSED, _yes(6), NO_CREDITS, _yes(7)):
            self.answer(self.claim(), outcome)
        late = self.claim()
        self.now += LEASE
        self.lease = self.acquire("bob:2")
        self.store.messages.recover(self.lease, self.now)
        self.answer(late, _yes(8))
        self.store.suppressions.add([_number(9)], reason="STOP", source="test", now=self.now)
        self.answer(self.claim(), NO)
        again = Refused(rows=frozenset({10}))
        self.store.messages.retry(self.campaign.id, again, now=self.now, actor="operator")
        self.answer(self.claim(), _yes(10))
        self.claim()

    def acquire(self, worker: str) -> Lease:
        """Become the account's sender."""
        return self.store.accounts.acquire(
            "default", worker=worker, rate=RATE, length=LEASE, now=self.now
        )

    def claim(self) -> ClaimedMessage:
        """The next message, a step later."""
        self.now += STEP
        claimed = self.store.messages.claim(self.lease, self.campaign.id, self.now)
        assert isinstance(claimed, ClaimedMessage)
        return claimed

    def answer(self, claimed: ClaimedMessage, outcome: Outcome) -> None:
        """Record what one POST taught us, a second later."""
        self.now += timedelta(seconds=1)
        self.store.messages.record(claimed, outcome, worker=self.lease.worker, now=self.now)


def _yes(row_number: int) -> Accepted:
    return Accepted(f"sms-{row_number}", 200)


def _number(row_number: int) -> str:
    return f"+1202555{row_number:04}"


def _queued(row_number: int, *, to_number: str | None = None, repeat: int = 0) -> JudgedRow:
    return JudgedRow(
        row_number,
        ("Ann",),
        State.QUEUED,
        to_number=to_number or _number(row_number),
        sender="+12025550000",
        body="Hi",
        segments=1,
        repeat=repeat,
    )


def _running(store: Store, rows: list[JudgedRow], name: str) -> Campaign:
    new = NewCampaign(name, ("Name",), f"{name}.csv", name, "w1", "Hi")
    campaign = store.campaigns.load(new, rows, account_name="default", rate=RATE, now=NOW)
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    return campaign


@pytest.fixture
def story(store: Store) -> Story:
    return Story(store)


def corrupt(database: Path, row_number: int, *statements: str, actor: str = "") -> None:
    """Do to a row's `:message` what no method of the store does, without the guards."""
    with closing(sqlite3.connect(database)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute("DROP INDEX nobody_twice")
        [[message]] = raw.execute("SELECT id FROM message WHERE row_number = ?", [row_number])
        for statement in statements:
            done = raw.execute(statement, {"message": message, "actor": actor})
            assert done.rowcount == 1, statement
        raw.commit()


def test_a_campaign_that_lived_through_everything_is_sound(story: Story) -> None:
    by_state = story.store.rows.counts(story.campaign.id).by_state
    assert sorted(by_state.values()) == [1, 1, 1, 1, 2, 6]
    assert audit(story.store, story.campaign) == []


def test_a_cancelled_campaign_is_sound(story: Story) -> None:
    story.store.campaigns.cancel(story.campaign.id, now=story.now, actor="operator")
    assert audit(story.store, story.campaign) == []


def test_a_draft_is_sound(store: Store) -> None:
    new = NewCampaign("draft", ("Name",), "draft.csv", "f", "w", "Hi")
    draft = store.campaigns.load(new, [_queued(2)], account_name="default", rate=RATE, now=NOW)
    assert audit(store, draft) == []


SECOND_TEXT = (
    "INSERT INTO attempt (message_id, account_id, epoch, worker, started_at, outcome, sms_id)"
    " SELECT :message, 1, 2, 'eve:3', started_at, 'accepted', 'sms-99' FROM attempt WHERE id = 12"
)
SETTLEMENT = (
    "INSERT INTO event SELECT 99, campaign_id, id, updated_at, :actor, 'unknown', 'accepted', ''"
    " FROM message WHERE id = :message"
)
CORRUPTIONS = [  # row, what is done to it, and what the audit says of it
    (
        2,
        "UPDATE message SET state = 'queued' WHERE id = :message",
        "is 'queued', but an attempt of it was accepted as sms-2",
    ),
    (
        12,
        "UPDATE message SET state = 'sent' WHERE id = :message",
        "begins as 'sent', where no load puts a row",
    ),
    (
        4,
        "DELETE FROM event WHERE message_id = :message AND to_state = 'failed'",
        "is 'failed', but its events lead to 'sending'",
    ),
    (
        4,
        "DELETE FROM event WHERE message_id = :message AND to_state = 'sending'",
        "begins as 'sending', where no load puts a row",
    ),
    (
        6,
        "DELETE FROM event WHERE message_id = :message AND to_state = 'queued'",
        "was 'sending' when an event took it from 'queued'",
    ),
    (
        4,
        "UPDATE event SET to_state = 'skipped' WHERE message_id = :message AND to_state = 'failed'",
        "went from 'sending' to 'skipped' by 'record', which no rule allows",
    ),
    (
        2,
        "UPDATE message SET sms_id = 'sms-99' WHERE id = :message",
        "is 'accepted' as sms-99, but no attempt of it was accepted as that",
    ),
    (
        2,
        "UPDATE attempt SET outcome = 'rejected', sms_id = NULL WHERE message_id = :message",
        "is 'accepted' as sms-2, but no attempt of it was accepted as that",
    ),
    (
        2,
        SECOND_TEXT,
        "was texted 2 times, as sms-2, sms-99",
    ),
    (
        7,
        "UPDATE message SET attempts = 2 WHERE id = :message",
        "counts 2 attempts, but 1 were made",
    ),
    (
        7,
        "DELETE FROM attempt WHERE message_id = :message AND outcome = 'account_blocked'",
        "was claimed 2 times, but has 1 attempts",
    ),
    (
        4,
        "UPDATE attempt SET outcome = NULL WHERE message_id = :message",
        "is 'failed' and should await no answer, but it awaits the answer to attempt 3",
    ),
    (
        11,
        "UPDATE attempt SET outcome = 'unknown' WHERE message_id = :message",
        "is 'sending' and should await the answer to attempt 12, but it awaits no answer",
    ),
    (
        11,
        "UPDATE message SET attempt_id = 1 WHERE id = :message",
        "should await the answer to attempt 1, but it awaits the answer to attempt 12",
    ),
    (
        3,
        "UPDATE message SET repeat = 0 WHERE id = :message",
        "was accepted, though row 2 with the same number was too",
    ),
]


@pytest.mark.parametrize(("row_number", "statement", "said"), CORRUPTIONS)
def test_a_corruption_is_found_and_its_row_named(
    story: Story, database: Path, row_number: int, statement: str, said: str
) -> None:
    corrupt(database, row_number, statement)
    findings = audit(story.store, story.campaign)
    assert {finding.row_number for finding in findings} == {row_number}
    assert all(finding.sentence.startswith(f"Row {row_number} ") for finding in findings)
    assert any(said in finding.sentence for finding in findings), findings


def test_a_lost_row_is_missed(story: Story, database: Path) -> None:
    corrupt(database, 13, "DELETE FROM message WHERE id = :message")
    [finding] = audit(story.store, story.campaign)
    assert finding == Finding(None, "The file had 12 rows, but 11 are stored.")


def test_one_sms_id_for_two_rows_is_found_at_both(story: Story, database: Path) -> None:
    corrupt(
        database,
        7,
        "UPDATE attempt SET sms_id = 'sms-2' WHERE message_id = :message AND outcome = 'accepted'",
        "UPDATE message SET sms_id = 'sms-2' WHERE id = :message",
    )
    assert audit(story.store, story.campaign) == [
        Finding(7, "Row 7 was accepted as sms-2, and so was row 2 of the campaign 'june'."),
        Finding(2, "Row 2 was accepted as sms-2, and so was row 7 of the campaign 'june'."),
    ]


def test_twins_of_which_the_record_gave_one_the_others_id_are_both_accepted(
    story: Story, database: Path
) -> None:
    """Row 2 heard its own id too late: row 3 stood under it by the record, and row 2 under 3's."""
    corrupt(
        database,
        3,
        "UPDATE attempt SET sms_id = 'sms-late' WHERE message_id = :message",
        "UPDATE message SET sms_id = 'sms-2' WHERE id = :message",
        "UPDATE message SET sms_id = 'sms-3' WHERE row_number = 2",
    )
    assert not any("and so was" in each.sentence for each in audit(story.store, story.campaign))


def test_twins_that_both_stand_under_one_id_are_found(story: Story, database: Path) -> None:
    corrupt(database, 3, "UPDATE message SET sms_id = 'sms-2' WHERE id = :message")
    assert any("and so was" in each.sentence for each in audit(story.store, story.campaign))


def test_an_sms_id_is_the_accounts_not_the_campaigns(story: Story) -> None:
    """The vendor counts its ids through all campaigns of an account."""
    june = story.campaign
    story.campaign = _running(story.store, [_queued(5)], "july")
    story.answer(story.claim(), _yes(2))
    [finding] = audit(story.store, story.campaign)
    assert finding.sentence.endswith(
        "was accepted as sms-2, and so was row 2 of the campaign 'june'."
    )
    [finding] = audit(story.store, june)
    assert finding.sentence.endswith(
        "was accepted as sms-2, and so was row 5 of the campaign 'july'."
    )


@pytest.mark.parametrize("mover", sorted(TRANSITIONS[State.UNKNOWN, State.ACCEPTED]))
def test_only_a_word_from_outside_accepts_without_an_answer(
    story: Story, database: Path, mover: Move
) -> None:
    """The vendor's record or a person may settle a doubt; an answer of ours closes its attempt."""
    corrupt(
        database,
        5,
        "UPDATE message SET state = 'accepted', sms_id = 'sms-5' WHERE id = :message",
        SETTLEMENT,
        actor=f"{mover}: ann",
    )
    findings = audit(story.store, story.campaign)
    assert {each.row_number for each in findings} == ({5} if mover is Move.LATE_ANSWER else set())


def test_the_same_number_in_two_campaigns_is_no_finding(story: Story) -> None:
    story.campaign = _running(story.store, [_queued(2)], "july")
    story.answer(story.claim(), Accepted("sms-100", 200))
    assert audit(story.store, story.campaign) == []
