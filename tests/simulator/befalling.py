"""What befalls the processes of a story, and what people do meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bulksms.model.records import JudgedRow, NewCampaign, Refused
from bulksms.model.states import ENDED, PausedReason, Reason, State
from tests.simulator.fate import Dooms
from tests.simulator.program import Program
from tests.simulator.world import Moment, Process, World
from tests.virtual_time import START

OFTEN = (Moment.STEP, Moment.STATEMENT)
"""Moments that are passed hundreds of times in a story; the others a few dozen times."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """A number that nobody may text any more, and since when (seconds of the world)."""

    number: str
    at: float


@dataclass
class Befalling:
    """The dooms of a fate, as they come."""

    world: World
    program: Program
    dooms: Dooms
    opt_outs: list[OptOut] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = timedelta(seconds=self.dooms.first_clock)

    def set_the_clock(self) -> None:
        """Perhaps somebody did, since the last process."""
        if self._dice() < self.dooms.clock_rate:
            self.clock += timedelta(seconds=self.world.dice.choice(self.dooms.sets))
            self.world.figures["clock set"] += 1

    def doom(self, process: Process) -> None:
        """What will befall it."""
        dooms, choose = self.dooms, self.world.dice.choice
        if self._dice() < dooms.kill_rate:
            self._kill(process)
        if self._dice() < dooms.interrupt_rate:
            self._interrupt(process)
        asleep = any(each.was_frozen for each in self.world.processes)
        if self._dice() < dooms.freeze_rate and not (asleep and dooms.one_sleeper):
            seconds = choose(dooms.freezes) * self.world.dice.uniform(1, 1.5)
            self._plan(process, choose(dooms.freeze_at), lambda: process.freeze(seconds))

    def operator(self, process: Process) -> None:
        """Perhaps a person does something while that process is at it."""
        if self._dice() >= self.dooms.operator_rate:
            return
        act = self._acts()[self.world.dice.choice(self.dooms.acts)]
        if self._dice() < 0.5:
            self.world.at(self.world.now + self.world.dice.uniform(0, 60), act)
        else:
            moment = self.world.dice.choice((Moment.LEAVING, Moment.COMMITTED))
            self._plan(process, moment, lambda: self.world.at(self.world.now, act))

    def _kill(self, process: Process) -> None:
        if self._dice() < 0.2:
            moment = self.world.now + self.world.dice.uniform(0, 90)
            self.world.at(moment, lambda: process.kill("by the clock"))
        else:
            where = self.world.dice.choice(self.dooms.kill_at)
            self._plan(process, where, lambda: process.kill(where))

    def _interrupt(self, process: Process) -> None:
        """Ctrl-C, and perhaps once more, then or in the very same moment."""
        world, dice, dooms = self.world, self.world.dice, self.dooms
        twice = self._dice() < dooms.abort_rate
        again = dice.choice((0.0, dice.uniform(0, dooms.abort_within)))

        def interrupt() -> None:
            process.interrupt(abort=False)
            if twice and not again:
                process.interrupt(abort=True)
            elif twice:
                world.at(world.now + again, lambda: process.interrupt(abort=True))

        if dooms.interrupt_at:
            self._plan(process, dice.choice(dooms.interrupt_at), interrupt)
        else:
            world.at(world.now + dice.uniform(0, 90), interrupt)

    def _plan(self, process: Process, moment: Moment, what: Callable[[], None]) -> None:
        dice = self.world.dice
        often = (
            int(10 ** dice.uniform(0.3, 2.7))
            if moment in OFTEN
            else dice.randint(1, self.dooms.soon)
        )
        process.plan(moment, often, what)

    def _acts(self) -> dict[str, Callable[[], None]]:
        return {
            "pause": self._pause,
            "cancel": self._cancel,
            "opt out": self._opt_out,
            "newer list": self._newer_list,
            "retry": self._retry,
        }

    def _pause(self) -> None:
        self.world.tell("operator", "pause")
        self.program.store.campaigns.pause(
            self.program.campaign_id, PausedReason.OPERATOR, now=self._now(), actor="operator"
        )

    def _cancel(self) -> None:
        if self.program.campaign.state in ENDED:
            return
        self.world.tell("operator", "cancel")
        self.program.store.campaigns.cancel(
            self.program.campaign_id, now=self._now(), actor="operator"
        )

    def _opt_out(self) -> None:
        number = self._somebody_opts_out("suppress")
        self.program.store.suppressions.add(
            [number], reason="STOP", source="operator", now=self._now()
        )

    def _newer_list(self) -> None:
        """Loaded and never sent: its column of opt-outs has grown since."""
        number = self._somebody_opts_out("load a list without")
        name = f"list {len(self.opt_outs)}"
        new = NewCampaign(name, ("Phone", "STOP"), "july.csv", name, "wording", None)
        row = JudgedRow(
            row_number=2,
            original=(number, "yes"),
            state=State.SKIPPED,
            reason=Reason.OPTED_OUT,
            detail="The column 'STOP' says 'yes'.",
            to_number=number,
        )
        self.program.store.campaigns.load(
            new, [row], account_name="default", rate=self.program.network.fate.rate, now=self._now()
        )

    def _somebody_opts_out(self, how: str) -> str:
        number = self.world.dice.choice(self.program.network.fate.people).number
        self.world.tell("operator", f"{how} {number}")
        self.opt_outs.append(OptOut(number, self.world.now))
        return number

    def _retry(self) -> None:
        """From another terminal, whoever runs."""
        self.world.tell("operator", "retry")
        self.program.store.messages.retry(
            self.program.campaign_id, Refused(), now=self._now(), actor="operator"
        )

    def _now(self) -> datetime:
        return START + timedelta(seconds=self.world.now) + self.clock

    def _dice(self) -> float:
        return self.world.dice.random()
