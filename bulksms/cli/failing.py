"""An error as the person sees it: one sentence, the next command, the exit code. No traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bulksms.cli.words import harmless, what_is_next
from bulksms.model.errors import BulkSMSError, InputError, StoreError

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it: 128 + SIGINT."""


@contextmanager
def told_plainly(*, debug: bool) -> Iterator[None]:
    """Turn errors of ours, and faults of ours, into their sentence and exit code."""
    try:
        with _whole_characters():
            yield
    except BulkSMSError as error:
        if debug:
            raise
        _say(error.sentence, error.next_command or usually_next(type(error)))
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nStopped.", err=True)
        sys.exit(INTERRUPTED)
    except (click.ClickException, click.exceptions.Exit, SystemExit):
        raise
    except Exception as error:
        if debug:
            raise
        _say(
            f"A fault of bulksms itself ({type(error).__name__}); what was recorded is kept.",
            "bulksms status\n"
            "and please report what the same line shows with --debug before its command",
        )
        sys.exit(BulkSMSError.exit_code)


def usually_next(kind: type[BulkSMSError]) -> str:
    """What is next where the sentence itself names what is to be mended.

    A database may fail in mid-run, and what was typed then may have been `send --again`.
    """
    if issubclass(kind, StoreError):
        return "mend that, then\nbulksms status"
    return "the same again, once that is mended"


@contextmanager
def _whole_characters() -> Iterator[None]:
    """A byte of the command line that is not UTF-8 is half a character to Python (PEP 383)."""
    try:
        yield
    except UnicodeEncodeError as error:
        if error.reason != "surrogates not allowed":
            raise
        if sys.getfilesystemencoding() != "utf-8":
            raise InputError(
                "What was typed, or a file's name, has a character that this terminal's locale"
                f" (LC_ALL, LANG) does not know: it is {sys.getfilesystemencoding()}.",
                next_command="export LC_ALL=C.UTF-8\nand the same again",
            ) from error
        raise InputError(
            "What was typed, or a file's name, has a character that is not UTF-8,"
            " and so can be kept nowhere: write it anew, or rename the file."
        ) from error


def _say(sentence: str, next_command: str) -> None:
    colour = None if os.environ.get("NO_COLOR") else "red"
    click.echo(f"{click.style('Error:', fg=colour, bold=True)} {harmless(sentence)}", err=True)
    click.echo(what_is_next(next_command), err=True)
