"""A list that comes back with opt-outs while the campaign of the older one rests."""

import pytest

from bulksms.cli import loading
from tests.cli.cli_stage import JOB, Terminal, number

PEOPLE = range(1, 9)


@pytest.fixture
def june(terminal: Terminal) -> Terminal:
    """It rests after its first of eight people."""
    people = terminal.people(*map(number, PEOPLE))
    terminal.done("send", people, *JOB, "--name", "june", "--limit", "1", "--yes")
    return terminal


def newer(terminal: Terminal, *said_no: int) -> str:
    """The same people, and a column that was not there."""
    rows = [f"{number(each)},Ann,{'yes' if each in said_no else ''}" for each in PEOPLE]
    return terminal.write(*rows, name="week2.csv", header="phone,name,SMS opt out")


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_plan_names_who_opted_out_and_waits_in_the_older_campaign(june: Terminal) -> None:
    """Whoever goes on with that one instead texts them."""
    said = june("check", newer(june, 1, 7, 8), *JOB).output
    told = "Mind: 2 who opted out here wait to be texted by 'june', which is paused."
    add = f"bulksms suppress add {number(7)} {number(8)} leaves them out of every campaign"
    assert f"{told} {add}" in words(said)
    june.done("suppress", "add", number(7), number(8))
    assert "who opted out here" not in june("check", newer(june, 1, 7, 8), *JOB).output


def test_where_many_opted_out_the_plan_says_how_a_list_of_them_is_added(june: Terminal) -> None:
    said = words(june("check", newer(june, 2, 3, 4, 5, 6, 7), *JOB).output)
    told = "Mind: 6 who opted out here wait to be texted by 'june', which is paused."
    assert f"{told} copy the rows that opted out into a file of their own: bulksms suppress" in said


def test_the_older_campaign_goes_on_without_them_once_the_newer_list_is_loaded(
    june: Terminal,
) -> None:
    june.done("load", newer(june, 7, 8), *JOB, "--name", "week2")
    asked = june.refused(2, "resume", "june")
    told = (
        "Mind: 2 of these numbers opted out in the file of 'week2', of which the plan did not know"
        " yet, and will be left out."
    )
    assert told in words(asked)
    june("resume", "june", "--yes")
    assert june.texted == [number(each) for each in PEOPLE[:6]]
    assert "It opted out in the file of 'week2'" in june.done("history", number(7))
    assert june.json("audit", "june")["holds"]


def test_another_phone_of_who_opted_out_is_looked_at_too(june: Terminal) -> None:
    """A person opts out, not a phone."""
    row = f"{number(20)},Ann,{number(8)},yes"
    file = june.write(row, name="week2.csv", header="mobile,name,home phone,SMS opt out")
    said = words(june("check", file, *JOB).output)
    assert "Mind: 1 who opted out here waits to be texted by 'june'" in said
    assert f"bulksms suppress add {number(8)} leaves" in said


@pytest.mark.parametrize("known", [False, True], ids=["no database yet", "a database"])
def test_a_list_that_is_loaded_while_the_question_stands_is_obeyed(
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    known: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """The plan above the question could not tell of it, so nobody has decided on it."""
    if known:
        terminal.done("load", terminal.people(number(30), name="may.csv"), *JOB)
    people = terminal.people(*map(number, PEOPLE))

    def meanwhile(question: str, **_: bool) -> None:
        assert question == "Send 8 messages?"
        terminal.done("load", newer(terminal, 7, 8), *JOB, "--name", "week2")

    with monkeypatch.context() as slow:
        slow.setattr(loading, "ask", meanwhile)
        terminal.done("send", people, *JOB, "--name", "june")
    assert terminal.texted == [number(each) for each in PEOPLE[:6]]
    assert "It opted out in the file of 'week2'" in terminal.done("history", number(7))


def test_what_the_plan_told_of_an_earlier_list_is_the_persons_to_decide(terminal: Terminal) -> None:
    terminal.done("load", newer(terminal, 7, 8), *JOB, "--name", "week2")
    people = terminal.people(*map(number, PEOPLE))
    said = terminal.done("send", people, *JOB, "--name", "june", "--yes")
    assert "2 of these numbers opted out in the file of 'week2'" in words(said)
    assert terminal.texted == [number(each) for each in PEOPLE]
