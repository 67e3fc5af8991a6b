"""How fast a spreadsheet is read, and in how much memory, as whole processes, in one run.

An .xlsx of 200,000 rows beside openpyxl's read-only mode, and a CSV of 1,000,000 rows beside pandas
in chunks. Ours does more: it finds the table, counts its rows, and then reads them.
"""

import csv
import statistics
import subprocess
import sys
import tempfile
from multiprocessing import Process
from pathlib import Path

import xlsxwriter

RUNS = 3
XLSX_ROWS = 200_000
CSV_ROWS = 1_000_000
FASTER_THAN_OPENPYXL = 5
"""Times; less is a failure."""
MOST_MEMORY = 200
"""MiB over an idle process, reading the CSV; more is a failure."""

HEADER = ("First name", "Last name", "Mobile", "Lead ID", "City", "Note")
MEASURED = """
import resource, sys, time
started = time.perf_counter()
{0}
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
OURS = """
from pathlib import Path
from bulksms.spreadsheet.reading import read_table
assert sum(map(len, read_table(Path(sys.argv[1])).chunks())) == int(sys.argv[2])
"""
OPENPYXL = """
import openpyxl
sheet = openpyxl.load_workbook(sys.argv[1], read_only=True).active
assert sum(1 for row in sheet.iter_rows(values_only=True)) == int(sys.argv[2]) + 1
"""
PANDAS = """
import pandas
frames = pandas.read_csv(sys.argv[1], dtype=str, keep_default_na=False, chunksize=10_000)
assert sum(len(list(frame.itertuples())) for frame in frames) == int(sys.argv[2])
"""
IDLE = "import bulksms.cli"


def main() -> None:
    """Measure in turn, so that a slow moment of the machine meets everybody."""
    with tempfile.TemporaryDirectory() as folder:
        workbook, text = Path(folder) / "contacts.xlsx", Path(folder) / "contacts.csv"
        for write, path in ((_write_workbook, workbook), (_write_text, text)):
            writer = Process(
                target=write, args=(path,)
            )  # what we hold, our children would begin with
            writer.start()
            writer.join()
        jobs = {
            "idle": (IDLE, text, 0),
            "xlsx, openpyxl": (OPENPYXL, workbook, XLSX_ROWS),
            "xlsx, ours": (OURS, workbook, XLSX_ROWS),
            "csv, pandas": (PANDAS, text, CSV_ROWS),
            "csv, ours": (OURS, text, CSV_ROWS),
        }
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
        for _ in range(RUNS):
            for name, (code, path, rows) in jobs.items():
                runs[name].append(_measure(code, path, rows))
    _judge(
        {name: tuple(map(statistics.median, zip(*of, strict=True))) for name, of in runs.items()}
    )


def _judge(medians: dict[str, tuple[float, ...]]) -> None:
    print(f"{'whole process':<16} {'median':>8} {'memory':>9}   ({RUNS} runs)")
    for name, (seconds, memory) in medians.items():
        print(f"{name:<16} {seconds:>6.2f} s {memory:>5.0f} MiB")
    ratio = medians["xlsx, openpyxl"][0] / medians["xlsx, ours"][0]
    memory = medians["csv, ours"][1] - medians["idle"][1]
    print(f".xlsx {ratio:.1f} times as fast as openpyxl; .csv in {memory:.0f} MiB over idle")
    if ratio < FASTER_THAN_OPENPYXL or memory > MOST_MEMORY:
        sys.exit("reading has become too slow or too large")


def _measure(code: str, path: Path, rows: int) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED.format(code), str(path), str(rows)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


def _row(number: int) -> tuple[str, ...]:
    phone = f"(202) 555-{number % 10_000:04}"
    return (f"Ann {number}", "Lee", phone, f"{number:06}", "Rome", "seen on Tuesday")


def _write_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for number in range(1, XLSX_ROWS + 1):
            sheet.write_row(number, 0, _row(number))


def _write_text(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(map(_row, range(1, CSV_ROWS + 1)))


if __name__ == "__main__":
    main()
