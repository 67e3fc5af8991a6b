"""An error as the person sees it: one sentence, the next command, the exit code. No traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bulksms.cli.words import harmless
from bulksms.model.errors import BulkSMSError, InputError

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it: 128 + SIGINT."""
_HALVES = "surrogates not allowed"
"""What Python says who kept a byte of the command line as half a character (PEP 383)."""


@contextmanager
def told_plainly(*, debug: bool) -> Iterator[None]:
    """Turn errors of ours, and faults of ours, into their sentence and exit code."""
    try:
        yield
    except BulkSMSError as error:
        if debug:
            raise
        _say(error.sentence, error.next_command)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nStopped.", err=True)
        sys.exit(INTERRUPTED)
    except (click.ClickException, click.exceptions.Exit, SystemExit, BrokenPipeError):
        raise
    except Exception as error:
        if debug:
            raise
        if isinstance(error, UnicodeEncodeError) and error.reason == _HALVES:
            _say(
                "What was typed, or a file's name, has a character that is not UTF-8,"
                " and so can be kept nowhere: write it anew, or rename the file.",
                None,
            )
            sys.exit(InputError.exit_code)
        _say(
            f"A fault of bulksms itself ({type(error).__name__}); what was recorded is kept.",
            "bulksms status   (and please report what  bulksms --debug …  shows)",
        )
        sys.exit(BulkSMSError.exit_code)


def _say(sentence: str, next_command: str | None) -> None:
    colour = None if os.environ.get("NO_COLOR") else "red"
    click.echo(f"{click.style('Error:', fg=colour, bold=True)} {harmless(sentence)}", err=True)
    if next_command:
        click.echo(f"Next:  {harmless(next_command)}", err=True)
