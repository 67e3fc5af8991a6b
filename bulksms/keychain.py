"""API tokens in the system's keyring, where a machine has one: an entry for each account.

The only door to `keyring`, which comes with the extra `keyring` (and `web`); without it nothing is
kept, and the environment is asked alone.
"""

from bulksms.model.accounts import DEFAULT_NAME, DEFAULT_VARIABLE
from bulksms.model.errors import ConfigError

SERVICE = "bulksms"


def has_keyring() -> bool:
    """Whether this system has one that a token can be put into."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and 50 ms for whoever has it

        return keyring.get_keyring().priority > 0
    except Exception:  # noqa: BLE001 - what is not there, or not for here, breaks in any way
        return False


def kept_token(account: str = DEFAULT_NAME) -> str:
    """The account's token in the keyring; empty if there is none, or no keyring."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and 50 ms for whoever has it
    except ImportError:
        return ""
    try:
        return (keyring.get_password(SERVICE, _entry(account)) or "").strip()
    except Exception:  # noqa: BLE001 - one that is set up for another place breaks in any way
        return ""


def keep_token(token: str, account: str = DEFAULT_NAME) -> None:
    """Put the token into the keyring; an earlier one of the account is replaced.

    Raises:
        ConfigError: this system has no keyring that can be used.
    """
    try:
        import keyring  # noqa: PLC0415 - the same
    except ImportError as error:
        raise ConfigError(
            "The keyring needs more than the base install (keyring is missing).",
            next_command="pip install '.[keyring]'\ntyped in the folder with the source of bulksms",
        ) from error
    try:
        keyring.set_password(SERVICE, _entry(account), token)
    except Exception as error:
        raise ConfigError(
            "This system has no keyring to keep the token in;"
            " an environment variable can hold it instead.",
            next_command=instead_of_keyring(account),
        ) from error


def forget_token(account: str = DEFAULT_NAME) -> None:
    """Take the account's token out of the keyring, if it is there.

    Raises:
        ConfigError: the keyring lets nobody take it out.
    """
    if kept_token(account):
        import keyring  # noqa: PLC0415 - the same

        try:
            keyring.delete_password(SERVICE, _entry(account))
        except Exception as error:
            raise ConfigError(
                f"The keyring does not give the token back ({type(error).__name__}):"
                f" delete '{_entry(account)}' of '{SERVICE}' in the keyring's own program."
            ) from error


def _entry(account: str) -> str:
    """As what the keyring lists it; the default account's is older than the names."""
    return DEFAULT_VARIABLE if account == DEFAULT_NAME else f"{DEFAULT_VARIABLE} of {account}"


def instead_of_keyring(account: str) -> str:
    """What to type where there is none."""
    if account == DEFAULT_NAME:
        return f"export {DEFAULT_VARIABLE}='…'   before  bulksms web"
    return f"bulksms accounts add '{account}' --token-variable NAME"
