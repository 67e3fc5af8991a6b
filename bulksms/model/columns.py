"""Which column is the phone, the lead id, the sender, the attachment: by name, then by content.

Names are compared without regard to case, accents, spaces and punctuation, in four languages.
`which_phone` has the rules of the phone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bulksms.model.column_names import (
    LEAD_ID_NAMES,
    MEDIA_NAMES,
    SENDER_NAMES,
    SENDER_NUMBER_NAMES,
    listed,
    name_key,
)
from bulksms.model.errors import ColumnMissing, ColumnUnclear, InputError
from bulksms.model.opt_out_columns import Heeded, heeded_columns
from bulksms.model.opt_out_names import hints_at_an_opt_out, may_say_it_too
from bulksms.model.phone import Country, Phone, read_phone
from bulksms.model.text import column_key
from bulksms.model.which_phone import (
    CONFIRMING,
    NOTHING_TOLD,
    ToldOfPhone,
    best_phone,
    phone_name_rank,
    share_of_phones,
)

SAMPLE = 200
"""Rows that are looked at to see what a column holds."""

NO_COLUMN = ""
"""Instead of a column's name: none is to be it, whatever the columns are called."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns that mean something; None where the file has none.

    `heeded` are those that say who does not want texts, whatever else they are used for;
    `other_phones` those that are named like a phone and are not the one, the best first;
    `others` the rest, in which somebody may have noted an opt-out all the same, and `hinting` those
    of them whose names have the words of one, though they do not say it plainly.
    """

    phone: int
    lead_id: int | None = None
    sender: int | None = None
    media: int | None = None
    message: int | None = None
    heeded: tuple[Heeded, ...] = ()
    other_phones: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    hinting: tuple[int, ...] = ()


def find_columns(
    columns: Sequence[str],
    *,
    sample: Sequence[Sequence[str]] = (),
    rows: Iterable[Sequence[str]] = (),
    country: Country = Country.US,
    told: ToldOfPhone = NOTHING_TOLD,
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
    if phone:
        recipient = named(columns, phone)
    elif told.named is not None:
        recipient = _phone_of_these_rows(columns, told.named)
    else:
        recipient = best_phone(columns, sample, country, was_empty=told.was_empty)
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
    others = _others(columns, found)
    hinting = tuple(at for at in others if hints_at_an_opt_out(columns[at]))
    return replace(found, others=others, hinting=hinting)


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


def _phone_of_these_rows(columns: Sequence[str], name: str) -> int:
    """Nobody chose another phone for rows to mend, so none is guessed."""
    if name in columns:
        return columns.index(name)
    raise ColumnUnclear(
        f"These are rows to mend of the phone '{name}', which is not among the columns any more:"
        f" the file has {listed(columns)}; say which one is to be texted.",
        next_command='… --phone-column "NAME"',
        candidates=range(len(columns)),
    )


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
    return at if not cells or share_of_phones(cells, country) >= CONFIRMING else None


def _other_phones(columns: Sequence[str], *, besides: Sequence[int | None]) -> tuple[int, ...]:
    ranks = [(phone_name_rank(name), at) for at, name in enumerate(columns) if at not in besides]
    return tuple(at for _, at in sorted((rank, at) for rank, at in ranks if rank is not None))


def _others(columns: Sequence[str], found: Columns) -> tuple[int, ...]:
    known = {found.phone, found.lead_id, found.sender, found.media, found.message}
    known |= {at for at in found.other_phones if not hints_at_an_opt_out(columns[at])}
    known |= {each.at for each in found.heeded}
    return tuple(at for at, name in enumerate(columns) if at not in known and may_say_it_too(name))
