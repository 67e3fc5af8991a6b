"""What the surroundings tell the program: the address, how long to wait. Tokens are in `tokens`."""

import os
from datetime import timedelta

from bulksms.model.errors import ConfigError
from bulksms.model.settings import (
    DEFAULT_BASE_URL,
    DEFAULT_LEASE,
    DEFAULT_SETTLE,
    DEFAULT_TIMEOUT,
)


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
