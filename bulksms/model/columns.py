"""Which column is the phone, the lead id, the sender, the attachment: by name, never by a guess.

Names are compared without regard to case, spaces, `_` and `-`.
For the phone the best-named column wins ("Mobile" over "Phone" over "Number"),
and two equally good ones are an error that names both.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bulksms.model.errors import InputError
from bulksms.model.text import column_key

PHONE_NAMES: tuple[frozenset[str], ...] = (
    frozenset({"mobile", "mobilenumber", "mobilephone", "mobileno", "mobilephonenumber"})
    | {"cell", "cellphone", "cellnumber", "cellphonenumber"},
    frozenset({"phone", "phonenumber", "phoneno", "telephone", "telephonenumber", "tel", "telno"}),
    frozenset({"tonumber", "to", "recipient", "recipients", "number", "contactnumber"})
    | {"msisdn", "sms", "smsnumber", "whatsapp"},
)
"""Names of a phone column, the best first."""

PHONE_WORDS: tuple[frozenset[str], ...] = (
    frozenset({"mobile", "cell", "cellphone"}),
    frozenset({"phone", "telephone", "tel"}),
)
"""Words that make a longer name a phone column ("Customer phone"), the best first."""

LEAD_ID_NAMES = frozenset({"leadid", "lead", "leadno", "leadnumber", "crmid", "crmleadid"})
SENDER_NAMES = frozenset({"fromnumber", "from", "sender"})
MEDIA_NAMES = frozenset({"media", "mediaurl", "image", "imageurl", "picture", "attachment"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns that mean something; None where the file has none."""

    phone: int
    lead_id: int | None = None
    sender: int | None = None
    media: int | None = None
    message: int | None = None


def find_columns(
    columns: Sequence[str],
    *,
    phone: str | None = None,
    lead_id: str | None = None,
    media: str | None = None,
    message: str | None = None,
) -> Columns:
    """The columns by the names given, else by their own.

    Raises:
        InputError: a name that is not in the file, no phone column, or several equally good ones.
    """
    return Columns(
        phone=named(columns, phone) if phone else _best_phone(columns),
        lead_id=named(columns, lead_id) if lead_id else _only(columns, LEAD_ID_NAMES),
        sender=_only(columns, SENDER_NAMES),
        media=named(columns, media) if media else _only(columns, MEDIA_NAMES),
        message=named(columns, message) if message else None,
    )


def named(columns: Sequence[str], name: str) -> int:
    """The position of the column of that name."""
    wanted = column_key(name)
    found = [at for at, column in enumerate(columns) if column_key(column) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"The file has {len(found)} columns that '{name}' could mean.")
    raise InputError(f"There is no column '{name}'; the file has {listed(columns)}.")


def listed(columns: Sequence[str]) -> str:
    """The names of the columns, as a sentence shows them."""
    return ", ".join(f"'{column}'" for column in columns)


def _only(columns: Sequence[str], names: frozenset[str]) -> int | None:
    found = [at for at, column in enumerate(columns) if column_key(column) in names]
    if len(found) > 1:
        both = listed([columns[at] for at in found])
        raise InputError(f"Several columns could be meant: {both}; rename all but one.")
    return found[0] if found else None


def _best_phone(columns: Sequence[str]) -> int:
    for candidates in _phone_candidates(columns):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            both = listed([columns[at] for at in candidates])
            raise InputError(
                f"Several columns could be the phone: {both}; say which one is to be texted.",
                next_command=f'… --phone-column "{columns[candidates[0]]}"',
            )
    raise InputError(
        f"No column is named like a phone number; the file has {listed(columns)}.",
        next_command='… --phone-column "NAME"',
    )


def _phone_candidates(columns: Sequence[str]) -> Iterator[list[int]]:
    """Ever weaker kinds of names, and the columns that have them."""
    keys = [column_key(column) for column in columns]
    words = [set(re.findall(r"[^\W\d_]+", column.casefold())) for column in columns]
    for rank, names in enumerate(PHONE_NAMES):
        yield [at for at, key in enumerate(keys) if key in names]
        if rank < len(PHONE_WORDS):
            yield [at for at, of_column in enumerate(words) if of_column & PHONE_WORDS[rank]]
