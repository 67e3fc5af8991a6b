"""A line that many accounts share, where what it needs is installed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bulksms.easify.exchange import Line


@asynccontextmanager
async def shared_line(base_url: str) -> AsyncIterator[Line | None]:
    """A line for the clients of many accounts; None if it is not installed.

    Then each client has connections of its own, which serves some dozens of accounts as well.

    Raises:
        ConfigError: the address must be fixed.
    """
    try:
        # An extra: one account needs no other HTTP library.
        from bulksms.easify.line import SharedLine  # noqa: PLC0415
    except ImportError:
        yield None
        return
    line = SharedLine(base_url)
    try:
        yield line
    finally:
        await line.aclose()
