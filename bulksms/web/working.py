"""Campaigns that are driven from the page: each in a thread with an event loop of its own.

Pages never delay a send, and closing the browser stops nothing. Stopping the program pauses what
runs, after the answers in the air; a browser, like any terminal, only ever asks the database to
pause. There is one piece of work on an account at a time, which its lease sees to.
A scheduled campaign begins here at its time, as it would in `resume --wait` or a `worker`.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, assert_never

from bulksms.clock import Clock, steady_clock
from bulksms.driving import assemble, client_for, leased, require_settings, settle_all
from bulksms.fleet import GLANCE_SECONDS, is_due, is_free
from bulksms.model.accounts import AskedRate
from bulksms.model.errors import AccountBusy, BulkSMSError, ConfigError, InputError
from bulksms.model.notices import Answered, Notice, Waiting
from bulksms.model.records import Campaign, Lease, Refused
from bulksms.model.states import CampaignState, PausedReason
from bulksms.model.wording import clock_time
from bulksms.pacing import read_pace
from bulksms.receiving import receive
from bulksms.store import Store

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0
"""How long a page waits for work that is stopping."""

OUR_FAULT = (
    "A fault of bulksms itself; what was recorded is kept."
    " The window where it runs says more. You can resume."
)


@dataclass
class Work:
    """One thing that is done about one campaign.

    Attributes:
        doing: what, as a page says it: "sending".
        waiting: what it waits for just now, as a sentence; empty if for nothing.
        trouble: why it ended before its end, as a sentence; empty if it did not.
    """

    campaign_id: int
    doing: str
    waiting: str = ""
    trouble: str = ""
    _stop: Callable[[], None] | None = None
    _stopped: bool = False
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, go: Callable[["Work"], Coroutine[Any, Any, None]], held: ExitStack) -> None:
        """Do it in a thread, which lets go of what is held at the end."""
        arguments = (go, held.pop_all())
        self._thread = threading.Thread(target=self._run, args=arguments, name=self.doing)
        self._thread.start()

    def stops_by(self, stop: Callable[[], None]) -> None:
        """Say, from within, how it is stopped."""
        with self._lock:
            self._stop, self._loop = stop, asyncio.get_running_loop()
            if self._stopped:
                stop()

    def stop(self) -> None:
        """Begin nothing more; the answers in the air are waited for. Safe from any thread."""
        with self._lock:
            self._stopped = True
            if self._stop is not None and self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._stop)

    def is_on(self) -> bool:
        """Whether it still goes on."""
        return self._thread is not None and self._thread.is_alive()

    def join(self, seconds: float | None = None) -> None:
        """Wait for its end."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, go: Callable[["Work"], Coroutine[Any, Any, None]], held: ExitStack) -> None:
        try:
            with held:
                asyncio.run(self._stoppable(go))
        except BulkSMSError as error:
            self.trouble = error.sentence
        except Exception:
            log.exception("campaign=%d %s failed", self.campaign_id, self.doing)
            self.trouble = OUR_FAULT

    async def _stoppable(self, go: Callable[["Work"], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.create_task(go(self))
        self.stops_by(partial(_cancel, task))
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()


@dataclass
class Worker:
    """All that is being done, by campaign."""

    store: Store
    rate: AskedRate
    _works: dict[int, Work] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)
    _watch: threading.Thread | None = None

    def watch(self) -> None:
        """From now on begin every scheduled campaign at its time."""
        self._watch = threading.Thread(target=self._look_again_and_again, name="schedule")
        self._watch.start()

    def begin_what_is_due(self, now: datetime) -> None:
        """Begin each scheduled campaign whose time has come, once its account is free."""
        for campaign in self.store.campaigns.unfinished():
            scheduled = campaign.state is CampaignState.SCHEDULED
            if scheduled and is_due(campaign, now) and is_free(campaign, now):
                with suppress(AccountBusy):  # somebody was faster; the next look tells
                    self._begin_by_itself(campaign)

    def work_on(self, campaign_id: int) -> Work | None:
        """What is being done about a campaign, or was last."""
        return self._works.get(campaign_id)

    def send(self, campaign: Campaign, again: Refused | None = None) -> Work:
        """Bring the campaign to its end; `again` are refused rows that go back first.

        Raises:
            AccountBusy: another sender has the account.
            InputError: something is still being done about it.
            ConfigError: a setting must be fixed first.
        """
        self._require_settings(campaign)
        with self._beginning(campaign, "sending") as (work, held):
            clock = steady_clock()
            lease = held.enter_context(self._leased(campaign, clock))
            if again is not None:
                self.store.messages.retry(campaign.id, again, now=clock(), actor="operator")
            self.store.campaigns.start(campaign.id, now=clock(), actor="operator")
            work.begin(partial(self._send, campaign, lease, clock), held)
            return work

    def settle(self, campaign: Campaign) -> None:
        """Ask the vendor's record about every row in doubt; nothing is sent. Raises as `send`."""
        self._require_settings(campaign)
        with self._beginning(campaign, "settling") as (work, held):
            clock = steady_clock()
            lease = held.enter_context(self._leased(campaign, clock))
            self.store.messages.recover(lease, clock())
            work.begin(partial(self._settle, campaign, lease, clock), held)

    def receive(self, campaign: Campaign) -> None:
        """Ask the vendor what became of the accepted rows. Raises as `send`, but never busy."""
        self._require_settings(campaign)
        with self._beginning(campaign, "receiving") as (work, held):
            work.begin(partial(self._receive, campaign), held)

    def look_up(self, campaign_id: int) -> None:
        """Have the sender see at once that its campaign was paused or cancelled.

        It may be waiting for minutes, and would look at nothing meanwhile.
        """
        work = self.work_on(campaign_id)
        if work is not None and work.doing == "sending":
            work.stop()

    def stop(self) -> None:
        """Stop everything cleanly, and wait for it; what is scheduled stays so."""
        self._ended.set()
        if self._watch is not None:
            self._watch.join()
        works = list(self._works.values())
        for each in works:
            each.stop()
        for each in works:
            each.join()

    def _look_again_and_again(self) -> None:
        while not self._ended.wait(GLANCE_SECONDS):
            try:
                self.begin_what_is_due(datetime.now(UTC))
            except BulkSMSError as error:  # such as a database that is locked: the next look tells
                log.warning("looking for what is due failed: %s", error.sentence)
            except Exception:
                log.exception("looking for what is due failed by a fault of ours")

    def _begin_by_itself(self, campaign: Campaign) -> None:
        """Nobody is there to be told what is wrong: then it pauses, and says so."""
        with self._beginning(campaign, "sending") as (work, held):
            clock = steady_clock()
            lease = held.enter_context(self._leased(campaign, clock))
            # Whoever else waited for its time may have been faster; the lease keeps them out now.
            if self.store.campaigns.now(campaign.id).state is CampaignState.SCHEDULED:
                self.store.campaigns.start(campaign.id, now=clock(), actor=lease.worker)
                work.begin(partial(self._send, campaign, lease, clock), held)

    def _require_settings(self, campaign: Campaign) -> None:
        require_settings(self.store.accounts.named(campaign.account))

    def _leased(self, campaign: Campaign, clock: Clock) -> AbstractContextManager[Lease]:
        rate = self.rate.of(self.store.accounts.named(campaign.account))
        return leased(self.store, campaign.account, rate, clock)

    @contextmanager
    def _beginning(self, campaign: Campaign, doing: str) -> Iterator[tuple[Work, ExitStack]]:
        """A new work on the campaign; whatever is held is let go of if it cannot begin."""
        with self._lock:
            before = self.work_on(campaign.id)
            if before is not None:
                before.join(PATIENCE_SECONDS)
                if before.is_on():
                    raise InputError(f"It is still {before.doing}; try again when that has ended.")
            work = self._works[campaign.id] = Work(campaign.id, doing)
            with ExitStack() as held:
                yield work, held

    async def _send(self, campaign: Campaign, lease: Lease, clock: Clock, work: Work) -> None:
        try:
            easify = client_for(self.store, campaign)
        except ConfigError as error:  # of a campaign that began by itself; else it was seen before
            reason, detail = PausedReason.UNAUTHENTICATED, error.sentence
            self.store.campaigns.pause(campaign.id, reason, detail, now=clock(), actor=lease.worker)
            return
        async with easify:
            notify = partial(_tell, work, clock)
            run = assemble(self.store, campaign, lease, easify, clock=clock, notify=notify)
            work.stops_by(run.stop)
            await run.go(campaign)

    async def _settle(self, campaign: Campaign, lease: Lease, clock: Clock, work: Work) -> None:
        def waiting(until: datetime) -> None:
            when = clock_time(until, clock())
            work.waiting = f"Easify's record can be believed from {when} on."

        await settle_all(self.store, campaign, lease, clock, waiting)

    async def _receive(self, campaign: Campaign, work: Work) -> None:
        async with client_for(self.store, campaign) as easify:
            received = await receive(
                self.store, easify, campaign, clock=steady_clock(), pace=read_pace()
            )
        work.trouble = received.trouble or ""


def _tell(work: Work, clock: Clock, notice: Notice) -> None:
    """Remember what the work waits for; an answer ends the waiting."""
    match notice:
        case Waiting(until, why):
            work.waiting = f"Waiting until {clock_time(until, clock())}: {why}."
        case Answered():
            work.waiting = ""
        case _:
            assert_never(notice)


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
