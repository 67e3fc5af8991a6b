"""Every command's `--help`, as it is on a terminal of 80 columns; and which speak JSON."""

from collections.abc import Iterator

import click

from bulksms.cli import main

from .markdown import code, fence

WIDTH = 78
"""What click fills of a terminal of 80 columns."""


def help_texts() -> str:
    """A heading and the help for each command, in the order of the work."""
    return "\n".join(
        f"\n## `{each.command_path}`\n{fence(each.command.get_help(each))}" for each in _every()
    )


def for_scripts() -> str:
    """What a script types, and on which commands."""
    *most, last = (
        code(each.command_path.removeprefix("bulksms "))
        for each in _every()
        if any("--json" in option.opts for option in each.command.params)
    )
    return (
        f"\n`--json` (on {', '.join(most)} and {last}) is for scripts;\n"
        "scripts also need `--yes`, because a question without a terminal sends nothing.\n"
    )


def _every(
    command: click.Command = main, parent: click.Context | None = None, name: str = "bulksms"
) -> Iterator[click.Context]:
    """Each command, in the order of the work, with the context that its help is shown in."""
    context = click.Context(command, parent, name, terminal_width=WIDTH, **command.context_settings)
    yield context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            if below is not None:
                yield from _every(below, context, each)
