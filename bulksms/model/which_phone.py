"""Which column is the phone, by name, then by content.

The best-named column wins ("Mobile" over "Phone" over "Number") if its cells look like phone
numbers; two equally good ones are an error that names both. So are a longer name that only holds
such a word ("Old mobile", "Emergency contact mobile") and any other phone beside it, and a
well-named column of something else beside a column of numbers that is named no better.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bulksms.model.column_names import (
    FAX_WORDS,
    OTHER_WORDS,
    PHONE_NAMES,
    PHONE_WORDS,
    listed,
    name_key,
    name_words,
)
from bulksms.model.errors import ColumnMissing, ColumnUnclear
from bulksms.model.phone import Country, Phone, read_phone
from bulksms.model.states import Reason

CONVINCING = 0.8
"""The part of its filled cells that must be phone numbers for a column without a telling name."""

CONFIRMING = 0.5
"""The same for a column that is named like a phone."""

_ONLY_A_WORD = range(1, 2 * len(PHONE_WORDS), 2)
"""The ranks of longer names that hold a word of a phone: whose phone it is, they may say too."""

_ANY_NUMBER = 2 * (len(PHONE_NAMES) - 1)
"""The rank of names that may mean any number ("Number", "To")."""


class ToldOfPhone(NamedTuple):
    """What a file of ours tells of the column that was the phone.

    Attributes:
        named: the column that rows to mend name: that is the one, wherever it stands by now.
        was_empty: it is a report of rows that had no number: an empty column may be the one.
    """

    named: str | None = None
    was_empty: bool = False


NOTHING_TOLD = ToldOfPhone()


def phone_name_rank(name: str) -> int | None:
    """How well a name says that its column is the phone, 0 the best; None if it does not."""
    key, words = name_key(name), name_words(name)
    for rank, names in enumerate(PHONE_NAMES):
        if key in names:
            return 2 * rank
        if rank < len(PHONE_WORDS) and words & PHONE_WORDS[rank] and not words & FAX_WORDS:
            return 2 * rank + 1
    return None


def best_phone(
    columns: Sequence[str], sample: Sequence[Sequence[str]], country: Country, *, was_empty: bool
) -> int:
    """The best-named column that holds numbers; else what holds numbers; else the best-named."""
    ranks = [phone_name_rank(column) for column in columns]
    cells = [_filled(row[at] for row in sample) for at in range(len(columns))]
    shares = [share_of_phones(each, country) for each in cells]
    named_well = _best(ranks, range(len(columns)))
    confirmed = _best(ranks, [at for at, share in enumerate(shares) if share >= CONFIRMING])
    if confirmed:
        as_well = _named_as_well(ranks, confirmed[0])
        # Of rows without numbers even a worse name may be that of the cells that are to be mended.
        meant = [
            at
            for at in range(len(columns))
            if shares[at] < CONFIRMING
            and (at in as_well or (was_empty and cells[at]))
            and _may_be_meant(columns[at], cells[at], rows=len(sample), was_empty=was_empty)
        ]
        if ranks[confirmed[0]] in _ONLY_A_WORD:
            rivals = [
                at for at, rank in enumerate(ranks) if rank is not None and rank < _ANY_NUMBER
            ]
            confirmed = [at for at in rivals if shares[at] >= CONFIRMING]
        both = sorted(meant + confirmed, key=lambda at: ranks[at] or 0) if meant else confirmed
        return _the_one(columns, both, cells, was_empty=was_empty)
    convincing = [
        at
        for at, share in enumerate(shares)
        if share >= CONVINCING and not name_words(columns[at]) & OTHER_WORDS
    ]
    if convincing and named_well and ranks[named_well[0]] != _ANY_NUMBER:
        return _the_one(columns, named_well + convincing, cells, was_empty=was_empty)
    return _the_one(columns, convincing or named_well, cells, was_empty=was_empty)


def _may_be_meant(column: str, filled: Sequence[str], *, rows: int, was_empty: bool) -> bool:
    """Whether a column of that name may be the phone, though few of its cells are numbers.

    A longer name may as well say something about phones ("Mobile carrier"), unless its cells hold
    the digits of numbers; and a few words in a column that is empty otherwise stand for no number.
    """
    rank = phone_name_rank(column)
    if rank is None or rank == _ANY_NUMBER:
        return False
    if rank in _ONLY_A_WORD and (name_words(column) & _OF_FIGURES or _OF_A_DAY.search(column)):
        return False
    if was_empty:
        return not filled or rank not in _ONLY_A_WORD or any(map(_digits, filled))
    if rank in _ONLY_A_WORD:
        return bool(filled) and 2 * sum(map(_has_the_digits, filled)) >= len(filled)
    tells = any(_digits(cell) >= _SOME for cell in filled)
    return bool(filled) and (tells or 2 * len(filled) >= rows)


def _digits(cell: str) -> int:
    """How many there are that are not of a day or a time."""
    return sum(map(str.isdigit, _DAY_OR_TIME.sub(" ", cell)))


def _has_the_digits(cell: str) -> bool:
    """Whether the cell holds as many as a number, and neither words nor a day."""
    plain = _LABEL.sub(" ", _EXTENSION.sub("", _DAY_OR_TIME.sub(" ", cell)))
    digits = sum(map(str.isdigit, plain))
    return _FEWEST <= digits <= _MOST and not any(map(str.isalpha, plain))


def _named_as_well(ranks: Sequence[int | None], as_this: int) -> list[int]:
    """The positions of the names that say it at least as clearly."""
    return [at for at in range(len(ranks)) if at in _best(ranks, [at, as_this])]


def _best(ranks: Sequence[int | None], among: Iterable[int]) -> list[int]:
    """Those of the positions whose names are the best; none if no name says anything."""
    known = [(rank, at) for at in among if (rank := ranks[at]) is not None]
    return [at for rank, at in known if rank == min(known)[0]]


def _the_one(
    columns: Sequence[str],
    candidates: Sequence[int],
    cells: Sequence[Sequence[str]],
    *,
    was_empty: bool,
) -> int:
    """The only candidate; `cells` are those that are filled, by their columns.

    What is advised holds numbers, but for rows that had none in the column that was texted.
    """
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        numbers = [at for at in candidates if not cells[at] or any(map(_has_the_digits, cells[at]))]
        numbers = [] if was_empty else numbers
        advised = (numbers or candidates)[0]
        both = listed([columns[at] for at in candidates])
        raise ColumnUnclear(
            f"Several columns could be the phone: {both}; say which one is to be texted.",
            next_command=f'… --phone-column "{columns[advised]}"',
            candidates=candidates,
        )
    raise ColumnMissing(
        f"No column is named like a phone number; the file has {listed(columns)}.",
        next_command='… --phone-column "NAME"',
    )


def share_of_phones(cells: Iterable[str], country: Country) -> float:
    """The part of the filled cells that look like phone numbers; 0 where none is filled."""
    filled = _filled(cells)
    return sum(_looks_like_a_phone(cell, country) for cell in filled) / max(len(filled), 1)


def _filled(cells: Iterable[str]) -> list[str]:
    """Those that say something: "n/a" and "-" stand where there is no number."""
    return [cell for cell in cells if not _stands_for_none(cell)]


def _stands_for_none(cell: str) -> bool:
    """Also a country's code alone, a mask, and figures that are all 0, or all 9."""
    key = name_key(cell)
    return key in _NO_NUMBER or _NO_FIGURES.fullmatch(cell.strip()[:1] + key) is not None


def _looks_like_a_phone(cell: str, country: Country) -> bool:
    read = read_phone(cell, country)
    return isinstance(read, Phone) or read.reason in _STILL_PHONES


_OF_FIGURES = frozenset({"date", "fecha", "time", "timestamp", "id", "ids", "imei"})
_OF_FIGURES |= {"serial", "ref", "reference"}
_OF_A_DAY = re.compile(r"(?:[\s_](?:at|on)|(?<=[a-z])(?:At|On))\W*$", re.ASCII)
"""Names whose cells have as many digits as a number, "phone_verified_at" among them.

Not "last", "on" or "verified" anywhere: "Last verified phone" is one, and so is "Phone on file".
"""
_FEWEST, _MOST = 7, 15
"""So many digits has a number without its area code; and the longest, by E.164."""
_SOME = 4
"""So many tell of a number that is cut off, or has a word or another number beside it."""
_DAY_OR_TIME = re.compile(
    r"(?<![\d/.-])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|[34]\d{4}\.\d+)"
    r"(?![\d/.-])(?:[T ]+\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:[+-]\d\d(?::?\d\d)?|Z))?)?"
)
"""Also as Excel counts them."""
_EXTENSION = re.compile(r"[\s,;.]*(?:extension|extn?|x)[\s.:=]*\d{1,6}\s*$", re.IGNORECASE)
_LABEL = re.compile(r"\b(?:tel|ph|phone|cell|mobile|mob|home|work|office|[chmw])\b", re.IGNORECASE)
_NO_FIGURES = re.compile(r".?0+|.?9{7,}|.?x{3,}|\+\d{1,3}")
_NO_NUMBER = frozenset(
    {"", "na", "nan", "none", "nil", "null", "undefined", "unknown", "blank", "empty", "missing"}
    | {"novalue", "nophone", "nonumber", "nophonenumber", "nomobile", "nocell", "tbd", "tba", "tbc"}
    | {"nocellphone", "nomobilephone", "nonegiven", "noneprovided", "noneonfile", "notonfile"}
    | {"unavailable", "notknown", "notfound", "nodata"}
    | {"notprovided", "notavailable", "notapplicable", "notgiven", "notset", "notspecified"}
    | {"ninguno", "ninguna", "desconocido", "notiene", "sinnumero", "sintelefono"}
    | {"aucun", "aucune", "neant", "inconnu", "nonrenseigne", "sansnumero", "sanstelephone"}
    | {"אין", "איןמספר", "איןטלפון", "לאידוע"}
)
"""By `name_key`."""
_STILL_PHONES = frozenset({Reason.DAMAGED_NUMBER, Reason.UNSUPPORTED_COUNTRY})
