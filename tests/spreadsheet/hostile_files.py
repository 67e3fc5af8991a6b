"""Makes files that attack a reader: small to keep, large or endless to read.

Each maker writes to a path; `MAKERS` names them. The tests read them in a process of its own,
under a limit of memory and time.
"""

import io
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from struct import pack

import xlsxwriter
import xlwt

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
_ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="June">'
)
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_ODS_TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"
_LAUGHS = (
    '<!DOCTYPE worksheet [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


def workbook(path: Path) -> None:
    """An honest workbook: a header and two rows."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("June")
        sheet.write_row(0, 0, ["Name", "Phone"])
        sheet.write_row(1, 0, ["Ann", "+12025550101"])
        sheet.write_row(2, 0, ["Bob", 12025550102])


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """An honest workbook with one part changed."""
    honest = io.BytesIO()
    workbook(honest)  # type: ignore[arg-type]  # xlsxwriter writes to a file object too
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(path, "w", 8) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == part else content)


def with_cells(path: Path, cells: str) -> None:
    """An honest workbook with more rows at its end."""
    tail = b"</sheetData>"
    changed(path, SHEET, lambda content: content.replace(tail, cells.encode() + tail))


def ods(path: Path, rows: str) -> None:
    """An .ods with these rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS_HEAD + rows + _ODS_TAIL)
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{_MANIFEST}"/>')


def zip_bomb(path: Path) -> None:
    """An eighth of a gigabyte of blanks in one part."""
    changed(path, STRINGS, lambda content: content + b" " * (1 << 27))


def lying_zip_bomb(path: Path) -> None:
    """The same, but the archive says that the part is small."""
    zip_bomb(path)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(STRINGS)
    true_size = info.file_size.to_bytes(4, "little")
    content = path.read_bytes()
    path.write_bytes(content.replace(true_size, (900).to_bytes(4, "little")))


def billion_laughs(path: Path) -> None:
    """Entities that stand for a billion words."""
    changed(
        path,
        SHEET,
        lambda content: content.replace(b"<worksheet", _LAUGHS.encode() + b"<worksheet").replace(
            b"<v>0</v>", b"<v>&a9;</v><f>1</f>"
        ),
    )


def billion_laughs_in_strings(path: Path) -> None:
    """The same among the texts."""
    laughs = _LAUGHS.replace("worksheet", "sst").encode()
    changed(
        path,
        STRINGS,
        lambda content: content.replace(b"<sst", laughs + b"<sst").replace(b"Ann", b"&a9;"),
    )


def billion_laughs_in_ods(path: Path) -> None:
    """The same in an .ods."""
    ods(path, "<table:table-row><table:table-cell/></table:table-row>")
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", _LAUGHS.replace("worksheet", "x") + content)


def far_corner(path: Path) -> None:
    """A cell in the last corner: a table of 17 billion cells between it and the header."""
    with_cells(path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def beyond_the_corner(path: Path) -> None:
    """A cell in a row that no sheet has."""
    with_cells(path, '<row r="4294967294"><c r="A4294967294"><v>1</v></c></row>')


def hidden_prefixes(path: Path) -> None:
    """The same corner, in elements with a prefix."""
    with_cells(path, '<y:row r="9"><y:c r="XFD1048576"><y:v>1</y:v></y:c></y:row>')


def last_row_wide(path: Path) -> None:
    """A row at the top with 702 columns, and one at the bottom of half a million rows."""
    with_cells(path, '<row r="9"><c r="ZZ9"><v>1</v></c><c r="A999999"><v>1</v></c></row>')


def repeated_ods(path: Path) -> None:
    """One cell that stands for a whole sheet."""
    ods(
        path,
        '<table:table-row table:number-rows-repeated="1048576">'
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell></table:table-row>",
    )


def repeated_errors_in_ods(path: Path) -> None:
    """One error that stands for a whole sheet."""
    ods(
        path,
        '<table:table-row table:number-rows-repeated="1048576">'
        '<table:table-cell table:number-columns-repeated="16384" table:formula="1">'
        "</table:table-cell></table:table-row>",
    )


def texts_claimed(path: Path) -> None:
    """Two texts that are said to be four billion; the fuzzer found it."""
    changed(
        path, STRINGS, lambda content: content.replace(b'uniqueCount="', b'uniqueCount="429496729')
    )


def rows_claimed(path: Path) -> None:
    """An .xls with a sheet that is said to begin at row two billion and to end before it."""
    book = xlwt.Workbook()
    book.add_sheet("June").write(0, 0, "Phone")
    book.save(str(path))
    content = path.read_bytes()
    at = content.index(pack("<HH", 0x0200, 14)) + 4
    path.write_bytes(content[:at] + pack("<I", 0x7FFFFFFF) + content[at + 4 :])


def deep_elements(path: Path) -> None:
    """Elements within elements, a hundred thousand deep, where a formula would stand."""
    deep = "<f>" * 100_000 + "1" + "</f>" * 100_000
    with_cells(path, f'<row r="9"><c r="A9">{deep}<v>1</v></c></row>')


def deep_formula(path: Path) -> None:
    """A formula of a hundred thousand brackets."""
    formula = "(" * 100_000 + "1" + ")" * 100_000
    with_cells(path, f'<row r="9"><c r="A9"><f>{formula}</f><v>1</v></c></row>')


def endless_text(path: Path) -> None:
    """A cell of 32 megabytes, compressed as little as an honest one."""
    noise = b"".join(os.urandom(2_000).hex().encode() for _ in range(1_000))
    filler = b"<is><t>" + noise * 8
    changed(path, SHEET, lambda content: content.replace(b"<v>0</v>", filler + b"</t></is>"))


def one_long_line(path: Path) -> None:
    """A line of 60 megabytes: mostly a hole, which takes no room on the disk."""
    with path.open("wb") as file:
        file.write(b"Name,Phone\n" + b"a" * 5_000_000)
        file.truncate(60_000_000)


def one_long_line_of_text(path: Path) -> None:
    """The same without a NUL in it."""
    with path.open("wb") as file:
        file.write(b"Name,Phone\n")
        for _ in range(30):
            file.write(b"a" * 2_000_000)


def one_long_line_of_utf16(path: Path) -> None:
    """The same in UTF-16, where half of each character looks like a line end."""
    with path.open("wb") as file:
        file.write("\ufeffName,Phone\n".encode("utf-16-le"))
        for _ in range(10):
            file.write("\u0a0a".encode("utf-16-le") * 1_000_000)


def too_many_columns(path: Path) -> None:
    """A CSV of 16,385 columns."""
    path.write_text("Phone" + "," * 16_384 + "x\n1\n")


def wide_and_long(path: Path) -> None:
    """A CSV of 16,384 columns in one row and a hundred thousand rows of one."""
    path.write_text("Phone,Name" + ",x" * 16_382 + "\n" + "1\n" * 100_000)


def damaged_deflate(path: Path) -> None:
    """A part that cannot be inflated."""
    workbook(path)
    content = bytearray(path.read_bytes())
    at = content.find(zlib.compress(b"")[:1], 400) or 400
    content[at : at + 40] = bytes(40)
    path.write_bytes(content)


def fifo(path: Path) -> None:
    """A pipe into which nobody writes."""
    os.mkfifo(path)


def device(path: Path) -> None:
    """A link to a device that never ends."""
    path.symlink_to("/dev/zero")


def dangling_link(path: Path) -> None:
    """A link to nothing."""
    path.symlink_to("gone.csv")


def link_to_a_folder(path: Path) -> None:
    """A link to where it stands."""
    path.symlink_to(path.parent)


MAKERS: dict[str, Callable[[Path], None]] = {
    maker.__name__: maker
    for maker in (
        *(zip_bomb, lying_zip_bomb, billion_laughs, billion_laughs_in_strings),
        *(billion_laughs_in_ods, far_corner, beyond_the_corner, hidden_prefixes, last_row_wide),
        *(
            repeated_ods,
            texts_claimed,
            rows_claimed,
            repeated_errors_in_ods,
            deep_elements,
            deep_formula,
            endless_text,
        ),
        *(one_long_line, one_long_line_of_text, one_long_line_of_utf16, too_many_columns),
        *(wide_and_long, damaged_deflate, fifo, device, dangling_link, link_to_a_folder),
    )
}
