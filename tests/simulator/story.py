"""One seed, told from the load to the last `resume`.

Processes come and go as the seed has it: they run, are killed, freeze, are interrupted, and another
one is started. When the troubles are over, a patient operator types `resume` until nothing is left
that the program could still settle; then the judge compares.
"""

from sqlalchemy import func, select

from bulksms.model.phone_zones import place_of
from bulksms.model.records import Campaign, JudgedRow, NewCampaign, ReportRow
from bulksms.model.states import ENDED, State
from bulksms.store.engine import reading
from bulksms.store.schema import attempt
from tests.simulator.befalling import Befalling, OptOut
from tests.simulator.database import database
from tests.simulator.fate import Person, Record
from tests.simulator.network import SENDER, Network
from tests.simulator.program import Program
from tests.simulator.themes import draw_theme
from tests.simulator.world import Process, World
from tests.virtual_time import START

PATIENCE = 12
"""How often the operator types `resume` when the troubles are over."""
IN_VAIN = 2
"""How often in a row it may change nothing before the operator believes what the rows say."""
DAY = 86400.0
LONGEST_RUN = 4 * DAY
"""Of one process; a weekend may be in it."""


class Story:
    """A seed and everything in it.

    Attributes:
        left_open: the attempts that a process had no outcome for, though it ended by itself.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.world = World(seed)
        self.dice = self.world.dice
        self.fate = draw_theme(self.dice)
        self.network = Network(self.world, self.fate)
        self.store = database().fresh(self.world)
        self.campaign_id = self._load()
        self.program = Program(self.network, self.store, self.campaign_id)
        self.befalling = Befalling(self.world, self.program, self.fate.dooms)
        self.left_open: list[str] = []

    def tell(self) -> None:
        """From the beginning to the end."""
        self.world.tell("world", self.fate.theme)
        try:
            for _ in range(self.fate.dooms.episodes):
                self._episode()
            self._end_of_troubles()
        finally:
            for process in self.world.processes:
                process.bury()

    @property
    def campaign(self) -> Campaign:
        """As it is now."""
        return self.program.campaign

    @property
    def opt_outs(self) -> list[OptOut]:
        """Who opted out while the story went on."""
        return self.befalling.opt_outs

    @property
    def lines(self) -> list[str]:
        """What happened, and then what the report says of every row."""
        rows = self.store.rows.report(self.campaign_id)
        return [*self.world.story, *(_ending(row) for row in rows)]

    def _load(self) -> int:
        hours = self.fate.hours
        new = NewCampaign("june", ("Phone",), "june.csv", "file", "wording", None, hours=hours)
        rows = (self._judged(person) for person in self.fate.people)
        return self.store.campaigns.load(
            new, rows, account_name="default", rate=self.fate.rate, now=START
        ).id

    def _judged(self, person: Person) -> JudgedRow:
        hours = self.fate.hours
        return JudgedRow(
            row_number=person.row,
            original=(person.number,),
            state=State.QUEUED,
            to_number=person.number,
            sender=SENDER,
            body=person.text,
            segments=1,
            repeat=person.repeat,
            place=place_of(person.number) if hours and hours.follows_recipients else "",
        )

    def _episode(self) -> None:
        world, dooms = self.world, self.fate.dooms
        process = self._start(troubled=True)
        if self.dice.random() < dooms.rival_rate:
            world.at(world.now + self.dice.uniform(0.6, 150), self._start_another)
        self.befalling.operator(process)
        give_up = world.now + LONGEST_RUN
        world.live_until(give_up, lambda: process.ended or process.asleep)
        if process.asleep:
            world.live_until(world.now + self.dice.uniform(dooms.until_missed, 200))
            return
        world.live_until(world.now + self.dice.choice(dooms.gaps) * self.dice.uniform(1, 1.5))

    def _start_another(self) -> None:
        """Another process tries while the first one is at it."""
        self._start(troubled=True)

    def _end_of_troubles(self) -> None:
        """Nothing befalls anybody any more, but who sleeps may sleep on until all is done."""
        world = self.world
        world.tell("world", "the troubles are over")
        self.network.calm = True
        for process in world.processes:
            process.spare()
            if self.dice.random() < 0.5:
                process.thaw()
        self._resume_until_nothing_is_left()
        for process in world.processes:
            process.thaw()
        self._resume_until_nothing_is_left()

    def _resume_until_nothing_is_left(self) -> None:
        world, in_vain = self.world, 0
        for _ in range(PATIENCE):
            world.live_until(world.now + LONGEST_RUN, self._nobody_is_at_it)
            if self._nothing_left() or in_vain == IN_VAIN:
                return
            moved = self._moves_of_rows()
            waits = self.fate.lease + self.fate.settle
            world.live_until(world.now + 1 + waits.total_seconds())
            self._start(troubled=False)
            world.live_until(world.now + LONGEST_RUN, self._nobody_is_at_it)
            in_vain = in_vain + 1 if moved == self._moves_of_rows() else 0

    def _nobody_is_at_it(self) -> bool:
        return all(process.ended or process.asleep for process in self.world.processes)

    def _moves_of_rows(self) -> int:
        return sum(move.row is not None for move in self.world.moves)

    def _nothing_left(self) -> bool:
        counts = self.store.rows.counts(self.campaign_id)
        left = counts[State.QUEUED] + counts[State.SENDING]
        doubts = counts[State.UNKNOWN] if self.fate.record is Record.SHOWS else 0
        ended = self.campaign.state in ENDED
        return ended and not left and not doubts

    def _start(self, *, troubled: bool) -> Process:
        world = self.world
        if not self.network.calm:
            self.befalling.set_the_clock()
        clock = self.befalling.clock
        process = Process(world, f"process-{len(world.processes) + 1}", clock)
        process.on_end = lambda: self._look_what_it_left(process)
        world.processes.append(process)
        world.tell(process.name, f"started, clock {clock.total_seconds():+.0f} s")
        retry = troubled and self.dice.random() < 0.1
        process.begin(self.program.resume(process, retry=retry))
        if troubled:
            self.befalling.doom(process)
        return process

    def _look_what_it_left(self, process: Process) -> None:
        mine = attempt.c.worker == process.name
        unfinished = select(func.count()).where(mine, attempt.c.finished_at.is_(None))
        with reading(self.store.engine) as tx:
            if count := tx.execute(unfinished).scalar_one():
                self.left_open.append(f"{process.name} ended and left {count} attempts open")


def _ending(row: ReportRow) -> str:
    why = f" ({row.reason}): {row.detail}" if row.reason else ""
    known_as = f" as {row.sms_id}" if row.sms_id else ""
    return f"row {row.row_number} is {row.state}{known_as}, attempts: {row.attempts}{why}"
