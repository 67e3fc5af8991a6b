"""Keeping the account's lease alive while something is waited for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bulksms.clock import Clock
from bulksms.committing import Book
from bulksms.model.errors import StoreError
from bulksms.model.records import Lease


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
