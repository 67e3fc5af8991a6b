"""The one way to an account's token: its record names the place, and here it is looked up.

The token comes from an environment variable, from a file that nobody but its owner can read,
or from the system's keyring; it is never an option, never stored in the database, never logged.
"""

import os
import shlex
import stat
from pathlib import Path

from bulksms.keychain import kept_token
from bulksms.model.accounts import (
    DEFAULT_NAME,
    DEFAULT_VARIABLE,
    Account,
    Keeper,
    TokenPlace,
    checked_token,
)
from bulksms.model.errors import ConfigError

_LONGEST = 4096
_IN_EASIFY = "(in Easify: Settings > API Settings; keep the quotes)"


def token_of(account: Account) -> str:
    """The account's API token.

    Raises:
        ConfigError: there is none where it should be, it can be none, or others could read it.
    """
    place = place_of(account)
    if place is None or not (found := _look(place)):
        raise _missing(account, place)
    return checked_token(found, f" in {place.in_words}")


def place_of(account: Account) -> TokenPlace | None:
    """Where the account's token is; None where nobody has said it, or there is none."""
    if account.token_place is not None or account.name != DEFAULT_NAME:
        return account.token_place
    places = (TokenPlace(Keeper.VARIABLE, DEFAULT_VARIABLE), in_keyring(DEFAULT_NAME))
    return next((place for place in places if _look(place)), None)


def in_keyring(account: str) -> TokenPlace:
    """The account's entry in the system's keyring."""
    return TokenPlace(Keeper.KEYRING, account)


def _look(place: TokenPlace) -> str:
    match place.keeper:
        case Keeper.VARIABLE:
            return os.environ.get(place.name, "").strip()
        case Keeper.KEYRING:
            return kept_token(place.name)
        case Keeper.FILE:
            return _private_text(Path(place.name)).strip()


def _private_text(path: Path) -> str:
    """What a file holds that only its owner can read.

    Raises:
        ConfigError: it cannot be read, or others could.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, without end
            raise ConfigError(f"The token file {path} is no file.")
        with path.open("rb") as file:
            _require_private(path, os.fstat(file.fileno()))
            return file.read(_LONGEST).decode("ascii")
    except UnicodeDecodeError as error:
        raise ConfigError(f"The token file {path} holds something else than a token.") from error
    except OSError as error:
        raise ConfigError(f"The token file {path} cannot be read: {error.strerror}.") from error


def _require_private(path: Path, found: os.stat_result) -> None:
    """The owner is asked for where files have owners: on POSIX.

    What root hands to a service is readable by its group as well, for it is not the service's own:
    systemd's credentials (systemd.exec(5)) and Kubernetes' secrets (`fsGroup`) are such.
    """
    if os.name != "posix":
        return
    mine = found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    handed = found.st_uid == 0 and not found.st_mode & (stat.S_IWGRP | stat.S_IRWXO)
    if mine or (handed and os.geteuid() != 0):
        return
    raise ConfigError(
        f"The token file {path} could be read by others than its owner, or is not yours.",
        next_command=f"chmod 600 {shlex.quote(str(path))}\n"
        "as the user who sends (440 for a secret that is mounted as root's)",
    )


def _missing(account: Account, place: TokenPlace | None) -> ConfigError:
    if account.name == DEFAULT_NAME and place is None:
        return ConfigError(
            f"There is no API token: the environment variable {DEFAULT_VARIABLE} is not set.",
            next_command=f"export {DEFAULT_VARIABLE}='…'\n{_IN_EASIFY}",
        )
    if place is None:
        return ConfigError(
            f"Nobody has said where the token of the account '{account.name}' is kept.",
            next_command=f"bulksms accounts add {shlex.quote(account.name)} --token-variable NAME",
        )
    remedies = {
        Keeper.VARIABLE: f"export {place.name}='…'\n{_IN_EASIFY}",
        Keeper.FILE: f"put the token into {place.name} (in Easify: Settings > API Settings)",
        Keeper.KEYRING: f"bulksms accounts add {shlex.quote(account.name)} --token-keyring",
    }
    return ConfigError(
        f"There is no token of the account '{account.name}' in {place.in_words}.",
        next_command=remedies[place.keeper],
    )
