"""What it costs that every claim is durable before its request leaves, in one process on SQLite.

As fast as it goes, as many accounts side by side as one worker has by default: the client alone;
with a commit for every claim and every answer; with one commit for what many accounts have.
What may be lost of speed was said of httpx over aiohttp's connections, so that is measured too:
our own line is twice as fast, and the same database is a greater share of it.
`python -m bench.durability 10` takes ten seconds each. (A hundred accounts would mostly wait for
one another: nobody's next message is claimed before his last commit, and commits are 0.1 s apart.)
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from httpx_aiohttp import HttpxAiohttpClient

from bench.processes import Verdict
from bench.slow_vendor import serving
from bulksms.cli.worker import SELDOM, loop_factory
from bulksms.committing import AtOnce, Book, Grouped, Result
from bulksms.easify import EasifyClient, Line, shared_line
from bulksms.model.records import Campaign, ClaimedMessage, Lease, Rate
from bulksms.store import Store
from tests.loopback_vendor import MESSAGE
from tests.store.stage import load, queued

SIDE_BY_SIDE = 1000
ROWS = 60
UNPACED = Rate(1_000_000, timedelta(seconds=1))
ENOUGH = 0.75


def main() -> None:
    """Print the sends a second of each; end with 1 if durability costs more than it may."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8
    gc.set_threshold(*SELDOM)
    verdict = Verdict()
    with serving(slowest=0) as url, tempfile.TemporaryDirectory() as folder:
        Store.migrate(f"{folder}/bulksms.db")
        with Store.open(f"{folder}/bulksms.db") as store:
            plain = in_the_workers_loop(_plain(url, seconds))
            verdict.tell("httpx over aiohttp, no database", plain, "/s", must="told", reached=True)
            alone = measured(url, seconds, Nowhere())
            verdict.tell("our line, no database", alone, "/s", must="told", reached=True)
            each = measured(url, seconds, AtOnce(store), prepared(store, "each"))
            verdict.tell("a commit each", each, "/s", must="told", reached=True)
            group = measured(url, seconds, Grouped(store), prepared(store, "group"))
            must = f"{ENOUGH:g} of the first"
            verdict.tell(
                "a commit for many", group, "/s", must=must, reached=group / plain >= ENOUGH
            )
    print(f"  durable in groups: {group / plain:.2f} of httpx's speed, {group / alone:.2f} of ours")
    verdict.end()


Account = tuple[Lease, int]


class Nowhere:
    """A book without paper."""

    ahead = timedelta(0)

    async def claim(self, _lease: Lease, _campaign_id: int, _time: datetime) -> ClaimedMessage:
        """Always the same message."""
        return MESSAGE

    async def record(self, *_: object, **__: object) -> None:
        """Forget it."""

    async def renew(self, *_: object) -> None:
        """Nobody asks."""

    async def alone(self, work: Callable[[], Result]) -> Result:
        """Nobody asks."""
        return work()


def prepared(store: Store, name: str) -> list[Account]:
    """Started campaigns, each on an account of its own."""
    rows = [queued(at) for at in range(2, 2 + ROWS)]
    return [
        _prepared(store, load(store, rows, name=f"{name}-{at}", account=f"{name}-{at}"))
        for at in range(SIDE_BY_SIDE)
    ]


def measured(url: str, seconds: float, book: Book, accounts: list[Account] | None = None) -> float:
    """Messages a second that were claimed, posted and recorded, in the worker's loop."""
    return in_the_workers_loop(_measured(url, seconds, book, accounts))


def in_the_workers_loop(story: Coroutine[Any, Any, float]) -> float:
    """What it comes to there."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(story)


async def _plain(url: str, seconds: float) -> float:
    begun = time.perf_counter()
    until = begun + seconds
    fields = {"from_number": "3152934444", "to_number": "2025550104", "country_code": "1"}

    async def post(client: HttpxAiohttpClient) -> int:
        done = 0
        while time.perf_counter() < until:
            answer = await client.post(f"{url}/sms/send", json=fields | {"message": MESSAGE.body})
            answer.raise_for_status().json()
            done += 1
        return done

    unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    head = {"Authorization": "Bearer 1|bench", "Accept": "application/json"}
    async with HttpxAiohttpClient(limits=unlimited, headers=head, timeout=60) as client:
        done = await asyncio.gather(*(post(client) for _ in range(SIDE_BY_SIDE)))
        return sum(done) / (time.perf_counter() - begun)


async def _measured(url: str, seconds: float, book: Book, accounts: list[Account] | None) -> float:
    nobody = (Lease(0, "", "", 0, UNPACED, timedelta(hours=1)), 0)
    async with shared_line(url) as line:
        begun = time.perf_counter()
        until = begun + seconds
        done = await asyncio.gather(
            *(_send(url, line, book, each, until) for each in accounts or [nobody] * SIDE_BY_SIDE)
        )
        return sum(done) / (time.perf_counter() - begun)  # some were in the air when it was over


async def _send(url: str, line: Line | None, book: Book, account: Account, until: float) -> int:
    done = 0
    async with EasifyClient("1|bench", base_url=url, line=line) as client:
        while time.perf_counter() < until:
            claimed = await book.claim(*account, datetime.now(UTC))
            if not isinstance(claimed, ClaimedMessage):
                return done
            outcome = await client.send(claimed)
            now = datetime.now(UTC)
            await book.record(claimed, outcome, worker="bench", now=now, hold_until=None)
            done += 1
    return done


def _prepared(store: Store, campaign: Campaign) -> Account:
    now = datetime.now(UTC)
    store.campaigns.start(campaign.id, now=now, actor="bench")
    length = timedelta(hours=1)
    lease = store.accounts.acquire(
        campaign.account, worker="bench", rate=UNPACED, length=length, now=now
    )
    return lease, campaign.id


if __name__ == "__main__":
    main()
