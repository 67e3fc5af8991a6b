"""What `--help` promises, that it is instant, and that every entry of it is the command's own."""

import json
import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.shell_completion import ShellComplete

from bulksms import __version__
from bulksms.cli import COMMANDS, Commands, main
from tests.cli.cli_stage import JOB, Terminal, number

FIRST = "check send load resume retry pause cancel status report audit suppress migrate sandbox"
LATER = "config history reconcile resolve receive accounts web worker purge"
"""The commands of the contract: those that have always been there, and those that came or come."""
JOB_OPTIONS = {
    *("--message", "--message-file", "--message-column", "--from", "--country"),
    *("--phone-column", "--lead-id-column", "--sheet", "--name"),
    *("--media-column", "--media-folder", "--media"),
    *("--account", "--duplicates", "--force-send", "--limit", "--rate"),
    *("--hours", "--days", "--timezone", "--start-at"),
    *("--not-if-texted-within", "--not-if-same-text-within"),
}
OWN_OPTIONS = {
    "check": {"--json", "--output", "-o"},
    "load": {"--json", "--again"},
    "send": {"--test-row", "--test-to", "--json", "--again", "--yes"},
}
TELLING_ITS_IMPORTS = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(list(sys.modules)), file=sys.stderr))
from bulksms.cli import main
main(sys.argv[1:], prog_name="bulksms")
"""


def _commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by what is typed, those of groups too."""
    for name in COMMANDS:
        command = _command(name)
        yield name, command
        if isinstance(command, click.Group):
            for verb, each in command.commands.items():
                yield f"{name} {verb}", each


def _command(name: str) -> click.Command:
    assert isinstance(main, Commands)
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def _options(command: click.Command) -> set[str]:
    return {name for each in command.params if isinstance(each, click.Option) for name in each.opts}


def test_the_commands_are_those_of_the_contract() -> None:
    assert set(FIRST.split()) <= set(COMMANDS) <= {*FIRST.split(), *LATER.split()}


@pytest.mark.parametrize("line", [line for line, _ in _commands()])
def test_every_command_has_help_with_an_example(terminal: Terminal, line: str) -> None:
    said = " ".join(terminal.done(*line.split(), "--help").split())
    assert re.search(rf"Example: bulksms (--database \S+ )?{line}\b", said)


@pytest.mark.parametrize("line", [line for line, _ in _commands()])
def test_every_example_can_be_typed(line: str) -> None:
    command = dict(_commands())[line]
    example = (command.epilog or "").splitlines()[0].partition(f" {line}")[2]
    command.make_context(line, shlex.split(example))


@pytest.mark.parametrize("line", [line for line, _ in _commands()])
def test_every_option_is_explained(line: str) -> None:
    command = dict(_commands())[line]
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert [each.name for each in options if not each.help] == []


@pytest.mark.parametrize("command", ["check", "load", "send"])
def test_the_options_of_a_job_are_those_of_the_contract(command: str) -> None:
    assert _options(_command(command)) == JOB_OPTIONS | OWN_OPTIONS[command]


@pytest.mark.parametrize("command", ["send", "resume", "retry", "cancel"])
def test_whatever_cannot_be_undone_can_be_told_not_to_ask(command: str) -> None:
    assert "--yes" in _options(_command(command))


def test_the_list_and_the_shell_say_the_same_line_of_a_command(terminal: Terminal) -> None:
    said = " ".join(terminal.done("--help").split())
    completed = ShellComplete(main, {}, "bulksms", "_BULKSMS").get_completions([], "")
    assert {each.value: each.help for each in completed} == {
        name: line for name, (_, line) in COMMANDS.items()
    }
    for name, (_, line) in COMMANDS.items():
        assert f"{name} {line}" in said


def test_the_shell_completes_the_names_of_campaigns(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1)), *JOB, "--name", "june")
    complete = ShellComplete(main, {}, "bulksms", "_BULKSMS")
    assert [each.value for each in complete.get_completions(["status"], "j")] == ["june"]
    assert complete.get_completions(["--database", "nowhere.db", "status"], "j") == []


def test_a_wrong_command_or_option_is_wrong_usage(terminal: Terminal) -> None:
    assert "No such command 'sned'" in terminal.refused(2, "sned")
    assert "No such option" in terminal.refused(2, "status", "--jsno")
    assert "Missing argument 'FILE'" in terminal.refused(2, "send")
    assert "Where to? -o FILE" in terminal.refused(2, "report")
    assert "--json is the form of --summary" in terminal.refused(2, "report", "-o", "x", "--json")
    assert "0 is not in the range" in terminal.refused(2, "check", "june.csv", "--limit", "0")


def _imported(terminal: Terminal, *arguments: str) -> set[str]:
    """The top-level packages that a whole run of the command has imported."""
    done = terminal.process("-c", TELLING_ITS_IMPORTS, *arguments)
    assert done.returncode == 0, done.stderr
    modules: list[str] = json.loads(done.stderr.splitlines()[-1])
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_is_instant(terminal: Terminal, arguments: list[str]) -> None:
    heavy = {"pandas", "rich", "sqlalchemy", "httpx", "numpy", "alembic", "phonenumbers"}
    assert not _imported(terminal, *arguments) & heavy


def test_status_does_not_pay_for_what_it_does_not_use(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1)), *JOB)
    heavy = {"pandas", "numpy", "httpx", "alembic", "openpyxl", "xlsxwriter", "starlette"}
    assert not _imported(terminal, "status") & heavy


def test_the_module_is_the_command(terminal: Terminal) -> None:
    done = terminal.process("-m", "bulksms", "--version")
    assert (done.returncode, done.stdout) == (0, f"python -m bulksms {__version__}\n")
