"""`bulksms.toml`, beside the database: the options that one always gives. `config` shows them.

A word on the command line wins over the environment, and that over the file.
The file holds no secrets: the token is never an option.
"""

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import click

from bulksms.cli.asking import json_option
from bulksms.model.errors import ConfigError

FILE_NAME = "bulksms.toml"
KEYS = (
    *("from", "country", "account", "rate", "duplicates"),
    *("hours", "days", "timezone", "not-if-texted-within", "not-if-same-text-within"),
    *("phone-column", "lead-id-column", "media-column"),
)
"""What may stand in the file: options, as they are typed, without the dashes."""
_OF_A_NEW_CAMPAIGN = {"account", "not_if_texted_within", "not_if_same_text_within"}
BEGINNING = ("check", "load", "send")
COMMANDS = (*BEGINNING, "resume", "retry", "history", "web")
SETTINGS = (
    "BULKSMS_DATABASE",
    "BULKSMS_RATE",
    "BULKSMS_LEASE",
    "BULKSMS_SETTLE",
    "BULKSMS_TIMEOUT",
)
"""What the environment sets besides the options of commands."""
_PASSWORD = re.compile(r"(://[^:/@]*:).*(?=@)|((?:^|[?&\s])password\s*=\s*)[^&\s]*")
SUPPRESSING = ("add", "remove", "import")


def config_file(database: str) -> Path:
    """Where the file is, or would be: beside a database file, else in the current folder.

    Raises:
        StoreError: no database can have that name.
    """
    if "://" not in database and not database.startswith("~"):
        return Path(database).parent / FILE_NAME
    # Only here: it takes longer than all the rest of `--help`.
    from bulksms.store.engine import database_url, sqlite_file  # noqa: PLC0415

    beside = sqlite_file(database_url(database))
    return (Path() if beside is None else beside.parent) / FILE_NAME


def read_config(database: str) -> dict[str, str]:
    """The options in the file; none where there is no file.

    Raises:
        ConfigError: it cannot be read, or names an option that it cannot hold.
    """
    path = config_file(database)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from error
    for key, value in found.items():
        if key not in KEYS:
            raise ConfigError(f"{path} has '{key}'; it may have {', '.join(KEYS)}.")
        if not isinstance(value, str):
            raise ConfigError(f"{path} has {key} = {value!r}; it must be a text, in quotes.")
    return found


def as_default_map(options: dict[str, str]) -> dict[str, Any]:
    """The options as click looks for them, by command; each takes those that it has."""
    values = {key.replace("-", "_"): value for key, value in options.items()}
    # Whose pace and whom a new campaign leaves out; a campaign that is there has its own.
    others = {key: value for key, value in values.items() if key not in _OF_A_NEW_CAMPAIGN}
    every = {name: values if name in BEGINNING else others for name in COMMANDS}
    return {**every, "suppress": dict.fromkeys(SUPPRESSING, others)}


@click.command(epilog="Example:  bulksms config")
@json_option
@click.pass_obj
def config(database: str, *, as_json: bool) -> None:
    """Show what bulksms.toml beside the database, and the environment, set.

    The command line wins over the environment, and that over the file.
    """
    path, options = config_file(database), read_config(database)
    ours = _our_variables()
    environment = {
        name: _shown(name, value, ours)
        for name, value in sorted(os.environ.items())
        if name.startswith("BULKSMS_")
    }
    token = bool(os.environ.get("EASIFY_API_TOKEN", "").strip())
    if as_json:
        told = {"file": str(path), "options": options, "environment": environment, "token": token}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{path}: {'not there' if not path.exists() else ''}".rstrip(": "))
    for key, value in options.items():
        click.echo(f"  {key} = {json.dumps(value, ensure_ascii=False)}")
    for name, value in environment.items():
        click.echo(f"{name}={value}")
    click.echo(f"EASIFY_API_TOKEN is {'set' if token else 'not set'}.")


def _our_variables() -> tuple[str, ...]:
    """How the names of variables begin that we read."""
    root = click.get_current_context().find_root()
    group = root.command
    commands = group.list_commands(root) if isinstance(group, click.Group) else []
    return (*SETTINGS, *(f"BULKSMS_{command.upper()}_" for command in commands))


def _shown(name: str, value: str, ours: tuple[str, ...]) -> str:
    """A value that is ours, without its password; of another name, which may be a token's, none."""
    if not name.startswith(ours) or "TOKEN" in name:
        return "(set; not shown)"
    return _PASSWORD.sub(r"\1\2***", value)
