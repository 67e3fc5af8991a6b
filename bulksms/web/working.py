"""Campaigns that are driven from the page, all in one event loop beside that of the pages.

Pages never delay a send, and closing the browser stops nothing. Stopping the program pauses what
runs, after the answers in the air; a browser, like any terminal, only ever asks the database to
pause. There is one piece of work on an account at a time, which its lease sees to.
A scheduled campaign begins here at its time, as it would in `resume --wait` or a `worker`.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import assert_never

from bulksms.clock import Clock, steady_clock
from bulksms.driving import (
    Held,
    assemble,
    client_for,
    leased,
    require_settings,
    settle_all,
)
from bulksms.fleet import GLANCE_SECONDS, is_due
from bulksms.model.accounts import AskedRate
from bulksms.model.errors import AccountBusy, BulkSMSError, ConfigError, InputError
from bulksms.model.notices import Answered, Notice, Waiting
from bulksms.model.records import Campaign, Refused
from bulksms.model.states import CampaignState, PausedReason
from bulksms.model.wording import clock_time
from bulksms.pacing import read_pace
from bulksms.process import is_held
from bulksms.receiving import receive
from bulksms.store import Store
from bulksms.web.figures import Figures
from bulksms.web.workroom import Work, Workroom

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0
"""How long a page waits for work that is stopping."""


@dataclass
class Worker:
    """All that is being done, by campaign."""

    store: Store
    rate: AskedRate
    figures: Figures
    _works: dict[int, Work] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)
    _watch: threading.Thread | None = None

    def __post_init__(self) -> None:
        self._room = Workroom(self.store)

    def watch(self) -> None:
        """From now on begin every scheduled campaign at its time."""
        self._watch = threading.Thread(target=self._look_again_and_again, name="schedule")
        self._watch.start()

    def begin_what_is_due(self, now: datetime) -> None:
        """Begin each scheduled campaign whose time has come, once its account is free."""
        for campaign in self.store.campaigns.unfinished():
            scheduled = campaign.state is CampaignState.SCHEDULED
            if scheduled and is_due(campaign, now) and not is_held(campaign, now):
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
        with self._beginning(campaign, "sending") as (work, stack):
            clock = steady_clock()
            held = stack.enter_context(self._leased(campaign, clock))
            if again is not None:
                self.store.messages.retry(campaign.id, again, now=clock(), actor="operator")
            self.store.campaigns.start(campaign.id, now=clock(), actor="operator")
            self._room.begin(work, partial(self._send, campaign, held, clock), stack)
            return work

    def settle(self, campaign: Campaign) -> None:
        """Ask the vendor's record about every row in doubt; nothing is sent. Raises as `send`."""
        self._require_settings(campaign)
        with self._beginning(campaign, "settling") as (work, stack):
            clock = steady_clock()
            held = stack.enter_context(self._leased(campaign, clock))
            self.store.messages.recover(held.lease, clock())
            self._room.begin(work, partial(self._settle, campaign, held, clock), stack)

    def receive(self, campaign: Campaign) -> None:
        """Ask the vendor what became of the accepted rows. Raises as `send`, but never busy."""
        self._require_settings(campaign)
        with self._beginning(campaign, "receiving") as (work, stack):
            self._room.begin(work, partial(self._receive, campaign), stack)

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
        self._room.close()

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
        with self._beginning(campaign, "sending") as (work, stack):
            clock = steady_clock()
            held = stack.enter_context(self._leased(campaign, clock))
            # Whoever else waited for its time may have been faster; the lease keeps them out now.
            if self.store.campaigns.start_scheduled(
                campaign.id, now=clock(), actor=held.lease.worker
            ):
                self._room.begin(work, partial(self._send, campaign, held, clock), stack)

    def _require_settings(self, campaign: Campaign) -> None:
        require_settings(self.store.accounts.named(campaign.account))

    def _leased(self, campaign: Campaign, clock: Clock) -> AbstractContextManager[Held]:
        rate = self.rate.of(self.store.accounts.named(campaign.account))
        return leased(self.store, campaign.account, rate, clock)

    @contextmanager
    def _beginning(self, campaign: Campaign, doing: str) -> Iterator[tuple[Work, ExitStack]]:
        """A new work on the campaign; whatever is held is let go of if it cannot begin.

        At its end the campaign is counted anew, or a page would go on with what was before.
        """
        with self._lock:
            before = self.work_on(campaign.id)
            if before is not None:
                before.join(PATIENCE_SECONDS)
                if before.is_on():
                    raise InputError(f"It is still {before.doing}; try again when that has ended.")
            work = self._works[campaign.id] = Work(campaign.id, doing)
            with ExitStack() as stack:
                stack.callback(self.figures.forget, campaign.id)
                yield work, stack

    async def _send(self, campaign: Campaign, held: Held, clock: Clock, work: Work) -> None:
        lease = held.lease
        try:
            easify = held.client(await self._room.line())
        except ConfigError as error:  # of a campaign that began by itself; else it was seen before
            reason, detail = PausedReason.UNAUTHENTICATED, error.sentence
            self.store.campaigns.pause(campaign.id, reason, detail, now=clock(), actor=lease.worker)
            return
        async with easify:
            notify = partial(_tell, work, clock)
            parts = self.store, campaign, lease, easify
            run = assemble(*parts, clock=clock, notify=notify, book=self._room.book)
            work.stops_by(run.stop)
            try:
                await run.go(campaign)
            finally:
                await self._room.book.written()  # what nobody waited for any more too

    async def _settle(self, campaign: Campaign, held: Held, clock: Clock, work: Work) -> None:
        def waiting(until: datetime) -> None:
            when = clock_time(until, clock())
            work.waiting = f"Easify's record can be believed from {when} on."

        await settle_all(self.store, campaign, held, clock, waiting)

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
