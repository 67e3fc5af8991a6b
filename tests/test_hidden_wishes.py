"""What hidden rows say of people's wishes: they are not texted, but their word counts."""

from datetime import timedelta
from pathlib import Path

from bulksms.loading import Wishes, check, prepare
from bulksms.model.cautions import Caution
from bulksms.model.records import Rate
from bulksms.spreadsheet.reading import read_table
from tests.spreadsheet.hidden_rows import write_with_hidden_rows


def test_a_hidden_row_that_may_say_either_is_minded(tmp_path: Path) -> None:
    """Her number is in another row too, and nobody else would say that she may have opted out."""
    rows = (
        ("Mobile", "Name", "SMS Opt-In/Opt-Out"),
        ("202-555-0104", "Ann", "yes"),
        ("202-555-0104", "Ann S.", ""),
        ("202-555-0105", "Bob", "opted in"),
        ("202-555-0106", "Cid", "no"),
    )
    write_with_hidden_rows(tmp_path / "june.xlsx", rows, hidden=(1, 3))
    job = prepare(
        read_table(tmp_path / "june.xlsx"), Wishes(message="Hi {name}", sender="202-555-0100")
    )
    plan = check(job, {}, Rate(15, timedelta(seconds=60)))
    minded = plan.cautions[Caution.UNCLEAR_EITHER, 2]
    assert (sorted(minded.row_numbers), plan.queued) == ([2, 5], 2)
