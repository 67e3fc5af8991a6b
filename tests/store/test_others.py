"""What the other campaigns have to do with somebody's people."""

from bulksms.model.overlap import InDoubt
from bulksms.store import Store
from tests.store.stage import ACCEPTED, NOW, REJECTED, UNKNOWN, acquire, answer, claim, running

NUMBERS = [f"+1202555000{row}" for row in (2, 3, 4, 5, 6, 7)]


def test_a_number_is_in_doubt_where_it_may_have_been_texted(store: Store) -> None:
    """What was accepted, refused or waits is certain."""
    lease, june = acquire(store), running(store, 6)
    for outcome in (ACCEPTED, REJECTED, UNKNOWN, UNKNOWN):
        answer(store, claim(store, lease, june), outcome)
    claim(store, lease, june)
    store.settlements.resolve_give_up(june.id, 5, now=NOW, actor="test")
    assert store.others.in_doubt(NUMBERS) == [
        InDoubt("june", given_up=False, row_numbers=[4, 6]),
        InDoubt("june", given_up=True, row_numbers=[5]),
    ]
    assert store.others.in_doubt([*NUMBERS[:2], NUMBERS[5]]) == []
