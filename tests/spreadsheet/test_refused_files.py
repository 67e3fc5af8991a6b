"""What cannot be read is refused in one sentence that names the file and what is wrong."""

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from bulksms.model.errors import InputError
from bulksms.spreadsheet.reading import MAX_BYTES, read_table

LOCKED = Path(__file__).parent / "files" / "locked.xlsx"

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024)
TWICE = (
    "has its row 2 twice, and one of the two would be lost; open it in a spreadsheet program,"
    " look whether everybody is there, and save it."
)


def holding(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def folder(path: Path) -> None:
    path.mkdir()


def too_large(path: Path) -> None:
    """A hole as long as the limit and a byte: it takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)


def empty_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("June")


def is_open(path: Path) -> bool:
    """Whether this process holds the file, as far as the system tells."""
    return any(os.path.realpath(each) == str(path) for each in Path("/proc/self/fd").glob("*"))


def half_a_workbook(path: Path) -> None:
    empty_workbook(path)
    path.write_bytes(path.read_bytes()[:-200])


def broken_sheet(path: Path) -> None:
    whole = path.with_name("whole.xlsx")
    empty_workbook(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[:80] if "sheet1" in name else content)


def with_sheet(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Three people, in a workbook whose sheet was changed behind the back of any program."""
    whole = path.with_name("whole.xlsx")
    with xlsxwriter.Workbook(whole) as book:
        book.add_worksheet("June").write_column("A1", ["Phone", "2025550101", "2025550102"])
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if "sheet1" in name else content)


def row_twice(path: Path) -> None:
    """Of the two, calamine gives the last."""
    with_sheet(path, lambda content: content.replace(b'"3"', b'"2"').replace(b'"A3"', b'"A2"'))


def row_twice_in_a_sheet_with_marks(path: Path) -> None:
    with_sheet(
        path,
        lambda content: content.replace(b'r="3"', b'hidden="1" r="2"').replace(b'"A3"', b'"A2"'),
    )


def other_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no spreadsheet")


def header_only_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("June").write_row(2, 0, ["Name", "Phone"])


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda _: None, "is not there."),
        (folder, "is a folder, not a file."),
        (too_large, "is larger than 256 MiB; split it into several files."),
        (holding(b""), "is empty."),
        (holding(b" \n\n,,\n"), "is empty."),
        (holding(b"\xef\xbb\xbf"), "is empty."),
        (holding(b"Name,Phone\n\n,\n"), "has no rows under its header in row 1."),
        (holding(PNG), "is not a spreadsheet: it is a picture."),
        (holding(b"%PDF-1.7 ..."), "is not a spreadsheet: it is a PDF."),
        (holding(b"\n<html><table>"), "is not a spreadsheet: it is a web page or XML."),
        (holding(b"MZ\x90\0\3\0"), "is not a spreadsheet: it is not text that can be read."),
        (holding(OLE), "cannot be opened: it is damaged, or it is not a spreadsheet."),
        (holding(LOCKED.read_bytes()), "is protected by a password; save a copy without one."),
        (half_a_workbook, "is damaged: a part of the file is missing."),
        (
            broken_sheet,
            "cannot be opened: it is damaged, or it is not a spreadsheet.",
        ),
        (row_twice, TWICE),
        (row_twice_in_a_sheet_with_marks, TWICE),
        (other_archive, "cannot be opened: it is damaged, or it is not a spreadsheet."),
        (empty_workbook, "is empty: no visible sheet has data."),
        (header_only_workbook, "sheet 'June', has no rows under its header in row 3."),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(
    tmp_path: Path, make: Callable[[Path], object], sentence: str
) -> None:
    path = tmp_path / "contacts.xlsx"
    make(path)
    with pytest.raises(InputError) as refusal:
        read_table(path)
    said = refusal.value.sentence
    assert said.startswith(str(path))
    assert said.removeprefix(str(path)).lstrip(", ") == sentence
    assert refusal.value.exit_code == 3
    assert not is_open(path)  # though the error is still at hand, with all that it was about


def test_rows_that_stand_in_another_order_are_all_read(tmp_path: Path) -> None:
    path = tmp_path / "contacts.xlsx"
    ends = rb'(<row r="2".*?</row>)(<row r="3".*?</row>)'
    with_sheet(path, lambda content: re.sub(ends, rb"\2\1", content))
    assert list(read_table(path).rows()) == [(2, ("2025550101",)), (3, ("2025550102",))]
