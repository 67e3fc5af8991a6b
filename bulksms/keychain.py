"""The API token in the system's keyring, where a machine has one.

The only door to `keyring`, which comes with the extra `web`; without it nothing is kept,
and the environment is asked alone.
"""

from bulksms.model.errors import ConfigError

SERVICE, USER = "bulksms", "EASIFY_API_TOKEN"


def kept_token() -> str:
    """The token in the keyring; empty if there is none, or no keyring."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and 50 ms for whoever has it
    except ImportError:
        return ""
    try:
        return (keyring.get_password(SERVICE, USER) or "").strip()
    except keyring.errors.KeyringError:
        return ""


def keep_token(token: str) -> None:
    """Put the token into the keyring; an earlier one is replaced.

    Raises:
        ConfigError: this system has no keyring that can be used.
    """
    import keyring  # noqa: PLC0415 - the same

    try:
        keyring.set_password(SERVICE, USER, token)
    except keyring.errors.KeyringError as error:
        raise ConfigError(
            "This system has no keyring to keep the token in; set EASIFY_API_TOKEN instead.",
            next_command="export EASIFY_API_TOKEN='…'   before  bulksms web",
        ) from error


def forget_token() -> None:
    """Take the token out of the keyring, if it is there."""
    import keyring  # noqa: PLC0415 - the same

    if kept_token():
        keyring.delete_password(SERVICE, USER)
