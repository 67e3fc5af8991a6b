"""How long each page takes in a campaign of a million rows: 100 ms is the most it may.

A real server on loopback, asked as a browser asks. `python bench/pages.py [ROWS]`
"""

import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bulksms.model.accounts import AskedRate
from bulksms.model.records import JudgedRow, NewCampaign
from bulksms.model.settings import DEFAULT_RATE
from bulksms.model.states import Reason, State
from bulksms.store import Store
from bulksms.web.serving import Address, WebServer

MOST = 0.1
TIMES = 7


def main() -> int:
    """Load, ask, print; 1 if a page is too slow."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open_or_create(str(Path(folder) / "bulksms.db")) as store,
    ):
        began = time.perf_counter()
        columns = ("Name", "Mobile", "Town")
        new = NewCampaign("bench", columns, "bench.csv", "bench", "bench", "Hi {name}")
        now = datetime.now(UTC)
        store.campaigns.load(new, rows(count), account_name="default", rate=DEFAULT_RATE, now=now)
        print(f"{count:,} rows loaded in {time.perf_counter() - began:.0f} s")
        return ask(store, count)


def rows(count: int) -> Iterator[JudgedRow]:
    """Most will be texted; a tenth is skipped, a handful for a rare reason."""
    for at in range(count):
        reason = None if at % 10 else Reason.DUPLICATE
        reason = Reason.OPTED_OUT if at % 250_000 == 1 else reason
        yield JudgedRow(
            row_number=at + 2,
            original=(f"Person {at}", f"+1202{5_000_000 + at}", "Washington"),
            state=State.SKIPPED if reason else State.QUEUED,
            reason=reason,
            detail="Left out." if reason else None,
            to_number=f"+1{2_020_000_000 + at}",
            sender="+13152935500",
            body=f"Hi Person {at}, your table is ready.",
            segments=1,
        )


def ask(store: Store, count: int) -> int:
    """Each page several times; its median and its slowest."""
    links: list[str] = []
    server = WebServer(
        store, AskedRate(DEFAULT_RATE, typed=False), Address(port=0), links.append, works=False
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    slow = 0
    with httpx.Client(base_url=server.url, follow_redirects=True, timeout=60) as http:
        while not links:
            time.sleep(0.01)
        http.get(links[0])
        for path in _paths(count):
            times = [_seconds(http, path) for _ in range(TIMES)]
            median = statistics.median(times)
            slow += median > MOST
            mark = "  too slow" if median > MOST else ""
            print(f"{1000 * median:7.1f} ms  {1000 * max(times):7.1f} at most  {path}{mark}")
    server.stop()
    thread.join()
    return int(slow > 0)


def _paths(count: int) -> list[str]:
    rows = "/campaigns/1/rows"
    return [
        "/",
        "/campaigns/1",
        rows,
        f"{rows}?after={count // 2}",
        f"{rows}?before={count}",
        f"{rows}?state=queued&after={count // 2}",
        f"{rows}?state=skipped&before={count}",
        f"{rows}?state=skipped&reason=opted_out",
        f"{rows}?search=%2B1{2_020_000_000 + count // 2}",
        f"{rows}?search=Person+{count - 1}",
        f"{rows}/{count}",
        "/suppressions",
    ]


def _seconds(http: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    answer = http.get(path)
    assert answer.status_code == httpx.codes.OK, (path, re.sub(r"<[^>]*>", "", answer.text))  # noqa: S101 - a measurement of errors is none
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
