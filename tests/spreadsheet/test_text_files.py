"""Files of separated fields come in as a person sees them, however they were saved."""

import codecs
import csv
import io
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.errors import InputError
from bulksms.model.phone import Country, Phone, read_phone
from bulksms.model.repairs import Repair
from bulksms.spreadsheet.delimited import SEPARATORS, read_text
from bulksms.spreadsheet.grid import ROWS_AT_ONCE
from bulksms.spreadsheet.reading import Table, read_table


def table(folder: Path, content: str | bytes, name: str = "contacts.csv") -> Table:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


def cells(of: Table) -> list[tuple[str, ...]]:
    return [row for _, row in of.rows()]


@pytest.mark.parametrize(
    "text", ["0042", "NA", "null", "None", "TRUE", "1e3", "1042.0", "nan", " x ", "-", "2026-06-01"]
)
def test_every_cell_stays_the_text_it_is(tmp_path: Path, text: str) -> None:
    assert cells(table(tmp_path, f"Phone,Lead\n+12125550104,{text}\n")) == [("+12125550104", text)]


def test_rows_can_be_read_again(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Phone\n1\n2\n")
    assert list(contacts.rows()) == list(contacts.rows()) == [(2, ("1",)), (3, ("2",))]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_the_separator_is_found_and_said(tmp_path: Path, separator: str) -> None:
    lines = [
        ["Name", "Phone", "Amount"],
        ["Lee, Ann", "1", "2,50"],
        ["a;b|c", "2", "3,75"],
        ["d;e|f", "3", "4,00"],
    ]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(lines)
    contacts = table(tmp_path, buffer.getvalue())
    assert [list(contacts.columns), *map(list, cells(contacts))] == lines
    said = f"fields are separated by {SEPARATORS[separator]}"
    assert contacts.notes == (() if separator == "," else (said,))


def test_a_declared_separator_is_obeyed(tmp_path: Path) -> None:
    """Excel writes and obeys such a first line where the comma is the decimal mark."""
    contacts = table(tmp_path, "sep=;\r\nName,first;Phone\r\nAnn,B;1\r\n")
    assert contacts.columns == ("Name,first", "Phone")
    assert contacts.header_row == 2


def test_one_column_needs_no_separator(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Phone\n+12125550104\n+12125550105; +12125550106\n+12125550107\n")
    assert contacts.columns == ("Phone",)
    assert cells(contacts)[1] == ("+12125550105; +12125550106",)


@pytest.mark.parametrize(
    ("encoding", "bom", "note"),
    [
        ("utf-8", b"", ()),
        ("utf-8", codecs.BOM_UTF8, ()),
        ("cp1252", b"", ("read as Windows-1252",)),
        ("utf-16-le", codecs.BOM_UTF16_LE, ("read as UTF-16",)),
        ("utf-16-be", codecs.BOM_UTF16_BE, ("read as UTF-16",)),
        ("utf-32-le", codecs.BOM_UTF32_LE, ("read as UTF-32",)),
        ("utf-16-le", b"", ("read as UTF-16",)),
        ("utf-16-be", b"", ("read as UTF-16",)),
    ],
)
def test_the_encoding_is_found_and_said(
    tmp_path: Path, encoding: str, bom: bytes, note: tuple[str, ...]
) -> None:
    contacts = table(tmp_path, bom + "Näme,Phone\nZoë “Z” Müller,1\n".encode(encoding))
    assert contacts.columns == ("Näme", "Phone")
    assert cells(contacts) == [("Zoë “Z” Müller", "1")]
    assert contacts.notes == note


def test_a_byte_that_is_not_utf8_late_in_the_file_is_seen_at_once(tmp_path: Path) -> None:
    content = b"Name,Phone\n" + b"Ann,1\n" * 300_000 + "Zoë,2\n".encode("cp1252")
    contacts = table(tmp_path, content)
    assert contacts.notes == ("read as Windows-1252",)
    assert contacts.row_count == 300_001


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_row_numbers_count_records_not_lines(tmp_path: Path, line_end: str) -> None:
    lines = ["Name,Note", '"Ann","two', 'lines"', "", ",", "Bob,x", ""]
    contacts = table(tmp_path, line_end.join(lines))
    assert list(contacts.rows()) == [(2, ("Ann", f"two{line_end}lines")), (5, ("Bob", "x"))]
    assert contacts.blank_rows == 2


def test_ragged_rows_lose_nothing(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Name,Phone\nAnn\nBob,1,,x\nCid,2\n")
    assert contacts.columns == ("Name", "Phone", "column D")
    assert contacts.notes == ("1 blank column was left out",)
    assert cells(contacts) == [("Ann", "", ""), ("Bob", "1", "x"), ("Cid", "2", "")]


def test_rows_one_field_longer_than_the_header_do_not_shift(tmp_path: Path) -> None:
    """Left to itself, pandas takes the first column of such a file for an index."""
    contacts = table(tmp_path, "Name,Phone\nAnn,1,x\nBob,2,y\n")
    assert contacts.columns == ("Name", "Phone", "column C")
    assert cells(contacts) == [("Ann", "1", "x"), ("Bob", "2", "y")]


def test_a_wide_row_far_below_loses_nothing(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Name,Phone\n" + "Ann,1\n" * 20_000 + "Bob,2,3,4,5\n")
    assert contacts.columns[2:] == ("column C", "column D", "column E")
    assert list(contacts.rows())[-1] == (20_002, ("Bob", "2", "3", "4", "5"))


@pytest.mark.parametrize("before", [0, 5, 20_000])
def test_an_unclosed_quote_is_an_error_that_names_the_row(tmp_path: Path, before: int) -> None:
    content = "Name,Phone\n" + "Ann,1\n" * before + '"Bob,2\n' + "Cid,3\n" * 10
    with pytest.raises(InputError, match=rf"contacts\.csv, row {before + 2}: a quotation mark"):
        table(tmp_path, content)


def test_an_unclosed_quote_that_swallows_a_long_file_is_named_too(tmp_path: Path) -> None:
    content = 'Name,Phone\nAnn,1\n"Bob,2\n' + "Cid,3\n" * 30_000
    with pytest.raises(InputError, match=r"contacts\.csv, row 3: a quotation mark"):
        table(tmp_path, content)


def test_a_quote_alone_on_the_last_line_is_named_too(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"contacts\.csv, row 3: a quotation mark"):
        table(tmp_path, 'Name,Phone\nAnn,1\n"')


def test_a_file_that_is_taken_away_before_its_rows_are_read_is_an_error(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Name,Phone\nAnn,1\n")
    (tmp_path / "contacts.csv").unlink()
    with pytest.raises(InputError, match="was changed or taken away while it was read"):
        list(contacts.rows())


def test_a_file_that_is_saved_half_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Name,Phone\nAnn,1\n")
    (tmp_path / "contacts.csv").write_text('Name,Phone\n"Ann,1')
    with pytest.raises(InputError, match="cannot be split into rows; save it again"):
        list(contacts.rows())


def test_text_in_no_known_encoding_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither UTF-8 nor Windows-1252"):
        table(tmp_path, b"Name,Phone\nAnn\x81,1\n")


def test_hebrew_as_a_windows_program_saves_it_is_read_and_said(tmp_path: Path) -> None:
    """Decoded as Windows-1252 it would be accented letters, which are text too."""
    contacts = table(tmp_path, "שם,Phone\nדנה כהן,0541234567\n".encode("cp1255"))
    assert contacts.columns == ("שם", "Phone")
    assert cells(contacts) == [("דנה כהן", "0541234567")]
    assert contacts.notes == ("read as Windows-1255 (Hebrew)",)


@pytest.mark.parametrize("name", ["Zoë", "Müller", "Señor Ibáñez", "Crème brûlée", "Noëlle"])
def test_western_letters_are_never_taken_for_hebrew(tmp_path: Path, name: str) -> None:
    contacts = table(tmp_path, f"Name,Phone\n{name},1\n".encode("cp1252"))
    assert cells(contacts) == [(name, "1")]


def test_latin_1_is_read_right(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Näme,Phone\nÀ¡Ñß÷ÿ\xa0,1\n".encode("latin-1"))
    assert cells(contacts) == [("À¡Ñß÷ÿ\xa0", "1")]


def test_a_nul_in_a_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not text that can be read"):
        table(tmp_path, b"Name,Phone\n" + b"Ann,1\n" * 20_000 + b"B\0b,2\n")


def test_what_pandas_saved_keeps_its_decimals_for_the_phone_to_judge(tmp_path: Path) -> None:
    """A column of numbers with a gap is saved as floats; phonenumbers reads one digit more."""
    frame = pd.DataFrame({"Name": ["NA", "Bob"], "Phone": [3152350000, None]})
    contacts = table(tmp_path, frame.to_csv(index=False))
    assert cells(contacts) == [("NA", "3152350000.0"), ("Bob", "")]
    assert read_phone("3152350000.0", Country.US) == Phone("+13152350000", (Repair.DECIMAL,))


def test_numeric_and_repeated_headers_are_names(tmp_path: Path) -> None:
    contacts = table(tmp_path, "2024,2024,2025.0,Phone\n1,2,3,4\n")
    assert contacts.columns == ("2024", "2024 (2)", "2025.0", "Phone")


def test_rows_come_in_chunks_that_stay_small(tmp_path: Path) -> None:
    contacts = table(tmp_path, "Name,Phone\n" + "Ann,1\n" * 5_000)
    chunks = list(contacts.chunks())
    assert [row for chunk in chunks for row in chunk] == list(contacts.rows())
    assert len(chunks) > 1
    assert all(0 < len(chunk) <= ROWS_AT_ONCE for chunk in chunks)


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
CELL = st.text(st.sampled_from(',;|\t"\r\n \u200b=0a') | LETTERS, max_size=8)


@given(rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=20), separator=st.sampled_from(",;\t|"))
def test_whatever_is_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], separator: str
) -> None:
    """A first line says the separator: that it is found out is another claim."""
    path = tmp_path_factory.mktemp("written") / "contacts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"sep={separator}\r\n")
        csv.writer(file, delimiter=separator).writerows([("Name", "Phone", "x"), *rows, ("z",) * 3])
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert cells(read_table(path)) == [*filled, ("z",) * 3]


PIECES = (
    "a",
    "é",
    " ",
    ",",
    ",",
    '"',
    '"',
    '""',
    "\r",
    "\n",
    "\n",
    "\r\n",
    "\x0b",
    "\x85",
    "\u2028",
)


@given(
    before=st.sampled_from([1, 498, 499, 500]),
    pieces=st.lists(st.sampled_from(PIECES), max_size=40),
)
def test_quotes_are_read_as_csv_reads_them_or_refused_where_one_stays_open(
    tmp_path_factory: pytest.TempPathFactory, before: int, pieces: list[str]
) -> None:
    """A file is looked through some lines at a time, and those with a quote in another way."""
    path = tmp_path_factory.mktemp("quotes") / "contacts.csv"
    path.write_bytes(("x,y\n" * before + "".join(pieces)).encode())
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.reader(chain(file, [",end"])))
    if records.pop() == ["", "end"]:
        width = max(map(len, records))
        padded = [(*record, *[""] * (width - len(record))) for record in records]
        assert list(read_text(path).rows()) == list(enumerate(padded, start=1))
    else:
        with pytest.raises(InputError, match=rf", row {len(records) + 1}: a quotation mark"):
            read_text(path)
