"""Which numbers a person means when they say whom never to text: typed, or a spreadsheet of them.

A number that cannot be read is refused with its reason: one left out here would be texted.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.model.columns import NO_COLUMN, SAMPLE, find_columns
from bulksms.model.errors import InputError
from bulksms.model.phone import BadPhone, Country, Phone, read_phone
from bulksms.model.wording import plural

if TYPE_CHECKING:  # pandas is loaded only where a spreadsheet is read
    from bulksms.spreadsheet.reading import Table


def number_typed(text: str, country: Country) -> str:
    """The number as E.164.

    Raises:
        InputError: it is none; the sentence says why.
    """
    match read_phone(text, country):
        case Phone(e164):
            return e164
        case BadPhone(_, detail):
            raise InputError(detail)


def numbers_typed(texts: Sequence[str], country: Country) -> list[str]:
    """All the numbers as E.164, or none of them.

    Raises:
        InputError: there is none, or some are none; the sentence names each.
    """
    if not texts:
        raise InputError("Type a phone number first.")
    read = [read_phone(each, country) for each in texts]
    if bad := [each.detail for each in read if isinstance(each, BadPhone)]:
        raise InputError(
            f"{plural(len(bad), 'number')} of {len(read):,} cannot be read,"
            f" so nothing was added: {'; '.join(bad)}"
        )
    return [each.e164 for each in read if isinstance(each, Phone)]


def read_opt_outs(path: Path, *, sheet: str | None) -> "Table":
    """The table of a file that is nothing but opt-outs: its hidden rows are some as well.

    Raises:
        InputError: it cannot be read, or it has several sheets and none of them is named.
    """
    from bulksms.spreadsheet.reading import read_table, sheets_with_data  # noqa: PLC0415 - pandas

    table = read_table(path, sheet=sheet, hidden=True)
    if sheet is None and len(sheets := sheets_with_data(path)) > 1:
        names = ", ".join(f"'{name}'" for name in sheets)
        raise InputError(
            f"{path} has more than one sheet with data, so nothing was added: {names};"
            " name the one to add, then each of the others.",
            next_command=f'… --sheet "{sheets[0]}"',
        )
    return table


def numbers_of(table: "Table", *, phone_column: str | None, country: Country) -> list[str]:
    """Every number of the table as E.164, or none of them.

    Raises:
        InputError: a row cannot be read; the sentence names the first few.
    """
    sample = [cells for _, cells in islice(table.rows(), SAMPLE)]
    position = find_columns(
        table.columns,
        sample=sample,
        country=country,
        phone=phone_column,
        lead_id=NO_COLUMN,
        sender=NO_COLUMN,
        media=NO_COLUMN,
    ).phone
    numbers, bad = [], []
    for row_number, cells in table.rows():
        match read_phone(cells[position], country):
            case Phone(e164):
                numbers.append(e164)
            case BadPhone(_, detail):
                bad.append(f"row {row_number}: {detail}")
    if bad:
        raise InputError(
            f"{plural(len(bad), 'row')} of {table.source_name} cannot be read,"
            f" so nothing was added: {'; '.join(bad[:5])}",
            next_command="mend the rows, then the same command again",
        )
    return numbers
