"""Keeping the account's lease alive while something is waited for; and whether it still is ours."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bulksms.clock import Clock
from bulksms.committing import Book
from bulksms.model.errors import StoreError
from bulksms.model.records import Lease

A_NAP = timedelta(seconds=5)
"""So late a message leaves on no machine that was awake."""


@asynccontextmanager
async def beating(
    book: Book, lease: Lease, clock: Clock, on_fault: Callable[[StoreError], None]
) -> AsyncIterator[None]:
    """Renew the lease three times in its length; a renewal that fails is told once."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(lease.length.total_seconds() / 3)
            try:
                await book.renew(lease, clock())
            except StoreError as error:
                on_fault(error)
                return

    heart = asyncio.create_task(beat())
    try:
        yield
    finally:
        heart.cancel()


async def may_still_leave(book: Book, lease: Lease, clock: Clock, time: datetime) -> bool:
    """Whether a message that was claimed for that time may: the machine may have slept since.

    After half a lease the account may be another's. Before that only one of which the clock is
    ahead of ours can have taken it, so after a nap the database is asked.
    """
    late = clock() - time
    if late > lease.length / 2:
        return False
    if late > A_NAP:
        try:
            await book.renew(lease, clock())
        except StoreError:
            return False
    return True
