"""Personal data of old campaigns goes; every count, state and audit stays as it was."""

from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.model.errors import InputError
from bulksms.model.outcomes import Outcome
from bulksms.model.states import Reason, State
from bulksms.spreadsheet.reading import read_table
from bulksms.spreadsheet.writing import write_report
from bulksms.store import Store
from tests.store.stage import (
    ACCEPTED,
    NOW,
    REJECTED,
    UNKNOWN,
    acquire,
    answer,
    claim,
    everything,
    queued,
    running,
    skipped,
)

LATER = NOW + timedelta(days=91)
BEFORE = LATER - timedelta(days=90)
SECRETS = ("+1212", "Ann", "secret", "0042")


def ended(store: Store, *outcomes: Outcome) -> int:
    """A campaign with these answers and a skipped row, finished."""
    rows = [
        queued(2 + at, original=("Ann", f"+121255501{at:02}"), body="secret", lead_id="0042")
        for at in range(len(outcomes))
    ]
    campaign = running(store, [*rows, skipped(90)])
    lease = acquire(store)
    for outcome in outcomes:
        answer(store, claim(store, lease, campaign), outcome)
    store.campaigns.settle(lease, campaign.id, now=NOW)
    return campaign.id


def test_the_personal_data_goes_and_the_counts_stay(store: Store) -> None:
    campaign_id = ended(store, ACCEPTED, REJECTED)
    before, campaign = store.rows.counts(campaign_id), store.campaigns.now(campaign_id)
    assert store.purging.due(BEFORE) == {"june": 3}
    assert store.purging.purge(BEFORE, now=LATER, actor="operator") == 3
    held = str(everything(store))
    assert not [secret for secret in SECRETS if secret in held]
    assert store.rows.counts(campaign_id) == before
    assert store.campaigns.now(campaign_id) == campaign


def test_who_opted_out_in_a_file_alone_is_told_before_its_numbers_go(store: Store) -> None:
    """Else the next plan does not know of it any more, and they are texted."""
    ann, ben, cy = (f"+1202555010{last}" for last in (1, 2, 3))
    store.suppressions.add([ben], reason="asked", source="operator", now=NOW)
    rows = [
        skipped(3 + at, Reason.OPTED_OUT)._replace(to_number=number)
        for at, number in enumerate((ann, ben, ann))
    ]
    campaign = running(store, [queued(2), *rows, skipped(9)._replace(to_number=cy)])
    assert store.purging.opted_out(BEFORE) == {}
    lease = acquire(store)
    answer(store, claim(store, lease, campaign), ACCEPTED)
    store.campaigns.settle(lease, campaign.id, now=NOW)
    assert store.purging.opted_out(BEFORE) == {"june": 1}
    store.purging.purge(BEFORE, now=LATER, actor="operator")
    assert store.purging.opted_out(BEFORE) == {}


def test_the_report_of_what_was_purged_says_so_when_it_is_to_be_sent(
    store: Store, tmp_path: Path
) -> None:
    campaign_id = ended(store, REJECTED)
    store.purging.purge(BEFORE, now=LATER, actor="operator")
    columns = store.campaigns.now(campaign_id).columns
    write_report(tmp_path / "june.csv", columns, store.rows.report(campaign_id))
    with pytest.raises(InputError, match=r"nobody to text.*was erased, by bulksms purge"):
        read_table(tmp_path / "june.csv")


def test_the_report_of_what_was_forgotten_in_part_is_read_without_it(
    store: Store, tmp_path: Path
) -> None:
    campaign_id = ended(store, REJECTED, REJECTED)
    store.suppressions.add(["+12125550100"], reason="asked", source="operator", now=NOW)
    store.history.forget("+12125550100", now=LATER, actor="operator")
    columns = store.campaigns.now(campaign_id).columns
    write_report(tmp_path / "june.csv", columns, store.rows.report(campaign_id))
    assert read_table(tmp_path / "june.csv").row_count == 2


def test_what_was_purged_is_not_purged_again(store: Store) -> None:
    ended(store, ACCEPTED)
    store.purging.purge(BEFORE, now=LATER, actor="operator")
    assert store.purging.due(BEFORE) == {}
    assert store.purging.purge(BEFORE, now=LATER, actor="operator") == 0


@pytest.mark.parametrize("period", [timedelta(days=91), timedelta(days=92)])
def test_what_is_not_that_old_is_kept(store: Store, period: timedelta) -> None:
    ended(store, ACCEPTED)
    assert store.purging.due(LATER - period) == {}


def test_a_row_in_doubt_keeps_its_campaign_whole(store: Store) -> None:
    campaign_id = ended(store, ACCEPTED, UNKNOWN)
    assert store.purging.purge(BEFORE, now=LATER, actor="operator") == 0
    assert store.rows.counts(campaign_id)[State.UNKNOWN] == 1
    assert "secret" in str(everything(store))


def test_a_campaign_that_runs_is_not_old_however_old_it_is(store: Store) -> None:
    running(store)
    assert store.purging.due(LATER) == {}
