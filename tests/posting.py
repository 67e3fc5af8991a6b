"""One message over a line: the two kinds of line must prove the same of it."""

from collections.abc import Callable, Coroutine
from datetime import timedelta

from bulksms.easify import EasifyClient, shared_line
from bulksms.model.outcomes import Outcome
from bulksms.model.records import ClaimedMessage
from tests.loopback_vendor import MESSAGE, TOKEN

SOON, LATER = timedelta(milliseconds=250), timedelta(seconds=5)
"""How long an answer is waited for: one that will not come, and any other."""

Post = Callable[..., Coroutine[None, None, Outcome]]


async def post_over_its_own(
    url: str, message: ClaimedMessage = MESSAGE, patience: timedelta = LATER
) -> Outcome:
    """As `send` and `resume` do."""
    async with EasifyClient(TOKEN, base_url=url, timeout=patience) as client:
        return await client.send(message)


async def post_over_a_shared(
    url: str, message: ClaimedMessage = MESSAGE, patience: timedelta = LATER
) -> Outcome:
    """As a worker and the page do; the line is the test's own."""
    async with shared_line(url) as line:
        assert line is not None
        async with EasifyClient(TOKEN, base_url=url, timeout=patience, line=line) as client:
            return await client.send(message)
