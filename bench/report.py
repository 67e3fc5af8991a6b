"""A report of ROWS rows as whole processes, beside the plain library on the same rows, in one run.

The same database is read by `bulksms report` and by the shortest script that says the same:
the standard library's csv.writer for .csv, XlsxWriter with constant_memory for .xlsx.
`.csv` may take 1.7 times as long and 60 MiB more than an idle `bulksms --help`;
`.xlsx` may not be slower, nor take more than 100 MiB in all.
That is promised of a million rows (ROWS=1000000); with fewer, starting up is most of it.
All of them only compute, so they are compared by processor time, which a busy machine alters least.
"""

import csv
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROWS = int(os.environ.get("ROWS", "200000"))
PROMISED = 1_000_000
RUNS = 3
BULKSMS = str(Path(sys.executable).with_name("bulksms"))
COLUMNS = ("Name", "Mobile", "Lead ID", "City")
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SLOWEST = {".csv": 1.7, ".xlsx": 1.0}
MIB = 1024


@dataclass
class Measured:
    """What one command took, run by run: seconds, of the processor too, and peak memory in KiB."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    def run(self, command: list[str]) -> None:
        """Run it once more, to its end."""
        started = time.perf_counter()
        child = os.posix_spawn(
            command[0],
            command,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
        )
        _, status, used = os.wait4(child, 0)
        self.seconds.append(time.perf_counter() - started)
        self.processor.append(used.ru_utime + used.ru_stime)
        self.memory.append(used.ru_maxrss)
        if status:
            sys.exit(f"{' '.join(command)} failed")

    @property
    def most(self) -> float:
        """Memory in MiB."""
        return max(self.memory) / MIB

    def line(self, name: str, base: "Measured") -> str:
        """The medians, beside those of `base`."""
        seconds, processor = map(statistics.median, (self.seconds, self.processor))
        ratio = f"{self.ratio(base):.2f}x"
        return f"{name:<14} {seconds:>8.2f} s {processor:>8.2f} s {ratio:>7} {self.most:>6.0f} MiB"

    def ratio(self, base: "Measured") -> float:
        """How much more of the processor it took."""
        return statistics.median(self.processor) / statistics.median(base.processor)


def main() -> None:
    """Measure in turn, so that a slow moment of the machine meets everybody."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bulksms.db"
        subprocess.run([sys.executable, __file__, "--make", str(database)], check=True)
        ours = [BULKSMS, "--database", str(database), "report", "june", "-o"]
        plain = [sys.executable, __file__, str(database)]
        idle = Measured()
        idle.run([BULKSMS, "--help"])
        print(f"{ROWS:,} rows, whole processes, medians of {RUNS}; --help: {idle.most:.0f} MiB")
        print(f"{'':<14} {'elapsed':>10} {'processor':>10} {'ratio':>7} {'peak':>10}")
        missed: list[str] = []
        for ending in SLOWEST:
            base, report = Measured(), Measured()
            for _ in range(RUNS):
                base.run([*plain, f"{folder}/plain{ending}"])
                report.run([*ours, f"{folder}/report{ending}"])
            missed += compare(ending, base, report, idle)
    if missed and ROWS >= PROMISED:
        sys.exit("; ".join(missed))


def compare(ending: str, base: Measured, report: Measured, idle: Measured) -> Iterator[str]:
    """Print the two side by side; what is not as promised is given."""
    print(base.line(f"plain {ending}", base))
    print(report.line(f"bulksms {ending}", base))
    if report.ratio(base) > SLOWEST[ending]:
        yield f"{ending} takes {report.ratio(base):.2f} times as long as the plain library"
    if report.most > (idle.most + 60 if ending == ".csv" else 100):
        yield f"{ending} takes {report.most:.0f} MiB, --help {idle.most:.0f}"


def make_campaign(database: Path) -> None:
    """A campaign of so many rows: most accepted, every tenth skipped, every hundredth refused."""
    from bulksms.model.records import JudgedRow, NewCampaign, Rate  # noqa: PLC0415 - not measured
    from bulksms.model.states import Reason, State  # noqa: PLC0415 - not measured
    from bulksms.store import Store  # noqa: PLC0415 - not measured

    def row(at: int) -> JudgedRow:
        phone = f"({201 + at // 10**7 % 700}) {at // 10**4 % 1000:03}-{at % 10**4:04}"
        original = (f"Ann {at}", phone, f"{at:08}", "New York")
        if at % 10 == 0:
            why = (Reason.DAMAGED_NUMBER, f"'{phone}' has lost digits.")
            return JudgedRow(at + 2, original, State.SKIPPED, *why)
        number = "+1" + "".join(filter(str.isdigit, phone))
        body = f"Hi Ann {at}, your order is ready; see you soon!"
        return JudgedRow(
            *(at + 2, original, State.QUEUED),
            to_number=number, lead_id=original[2], sender="+13152935500", body=body, segments=1,
        )  # fmt: skip

    Store.migrate(str(database))
    with Store.open(str(database)) as store:
        new = NewCampaign("june", COLUMNS, "june.csv", "f1", "w1", None)
        rate = Rate(15, timedelta(seconds=60))
        store.campaigns.load(new, map(row, range(ROWS)), account_name="default", rate=rate, now=NOW)
    answers = sqlite3.connect(database)
    with answers:
        answers.execute(
            "UPDATE message SET state = 'accepted', sms_id = printf('%020d', id), attempts = 1,"
            " attempt_id = id, delivery = 'delivered',"
            " accepted_at = strftime('%Y-%m-%d %H:%M:%f000',"
            " '2026-01-05 09:00:00', (id * 4) || ' seconds') WHERE state = 'queued' AND id % 100"
        )
        answers.execute(
            "UPDATE message SET state = 'failed', reason = 'blacklisted', attempts = 1,"
            " attempt_id = id, detail = 'The number is blacklisted.' WHERE state = 'queued'"
        )
    answers.close()


def write_plainly(database: Path, path: Path) -> None:
    """What one would write in a minute: the same rows, by the library alone."""
    rows = plain_rows(database)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
        return
    import xlsxwriter  # noqa: PLC0415 - not for the .csv

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("report")
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)


def plain_rows(database: Path) -> Iterator[tuple[object, ...]]:
    """The header, then every row as the database gives it."""
    ours = ("to_number", "state", "reason", "detail", "sms_id", "delivery", "attempts")
    theirs = ("accepted_at", "segments", "body")
    yield ("row", *COLUMNS, *ours, *theirs)
    wanted = ", ".join(("row_number", "original", *ours, *theirs))
    connection = sqlite3.connect(database)
    found = connection.execute(f"SELECT {wanted} FROM message ORDER BY row_number")  # noqa: S608 - literals
    for number, original, *rest in found:
        yield (number, *json.loads(original), *rest)
    connection.close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["--make", database]:  # its own process: a child's peak counts its parent's size
            make_campaign(Path(database))
        case [database, path]:
            write_plainly(Path(database), Path(path))
        case _:
            sys.exit(__doc__)
