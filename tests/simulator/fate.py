"""What a seed decides before the story begins: people, pace, network, record, and kinds of trouble.

What happens while the story goes on is drawn from the same dice, so a seed is the whole story.
The bounds below are the promise's own conditions, as `docs/sending.md` and the settling time state
them: beyond them there is no promise, so a seed never goes there unless a switch asks for it.
"""

import random
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from enum import StrEnum

from bulksms.model.hours import Hours
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
from tests.simulator.world import Moment

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
"""Seconds; a request that was sent before a kill has arrived by then, unless the way is long."""
GAPS = (SMALLEST_RESTART, 1.0, 5.0, 30.0, 61.0, 200.0, 3600.0, 86400.0)
FREEZES = (1.0, 20.0, 29.0, 45.0, 65.0, 150.0, 600.0, 3600.0, 20000.0)
SETS = (-3600.0, -300.0, -60.0, -5.0, -1.0, 1.0, 5.0, 60.0, 300.0, 3600.0)
ACTS = ("pause", "pause", "opt out", "opt out", "newer list", "cancel", "retry", "retry")


class Record(StrEnum):
    """What the vendor's own record is worth: it shows, it refuses every read, or it is empty."""

    SHOWS = "shows"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the file; `repeat` counts the rows of a number that were kept by choice.

    `zones` are the clocks that the number may be under.
    """

    row: int
    number: str
    text: str
    repeat: int = 0
    zones: tuple[str, ...] = ("America/New_York",)


@dataclass(frozen=True, slots=True)
class Dooms:
    """What befalls the processes, how likely, and at which of the moments that they pass by."""

    episodes: int
    kill_rate: float
    interrupt_rate: float
    freeze_rate: float
    rival_rate: float
    operator_rate: float
    clock_rate: float
    abort_rate: float = 0.5
    abort_within: float = 15.0
    waking_rate: float = 0.5
    kill_at: tuple[Moment, ...] = tuple(Moment)
    freeze_at: tuple[Moment, ...] = (Moment.STEP,)
    interrupt_at: tuple[Moment, ...] = ()
    """Empty: at any time."""
    freezes: tuple[float, ...] = FREEZES
    gaps: tuple[float, ...] = GAPS
    sets: tuple[float, ...] = SETS
    acts: tuple[str, ...] = ACTS
    first_clock: float = 0.0
    soon: int = 12
    """Up to how many POSTs or commits pass before something befalls a process there."""
    one_sleeper: bool = False
    until_missed: float = 1.0
    """Seconds, at least, until another process comes for one that sleeps."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What does not change while the story goes on.

    `gathering` is for how many seconds a process gathers what it commits; None if it does not.
    `faults` names what may befall a POST, as often as it shall; empty, it is all that there is.
    `longest_way` is how long a POST may be on its way to the vendor, beside the latency.
    """

    people: tuple[Person, ...]
    rate: Rate
    timeout: timedelta
    settle: timedelta
    lease: timedelta
    quirks: Quirks
    shared_limits: bool
    record: Record
    fault_rate: float
    read_fault_rate: float
    slow_rate: float
    latency: float
    gathering: float | None
    dooms: Dooms
    faults: tuple[str, ...] = ()
    longest_way: float = 0.0
    hours: Hours | None = None
    theme: str = field(default="anything")


def draw_fate(dice: random.Random) -> Fate:
    """A fate in which anything may happen."""
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
        quirks=draw_quirks(dice, settle, twins=any(each.repeat for each in people)),
        shared_limits=dice.random() < 0.15,
        record=Record.REFUSED if dice.random() < 0.12 else Record.SHOWS,
        fault_rate=dice.choice((0.0, 0.15, 0.3, 0.3, 0.5)),
        read_fault_rate=dice.choice((0.0, 0.0, 0.1, 0.3)),
        slow_rate=dice.choice((0.0, 0.0, 0.05, 0.2)),
        latency=dice.choice((0.0, 0.1, 0.499)),
        gathering=dice.choice((None, None, 0.01, 0.3)),
        dooms=Dooms(
            episodes=dice.randint(1, 4),
            kill_rate=dice.choice((0.0, 0.4, 0.8)),
            interrupt_rate=dice.choice((0.0, 0.0, 0.5)),
            freeze_rate=dice.choice((0.0, 0.0, 0.6)),
            rival_rate=dice.choice((0.0, 0.0, 0.5)),
            operator_rate=dice.choice((0.0, 0.0, 0.4)),
            clock_rate=dice.choice((0.0, 0.0, 0.0, 0.5)),
        ),
    )


def draw_send_fault(dice: random.Random, fate: Fate) -> tuple[str, Fault]:
    """A misfortune for one POST, and its name."""
    late = dice.uniform(0, longest_delay(fate) - fate.longest_way)
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
    if not fate.faults:
        return dice.choice(faults)
    name = dice.choice(fate.faults)
    return dice.choice([each for each in faults if each[0] == name])


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


def draw_quirks(dice: random.Random, settle: int, *, twins: bool) -> Quirks:
    """The vendor's record.

    Twins are told apart by their ids alone, so with them the ids do not clash.
    """
    far, near = 700_000, 700_000 if twins else CLASHING_IDS
    minutes = dice.choice((0, 0, -300, 60, 330, 345, -660, 720))
    return Quirks(
        zone=timezone(timedelta(minutes=minutes)),
        record_lag=timedelta(seconds=dice.choice((0.0, 0.0, 1.0, 0.4 * settle))),
        record_id_offset=dice.choice((0, 0, 0, far, far, near)),
        largest_limit=dice.choice((100, 100, 50, 10)),
    )


def longest_delay(fate: Fate) -> float:
    """So long that the record shows it just within the settling time after we gave up at once."""
    return 0.9 * fate.settle.total_seconds() - fate.quirks.record_lag.total_seconds() - 2
