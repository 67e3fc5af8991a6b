"""What is printed after `Next:` can be pasted, a line at a time, into any shell.

All of it, read off the program's source: a comment is a word at the prompt of zsh, and an
apostrophe in it opens a quotation.
"""

import ast
import shlex
from collections.abc import Iterator

import click
import pytest

from bulksms.cli import main
from bulksms.cli.words import WHAT_TO_DO, about_doubts, what_is_next, what_to_do
from bulksms.model.states import PausedReason
from docs.tables.errors import GAP, PACKAGE, read, stops

NEXT = "Next:  "


def commands_for_pauses() -> Iterator[str]:
    for reason in PausedReason:
        yield what_to_do(reason, "june list")[1]
    yield what_to_do(PausedReason.UNAUTHENTICATED, "june", "acme")[1]
    yield about_doubts(2, "june list").split(NEXT)[1]


def printed() -> Iterator[str]:
    """What is written out after `Next:` where no error is raised."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr | ast.Constant) and NEXT in read(node):
                yield read(node).split(NEXT)[1]


ALL = sorted({each.next_command for each in stops()} | set(commands_for_pauses()) | set(printed()))


@pytest.mark.parametrize("next_command", ALL)
def test_what_comes_next_is_a_command_a_line_and_each_remark_has_its_own(
    next_command: str,
) -> None:
    for line in map(str.strip, next_command.splitlines()):
        assert "#" not in line
        if line.startswith("bulksms "):
            require_known(shlex.split(line.replace(GAP, "x"))[1:])
        else:
            assert "bulksms " not in line or "'bulksms" in line or "report of bulksms" in line


def require_known(words: list[str]) -> None:
    """A command that there is, with options that it has."""
    group: click.Command = main
    context = click.Context(main)
    if words[0] == "--database":
        del words[:2]
    while isinstance(group, click.Group):
        found = group.get_command(context, words.pop(0))
        assert found is not None
        group = found
    options = {name for each in group.get_params(context) for name in each.opts}
    assert {word for word in words if word.startswith("-")} <= options


def test_every_pause_has_something_to_type() -> None:
    assert set(WHAT_TO_DO) == set(PausedReason)
    assert what_is_next("one\ntwo") == "Next:  one\n       two"
