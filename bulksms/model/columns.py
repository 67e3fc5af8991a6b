"""Which column is the phone, the lead id, the sender, the attachment: by name, then by content.

Names are compared without regard to case, accents, spaces and punctuation, in four languages.
For the phone the best-named column wins ("Mobile" over "Phone" over "Number") whose cells look
like phone numbers; two equally good ones are an error that names both. So are a longer name that
only holds such a word ("Old mobile", "Emergency contact mobile") and any other phone beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bulksms.model.column_names import (
    FAX_WORDS,
    LEAD_ID_NAMES,
    MEDIA_NAMES,
    OTHER_WORDS,
    PHONE_NAMES,
    PHONE_WORDS,
    SENDER_NAMES,
    SENDER_NUMBER_NAMES,
    name_key,
    name_words,
)
from bulksms.model.errors import ColumnMissing, ColumnUnclear, InputError
from bulksms.model.opt_out_columns import Heeded, heeded_columns
from bulksms.model.opt_out_names import may_say_it_too
from bulksms.model.phone import Country, Phone, read_phone
from bulksms.model.states import Reason
from bulksms.model.text import column_key

SAMPLE = 200
"""Rows that are looked at to see what a column holds."""

CONVINCING = 0.8
"""The part of its filled cells that must be phone numbers for a column without a telling name."""

CONFIRMING = 0.5
"""The same for a column that is named like a phone."""

NO_COLUMN = ""
"""Instead of a column's name: none is to be it, whatever the columns are called."""

_ONLY_A_WORD = range(1, 2 * len(PHONE_WORDS), 2)
"""The ranks of longer names that hold a word of a phone: whose phone it is, they may say too."""

_ANY_NUMBER = 2 * (len(PHONE_NAMES) - 1)
"""The rank of names that may mean any number ("Number", "To")."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns that mean something; None where the file has none.

    `heeded` are those that say who does not want texts, whatever else they are used for;
    `other_phones` those that are named like a phone and are not the one, the best first;
    `others` the rest, in which somebody may have noted an opt-out all the same.
    """

    phone: int
    lead_id: int | None = None
    sender: int | None = None
    media: int | None = None
    message: int | None = None
    heeded: tuple[Heeded, ...] = ()
    other_phones: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


def find_columns(
    columns: Sequence[str],
    *,
    sample: Sequence[Sequence[str]] = (),
    rows: Iterable[Sequence[str]] = (),
    country: Country = Country.US,
    phone: str | None = None,
    lead_id: str | None = None,
    sender: str | None = None,
    media: str | None = None,
    message: str | None = None,
) -> Columns:
    """The columns by the names given, else by their own; `sample` are some of the rows.

    All the `rows` are read where it takes them to know who does not want texts.
    Lead id, sender and attachment may be `NO_COLUMN`.

    Raises:
        InputError: a name that is not in the file, no phone column, or several equally good ones.
    """
    require_a_header(columns, country)
    recipient = named(columns, phone) if phone else _best_phone(columns, sample, country)
    ours = _sender(columns, sample, country) if sender is None else _said(columns, sender)
    text = _said(columns, message)
    found = Columns(
        phone=recipient,
        lead_id=_role(columns, lead_id, LEAD_ID_NAMES, "the lead ID", "--lead-id-column"),
        sender=ours,
        media=_role(columns, media, MEDIA_NAMES, "the attachment", "--media-column"),
        message=text,
        heeded=heeded_columns(columns, rows=rows, besides=(recipient, ours, text)),
        other_phones=_other_phones(columns, besides=(recipient, ours)),
    )
    return replace(found, others=_others(columns, found))


def require_a_header(columns: Sequence[str], country: Country) -> None:
    """A number in the header is a person, who would be left out.

    Raises:
        InputError: there is one.
    """
    for column in columns:
        if isinstance(read_phone(column, country), Phone):
            raise InputError(
                f"The file has no header: its first row holds the number '{column}';"
                " put a line with the columns' names above it."
            )


def named(columns: Sequence[str], name: str) -> int:
    """The position of the column of that name."""
    wanted = column_key(name)
    found = [at for at, column in enumerate(columns) if column_key(column) == wanted]
    if name in columns:
        found = [at for at, column in enumerate(columns) if column == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"The file has {len(found)} columns that '{name}' could mean.")
    raise ColumnMissing(f"There is no column '{name}'; the file has {listed(columns)}.")


def listed(columns: Sequence[str]) -> str:
    """The names of the columns, as a sentence shows them."""
    return ", ".join(f"'{column}'" for column in columns)


def _role(
    columns: Sequence[str], said: str | None, names: frozenset[str], what: str, option: str
) -> int | None:
    return _only(columns, names, what, option) if said is None else _said(columns, said)


def _said(columns: Sequence[str], name: str | None) -> int | None:
    return named(columns, name) if name else None


def _only(
    columns: Sequence[str], names: frozenset[str], what: str, option: str | None = None
) -> int | None:
    found = [at for at, column in enumerate(columns) if name_key(column) in names]
    if len(found) > 1:
        both = listed([columns[at] for at in found])
        raise ColumnUnclear(
            f"Several columns could be {what}: {both}; say which one it is, or rename all but one.",
            next_command=f'… {option} "{columns[found[0]]}"' if option else None,
            candidates=found,
        )
    return found[0] if found else None


def _sender(
    columns: Sequence[str], sample: Sequence[Sequence[str]], country: Country
) -> int | None:
    """A column "From" may as well say where somebody was heard of ("Web form", "Referral")."""
    at = _only(columns, SENDER_NAMES, "the sender's number")
    if at is None or name_key(columns[at]) in SENDER_NUMBER_NAMES:
        return at
    cells = [row[at] for row in sample if row[at].strip()]
    return at if not cells or _share_of_phones(cells, country) >= CONFIRMING else None


def phone_name_rank(name: str) -> int | None:
    """How well a name says that its column is the phone, 0 the best; None if it does not."""
    key, words = name_key(name), name_words(name)
    for rank, names in enumerate(PHONE_NAMES):
        if key in names:
            return 2 * rank
        if rank < len(PHONE_WORDS) and words & PHONE_WORDS[rank] and not words & FAX_WORDS:
            return 2 * rank + 1
    return None


def _other_phones(columns: Sequence[str], *, besides: Sequence[int | None]) -> tuple[int, ...]:
    ranks = [(phone_name_rank(name), at) for at, name in enumerate(columns) if at not in besides]
    return tuple(at for _, at in sorted((rank, at) for rank, at in ranks if rank is not None))


def _others(columns: Sequence[str], found: Columns) -> tuple[int, ...]:
    known = {found.phone, found.lead_id, found.sender, found.media, found.message}
    known |= {*found.other_phones, *(each.at for each in found.heeded)}
    return tuple(at for at, name in enumerate(columns) if at not in known and may_say_it_too(name))


def _best_phone(columns: Sequence[str], sample: Sequence[Sequence[str]], country: Country) -> int:
    """The best-named column that holds numbers; else what holds numbers; else the best-named."""
    ranks = [phone_name_rank(column) for column in columns]
    shares = [_share_of_phones((row[at] for row in sample), country) for at in range(len(columns))]
    named_well = _best(ranks, range(len(columns)))
    confirmed = _best(ranks, [at for at, share in enumerate(shares) if share >= CONFIRMING])
    if confirmed:
        if ranks[confirmed[0]] in _ONLY_A_WORD:
            rivals = [
                at for at, rank in enumerate(ranks) if rank is not None and rank < _ANY_NUMBER
            ]
            confirmed = [at for at in rivals if shares[at] >= CONFIRMING]
        return _the_one(columns, confirmed)
    convincing = [
        at
        for at, share in enumerate(shares)
        if share >= CONVINCING and not name_words(columns[at]) & OTHER_WORDS
    ]
    if convincing and named_well and ranks[named_well[0]] != _ANY_NUMBER:
        return _the_one(columns, named_well + convincing)
    return _the_one(columns, convincing or named_well)


def _best(ranks: Sequence[int | None], among: Iterable[int]) -> list[int]:
    """Those of the positions whose names are the best; none if no name says anything."""
    known = [(rank, at) for at in among if (rank := ranks[at]) is not None]
    return [at for rank, at in known if rank == min(known)[0]]


def _the_one(columns: Sequence[str], candidates: Sequence[int]) -> int:
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        both = listed([columns[at] for at in candidates])
        raise ColumnUnclear(
            f"Several columns could be the phone: {both}; say which one is to be texted.",
            next_command=f'… --phone-column "{columns[candidates[0]]}"',
            candidates=candidates,
        )
    raise ColumnMissing(
        f"No column is named like a phone number; the file has {listed(columns)}.",
        next_command='… --phone-column "NAME"',
    )


def _share_of_phones(cells: Iterable[str], country: Country) -> float:
    """The part of the filled cells that look like phone numbers; 0 where none is filled."""
    filled = [cell for cell in cells if cell.strip()]
    return sum(_looks_like_a_phone(cell, country) for cell in filled) / max(len(filled), 1)


def _looks_like_a_phone(cell: str, country: Country) -> bool:
    read = read_phone(cell, country)
    return isinstance(read, Phone) or read.reason in _STILL_PHONES


_STILL_PHONES = frozenset({Reason.DAMAGED_NUMBER, Reason.UNSUPPORTED_COUNTRY})
