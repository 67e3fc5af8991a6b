"""What signals mean to whoever sends: at the first nothing new, at the second not even answers."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def heeding_signals(*, first: Callable[[], None], second: Callable[[], None]) -> Iterator[None]:
    """Call these in the running loop: the one at the first signal, the other at each later one."""
    loop = asyncio.get_running_loop()
    still = iter([first])

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(next(still, second))

    numbers = [
        getattr(signal, name)
        for name in _STOP_SIGNALS
        if hasattr(signal, name) and not _is_to_be_ignored(name)
    ]
    before = [signal.signal(number, on_signal) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _is_to_be_ignored(name: str) -> bool:
    """Whether we were begun with `nohup`: then the work outlives its terminal.

    Only that: a shell without job control begins what is in its background deaf to SIGINT.
    """
    return name == "SIGHUP" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
