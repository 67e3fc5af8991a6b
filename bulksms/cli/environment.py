"""What the surroundings tell a command: the token, the address, how long to wait; the database."""

import os
from collections.abc import Callable
from datetime import timedelta

import click

from bulksms.model.errors import ConfigError
from bulksms.model.settings import (
    DEFAULT_BASE_URL,
    DEFAULT_LEASE,
    DEFAULT_RATE,
    DEFAULT_SETTLE,
    DEFAULT_TIMEOUT,
    parse_rate,
)


def token() -> str:
    """The API token.

    Raises:
        ConfigError: it is not set.
    """
    found = os.environ.get("EASIFY_API_TOKEN", "").strip()
    if not found:
        raise ConfigError(
            "There is no API token: the environment variable EASIFY_API_TOKEN is not set.",
            next_command="export EASIFY_API_TOKEN='…'"
            "   (in Easify: Settings > API Settings; keep the quotes)",
        )
    return found


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


def rate_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option `--rate`, wherever something is paced or planned."""
    return click.option(
        "--rate",
        metavar="MESSAGES/SECONDS",
        envvar="BULKSMS_RATE",
        default=str(DEFAULT_RATE),
        show_default=True,
        show_envvar=True,
        callback=lambda _ctx, _param, text: parse_rate(text),
        help="The account's limit.",
    )(command)


def read_from_environment(command: click.Command, prefix: str) -> None:
    """Let every option of a command read `PREFIX_OPTION`, the option as it is typed, first."""
    if isinstance(command, click.Group):
        for verb, each in command.commands.items():
            read_from_environment(each, f"{prefix}_{verb.upper()}")
    for option in command.params:
        if isinstance(option, click.Option):
            name = max(option.opts, key=len).lstrip("-").replace("-", "_").upper()
            general = [option.envvar] if isinstance(option.envvar, str) else option.envvar or []
            option.envvar = list(dict.fromkeys([f"{prefix}_{name}", *general]))


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
