"""What people and Excel do to a cell, and what this program reads in it.

The cells are literals; what is said of each is what the program itself says, read here and now.
"""

from datetime import date, time

from bulksms.model.column_names import (
    LEAD_ID_NAMES,
    MEDIA_NAMES,
    PHONE_NAMES,
    PHONE_WORDS,
    SENDER_NAMES,
)
from bulksms.model.lead_id import DamagedLeadId, read_lead_id
from bulksms.model.phone import BadPhone, Country, Phone, read_recipient
from bulksms.model.repairs import Repair
from bulksms.spreadsheet import archive, layout, marks
from bulksms.spreadsheet.cells import Cell, cell_text
from bulksms.spreadsheet.number_formats import read_format
from bulksms.spreadsheet.reading import MAX_BYTES
from bulksms.spreadsheet.report_form import REPORT_COLUMNS, ROW_COLUMN

from .markdown import code, codes, table

PHONES: tuple[tuple[str, Country], ...] = (
    ("(202) 555-0104", Country.US),
    ("12025550104.0", Country.US),
    ("1.2025550104E10", Country.US),
    ("1.20256E+10", Country.US),
    ("202\N{EN DASH}555\N{EN DASH}0104", Country.US),
    ("+1\N{NO-BREAK SPACE}202\N{NO-BREAK SPACE}555 0104", Country.US),
    ("0012025550104", Country.US),
    ("447400123456", Country.US),
    ("+44 (0)7400 123456", Country.US),
    ("7400 123456", Country.GB),
    ("502345678", Country.IL),
    ("202-555-0104 ext. 12", Country.US),
    ("202-555-0104 / 202-555-0105", Country.US),
    ("617-555-CALL", Country.US),
    ("555-0104", Country.US),
    ("62262", Country.US),
    ("1-800-555-0104", Country.US),
    ("020 7946 0018", Country.GB),
    ("+61 491 570 156", Country.US),
    ("", Country.US),
)

LEAD_IDS = ("1042", "1042.0", "0042", "1e3", "1.042E+3", "1.23456789012346e+17")


NUMBER_FORMATS: tuple[tuple[Cell, str], ...] = (
    (1234.5, '"$"#,##0.00'),
    (-1234.5, '"$"#,##0.00;[Red]\\("$"#,##0.00\\)'),
    (1234.5, "#,##0.00 [$€-407]"),
    (0.15, "0%"),
    (2134.0, "00000"),
    (21341234.0, "00000-0000"),
    (2025550104.0, "(000) 000-0000"),
    (1234567.0, "#,##0"),
    (0.1 + 0.2, "General"),
    (date(2026, 12, 1), "m/d/yyyy"),
    (date(2026, 12, 1), "dddd, d mmmm yyyy"),
    (date(2026, 12, 1), "d-mmm-yy"),
    (time(9, 30), "h:mm AM/PM"),
)


def limits() -> str:
    """The most that is read."""
    return table(
        ("of", "at most"),
        [
            ("a file", f"{MAX_BYTES // 1024**2} MiB"),
            ("a workbook, unpacked", f"{archive.MAX_INFLATED // 1024**2:,} MiB"),
            ("a workbook's sheet", f"{marks.SHEET_CELLS:,} cells between its corners"),
            ("a text file", f"{layout.MAX_ROWS:,} rows, {layout.MAX_CELLS:,} cells"),
            ("columns", f"{marks.MAX_COLUMNS:,}"),
        ],
    )


def phones() -> str:
    """Phone cells and what becomes of them."""
    return table(
        ("the cell", "`--country`", "becomes", "because"),
        [
            (code(_visible(cell)) if cell else "(empty)", country, *_read(cell, country))
            for cell, country in PHONES
        ],
    )


def lead_ids() -> str:
    """Lead id cells and what becomes of them."""
    return table(("the cell", "the lead id"), [(code(cell), _lead_id(cell)) for cell in LEAD_IDS])


def number_formats() -> str:
    """Cells of a workbook and what their formats make of them."""
    return table(
        ("the value", "the format", "the text"),
        [(code(cell_text(cell)), code(of), code(_seen(cell, of))) for cell, of in NUMBER_FORMATS],
    )


def repairs() -> str:
    """The rules by which cells are mended."""
    return table(("repair", "what happened"), [(repair, repair.sentence) for repair in Repair])


def column_names() -> str:
    """The names by which columns are found, the best first."""
    rows = []
    for rank, names in enumerate(PHONE_NAMES, start=1):
        rows.append((f"phone, choice {rank}", codes(sorted(names))))
        if rank <= len(PHONE_WORDS):
            words = codes(sorted(PHONE_WORDS[rank - 1]))
            rows.append((f"phone, choice {rank}, within a longer name", words))
    rows += [
        ("lead id", codes(sorted(LEAD_ID_NAMES))),
        ("sender", codes(sorted(SENDER_NAMES))),
        ("attachment", codes(sorted(MEDIA_NAMES))),
    ]
    return table(("column", "names"), rows)


def report_columns() -> str:
    """The report's header."""
    ours = codes(REPORT_COLUMNS)
    return f"\n{code(ROW_COLUMN)} · *the file's own columns* · {ours}\n"


def _seen(cell: Cell, of: str) -> str:
    known = read_format(of)
    return (known and known.shown(cell)) or "not known"


def _visible(cell: str) -> str:
    return cell.replace("\N{NO-BREAK SPACE}", "\N{SHOULDERED OPEN BOX}")


def _read(cell: str, country: Country) -> tuple[str, str]:
    match read_recipient(cell, country):
        case Phone(e164, repairs):
            return code(e164), ", ".join(repairs) or "formatting only"
        case BadPhone(reason, detail):
            return f"skipped: {code(reason)}", detail


def _lead_id(cell: str) -> str:
    read = read_lead_id(cell)
    return f"skipped: {read.detail}" if isinstance(read, DamagedLeadId) else code(str(read))
