"""A stage for `receive`: messages put straight into both the database and the vendor's truth.

How they came there is the sender's story. Time is virtual, the network is none.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import text

from bulksms.easify import EasifyClient, HttpxLine
from bulksms.model.records import Campaign, JudgedRow, NewCampaign, Rate
from bulksms.model.states import State
from bulksms.pacing import read_pace
from bulksms.receiving import Received, ReceivingNotice, receive
from bulksms.sandbox.accounts import Account
from bulksms.sandbox.ledger import Ledger, Quirks, Sms
from bulksms.sandbox.vendor import Vendor
from bulksms.store import Store
from tests.virtual_time import START, VirtualLoop, clock
from tests.wire import transport_to

TOKEN = "1|stage"  # noqa: S105 - of the stage's own vendor
SENDER = "+13152935500"
RATE = Rate(15, timedelta(seconds=60))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AN_HOUR_AGO = START - HOUR


class QuietLedger(Ledger):
    """A record in which nothing changes any more, written once: for a long list's many pages."""

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(quirks)
        self._written: dict[int, dict[str, object]] = {}

    def report_item(self, sms: Sms, now: datetime) -> dict[str, object]:
        """As ever, but remembered."""
        if sms.id not in self._written:
            self._written[sms.id] = super().report_item(sms, now)
        return self._written[sms.id]


def number(index: int) -> str:
    """The nth person's."""
    return f"+1202{2000000 + index}"


@dataclass
class Stage:
    """Campaigns whose rows the vendor accepted, and the vendor that did."""

    store: Store
    vendor: Vendor = field(default_factory=lambda: Vendor([Account(TOKEN, (SENDER,))]))
    notices: list[ReceivingNotice] = field(default_factory=list)

    def accept(
        self,
        people: int,
        *,
        name: str = "june",
        at: datetime = AN_HOUR_AGO,
        apart: timedelta = timedelta(0),
        released_after: timedelta = timedelta(0),
        journeys: Sequence[str] = ("delivered",),
    ) -> Campaign:
        """A campaign to so many people, accepted one after the other, with fates in turn."""
        rows = [_row(index) for index in range(people)]
        new = NewCampaign(name, ("Name",), f"{name}.csv", name, "wording", "Hi")
        campaign = self.store.campaigns.load(new, rows, account_name="default", rate=RATE, now=at)
        accepted = [
            self.recorded(
                index,
                at=at + index * apart,
                released_after=released_after,
                journey=journeys[index % len(journeys)],
            )
            for index in range(people)
        ]
        self._mark_accepted(campaign, accepted)
        return campaign

    def recorded(
        self,
        index: int,
        *,
        at: datetime = AN_HOUR_AGO,
        released_after: timedelta = timedelta(0),
        journey: str = "delivered",
    ) -> Sms:
        """One more message in the vendor's truth."""
        sms = Sms(
            id=self.vendor.ledger.next_id,
            token=TOKEN,
            sender=SENDER,
            receiver=number(index),
            message="Hi",
            media=None,
            lead_id=None,
            force_send=False,
            accepted_at=at,
            released_at=at + released_after,
            journey=journey,
        )
        self.vendor.truth.append(sms)
        return sms

    def _mark_accepted(self, campaign: Campaign, accepted: Sequence[Sms]) -> None:
        values = [
            {
                "campaign": campaign.id,
                "row": 2 + index,
                "sms_id": str(sms.id),
                "at": f"{sms.accepted_at:%Y-%m-%d %H:%M:%S.%f}",
            }
            for index, sms in enumerate(accepted)
        ]
        self.sql(
            "UPDATE message SET state = 'accepted', sms_id = :sms_id, accepted_at = :at,"
            " attempts = 1, attempt_id = 1 WHERE campaign_id = :campaign AND row_number = :row",
            values,
        )

    def sql(self, statement: str, values: Sequence[Mapping[str, object]] = ()) -> None:
        """What no method of the store can do: make history without living it."""
        with self.store.engine.begin() as tx:
            tx.execute(text(statement), [dict(each) for each in values] or None)

    def receive(self, campaign: Campaign, *, after: timedelta = timedelta(0)) -> Received:
        """`receive` at the real pace, beginning so long after the beginning of time."""
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(self.receiving(campaign, after))

    async def receiving(self, campaign: Campaign, after: timedelta = timedelta(0)) -> Received:
        """The same, in a loop that is running already."""
        await asyncio.sleep(after.total_seconds())
        async with EasifyClient(TOKEN, line=HttpxLine(transport_to(self.vendor))) as client:
            return await receive(
                self.store,
                client,
                campaign,
                clock=clock(),
                pace=read_pace(),
                notify=self.notices.append,
            )

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [arrival.path.removeprefix("sms/") for arrival in self.vendor.arrivals]

    def moments(self) -> list[float]:
        """When, in seconds."""
        return [(arrival.at - START).total_seconds() for arrival in self.vendor.arrivals]

    def deliveries(self, campaign: Campaign) -> list[str | None]:
        """Of every row, in the file's order."""
        return [row.delivery for row in self.store.rows.report(campaign.id)]


def _row(index: int) -> JudgedRow:
    return JudgedRow(
        row_number=2 + index,
        original=("Ann",),
        state=State.QUEUED,
        to_number=number(index),
        sender=SENDER,
        body="Hi",
        segments=1,
    )
