import resource

import pytest

from bulksms.keeping import KeptRows
from bulksms.model.chunks import JudgedRows
from bulksms.model.errors import StoreError
from bulksms.model.records import JudgedRow
from bulksms.model.repairs import Mended, Repair
from bulksms.model.states import Reason, State

DAMAGED = JudgedRow(2, ("Ann", "1E+9"), State.SKIPPED, Reason.DAMAGED_NUMBER, "Lost.", column=1)
MENDED = JudgedRow(
    3,
    ("Bob\n", "\ud800"),
    State.QUEUED,
    to_number="+12025550104",
    repairs=(Mended(Repair.DECIMAL, "12025550104.0", "+12025550104"),),
)


def kept(rows: int) -> KeptRows:
    made = KeptRows()
    for first in range(0, rows, 700):
        numbers = range(first, min(rows, first + 700))
        damaged = [DAMAGED._replace(row_number=at, detail=f"{at:0200}") for at in numbers]
        made.add(JudgedRows.of(damaged))
    return made


def test_rows_come_back_as_they_were_put_in() -> None:
    made = KeptRows()
    made.add(JudgedRows.of([DAMAGED, MENDED]))
    [damaged, mended] = made
    assert (damaged, mended) == (DAMAGED, MENDED)
    assert damaged.reason is Reason.DAMAGED_NUMBER
    assert mended.repairs[0].repair is Repair.DECIMAL


@pytest.mark.parametrize("rows", [0, 1, 1_000, 2_001])
def test_they_can_be_read_as_often_as_wanted_and_in_between(rows: int) -> None:
    made = kept(rows)
    once, again = iter(made), iter(made)
    pairs = list(zip(once, again, strict=True))
    assert [first.row_number for first, _ in pairs] == list(range(rows))
    made.add(JudgedRows.of([MENDED]))
    assert [*made][-1] == MENDED


def test_a_full_folder_for_temporary_files_is_told() -> None:
    """The limit is the system's own, on how large a file may grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * 1024, hard))
    try:
        with pytest.raises(StoreError, match="folder for temporary files: File too large"):
            kept(100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
