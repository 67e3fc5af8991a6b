"""One run of a campaign: its messages are sent, and beside that its doubts are settled.

Sending never waits for the vendor's record, and a run that is killed every second still makes
progress in both. At the end the sender stays for the rows that are still in doubt, since what is
proven not to have arrived is sent again; whatever ends the run, the campaign's state says how.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bulksms.model.records import Campaign
from bulksms.reconciling import Reconciler
from bulksms.sending import Sender

SECOND = timedelta(seconds=1)


@dataclass
class Run:
    """A campaign on its way, in one process, on one lease."""

    sender: Sender
    reconciler: Reconciler

    def stop(self) -> None:
        """Begin nothing more; the answers in the air are waited for."""
        self.sender.stop()

    def abort(self) -> None:
        """Wait for nothing: what is in the air becomes unknown (interrupted)."""
        self.sender.abort()

    async def go(self, campaign: Campaign) -> None:
        """Bring the campaign to its end, or to where somebody or something stops it.

        Raises:
            LeaseLost: somebody else has taken the account over.
            StoreError: the database could not be used any more.
        """
        settling = asyncio.create_task(self._settle(campaign))
        settling.add_done_callback(lambda _task: self.sender.stop())
        try:
            await self.sender.run(campaign, partial(self.reconciler.next_due, campaign))
        finally:
            settling.cancel()
            await asyncio.wait({settling})
        if not settling.cancelled():
            settling.result()

    async def _settle(self, campaign: Campaign) -> None:
        """Look at each doubt when it is due; each step is whole, so any await may be the last."""
        while True:
            await self._until(self.reconciler.next_due(campaign))
            await self.sender.room_for_reads()
            settled = await self.reconciler.settle_next(campaign)
            if settled.requeued or settled.left or settled.accepted:
                self.sender.look_again()

    async def _until(self, due: datetime | None) -> None:
        """Till then, or for the settling time: no doubt that arises meanwhile is due before."""
        now = self.reconciler.clock()
        latest = now + max(SECOND, self.reconciler.settle)
        await asyncio.sleep((min(due or latest, latest) - now).total_seconds())
