"""What is left of a number that is forgotten, on both databases."""

import pytest

from bulksms.model.errors import InputError
from bulksms.model.states import Reason, State
from bulksms.store import Store
from tests.store.stage import NOW, UNKNOWN, acquire, answer, claim, queued, running, skipped

ANN, CAY = "+12025550002", "+12025550107"


def test_who_opted_out_in_a_file_alone_is_forgotten_only_once_the_list_knows(store: Store) -> None:
    running(store, [queued(2), skipped(3, Reason.OPTED_OUT)._replace(to_number=CAY)])
    with pytest.raises(InputError, match="opted out in its file, and only there") as no:
        store.history.forget(CAY, now=NOW, actor="test")
    assert no.value.next_command == f"bulksms suppress add {CAY}\nthen the same again"
    store.suppressions.add([CAY], reason="asked", source="test", now=NOW)
    assert store.history.forget(CAY, now=NOW, actor="test") == 1


def test_a_row_that_waits_is_opted_out_and_erased_once_its_number_is_suppressed(
    store: Store,
) -> None:
    campaign = running(store, 2)
    with pytest.raises(InputError, match="Row 2 of 'june' still waits to be texted"):
        store.history.forget(ANN, now=NOW, actor="test")
    store.suppressions.add([ANN], reason="asked", source="test", now=NOW)
    assert store.history.forget(ANN, now=NOW, actor="test") == 1
    first, second = store.rows.report(campaign.id)
    assert (first.state, first.reason) == (State.SKIPPED, Reason.OPTED_OUT)
    assert ANN not in str(first)
    assert second.state is State.QUEUED


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
