"""Options that the environment may answer: the rate, and every option by a variable of its own."""

import os
from collections.abc import Callable

import click
from click.core import ParameterSource

from bulksms.model.accounts import AskedRate
from bulksms.model.settings import DEFAULT_RATE, parse_rate


def rate_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option `--rate`, wherever something is paced or planned."""
    return click.option(
        "--rate",
        metavar="MESSAGES/SECONDS",
        envvar="BULKSMS_RATE",
        default=str(DEFAULT_RATE),
        show_default=True,
        show_envvar=True,
        callback=_asked,
        help="The limit; an account's own wins over what is not typed.",
    )(command)


def _asked(ctx: click.Context, param: click.Parameter, text: str) -> AskedRate:
    typed = ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
    return AskedRate(parse_rate(text), typed)


def read_from_environment(command: click.Command, prefix: str) -> None:
    """Let every option of a command read `PREFIX_OPTION`, the option as it is typed, first."""
    if isinstance(command, click.Group):
        for verb, each in command.commands.items():
            read_from_environment(each, f"{prefix}_{verb.upper()}")
    for option in command.params:
        if isinstance(option, click.Option):
            name = max(option.opts, key=len).lstrip("-").replace("-", "_").upper()
            general = [option.envvar] if isinstance(option.envvar, str) else option.envvar or []
            names = dict.fromkeys([f"{prefix}_{name}", *general])
            option.envvar = [each for each in names if not _is_of_a_service(each)]


def _is_of_a_service(variable: str) -> bool:
    """Kubernetes names the port of a service `bulksms-web` as we name an option of `web`."""
    return os.environ.get(variable, "").startswith(("tcp://", "udp://"))
