"""A real stage for the sender: the database, the client and the vendor are all the real thing.

Only time is virtual, and the network is a function call. When a test is over, every row is compared
with what the vendor really accepted: that comparison is the promise.
"""

import asyncio
import random
import sqlite3
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event

from bulksms.committing import Grouped
from bulksms.easify import EasifyClient, HttpxLine
from bulksms.model.notices import Notice
from bulksms.model.records import Campaign, JudgedRow, NewCampaign, ReportRow
from bulksms.model.settings import DEFAULT_LEASE, DEFAULT_RATE, DEFAULT_TIMEOUT
from bulksms.model.states import State
from bulksms.sandbox.accounts import Account
from bulksms.sandbox.app import Latency, Trip
from bulksms.sandbox.limits import Arrival
from bulksms.sandbox.vendor import Vendor
from bulksms.sending import Awaited, Sender
from bulksms.store import Store
from tests.sending.processes import LONGEST_STORY, Process
from tests.virtual_time import START, clock
from tests.wire import SandboxTransport, transport_to

Result = TypeVar("Result")

TOKEN = "1|stage"  # noqa: S105 - of the stage's own vendor
SENDER = "+13152935500"
CAMPAIGN = "june"
FIRST_ROW = 2
"""Where the people begin; row 1 of a spreadsheet is its header."""


def number(row: int) -> str:
    """Whom that row is for."""
    return f"+1202555{row:04}"


def a_vendor() -> Vendor:
    """Both windows on; one customer."""
    return Vendor([Account(TOKEN, (SENDER,))])


def always(*, there: float = 0.0, back: float = 0.0) -> Latency:
    """Every request takes so many seconds each way."""
    return lambda _: Trip(there, back)


AT_ONCE = always()


def within(seconds: float, *, seed: int) -> Latency:
    """Round trips of 0 to `seconds`, divided anyhow between the two ways."""
    dice = random.Random(seed)  # noqa: S311 - nothing secret, only the same every time

    def trip(_: int) -> Trip:
        there = dice.uniform(0, seconds)
        return Trip(there, dice.uniform(0, seconds - there))

    return trip


@dataclass
class Worker:
    """A sender at work in the running loop, with connections and a line of its own."""

    sender: Sender
    transport: SandboxTransport
    notices: list[Notice]
    running: asyncio.Task[None]

    async def kill(self) -> None:
        """As `kill -9`: no more of it reaches the database, not even tidying up.

        Requests on their way arrive all the same, and their answers find nobody.
        """
        event.listen(self.sender.store.engine, "begin", _nobody_is_left, insert=True)
        self.sender.abort()
        self.running.cancel()
        await asyncio.wait({self.running, *self.sender._in_the_air})


def _nobody_is_left(_connection: Connection) -> None:
    raise asyncio.CancelledError


class Stage:
    """One account, one vendor, one campaign, and as many workers as a test wants.

    Attributes:
        store: the database as another terminal sees it.
        now: when the last story ended; the next one begins then.
        longest: how long a story may take before it is called endless.
    """

    def __init__(self, database: Path) -> None:
        self.database = database
        self.now = START
        self.longest = LONGEST_STORY
        self.vendor = a_vendor()
        self._opened: list[Store] = []
        self.store = self.connect()

    def connect(self) -> Store:
        """Connections of their own; they wait for no lock and trust the machine's memory."""
        store = Store.open(str(self.database))
        event.listen(store.engine, "connect", _hurry)
        store.engine.dispose()
        self._opened.append(store)
        return store

    def load(self, people: int) -> None:
        """A draft for so many people, on the rows from 2 on."""
        rows = (
            JudgedRow(
                row_number=row,
                original=(f"Ann {row}", number(row)),
                state=State.QUEUED,
                to_number=number(row),
                sender=SENDER,
                body=f"Hi Ann {row}",
                segments=1,
            )
            for row in range(FIRST_ROW, FIRST_ROW + people)
        )
        new = NewCampaign(CAMPAIGN, ("Name", "Phone"), "june.csv", "file", "wording", "Hi {name}")
        self.store.campaigns.load(
            new, rows, account_name="default", rate=DEFAULT_RATE, now=self.now
        )

    def play(self, story: Coroutine[Any, Any, Result]) -> Result:
        """Tell a story on a fresh process, from where time stands to its end."""
        with Process(self.now, self.longest) as process:
            try:
                return process.run(story)
            finally:
                self.now = process.now

    def send(self, *, latency: Latency = AT_ONCE, grouped: bool = False) -> Worker:
        """One worker from its start to its end."""
        return self.play(self._to_the_end(latency, grouped=grouped))

    async def _to_the_end(self, latency: Latency, *, grouped: bool) -> Worker:
        worker = await self.hire(latency=latency, grouped=grouped)
        await worker.running
        return worker

    async def hire(
        self,
        name: str = "ann:1",
        *,
        latency: Latency = AT_ONCE,
        timeout: timedelta = DEFAULT_TIMEOUT,  # noqa: ASYNC109 - the client's, not this call's
        grouped: bool = False,
        awaited: Awaited = lambda: None,
    ) -> Worker:
        """A worker that begins at once, as `send` and `resume` begin.

        Raises:
            AccountBusy: another one holds the account.
        """
        now, store = clock(), self.connect()
        lease = store.accounts.acquire(
            "default", worker=name, rate=DEFAULT_RATE, length=DEFAULT_LEASE, now=now()
        )
        store.campaigns.start(self.campaign.id, now=now(), actor=name)
        transport = transport_to(self.vendor, latency=latency)
        client = EasifyClient(TOKEN, timeout=timeout, line=HttpxLine(transport))
        notices: list[Notice] = []
        sender = Sender(
            *(store, client, lease, now, notices.append),
            may_be_scheduled=True,
            book=Grouped(store) if grouped else None,
        )
        running = asyncio.create_task(self._work(sender, client, awaited))
        return Worker(sender, transport, notices, running)

    async def _work(self, sender: Sender, client: EasifyClient, awaited: Awaited) -> None:
        async with client:
            try:
                await sender.run(self.campaign, awaited)
            finally:
                sender.store.accounts.release(sender.lease)

    @property
    def campaign(self) -> Campaign:
        """As it is now."""
        found = self.store.campaigns.named(CAMPAIGN)
        assert found is not None
        return found

    @property
    def rows(self) -> list[ReportRow]:
        """As they are now, in the file's order."""
        return list(self.store.rows.report(self.campaign.id))

    @property
    def states(self) -> list[State]:
        """Of every row, in the file's order."""
        return [row.state for row in self.rows]

    def row(self, number: int) -> ReportRow:
        """The one of that number."""
        return self.rows[number - FIRST_ROW]

    @property
    def arrivals(self) -> list[Arrival]:
        """Every POST that reached the vendor."""
        return self.vendor.arrivals

    @property
    def moments(self) -> list[float]:
        """When each POST arrived, in seconds since the beginning."""
        return [(arrival.at - START).total_seconds() for arrival in self.arrivals]

    @property
    def posted(self) -> list[int]:
        """The row that each POST was for."""
        return [int((arrival.to_number or "")[-4:]) for arrival in self.arrivals]

    def accepted(self, row: int) -> list[str]:
        """The ids under which the vendor really accepted that row's message."""
        return [str(sms.id) for sms in self.vendor.truth if sms.receiver == number(row)]

    def compare_with_the_truth(self) -> None:
        """Row by row: what the database says of it, and what the vendor knows."""
        rows = self.rows
        for row in rows:
            truth = self.accepted(row.row_number)
            match row.state:
                case State.ACCEPTED:
                    assert truth == [row.sms_id], row
                case State.UNKNOWN | State.SENDING:
                    assert len(truth) <= 1, row
                case State.QUEUED | State.FAILED | State.SKIPPED:
                    assert truth == [], row
        told = {(row.to_number, row.message) for row in rows}
        assert {(sms.receiver, sms.message) for sms in self.vendor.truth} <= told

    def close(self) -> None:
        """Let go of the database."""
        for store in self._opened:
            store.close()


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout = 0")
    connection.execute("PRAGMA synchronous = OFF")


@contextmanager
def staged(database: Path) -> Iterator[Stage]:
    """A stage whose rows must agree with the vendor's truth when the test is over."""
    stage = Stage(database)
    try:
        yield stage
        stage.compare_with_the_truth()
    finally:
        stage.close()
