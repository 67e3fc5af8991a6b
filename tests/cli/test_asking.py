"""Nothing irreversible without a yes: at a terminal it is asked, elsewhere `--yes` must say it.

A pseudo-terminal is the real thing here, so these run where there is one.
"""

import os
import select
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bulksms.store import Store
from tests.cli.cli_stage import JOB, Terminal, number
from tests.store.stage import acquire, claim

LONGEST = 20.0
"""Seconds that a command may be silent before it is given up."""


def test_without_a_terminal_and_without_yes_nothing_is_stored_or_sent(
    bare_terminal: Terminal,
) -> None:
    file = bare_terminal.people(number(1), number(2))
    said = bare_terminal.refused(2, "send", file, *JOB)
    assert "Send 2 messages? That needs an answer at a terminal, or --yes." in said
    assert not bare_terminal.database.exists()
    assert bare_terminal.texted == []


def test_a_yes_that_is_piped_in_is_no_answer(bare_terminal: Terminal) -> None:
    result = bare_terminal("send", bare_terminal.people(number(1)), *JOB, answer="y\n")
    assert result.exit_code == 2
    assert bare_terminal.texted == []


def test_a_resume_asks_too(terminal: Terminal) -> None:
    line = ("send", terminal.people(number(1), number(2)), *JOB, "--name", "june")
    terminal.done(*line, "--limit", "1", "--yes")
    said = terminal.refused(2, "resume", "june")
    assert "Go on with 'june': 1 message to send? That needs" in said
    assert "Go on with 'june': 1 message to send? That needs" in terminal.refused(2, *line)
    assert terminal.texted == [number(1)]


def test_what_was_in_the_air_at_a_kill_is_a_doubt_to_settle_and_no_message_to_send(
    terminal: Terminal,
) -> None:
    terminal.done("load", terminal.people(number(1), number(2)), *JOB, "--name", "june")
    with Store.open(str(terminal.database)) as store:
        (campaign,), now = store.campaigns.all(), datetime.now(UTC)
        store.campaigns.start(campaign.id, now=now, actor="ann")
        claim(store, acquire(store, now=now), campaign, now)
    said = terminal.refused(2, "resume", "june")
    assert "Go on with 'june': 1 message to send, 1 row in doubt to settle?" in said


def test_the_question_names_the_limit(bare_terminal: Terminal) -> None:
    file = bare_terminal.people(number(1), number(2))
    said = bare_terminal.refused(2, "send", file, *JOB, "--limit", "1")
    assert "Send 1 message?" in said


def test_a_draft_is_begun_as_the_line_asks_and_the_question_says_so(terminal: Terminal) -> None:
    """It was "unfinished", and everybody was texted at once."""
    line = (terminal.people(number(1), number(2), number(3)), *JOB, "--name", "june")
    terminal.done("load", *line)
    later = ("--limit", "2", "--start-at", "tomorrow 9am")
    question = "Go on with 'june': 2 messages to send, to start tomorrow at 09:00?"
    assert question in terminal.refused(2, "send", *line, *later)
    assert "Go on with 'june': 3 messages to send? That" in terminal.refused(2, "send", *line)
    terminal.done("send", *line, "--limit", "2", "--test-to", number(9), "--yes")
    assert terminal.texted == [number(1), number(2), number(9)]


def test_the_line_with_a_limit_that_is_reached_texts_nobody_more(terminal: Terminal) -> None:
    line = ("send", terminal.people(number(1), number(2), number(3)), *JOB, "--name", "june")
    terminal.done(*line, "--limit", "1", "--yes")
    said = terminal.refused(3, *line, "--limit", "1", "--yes")
    assert "'june' rests at its limit; a resume texts the other 2 messages now." in said
    assert "Next:  bulksms resume june\n" in said
    same = ("--limit", "1", "--test-to", number(9), "--yes")
    assert "'june' rests at its limit" in terminal.refused(3, *line, *same)
    assert terminal.texted == [number(1)]


def test_an_interrupted_line_with_a_limit_goes_on_up_to_it(terminal: Terminal) -> None:
    """A new plan leaves out whom it has texted, by which the same limit was another one."""
    people = terminal.people(number(1), number(2), number(3))
    restrained = ("--limit", "2", "--not-if-texted-within", "7d", "--yes")
    line = ("send", people, *JOB, "--name", "june", *restrained)
    terminal.done(*line)
    with closing(sqlite3.connect(terminal.database)) as database, database:
        database.execute("UPDATE campaign SET paused_reason = 'interrupted', paused_detail = NULL")
    assert "The limit that was asked for is reached" in terminal.done(*line)
    assert terminal.texted == [number(1), number(2)]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("answer", "said"), [(b"n\n", "Nothing was done."), (b"\x04", "Stopped.")])
def test_at_a_terminal_anything_but_yes_sends_nothing(
    bare_terminal: Terminal, answer: bytes, said: str
) -> None:
    file = bare_terminal.people(number(1))
    code, seen = _at_a_terminal(bare_terminal, answer, "send", file, *JOB)
    assert code == 130
    assert "Send 1 message? [y/N]:" in seen
    assert said in seen
    assert not bare_terminal.database.exists()
    assert bare_terminal.texted == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_at_a_terminal_yes_sends_with_a_bar(terminal: Terminal) -> None:
    file = terminal.people(number(1), number(2))
    code, seen = _at_a_terminal(terminal, b"y\n", "send", file, *JOB, "--name", "june")
    assert code == 0
    assert "june: finished; 2 accepted." in seen
    assert "━━━" in seen
    assert terminal.texted == [number(1), number(2)]


def _at_a_terminal(terminal: Terminal, answer: bytes, *arguments: str) -> tuple[int, str]:
    """A real process that is given `answer` at its question; 4 is Ctrl-D, the end of the input.

    Returns:
        Its exit code, and all that the screen showed.
    """
    screen, keyboard = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bulksms", *arguments],
        cwd=terminal.folder,
        env={**os.environ, **terminal.environment, "TERM": "xterm", "COLUMNS": "100"},
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
    )
    os.close(keyboard)
    try:
        seen = _until(screen, b"[y/N]")
        os.write(screen, answer)
        seen += _until(screen, None)
        return process.wait(LONGEST), seen.decode("utf-8", "replace")
    finally:
        os.close(screen)
        process.kill()
        process.wait()


def _until(screen: int, wanted: bytes | None) -> bytes:
    """What the screen shows until it shows `wanted`, or until the process is gone."""
    seen = b""
    while wanted is None or wanted not in seen:
        ready, _, _ = select.select([screen], [], [], LONGEST)
        assert ready, seen
        try:
            piece = os.read(screen, 65536)
        except OSError:  # Linux says so where others say "end of file"
            return seen
        if not piece:
            return seen
        seen += piece
    return seen
