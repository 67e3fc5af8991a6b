"""Opt-outs that find us, in a record that a test writes down line by line."""

import asyncio
from datetime import datetime, timedelta

from bulksms.model.outcomes import Accepted
from bulksms.model.records import Campaign
from bulksms.model.vendor_record import Page, RecordedSms, Unreadable
from bulksms.pacing import read_pace
from bulksms.store import Store
from bulksms.syncing import Synced, sync
from tests import virtual_time
from tests.store.stage import NOW, UNKNOWN, acquire, answer, claim, running

ANN, BOB, CAY = "+12025550002", "+12025550003", "+12025550004"


class Record:
    """What Easify shows: the texts that each recipient wrote, and how often it was asked."""

    def __init__(self, **written: str) -> None:
        self.written = {"+" + number.strip("n"): text for number, text in written.items()}
        self.asked: list[str] = []
        self.trouble: Unreadable | None = None

    async def chat_history(self, sender: str, receiver: str) -> Page | Unreadable:
        """Our one text, and what the recipient wrote."""
        self.asked.append(receiver)
        if self.trouble is not None:
            return self.trouble
        lines = [_line("1", sender, receiver, "Reply STOP to end", outgoing=True)]
        for at, text in enumerate(self.written.get(receiver, "").split("|")):
            lines.append(_line(f"{receiver}-{at}", receiver, sender, text, outgoing=False))
        return Page(tuple(lines), None, None, None, whole=True)


def _line(sms_id: str, sender: str, receiver: str, text: str, *, outgoing: bool) -> RecordedSms:
    written_at = datetime(2026, 1, 5, 10, 0)  # noqa: DTZ001 - the record names no zone
    return RecordedSms(sms_id, sender, receiver, text, False, None, "", written_at, outgoing)  # noqa: FBT003 - a field


def texted(store: Store) -> Campaign:
    """Three people: two accepted, one in doubt."""
    campaign, lease = running(store, 3), acquire(store)
    for at in range(2):
        answer(store, claim(store, lease, campaign), Accepted(f"sms-{at}", 200))
    answer(store, claim(store, lease, campaign), UNKNOWN)
    return campaign


def synced(store: Store, record: Record, campaign: Campaign) -> Synced:
    paced: list[int] = []

    async def pace() -> None:
        paced.append(len(record.asked))

    found = asyncio.run(sync(store, record, campaign, clock=lambda: NOW, pace=pace))
    assert len(paced) == found.read + (found.trouble is not None)
    return found


def test_who_wrote_stop_is_never_texted_again_and_the_evidence_is_kept(store: Store) -> None:
    campaign = texted(store)
    record = Record(n12025550002="Thanks!|Stop.", n12025550003="Stop by tomorrow")
    assert synced(store, record, campaign) == Synced(read=3, added=1)
    (listed,) = store.suppressions.all()
    assert (listed.to_number, listed.source) == (ANN, "chat-history")
    assert listed.reason == "wrote 'Stop.' on 2026-01-05 at 10:00"


def test_our_own_words_are_nobodys_opt_out(store: Store) -> None:
    campaign = texted(store)
    synced(store, Record(), campaign)
    assert list(store.suppressions.all()) == []


def test_a_second_look_asks_only_about_those_who_may_still_be_texted(store: Store) -> None:
    campaign, record = texted(store), Record(n12025550002="STOP")
    synced(store, record, campaign)
    record.asked.clear()
    assert synced(store, record, campaign) == Synced(read=2, added=0)
    assert record.asked == [CAY, BOB]


def test_who_was_taken_off_the_list_comes_back_only_for_another_message(store: Store) -> None:
    campaign, record = texted(store), Record(n12025550002="STOP|stop")
    synced(store, record, campaign)
    assert store.suppressions.remove(ANN, now=NOW)
    assert synced(store, record, campaign).added == 0
    record.written[ANN] += "|I said STOP|unsubscribe"
    assert synced(store, record, campaign).added == 1


def test_what_cannot_be_read_stops_it_and_is_said(store: Store) -> None:
    campaign, record = texted(store), Record()
    record.trouble = Unreadable("Easify does not know this token.")
    assert synced(store, record, campaign) == Synced(trouble="Easify does not know this token.")
    assert len(record.asked) == 1


def test_a_429_is_obeyed_and_asked_again(store: Store) -> None:
    campaign, record = texted(store), Record(n12025550002="STOP")
    busy = Unreadable("Too many requests.", timedelta(seconds=7), 429)

    async def calm_down() -> tuple[Synced, float]:
        asyncio.get_running_loop().call_later(5, setattr, record, "trouble", None)
        found = await sync(store, record, campaign, clock=lambda: NOW, pace=read_pace())
        return found, asyncio.get_running_loop().time()

    record.trouble = busy
    found, passed = virtual_time.run(calm_down())
    assert found == Synced(read=3, added=1)
    assert passed >= 7
    assert record.asked == [CAY, CAY, BOB, ANN]


def test_no_minute_holds_more_reads_than_the_vendor_allows(store: Store) -> None:
    """However many recipients: at most 60 a minute, and hardly less."""
    campaign, lease, people = running(store, 150), acquire(store), 150
    for at in range(people):
        answer(store, claim(store, lease, campaign), Accepted(f"sms-{at}", 200))
    moments: list[float] = []

    class Noting(Record):
        async def chat_history(self, sender: str, receiver: str) -> Page | Unreadable:
            moments.append(asyncio.get_running_loop().time())
            return await super().chat_history(sender, receiver)

    coroutine = sync(store, Noting(), campaign, clock=lambda: NOW, pace=read_pace())
    assert virtual_time.run(coroutine).read == people
    busiest = max(sum(at <= other < at + 60 for other in moments) for at in moments)
    assert 54 <= busiest <= 60
