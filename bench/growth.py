"""What so many accounts at 15 a minute ask of one database: how much of its time, and of the disk.

`python -m bench.growth 10 100 1000 2000`. The time is simulated: the worker's own wishes, answers
and heartbeats, in its own commits of a tenth of a second, but no vendor and nothing to wait for.
So a simulated second takes as long as the database works for it. Where that is a whole second, one
writer can do no more; the line through the measured points says where.
"""

import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bulksms.committing import GATHERING_SECONDS
from bulksms.model.outcomes import Accepted
from bulksms.model.records import Answer, Beat, ClaimedMessage, Entry, Lease, Wanted
from bulksms.model.settings import DEFAULT_LEASE, DEFAULT_RATE
from bulksms.store import Store
from tests.postgres import NOT_HERE, a_server
from tests.store.stage import load, queued

MESSAGES, FEWEST_ROWS = 3000, 10
TICK = timedelta(seconds=GATHERING_SECONDS)
AHEAD = 3 * TICK
SPACING = DEFAULT_RATE.spacing * 1.05
"""An answer keeps its slot for a minute from when it came, so that nobody has all of the 15."""
ANSWERED_AFTER, BEAT_EVERY = 5, round(DEFAULT_LEASE / 3 / TICK)
"""In ticks: a claim is made three ahead of its time, and the answers take two."""
TEXT = "Hi Ann, your order 4711 is ready for you at the counter. Reply STOP to hear no more of us."
KIB = 1024


@dataclass(slots=True)
class Cost:
    """What a simulated time took of a database."""

    simulated: float
    messages: int = 0
    commits: int = 0
    seconds: float = 0.0
    written: float = 0.0
    kept: float = 0.0

    @property
    def share(self) -> float:
        """Of its time; at 1 the writer is never idle."""
        return self.seconds / self.simulated


def main() -> None:
    """Print each database's points, and the line through them."""
    numbers = [int(word) for word in sys.argv[1:]] or [10, 100, 1000, 2000]
    with tempfile.TemporaryDirectory() as folder:
        told("SQLite", [(many, on_sqlite(Path(folder) / f"{many}.db", many)) for many in numbers])
    with a_server(durable=True) as server:
        if server is None:
            print(NOT_HERE)
            return
        urls = [(many, server.url(server.create())) for many in numbers]
        told("PostgreSQL", [(many, on_postgresql(url, many)) for many, url in urls])


def told(database: str, points: Sequence[tuple[int, Cost]]) -> None:
    """A line each, and what they come to: so long a commit, and so long a message."""
    print(database)
    for accounts, cost in points:
        print(
            f"  {accounts:>6,} accounts  {cost.messages / cost.simulated:>6.1f} messages/s"
            f"  {cost.commits / cost.simulated:>5.1f} commits/s  {cost.share:>6.1%} of its time"
            f"  {cost.written / cost.messages / KIB:>5.1f} KiB written a message"
            f"  {cost.kept / cost.messages / KIB:>4.1f} KiB kept"
        )
    (_, few), (_, many) = points[0], points[-1]
    wide = few.commits * many.messages - many.commits * few.messages
    commit = (few.seconds * many.messages - many.seconds * few.messages) / wide
    message = (few.commits * many.seconds - many.commits * few.seconds) / wide
    full = (1 - commit / GATHERING_SECONDS) / message
    print(
        f"  a commit {1000 * commit:.1f} ms, and {1000 * message:.2f} ms a message: one writer is"
        f" full at {full:,.0f} messages/s, of {full * SPACING.total_seconds():,.0f} accounts"
    )


def on_sqlite(path: Path, accounts: int) -> Cost:
    """In a file of its own."""
    Store.migrate(str(path))
    empty = path.stat().st_size
    with Store.open(str(path)) as store:
        fleet, rows = prepared(store, accounts)
        before = written_by_us()
        cost = simulated(store, fleet, rows)
        cost.written = written_by_us() - before
    cost.kept = path.stat().st_size - empty  # whoever closes it last takes its log into it
    return cost


def on_postgresql(url: str, accounts: int) -> Cost:
    """In a database of its own; what is written is its log."""
    Store.migrate(url)
    with Store.open(url) as store:
        empty = asked(store, "SELECT pg_database_size(current_database())")
        fleet, rows = prepared(store, accounts)
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        before = asked(store, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")
        cost = simulated(store, fleet, rows)
        cost.written = asked(store, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')") - before
        cost.kept = asked(store, "SELECT pg_database_size(current_database())") - empty
    return cost


def asked(store: Store, question: str) -> float:
    """One number of PostgreSQL's."""
    with store.engine.connect() as connection:
        return float(connection.execute(text(question)).scalar_one())


def written_by_us() -> float:
    """Bytes that this process has handed to the system so far (Linux)."""
    counted = Path("/proc/self/io").read_text().split()
    return float(counted[counted.index("wchar:") + 1])


def prepared(store: Store, accounts: int) -> tuple[list[tuple[Lease, int]], int]:
    """A started campaign an account, held by us, with so many rows."""
    rows = max(FEWEST_ROWS, MESSAGES // accounts)
    now, fleet = datetime.now(UTC), []
    cells = ("Ann", "Lindqvist", "(202) 555-0100", "4711", "New York")
    mine = [queued(2 + at, body=TEXT, original=cells, lead_id=f"{at}") for at in range(rows)]
    for at in range(accounts):
        campaign = load(store, mine, name=f"of-{at}", account=f"client-{at}")
        store.campaigns.start(campaign.id, now=now, actor="bench")
        lease = store.accounts.acquire(
            campaign.account, worker="bench", rate=DEFAULT_RATE, length=DEFAULT_LEASE, now=now
        )
        fleet.append((lease, campaign.id))
    return fleet, rows


def simulated(store: Store, fleet: Sequence[tuple[Lease, int]], rows: int) -> Cost:
    """Every row claimed and accepted at its account's pace; only the database takes real time."""
    dice, begun = random.Random(7), datetime.now(UTC)  # noqa: S311 - nothing secret
    wishes = defaultdict[int, list[int]](list)
    for at in range(len(fleet)):
        first = dice.uniform(0, 1)
        for turn in range(rows):
            wishes[int((first + turn) * SPACING / TICK)].append(at)
    answers = defaultdict[int, list[ClaimedMessage]](list)
    last = max(wishes) + ANSWERED_AFTER
    cost = Cost(simulated=(last + 1) * TICK.total_seconds())
    for tick in range(last + 1):
        now = begun + tick * TICK
        entries: list[Entry] = [Wanted(*fleet[at], now + AHEAD, AHEAD) for at in wishes[tick]]
        for claimed in answers[tick]:
            accepted = Accepted(f"{claimed.attempt_id}", 200)
            entries.append(Answer(claimed, accepted, "bench", now, None))
        entries += [Beat(lease, now) for lease, _ in fleet[tick % BEAT_EVERY :: BEAT_EVERY]]
        if not entries:
            continue
        with timed(cost), store.together() as write_down:
            results = write_down(entries)
        claims = [each for each in results if each is not None]
        taken = [each for each in claims if isinstance(each, ClaimedMessage)]
        assert len(taken) == len(claims), claims  # noqa: S101 - else it would measure something else
        answers[tick + ANSWERED_AFTER] = taken
        cost.messages += len(taken)
    return cost


@contextmanager
def timed(cost: Cost) -> Iterator[None]:
    """A commit, by the clock on the wall."""
    begun = time.perf_counter()
    yield
    cost.seconds += time.perf_counter() - begun
    cost.commits += 1


if __name__ == "__main__":
    main()
