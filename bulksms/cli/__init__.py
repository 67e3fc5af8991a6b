"""The command line: options in, one use case called, the result shown, an error as an exit code.

Commands are imported when they are called: `bulksms --help` needs click and nothing else.
"""

import gc
import importlib
import sys
from typing import Any

import click

from bulksms import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("bulksms.cli.loading", "Show the plan for a file; nothing is stored or sent."),
    "send": ("bulksms.cli.loading", "Check, show the plan, ask, load, and send to the end."),
    "load": ("bulksms.cli.loading", "Check a file and store it as a draft, without sending."),
    "resume": ("bulksms.cli.running", "Start a draft, or go on where a campaign stood."),
    "retry": ("bulksms.cli.running", "Put refused rows back, then go on."),
    "pause": ("bulksms.cli.steering", "Pause a campaign, from any terminal."),
    "cancel": ("bulksms.cli.steering", "End a campaign; the rows that wait are skipped."),
    "status": ("bulksms.cli.showing", "Show all campaigns, or where one stands."),
    "receive": ("bulksms.cli.receiving", "Fetch what became of the accepted messages."),
    "reconcile": ("bulksms.cli.settling", "Settle rows in doubt against Easify's own record."),
    "resolve": ("bulksms.cli.settling", "Settle a row in doubt by hand."),
    "report": ("bulksms.cli.reporting", "Write every row and its outcome to a file."),
    "audit": ("bulksms.cli.showing", "Check the promise on the database."),
    "suppress": ("bulksms.cli.suppressing", "Numbers never to be texted."),
    "accounts": ("bulksms.cli.accounts", "Named accounts beside the default one."),
    "history": ("bulksms.cli.history", "Everything ever done with a number."),
    "purge": ("bulksms.cli.housekeeping", "Erase the personal data of old campaigns."),
    "config": ("bulksms.cli.config", "What bulksms.toml and the environment set."),
    "migrate": ("bulksms.cli.housekeeping", "Upgrade the database, or make it."),
    "web": ("bulksms.cli.web", "Open the web page on this machine."),
    "worker": ("bulksms.cli.worker", "Run the campaigns of a database, unattended."),
    "sandbox": (
        "bulksms.cli.housekeeping",
        "Play the vendor's API here, to try things.",
    ),
}
"""Command → the module that has it, and its one line in `--help`."""


class Commands(click.Group):
    """The commands, each imported when it is named."""

    def main(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - click's signature
        """As click does, but for a Ctrl-C outside of `invoke`: to click that is a failure."""
        stands_alone = named.pop("standalone_mode", True)
        named["standalone_mode"] = False
        try:
            ended = super().main(*arguments, **named)
        except click.ClickException as error:
            if not stands_alone:
                raise
            error.show()
            sys.exit(error.exit_code)
        except click.Abort:
            raise KeyboardInterrupt from None
        return sys.exit(ended) if stands_alone else ended

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order of the work, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command itself."""
        if name not in COMMANDS:
            return None
        # Only a command that is named needs the environment, not `--help`.
        from bulksms.cli.environment import read_from_environment  # noqa: PLC0415

        module, line = COMMANDS[name]
        gc.disable()  # modules stay: to look for cycles among them took a tenth of the time
        command: click.Command = getattr(importlib.import_module(module), name)
        gc.freeze()  # and no look afterwards needs to go through them
        gc.enable()
        command.short_help = line
        read_from_environment(command, f"BULKSMS_{name.upper()}")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The list in `--help`, without importing what it lists."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command; an error of ours becomes its sentence and its exit code."""
        # Only a command that runs needs these, not `--help`.
        from bulksms.cli.failing import told_plainly  # noqa: PLC0415
        from bulksms.cli.outlets import bear_readers_that_go  # noqa: PLC0415

        bear_readers_that_go()
        with told_plainly(debug=ctx.params["debug"]):
            return super().invoke(ctx)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start here:  bulksms check contacts.xlsx --message 'Hi {first_name}' --from 3152935500",
)
@click.option(
    "--database",
    metavar="PATH_OR_URL",
    envvar="BULKSMS_DATABASE",
    default="bulksms.db",
    show_default=True,
    show_envvar=True,
    help="Where campaigns are kept.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context, *, database: str, debug: bool) -> None:  # noqa: ARG001 - `Commands.invoke` reads it
    """Text everyone in a spreadsheet, once, and say of every row what became of it and why.

    Nobody is texted twice, nobody is forgotten, and the account never exceeds its rate.
    """
    # Only a command that runs needs the file, not `--help`.
    from bulksms.cli.config import as_default_map, read_config  # noqa: PLC0415

    ctx.obj = database
    ctx.default_map = as_default_map(read_config(database))
