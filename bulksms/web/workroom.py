"""Where everything that is done from the page is done: one event loop, in a thread of its own.

Thousands of accounts share its line to the vendor and its commits there, as they do in a `worker`.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bulksms.committing import Grouped
from bulksms.easify import Line, shared_line
from bulksms.environment import base_url
from bulksms.model.errors import BulkSMSError
from bulksms.store import Store

log = logging.getLogger(__name__)

OUR_FAULT = (
    "A fault of bulksms itself; what was recorded is kept."
    " The window where it runs says more. You can resume."
)


@dataclass
class Work:
    """One thing that is done about one campaign.

    Attributes:
        doing: what, as a page says it: "sending".
        waiting: what it waits for just now, as a sentence; empty if for nothing.
        trouble: why it ended before its end, as a sentence; empty if it did not.
    """

    campaign_id: int
    doing: str
    waiting: str = ""
    trouble: str = ""
    _stop: Callable[[], None] | None = None
    _stopped: bool = False
    _loop: asyncio.AbstractEventLoop | None = None
    _end: Future[None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def stops_by(self, stop: Callable[[], None]) -> None:
        """Say, from within, how it is stopped."""
        with self._lock:
            self._stop, self._loop = stop, asyncio.get_running_loop()
            if self._stopped:
                stop()

    def stop(self) -> None:
        """Begin nothing more; the answers in the air are waited for. Safe from any thread."""
        with self._lock:
            self._stopped = True
            if self._stop is not None and self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._stop)

    def is_on(self) -> bool:
        """Whether it still goes on."""
        return self._end is not None and not self._end.done()

    def join(self, seconds: float | None = None) -> None:
        """Wait for its end."""
        if self._end is not None:
            wait([self._end], seconds)

    def ends_with(self, end: Future[None]) -> None:
        """Say, as it begins, when it ends."""
        self._end = end


Going = Callable[[Work], Coroutine[Any, Any, None]]


class Workroom:
    """The loop, which begins with the first work, and what all works in it share.

    Attributes:
        book: where claims and answers are written down.
    """

    def __init__(self, store: Store) -> None:
        self.book = Grouped(store)
        self._lines: list[Line | None] = []
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="works")
        self._opened = threading.Event()

    def begin(self, work: Work, go: Going, held: ExitStack) -> None:
        """Have it done; at its end what is held is let go of. Not from two threads at once."""
        if not self._opened.is_set():
            self._thread.start()
            self._opened.wait()
        going = _to_its_end(work, go, held.pop_all())
        work.ends_with(asyncio.run_coroutine_threadsafe(going, self._loop))

    async def line(self) -> Line | None:
        """The way to the vendor that all works share.

        Raises:
            ConfigError: the address, or a setting of the environment, must be fixed.
        """
        if not self._lines:
            self._lines.append(await self._kept.enter_async_context(shared_line(base_url())))
        return self._lines[0]

    def close(self) -> None:
        """End the loop, after the last work."""
        if self._opened.is_set():
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        async with AsyncExitStack() as self._kept:
            self._opened.set()
            await self._ended.wait()


async def _to_its_end(work: Work, go: Going, held: ExitStack) -> None:
    try:
        with held:
            task = asyncio.create_task(go(work))
            work.stops_by(partial(_cancel, task))
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()
    except BulkSMSError as error:
        work.trouble = error.sentence
    except Exception:
        log.exception("campaign=%d %s failed", work.campaign_id, work.doing)
        work.trouble = OUR_FAULT


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
