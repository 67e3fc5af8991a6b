"""A load into PostgreSQL beside SQLAlchemy's plain executemany, in turns on one server.

`python -m bench.copying 100000`; both are one transaction, with every index and CHECK in place.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, insert

from bench.processes import Verdict
from bulksms.model.chunks import JudgedRows
from bulksms.spreadsheet.grid import ROWS_AT_ONCE
from bulksms.store import Store, bulk
from bulksms.store.engine import writing
from bulksms.store.schema import message
from tests.postgres import NOT_HERE, a_server
from tests.store.stage import NOW, load, queued

RUNS, TIMES_FASTER = 3, 3.0
Put = Callable[[Connection, int], object]


def main() -> None:
    """Measure both; end with 1 if the promise does not hold."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    verdict = Verdict()
    with a_server() as server:
        if server is None:
            print(NOT_HERE)
            return
        url = server.url(server.create())
        Store.migrate(url)
        with Store.open(url) as store:
            ways: dict[str, Put] = {"executemany": plainly(rows), "COPY": by_copy(rows)}
            seconds: dict[str, list[float]] = {way: [] for way in ways}
            for run in range(RUNS):
                for way, put in ways.items():
                    seconds[way].append(measured(store, f"{way}-{run}", put))
    plain, copied = (statistics.median(found) for found in seconds.values())
    print(f"{rows:,} rows: executemany {plain:.2f} s, COPY {copied:.2f} s")
    times, must = plain / copied, f"{TIMES_FASTER:g} or more"
    verdict.tell(
        "executemany's time, in COPYs", times, "x", must=must, reached=times >= TIMES_FASTER
    )
    verdict.end()


def plainly(rows: int) -> Put:
    """As SQLAlchemy's documents do it."""

    def put(tx: Connection, campaign_id: int) -> None:
        for chunk in _rows(rows):
            values = zip(*bulk._by_column(campaign_id, chunk, NOW), strict=True)  # noqa: SLF001 - the same rows
            columns = bulk._COLUMNS  # noqa: SLF001 - the same columns
            tx.execute(insert(message), [dict(zip(columns, row, strict=True)) for row in values])

    return put


def by_copy(rows: int) -> Put:
    """As `bulksms load` does it."""
    return lambda tx, campaign_id: bulk.put_rows(tx, campaign_id, _rows(rows), NOW)


def measured(store: Store, name: str, put: Put) -> float:
    """Seconds of one transaction, its commit included."""
    campaign = load(store, 0, name=name)
    began = time.perf_counter()
    with writing(store.engine) as tx:
        put(tx, campaign.id)
    return time.perf_counter() - began


def _rows(count: int) -> Iterator[JudgedRows]:
    row = queued(2, original=("Ann", "Lee", "+1 202 555 0001", "Springfield", "0042"))
    for first in range(2, 2 + count, ROWS_AT_ONCE):
        numbers = range(first, min(first + ROWS_AT_ONCE, 2 + count))
        yield JudgedRows.of(
            [row._replace(row_number=at, to_number=f"+1{at:010}") for at in numbers]
        )


if __name__ == "__main__":
    main()
