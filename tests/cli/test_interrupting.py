"""Ctrl-C before a command has begun: it ends like any other, in one sentence and with 130."""

import os
import tomllib
from pathlib import Path

import pytest

from bulksms.__main__ import main
from bulksms.cli.failing import INTERRUPTED
from tests.cli.cli_stage import Terminal

PROJECT = Path(__file__).parents[2] / "pyproject.toml"

IMPORTED_ON_THE_WAY = [
    "click",
    "bulksms.cli",
    "bulksms.cli.failing",
    "bulksms.cli.environment",
    "bulksms.cli.config",
    "bulksms.cli.showing",
]
INTERRUPT = """
import os, runpy, signal, sys

class Finder:
    def find_spec(self, name, path, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in a background is deaf to it
sys.meta_path.insert(0, Finder())
sys.argv = ["bulksms", "status"]
runpy.run_module("bulksms", run_name="__main__")
"""


@pytest.mark.skipif(os.name != "posix", reason="a signal that a process sends to itself")
@pytest.mark.parametrize("name", IMPORTED_ON_THE_WAY)
def test_an_interrupt_at_the_very_beginning_is_no_failure(terminal: Terminal, name: str) -> None:
    ended = terminal.process("-c", INTERRUPT.format(name=name))
    assert (ended.returncode, ended.stdout) == (INTERRUPTED, "")
    assert ended.stderr.strip() == "Stopped."


def test_the_installed_command_begins_there_too() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"bulksms": f"{main.__module__}:{main.__name__}"}
