"""What PostgreSQL alone can get wrong: several writers at once, and a server that is not there."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, text

from bulksms.auditing import audit
from bulksms.model.errors import InputError, StoreError
from bulksms.model.records import JudgedRow, Refused
from bulksms.model.states import Move, State
from bulksms.store import Store
from bulksms.store.engine import database_url, writing
from bulksms.store.moving import keep_campaigns, move
from bulksms.store.schema import message
from bulksms.store.watching import Filter
from tests.postgres import Server
from tests.store.stage import (
    MINUTE,
    NOT_SENT,
    NOW,
    ON_POSTGRESQL,
    REJECTED,
    acquire,
    answer,
    claim,
    declared,
    fresh,
    load,
    queued,
    running,
    sql,
    states,
)

CATALOGUE = (
    """SELECT table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'alembic_version'""",
    """SELECT conrelid::regclass::text AS name, conname, pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    AND conrelid::regclass::text <> 'alembic_version'""",
    """SELECT tablename, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'""",
)


def test_the_migrated_database_is_the_declared_one(server: Server, postgresql: str) -> None:
    url = server.url(server.create())
    engine = create_engine(url)
    declared(engine.dialect.name).create_all(engine)
    engine.dispose()
    assert _catalogue(postgresql) == _catalogue(url)


def test_several_may_make_the_tables_at_once(server: Server) -> None:
    """As the machines of a cluster do when they start for the first time."""
    url = server.url(server.create())
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(Store.migrate, [url] * 4))
    assert len({each.after for each in made}) == 1
    Store.open(url).close()


def test_what_was_loaded_is_counted_before_the_first_claim(postgresql: str) -> None:
    with Store.open(postgresql) as store:
        load(store, 50)
        with store.engine.connect() as connection:
            counted = connection.execute(
                text("SELECT reltuples FROM pg_class WHERE relname = 'message'")
            )
            assert counted.scalar_one() == 50


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://ann:secret@127.0.0.1:1/texts", "Connection refused"),
        ("postgresql://ann@127.0.0.1:1/texts?password=secret", "Connection refused"),
        ("postgres://ann:secret@nosuch.invalid/texts", "nosuch.invalid"),
    ],
)
@pytest.mark.parametrize("entrance", [Store.open, Store.open_or_create, Store.migrate])
def test_a_server_that_is_not_there_is_named_without_the_password(
    url: str, said: str, entrance: Callable[[str], object]
) -> None:
    with pytest.raises(StoreError, match=r"cannot be reached: .*\.$") as refusal:
        entrance(url)
    assert said in refusal.value.sentence
    assert "secret" not in refusal.value.sentence
    assert refusal.value.next_command == "bulksms config"


def test_a_database_that_is_not_there_says_how_to_make_it(server: Server) -> None:
    with pytest.raises(StoreError, match="does not exist") as refusal:
        Store.open(server.url("nosuch"))
    assert refusal.value.next_command == "createdb nosuch"


def test_an_empty_database_says_how_to_set_it_up(server: Server) -> None:
    with pytest.raises(StoreError, match="is empty: it was never set up") as refusal:
        Store.open(server.url(server.create()))
    assert refusal.value.next_command == "bulksms migrate"


@ON_POSTGRESQL
def test_a_moment_is_utc_whatever_the_session_says(store: Store) -> None:
    assert load(store).created_at == NOW
    assert load(store).created_at.tzinfo is UTC


def test_texts_and_moments_are_kept_whatever_the_environment_prefers(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    monkeypatch.setenv("PGDATESTYLE", "German, DMY")
    with Store.open(postgresql) as store:
        campaign = load(store, [queued(2, body="שלום 👋")])
        (row,) = store.rows.report(campaign.id)
        assert row.message == "שלום 👋"
        assert campaign.created_at.tzinfo is not None


@ON_POSTGRESQL
def test_the_one_character_that_it_cannot_keep_costs_no_row(store: Store) -> None:
    campaign = load(store, [queued(2, body="a\0b")])
    assert [row.message for row in store.rows.report(campaign.id)] == [
        "a\N{REPLACEMENT CHARACTER}b"
    ]


@ON_POSTGRESQL
def test_the_last_rows_are_found_from_the_end(store: Store) -> None:
    campaign = load(store, 3)
    page = store.watching.before(campaign.id, Filter(State.QUEUED), 99, 2)
    assert [row.row_number for row in page.rows] == [3, 4]


@ON_POSTGRESQL
def test_a_server_that_would_forget_the_last_moment_is_told_to_remember(store: Store) -> None:
    """It is set so (tests/postgres.py); a claim that it forgets is a second text."""
    with store.engine.connect() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"


@ON_POSTGRESQL
def test_a_server_that_fell_silent_is_given_up_by_us_and_by_the_engine(store: Store) -> None:
    """TCP alone would wait for a quarter of an hour, and for hours where nothing is asked."""
    with store.engine.connect() as connection:
        ours = connection.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
    assert ours["tcp_user_timeout"] == "20000"
    assert "tcp_user_timeout=20000" in (store.postgresql_address or "")


@ON_POSTGRESQL
def test_a_frozen_transaction_does_not_keep_an_account_for_ever(store: Store) -> None:
    assert sql(store, "SHOW idle_in_transaction_session_timeout") == [("20s",)]
    assert sql(store, "SHOW lock_timeout") == [("30s",)]


@ON_POSTGRESQL
def test_two_loads_at_once_get_names_of_their_own(store: Store) -> None:
    def rows() -> Iterator[JudgedRow]:
        other.start()
        _wait_for_a_lock(store)
        yield queued(2)

    other = threading.Thread(target=lambda: load(store, 1))
    load(store, rows())
    other.join()
    assert sorted(each.name for each in store.campaigns.all()) == ["june", "june-2"]


@ON_POSTGRESQL
@pytest.mark.parametrize("what", ["answer", "retry"])
def test_what_comes_back_while_the_campaign_is_cancelled_ends_skipped(
    store: Store, what: str
) -> None:
    """Else it would wait for ever in a campaign that is over."""
    campaign = running(store, 2)
    claimed = claim(store, acquire(store), campaign)
    if what == "retry":
        answer(store, claimed, REJECTED)

    def come_back() -> None:
        if what == "retry":
            store.messages.retry(campaign.id, Refused(), now=NOW, actor="ann")
        else:
            answer(store, claimed, NOT_SENT)

    other = threading.Thread(target=lambda: store.campaigns.cancel(campaign.id, now=NOW, actor="a"))
    with closing(_hold_row(store, 3)) as holder:  # the cancel stops half-way, at a row of its own
        other.start()
        _wait_for_a_lock(store)
        back = threading.Thread(target=come_back)
        back.start()
        _wait_for_a_lock(store, 2)
        holder.rollback()
        other.join()
        back.join()
    assert State.QUEUED not in states(store, campaign)


@ON_POSTGRESQL
@pytest.mark.parametrize("what", ["forget", "purge"])
def test_what_is_put_back_meanwhile_is_not_erased(store: Store, what: str) -> None:
    """Else it would be sent to a number that nobody knows any more, or wait for ever."""
    campaign = running(store, 1)
    lease = acquire(store)
    answer(store, claim(store, lease, campaign), REJECTED)
    store.campaigns.settle(lease, campaign.id, now=NOW)
    after = NOW + timedelta(days=1)
    refused = list[InputError]()

    def erase() -> None:
        if what == "purge":
            assert store.purging.purge(after, now=after, actor="ann") == 0
            return
        try:
            store.history.forget("+12025550002", now=after, actor="ann")
        except InputError as error:
            refused.append(error)

    other = threading.Thread(target=erase)
    with writing(store.engine) as tx:
        of_it = message.c.campaign_id == campaign.id
        keep_campaigns(tx, of_it)
        move(tx, of_it, by=Move.RETRY, to=State.QUEUED, now=NOW, actor="bob")
        other.start()
        _wait_for_a_lock(store)
    other.join()
    assert sql(store, "SELECT state, to_number FROM message") == [("queued", "+12025550002")]
    assert len(refused) == (what == "forget")


@ON_POSTGRESQL
def test_an_event_tells_of_no_move_that_another_came_before(store: Store) -> None:
    campaign = running(store, 1)
    with closing(_hold_row(store, 2)) as holder:
        holder.execute(
            text("UPDATE message SET state = 'sending', attempt_id = 1 WHERE row_number = 2")
        )
        other = threading.Thread(
            target=lambda: store.campaigns.cancel(campaign.id, now=NOW, actor="ann")
        )
        other.start()
        _wait_for_a_lock(store)
        holder.commit()
        other.join()
    assert states(store, campaign) == [State.SENDING]
    assert sql(store, "SELECT * FROM event WHERE message_id IS NOT NULL") == []


@ON_POSTGRESQL
def test_no_row_is_put_back_without_an_event_of_it(store: Store, location: str) -> None:
    """A late refusal that comes between the events of a retry and its moves is not of it."""
    campaign = running(store, 2)
    lease = acquire(store)
    first, second = (claim(store, lease, campaign) for _ in range(2))
    answer(store, first, REJECTED)
    store.messages.recover(acquire(store, now=NOW + MINUTE, worker="bob:2"), NOW + MINUTE)
    late = iter([second])

    def refuse(*executed: Any) -> None:  # noqa: ANN401 - as the event has it
        if executed[2].startswith("UPDATE message"):
            with Store.open(location) as another:
                for claimed in late:
                    answer(another, claimed, REJECTED)

    event.listen(store.engine, "before_cursor_execute", refuse)
    retried = store.messages.retry(campaign.id, Refused(), now=NOW + MINUTE, actor="ann")
    assert retried == 1
    assert states(store, campaign) == ["queued", "failed"]
    assert not [*audit(store, fresh(store, campaign))]


@ON_POSTGRESQL
def test_a_row_that_is_broken_costs_the_whole_copy(store: Store) -> None:
    with pytest.raises(StoreError, match="nobody_twice"):
        load(store, [queued(2), queued(3), queued(4, to_number="+12025550002")])
    assert store.campaigns.all() == []


def _hold_row(store: Store, row_number: int) -> Connection:
    holder = store.engine.connect()
    holder.execute(text(f"SELECT 1 FROM message WHERE row_number = {row_number} FOR UPDATE"))  # noqa: S608 - a number
    return holder


def _wait_for_a_lock(store: Store, waiting: int = 1) -> None:
    """Until so many sessions wait for somebody's lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    for _ in range(500):
        if sql(store, query)[0][0] >= waiting:
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def _catalogue(url: str) -> list[list[tuple[object, ...]]]:
    engine = create_engine(database_url(url))
    with writing(engine) as tx:
        found = [sorted(map(tuple, tx.execute(text(query)))) for query in CATALOGUE]
    engine.dispose()
    return found
