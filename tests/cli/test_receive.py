"""`receive` as it is typed; the reading itself is told in `tests/test_receiving.py`."""

import json
import re

from bulksms.sandbox.faults import refuse
from tests.cli.cli_stage import JOB, Terminal, number


def _finished(terminal: Terminal, people: int = 2) -> None:
    rows = (f"{number(index)},Ann" for index in range(people))
    file = terminal.write(*rows)
    terminal.done("send", file, *JOB, "--name", "june", "--yes")


def test_it_says_how_many_have_which_delivery(terminal: Terminal) -> None:
    """Which it is depends on how many seconds have passed: the vendor lives in real time."""
    _finished(terminal)
    said = terminal.done("receive", "june")
    assert re.fullmatch(r"june: 2 accepted: 2 (pending|success); 2 changed, 1 read\.\n", said)
    assert list(terminal.json("status", "june")["delivery"].values()) == [2]


def test_with_json_it_prints_nothing_but_the_numbers(terminal: Terminal) -> None:
    _finished(terminal)
    result = terminal("receive", "june", "--json")
    assert result.stderr == ""
    numbers = json.loads(result.stdout)
    assert list(numbers.pop("delivery").values()) == [2]
    assert numbers == {
        "campaign": "june",
        "accepted": 2,
        "changed": 2,
        "open": 2,
        "requests": 1,
        "trouble": None,
    }


def test_nothing_accepted_is_nothing_to_ask(terminal: Terminal) -> None:
    file = terminal.write(f"{number(1)},Ann")
    terminal.done("load", file, *JOB, "--name", "june")
    said = terminal.done("receive")
    assert said == "june: 0 accepted: nothing to ask; 0 changed, 0 reads.\n"


def test_a_refused_account_is_a_problem_of_the_account(terminal: Terminal) -> None:
    _finished(terminal)
    terminal.vendor.faults.reads.append(refuse("subscription_ended"))
    said = terminal.refused(5, "receive", "june")
    assert "You need to recharge your account to proceed" in said
    assert "bulksms receive june" in said
