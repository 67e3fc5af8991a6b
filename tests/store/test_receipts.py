"""Deliveries in the database: what may follow what, and that every change is kept."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from bulksms.model.joining import Receipt
from bulksms.model.records import Campaign
from bulksms.model.states import Delivery, State
from bulksms.model.vendor_record import SETTLED, Via, replaceable_by
from bulksms.store import Store, Upgrade
from bulksms.store.engine import connect, database_url
from bulksms.store.migrating import migrations_folder, newest_revision
from tests.store.stage import MINUTE, NOW, ON_SQLITE, load, put_all, sql

LONG_AGO = NOW - timedelta(days=30)


@pytest.fixture
def campaign(store: Store) -> Campaign:
    """Three accepted messages."""
    campaign = load(store, 3)
    put_all(store, State.ACCEPTED)
    return campaign


def say(
    store: Store, campaign: Campaign, *said: tuple[int, Delivery], via: Via = Via.REPORT
) -> int:
    receipts = [Receipt(message_id, status, f"Said {status}") for message_id, status in said]
    return store.receipts.record(campaign.id, receipts, via=via, now=NOW + MINUTE)


def deliveries(store: Store) -> list[str | None]:
    return [each for (each,) in sql(store, "SELECT delivery FROM message ORDER BY id")]


def test_a_change_is_written_to_the_message_and_kept(store: Store, campaign: Campaign) -> None:
    assert say(store, campaign, (1, Delivery.SUCCESS), (2, Delivery.FAILED)) == 2
    assert say(store, campaign, (1, Delivery.DELIVERED), via=Via.STATUS) == 1
    assert deliveries(store) == ["delivered", "failed", None]
    kept = sql(store, "SELECT account_id, sms_id, status, via, raw, occurred_at FROM receipt")
    assert kept == [
        (1, "sms-1", "success", "report", "Said success", None),
        (1, "sms-1", "failed", "report", "Said failed", None),
        (1, "sms-1", "delivered", "status", "Said delivered", None),
    ]


def test_the_same_word_again_is_no_news(store: Store, campaign: Campaign) -> None:
    say(store, campaign, (1, Delivery.PENDING))
    assert say(store, campaign, (1, Delivery.PENDING)) == 0
    assert sql(store, "SELECT count(*) FROM receipt") == [(1,)]


@pytest.mark.parametrize("last", sorted(SETTLED))
@pytest.mark.parametrize("late", list(Delivery))
def test_the_last_word_never_moves_back(
    store: Store, campaign: Campaign, last: Delivery, late: Delivery
) -> None:
    say(store, campaign, (1, last))
    assert say(store, campaign, (1, late)) == 0
    assert deliveries(store)[0] == last


def test_what_was_handed_over_is_never_under_way_again(store: Store, campaign: Campaign) -> None:
    say(store, campaign, (1, Delivery.SUCCESS))
    assert say(store, campaign, (1, Delivery.PENDING), (1, Delivery.SCHEDULED)) == 0
    assert say(store, campaign, (1, Delivery.UNDELIVERED)) == 1


@given(said=st.lists(st.sampled_from(Delivery), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_the_kept_lines_tell_how_the_delivery_came_to_be(
    store: Store, campaign: Campaign, said: list[Delivery]
) -> None:
    sql(store, "DELETE FROM receipt")
    sql(store, "UPDATE message SET delivery = NULL")
    for status in said:
        say(store, campaign, (1, status))
    kept = [Delivery(each) for (each,) in sql(store, "SELECT status FROM receipt ORDER BY id")]
    assert deliveries(store)[0] == (kept[-1] if kept else None)
    assert all(before in replaceable_by(after) for before, after in pairwise(kept))
    assert not SETTLED & set(kept[:-1])


@pytest.mark.parametrize("state", [state for state in State if state is not State.ACCEPTED])
def test_only_an_accepted_message_has_a_delivery(store: Store, state: State) -> None:
    campaign = load(store, 1)
    put_all(store, state)
    assert say(store, campaign, (1, Delivery.DELIVERED)) == 0
    assert store.receipts.open(campaign.id, success_since=LONG_AGO) == []


@pytest.mark.usefixtures("campaign")
def test_a_message_of_another_campaign_is_left_alone(store: Store) -> None:
    other = load(store, 1, name="other")
    assert say(store, other, (1, Delivery.DELIVERED)) == 0
    assert deliveries(store)[0] is None


def test_what_the_vendor_said_is_bounded(store: Store, campaign: Campaign) -> None:
    receipt = Receipt(1, Delivery.FAILED, "x" * 1000)
    store.receipts.record(campaign.id, [receipt], via=Via.STATUS, now=NOW)
    assert sql(store, "SELECT length(raw) FROM receipt") == [(300,)]


def test_open_are_those_whose_last_word_is_not_spoken(store: Store) -> None:
    campaign = load(store, 7)
    put_all(store, State.ACCEPTED)
    say(store, campaign, *enumerate(Delivery, start=1))
    everything = store.receipts.open(campaign.id, success_since=NOW - MINUTE)
    patience_over = store.receipts.open(campaign.id, success_since=NOW)
    assert [each.id for each in everything] == [1, 2, 3, 7]
    assert [each.id for each in patience_over] == [1, 2, 7]
    first = everything[0]
    assert (first.sms_id, first.to_number, first.accepted_at) == ("sms-1", "+12025550002", NOW)


def test_known_of_some_days_is_everything_of_the_account(store: Store, campaign: Campaign) -> None:
    load(store, 1, name="same account")
    load(store, 1, name="another account", account="other")
    put_all(store, State.ACCEPTED)
    today, day = NOW.date(), timedelta(days=1)
    known = store.receipts.accepted_between
    assert [each.id for each in known(campaign.id, today, today)] == [1, 2, 3, 4]
    assert known(campaign.id, today - day, today - day) == []
    assert known(campaign.id, today + day, today + day) == []


@ON_SQLITE
@pytest.mark.parametrize(("column", "words"), [("status", Delivery), ("via", Via)])
def test_the_database_knows_exactly_the_words_of_the_enum(
    store: Store, column: str, words: type[Delivery] | type[Via]
) -> None:
    ((made,),) = sql(store, "SELECT sql FROM sqlite_master WHERE name = 'receipt'")
    found = re.search(rf"CONSTRAINT {column}_is_known CHECK \({column} IN \((.*?)\)\)", made)
    assert found is not None
    assert set(re.findall(r"\w+", found[1])) == {*map(str, words)}


def test_an_unknown_status_is_impossible(store: Store, campaign: Campaign) -> None:
    say(store, campaign, (1, Delivery.FAILED))
    with pytest.raises(IntegrityError, match="status_is_known"):
        sql(store, "UPDATE receipt SET status = 'teleported'")


def test_a_database_of_the_first_version_is_upgraded_with_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "bulksms.db"
    _make_first_version(path)
    copy = tmp_path / "bulksms.db.0001.bak"
    upgrade = Store.migrate(str(path))
    assert upgrade == Upgrade(before="0001", after=newest_revision(), copy=copy)
    with Store.open(str(path)) as store:
        (campaign,) = store.campaigns.all()
        (waiting,) = store.receipts.open(campaign.id, success_since=LONG_AGO)
        assert waiting.sms_id == "sms-1"
        assert say(store, campaign, (waiting.id, Delivery.DELIVERED)) == 1
        assert deliveries(store) == ["delivered"]


def _make_first_version(path: Path) -> None:
    """What a user of the first version has: one campaign with one accepted row."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    engine = connect(database_url(str(path)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as old, old:
        old.executescript(FIRST_VERSION)


FIRST_VERSION = """
INSERT INTO account (id, name, rate) VALUES (1, 'default', '15/60');
INSERT INTO campaign (id, account_id, name, state, columns, source_name, fingerprint, wording,
                      force_send, rows, created_at)
VALUES (1, 1, 'june', 'finished', '[]', 'june.csv', 'f', 'w', 0, 1, '2026-01-05 09:00:00.000000');
INSERT INTO message (id, campaign_id, row_number, original, to_number, sender, body, segments,
                     repeat, state, sms_id, accepted_at, attempts, attempt_id, updated_at)
VALUES (1, 1, 2, '[]', '+12025550102', '+13152935500', 'Hi', 1, 0, 'accepted', 'sms-1',
        '2026-01-05 09:00:00.000000', 1, 1, '2026-01-05 09:00:00.000000');
"""
