"""Thousands of paced accounts in one process of the real command, durable on SQLite.

`python -m bench.fleet 2000`: a minute at 15 a minute each, against a vendor that answers within
0-300 ms. Judged by the vendor's own times: slots used, how late each send was, processor, memory.
The aims were set on a faster machine, so the same load is carried by a bare client too, and its
figures are told beside ours.
"""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from bench.bare_client import bare_client
from bench.processes import BULKSMS, Verdict
from bench.slow_vendor import serving
from bulksms.model.accounts import Account, token_file
from bulksms.model.records import Rate
from bulksms.model.settings import DEFAULT_RATE
from bulksms.store import Store
from tests.store.stage import load, queued

MEASURED_SECONDS = 60
MINUTES_OF_ROWS = 4
ENOUGH, LATE_MS, MOST_CORES, MOST_MIB = 99.0, 50.0, 0.5, 150.0
PATIENCE_SECONDS = 180
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


class Send(NamedTuple):
    """As the vendor saw it, in seconds of the machine's clock."""

    account: str
    arrived: float
    answered: float


class Used(NamedTuple):
    """What a process has used so far."""

    processor_seconds: float
    memory_mib: float


def main() -> None:
    """Print the figures; exit 1 if one of them misses what it must reach."""
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with serving() as url:
        bare = bare_client(url, accounts, DEFAULT_RATE.spacing.total_seconds())
    with ExitStack() as stack:
        url = stack.enter_context(serving())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prepare(folder, accounts, DEFAULT_RATE)
        print(f"{accounts:,} accounts at {DEFAULT_RATE}, a claim and an answer durable each")
        worker = begun(folder, url, accounts)
        try:
            began = all_at_work(url, accounts)
            before, withheld = used(worker.pid), stolen_seconds()
            time.sleep(MEASURED_SECONDS)
            after, withheld = used(worker.pid), stolen_seconds() - withheld
        finally:
            worker.terminate()
            told_to_stop = time.monotonic()
            worker.wait(60)
            stopped = time.monotonic() - told_to_stop
        sends = seen(url)
        late = after_their_claims(folder / "bulksms.db", sends, began)
    verdict = Verdict()
    cores = (after.processor_seconds - before.processor_seconds) / MEASURED_SECONDS
    judge_pace(verdict, sends, began, accounts)
    tell = verdict.tell
    tell("after what it was claimed for, p99", p99_ms(late), "ms", must="told", reached=True)
    tell("of a core", cores, "", must=f"{MOST_CORES:g} or less", reached=cores <= MOST_CORES)
    tell("of a core, a bare client", bare.cores, "", must="told", reached=True)
    tell("after its own time, its p99", p99_ms(bare.late), "ms", must="told", reached=True)
    mib = after.memory_mib
    tell("memory", mib, "MiB", must=f"{MOST_MIB:g} or less", reached=mib <= MOST_MIB)
    tell("from SIGTERM to its end", stopped, "s", must="told", reached=True)
    taken = 100 * withheld / MEASURED_SECONDS / (os.cpu_count() or 1)
    tell("of the machine, taken by others (steal)", taken, "%", must="told", reached=True)
    verdict.end()


def prepare(folder: Path, accounts: int, rate: Rate) -> None:
    """A started campaign an account, with a token; its rows tell the vendor whose they are."""
    database = str(folder / "bulksms.db")
    Store.migrate(database)
    with Store.open(database) as store:
        store.accounts.keep(client(folder, at) for at in range(accounts))
        for at in range(accounts):
            people = range(2, 2 + rate.count * MINUTES_OF_ROWS)
            mine = [queued(row, sender=f"+1315{at:07}") for row in people]
            campaign = load(store, mine, name=f"of-{at}", account=f"client-{at}")
            store.campaigns.start(campaign.id, now=datetime.now(UTC), actor="bench")


def client(folder: Path, at: int) -> Account:
    """An account, whose token is in a file of its own."""
    token = folder / f"token-{at}"
    token.touch(mode=0o600)
    token.write_text(f"{at}|bench")
    return Account(f"client-{at}", token_place=token_file(token))


def begun(folder: Path, url: str, accounts: int) -> subprocess.Popen[bytes]:
    """The real command."""
    settings = {"EASIFY_BASE_URL": url}
    command = [BULKSMS, "--database", str(folder / "bulksms.db"), "worker"]
    command += ["--accounts", str(accounts)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, env=os.environ | settings, stderr=log)


def all_at_work(url: str, accounts: int) -> float:
    """The moment at which everybody has had its second send."""
    for _ in range(PATIENCE_SECONDS):
        time.sleep(1)
        counted: dict[str, int] = defaultdict(int)
        for send in seen(url):
            counted[send.account] += 1
        if len(counted) == accounts and min(counted.values()) > 1:
            return time.time()
    sys.exit(f"after {PATIENCE_SECONDS} s only {len(counted)} accounts send")


def seen(url: str) -> list[Send]:
    """Every send that has been answered."""
    with urlopen(url.removesuffix("/api/v2") + "/seen") as answer:
        return [Send(*each) for each in json.load(answer)]


def after_their_claims(database: Path, sends: list[Send], began: float) -> list[float]:
    """Seconds by which each send came after the moment for which it was claimed.

    That is the sender's own lateness. The vendor's times add that an answer was heard late, which
    keeps its slot for longer.
    """
    with closing(sqlite3.connect(database)) as plain:
        found = plain.execute("SELECT sms_id, started_at FROM attempt WHERE sms_id IS NOT NULL")
        due = {int(at): datetime.fromisoformat(f"{time}Z").timestamp() for at, time in found}
    until = began + MEASURED_SECONDS
    return [
        sends[at].arrived - moment
        for at, moment in due.items()
        if began <= sends[at].arrived < until
    ]


def used(pid: int) -> Used:
    """Of the process, from /proc (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Used((int(fields[11]) + int(fields[12])) / TICKS, pages * PAGE / 2**20)


def stolen_seconds() -> float:
    """How long this virtual machine's processors were kept from it since its start (proc(5))."""
    fields = Path("/proc/stat").read_text().partition("\n")[0].split()
    return int(fields[8]) / TICKS


def judge_pace(verdict: Verdict, sends: list[Send], began: float, accounts: int) -> None:
    """By the vendor's times, beside what they must reach."""
    rate, until, tell = DEFAULT_RATE, began + MEASURED_SECONDS, verdict.tell
    within = sum(began <= send.arrived < until for send in sends)
    slots = accounts * rate.count * MEASURED_SECONDS / rate.period.total_seconds()
    late = lateness(sends, rate, began, until)
    p99, share = p99_ms(late), 100 * within / slots
    most = busiest_account(sends, rate)
    tell("sends a second", within / MEASURED_SECONDS, "/s", must="told", reached=True)
    tell("of the slots used", share, "%", must=f"{ENOUGH:g} or more", reached=share >= ENOUGH)
    tell("later than due, median", 1000 * statistics.median(late), "ms", must="told", reached=True)
    tell("later than due, p99", p99, "ms", must=f"{LATE_MS:g} or less", reached=p99 <= LATE_MS)
    held = most <= rate.count
    tell("most of an account in a window", most, "", must=f"{rate.count} or less", reached=held)


def p99_ms(late: list[float]) -> float:
    """What 99 of 100 of these seconds are below, in milliseconds."""
    return 1000 * sorted(late)[int(len(late) * 0.99)]


def lateness(sends: list[Send], rate: Rate, began: float, until: float) -> list[float]:
    """Seconds by which each send of that time came after the first moment that it might have.

    That is when the pacer, which spaces the turns evenly, gave it its turn, and its slot was free:
    a whole period after the answer of the send that had it before.
    """
    late, period, spacing = [], rate.period.total_seconds(), rate.spacing.total_seconds()
    for mine in by_account(sends).values():
        turn = mine[0].arrived
        for at, send in enumerate(mine[1:], start=1):
            turn = max(turn + spacing, mine[at - 1].arrived)
            slot = mine[at - rate.count].answered + period if at >= rate.count else 0
            if began <= send.arrived < until:
                late.append(abs(send.arrived - max(turn, slot)))
            if slot < turn:
                turn = send.arrived
    return late


def busiest_account(sends: list[Send], rate: Rate) -> int:
    """The most sends of one account within any window of the rate's length."""
    period, most = rate.period.total_seconds(), 0
    for mine in by_account(sends).values():
        for at, send in enumerate(mine):
            most = max(most, sum(each.arrived < send.arrived + period for each in mine[at:]))
    return most


def by_account(sends: list[Send]) -> dict[str, list[Send]]:
    """Each one's, in the order of arrival."""
    found = defaultdict(list)
    for send in sorted(sends, key=lambda each: each.arrived):
        found[send.account].append(send)
    return found


if __name__ == "__main__":
    main()
