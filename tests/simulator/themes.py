"""Themes: in half of the stories the dice are loaded, so that one rare coincidence becomes common.

A theme changes how likely a trouble is, never what is right: the same judge looks at all stories,
and the bounds of `fate` hold in all of them. A seed draws its theme first.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bulksms.model.hours import DAYS, RECIPIENT, Hours
from bulksms.model.records import Rate
from tests.simulator.fate import (
    SMALLEST_RESTART,
    Fate,
    Person,
    Record,
    draw_fate,
    draw_quirks,
    longest_delay,
)
from tests.simulator.world import Moment
from tests.virtual_time import START

SHARE = 0.5
"""Of the stories that have a theme."""
HOURS = 0.03
"""Of the stories that have sending hours: to wait for the morning takes long even here."""
ON_THE_WIRE = (Moment.LEAVING, Moment.ARRIVING)
NOT_ACCEPTED = ("drop before", "500 before", "hang and drop")
ACCEPTED_UNHEARD = ("accept and drop", "500 after", "garbage accepted", "hang after")
LATE = "hang before"

Theme = Callable[[random.Random, Fate], Fate]


def draw_theme(dice: random.Random) -> Fate:
    """The fate of a seed."""
    drawn, theme = dice.random(), dice.choice(THEMES)
    fate = draw_fate(dice)
    if drawn < HOURS:
        return _there_are_hours(dice, fate)
    return theme(dice, fate) if drawn < SHARE else fate


def _a_sleeper_wakes_up(dice: random.Random, fate: Fate) -> Fate:
    """It falls asleep over a message, others take over, and it wakes while they are at it."""
    people = _twins(dice) if dice.random() < 0.5 else fate.people[:6]
    dooms = replace(
        fate.dooms,
        episodes=dice.randint(2, 4),
        kill_rate=0.1,
        interrupt_rate=0.0,
        freeze_rate=0.8,
        rival_rate=0.0,
        operator_rate=0.0,
        clock_rate=0.0,
        waking_rate=0.9,
        freeze_at=(Moment.COMMITTED, Moment.COMMITTED, *ON_THE_WIRE),
        freezes=(600.0, 3600.0, 20000.0),
        one_sleeper=True,
        until_missed=61.0,
        soon=8,
        gaps=(SMALLEST_RESTART, 30.0, 61.0),
    )
    return replace(
        _settled_in(20, dice, fate, people),
        theme="a sleeper wakes up",
        gathering=dice.choice((None, 0.01, 0.3, 0.3)),
        record=Record.REFUSED if dice.random() < 0.3 else Record.SHOWS,
        fault_rate=0.5,
        faults=(*NOT_ACCEPTED, *ACCEPTED_UNHEARD, LATE, "429", "row refused", "account refused"),
        read_fault_rate=0.0,
        slow_rate=0.5,
        timeout=timedelta(seconds=30),
        latency=0.499,
        dooms=dooms,
    )


def _the_way_is_long(dice: random.Random, fate: Fate) -> Fate:
    """A POST of a process that died arrives slowly, and just before the next one begins."""
    dooms = replace(
        fate.dooms,
        episodes=dice.randint(2, 4),
        kill_rate=0.9,
        freeze_rate=0.0,
        clock_rate=0.0,
        kill_at=ON_THE_WIRE,
        gaps=(SMALLEST_RESTART, 1.0),
    )
    count, period = dice.choice(((1, 2.0), (1, 10.0), (2, 15.0), (3, 10.0)))
    rate = Rate(count, timedelta(seconds=period))
    longest = min(0.9 * fate.timeout.total_seconds(), longest_delay(fate) / 2)
    return replace(
        fate, theme="the way is long", rate=rate, longest_way=longest, fault_rate=0.15, dooms=dooms
    )


def _the_clock_is_wrong(dice: random.Random, fate: Fate) -> Fate:
    """It is wrong all the time, or set between two processes, while acceptances are late."""
    is_set = dice.random() < 0.6
    if dice.random() < 0.4:
        fate = _settled_in(int(fate.settle.total_seconds()), dice, fate, _twins(dice))
    dooms = replace(
        fate.dooms,
        episodes=dice.randint(2, 3),
        kill_rate=0.3,
        interrupt_rate=0.7,
        freeze_rate=0.0,
        rival_rate=0.0,
        operator_rate=0.0,
        clock_rate=0.9 if is_set else 0.0,
        interrupt_at=ON_THE_WIRE,
        gaps=(SMALLEST_RESTART, 1.0, 5.0),
        sets=(60.0, 300.0, 300.0, 3600.0, -300.0),
        first_clock=0.0 if is_set else dice.choice((-420.0, -200.0, 200.0, 420.0)),
    )
    return replace(
        fate,
        theme="the clock is wrong",
        timeout=timedelta(seconds=5),
        record=Record.SHOWS,
        fault_rate=0.5,
        faults=(LATE, LATE, "accept and drop", "drop before"),
        read_fault_rate=0.0,
        dooms=dooms,
    )


def _twins_are_in_the_air(dice: random.Random, fate: Fate) -> Fate:
    """The same text to the same number, slow answers, and a record that is read meanwhile."""
    dooms = replace(
        fate.dooms,
        episodes=4,
        kill_rate=0.6,
        interrupt_rate=0.4,
        freeze_rate=0.0,
        operator_rate=0.0,
        clock_rate=0.0,
        kill_at=ON_THE_WIRE,
        gaps=(21.0, 30.0, 61.0),
        soon=4,
    )
    twins = _settled_in(20, dice, fate, _twins(dice))
    return replace(
        twins,
        theme="twins are in the air",
        timeout=timedelta(seconds=30),
        record=Record.SHOWS,
        fault_rate=0.5,
        faults=(*NOT_ACCEPTED, *NOT_ACCEPTED, "accept and drop"),
        read_fault_rate=0.0,
        quirks=replace(twins.quirks, largest_limit=100),
        slow_rate=0.9,
        dooms=dooms,
    )


def _the_record_is_empty(dice: random.Random, fate: Fate) -> Fate:
    """It can be read, and shows nothing that was ever accepted."""
    faults = (*NOT_ACCEPTED, *ACCEPTED_UNHEARD)
    rate = dice.choice((0.15, 0.3))
    return replace(
        fate,
        theme="the record is empty",
        record=Record.SILENT,
        fault_rate=rate,
        faults=faults,
        read_fault_rate=0.0,
    )


def _the_account_is_refused(dice: random.Random, fate: Fate) -> Fate:
    """While several are in the air, and while somebody pauses and resumes."""
    dooms = replace(
        fate.dooms,
        kill_rate=0.1,
        operator_rate=0.6,
        acts=("pause", "pause", "cancel"),
        gaps=(SMALLEST_RESTART, 5.0),
    )
    return replace(
        fate,
        theme="the account is refused",
        rate=dice.choice((Rate(15, timedelta(seconds=60)), Rate(5, timedelta(seconds=20)))),
        fault_rate=0.3,
        faults=("account refused", "account refused", "429", "500 before"),
        slow_rate=0.4,
        dooms=dooms,
    )


def _it_is_stopped_in_mid_air(dice: random.Random, fate: Fate) -> Fate:
    """Ctrl-C, again and at once, or a cancel, while answers are in the air and doubts come back."""
    dooms = replace(
        fate.dooms,
        kill_rate=0.1,
        interrupt_rate=0.8,
        operator_rate=0.6,
        abort_rate=0.9,
        abort_within=dice.choice((0.0, 0.0, 2.0)),
        interrupt_at=(Moment.COMMITTED, Moment.COMMITTED, Moment.COMMITTED, *ON_THE_WIRE),
        acts=("pause", "cancel", "cancel"),
        gaps=(SMALLEST_RESTART, 5.0, 61.0),
    )
    return replace(
        fate,
        theme="it is stopped in mid-air",
        fault_rate=0.3,
        faults=(*NOT_ACCEPTED, *ACCEPTED_UNHEARD, "429"),
        slow_rate=0.5,
        gathering=dice.choice((None, None, 0.01, 0.3)),
        dooms=dooms,
    )


AREAS = (
    ("+97250123", ("Asia/Jerusalem",)),
    ("+44207946", ("Europe/London",)),
    ("+1709555", ("America/St_Johns", "America/Halifax")),
    ("+1202555", ("America/New_York",)),
    ("+1312555", ("America/Chicago",)),
    ("+1415555", ("America/Los_Angeles",)),
    ("+1808555", ("Pacific/Honolulu",)),
)
"""The beginning of numbers, and the clocks there (the numbering plans), from east to west."""


def _there_are_hours(dice: random.Random, fate: Fate) -> Fate:
    """Neighbours in two zones, and hours on their clocks or on one for all."""
    east = dice.randrange(len(AREAS) - 1)
    areas = AREAS[east : east + 2]
    people = []
    for row in range(2, 2 + dice.randint(3, 10)):
        prefix, zones = dice.choice(areas)
        people.append(Person(row, f"{prefix}{row:04}", f"Hi number {row}", zones=zones))
    named = dice.random() < 0.3
    where = dice.choice(areas)[1][0]
    local = START.astimezone(ZoneInfo(where))
    opens = (local.hour * 60 + local.minute + dice.randint(-150, 45)) % (24 * 60)
    closes = (opens + dice.choice((180, 600, 1200))) % (24 * 60) or 24 * 60
    weekdays = dice.random() < 0.5 and where != "Pacific/Honolulu"  # where it still is Sunday
    hours = Hours(
        opens,
        closes,
        frozenset(range(5 if weekdays else len(DAYS))),
        where if named else RECIPIENT,
    )
    return replace(
        fate,
        theme="there are hours",
        people=tuple(people),
        quirks=draw_quirks(dice, int(fate.settle.total_seconds()), twins=False),
        lease=timedelta(seconds=600),
        hours=hours,
        dooms=replace(fate.dooms, clock_rate=0.0),
    )


def _twins(dice: random.Random) -> tuple[Person, ...]:
    """Few numbers, one text."""
    numbers = [f"+1202555{number:04}" for number in range(2, 2 + dice.randint(1, 2))]
    people: list[Person] = []
    for row in range(2, 2 + dice.randint(4, 9)):
        number = dice.choice(numbers)
        repeat = sum(each.number == number for each in people)
        people.append(Person(row, number, "Hello everyone", repeat))
    return tuple(people)


def _settled_in(seconds: int, dice: random.Random, fate: Fate, people: tuple[Person, ...]) -> Fate:
    return replace(
        fate,
        people=people,
        settle=timedelta(seconds=seconds),
        quirks=draw_quirks(dice, seconds, twins=True),
    )


THEMES: Sequence[Theme] = (
    _a_sleeper_wakes_up,
    _the_way_is_long,
    _the_clock_is_wrong,
    _twins_are_in_the_air,
    _the_record_is_empty,
    _the_account_is_refused,
    _it_is_stopped_in_mid_air,
)
