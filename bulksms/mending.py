"""The rows of a plan that a person can mend: how many they are, and a file of them."""

from itertools import chain
from pathlib import Path

from bulksms.loading import Job
from bulksms.model.opt_out_columns import OUR_OPT_OUTS
from bulksms.model.opted_out import rows_opted_out
from bulksms.model.plan import Plan
from bulksms.model.states import Reason
from bulksms.spreadsheet import problems
from bulksms.spreadsheet.problems import RowToMend
from bulksms.spreadsheet.replacing import require_rows_to_mend

_LEFT_ALONE = {Reason.TEXTED_RECENTLY, Reason.SAME_TEXT, Reason.OUTSIDE_HOURS}
_NOTHING_TO_MEND = frozenset({Reason.DUPLICATE, Reason.OPTED_OUT, *_LEFT_ALONE})


def to_mend(plan: Plan) -> int:
    """How many rows a person can mend."""
    mendable = set(plan.skipped) - _NOTHING_TO_MEND
    return sum(plan.skipped[reason].rows for reason in mendable)


def write_problems(job: Job, plan: Plan, path: Path) -> int:
    """Write the rows that a person can mend, each with its reason, and return how many beside them.

    Those are the ones that opted out: without them, nobody would know any more whose numbers the
    mended rows must not text. A column of ours says so: among these few rows, another whose name
    may mean something else may not be known for what it is.

    Raises:
        InputError: the file cannot be written there, or another one than such rows is.
    """
    require_rows_to_mend(path)
    columns, beside = job.table.columns, job.columns.phone
    adds = bool(job.columns.heeded) and OUR_OPT_OUTS not in columns
    no, yes = (("",), ("yes",)) if adds else ((), ())
    rows = (
        RowToMend((*row.original, *no), f"Row {row.row_number}: {row.detail}", row.column)
        for row in plan.kept
        if row.reason is not None and row.reason not in _NOTHING_TO_MEND
    )
    guards = (
        RowToMend((*row.cells, *yes), f"Row {row.row_number}: {row.said} {_STAYS}", None)
        for row in rows_opted_out(job.shown.whole.chunks(), job.columns.heeded)
    )
    named = (*columns, OUR_OPT_OUTS) if adds else columns
    written = problems.write_problems(path, named, beside, chain(rows, guards))
    return written - to_mend(plan)


_STAYS = "Leave this row as it is: nobody texts its number, in no other row either."
