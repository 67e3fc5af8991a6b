"""One run of a campaign: settle what is in doubt, send, and settle what the sending left in doubt.

A doubt may be settled only some time after it arose, so a run that has sent everything waits
for that time, asks the vendor's record, and sends again what is proven not to have arrived.
Whatever ends it, the campaign's state says how it ended.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bulksms.clock import Clock
from bulksms.heartbeat import beating
from bulksms.model.errors import StoreError
from bulksms.model.records import Campaign, Lease
from bulksms.model.states import CampaignState
from bulksms.reconciling import Reconciler
from bulksms.sending import Notice, Sender, Waiting
from bulksms.store import Store

Result = TypeVar("Result")


@dataclass
class Run:
    """A campaign on its way, in one process, on one lease."""

    store: Store
    sender: Sender
    reconciler: Reconciler
    lease: Lease
    clock: Clock
    notify: Callable[[Notice], None] = lambda _notice: None
    _stopped: bool = False
    _fault: StoreError | None = None
    _interruptible: asyncio.Task[Any] | None = field(default=None, repr=False)

    def stop(self) -> None:
        """Begin nothing more; the answers in the air are waited for."""
        self._stopped = True
        self.sender.stop()
        if self._interruptible is not None:
            self._interruptible.cancel()

    def abort(self) -> None:
        """Wait for nothing: what is in the air becomes unknown (interrupted)."""
        self.stop()
        self.sender.abort()

    async def go(self, campaign: Campaign) -> None:
        """Bring the campaign to its end, or to where somebody or something stops it.

        Raises:
            LeaseLost: somebody else has taken the account over.
            StoreError: the database could not be used any more.
        """
        await self._interruptibly(self.reconciler.settle_due(campaign))
        await self.sender.run(campaign)
        while (due := self._due_after_the_end(campaign)) is not None:
            # Open again: a stop or a pause in the meantime must count as one.
            self.store.campaigns.start(campaign.id, now=self.clock(), actor=self.lease.worker)
            await self._interruptibly(self._wait(due))
            await self._interruptibly(self.reconciler.settle_due(campaign))
            await self.sender.run(campaign)

    def _due_after_the_end(self, campaign: Campaign) -> datetime | None:
        """When the next doubt may be settled, if all else is done and nobody stopped or paused."""
        if self.store.campaigns.now(campaign.id).state is not CampaignState.FINISHED:
            return None
        return self.reconciler.next_due(campaign)

    async def _wait(self, due: datetime) -> None:
        """For the moment from which the vendor's record may be believed about a row in doubt."""
        self.notify(Waiting(due, "some rows are in doubt; then Easify's record is asked"))
        await asyncio.sleep(max(0.0, (due - self.clock()).total_seconds()))

    async def _interruptibly(self, work: Coroutine[Any, Any, Result]) -> Result | None:
        """Do work that a stop may end at any await, since each of its steps is whole.

        Returns:
            None if it was stopped.
        """
        if self._stopped:
            work.close()
            return None
        async with beating(self.store, self.lease, self.clock, self._fail):
            task = self._interruptible = asyncio.create_task(work)
            await asyncio.wait({task})
        self._interruptible = None
        if self._fault is not None:
            raise self._fault
        return None if task.cancelled() else task.result()

    def _fail(self, error: StoreError) -> None:
        self._fault = error
        self.stop()
