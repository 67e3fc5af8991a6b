"""The table of transitions, tried arrow by arrow on the database."""

from itertools import product

import pytest
from sqlalchemy import Connection, func, select

from bulksms.model.states import REASONS, TRANSITIONS, Move, State
from bulksms.store import Store
from bulksms.store.moving import move
from bulksms.store.schema import event, message
from tests.store.stage import NOW, load, put_all, sql

TRIPLES = [(start, by, end) for (start, end), movers in TRANSITIONS.items() for by in movers]


@pytest.mark.parametrize("start", State)
def test_only_the_tables_arrows_move_a_message(store: Store, start: State) -> None:
    """An allowed move takes exactly one row and writes exactly one event; any other, none."""
    load(store, 3)
    put_all(store, start)
    moved = []
    for by, end in product(Move, State):
        with store.engine.begin() as tx:
            taken, written = _try(tx, by, end)
            tx.rollback()
        assert taken == written
        moved += [(start, by, end)] * taken
    assert sorted(moved) == sorted(triple for triple in TRIPLES if triple[0] is start)


def test_the_event_says_who_moved_what_from_where_to_where_and_why(store: Store) -> None:
    campaign = load(store, 2)
    with store.engine.begin() as tx:
        _try(tx, Move.CANCEL, State.SKIPPED)
    told = sql(
        store,
        "SELECT campaign_id, message_id, actor, from_state, to_state, note"
        " FROM event WHERE message_id IS NOT NULL",
    )
    assert told == [(campaign.id, 1, "cancel: test", "queued", "skipped", "Why.")]


def test_a_move_of_many_tells_of_each(store: Store) -> None:
    load(store, 3)
    with store.engine.begin() as tx:
        everyone = message.c.id > 0
        detail = "Why."
        reason = next(iter(REASONS[State.SKIPPED]))
        moved = move(
            tx,
            everyone,
            by=Move.CANCEL,
            to=State.SKIPPED,
            now=NOW,
            actor="test",
            reason=reason,
            detail=detail,
        )
    told = sql(store, "SELECT message_id FROM event WHERE message_id IS NOT NULL ORDER BY id")
    assert moved == 3
    assert told == [(1,), (2,), (3,)]


def _try(tx: Connection, by: Move, end: State) -> tuple[int, int]:
    """Ask for the move of message 1: how many rows were taken, and how many events written."""
    before = tx.execute(select(func.count()).select_from(event)).scalar_one()
    explained = REASONS[end]
    taken = move(
        tx,
        message.c.id == 1,
        by=by,
        to=end,
        now=NOW,
        actor="test",
        reason=min(explained) if explained else None,
        detail="Why." if explained else None,
        sms_id="sms-1" if end is State.ACCEPTED else None,
        accepted_at=NOW if end is State.ACCEPTED else None,
        attempt_id=1,
    )
    after = tx.execute(select(func.count()).select_from(event)).scalar_one()
    return taken, after - before
