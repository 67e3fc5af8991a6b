"""Who writes claims and answers down: at once, or many accounts' in one commit.

Either way a claim is durable before its request leaves: whoever claims waits for the commit.
A commit costs a disk's or a server's whole round trip, however much is in it; so where hundreds of
accounts send, whatever came while the last one was made shares the next, in a thread of its own,
and the loop goes on with the requests. So that none of them waits for it, a message is claimed
ahead of its time, for that time, and its request leaves when it has come. If one entry fails, none
is written, and each is tried again in a commit of its own: that is rare, and savepoints are not
free.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from bulksms.model.errors import LeaseLost, StoreError
from bulksms.model.outcomes import NotSent, Outcome
from bulksms.model.records import Answer, Beat, Claim, ClaimedMessage, Entry, Lease, Wanted
from bulksms.store import Store

GATHERING_SECONDS = 0.1
"""So long that a commit of many accounts is worth its price."""
ENOUGH = 300
"""So many entries are worth it at once: else the writer would idle where most is to be written."""
Result = TypeVar("Result")
NEVER_LEFT = NotSent("The sender was told to stop before the request left.", timedelta(0))


class Book(Protocol):
    """Where claims and answers are written down. Each call returns when it is durable."""

    @property
    def ahead(self) -> timedelta:
        """How long before its time a message is to be claimed, for the claim to be durable then."""
        ...

    async def claim(self, lease: Lease, campaign_id: int, time: datetime) -> Claim:
        """As `Messages.claim`, for that time. Cancelled, it leaves nothing claimed."""
        ...

    async def record(
        self,
        claimed: ClaimedMessage,
        outcome: Outcome,
        *,
        worker: str,
        now: datetime,
        hold_until: datetime | None,
    ) -> None:
        """As `Messages.record`. Cancelled, it is written down all the same."""
        ...

    async def renew(self, lease: Lease, now: datetime) -> None:
        """As `Accounts.renew`."""
        ...

    async def alone(self, work: Callable[[], Result]) -> Result:
        """What `work` of its own in the database comes to. Cancelled, it is done all the same."""
        ...


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A commit each, within the call: what one account needs."""

    store: Store
    ahead: timedelta = timedelta(0)

    async def claim(self, lease: Lease, campaign_id: int, time: datetime) -> Claim:
        """As `Book.claim`."""
        return self.store.messages.claim(lease, campaign_id, time)

    async def record(
        self,
        claimed: ClaimedMessage,
        outcome: Outcome,
        *,
        worker: str,
        now: datetime,
        hold_until: datetime | None,
    ) -> None:
        """As `Book.record`."""
        self.store.messages.record(claimed, outcome, worker=worker, now=now, hold_until=hold_until)

    async def renew(self, lease: Lease, now: datetime) -> None:
        """As `Book.renew`."""
        self.store.accounts.renew(lease, now)

    async def alone(self, work: Callable[[], Result]) -> Result:
        """As `Book.alone`."""
        return work()


class _Entered(NamedTuple):
    """An entry, and where whoever made it waits for what came of it; cancelled, nobody does."""

    entry: Entry
    told: asyncio.Future[Any]


class _Work(NamedTuple):
    """What is to be done alone, and where whoever wants it waits for what it comes to."""

    do: Callable[[], Any]
    done: asyncio.Future[Any]


@dataclass
class Grouped:
    """One commit for whatever came meanwhile; they begin `gathering` seconds apart, or sooner."""

    store: Store
    gathering: float = GATHERING_SECONDS
    _waiting: list[_Entered] = field(default_factory=list)
    _works: list[_Work] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None
    _commit: asyncio.Future[None] = field(init=False)
    _not_before: float = 0.0
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ahead(self) -> timedelta:
        """As `Book.ahead`: the gathering, and as long for the commit before it, and for its own."""
        return timedelta(seconds=3 * self.gathering)

    async def claim(self, lease: Lease, campaign_id: int, time: datetime) -> Claim:
        """As `Book.claim`."""
        wanted = Wanted(lease, campaign_id, time, self.ahead)
        told = self._enter(wanted)
        try:
            claim: Claim = await told
        except asyncio.CancelledError:
            if not told.cancelled():  # it was on its way to us
                self._give_back(wanted, told.exception() or told.result())
            raise
        return claim

    async def record(
        self,
        claimed: ClaimedMessage,
        outcome: Outcome,
        *,
        worker: str,
        now: datetime,
        hold_until: datetime | None,
    ) -> None:
        """As `Book.record`."""
        await self._enter(Answer(claimed, outcome, worker, now, hold_until))

    async def renew(self, lease: Lease, now: datetime) -> None:
        """As `Book.renew`."""
        await self._enter(Beat(lease, now))

    async def alone(self, work: Callable[[], Result]) -> Result:
        """As `Book.alone`, between two commits, for whose lock the loop would wait.

        So hundreds of accounts may begin while others' answers are heard in time.
        """
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._works.append(_Work(work, done))
        self._begin_to_write()
        return await done

    async def written(self) -> None:
        """Wait until all that was entered is, whoever still wants to know of it.

        That takes the commit that is being made, the one of what waits, and one of what is given
        back. Others enter more all the time, and are not waited for: there is no end of it.
        """
        for _ in range(3):
            if self._writer is None or self._writer.done():
                return
            await asyncio.wait({self._writer, self._commit}, return_when=asyncio.FIRST_COMPLETED)

    def _enter(self, entry: Entry) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        told = loop.create_future()
        self._waiting.append(_Entered(entry, told))
        if len(self._waiting) >= ENOUGH:
            self._enough.set()
        self._begin_to_write()
        return told

    def _begin_to_write(self) -> None:
        if self._writer is None or self._writer.done():
            self._commit = asyncio.get_running_loop().create_future()
            self._writer = asyncio.create_task(self._write())

    def _give_back(self, entry: Entry, result: object) -> None:
        """What was claimed, and nobody wants any more, never leaves, and its row waits again."""
        if isinstance(entry, Wanted) and isinstance(result, ClaimedMessage):
            self._enter(Answer(result, NEVER_LEFT, entry.lease.worker, entry.time))

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting or self._works:
            with suppress(TimeoutError):  # it is time
                await asyncio.wait_for(self._enough.wait(), self._not_before - loop.time())
            self._enough.clear()
            self._not_before = loop.time() + self.gathering
            works, self._works = self._works, []
            if works:
                outcomes = await self._in_a_thread(partial(_outcomes, works), len(works))
                for (_, told), outcome in zip(works, outcomes, strict=True):
                    _tell(told, outcome)
            lines = self._next()
            entries = [line.entry for line in lines]
            written = partial(self._results, entries)
            results = await self._in_a_thread(written, len(entries)) if entries else ()
            for (entry, told), result in zip(lines, results, strict=True):
                if told.cancelled():
                    self._give_back(entry, result)
                _tell(told, result)
            made, self._commit = self._commit, loop.create_future()
            made.set_result(None)

    async def _in_a_thread(
        self, done: Callable[[], Sequence[object]], many: int
    ) -> Sequence[object]:
        """What it comes to; the same error for each of so many if the machine gives no thread.

        Not a second try: the work may have reached a thread all the same.
        """
        try:
            return await asyncio.to_thread(done)
        except Exception as error:  # noqa: BLE001 - or whoever waits would do so for ever
            return [StoreError(f"Nothing could be written down: {error}.")] * many

    def _next(self) -> list[_Entered]:
        """What the next commit is of: all that waits, but for wishes that were taken back.

        A second wish of an account is of the commit after it.
        """
        accounts = set[int]()
        now, later = list[_Entered](), list[_Entered]()
        for line in self._waiting:
            if not isinstance(line.entry, Wanted):
                now.append(line)
            elif not line.told.cancelled():
                account = line.entry.lease.account_id
                (later if account in accounts else now).append(line)
                accounts.add(account)
        self._waiting = later
        return now

    def _results(self, entries: Sequence[Entry]) -> Sequence[object]:
        results: Sequence[object] | None = None
        try:
            with self.store.together() as write_down:
                results = write_down(entries)
        except Exception as error:  # noqa: BLE001 - told to whoever wanted something written
            if results is not None:  # the commit itself broke, and may have been done
                return [error] * len(entries)
            return self._one_by_one(entries)
        return results

    def _one_by_one(self, entries: Sequence[Entry]) -> list[object]:
        """Each in a commit of its own; once two in a row fail, it is the database that does."""
        results: list[object] = []
        for entry in entries:
            last = results[-2:]
            if len(last) > 1 and all(_is_of_the_database(result) for result in last):
                results.append(last[-1])
                continue
            try:
                with self.store.together() as write_down:
                    (result,) = write_down([entry])
                results.append(result)
            except Exception as error:  # noqa: BLE001 - told to whoever wanted it
                results.append(error)
        return results


def _outcomes(works: Sequence[_Work]) -> list[object]:
    """One after the other; errors are results as well."""
    outcomes: list[object] = []
    for work in works:
        try:
            outcomes.append(work.do())
        except Exception as error:  # noqa: BLE001 - told to whoever wanted it
            outcomes.append(error)
    return outcomes


def _tell(told: asyncio.Future[Any], result: object) -> None:
    if told.cancelled():
        return
    if isinstance(result, Exception):
        told.set_exception(result)
    else:
        told.set_result(result)


def _is_of_the_database(result: object) -> bool:
    return isinstance(result, StoreError) and not isinstance(result, LeaseLost)
