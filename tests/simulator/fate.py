"""What a seed decides before the story begins: people, pace, network, record, and kinds of trouble.

What happens while the story goes on is drawn from the same dice, so a seed is the whole story.
The bounds below are the promise's own conditions, as `docs/sending.md` and the settling time state
them: beyond them there is no promise, so a seed never goes there unless a switch asks for it.
"""

import random
from dataclasses import dataclass
from datetime import timedelta, timezone

from bulksms.model.records import Rate
from bulksms.sandbox.faults import (
    ACCEPT_AND_DROP,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    HTML_403,
    REDIRECTED,
    Fault,
    garbage,
    hang,
    hang_and_drop,
    refuse,
    refuse_for,
)
from bulksms.sandbox.ledger import Quirks

RATES = ((15, 60.0), (15, 60.0), (3, 10.0), (5, 20.0), (1, 2.0), (2, 15.0))
ACCOUNT_REFUSALS = (
    "no_credits",
    "invalid_sender",
    "unauthenticated",
    "subscription_ended",
    "plan_not_allowed",
)
ROW_REFUSALS = ("invalid_recipient", "blacklisted", "invalid_country", "unheard_of")
CLASHING_IDS = 2
"""The record counts apart from the answers, and so near that ids are the same by chance."""
SMALLEST_RESTART = 0.5
"""Seconds; a request that was sent before a kill has arrived by then."""


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the file; `repeat` counts the rows of a number that were kept by choice."""

    row: int
    number: str
    text: str
    repeat: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What does not change while the story goes on."""

    people: tuple[Person, ...]
    rate: Rate
    timeout: timedelta
    settle: timedelta
    lease: timedelta
    quirks: Quirks
    shared_limits: bool
    record_off: bool
    fault_rate: float
    read_fault_rate: float
    slow_rate: float
    latency: float
    episodes: int
    kill_rate: float
    interrupt_rate: float
    freeze_rate: float
    rival_rate: float
    operator_rate: float
    clock_is_set: bool


def draw_fate(dice: random.Random) -> Fate:
    """The fate of a seed."""
    people = _people(dice)
    settle = dice.choice((60, 120, 120, 300))
    timeout = dice.choice((5, 10, 30, 30))
    count, period = dice.choice(RATES)
    return Fate(
        people=people,
        rate=Rate(count, timedelta(seconds=period)),
        timeout=timedelta(seconds=timeout),
        settle=timedelta(seconds=settle),
        lease=timedelta(seconds=60),
        quirks=_quirks(dice, settle, twins=any(each.repeat for each in people)),
        shared_limits=dice.random() < 0.15,
        record_off=dice.random() < 0.12,
        fault_rate=dice.choice((0.0, 0.15, 0.3, 0.3, 0.5)),
        read_fault_rate=dice.choice((0.0, 0.0, 0.1, 0.3)),
        slow_rate=dice.choice((0.0, 0.0, 0.05, 0.2)),
        latency=dice.choice((0.0, 0.1, 0.499)),
        episodes=dice.randint(1, 4),
        kill_rate=dice.choice((0.0, 0.4, 0.8)),
        interrupt_rate=dice.choice((0.0, 0.0, 0.5)),
        freeze_rate=dice.choice((0.0, 0.0, 0.6)),
        rival_rate=dice.choice((0.0, 0.0, 0.5)),
        operator_rate=dice.choice((0.0, 0.0, 0.4)),
        clock_is_set=dice.random() < 0.25,
    )


def draw_send_fault(dice: random.Random, fate: Fate) -> tuple[str, Fault]:
    """A misfortune for one POST, and its name."""
    late = dice.uniform(0, _longest_late_acceptance(fate))
    faults = (
        ("drop before", DROP_BEFORE),
        ("accept and drop", ACCEPT_AND_DROP),
        ("accept and drop", ACCEPT_AND_DROP),
        ("500 before", ERROR_BEFORE),
        ("500 after", ERROR_AFTER),
        ("hang before", hang(before=late)),
        ("hang after", hang(after=dice.uniform(1, 90))),
        ("hang and drop", hang_and_drop(dice.uniform(1, 90))),
        ("garbage accepted", garbage(dice.choice(("html", "no_id", "broken_json")))),
        ("garbage refused", garbage("html", accepted=False)),
        ("429", refuse_for(dice.randint(1, 15))),
        ("html 403", HTML_403),
        ("account refused", refuse(dice.choice(ACCOUNT_REFUSALS))),
        ("redirected", REDIRECTED),
        ("row refused", refuse(dice.choice(ROW_REFUSALS))),
    )
    return dice.choice(faults)


def draw_read_fault(dice: random.Random) -> tuple[str, Fault]:
    """A misfortune for one read, and its name."""
    faults = (
        ("read dropped", DROP_BEFORE),
        ("read 500", ERROR_BEFORE),
        ("read hangs", hang(after=dice.uniform(1, 60))),
        ("read garbage", garbage(dice.choice(("html", "no_id", "broken_json")))),
        ("read 429", refuse_for(dice.randint(1, 10))),
        ("read 403", HTML_403),
        ("read refused", refuse(dice.choice(ACCOUNT_REFUSALS))),
    )
    return dice.choice(faults)


def _people(dice: random.Random) -> tuple[Person, ...]:
    people: list[Person] = []
    same_text, twins = dice.random() < 0.3, dice.random() < 0.3
    for row in range(2, 2 + dice.randint(3, 14)):
        if twins and people and dice.random() < 0.3:
            number = dice.choice(people).number
        else:
            number = f"+1202555{row:04}"
        repeat = sum(each.number == number for each in people)
        first = next((each for each in people if each.number == number), None)
        if same_text or (first is not None and dice.random() < 0.5):
            text = first.text if first else "Hello everyone"
        else:
            text = f"Hi number {row}"
        people.append(Person(row, number, text, repeat))
    return tuple(people)


def _quirks(dice: random.Random, settle: int, *, twins: bool) -> Quirks:
    """Twins are told apart by their ids alone, so with them the ids do not clash."""
    far, near = 700_000, 700_000 if twins else CLASHING_IDS
    minutes = dice.choice((0, 0, -300, 60, 330, 345, -660, 720))
    return Quirks(
        zone=timezone(timedelta(minutes=minutes)),
        record_lag=timedelta(seconds=dice.choice((0.0, 0.0, 1.0, 0.4 * settle))),
        record_id_offset=dice.choice((0, 0, 0, far, far, near)),
        largest_limit=dice.choice((100, 100, 50, 10)),
    )


def _longest_late_acceptance(fate: Fate) -> float:
    """So late that the record shows it just within the settling time after we gave up at once."""
    return 0.9 * fate.settle.total_seconds() - fate.quirks.record_lag.total_seconds() - 2
