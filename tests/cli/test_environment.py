"""What the surroundings say is obeyed; what is typed wins over it."""

import pytest

from bulksms.model.settings import DEFAULT_BASE_URL, DEFAULT_LEASE, DEFAULT_TIMEOUT
from tests.cli.cli_stage import JOB, SENDER, Terminal, number

FROM = ("--from", SENDER)


def test_the_database_may_be_named_by_the_environment(bare_terminal: Terminal) -> None:
    file = bare_terminal.people(number(1))
    bare_terminal.done("load", file, *JOB, BULKSMS_DATABASE="there.db")
    bare_terminal.done("--database", "here.db", "load", file, *JOB, BULKSMS_DATABASE="there.db")
    names = {path.name for path in bare_terminal.folder.glob("*.db")}
    assert names == {"there.db", "here.db"}


def test_the_rate_is_typed_or_else_of_the_command_or_else_of_all(terminal: Terminal) -> None:
    file = terminal.people(number(1))
    everywhere = {"BULKSMS_RATE": "30/60"}
    here = everywhere | {"BULKSMS_CHECK_RATE": "20/60"}
    assert "at 30/60 " in terminal.done("check", file, *JOB, **everywhere)
    assert "at 20/60 " in terminal.done("check", file, *JOB, **here)
    assert "at 10/60 " in terminal.done("check", file, *JOB, "--rate", "10/60", **here)
    assert "at 15/60 " in terminal.done("check", file, *JOB, BULKSMS_RATE="")


@pytest.mark.parametrize(
    ("variable", "value", "typed", "seen"),
    [
        ("MESSAGE", "Bye {name}", FROM, "“Bye P1”"),
        ("FROM", "3152940142", ("--message", "Hi"), "From +13152940142"),
        ("LEAD_ID_COLUMN", "name", JOB, "lead id = 'name'"),
        ("LIMIT", "1", JOB, "Now: the first 1; the other 1 wait"),
        ("DUPLICATES", "keep", JOB, "3 rows will be texted"),
        ("JSON", "1", JOB, '"queued": 2'),
    ],
)
def test_every_option_reads_the_variable_of_its_command_and_name(
    terminal: Terminal, variable: str, value: str, typed: tuple[str, ...], seen: str
) -> None:
    line = ("check", terminal.people(number(1), number(2), number(1)))
    assert seen in terminal.done(*line, *typed, **{f"BULKSMS_CHECK_{variable}": value})
    assert seen not in terminal.done(*line, *JOB)


def test_an_option_wins_over_its_variable(terminal: Terminal) -> None:
    said = terminal.done("check", terminal.people(number(1)), *JOB, BULKSMS_CHECK_MESSAGE="Bye")
    assert "“Hi P1”" in said


def test_a_variable_is_of_one_command_only(terminal: Terminal) -> None:
    file = terminal.people(number(1))
    said = terminal.refused(3, "load", file, *FROM, BULKSMS_CHECK_MESSAGE="Bye")
    assert "There is no message to send." in said


def test_a_variable_may_stand_for_yes(terminal: Terminal) -> None:
    terminal.done("send", terminal.people(number(1)), *JOB, BULKSMS_SEND_YES="1")
    assert terminal.texted == [number(1)]


def test_the_commands_of_suppress_read_variables_too(terminal: Terminal) -> None:
    terminal.done("suppress", "add", number(1), BULKSMS_SUPPRESS_ADD_REASON="asked")
    assert "  asked  (operator)" in terminal.done("suppress", "list")


@pytest.mark.parametrize("rate", ["abc", "15", "0/60", "15/0", "-1/60"])
def test_a_rate_that_cannot_be_read_is_refused(terminal: Terminal, rate: str) -> None:
    said = terminal.refused(3, "check", terminal.people(number(1)), *JOB, BULKSMS_RATE=rate)
    assert f"The rate '{rate}' cannot be read; it is messages/seconds, such as 15/60." in said


@pytest.mark.parametrize("variable", ["BULKSMS_TIMEOUT", "BULKSMS_LEASE"])
@pytest.mark.parametrize("value", ["soon", "0", "-5", "nan", "inf", "100000"])
def test_a_length_of_time_that_cannot_be_is_refused(
    terminal: Terminal, variable: str, value: str
) -> None:
    line = ("send", terminal.people(number(1)), *JOB, "--yes")
    said = terminal.refused(3, *line, **{variable: value})
    assert said.splitlines() == [
        f"Error: {variable} is '{value}'; it must be a number of seconds.",
        "Next:  the same again, once that is mended",
    ]
    assert terminal.texted == []


def test_a_token_of_spaces_is_none(terminal: Terminal) -> None:
    line = ("send", terminal.people(number(1)), *JOB, "--yes")
    blank = {"EASIFY_API_TOKEN": "  "}
    assert "There is no API token" in terminal.refused(3, *line, **blank)


def test_the_address_of_the_api_is_obeyed_and_must_be_safe(terminal: Terminal) -> None:
    line = ("send", terminal.people(number(1)), *JOB, "--yes")
    said = terminal.refused(3, *line, EASIFY_BASE_URL="http://example.com/api/v2")
    assert "EASIFY_BASE_URL" in said
    assert terminal.texted == []


def test_the_defaults_are_those_of_the_contract() -> None:
    assert DEFAULT_BASE_URL == "https://backend.easify.app/api/v2"
    assert (DEFAULT_TIMEOUT.total_seconds(), DEFAULT_LEASE.total_seconds()) == (30, 60)


def test_errors_are_red_unless_no_colour_is_wanted(terminal: Terminal) -> None:
    assert "\x1b[31m" in terminal("audit").stderr
    assert "\x1b[31m" not in terminal("audit", NO_COLOR="1").stderr


def test_the_token_is_nowhere_to_be_read(terminal: Terminal) -> None:
    file = terminal.people(number(1), "+12025550163")
    wrong = {"EASIFY_API_TOKEN": "4711|wrong-token"}
    result = terminal("--debug", "send", file, *JOB, "--yes", **wrong)
    kept = b"".join(path.read_bytes() for path in terminal.folder.iterdir())
    assert "wrong-token" not in result.output + str(result.exception)
    assert b"wrong-token" not in kept
