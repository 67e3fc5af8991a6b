"""How long it takes to look back at a number among a million messages, all of them accepted.

They were texted over the year before, evenly. `python bench/history.py 100000` is a shorter run;
it makes a database of its own and prints a line for each look.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bulksms.model.overlap import LATELY
from bulksms.model.records import JudgedRow, NewCampaign, Rate
from bulksms.model.restraint import Restraint
from bulksms.model.states import State
from bulksms.spreadsheet.grid import ROWS_AT_ONCE
from bulksms.store import Store

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RATE = Rate(15, timedelta(seconds=60))
ACCEPT = """
UPDATE message SET state = 'accepted', attempts = 1, attempt_id = id, sms_id = id, accepted_at =
strftime('%Y-%m-%d %H:%M:%S.000000', '2026-01-05', '-' || (id * 31536000 / ?) || ' seconds')
"""
"""As if they had been texted; to text them would take six weeks."""


def main(messages: int) -> None:
    """Fill a database, then look."""
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "bulksms.db")
        Store.migrate(database)
        with Store.open(database) as store:
            _fill(store, messages)
            with closing(sqlite3.connect(database)) as raw, raw:
                raw.execute(ACCEPT, (messages,))
            _look(store, messages)


def _fill(store: Store, messages: int) -> None:
    new = NewCampaign("june", ("a", "b"), "june.csv", "f", "w", "Hi")
    store.campaigns.load(new, _rows(messages), account_name="default", rate=RATE, now=NOW)
    numbers = (_number(row) for row in range(messages // 10))
    store.suppressions.add(numbers, reason="STOP", source="bench", now=NOW)


def _look(store: Store, messages: int) -> None:
    some = _number(messages // 20)
    day, month = timedelta(days=1), timedelta(days=30)
    _timed("history", lambda: store.history.rows(some))
    _timed("its suppressions", lambda: store.history.suppressions(some))
    _timed("history --forget", lambda: store.history.forget(some, now=NOW, actor="bench"))
    _timed("suppress add", lambda: _add(store, _number(messages + 1)))
    _timed("suppress remove", lambda: store.suppressions.remove(some, now=NOW))
    _timed("suppress list", lambda: list(store.suppressions.all()))
    _timed("suppress sync: whom to ask", lambda: store.suppressions.conversations(1))
    _timed("--not-if-texted-within 1d", lambda: store.history.memory(Restraint(day), NOW))
    _timed(
        "--not-if-same-text-within 30d", lambda: store.history.memory(Restraint(None, month), NOW)
    )
    _timed("whom of 3,000 others have", lambda: _compare(store, 3_000))
    _timed("whom of all others have", lambda: _compare(store, messages))


def _compare(store: Store, count: int) -> None:
    """As a plan asks, some thousand at a time."""
    for start in range(0, count, ROWS_AT_ONCE):
        numbers = [_number(row) for row in range(start, min(start + ROWS_AT_ONCE, count))]
        store.history.elsewhere(numbers, NOW - LATELY)


def _add(store: Store, number: str) -> int:
    return store.suppressions.add([number], reason="STOP", source="bench", now=NOW)


def _timed(what: str, look: Callable[[], object]) -> None:
    began = time.perf_counter()
    look()
    print(f"{what:<30}{(time.perf_counter() - began) * 1000:8.1f} ms")


def _rows(count: int) -> Iterator[JudgedRow]:
    for row in range(count):
        yield JudgedRow(
            row_number=row + 2,
            original=("Ann", _number(row)),
            state=State.QUEUED,
            to_number=_number(row),
            sender="+13152935500",
            body="Hi Ann",
            segments=1,
        )


def _number(row: int) -> str:
    return f"+1{2_020_000_000 + row}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
