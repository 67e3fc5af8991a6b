"""What a person says of an account: its pace, its senders, and where its token is kept.

An account is one API token and the pace that the vendor allows it. The token itself is nowhere
here: a record names the place, and whoever sends looks there at that moment (`tokens`).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bulksms.model.errors import ConfigError, InputError
from bulksms.model.records import Rate

DEFAULT_NAME = "default"
DEFAULT_VARIABLE = "EASIFY_API_TOKEN"
"""The default account's token, unless its record names another place; else the keyring's."""

LONGEST_NAME = 64
_COPY_IT = "copy the token alone once more (in Easify: Settings > API Settings)"
_TOKEN = re.compile(r"""[!#-&(-~]+""")
"""What can be seen of ASCII, without quotation marks."""
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=[^=]")
"""`NAME=…`, a line of an environment file."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Keeper(StrEnum):
    """Who keeps a token."""

    VARIABLE = "variable"
    """An environment variable."""
    FILE = "file"
    """A file that only its owner can read."""
    KEYRING = "keyring"
    """The system's own safe."""


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where a token is kept: the variable's name, the file's path, the keyring's entry."""

    keeper: Keeper
    name: str

    @property
    def in_words(self) -> str:
        """As a sentence says it."""
        match self.keeper:
            case Keeper.VARIABLE:
                return f"the environment variable {self.name}"
            case Keeper.FILE:
                return f"the file {self.name}"
            case Keeper.KEYRING:
                return "this system's keyring"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its record describes it; without a record nothing but the name is known.

    `rate` is its own limit, None where nobody named one; `senders` are its numbers, E.164.
    """

    name: str = DEFAULT_NAME
    rate: Rate | None = None
    senders: tuple[str, ...] = ()
    token_place: TokenPlace | None = None

    def require_own(self, sender: str | None) -> None:
        """Look whether the account may send from the number, where its record names any.

        Raises:
            InputError: it may not; the sentence lists those that it has.
        """
        if self.senders and sender is not None and sender not in self.senders:
            raise InputError(
                f"{sender} is no sender of the account '{self.name}';"
                f" it has {', '.join(self.senders)}.",
                next_command=f"the same command with  --from {self.senders[0]}",
            )


@dataclass(frozen=True, slots=True)
class AskedRate:
    """A rate as a command was given it: `typed`, or only a setting for whoever has none."""

    rate: Rate
    typed: bool

    def of(self, account: Account) -> Rate:
        """What is typed wins; then the account's own; then the setting."""
        return self.rate if self.typed or account.rate is None else account.rate


def account_name(text: str) -> str:
    """A name that can be typed and shown.

    Raises:
        InputError: it is none.
    """
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"An account's name has 1 to {LONGEST_NAME} letters that can be seen.")
    return name


def checked_token(token: str, whence: str = "") -> str:
    """The token, if it can be one; `whence` is said of it.

    Raises:
        ConfigError: it is empty, or something else was copied with it. It is not repeated.
    """
    if not token:
        raise ConfigError(f"The API token{whence} is empty.", next_command=_COPY_IT)
    if not _TOKEN.fullmatch(token) or _ASSIGNED.match(token):
        raise ConfigError(
            f"The API token{whence} holds a blank, a line break, a quotation mark, a variable's"
            " name or a letter that no token has.",
            next_command=_COPY_IT,
        )
    return token


def token_variable(text: str) -> TokenPlace:
    """The place that is an environment variable.

    Raises:
        InputError: it can be none. It is not repeated: it could be the token itself, misplaced.
    """
    if not _VARIABLE.fullmatch(text):
        raise InputError(
            "What stands for the token's variable is no variable's name (letters, digits, _);"
            " the token itself is given nowhere but there."
        )
    if text == DEFAULT_VARIABLE:
        raise InputError(f"{DEFAULT_VARIABLE} is the variable of the account '{DEFAULT_NAME}'.")
    return TokenPlace(Keeper.VARIABLE, text)


def token_file(path: Path) -> TokenPlace:
    """The place that is a file, wherever the next command is typed."""
    return TokenPlace(Keeper.FILE, str(path.expanduser().absolute()))
