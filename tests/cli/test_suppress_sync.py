"""`suppress sync`: from what people wrote back, over the wire, to who is not texted any more."""

from datetime import UTC, datetime

import pytest

from bulksms.sandbox.faults import refuse
from bulksms.sandbox.limits import Door
from tests.cli.cli_stage import JOB, Terminal, number

STOPS_BY_ITSELF = "+12025550195"
"""The sandbox's number that answers STOP."""


def write(terminal: Terminal, last: int, *texts: str) -> None:
    """The recipient of that number answers the newest text to it."""
    sms = next(each for each in reversed(terminal.truth) if each.receiver == number(last))
    for text in texts:
        terminal.vendor.ledger.hear(sms, text, datetime.now(UTC))


def texted(terminal: Terminal, *lasts: int) -> None:
    """A finished campaign, june."""
    file = terminal.people(*map(number, lasts))
    terminal.done("send", file, *JOB, "--name", "june", "--yes")


def suppressed(terminal: Terminal) -> list[str]:
    return sorted(each["to_number"] for each in terminal.json("suppress", "list"))


@pytest.mark.parametrize(
    "words",
    [
        ("STOP", "Unsubscribe.", "opt out", " stop\n"),
        ("BAJA", "no más", "Alto", "CANCELAR"),
        ("ARRÊT", "arreter", "Désabonner", "arrêtez !"),
        ("הסר", "הסירו", "עצור.", "די"),
    ],
    ids=["English", "Spanish", "French", "Hebrew"],
)
def test_the_word_alone_is_heard_in_every_language(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    texted(terminal, 1, 2, 3, 4)
    for last, word in enumerate(words, start=1):
        write(terminal, last, "Hello?", word)
    said = terminal.done("suppress", "sync", "june")
    assert said == "4 conversations read, 4 numbers added.\n"
    assert suppressed(terminal) == [number(last) for last in (1, 2, 3, 4)]


def test_a_sentence_is_left_to_a_person(terminal: Terminal) -> None:
    texted(terminal, 1, 2, 3)
    write(terminal, 1, "stop by tomorrow")
    write(terminal, 2, "Please don't stop", "alto ahí")
    assert "3 conversations read, 0 numbers added." in terminal.done("suppress", "sync", "june")
    assert suppressed(terminal) == []


def test_the_evidence_is_kept_and_told(terminal: Terminal) -> None:
    texted(terminal, 1)
    write(terminal, 1, "Stop.")
    terminal.done("suppress", "sync", "june")
    (listed,) = terminal.json("suppress", "list")
    assert listed["source"] == "chat-history"
    assert listed["reason"].startswith("wrote 'Stop.' on ")
    said = terminal.done("history", number(1))
    assert "added to the suppression list by chat-history: wrote 'Stop.' on " in said


def test_one_recipient_is_one_read_and_who_is_on_the_list_none(terminal: Terminal) -> None:
    texted(terminal, 1, 2)
    write(terminal, 1, "STOP")

    def reads() -> int:
        arrivals = terminal.vendor.arrivals
        return sum(each.door is Door.READ and "chat" in each.path for each in arrivals)

    before = reads()
    terminal.done("suppress", "sync", "june")
    assert reads() == before + 2
    terminal.done("suppress", "sync", "june")
    assert reads() == before + 3


def test_an_opt_out_is_obeyed_by_a_campaign_that_was_loaded_before_it(terminal: Terminal) -> None:
    """At the claim, not only at the load."""
    texted(terminal, 1, 2)
    july = terminal.people(number(1), number(3), name="july.csv")
    terminal.done("load", july, *JOB, "--name", "july")
    write(terminal, 1, "STOP")
    terminal.done("suppress", "sync", "june")
    terminal.done("resume", "july", "--yes")
    assert terminal.texted == [number(1), number(2), number(3)]
    (row,) = [each for each in terminal.json("history", number(1))["rows"] if each["reason"]]
    assert (row["campaign"], row["state"], row["reason"]) == ("july", "skipped", "opted_out")
    assert "wrote 'STOP' on " in row["detail"]


def test_an_undo_is_explicit_logged_and_not_undone_by_the_same_message(terminal: Terminal) -> None:
    texted(terminal, 1)
    write(terminal, 1, "STOP")
    terminal.done("suppress", "sync", "june")
    terminal.done("suppress", "remove", number(1))
    assert "0 numbers added" in terminal.done("suppress", "sync", "june")
    changes = terminal.json("history", number(1))["suppressions"]
    assert [(each["change"], each["source"]) for each in changes] == [
        ("added", "chat-history"),
        ("removed", "operator"),
    ]
    write(terminal, 1, "I said", "STOP")
    assert "1 number added" in terminal.done("suppress", "sync", "june")


def test_what_cannot_be_read_is_said_with_the_command_to_go_on(terminal: Terminal) -> None:
    texted(terminal, 1)
    terminal.vendor.faults.reads.append(refuse("plan_not_allowed"))
    said = terminal.refused(6, "suppress", "sync", "june")
    assert "It stopped early: " in said
    assert said.endswith("Next:  bulksms suppress sync june\n")


def test_the_sandbox_has_a_number_that_answers_stop(terminal: Terminal) -> None:
    terminal.done("send", terminal.people(STOPS_BY_ITSELF), *JOB, "--name", "june", "--yes")
    terminal.done("suppress", "sync", "june")
    assert suppressed(terminal) == [STOPS_BY_ITSELF]
