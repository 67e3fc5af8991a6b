"""Which accounts a spreadsheet names: a row each, with the place of its token and never the token.

All of them or none, so that nobody has to find out which of three hundred are missing.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.model.accounts import Account, TokenPlace, account_name, token_file, token_variable
from bulksms.model.errors import ConfigError, InputError
from bulksms.model.phone import BadPhone, Country, Phone
from bulksms.model.sender import read_sender
from bulksms.model.settings import parse_rate
from bulksms.model.wording import plural
from bulksms.tokens import token_of

if TYPE_CHECKING:  # pandas is loaded only where a spreadsheet is read
    from bulksms.spreadsheet.reading import Table

_ROLES = {
    "name": "name",
    "account": "name",
    "rate": "rate",
    "sender": "senders",
    "senders": "senders",
    "from": "senders",
    "from_number": "senders",
    "token_env": "variable",
    "token_variable": "variable",
    "token_file": "file",
}
_SECRET_NAMES = ("token", "secret", "password", "api_key")
_LIKE_A_TOKEN = re.compile(r"\d+\s*\|\s*\S{6,}")
"""As the vendor writes them: `1955|43da5bb5-…` (authentication page)."""

_INSTEAD = (
    "write the names of environment variables (column token_env) or of private files"
    " (column token_file) instead, and delete the tokens from the spreadsheet"
)


def accounts_of(table: "Table", *, country: Country, folder: Path) -> list[Account]:
    """Every account of the table, or none of them; token files are looked for in `folder`.

    Raises:
        InputError: the columns or a row cannot be read, or there are tokens in the table.
    """
    columns = _columns(table.columns)
    accounts: list[Account] = []
    bad: list[str] = []
    first: dict[object, int] = {}
    for row_number, cells in table.rows():
        _require_no_token(row_number, cells)
        try:
            found = _account(_named_cells(columns, cells), country, folder)
            _require_first(found, row_number, first)
            accounts.append(found)
        except (InputError, ConfigError) as error:
            bad.append(f"row {row_number}: {error.sentence}")
    if bad:
        raise InputError(
            f"{plural(len(bad), 'row')} of {table.source_name} cannot be read,"
            f" so nothing was added: {' '.join(bad[:5])}",
            next_command="mend the rows, then the same command again",
        )
    return accounts


def _columns(names: Sequence[str]) -> dict[int, str]:
    """Position → what it says of an account; columns that say nothing of it are left out."""
    plain = [re.sub(r"[\s_-]+", "_", name.strip().lower()) for name in names]
    for name, shown in zip(plain, names, strict=True):
        if name not in _ROLES and any(word in name for word in _SECRET_NAMES):
            raise InputError(
                f"The column '{shown}' seems to hold tokens, and a spreadsheet is no place for"
                " them; nothing was added.",
                next_command=_INSTEAD,
            )
    roles = {at: _ROLES[name] for at, name in enumerate(plain) if name in _ROLES}
    held = list(roles.values())
    if "name" not in held or not {"variable", "file"} & set(held) or len(held) != len(set(held)):
        raise InputError(
            "The columns must be name, token_env or token_file, and perhaps rate and sender,"
            " each once."
        )
    return roles


def _require_no_token(row_number: int, cells: Sequence[str]) -> None:
    if any(_LIKE_A_TOKEN.fullmatch(cell.strip()) for cell in cells):
        raise InputError(
            f"A cell of row {row_number} looks like a token, and a spreadsheet is no place for"
            " one; nothing was added.",
            next_command=_INSTEAD,
        )


def _named_cells(columns: Mapping[int, str], cells: Sequence[str]) -> dict[str, str]:
    return {role: cells[at].strip() for at, role in columns.items()}


def _account(said: Mapping[str, str], country: Country, folder: Path) -> Account:
    rate = said.get("rate", "")
    account = Account(
        name=account_name(said["name"]),
        rate=parse_rate(rate) if rate else None,
        senders=senders_of(re.split(r"[;,\n]", said.get("senders", "")), country),
        token_place=_place(said.get("variable", ""), said.get("file", ""), folder),
    )
    if said.get("file"):
        token_of(account)
    return account


def senders_of(texts: Sequence[str], country: Country) -> tuple[str, ...]:
    """The numbers as E.164, each once; empty texts are none.

    Raises:
        InputError: a text is no number.
    """
    return tuple(dict.fromkeys(_sender(each, country) for each in texts if each.strip()))


def _sender(text: str, country: Country) -> str:
    match read_sender(text, country):
        case Phone(e164):
            return e164
        case BadPhone(_, detail):
            raise InputError(f"The sender cannot be read: {detail}")


def _place(variable: str, file: str, folder: Path) -> TokenPlace:
    if bool(variable) == bool(file):
        raise InputError("The token has one place: either token_env or token_file.")
    if variable:
        return token_variable(variable)
    return token_file(folder / Path(file).expanduser())


def _require_first(found: Account, row_number: int, first: dict[object, int]) -> None:
    for key, what in ((found.name, "account"), (found.token_place, "token's place")):
        other = first.setdefault(key, row_number)
        if other != row_number:
            raise InputError(f"The {what} is the same as in row {other}.")
