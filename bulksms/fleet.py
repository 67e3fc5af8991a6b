"""Many campaigns in one process: whatever is unfinished runs, at most one run on an account.

It is the run that `resume` makes, under the same lease. What is to be run, and whether somebody
has it already, is only ever read from our own tables: a campaign that runs or whose time has
come, on an account whose lease is free, has lapsed, or was held by a process that is dead.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bulksms.clock import Clock
from bulksms.committing import Grouped
from bulksms.driving import Held, assemble, leased
from bulksms.easify import Line
from bulksms.model.accounts import Account, AskedRate
from bulksms.model.errors import AccountBusy, ConfigError, StoreError, TokenBusy
from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState, PausedReason
from bulksms.pacing import begin_pace
from bulksms.process import is_held, worker_name
from bulksms.run import Run
from bulksms.store import Store

log = logging.getLogger(__name__)

GLANCE_SECONDS = 1.0
"""How often a process without an engine looks for campaigns that nobody runs."""

REST_SECONDS = 5.0
"""How long an account rests after a run that could not go on, or whose token another account uses:
what is tried every second fills a log, and a disk that is full already."""
TROUBLED = timedelta(seconds=3 * REST_SECONDS)
"""How long a trouble that is not told again is believed."""


def is_due(campaign: Campaign, now: datetime) -> bool:
    """Whether it is to be run: it was started and has not ended, or its time has come."""
    if campaign.state is CampaignState.SCHEDULED:
        return campaign.start_at is not None and campaign.start_at <= now
    return campaign.state is CampaignState.RUNNING


@dataclass
class Fleet:
    """The runs of this process; `most` is on how many accounts at once, over one `line` if any.

    Each run has a clock of its own, begun by the wall clock's time of that moment: a process that
    runs for weeks may have started before the machine knew what time it is.
    """

    store: Store
    rate: AskedRate
    begin_clock: Callable[[], Clock]
    most: int
    line: Line | None = None
    _trouble: tuple[datetime, str] | None = None
    _to_begin_yet: int = 0
    _busy: set[str] = field(default_factory=set)
    _runs: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._book = Grouped(self.store)
        self._may_begin = begin_pace()

    @property
    def trouble(self) -> str | None:
        """Why this process does no good at the moment, as a sentence; None as long as it does."""
        if self._trouble is None or self.now() - self._trouble[0] > TROUBLED:
            return None
        return self._trouble[1]

    def is_in_trouble(self, why: str) -> None:
        """Tell whoever asks how the process does, until a run begins well or a while has passed."""
        self._trouble = (self.now(), why)

    def now(self) -> datetime:
        """The moment by the wall clock, whatever it was when the process began."""
        return self.begin_clock()()

    async def patrol(self) -> None:
        """Run what nobody runs, until cancelled; then wait for the answers in the air."""
        begun: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                begun = {account: task for account, task in begun.items() if not task.done()}
                # What has not begun yet is found once more each time, and takes as long to read.
                found = () if self._to_begin_yet else self._to_begin(begun)
                for campaign in found:
                    begun[campaign.account] = asyncio.create_task(self.run(campaign.id))
                await asyncio.sleep(GLANCE_SECONDS)
        finally:
            for task in begun.values():
                task.cancel()
            await asyncio.gather(*begun.values(), return_exceptions=True)

    async def run(self, campaign_id: int) -> None:
        """Bring a campaign to its end, unless it is not to be run or its account is not free.

        Cancelled, it begins nothing more, waits for the answers in the air, and leaves the
        campaign to whoever looks next.
        """
        self._to_begin_yet += 1
        try:
            await self._may_begin()  # first: what all do at once, all of them have to wait for
        finally:
            self._to_begin_yet -= 1
        try:
            campaign = self.store.campaigns.now(campaign_id)
        except StoreError as error:
            self._could_not_go_on(f"#{campaign_id}", error)
            return
        if campaign.account in self._busy or not is_due(campaign, self.now()):
            return
        self._busy.add(campaign.account)
        try:
            if not await self._ends_well(campaign):
                await asyncio.sleep(REST_SECONDS)
        finally:
            self._busy.discard(campaign.account)

    def abort(self) -> None:
        """Wait for nothing: what is in the air becomes unknown (interrupted)."""
        for run in self._runs:
            run.abort()

    def _to_begin(self, begun: Iterable[str]) -> Iterator[Campaign]:
        """The oldest first, one an account, while there is room; `begun` are accounts at work."""
        now, chosen = self.now(), set(begun)
        try:
            unfinished = self.store.campaigns.not_held_by(worker_name(), now)
        except StoreError as error:
            log.warning("looking for campaigns failed: %s", error.sentence)
            return
        for campaign in unfinished:
            if len(chosen) >= self.most:
                return
            free = campaign.account not in chosen and not is_held(campaign, now)
            if free and is_due(campaign, now):
                chosen.add(campaign.account)
                yield campaign

    async def _go(self, campaign: Campaign, held: Held, clock: Clock) -> None:
        lease = held.lease
        log.info("campaign=%s account=%s begins", campaign.name, campaign.account)
        if campaign.state is CampaignState.SCHEDULED:
            self.store.campaigns.start_scheduled(campaign.id, now=clock(), actor=lease.worker)
        async with held.client(self.line) as easify:
            run = assemble(
                *(self.store, campaign, lease, easify),
                clock=clock,
                notify=lambda _notice: None,
                hands_on=True,
                book=self._book,
            )
            self._runs.append(run)
            try:
                await _to_its_end(run, campaign)
            finally:
                self._runs.remove(run)
                await self._book.written()  # what nobody waited for any more is the run's too

    async def _ends_well(self, campaign: Campaign) -> bool:
        """Run it, and tell the log how it ended; False if it could not go on and is left as it is.

        The next look decides anew.
        """
        try:
            await self._go_or_pause(campaign)
        except TokenBusy as busy:
            log.info("campaign=%s waits: %s", campaign.name, busy.sentence)
            return False
        except AccountBusy as busy:
            log.info("campaign=%s is left to %s", campaign.name, busy.holder)
        except StoreError as error:
            self._could_not_go_on(campaign.name, error)
            return False
        except Exception:
            self.is_in_trouble("A campaign was stopped by a fault of ours; the log has it.")
            log.exception("campaign=%s stopped by a fault of ours", campaign.name)
            return False
        return True

    @asynccontextmanager
    async def _leased(self, account: Account, clock: Clock) -> AsyncIterator[Held]:
        """The account; taken though it is cancelled meanwhile, and then given back."""
        with ExitStack() as stack:
            ours = leased(self.store, account.name, self.rate.of(account), clock)
            taking = asyncio.create_task(self._book.alone(partial(stack.enter_context, ours)))
            try:
                yield await asyncio.shield(taking)
            finally:
                await asyncio.wait({taking})
                _ = taking.exception()  # it is told, or nobody asks any more

    async def _go_or_pause(self, campaign: Campaign) -> None:
        """Pause it if a person must mend what it needs: its token, an address."""
        try:
            account, clock = self.store.accounts.named(campaign.account), self.begin_clock()
            async with self._leased(account, clock) as held:
                self._trouble = None
                await self._go(campaign, held, clock)
            now = self.store.campaigns.now(campaign.id)
            log.info(
                "campaign=%s is %s here (%s)", now.name, now.state, now.paused_reason or "done"
            )
        except ConfigError as error:
            log.warning("campaign=%s needs a person: %s", campaign.name, error.sentence)
            self.store.campaigns.pause(
                campaign.id,
                PausedReason.UNAUTHENTICATED,
                f"{error.sentence} {_here()}",
                now=self.now(),
                actor=worker_name(),
            )

    def _could_not_go_on(self, name: str, error: StoreError) -> None:
        self.is_in_trouble(error.sentence)
        log.warning("campaign=%s stopped: %s", name, error.sentence)


def _here() -> str:
    """Whose surroundings they are: whoever reads of a pause has others, where all may be well."""
    return (
        f"That is so where the worker runs ({worker_name()}): a variable must be set there and the"
        " worker started anew; a --token-file is read each time."
    )


async def _to_its_end(run: Run, campaign: Campaign) -> None:
    going = asyncio.create_task(run.go(campaign))
    try:
        await asyncio.shield(going)
    except asyncio.CancelledError:
        run.stop()
        await asyncio.wait({going})
        going.result()
        raise
