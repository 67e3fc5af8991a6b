"""A report opens rightly in somebody else's program, and is whole or not there at all."""

import csv
import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from bulksms.model.errors import InputError
from bulksms.model.records import ReportRow
from bulksms.model.states import Reason, State
from bulksms.spreadsheet.report_form import REPORT_COLUMNS, report_header, with_guard
from bulksms.spreadsheet.writing import write_report

ENDINGS = (".csv", ".xlsx", ".html", ".json")
COLUMNS = ("Name", "Mobile", "Lead ID")

ACCEPTED = ReportRow(
    row_number=2,
    original=("Zoë 😀", "(212) 555-0104", "0042"),
    to_number="+12125550104",
    state=State.ACCEPTED,
    reason=None,
    detail=None,
    sms_id="00123456789012345678",
    delivery="delivered",
    attempts=2,
    accepted_at=datetime(2026, 6, 1, 9, 30, 15, 999_999, tzinfo=UTC),
    segments=1,
    message="Hi Zoë,\nsee you",
)
SKIPPED = ReportRow(
    row_number=3,
    original=("=1+1", "", "1e3"),
    to_number=None,
    state=State.SKIPPED,
    reason=Reason.MISSING_NUMBER,
    detail="The phone cell is empty.",
    sms_id=None,
    delivery=None,
    attempts=0,
    accepted_at=None,
    segments=0,
    message=None,
)


def csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_header_is_the_row_then_the_file_then_ours() -> None:
    assert report_header(COLUMNS) == ("row", *COLUMNS, *REPORT_COLUMNS)


@pytest.mark.parametrize(
    ("name", "renamed"),
    [
        ("State", "State (file)"),
        ("row", "row (file)"),
        ("MESSAGE", "MESSAGE (file)"),
        ("state (file)", "state (file) (file)"),
        ("Notes (file)", "Notes (file)"),
        ("statement", "statement"),
    ],
)
def test_a_column_of_the_file_never_has_a_name_of_ours(name: str, renamed: str) -> None:
    assert report_header((name,))[1] == renamed


def test_csv_is_read_by_everybody(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    assert write_report(path, COLUMNS, [ACCEPTED, SKIPPED]) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbfrow,Name,Mobile,Lead ID,to_number,")
    assert path.read_bytes().count(b"\r\n") == 3
    accepted, skipped = csv_rows(path)[1:]
    assert accepted[:7] == ["2", "Zoë 😀", "(212) 555-0104", "0042", "+12125550104", "accepted", ""]
    assert accepted[8:] == [
        *("00123456789012345678", "delivered", "2"),
        *("2026-06-01T09:30:15Z", "1", "Hi Zoë,\nsee you"),
    ]
    assert skipped[1:7] == ["'=1+1", "", "1e3", "", "skipped", "missing_number"]
    assert pd.read_csv(path, dtype=str)["Name"].tolist() == ["Zoë 😀", "'=1+1"]


def test_xlsx_holds_ids_as_text_and_counts_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    assert write_report(path, COLUMNS, [ACCEPTED, SKIPPED]) == 2
    sheet = openpyxl.load_workbook(path).active
    header, accepted, skipped = sheet.iter_rows(values_only=True)
    assert header == report_header(COLUMNS)
    assert accepted == (
        *(2, "Zoë 😀", "(212) 555-0104", "0042", "+12125550104", "accepted", None, None),
        *("00123456789012345678", "delivered", 2, "2026-06-01T09:30:15Z", 1, "Hi Zoë,\nsee you"),
    )
    assert skipped[:4] == (3, "=1+1", None, "1e3")
    assert sheet["B3"].data_type == "s"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:N3")


def test_json_is_a_list_of_objects_with_null_where_we_have_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    assert write_report(path, ("Name", "State"), [ACCEPTED_SHORT]) == 1
    [record] = json.loads(path.read_text(encoding="utf-8"))
    assert list(record) == list(report_header(("Name", "State")))
    assert (record["row"], record["State (file)"], record["state"]) == (2, "", "accepted")
    assert record["reason"] is None


ACCEPTED_SHORT = ReportRow(
    row_number=2,
    original=("Ann", ""),
    to_number="+12125550104",
    state=State.ACCEPTED,
    reason=None,
    detail=None,
    sms_id="1",
    delivery=None,
    attempts=1,
    accepted_at=None,
    segments=1,
    message="Hi",
)


@pytest.mark.parametrize(
    "text",
    ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\N{FULLWIDTH EQUALS SIGN}1", "'=1", "-5"],
)
def test_no_text_of_the_file_runs_as_a_formula_in_csv(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.csv"
    row = ReportRow(
        row_number=2,
        original=(text,),
        to_number="+12125550104",
        state=State.FAILED,
        reason=Reason.REJECTED,
        detail=text,
        sms_id=None,
        delivery=None,
        attempts=1,
        accepted_at=None,
        segments=1,
        message=text,
    )
    write_report(path, (text,), [row])
    header, cells = csv_rows(path)
    assert header[1] == cells[1] == cells[5] == cells[11] == with_guard(text) == f"'{text}"
    assert cells[2] == "+12125550104"


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_rows_make_a_whole_report(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"report{ending}"
    assert write_report(path, COLUMNS, []) == 0
    if ending == ".json":
        assert json.loads(path.read_text()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_report_that_fails_half_way_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, ending: str
) -> None:
    def failing() -> Iterator[ReportRow]:
        yield ACCEPTED
        raise RuntimeError("the database went away")

    path = tmp_path / f"report{ending}"
    path.write_text("the old report")
    with pytest.raises(RuntimeError, match="went away"):
        write_report(path, COLUMNS, failing())
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "the old report"


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_older_report_is_replaced(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"report{ending}"
    path.write_text("the old report")
    write_report(path, COLUMNS, [ACCEPTED])
    assert list(tmp_path.iterdir()) == [path]
    assert b"the old report" not in path.read_bytes()


def test_another_ending_is_an_error_that_lists_ours(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'report\.doc': its name must end in \.csv, \.xlsx"):
        write_report(tmp_path / "report.doc", COLUMNS, [])


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        write_report(tmp_path / "june" / "report.csv", COLUMNS, [])


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"report{ending}"
    path.mkdir()
    with pytest.raises(InputError, match=r"cannot be written \(Is a directory\)"):
        write_report(path, COLUMNS, [ACCEPTED])
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_cannot_be_written_to_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To take away what could not be begun fails there too, and was called a fault of ours."""

    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "open", read_only)
    monkeypatch.setattr(Path, "unlink", read_only)
    with pytest.raises(InputError, match=r"cannot be written \(Read-only file system\)"):
        write_report(tmp_path / "report.csv", ["Name"], iter([]))


def test_what_xlsx_cannot_hold_is_an_error_and_never_dropped(tmp_path: Path) -> None:
    """The library leaves such a cell out and says so in a return code only."""
    with pytest.raises(InputError, match=r"Line 1 .* 32,767 characters a cell; write it as \.csv"):
        write_report(tmp_path / "report.xlsx", ("x" * 32_768,), [])
    assert list(tmp_path.iterdir()) == []


def test_writing_does_not_pay_for_pandas() -> None:
    code = (
        "import sys; import bulksms.spreadsheet.writing as writing; "
        "sys.exit(bool({'pandas', 'numpy', 'python_calamine'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
