"""Every command's `--help`, as it is on a terminal of 80 columns."""

from collections.abc import Iterator

import click

from bulksms.cli import main

from .markdown import fence

WIDTH = 78
"""What click fills of a terminal of 80 columns."""


def help_texts() -> str:
    """A heading and the help for each command, in the order of the work."""
    return "\n".join(
        f"\n## `{name}`\n{fence(text)}" for name, text in _every(main, None, "bulksms")
    )


def _every(
    command: click.Command, parent: click.Context | None, name: str
) -> Iterator[tuple[str, str]]:
    context = click.Context(command, parent, name, terminal_width=WIDTH, **command.context_settings)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            if below is not None:
                yield from _every(below, context, each)
