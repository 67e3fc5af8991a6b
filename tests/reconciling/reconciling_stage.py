"""A stage for settling doubts: database, sender, client and vendor are the real thing.

Every text is a campaign of its own or a row of one, really sent, and its answer lost by order.
Only time is virtual. Times of the vendor's record are in whatever zone a test gives it.
"""

from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bulksms.easify import EasifyClient, HttpxLine
from bulksms.model.outcomes import Unknown
from bulksms.model.records import (
    Campaign,
    ClaimedMessage,
    JudgedRow,
    Lease,
    NewCampaign,
    ReportRow,
)
from bulksms.model.settings import DEFAULT_LEASE, DEFAULT_RATE, DEFAULT_SETTLE, DEFAULT_TIMEOUT
from bulksms.model.states import Reason, State
from bulksms.pacing import read_pace
from bulksms.reconciling import Reconciler, Settled
from bulksms.run import Run
from bulksms.sandbox.accounts import Account
from bulksms.sandbox.faults import ACCEPT_AND_DROP, DROP_BEFORE, NO_FAULT, Fault
from bulksms.sandbox.ledger import Quirks, Sms
from bulksms.sandbox.vendor import Vendor
from bulksms.sending import Sender
from bulksms.store import Store
from tests.sending.processes import Process
from tests.virtual_time import START, clock
from tests.wire import transport_to

if TYPE_CHECKING:
    from bulksms.model.notices import Notice

Result = TypeVar("Result")

TOKEN = "1|stage"  # noqa: S105 - of the stage's own vendor
SENDER, OTHER_SENDER = "+13152935500", "+13152935501"
ANN, BOB = "+12025550102", "+12025550103"
MINUTE = timedelta(minutes=1)
SETTLE = DEFAULT_SETTLE
LOST = ACCEPT_AND_DROP
"""The vendor has it; we do not know."""
NEVER = DROP_BEFORE
"""The vendor does not have it; we do not know."""


class Stage:
    """One account, its vendor, and as many campaigns as a test wants.

    Attributes:
        now: when the last story ended; the next one begins then.
        notices: what the senders told.
        timeout: how long an answer is waited for.
    """

    def __init__(self, database: Path, quirks: Quirks | None = None) -> None:
        self.now = START
        self.store = Store.open(str(database))
        self.account = Account(TOKEN, (SENDER, OTHER_SENDER))
        self.vendor = Vendor([self.account], quirks=quirks)
        self.notices: list[Notice] = []
        self.timeout = DEFAULT_TIMEOUT
        self.token = TOKEN

    def load(
        self,
        *texts: tuple[str, str],
        media: str | None = None,
        sender: str = SENDER,
        **more: Any,  # noqa: ANN401 - fields of the campaign
    ) -> Campaign:
        """A draft with one row for each (number, text)."""
        numbers = [to_number for to_number, _ in texts]
        rows = [
            JudgedRow(
                row_number=row,
                original=(to_number,),
                state=State.QUEUED,
                to_number=to_number,
                sender=sender,
                body=body,
                media=media,
                segments=1,
                repeat=numbers[: row - 2].count(to_number),
            )
            for row, (to_number, body) in enumerate(texts, start=2)
        ]
        new = NewCampaign("june", ("Phone",), "june.csv", "file", "wording", None, **more)
        return self.store.campaigns.load(
            new, rows, account_name="default", rate=DEFAULT_RATE, now=self.now
        )

    def text(
        self,
        to_number: str,
        body: str = "Hi",
        fault: Fault = NO_FAULT,
        *,
        media: str | None = None,
        sender: str = SENDER,
    ) -> Campaign:
        """A campaign of one row, sent, with what befalls its POST."""
        campaign = self.load((to_number, body), media=media, sender=sender)
        self.vendor.faults.script.append(fault)
        self.play(self.send(campaign))
        return campaign

    def gave_up(self, to_number: str, body: str = "Hi") -> None:
        """A text that never arrived, which nobody knows: a person gave it up."""
        campaign = self.text(to_number, body, NEVER)
        assert self.store.settlements.resolve_give_up(campaign.id, 2, now=self.now, actor="ann")

    def doubt(self, campaign: Campaign, at: datetime) -> None:
        """The next row of the campaign is posted, and given up, by a clock that says `at`."""
        accounts, messages = self.store.accounts, self.store.messages
        self.store.campaigns.start(campaign.id, now=at, actor="ann:1")
        lease = accounts.acquire(
            "default",
            worker="ann:1",
            rate=DEFAULT_RATE,
            length=DEFAULT_LEASE,
            now=at,
            token_mark=self.token,
        )
        claimed = messages.claim(lease, campaign.id, at)
        assert isinstance(claimed, ClaimedMessage)
        lost = Unknown(Reason.TIMEOUT, "Easify did not answer in time.")
        messages.record(claimed, lost, worker="ann:1", now=at)
        accounts.release(lease)

    def outside(self, to_number: str, body: str, at: datetime, *, id_: int | None = None) -> None:
        """A text that the account's people wrote in the vendor's own application."""
        id_ = id_ or self.vendor.ledger.next_id
        sms = Sms(id_, TOKEN, SENDER, to_number, body, None, None, False, at, at)  # noqa: FBT003 - in the order of the fields
        self.vendor.truth.append(sms)

    def reconcile(self, campaign: Campaign, settle: timedelta = SETTLE) -> Settled:
        """Wait for each doubt of the campaign to be due, and settle it."""
        return self.play(self._reconcile(campaign, settle))

    def run(self, campaign: Campaign) -> None:
        """As `resume` runs it, to its end."""

        async def story() -> None:
            async with self.client() as client:
                with self.leased() as lease:
                    await self.a_run(client, lease, campaign).go(campaign)

        self.play(story())

    def play(self, story: Coroutine[Any, Any, Result]) -> Result:
        """Tell a story on a fresh process, from where time stands to its end."""
        with Process(self.now) as process:
            try:
                return process.run(story)
            finally:
                self.now = process.now

    def pass_time(self, span: timedelta) -> None:
        """Let nothing happen for so long."""
        self.now += span

    def client(self) -> EasifyClient:
        """The real one, in the running loop."""
        return EasifyClient(
            self.token, timeout=self.timeout, line=HttpxLine(transport_to(self.vendor))
        )

    def leased(self) -> "Leased":
        """The account's lease, given back at the end."""
        return Leased(self.store, self.token)

    def a_run(self, client: EasifyClient, lease: Lease, campaign: Campaign) -> Run:
        """The campaign started, and its run."""
        now = clock()
        self.store.campaigns.start(campaign.id, now=now(), actor="ann:1")
        sender = Sender(self.store, client, lease, now, self.notices.append, may_be_scheduled=True)
        reconciler = Reconciler(self.store, client, lease, now, SETTLE, read_pace())
        return Run(sender, reconciler)

    async def send(self, campaign: Campaign) -> None:
        """Send it under a lease, and look at no doubt."""
        async with self.client() as client:
            with self.leased() as lease:
                self.store.campaigns.start(campaign.id, now=clock()(), actor="ann:1")
                sender = Sender(self.store, client, lease, clock(), may_be_scheduled=True)
                await sender.run(campaign)

    async def _reconcile(self, campaign: Campaign, settle: timedelta) -> Settled:
        async with self.client() as client:
            with self.leased() as lease:
                reconciler = Reconciler(self.store, client, lease, clock(), settle, read_pace())
                return await reconciler.settle_all(campaign)

    def fresh(self, campaign: Campaign) -> Campaign:
        """As it is now."""
        found = self.store.campaigns.named(str(campaign.id))
        assert found is not None
        return found

    def rows(self, campaign: Campaign) -> list[ReportRow]:
        """As they are now."""
        return list(self.store.rows.report(campaign.id))

    def row(self, campaign: Campaign) -> ReportRow:
        """The campaign's only row."""
        (row,) = self.rows(campaign)
        return row

    def states(self, campaign: Campaign) -> list[State]:
        """Of every row."""
        return [row.state for row in self.rows(campaign)]

    def accepted(self, to_number: str) -> list[str]:
        """The ids under which the vendor accepted something for that number."""
        return [str(sms.id) for sms in self.vendor.truth if sms.receiver == to_number]

    def reads(self, path: str = "sms/chat-history") -> list[datetime]:
        """When that page was asked for."""
        return [arrival.at for arrival in self.vendor.arrivals if arrival.path == path]

    def befall(self, faults: Iterable[Fault]) -> None:
        """What the next reads meet, one each."""
        self.vendor.faults.reads.extend(faults)


class Leased:
    """The account's lease in the running loop's time, as a context manager."""

    def __init__(self, store: Store, token: str) -> None:
        self._store, self._token = store, token

    def __enter__(self) -> Lease:
        self._lease = self._store.accounts.acquire(
            "default",
            worker="ann:1",
            rate=DEFAULT_RATE,
            length=DEFAULT_LEASE,
            now=clock()(),
            token_mark=self._token,
        )
        return self._lease

    def __exit__(self, *_: object) -> None:
        self._store.accounts.release(self._lease)
