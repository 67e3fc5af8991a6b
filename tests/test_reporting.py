import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.model.errors import InputError
from bulksms.model.outcomes import Accepted, Rejected
from bulksms.model.records import (
    Campaign,
    ClaimedMessage,
    JudgedRow,
    Lease,
    NewCampaign,
    Rate,
)
from bulksms.model.states import CampaignState, PausedReason, Reason, State
from bulksms.reporting import CampaignStatus, status, write_report
from bulksms.spreadsheet.reading import read_table
from bulksms.store import Store

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RATE = Rate(15, timedelta(seconds=60))
LEASE = timedelta(seconds=60)


def _queued(row_number: int) -> JudgedRow:
    return JudgedRow(
        row_number,
        (f"Ann {row_number}",),
        State.QUEUED,
        to_number=f"+1202555{row_number:04}",
        sender="+12025550000",
        body="Hi",
        segments=1,
    )


@pytest.fixture
def draft(store: Store) -> Campaign:
    """Six rows: five to text, and one without a number."""
    rows = [_queued(number) for number in range(2, 7)]
    rows.append(JudgedRow(9, ("",), State.SKIPPED, Reason.MISSING_NUMBER, "The cell is empty."))
    new = NewCampaign("june", ("Name",), "june.csv", "f1", "w1", "Hi")
    return store.campaigns.load(new, rows, account_name="default", rate=RATE, now=NOW)


def _acquire(store: Store) -> Lease:
    return store.accounts.acquire("default", worker="ann:1", rate=RATE, length=LEASE, now=NOW)


def _started(store: Store, campaign: Campaign) -> Lease:
    """Two answers are in, one is in the air, two rows wait."""
    lease = _acquire(store)
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    for outcome in (Accepted("sms-2", 200), Rejected(Reason.BLACKLISTED, "Blacklisted.", 400)):
        store.messages.record(_claim(store, lease, campaign), outcome, worker="ann:1", now=NOW)
    _claim(store, lease, campaign)
    return lease


def _claim(store: Store, lease: Lease, campaign: Campaign) -> ClaimedMessage:
    claimed = store.messages.claim(lease, campaign.id, NOW)
    assert isinstance(claimed, ClaimedMessage)
    return claimed


def _status(store: Store, *, after: timedelta = timedelta(0)) -> CampaignStatus:
    campaign = store.campaigns.named("june")
    assert campaign is not None
    return status(store, campaign, now=NOW + after)


def test_the_json_is_the_contracts(store: Store, draft: Campaign) -> None:
    _started(store, draft)
    assert json.loads(json.dumps(_status(store).as_json())) == {
        "id": draft.id,
        "campaign": "june",
        "state": "running",
        "paused_reason": None,
        "rows": 6,
        "counts": {
            "queued": 2,
            "sending": 1,
            "accepted": 1,
            "failed": 1,
            "unknown": 0,
            "skipped": 1,
        },
        "delivery": {},
        "rate": "15/60",
        "eta_seconds": 8,
        "created_at": "2026-01-05T09:00:00Z",
        "started_at": "2026-01-05T09:00:00Z",
        "finished_at": None,
        "hours": None,
        "start_at": None,
        "waits": [],
    }


def test_rows_are_the_sum_of_the_counts(store: Store, draft: Campaign) -> None:
    _started(store, draft)
    shown = _status(store)
    assert sum(shown.counts.values()) == shown.rows


def test_a_draft_says_how_long_it_would_take(store: Store, draft: Campaign) -> None:
    shown = _status(store)
    assert (shown.state, shown.started_at) == (CampaignState.DRAFT, None)
    assert shown.rows == draft.rows
    assert shown.eta_seconds == 5 * 4


def test_nothing_is_left_of_a_cancelled_campaign(store: Store, draft: Campaign) -> None:
    store.campaigns.cancel(draft.id, now=NOW, actor="operator")
    shown = _status(store)
    assert shown.eta_seconds == 0
    assert shown.as_json()["finished_at"] == "2026-01-05T09:00:00Z"


def test_a_running_campaign_that_nobody_sends_was_interrupted(
    store: Store, draft: Campaign
) -> None:
    """After a `kill -9` nobody wrote that down; the lease that lapses is what tells."""
    _started(store, draft)
    assert _status(store, after=LEASE - timedelta(seconds=1)).state is CampaignState.RUNNING
    shown = _status(store, after=LEASE)
    assert (shown.state, shown.paused_reason) == (CampaignState.PAUSED, PausedReason.INTERRUPTED)


def test_a_lease_that_a_wrong_clock_wrote_is_nobodys(store: Store, draft: Campaign) -> None:
    """Whoever comes next takes such an account, so its campaign does not count as running."""
    _started(store, draft)
    assert _status(store, after=-timedelta(days=2)).paused_reason is PausedReason.INTERRUPTED


def test_a_running_campaign_whose_account_was_given_back_was_interrupted(
    store: Store, draft: Campaign
) -> None:
    store.accounts.release(_started(store, draft))
    assert _status(store).paused_reason is PausedReason.INTERRUPTED


def test_a_pause_keeps_its_reason_whoever_holds_the_account(store: Store, draft: Campaign) -> None:
    lease = _started(store, draft)
    store.campaigns.pause(draft.id, PausedReason.NO_CREDITS, "No credits.", now=NOW, actor="ann:1")
    held = _status(store)
    store.accounts.release(lease)
    given_back = _status(store)
    assert held == given_back
    assert (held.paused_reason, held.paused_detail) == (PausedReason.NO_CREDITS, "No credits.")


def test_rows_in_equal_lines_out(store: Store, draft: Campaign, tmp_path: Path) -> None:
    _started(store, draft)
    assert write_report(store, draft, tmp_path / "report.json", now=NOW) == draft.rows
    lines = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [line["row"] for line in lines] == [2, 3, 4, 5, 6, 9]
    assert [line["state"] for line in lines] == [
        "accepted",
        "failed",
        "sending",
        "queued",
        "queued",
        "skipped",
    ]


def test_the_failed_rows_are_a_file_to_send_again(
    store: Store, draft: Campaign, tmp_path: Path
) -> None:
    _started(store, draft)
    path = tmp_path / "failed.csv"
    assert write_report(store, draft, path, now=NOW, states=[State.FAILED]) == 1
    again = read_table(path)
    assert again.columns == draft.columns
    assert [cells for _, cells in again.rows()] == [("Ann 3",)]


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_whoever_might_not_read_the_old_report_may_not_read_the_new_one(
    store: Store, draft: Campaign, tmp_path: Path
) -> None:
    old = tmp_path / "report.csv"
    old.touch(0o600)
    write_report(store, draft, old, now=NOW)
    assert stat.S_IMODE(old.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="who may make a link differs elsewhere")
def test_a_report_over_a_link_goes_where_the_link_leads(
    store: Store, draft: Campaign, tmp_path: Path
) -> None:
    shared, link = tmp_path / "shared", tmp_path / "report.csv"
    shared.mkdir()
    link.symlink_to(shared / "june.csv")
    write_report(store, draft, link, now=NOW)
    assert link.is_symlink()
    assert [path.name for path in shared.iterdir()] == ["june.csv"]
    assert read_table(shared / "june.csv").columns[: len(draft.columns)] == draft.columns


def test_a_report_of_no_known_kind_is_refused(
    store: Store, draft: Campaign, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"report\.doc"):
        write_report(store, draft, tmp_path / "report.doc", now=NOW)
