"""One seed, told from the load to the last `resume`.

Processes come and go as the seed has it: they run, are killed, freeze, are interrupted, and another
one is started. When the troubles are over, a patient operator types `resume` until nothing is left
that the program could still settle; then the judge compares.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bulksms.easify import EasifyClient
from bulksms.model.errors import AccountBusy
from bulksms.model.records import Campaign, JudgedRow, Lease, NewCampaign, Refused, ReportRow
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.pacing import read_pace
from bulksms.reconciling import Reconciler
from bulksms.run import Run
from bulksms.sending import Sender
from tests.simulator.database import database
from tests.simulator.fate import SMALLEST_RESTART, draw_fate
from tests.simulator.network import SENDER, TOKEN, Network
from tests.simulator.world import Process, World
from tests.virtual_time import START

GAPS = (SMALLEST_RESTART, 1.0, 5.0, 30.0, 61.0, 200.0, 3600.0, 86400.0)
FREEZES = (1.0, 20.0, 29.0, 45.0, 65.0, 150.0, 600.0, 3600.0, 20000.0)
SETS = (-3600.0, -300.0, -60.0, -5.0, -1.0, 1.0, 5.0, 60.0, 300.0, 3600.0)
PATIENCE = 12
"""How often the operator types `resume` when the troubles are over."""
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class OptOut:
    """A number that was put on the suppression list, and when (seconds of the world)."""

    number: str
    at: float


class Story:
    """A seed and everything in it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.world = World(seed)
        self.dice = self.world.dice
        self.fate = draw_fate(self.dice)
        self.network = Network(self.world, self.fate)
        self.store = database().fresh(self.world)
        self.opt_outs: list[OptOut] = []
        self.campaign_id = self._load()
        self._off = timedelta(0)

    def tell(self) -> None:
        """From the beginning to the end."""
        try:
            for _ in range(self.fate.episodes):
                self._episode()
            self._end_of_troubles()
        finally:
            for process in self.world.processes:
                process.bury()

    @property
    def campaign(self) -> Campaign:
        """As it is now."""
        return self.store.campaigns.now(self.campaign_id)

    @property
    def lines(self) -> list[str]:
        """What happened, and then what the report says of every row."""
        rows = self.store.rows.report(self.campaign_id)
        return [*self.world.story, *(_ending(row) for row in rows)]

    def _load(self) -> int:
        rows = (
            JudgedRow(
                row_number=person.row,
                original=(person.number,),
                state=State.QUEUED,
                to_number=person.number,
                sender=SENDER,
                body=person.text,
                segments=1,
                repeat=person.repeat,
            )
            for person in self.fate.people
        )
        new = NewCampaign("june", ("Phone",), "june.csv", "file", "wording", None)
        return self.store.campaigns.load(
            new, rows, account_name="default", rate=self.fate.rate, now=START
        ).id

    def _episode(self) -> None:
        process = self._start(troubled=True)
        self._rival()
        self._operator()
        world = self.world
        give_up = world.now + 2 * DAY
        world.live_until(give_up, lambda: process.ended or process.frozen_until > world.now)
        if not process.ended and process.frozen_until > world.now:
            world.live_until(min(world.now + self.dice.uniform(1, 200), give_up))
            return
        world.live_until(world.now + self.dice.choice(GAPS) * self.dice.uniform(1, 1.5))

    def _end_of_troubles(self) -> None:
        world = self.world
        world.tell("world", "the troubles are over")
        self.network.calm = True
        for process in world.processes:
            process.kill_at_step = process.freeze_at_step = process.kill_at_commit = -1
            process.thaw()
        world.live_until(world.now + 2 * DAY, self._all_ended)
        for _ in range(PATIENCE):
            if self._nothing_left():
                return
            world.live_until(world.now + 61 + self.fate.settle.total_seconds())
            self._start(troubled=False)
            world.live_until(world.now + 2 * DAY, self._all_ended)

    def _all_ended(self) -> bool:
        return all(process.ended for process in self.world.processes)

    def _nothing_left(self) -> bool:
        counts = self.store.rows.counts(self.campaign_id)
        left = counts[State.QUEUED] + counts[State.SENDING]
        doubts = 0 if self.network.outage is not None else counts[State.UNKNOWN]
        ended = self.campaign.state in {CampaignState.FINISHED, CampaignState.CANCELLED}
        return ended and not left and not doubts

    def _start(self, *, troubled: bool) -> Process:
        world, dice = self.world, self.dice
        self._set_the_clock()
        process = Process(world, f"process-{len(world.processes) + 1}", self._off)
        world.processes.append(process)
        world.tell(process.name, f"started, clock {self._off.total_seconds():+.0f} s")
        retry = troubled and dice.random() < 0.1
        process.begin(self._main(process, retry=retry))
        if troubled:
            self._doom(process)
        return process

    def _set_the_clock(self) -> None:
        if self.fate.clock_is_set and not self.network.calm and self.dice.random() < 0.5:
            self._off += timedelta(seconds=self.dice.choice(SETS))
            self.world.figures["clock set"] += 1

    def _doom(self, process: Process) -> None:
        """What will befall it."""
        world, dice, fate = self.world, self.dice, self.fate
        if dice.random() < fate.kill_rate:
            how = dice.choice(("time", "step", "before commit", "after commit"))
            if how == "time":
                world.at(world.now + dice.uniform(0, 90), lambda: process.kill("by the clock"))
            elif how == "step":
                process.kill_at_step = int(10 ** dice.uniform(0.3, 2.7))
            else:
                process.kill_at_commit = dice.randint(1, 40)
                process.kill_before_commit = how == "before commit"
        if dice.random() < fate.interrupt_rate:
            moment = world.now + dice.uniform(0, 90)
            world.at(moment, lambda: process.interrupt(abort=False))
            if dice.random() < 0.5:
                again = moment + dice.uniform(0, 15)
                world.at(again, lambda: process.interrupt(abort=True))
        if dice.random() < fate.freeze_rate:
            process.freeze_at_step = int(10 ** dice.uniform(0.3, 2.5))
            process.freeze_for = dice.choice(FREEZES) * dice.uniform(1, 1.5)

    def _rival(self) -> None:
        """Another process tries while the first one is at it."""
        if self.dice.random() < self.fate.rival_rate:
            moment = self.world.now + self.dice.uniform(0.6, 150)
            self.world.at(moment, self._start_another)

    def _start_another(self) -> None:
        self._start(troubled=True)

    def _operator(self) -> None:
        if self.dice.random() >= self.fate.operator_rate:
            return
        moment = self.world.now + self.dice.uniform(0, 60)
        what = self.dice.choice(
            (self._pause, self._pause, self._opt_out, self._opt_out, self._cancel)
        )
        self.world.at(moment, what)

    def _pause(self) -> None:
        self.world.tell("operator", "pause")
        self.store.campaigns.pause(
            self.campaign_id, PausedReason.OPERATOR, now=self._now(), actor="operator"
        )

    def _cancel(self) -> None:
        if self.campaign.state in {CampaignState.FINISHED, CampaignState.CANCELLED}:
            return
        self.world.tell("operator", "cancel")
        self.store.campaigns.cancel(self.campaign_id, now=self._now(), actor="operator")

    def _opt_out(self) -> None:
        number = self.dice.choice(self.fate.people).number
        self.world.tell("operator", f"suppress {number}")
        self.opt_outs.append(OptOut(number, self.world.now))
        self.store.suppressions.add([number], reason="STOP", source="operator", now=self._now())

    def _now(self) -> datetime:
        return START + timedelta(seconds=self.world.now) + self._off

    async def _main(self, process: Process, *, retry: bool) -> None:
        """As the command `resume` does it."""
        store, fate = self.store, self.fate
        lease = self._acquire(process)
        if lease is None:
            return
        for post in self.network.posts:
            if post.given_up_at is None and post.process is not process:
                post.given_up_at = self.world.now
        if retry:
            store.messages.retry(self.campaign_id, Refused(), now=process.now(), actor="operator")
        store.campaigns.start(self.campaign_id, now=process.now(), actor="operator")
        easify = EasifyClient(
            TOKEN,
            base_url="https://world.invalid/api/v2",
            timeout=fate.timeout,
            transport=self.network.transport(process),
        )
        sender = Sender(store, easify, lease, process.now)
        reconciler = Reconciler(store, easify, lease, process.now, fate.settle, read_pace())
        run = Run(sender, reconciler)
        process.on_stop = lambda abort: run.abort() if abort else run.stop()
        try:
            async with easify:
                if self.campaign.state is CampaignState.CANCELLED:
                    await reconciler.settle_all(self.campaign)  # what was cancelled is not resumed
                else:
                    await run.go(self.campaign)
        finally:
            store.accounts.release(lease)

    def _acquire(self, process: Process) -> Lease | None:
        accounts, fate = self.store.accounts, self.fate
        for _ in range(2):
            try:
                return accounts.acquire(
                    "default",
                    worker=process.name,
                    rate=fate.rate,
                    length=fate.lease,
                    now=process.now(),
                    boot=process.boot,
                )
            except AccountBusy as busy:
                dead = any(each.dead and each.name == busy.holder for each in self.world.processes)
                if not dead or self.dice.random() < 0.3:  # another computer's death is not seen
                    self.world.tell(process.name, f"the account is {busy.holder}'s")
                    self.world.figures["account busy"] += 1
                    return None
                accounts.break_lease("default", epoch=busy.epoch)
        return None


def _ending(row: ReportRow) -> str:
    why = f" ({row.reason}): {row.detail}" if row.reason else ""
    known_as = f" as {row.sms_id}" if row.sms_id else ""
    return f"row {row.row_number} is {row.state}{known_as}, attempts: {row.attempts}{why}"
