"""The sample files are what their script writes, and show what they say they show."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from bulksms.model.phone import BadPhone, Country, Phone, read_phone
from bulksms.model.states import Reason
from bulksms.spreadsheet.reading import Table, read_table

SAMPLES = Path(__file__).parents[2] / "sample_data"
NAMES = ("contacts.csv", "contacts.xlsx", "messy.csv", "messy.xlsx")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_samples", SAMPLES / "make_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def column(table: Table, name: str) -> list[str]:
    position = table.columns.index(name)
    return [cells[position] for _, cells in table.rows()]


def phones(table: Table) -> dict[str, Phone | BadPhone]:
    cells = zip(column(table, "What is wrong"), column(table, "Mobile"), strict=True)
    return {wrong: read_phone(mobile, Country.US) for wrong, mobile in cells}


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_what_the_script_writes(
    tmp_path: Path, script: ModuleType, name: str
) -> None:
    """Workbooks are compared by content: another xlsxwriter may write other bytes."""
    script.make_samples(tmp_path)
    once = (tmp_path / name).read_bytes()
    script.make_samples(tmp_path)
    assert (tmp_path / name).read_bytes() == once
    made, kept = read_table(tmp_path / name), read_table(SAMPLES / name)
    assert (made.columns, made.notes) == (kept.columns, kept.notes)
    assert list(made.rows()) == list(kept.rows())


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.xlsx"])
def test_every_contact_has_a_number_of_its_own(name: str) -> None:
    contacts = read_table(SAMPLES / name)
    read = [read_phone(cell, Country.US) for cell in column(contacts, "Mobile")]
    assert contacts.notes == ()
    assert len({phone.e164 for phone in read if isinstance(phone, Phone)}) == 24
    assert len(read) == 24


def test_the_messy_text_file_is_read_right() -> None:
    messy = read_table(SAMPLES / "messy.csv")
    assert messy.notes == (
        "read as Windows-1252",
        "fields are separated by ';'",
        "2 title lines above the header were left out",
    )
    assert (messy.header_row, messy.row_count, messy.blank_rows) == (4, 27, 3)


def test_the_messy_workbook_is_read_right() -> None:
    messy = read_table(SAMPLES / "messy.xlsx")
    assert messy.notes == (
        "sheet 'June' of 2; not read: 'Notes'",
        "2 title lines above the header were left out",
        "1 blank column was left out",
    )
    assert (messy.header_row, messy.row_count, messy.blank_rows) == (4, 30, 3)
    assert column(messy, "Lead ID")[-1] == "1.23456789012346e+17"


@pytest.mark.parametrize("name", ["messy.csv", "messy.xlsx"])
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("scientific, digits lost", Reason.DAMAGED_NUMBER),
        ("two numbers", Reason.INVALID_NUMBER),
        ("letters in the number", Reason.INVALID_NUMBER),
        ("the number is missing", Reason.MISSING_NUMBER),
        ("the area code is missing", Reason.INVALID_NUMBER),
        ("a country that is not served", Reason.UNSUPPORTED_COUNTRY),
        ("a number that nobody can have", Reason.INVALID_NUMBER),
    ],
)
def test_a_messy_number_is_never_guessed(name: str, wrong: str, reason: Reason) -> None:
    found = phones(read_table(SAMPLES / name))[wrong]
    assert isinstance(found, BadPhone)
    assert found.reason is reason


@pytest.mark.parametrize(
    ("wrong", "number"),
    [
        ("nothing", "+12125550140"),
        ("decimal from Excel", "+14155550142"),
        ("NBSP in the number", "+12125550144"),
        ("scientific, digits all there", "+14155550146"),
        ("an extension", "+12125550147"),
        ("a (0) after the country code", "+447400123456"),
        ("the first row in another format", "+12125550140"),
        ("numbers as numbers", "+16175550161"),
        ("invisible characters", "+12125550162"),
    ],
)
def test_a_messy_number_with_all_its_digits_is_repaired(wrong: str, number: str) -> None:
    found = phones(read_table(SAMPLES / "messy.xlsx"))[wrong]
    assert isinstance(found, Phone)
    assert found.e164 == number
