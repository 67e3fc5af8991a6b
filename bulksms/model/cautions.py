"""What in a file is perhaps not meant: no reason to skip a row, but worth a line in the plan."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from bulksms.model.columns import Columns
from bulksms.model.opt_out_cells import that_opt_out
from bulksms.model.opt_out_columns import Heeded
from bulksms.model.phone import Country, Phone, read_recipient
from bulksms.model.wording import plural

Cells = Sequence[str]


class Caution(StrEnum):
    """What a line of the plan is about; each line is of one column."""

    UNCLEAR_OPT_OUT = "unclear_opt_out"
    UNCLEAR_CONSENT = "unclear_consent"
    UNCLEAR_EITHER = "unclear_opt_in_or_out"
    OPT_OUT_ELSEWHERE = "opt_out_elsewhere"
    NUMBER_ELSEWHERE = "number_elsewhere"
    LEFT_BEHIND = "left_behind"

    def told(self, rows: int, column: str, cells: Iterable[str]) -> str:
        """What a person should know of so many rows; `cells` are some of theirs."""
        one, such = rows == 1, _listed(list(dict.fromkeys(cells)))
        match self:
            case Caution.NUMBER_ELSEWHERE:
                has = "has" if one else "have"
                return f"{rows:,} of the rows without a number {has} one in '{column}'"
            case Caution.OPT_OUT_ELSEWHERE:
                says = "says" if one else "say"
                return f"{plural(rows, 'row')} {says} {such} in '{column}', which is not heeded"
            case Caution.LEFT_BEHIND:
                where = f"has {such} in it" if one else f"have {such} in them"
                return f"{plural(rows, 'text')} {where}, from the column '{column}'"
            case _:
                says = "says" if one else "say"
                either = self is Caution.UNCLEAR_EITHER
                neither = "neither opted in nor opted out" if either else "neither yes nor no"
                return f"{plural(rows, 'row')} {says} {neither} in '{column}', but {such}"


ADVICE = {
    Caution.UNCLEAR_OPT_OUT: "they are texted; write yes there to leave somebody out",
    Caution.UNCLEAR_CONSENT: "they are texted; write no there to leave somebody out",
    Caution.UNCLEAR_EITHER: "that leaves nobody out; write opted out there to do so",
    Caution.OPT_OUT_ELSEWHERE: "they are texted; to leave them out, give the column the name"
    " 'SMS Opt Out' in the file, or put their numbers on the list of opt-outs",
    Caution.LEFT_BEHIND: "write what should stand there, or empty the cells and give the message a"
    " fallback, such as {first_name|there}",
}
"""What to do about each; where the number is elsewhere, a terminal and a page have other ways."""


_UNCLEAR = {
    False: Caution.UNCLEAR_OPT_OUT,
    True: Caution.UNCLEAR_CONSENT,
    None: Caution.UNCLEAR_EITHER,
}


class Remark(NamedTuple):
    """One row, by its position, that is to be minded: for which column, and what stands there."""

    at: int
    why: Caution
    column: int
    cell: str


def wishes_to_mind(
    columns: Sequence[Cells], of: Columns, used: Collection[int], skipped: Collection[int]
) -> Iterator[Remark]:
    """Cells of opt-outs and consents that say neither yes nor no; and opt-outs in other columns.

    A yes is one where the column's name has the words of an opt-out, though not plainly.
    Not in one that is `used` for the texts, which has words of its own.
    """
    for each in of.heeded:
        cells = columns[each.at]
        unclear = {cell for cell in set(cells) if each.forbids(cell) is None}
        yield from _remarks(cells, unclear, _UNCLEAR[each.consents], each.at, skipped)
    for column in of.others:
        cells = columns[column]
        found = that_opt_out(cells)
        if column in of.hinting:
            as_if = Heeded(column, "", consents=False)
            found |= {cell for cell in set(cells) if as_if.forbids(cell)}
        if column not in used:
            yield from _remarks(cells, found, Caution.OPT_OUT_ELSEWHERE, column, skipped)


def hidden_wishes_to_mind(
    rows: Iterable[tuple[int, Cells]], heeded: Sequence[Heeded]
) -> Iterator[tuple[int, int, str]]:
    """Of hidden rows, the cells that may say either: a row number, the column and what it says.

    These rows are not texted, but an opt-out in one counts for its number in every other row.
    """
    either = [each for each in heeded if each.consents is None]
    for row_number, cells in rows if either else ():
        if not any(each.forbids(cells[each.at]) for each in heeded):
            for each in either:
                if each.forbids(cells[each.at]) is None:
                    yield row_number, each.at, _excerpt(cells[each.at])


def _remarks(
    cells: Cells, such: Collection[str], why: Caution, column: int, skipped: Collection[int]
) -> Iterator[Remark]:
    for at, cell in enumerate(cells) if such else ():
        if cell in such and at not in skipped:
            yield Remark(at, why, column, _excerpt(cell))


def numbers_elsewhere(
    columns: Sequence[Cells],
    others: Sequence[int],
    rows: Iterable[int],
    country: Country,
    refused: Iterable[Collection[str]],
) -> Iterator[Remark]:
    """Rows without a number that have one in another column of phones; `others`, the best first.

    Not where the number is among those that are refused.
    """
    for at in rows:
        for column in others:
            read = read_recipient(columns[column][at], country)
            if isinstance(read, Phone) and not any(read.e164 in each for each in refused):
                yield Remark(at, Caution.NUMBER_ELSEWHERE, column, columns[column][at])
                break


def left_behind(
    columns: Sequence[Cells], used: Iterable[int], skipped: Collection[int]
) -> Iterator[Remark]:
    """What an export left behind in the cells that the texts are made of: nobody is called null."""
    for column in used:
        cells = columns[column]
        found = {cell: remains for cell in set(cells) if (remains := remains_in(cell))}
        for at, cell in enumerate(cells) if found else ():
            if cell in found and at not in skipped:
                yield Remark(at, Caution.LEFT_BEHIND, column, found[cell])


def remains_in(cell: str) -> str:
    """The words of a program for no value, if the cell is nothing else; or HTML in it."""
    text = cell.strip()
    if text in _NAN or text.casefold() in _NO_VALUE:
        return text
    html = _HTML.search(text)
    return html[0] if html else ""


_NAMED = 2
_EXCERPT = 40
_NO_VALUE = frozenset(
    {"null", "(null)", "<null>", "n/a", "n.a.", "none", "(none)", "undefined", "\\n"}
    | {"-", "--", "\N{EN DASH}", "\N{EM DASH}", "(blank)", "[object object]"}
)
_NAN = frozenset({"nan", "NaN", "NAN", "NA"})
"""Not "Nan" and "Na", which are names."""
_HTML = re.compile(
    r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp);|</?(?:br|p|b|i|div|span) ?/?>",
    re.IGNORECASE,
)


def _listed(cells: Sequence[str]) -> str:
    named = " or ".join(f"'{cell}'" for cell in cells[:_NAMED])
    return f"{named} and the like" if len(cells) > _NAMED else named


def _excerpt(cell: str) -> str:
    text = cell.strip()
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…"
