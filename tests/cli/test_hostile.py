"""Whatever a file, a cell or a name holds is shown, and steers nothing."""

import shlex
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.cli.cli_stage import SENDER, Terminal, number

ESC = "\x1b[31m"
TITLE = "\x1b]0;owned\a"
BIDI = "\u202e"
MARKUP = "[bold red]x[/bold red]"
HOSTILE = f"a{ESC}b{TITLE}c{BIDI}d{MARKUP}"
JOB = ("--message", "Hi", "--from", SENDER)


@pytest.fixture(autouse=True)
def _without_our_own_colours(bare_terminal: Terminal) -> None:
    bare_terminal.environment["NO_COLOR"] = "1"


def _harmless(text: str) -> str:
    """The text itself, once it is certain that a terminal only shows it."""
    ours = text.replace("\x1b[0m", "").replace("\x1b[1m", "")
    bad = [c for c in ours if unicodedata.category(c) in {"Cc", "Cf", "Cs"} and c != "\n"]
    assert bad == []
    return ours


def test_cells_headers_and_texts_cannot_steer_the_plan(terminal: Terminal) -> None:
    file = terminal.write(
        f"{number(1)},{HOSTILE},{HOSTILE}",
        f"{HOSTILE},x,y",
        f"{number(2)}{BIDI},x,y",
        header=f"phone,text,{HOSTILE}",
    )
    job = ("--message-column", "text", "--from", SENDER)
    said = _harmless(terminal.done("check", file, *job))
    assert f"not used: a�[31mb�]0;owned�c�d{MARKUP}" in said
    assert f"“a�[31mb�]0;owned�c�d{MARKUP}”" in said
    assert "invalid_number      1  row 3" in said


def test_an_error_shows_hostile_headers_harmlessly(terminal: Terminal) -> None:
    file = terminal.write("x,y", header=f"a,{HOSTILE}")
    said = _harmless(terminal.refused(3, "check", file, *JOB))
    assert f"the file has 'a', 'a�[31mb�]0;owned�c�d{MARKUP}'." in said
    job = ("--message", "{nobody}", "--from", SENDER, "--phone-column", "a")
    assert MARKUP in _harmless(terminal.refused(3, "check", file, *job))


def test_a_next_command_shows_hostile_headers_harmlessly(terminal: Terminal) -> None:
    file = terminal.write("x,y", header=f"home phone {ESC},work phone {BIDI}")
    assert "--phone-column" in _harmless(terminal.refused(3, "check", file, *JOB))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")
@pytest.mark.parametrize("stem", [f"a{ESC}b", "a\nb", f"a{BIDI}b", "a\udcffb", "-x", "a\tb"])
def test_a_file_of_any_name_becomes_a_campaign_that_can_be_typed(
    terminal: Terminal, stem: str
) -> None:
    file = f"{stem}.csv"
    Path(terminal.people(number(1))).rename(file)
    said = _harmless(terminal.done("send", *JOB, "--yes", "--", file))
    (status,) = terminal.json("status")
    name = status["campaign"]
    assert name.isprintable()
    assert f"Next:  bulksms report {shlex.quote(name)} -o " in said
    for line in (["status"], ["status", name], ["audit", name], ["report", name, "-o", "x.csv"]):
        assert name in _harmless(terminal.done(*line))
    again = ("send", *JOB, "--yes", "--", file)
    assert "was already sent" in _harmless(terminal.refused(3, *again))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")
@pytest.mark.parametrize("name", [f"a{ESC}", "a\udcff"])
def test_a_file_of_any_name_that_is_not_there_is_an_ordinary_error(
    terminal: Terminal, name: str
) -> None:
    said = terminal.refused(3, "check", name, *JOB)
    assert " is not there." in _harmless(said)


@pytest.mark.parametrize("name", ["", " ", ESC, BIDI, "a\nb", "\u00ad", "-y"])
@pytest.mark.parametrize("command", ["check", "load", "send"])
def test_a_name_that_nobody_could_type_is_refused(
    bare_terminal: Terminal, command: str, name: str
) -> None:
    file = bare_terminal.people(number(1))
    said = _harmless(bare_terminal.refused(3, command, file, *JOB, f"--name={name}"))
    assert "name" in said
    assert not bare_terminal.database.exists()


@pytest.mark.parametrize("name", ["a/b", "../x", "O'Brien", MARKUP, "june {x}", "Юлия", "12"])
def test_an_odd_name_is_kept_and_quoted_where_it_is_to_be_typed(
    terminal: Terminal, name: str
) -> None:
    terminal.people(number(1), "+12025550151")
    said = terminal("send", "june.csv", *JOB, f"--name={name}", "--yes").stdout
    typed = shlex.split(said.rpartition("Next:")[2])
    assert typed[:3] == ["bulksms", "report", name]
    terminal.done(*typed[1:])
    assert Path(typed[4]).parent == Path()
    assert name in terminal.done("status")


def test_a_long_name_is_shown_whole(terminal: Terminal) -> None:
    name = "a-" * 60
    terminal.done("load", terminal.people(number(1)), *JOB, "--name", name)
    assert name in "".join(terminal.done("status").split()).replace("draft11queued", "")


def test_what_the_suppression_list_says_is_harmless(terminal: Terminal) -> None:
    terminal.done("suppress", "add", number(1), "--reason", HOSTILE)
    assert MARKUP in _harmless(terminal.done("suppress", "list"))
    said = _harmless(terminal.done("check", terminal.people(number(1)), *JOB))
    assert MARKUP in " ".join(said.split())
