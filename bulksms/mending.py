"""The rows of a plan that a person can mend: how many they are, and a file of them."""

from pathlib import Path

from bulksms.loading import Job
from bulksms.model.plan import Plan
from bulksms.model.states import Reason
from bulksms.spreadsheet import problems
from bulksms.spreadsheet.problems import RowToMend

_LEFT_ALONE = {Reason.TEXTED_RECENTLY, Reason.SAME_TEXT, Reason.OUTSIDE_HOURS}
_NOTHING_TO_MEND = frozenset({Reason.DUPLICATE, Reason.OPTED_OUT, *_LEFT_ALONE})


def to_mend(plan: Plan) -> int:
    """How many rows a person can mend."""
    mendable = set(plan.skipped) - _NOTHING_TO_MEND
    return sum(plan.skipped[reason].rows for reason in mendable)


def write_problems(job: Job, plan: Plan, path: Path) -> None:
    """Write the rows that a person can mend, each with its reason.

    Raises:
        InputError: the file cannot be written there.
    """
    rows = (
        RowToMend(row.original, f"Row {row.row_number}: {row.detail}", row.column)
        for row in plan.kept
        if row.reason is not None and row.reason not in _NOTHING_TO_MEND
    )
    problems.write_problems(path, job.table.columns, job.columns.phone, rows)
