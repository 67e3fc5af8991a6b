"""What goes straight to the driver says and gives what SQLAlchemy's own execution would."""

import pytest
from sqlalchemy import bindparam, insert, literal, select, update

from bulksms.model.states import State
from bulksms.store import Store
from bulksms.store.engine import writing
from bulksms.store.prepared import Prepared
from bulksms.store.schema import account, campaign, message
from tests.store.stage import NOW, ON_SQLITE, acquire, running, sql

WAITING = (
    select(account.c.leased_until, account.c.blocked_until, campaign.c.force_send, message.c.state)
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .join(account, account.c.id == campaign.c.account_id)
    .where(message.c.state == State.QUEUED, account.c.leased_until > bindparam("since"))
    .order_by(message.c.id)
)


def test_the_rows_are_those_that_sqlalchemy_finds(store: Store) -> None:
    """A moment, nothing, a truth and a word; the moment in the guard too."""
    running(store, 3)
    acquire(store)
    values = {"since": NOW}
    with writing(store.engine) as tx:
        found = Prepared(WAITING).all(tx, values)
        assert found == [tuple(row) for row in tx.execute(WAITING, values)]
        assert Prepared(WAITING).first(tx, values) == found[0]
    assert len(found) == 3
    assert found[0].leased_until.tzinfo is not None
    assert found[0].force_send is False


def test_what_is_not_there_is_none(store: Store) -> None:
    running(store, 3)
    with writing(store.engine) as tx:
        assert Prepared(WAITING).first(tx, {"since": NOW}) is None


def test_it_sets_the_columns_that_it_is_given(store: Store) -> None:
    running(store, 3)
    change = Prepared(update(account).where(account.c.name == bindparam("the_name")))
    with writing(store.engine) as tx:
        assert change.count(tx, {"the_name": "default", "blocked_until": NOW}) == 1
        assert change.count(tx, {"the_name": "default", "rate": "1/2", "epoch": 7}) == 1
        assert change.count(tx, {"the_name": "nobody", "rate": "3/4"}) == 0
    ((rate, epoch, blocked_until),) = sql(store, "SELECT rate, epoch, blocked_until FROM account")
    assert (rate, epoch, blocked_until) == ("1/2", 7, "2026-01-05 09:00:00.000000")


def test_it_returns_what_the_database_chose(store: Store) -> None:
    new = Prepared(insert(account).returning(account.c.id, account.c.epoch))
    with writing(store.engine) as tx:
        made = [new.first(tx, {"name": name, "rate": "15/60"}) for name in ("ann", "bob")]
    assert sql(store, "SELECT id, epoch FROM account ORDER BY id") == made


def test_words_of_its_own_are_written_out_whatever_they_hold(store: Store) -> None:
    odd = "it's 100 % ? :x"
    with writing(store.engine) as tx:
        assert Prepared(select(literal(odd).label("said"))).first(tx, {}) == (odd,)


@ON_SQLITE
def test_the_partial_index_is_seen(store: Store) -> None:
    """Else each claim would make SQLite plan its statement anew."""
    with writing(store.engine) as tx:
        ready = Prepared(WAITING)._for(tx, {"since": NOW})
    assert "state = 'queued'" in ready.text


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="without a time zone"), writing(store.engine) as tx:
        Prepared(WAITING).all(tx, {"since": NOW.replace(tzinfo=None)})


def test_what_it_undoes_is_undone_with_the_transaction(store: Store) -> None:
    running(store, 3)
    change = Prepared(update(account).where(account.c.name == bindparam("the_name")))

    def half_done() -> None:
        with writing(store.engine) as tx:
            change.count(tx, {"the_name": "default", "epoch": 7})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half_done()
    assert sql(store, "SELECT epoch FROM account") == [(0,)]


def test_a_name_without_a_value_is_a_fault(store: Store) -> None:
    with pytest.raises(Exception, match="since"), writing(store.engine) as tx:
        Prepared(WAITING).all(tx, {"until": NOW})
