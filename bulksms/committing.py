"""Who writes claims and answers down: at once, or many accounts' in one commit.

Either way a claim is durable before its request leaves: whoever claims waits for the commit.
A commit costs a disk's or a server's whole round trip, however much is in it; so where hundreds of
accounts send, whatever came while the last one was made shares the next, in a thread of its own,
and the loop goes on with the requests. If one entry fails, none is written, and each is tried
again in a commit of its own: that is rare, and savepoints are not free.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bulksms.model.errors import LeaseLost, StoreError
from bulksms.model.outcomes import NotSent, Outcome
from bulksms.model.records import Answer, Beat, Claim, ClaimedMessage, Entry, Lease, Wanted
from bulksms.store import Store

GATHERING_SECONDS = 0.03
"""So long that a commit of many accounts is worth its price; a send waits no longer for it."""
NEVER_LEFT = NotSent("The sender was told to stop before the request left.")


class Book(Protocol):
    """Where claims and answers are written down. Each call returns when it is durable."""

    async def claim(self, lease: Lease, campaign_id: int, now: datetime) -> Claim:
        """As `Messages.claim`. Cancelled, it leaves nothing claimed."""
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


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A commit each, within the call: what one account needs."""

    store: Store

    async def claim(self, lease: Lease, campaign_id: int, now: datetime) -> Claim:
        """A `Book`'s."""
        return self.store.messages.claim(lease, campaign_id, now)

    async def record(
        self,
        claimed: ClaimedMessage,
        outcome: Outcome,
        *,
        worker: str,
        now: datetime,
        hold_until: datetime | None,
    ) -> None:
        """A `Book`'s."""
        self.store.messages.record(claimed, outcome, worker=worker, now=now, hold_until=hold_until)

    async def renew(self, lease: Lease, now: datetime) -> None:
        """A `Book`'s."""
        self.store.accounts.renew(lease, now)


@dataclass(slots=True, eq=False)
class _Line:
    """An entry, and where whoever made it waits for what came of it, unless it was withdrawn."""

    entry: Entry
    answer: asyncio.Future[Any]
    withdrawn: bool = False

    def tell(self, result: object) -> None:
        if isinstance(result, Exception):
            self.answer.set_exception(result)
        else:
            self.answer.set_result(result)


@dataclass
class Grouped:
    """One commit for whatever came meanwhile; they begin `gathering` seconds apart."""

    store: Store
    gathering: float = GATHERING_SECONDS
    _waiting: list[_Line] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None
    _not_before: float = 0.0

    async def claim(self, lease: Lease, campaign_id: int, now: datetime) -> Claim:
        """A `Book`'s."""
        line = self._enter(Wanted(lease, campaign_id, now))
        try:
            claim: Claim = await asyncio.shield(line.answer)
        except asyncio.CancelledError:
            self._withdraw(line)
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
        """A `Book`'s."""
        await asyncio.shield(self._enter(Answer(claimed, outcome, worker, now, hold_until)).answer)

    async def renew(self, lease: Lease, now: datetime) -> None:
        """A `Book`'s."""
        await asyncio.shield(self._enter(Beat(lease, now)).answer)

    async def written(self) -> None:
        """Wait until everything is, whoever still wants to know of it."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait({self._writer})

    def _enter(self, entry: Entry) -> _Line:
        line = _Line(entry, asyncio.get_running_loop().create_future())
        self._waiting.append(line)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return line

    def _withdraw(self, line: _Line) -> None:
        """Take back what is not written down yet; else it never leaves, and its row waits again."""
        line.withdrawn = True
        if line in self._waiting:
            self._waiting.remove(line)
        elif line.answer.done():
            self._give_back(line)

    def _give_back(self, line: _Line) -> None:
        claimed = None if line.answer.exception() else line.answer.result()
        if isinstance(line.entry, Wanted) and isinstance(claimed, ClaimedMessage):
            worker, now = line.entry.lease.worker, line.entry.now
            self._enter(Answer(claimed, NEVER_LEFT, worker, now))

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await asyncio.sleep(max(0.0, self._not_before - loop.time()))
            self._not_before = loop.time() + self.gathering
            lines = self._next()
            results = await asyncio.to_thread(self._results, [line.entry for line in lines])
            for line, result in zip(lines, results, strict=True):
                line.tell(result)
                if line.withdrawn:
                    self._give_back(line)

    def _next(self) -> list[_Line]:
        """What the next commit is of: all that waits, but a second wish of an account."""
        accounts = set[int]()
        now, later = list[_Line](), list[_Line]()
        for line in self._waiting:
            again = isinstance(line.entry, Wanted) and line.entry.lease.account_id in accounts
            (later if again else now).append(line)
            if isinstance(line.entry, Wanted):
                accounts.add(line.entry.lease.account_id)
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


def _is_of_the_database(result: object) -> bool:
    return isinstance(result, StoreError) and not isinstance(result, LeaseLost)
