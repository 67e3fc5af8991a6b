"""`--test-to`: one's own phone first; what is tried is counted by no other campaign."""

from datetime import timedelta

import pytest

from bulksms.model.states import State
from bulksms.store import Store
from tests.cli.cli_stage import JOB, Terminal, number

MINE = number(40)
REFUSED, IN_DOUBT = "+12025550151", "+12025550170"
"""The sandbox refuses the one; for the other it accepts and loses the connection."""


def send(terminal: Terminal, *more: str) -> tuple[str, ...]:
    """The line that texts three people."""
    file = terminal.people(number(1), number(2), number(3))
    return ("send", file, *JOB, "--name", "june", *more)


def test_a_test_goes_to_ones_own_phone_first_and_counts_nowhere_else(terminal: Terminal) -> None:
    said = terminal.done(*send(terminal, "--test-to", MINE, "--test-row", "3", "--yes"))
    assert f"Easify accepted the test to {MINE} ('test of june')" in said
    first, *others = terminal.truth
    assert (first.receiver, first.message) == (MINE, "Hi P2")
    assert sorted(sms.receiver for sms in others) == [number(1), number(2), number(3)]
    with Store.open(str(terminal.database)) as store:
        june, trial = store.campaigns.named("june"), store.campaigns.named("test of june")
        assert june is not None
        assert trial is not None
        assert store.rows.counts(june.id)[State.ACCEPTED] == len(others)
        assert store.rows.counts(trial.id)[State.ACCEPTED] == 1


def test_a_test_takes_a_slot_of_the_accounts_pace(terminal: Terminal) -> None:
    terminal.vendor.arrivals.clear()
    terminal.done(*send(terminal, "--test-to", MINE, "--yes", "--rate", "2/0.4"))
    sent = [each.at for each in terminal.vendor.arrivals if each.to_number]
    gaps = [later - earlier for earlier, later in zip(sent, sent[2:], strict=False)]
    assert len(gaps) == 2
    assert min(gaps) >= timedelta(seconds=0.4)


def test_nobody_else_is_texted_when_the_test_is_refused(terminal: Terminal) -> None:
    result = terminal(*send(terminal, "--test-to", REFUSED, "--yes"))
    assert result.exit_code == 6
    assert "The test was not accepted, so nobody else was texted." in result.stderr
    assert terminal.texted == []


def test_a_test_in_doubt_is_never_resent(terminal: Terminal) -> None:
    terminal.done(*send(terminal, "--test-to", IN_DOUBT, "--yes"))
    assert terminal.texted.count(IN_DOUBT) == 1


def test_a_phone_that_opted_out_gets_no_test(terminal: Terminal) -> None:
    terminal.done("suppress", "add", MINE)
    said = terminal.refused(3, *send(terminal, "--test-to", MINE, "--yes"))
    assert f"{MINE} is on the suppression list" in said
    assert terminal.texted == []


def test_without_a_yes_no_test_is_sent(bare_terminal: Terminal) -> None:
    said = bare_terminal.refused(2, *send(bare_terminal, "--test-to", MINE))
    assert f"Send the text of row 2 to {MINE}, as a test?" in said
    assert bare_terminal.texted == []
    assert not bare_terminal.database.exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--test-to", "12"), "The phone for the test cannot be texted"),
        (("--test-to", MINE, "--test-row", "9"), "There is no row 9 in june.csv to try."),
        (("--test-row", "2"), "--test-row needs --test-to"),
    ],
)
def test_a_test_that_cannot_be_is_one_sentence(
    terminal: Terminal, options: tuple[str, ...], complaint: str
) -> None:
    assert complaint in terminal.refused(3, *send(terminal, *options, "--yes"))
    assert terminal.texted == []


def test_a_row_that_will_not_be_texted_cannot_be_tried(terminal: Terminal) -> None:
    file = terminal.people(number(1), number(1))
    line = ("send", file, *JOB, "--test-to", MINE, "--test-row", "3", "--yes")
    assert "Row 3 will not be texted" in terminal.refused(3, *line)


def test_a_campaign_that_has_begun_goes_on_without_another_test(terminal: Terminal) -> None:
    """The same line was refused, so what was interrupted could not be gone on with by it."""
    line = send(terminal, "--test-to", MINE, "--yes")
    terminal.done(*line, "--limit", "1")
    said = terminal.done(*line)
    assert "No test is sent: 'june' has begun.\n" in said
    assert terminal.texted == sorted([number(1), number(2), number(3), MINE])
