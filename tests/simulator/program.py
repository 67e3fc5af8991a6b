"""What every process of a story runs: the command `resume`, or a worker's run of the campaign.

The parts are put together as `driving` and `fleet` do it; only the clock, the way out and the
settings are the story's.
"""

from dataclasses import dataclass

from bulksms.committing import Grouped
from bulksms.easify import EasifyClient, HttpxLine
from bulksms.model.errors import AccountBusy
from bulksms.model.records import Campaign, Lease, Refused
from bulksms.model.states import CampaignState
from bulksms.pacing import read_pace
from bulksms.reconciling import Reconciler
from bulksms.run import Run
from bulksms.sending import Sender
from bulksms.store import Store
from tests.simulator.network import TOKEN, Network
from tests.simulator.world import Process


@dataclass(frozen=True, slots=True)
class Program:
    """The program, at work on the story's one campaign."""

    network: Network
    store: Store
    campaign_id: int

    @property
    def campaign(self) -> Campaign:
        """As it is now."""
        return self.store.campaigns.now(self.campaign_id)

    async def resume(self, process: Process, *, retry: bool) -> None:
        """From the lease to its release."""
        lease = self._acquire(process)
        if lease is None:
            return
        self._give_up_what_others_sent(process)
        store, now = self.store, process.now
        if retry:
            store.messages.retry(self.campaign_id, Refused(), now=now(), actor="operator")
        store.campaigns.start(self.campaign_id, now=now(), actor="operator")
        try:
            await self._go(process, lease)
        finally:
            store.accounts.release(lease)

    async def _go(self, process: Process, lease: Lease) -> None:
        fate, store = self.network.fate, self.store
        book = None if fate.gathering is None else Grouped(store, fate.gathering)
        easify = EasifyClient(
            TOKEN,
            base_url="https://world.invalid/api/v2",
            timeout=fate.timeout,
            line=HttpxLine(self.network.transport(process)),
        )
        sender = Sender(store, easify, lease, process.now, book=book, hands_on=book is not None)
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
            if book is not None:
                await book.written()

    def _give_up_what_others_sent(self, process: Process) -> None:
        """Whoever takes over calls it unknown now."""
        for post in self.network.posts:
            if post.given_up_at is None and post.process is not process:
                post.given_up_at = process.world.now

    def _acquire(self, process: Process) -> Lease | None:
        world = process.world
        for _ in range(2):
            try:
                return self._acquire_now(process)
            except AccountBusy as busy:
                dead = any(each.dead and each.name == busy.holder for each in world.processes)
                if not dead or world.dice.random() < 0.3:  # another computer's death is not seen
                    world.tell(process.name, f"the account is {busy.holder}'s")
                    world.figures["account busy"] += 1
                    return None
                self.store.accounts.break_lease("default", epoch=busy.epoch)
        return None

    def _acquire_now(self, process: Process) -> Lease:
        return self.store.accounts.acquire(
            "default",
            worker=process.name,
            rate=self.network.fate.rate,
            length=self.network.fate.lease,
            now=process.now(),
            boot=process.boot,
        )
