"""By column or row by row: the same rows, the same names, the same text in the database."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.chunks import FileRows, JudgedRows, cells_to_text, texts_of
from bulksms.model.fingerprint import Fingerprint
from bulksms.model.records import JudgedRow
from bulksms.model.repairs import Mended, Repair
from bulksms.model.states import Reason, State

rows_of_cells = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[st.text(max_size=6)] * width), min_size=1, max_size=6)
)


@given(rows_of_cells, st.integers(1, 6))
def test_a_fingerprint_is_of_rows_as_json_arrays_however_they_are_cut(
    rows: list[tuple[str, ...]], at_once: int
) -> None:
    """Files that were sent are known by it for years."""
    header, plain = tuple("abcd"[: len(rows[0])]), hashlib.sha256()
    for row in (header, *rows):
        plain.update(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    made = Fingerprint(header)
    for first in range(0, len(rows), at_once):
        made.add(FileRows.of(enumerate(rows[first : first + at_once], start=2 + first)).encoded)
    assert made.text == plain.hexdigest()


@given(rows_of_cells)
def test_cells_are_kept_as_json_arrays(rows: list[tuple[str, ...]]) -> None:
    texts = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    assert texts_of(FileRows.of(enumerate(rows)).encoded) == texts
    assert [cells_to_text(row) for row in rows] == texts


def test_judged_rows_are_what_they_were_before_they_were_put_into_columns() -> None:
    rows = [
        JudgedRow(2, ("Ann", "1E+9"), State.SKIPPED, Reason.DAMAGED_NUMBER, "Lost.", column=1),
        JudgedRow(
            3,
            ("Bob\n", "12025550104.0"),
            State.QUEUED,
            None,
            None,
            "+12025550104",
            "42",
            "+12025550100",
            "Hi",
            "https://a.example/a.png",
            1,
            2,
            (Mended(Repair.DECIMAL, "12025550104.0", "+12025550104"),),
            None,
            "America/New_York",
        ),
    ]
    judged = JudgedRows.of(rows)
    assert (len(judged), [*judged]) == (2, rows)
    assert judged.cell(1, 0) == "Bob\n"
