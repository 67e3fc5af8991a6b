"""Write the sample files: `contacts`, which is clean, and `messy`, a row for each known mess.

All people and numbers are invented: 555-0100 to 555-0199 in any area code, 020 7946 0xxx and
07700 900xxx in the United Kingdom, and 0491 570 156 in Australia are kept free for fiction.
Run it again and the same bytes come out.
"""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

COLUMNS = ("First name", "Last name", "Mobile", "Lead ID", "City")
MESSY_COLUMNS = (*COLUMNS, "What is wrong")
TITLES = ("Leads for June", "exported by the office")

CONTACTS = (
    ("Ava", "Lindqvist", "+12125550101", "1001", "New York"),
    ("Ben", "Okafor", "+13125550102", "1002", "Chicago"),
    ("Carla", "Moreno", "+14155550103", "1003", "San Francisco"),
    ("Dmitri", "Volkov", "+16175550104", "1004", "Boston"),
    ("Elena", "Rossi", "+12065550105", "1005", "Seattle"),
    ("Farid", "Haddad", "+17135550106", "1006", "Houston"),
    ("Grace", "Kim", "+13055550107", "1007", "Miami"),
    ("Hugo", "Silva", "+15035550108", "1008", "Portland"),
    ("Ines", "Duarte", "+12125550109", "1009", "New York"),
    ("Jonas", "Weber", "+13125550110", "1010", "Chicago"),
    ("Keiko", "Tanaka", "+14155550111", "1011", "San Francisco"),
    ("Liam", "Byrne", "+16175550112", "1012", "Boston"),
    ("Maya", "Patel", "+12065550113", "1013", "Seattle"),
    ("Noah", "Fischer", "+17135550114", "1014", "Houston"),
    ("Olga", "Nowak", "+13055550115", "1015", "Miami"),
    ("Pablo", "Vega", "+15035550116", "1016", "Portland"),
    ("Quinn", "Murphy", "+12125550117", "1017", "New York"),
    ("Rosa", "Jimenez", "+13125550118", "1018", "Chicago"),
    ("Samir", "Nasser", "+14155550119", "1019", "San Francisco"),
    ("Tara", "Singh", "+16175550120", "1020", "Boston"),
    ("Umar", "Farouk", "+12065550121", "1021", "Seattle"),
    ("Vera", "Horvat", "+17135550122", "1022", "Houston"),
    ("Will", "Carter", "+13055550123", "1023", "Miami"),
    ("Yara", "Mansour", "+15035550124", "1024", "Portland"),
)


class Mess(NamedTuple):
    """A row of the messy files, in the order of `MESSY_COLUMNS`."""

    first_name: str
    last_name: str
    mobile: str | float
    lead_id: str | float
    city: str
    what_is_wrong: str


BLANK = Mess("", "", "", "", "", "")

MESSES = (
    Mess("Anna", "Clean", "+12125550140", "2001", "New York", "nothing"),
    Mess("Bob", "Bracket", "(312) 555-0141", "2002", "Chicago", "typed as people type it"),
    Mess("Cleo", "Decimal", "14155550142.0", "2003", "San Francisco", "decimal from Excel"),
    Mess("Dan", "Plus", "16175550143", "2004", "Boston", "the plus is lost"),
    Mess(
        "Eve", "Space", "+1\u00a0212\u00a0555\u00a00144", "2005", "New York", "NBSP in the number"
    ),
    Mess("Finn", "Dash", "312\u2013555\u20130145", "2006", "Chicago", "typographic dashes"),
    Mess(
        "Gil", "Exact", "1.4155550146E10", "2007", "San Francisco", "scientific, digits all there"
    ),
    Mess("Hana", "Lost", "1.61756E+10", "2008", "Boston", "scientific, digits lost"),
    Mess("Ian", "Extension", "212-555-0147 ext. 12", "2009", "New York", "an extension"),
    Mess("Jo", "Prefix", "0013125550148", "2010", "Chicago", "00 for the plus"),
    BLANK,
    Mess("Kim", "Pair", "415-555-0149 / 415-555-0150", "2011", "San Francisco", "two numbers"),
    Mess("Lou", "Letters", "617-555-CALL", "2012", "Boston", "letters in the number"),
    Mess("Mia", "Nothing", "", "2013", "New York", "the number is missing"),
    Mess("Ned", "Short", "555-0151", "2014", "Chicago", "the area code is missing"),
    Mess("Oz", "Faraway", "+61 491 570 156", "2015", "Sydney", "a country that is not served"),
    Mess("Pia", "Trunk", "+44 (0)20 7946 0018", "2016", "London", "a landline, with a (0) in it"),
    Mess("Ray", "Fiction", "+44 7700 900123", "2017", "London", "a number that nobody can have"),
    Mess(
        "Anna", "Clean", "1 (212) 555-0140", "2018", "New York", "the first row in another format"
    ),
    Mess("", "Nameless", "+14155550152", "2019", "San Francisco", "the first name is missing"),
    BLANK,
    BLANK,
    Mess("Sue", "Thousand", "+16175550153", "1042.0", "Boston", "lead id with a decimal"),
    Mess("Tom", "Zero", "+12125550154", "0042", "New York", "lead id with leading zeros"),
    Mess("Uma", "Exponent", "+13125550155", "1e3", "Chicago", "lead id like a scientific number"),
    Mess("Vic", "Long", "+14155550156", "9007199254740993", "Boston", "long lead id, kept as text"),
    Mess("NA", "Null", "+16175550157", "null", "Boston", "words that are data, not gaps"),
    Mess("=1+1", "Formula", "+12125550158", "2020", "New York", "a name that is a formula"),
    Mess(
        "Zoë", "O\u2019Brien", "+13125550159", "2021", 'Oak "Park"', "accents and quotation marks"
    ),
    Mess("Wes", "Lines", "+14155550160", "2022", "San\nFrancisco", "a line break in a cell"),
)
"""Text that both files can hold: all of it is in Windows-1252."""

WORKBOOK_MESSES = (
    Mess("Xan", "Number", 16175550161.0, 2023.0, "Boston", "numbers as numbers"),
    Mess("Yul", "Hidden", "\u200b+12125550162\u200e", "2024", "New York", "invisible characters"),
    Mess("Zed", "Digits", "+13125550163", 123456789012345678.0, "Chicago", "lead id beyond 2^53"),
)
"""What only a workbook can hold."""

CREATED = {"created": datetime(2026, 6, 1, tzinfo=UTC)}


def make_samples(folder: Path) -> None:
    """Write the four files into `folder`."""
    (folder / "contacts.csv").write_bytes(_csv([COLUMNS, *CONTACTS]).encode("utf-8"))
    _write_contacts(folder / "contacts.xlsx")
    messy = _csv([*((title,) for title in TITLES), (), MESSY_COLUMNS, *MESSES], separator=";")
    (folder / "messy.csv").write_bytes(messy.encode("cp1252"))
    _write_messy(folder / "messy.xlsx")


def _csv(lines: list[tuple[str | float, ...]], separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)
    return text.getvalue()


def _write_contacts(path: Path) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        workbook.set_properties(CREATED)
        sheet = workbook.add_worksheet("Contacts")
        sheet.set_column(0, len(COLUMNS) - 1, 16)
        for line, cells in enumerate([COLUMNS, *CONTACTS]):
            for position, cell in enumerate(cells):
                sheet.write_string(line, position, cell)


def _write_messy(path: Path) -> None:
    """An empty sheet first, titles above the header, and a blank column before the table."""
    with xlsxwriter.Workbook(path) as workbook:
        workbook.set_properties(CREATED)
        workbook.add_worksheet("Notes")
        sheet = workbook.add_worksheet("June")
        sheet.set_column(1, len(MESSY_COLUMNS), 20)
        sheet.write_column(0, 1, TITLES)
        rows = [MESSY_COLUMNS, *MESSES, *WORKBOOK_MESSES]
        for line, cells in enumerate(rows, start=len(TITLES) + 1):
            for position, cell in enumerate(cells, start=1):
                put = sheet.write_string if isinstance(cell, str) else sheet.write_number
                put(line, position, cell)


if __name__ == "__main__":
    make_samples(Path(__file__).parent)
