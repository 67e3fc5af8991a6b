"""The audit of the sending hours: whatever the store allows is inside, one second later is not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bulksms.auditing import audit
from bulksms.model.hours import Hours
from bulksms.model.outcomes import Accepted
from bulksms.model.records import Campaign, NewCampaign
from bulksms.store import Store
from tests.store.stage import FAST, NOW, acquire, answer, claim, fresh, queued

EAST, SOMEWHERE = "America/New_York", "+1"


def texted(store: Store, place: str, hours: str, timezone: str = "recipient") -> Campaign:
    """Row 2, accepted on a Monday at 09:00 UTC: 04:00 in New York, 22:00 on Sunday in Samoa."""
    asked = Hours.parse(hours, None, timezone)
    new = NewCampaign("june", ("Name", "Phone"), "june.csv", "f1", "w1", "Hi", hours=asked)
    rows = [queued(2, place=place)]
    loaded = store.campaigns.load(new, rows, account_name="default", rate=FAST, now=NOW)
    store.campaigns.start(loaded.id, now=NOW, actor="test")
    claimed = claim(store, acquire(store), loaded, NOW)
    answer(store, claimed, Accepted("sms-1", 200), NOW)
    return fresh(store, loaded)


def shift(database: Path, began: str) -> None:
    with closing(sqlite3.connect(database)) as raw:
        assert raw.execute("UPDATE attempt SET started_at = ?", (began,)).rowcount == 1
        raw.commit()


@pytest.mark.parametrize(
    ("place", "hours", "timezone"),
    [
        (EAST, "04:00-05:00", "recipient"),
        (SOMEWHERE, "22:00-06:00", "recipient"),
        ("", "09:00-10:00", "Europe/London"),
    ],
)
def test_what_began_within_its_hours_is_sound(
    store: Store, place: str, hours: str, timezone: str
) -> None:
    assert audit(store, texted(store, place, hours, timezone)) == []


@pytest.mark.parametrize("began", ["2026-01-05 08:59:59.999999", "2026-01-05 10:00:00.000000"])
def test_a_text_outside_its_hours_is_found_and_its_row_named(
    store: Store, database: Path, began: str
) -> None:
    campaign = texted(store, EAST, "04:00-05:00")
    shift(database, began)
    (found,) = audit(store, campaign)
    assert found.row_number == 2
    assert found.sentence == (
        f"Row 2 was tried at {began[:19]} UTC,"
        " outside its hours (04:00-05:00, the recipient's time)."
    )


def test_without_hours_no_time_is_a_finding(store: Store, database: Path) -> None:
    campaign = texted(store, EAST, "00:00-24:00")
    shift(database, "2026-01-05 03:00:00.000000")
    assert audit(store, campaign) == []


def test_a_forgotten_row_cannot_be_found_untimely(store: Store, database: Path) -> None:
    campaign = texted(store, EAST, "04:00-05:00")
    shift(database, "2026-01-05 03:00:00.000000")
    store.history.forget("+12025550002", now=NOW, actor="test")
    assert audit(store, campaign) == []
