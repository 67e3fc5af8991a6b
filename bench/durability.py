"""What it costs that every claim is durable before its request leaves, in one process on SQLite.

As fast as it goes, as many accounts side by side as one worker has by default: the client alone;
with a commit for every claim and every answer; with one commit for what many accounts have.
`python -m bench.durability 10` takes ten seconds each. (A hundred accounts would mostly wait for
one another: nobody's next message is claimed before his last commit, and commits are 0.1 s apart.)
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

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
            alone = measured(url, seconds, Nowhere())
            verdict.tell("no database", alone, "/s", must="told", reached=True)
            each = measured(url, seconds, AtOnce(store), prepared(store, "each"))
            verdict.tell("a commit each", each, "/s", must="told", reached=True)
            group = measured(url, seconds, Grouped(store), prepared(store, "group"))
            must = f"{ENOUGH:g} of the first"
            verdict.tell(
                "a commit for many", group, "/s", must=must, reached=group / alone >= ENOUGH
            )
    print(f"  durable in groups: {group / alone:.2f} of the speed without a database")
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
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(_measured(url, seconds, book, accounts))


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
