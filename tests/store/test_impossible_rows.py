"""What the database itself refuses, whoever writes: raw SQL, past all of our code."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from bulksms.model.errors import StoreError
from bulksms.model.records import Campaign
from bulksms.model.states import State
from bulksms.store import Store
from tests.store.stage import MOMENT, WHOLE, load, queued, running, skipped, sql


@pytest.mark.parametrize("state", State)
def test_a_whole_row_is_taken(store: Store, state: State) -> None:
    campaign = load(store, 0)
    _insert(store, campaign, state)
    assert sql(store, "SELECT state FROM message") == [(state,)]


def test_only_a_skipped_row_may_lack_its_number(store: Store) -> None:
    nothing: dict[str, object] = {"to_number": None, "sender": None, "attempt_id": None}
    _insert(store, load(store, 0), State.SKIPPED, **nothing, attempts=0)
    assert sql(store, "SELECT state FROM message") == [("skipped",)]


@pytest.mark.parametrize(
    ("state", "changes", "broken"),
    [
        ("sent", {}, "state_is_known|row_is_explained"),
        ("failed", {"reason": None}, "row_is_explained"),
        ("failed", {"detail": None}, "row_is_explained"),
        ("failed", {"reason": "timeout"}, "row_is_explained"),
        ("failed", {"reason": "because"}, "row_is_explained"),
        ("unknown", {"reason": None, "detail": None}, "row_is_explained"),
        ("unknown", {"reason": "rejected"}, "row_is_explained"),
        ("unknown", {"detail": None}, "row_is_explained"),
        ("skipped", {"reason": None}, "row_is_explained"),
        ("skipped", {"reason": "gave_up"}, "row_is_explained"),
        ("skipped", {"detail": None}, "row_is_explained"),
        ("queued", {"reason": "timeout"}, "row_is_explained"),
        ("queued", {"detail": "No."}, "row_is_explained"),
        ("accepted", {"reason": "rejected", "detail": "No."}, "row_is_explained"),
        ("accepted", {"sms_id": None}, "accepted_has_sms_id"),
        ("accepted", {"accepted_at": None}, "accepted_has_time"),
        ("queued", {"sms_id": "sms-1"}, "accepted_has_sms_id"),
        ("unknown", {"accepted_at": MOMENT}, "accepted_has_time"),
        ("queued", {"to_number": None}, "sendable_is_whole"),
        ("queued", {"sender": None}, "sendable_is_whole"),
        ("queued", {"body": None}, "sendable_is_whole"),
        ("sending", {"attempt_id": None}, "claimed_has_attempt"),
        ("accepted", {"attempt_id": None}, "claimed_has_attempt"),
        ("unknown", {"attempt_id": None}, "claimed_has_attempt"),
        ("queued", {"attempts": -1}, "attempts_counted"),
        ("accepted", {"delivery": "DELIVERED"}, "delivery_is_known"),
        ("queued", {"delivery": "delivered"}, "delivery_of_accepted"),
    ],
)
def test_an_unexplained_row_is_refused(
    store: Store, state: str, changes: dict[str, object], broken: str
) -> None:
    campaign = load(store, 0)
    with pytest.raises(IntegrityError, match=broken):
        _insert(store, campaign, state, **changes)


def test_a_picture_without_a_text_is_sendable(store: Store) -> None:
    _insert(store, load(store, 0), "queued", body=None, media="https://example.org/a.png")


@pytest.mark.parametrize("earlier", sorted(set(State) - {State.SKIPPED}))
def test_the_same_number_twice_is_refused(store: Store, earlier: State) -> None:
    campaign = load(store, 0)
    _insert(store, campaign, earlier, row_number=2)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        _insert(store, campaign, "queued", row_number=3)


def test_the_same_number_is_taken_when_it_is_skipped_or_kept_by_choice(store: Store) -> None:
    campaign = load(store, 0)
    _insert(store, campaign, "queued", row_number=2)
    _insert(store, campaign, "queued", row_number=3, repeat=1)
    _insert(store, campaign, "skipped", row_number=4, to_number="+12025550002", reason="duplicate")
    assert len(sql(store, "SELECT * FROM message WHERE to_number = '+12025550002'")) == 3


def test_two_campaigns_may_text_the_same_number(store: Store) -> None:
    first, second = load(store, 1, name="june"), load(store, 1, name="july")
    assert first.rows == second.rows == 1


def test_a_row_of_the_file_is_one_message(store: Store) -> None:
    campaign = load(store, 0)
    _insert(store, campaign, "skipped", row_number=2)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        _insert(store, campaign, "skipped", row_number=2)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE campaign SET state = 'done'", "state_is_known"),
        ("UPDATE campaign SET state = 'paused'", "pause_is_explained"),
        ("UPDATE campaign SET paused_reason = 'operator'", "pause_is_explained"),
        ("UPDATE campaign SET state = 'paused', paused_reason = 'lunch'", "paused_reason_is_known"),
        ("UPDATE campaign SET account_id = 99", "(?i)foreign key"),
        ("UPDATE account SET leased_by = 'ann:1'", "lease_is_whole"),
        ("INSERT INTO account (name, rate) VALUES ('default', '15/60')", "(?i)unique"),
    ],
)
def test_an_impossible_campaign_or_account_is_refused(
    store: Store, statement: str, broken: str
) -> None:
    running(store)
    with pytest.raises(IntegrityError, match=broken):
        sql(store, statement)


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"outcome": "sent", "finished_at": MOMENT}, "outcome_is_known"),
        ({"outcome": "unknown"}, "closed_is_whole"),
        ({"finished_at": MOMENT}, "closed_is_whole"),
        ({"outcome": "accepted", "finished_at": MOMENT}, "accepted_has_sms_id"),
        ({"outcome": "unknown", "finished_at": MOMENT, "sms_id": "1"}, "accepted_has_sms_id"),
        ({"message_id": 99}, "(?i)foreign key"),
    ],
)
def test_an_impossible_attempt_is_refused(
    store: Store, changes: dict[str, object], broken: str
) -> None:
    load(store, 1)
    attempt = {"message_id": 1, "account_id": 1, "epoch": 1, "worker": "w", "started_at": MOMENT}
    with pytest.raises(IntegrityError, match=broken):
        _insert_into(store, "attempt", {**attempt, **changes})


def test_a_load_that_breaks_a_rule_leaves_nothing_and_says_which(store: Store) -> None:
    same = {"to_number": "+12025550001"}
    with pytest.raises(StoreError, match=r"nobody_twice|UNIQUE .*: message\.campaign_id"):
        load(store, [skipped(2), queued(3, **same), queued(4, **same)])
    assert store.campaigns.all() == []


def _insert(store: Store, campaign: Campaign, state: str, **changes: object) -> None:
    row: dict[str, object] = {
        "campaign_id": campaign.id,
        "row_number": 2,
        "original": "[]",
        "to_number": "+12025550002",
        "sender": "+12025550000",
        "body": "Hi",
        "segments": 1,
        "repeat": 0,
        "state": state,
        "attempts": 0,
        "updated_at": MOMENT,
    }
    _insert_into(store, "message", {**row, **WHOLE.get(state, {}), **changes})


def _insert_into(store: Store, table: str, row: dict[str, Any]) -> None:
    columns, values = ", ".join(row), ", ".join(f":{column}" for column in row)
    sql(store, f"INSERT INTO {table} ({columns}) VALUES ({values})", **row)  # noqa: S608 - the names stand in this file
