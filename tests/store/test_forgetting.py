"""What is left of a number that is forgotten, on both databases."""

import pytest

from bulksms.model.errors import InputError
from bulksms.model.states import Reason, State
from bulksms.store import Store
from tests.store.stage import NOW, UNKNOWN, acquire, answer, claim, load, running, skipped

ANN = "+12025550002"


def test_a_row_that_waits_is_opted_out_and_erased_once_its_number_is_suppressed(
    store: Store,
) -> None:
    campaign = running(store, 2)
    with pytest.raises(InputError, match="Row 2 of 'june' still waits to be texted"):
        store.history.forget(ANN, now=NOW, actor="test")
    store.suppressions.add([ANN], reason="asked", source="test", now=NOW)
    assert store.history.forget(ANN, now=NOW, actor="test") == (1, 0)
    first, second = store.rows.report(campaign.id)
    assert (first.state, first.reason) == (State.SKIPPED, Reason.OPTED_OUT)
    assert ANN not in str(first)
    assert second.state is State.QUEUED


def test_an_opt_out_that_only_a_file_knew_of_is_on_the_list_before_it_is_forgotten(
    store: Store,
) -> None:
    """Else the next plan does not know of it any more, and the person is texted."""
    load(store, [skipped(2, Reason.OPTED_OUT)._replace(to_number=ANN)])
    [told] = store.history.elsewhere([ANN], NOW)
    assert told.opted_out
    assert store.history.forget(ANN, now=NOW, actor="test") == (1, 1)
    assert store.suppressions.reasons() == {ANN: "opted out"}
    [change] = store.history.suppressions(ANN)
    assert (change.change, change.source) == ("added", "the column of june.csv")


def test_an_opt_out_that_was_taken_back_is_forgotten_with_the_rest(store: Store) -> None:
    load(store, [skipped(2, Reason.OPTED_OUT)._replace(to_number=ANN)])
    store.suppressions.add([ANN], reason="asked", source="test", now=NOW)
    store.suppressions.remove(ANN, now=NOW)
    assert store.history.forget(ANN, now=NOW, actor="test") == (1, 0)
    assert store.suppressions.reasons() == {}


def test_a_row_in_doubt_keeps_its_number(store: Store) -> None:
    campaign, lease = running(store, 1), acquire(store)
    claimed = claim(store, lease, campaign)
    with pytest.raises(InputError, match="Row 2 of 'june' is in doubt"):
        store.history.forget(ANN, now=NOW, actor="test")
    answer(store, claimed, UNKNOWN)
    store.suppressions.add([ANN], reason="asked", source="test", now=NOW)
    with pytest.raises(InputError, match="Row 2 of 'june' is in doubt"):
        store.history.forget(ANN, now=NOW, actor="test")
    assert len(store.history.rows(ANN)) == 1
