"""Which numbers a person means when they say whom never to text: typed, or a spreadsheet of them.

A number that cannot be read is refused with its reason: one left out here would be texted.
Of a spreadsheet that says itself who opted out, those who did are meant; of any other, everybody.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bulksms.model.columns import NO_COLUMN, SAMPLE, find_columns
from bulksms.model.errors import InputError
from bulksms.model.opt_out_columns import Heeded
from bulksms.model.phone import BadPhone, Country, Phone, read_phone
from bulksms.model.wording import plural
from bulksms.store import Store

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
    """The table of a file of opt-outs: its hidden rows are some as well.

    Of a report of ours it has who opted out, and nobody else.

    Raises:
        InputError: it cannot be read, or it has several sheets and none of them is named.
    """
    from bulksms.spreadsheet.reading import read_table, sheets_with_data  # noqa: PLC0415 - pandas
    from bulksms.spreadsheet.report_form import SUMMARY_SHEET  # noqa: PLC0415 - pandas

    table = read_table(path, sheet=sheet, opt_outs=True)
    sheets = sheets_with_data(path) if sheet is None else ()
    if table.is_report:
        sheets = tuple(name for name in sheets if name != SUMMARY_SHEET)
    if len(sheets) > 1:
        names = ", ".join(f"'{name}'" for name in sheets)
        raise InputError(
            f"{path} has more than one sheet with data, so nothing was added: {names};"
            " name the one to add, then each of the others.",
            next_command=f'… --sheet "{sheets[0]}"',
        )
    return table


_NAMED = 5


class OptOuts(NamedTuple):
    """Whom a spreadsheet puts on the list, and sentences about what was assumed or left out."""

    numbers: list[str]
    notes: tuple[str, ...]


def opt_outs_of(table: "Table", *, phone_column: str | None, country: Country) -> OptOuts:
    """Every number of the table as E.164, or none of them; of those only who opted out, if it says.

    Raises:
        InputError: a row cannot be read, and the sentence names the first few; or nobody opted out.
    """
    sample = [cells for _, cells in islice(table.rows(), SAMPLE)]
    columns = find_columns(
        table.columns,
        sample=sample,
        rows=(cells for _, cells in table.rows()),
        country=country,
        told=table.told_of_phone,
        phone=phone_column,
        lead_id=NO_COLUMN,
        sender=NO_COLUMN,
        media=NO_COLUMN,
    )
    channels = [each for each in columns.heeded if each.may_be_a_channel]
    said = _Said.by([each for each in columns.heeded if each not in channels], table)
    numbers, bad = [], []
    for row_number, cells in table.rows():
        if row_number in said.not_out:
            continue
        cell = cells[columns.phone]
        # A report's numbers are whole: where a spreadsheet program took the plus, it goes back.
        match read_phone(f"+{cell}" if table.is_report and cell.isdecimal() else cell, country):
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
    return OptOuts(numbers, (*table.notes, *said.notes, *_not_asked(channels, said)))


def still_out(found: OptOuts, table: "Table", store: Store) -> OptOuts:
    """Of a report of ours, those whom nobody took off the list since they opted out.

    That somebody did is newer than the report's word, and is known by the database alone.
    """
    taken_back = store.suppressions.taken_back(found.numbers) if table.is_report else set[str]()
    if not taken_back:
        return found
    left = [each for each in found.numbers if each in taken_back]
    some = ", ".join(left[:_NAMED]) + (", …" if len(left) > _NAMED else "")
    were = "was" if len(left) == 1 else "were"
    note = f"{plural(len(left), 'number')} left out, which {were} taken off the list since: {some}"
    return OptOuts([each for each in found.numbers if each not in taken_back], (*found.notes, note))


def _not_asked(channels: Sequence[Heeded], said: "_Said") -> list[str]:
    """A list of opt-outs may say by "SMS" and "Email" how its people were reached."""
    if said.columns or not channels:
        return []
    return [f"every row is taken: '{channels[0].name}' may say how people are reached"]


class _Said(NamedTuple):
    """What columns say of a list's rows: which did not opt out, and how many say neither."""

    columns: str = ""
    not_out: frozenset[int] = frozenset()
    unclear: int = 0

    @classmethod
    def by(cls, heeded: Sequence[Heeded], table: "Table") -> "_Said":
        """What they say; nothing where none of their cells is filled.

        A cell that says neither yes nor no counts as an opt-out: doubt never texts. It may be the
        reason for it, or a date in words.

        Raises:
            InputError: nobody opted out.
        """
        not_out, unclear, filled = set[int](), 0, False
        for row_number, cells in table.rows() if heeded else ():
            verdicts = {each.forbids(cells[each.at]) for each in heeded}
            filled = filled or any(cells[each.at].strip() for each in heeded)
            if verdicts == {False}:
                not_out.add(row_number)
            elif True not in verdicts:
                unclear += 1
        if not filled:
            return cls()
        names = " or ".join(f"'{each.name}'" for each in heeded)
        if len(not_out) == table.row_count:
            raise InputError(
                f"No row of {table.source_name} says in {names} that somebody opted out,"
                " so nothing was added.",
                next_command=f"if all of them did, {_RENAME}",
            )
        return cls(names, frozenset(not_out), unclear)

    @property
    def notes(self) -> tuple[str, ...]:
        told = []
        if left := len(self.not_out):
            told.append(
                f"{plural(left, 'row')} left out, of which {self.columns} does not say that"
                f" somebody opted out; if they did, {_RENAME}"
            )
        if kept := self.unclear:
            says = "says" if kept == 1 else "say"
            told.append(f"{plural(kept, 'row')} {says} neither yes nor no in {self.columns}: taken")
        return tuple(told)


_RENAME = "give the column another name, then the same again"
