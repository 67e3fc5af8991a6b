"""What the surroundings tell the program: the token, the address, how long to wait.

The token comes from the environment or else from the system's keyring; it is never an option,
never stored in the database and never logged.
"""

import os
from datetime import timedelta

from bulksms.keychain import kept_token
from bulksms.model.errors import ConfigError
from bulksms.model.settings import (
    DEFAULT_BASE_URL,
    DEFAULT_LEASE,
    DEFAULT_SETTLE,
    DEFAULT_TIMEOUT,
)


def token() -> str:
    """The API token.

    Raises:
        ConfigError: there is none, neither in the environment nor in the keyring.
    """
    found = token_of_environment() or kept_token()
    if not found:
        raise ConfigError(
            "There is no API token: the environment variable EASIFY_API_TOKEN is not set.",
            next_command="export EASIFY_API_TOKEN='…'"
            "   (in Easify: Settings > API Settings; keep the quotes)",
        )
    return found


def token_of_environment() -> str:
    """The token that is set for this process; empty if none is."""
    return os.environ.get("EASIFY_API_TOKEN", "").strip()


def webhook_secret() -> str:
    """What the vendor signs its delivery events with; empty if none is set."""
    return os.environ.get("EASIFY_WEBHOOK_SECRET", "").strip()


def base_url() -> str:
    """Where the API is."""
    return os.environ.get("EASIFY_BASE_URL") or DEFAULT_BASE_URL


def timeout() -> timedelta:
    """How long to wait for the vendor's answer."""
    return _seconds("BULKSMS_TIMEOUT", DEFAULT_TIMEOUT)


def settle() -> timedelta:
    """How long after an attempt its absence from the vendor's record is believed."""
    return _seconds("BULKSMS_SETTLE", DEFAULT_SETTLE)


def lease_length() -> timedelta:
    """After how long a silent sender's account may be taken over."""
    return _seconds("BULKSMS_LEASE", DEFAULT_LEASE)


def _seconds(variable: str, default: timedelta) -> timedelta:
    text = os.environ.get(variable)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < 86_400:  # noqa: PLR2004 - a day
        raise ConfigError(f"{variable} is '{text}'; it must be a number of seconds.")
    return timedelta(seconds=seconds)
