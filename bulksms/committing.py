"""Who writes claims and answers down: at once, or many accounts' in one commit.

Either way a claim is durable before its request leaves: whoever claims waits for the commit.
A commit costs a disk's or a server's whole round trip, however much is in it; so where hundreds of
accounts send, what comes within a hundredth of a second shares one. If one of them fails, none is
done, and each is tried again in a commit of its own: that is rare, and savepoints are not free.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bulksms.model.errors import LeaseLost, StoreError
from bulksms.model.outcomes import NotSent, Outcome
from bulksms.model.records import Claim, ClaimedMessage, Lease
from bulksms.store import Store, Together

Result = TypeVar("Result")

GATHERING_SECONDS = 0.01
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


@dataclass(frozen=True, slots=True)
class _Entry:
    """What somebody wants written down, and where he waits for what came of it."""

    work: Callable[[Together], object]
    answer: asyncio.Future[Any]

    def tell(self, result: object) -> None:
        if self.answer.done():
            return
        if isinstance(result, Exception):
            self.answer.set_exception(result)
        else:
            self.answer.set_result(result)


@dataclass
class Grouped:
    """One commit for whatever came within a hundredth of a second."""

    store: Store
    gathering: float = GATHERING_SECONDS
    _waiting: list[_Entry] = field(default_factory=list)

    async def claim(self, lease: Lease, campaign_id: int, now: datetime) -> Claim:
        """A `Book`'s."""
        answer = self._enter(lambda here: here.messages.claim(lease, campaign_id, now))
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            self._withdraw(answer, lease, now)
            raise

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
        await asyncio.shield(
            self._enter(
                lambda here: here.messages.record(
                    claimed, outcome, worker=worker, now=now, hold_until=hold_until
                )
            )
        )

    async def renew(self, lease: Lease, now: datetime) -> None:
        """A `Book`'s."""
        await asyncio.shield(self._enter(lambda here: here.accounts.renew(lease, now)))

    def commit(self) -> None:
        """Write down what waits, and tell everybody what came of it."""
        entries = [entry for entry in self._waiting if not entry.answer.cancelled()]
        self._waiting = []
        for entry, result in zip(entries, self._results(entries), strict=True):
            entry.tell(result)

    def _enter(self, work: Callable[[Together], Result]) -> asyncio.Future[Result]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()
        if not self._waiting:
            loop.call_later(self.gathering, self.commit)
        self._waiting.append(_Entry(work, answer))
        return answer

    def _withdraw(self, answer: asyncio.Future[Claim], lease: Lease, now: datetime) -> None:
        """Take back what is not written down yet; else it never leaves, and its row waits again."""
        if answer.cancel() or answer.cancelled() or answer.exception() is not None:
            return
        claimed = answer.result()
        if isinstance(claimed, ClaimedMessage):
            self.store.messages.record(claimed, NEVER_LEFT, worker=lease.worker, now=now)

    def _results(self, entries: list[_Entry]) -> list[object]:
        results: list[object] | None = None
        try:
            with self.store.together() as here:
                results = [entry.work(here) for entry in entries]
        except Exception as error:  # noqa: BLE001 - told to whoever wanted something written
            if results is not None:  # the commit itself broke, and may have been done
                return [error] * len(entries)
            return self._one_by_one(entries)
        return results

    def _one_by_one(self, entries: list[_Entry]) -> list[object]:
        """Each in a commit of its own; once two in a row fail, it is the database that does."""
        results: list[object] = []
        for entry in entries:
            last = results[-2:]
            if len(last) > 1 and all(_is_of_the_database(result) for result in last):
                results.append(last[-1])
                continue
            try:
                with self.store.together() as here:
                    result = entry.work(here)
                results.append(result)
            except Exception as error:  # noqa: BLE001 - told to whoever wanted it
                results.append(error)
        return results


def _is_of_the_database(result: object) -> bool:
    return isinstance(result, StoreError) and not isinstance(result, LeaseLost)
