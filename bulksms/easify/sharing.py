"""A line that many accounts share, where what it needs is installed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bulksms.easify.connecting import (
    checked_address,
    environment_proxy,
    heeding_the_environment,
    own_line,
)
from bulksms.easify.exchange import Line


@asynccontextmanager
async def shared_line(base_url: str) -> AsyncIterator[Line | None]:
    """A line for the clients of many accounts; None if it is not installed.

    And None if the way leads over a proxy that it cannot speak with: aiohttp knows plain HTTP ones.
    Then each client has connections of its own, which serves some dozens of accounts as well.

    Raises:
        ConfigError: the address, or a setting of the environment, must be fixed.
    """
    url = checked_address(base_url)
    with heeding_the_environment():
        proxy = environment_proxy(url)
    if proxy is not None and proxy.url.scheme != "http":
        await own_line(url).aclose()  # what it needs may be missing: better told now than by each
        yield None
        return
    try:
        # An extra: one account needs no other HTTP library.
        from bulksms.easify.line import SharedLine  # noqa: PLC0415
    except ImportError:
        yield None
        return
    with heeding_the_environment():
        line = SharedLine(proxy)
    try:
        yield line
    finally:
        await line.aclose()
