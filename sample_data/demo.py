"""The main job in half a minute, on this machine alone: nobody is really texted.

It runs the real `bulksms` command against the built-in sandbox at a quickened pace,
kills it with `kill -9` half-way, resumes it, and shows the report.
"""

import csv
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
FOLDER = HERE.parent / "demo"
BULKSMS = str(Path(sys.executable).with_name("bulksms"))
RATE = "120/60"
MESSAGE = "Hi {first_name}, your table in {city|town} is ready."
HALF_WAY = 12
console = Console()


def main() -> None:
    """Play the story."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    sandbox, url = start_sandbox()
    try:
        play(url)
    finally:
        sandbox.send_signal(signal.SIGINT)
        sandbox.wait(timeout=10)


def play(url: str) -> None:
    """Check, send, die, resume, report."""
    os.environ |= {
        "EASIFY_BASE_URL": url,
        "EASIFY_API_TOKEN": "1|sandbox",
        "BULKSMS_RATE": RATE,
        "BULKSMS_SETTLE": "3",
        "BULKSMS_DATABASE": str(FOLDER / "bulksms.db"),
    }
    job = ["--message", MESSAGE, "--from", "3152935500"]
    tell("A messy file first: what would happen, with nothing stored and nothing sent.")
    run("check", str(HERE / "messy.xlsx"), *job)
    tell("Now the real job, on the clean file; it is killed with kill -9 half-way.")
    send_and_kill(url, "send", str(HERE / "contacts.csv"), *job, "--name", "june", "--yes")
    run("status", "june")
    tell(
        "One line goes on. What was in the air when it died is in doubt: it is never sent again"
        " on a guess, but looked up in the vendor's own record."
    )
    run("resume", "june", "--yes")
    report = FOLDER / "june-report.csv"
    run("report", "june", "-o", str(report))
    run("report", "june", "-o", str(report.with_suffix(".xlsx")))
    show(report)
    run("audit", "june")
    compare(url, report)


def start_sandbox() -> tuple[subprocess.Popen[str], str]:
    """The sandbox in a process of its own, on a free port."""
    process = subprocess.Popen(
        [BULKSMS, "sandbox", "--port", "0", "--rate", RATE, "--latency", "0.2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    for line in process.stdout or ():
        if "EASIFY_BASE_URL=" in line:
            return process, shlex.split(line)[1].partition("=")[2]
    raise SystemExit("The sandbox did not start.")


def run(*arguments: str) -> None:
    """Show a command as a person would type it, and run it."""
    console.print(f"\n$ bulksms {shlex.join(shorten(arguments))}", style="bold", markup=False)
    subprocess.run([BULKSMS, *arguments], check=False)


def send_and_kill(url: str, *arguments: str) -> None:
    """Run a command until the vendor has accepted half of the list, then kill it outright."""
    console.print(f"\n$ bulksms {shlex.join(shorten(arguments))}", style="bold", markup=False)
    process = subprocess.Popen([BULKSMS, *arguments])
    while process.poll() is None and len(truth(url)) < HALF_WAY:
        time.sleep(0.1)
    process.kill()
    process.wait()
    console.print(f"\n$ kill -9 {process.pid}", style="bold red")


def truth(url: str) -> list[dict[str, str]]:
    """What the sandbox really accepted."""
    with urlopen(f"{url.removesuffix('/api/v2')}/sandbox/truth") as answer:
        accepted: list[dict[str, str]] = json.load(answer)
    return accepted


def show(report: Path) -> None:
    """The report on the screen."""
    wanted = ("row", "First name", "City", "to_number", "state", "reason", "sms_id")
    table = Table(*wanted, box=None, header_style="bold")
    with report.open(encoding="utf-8-sig", newline="") as lines:
        for line in csv.DictReader(lines):
            table.add_row(*(line[name] for name in wanted))
    console.print(table)


def compare(url: str, report: Path) -> None:
    """Hold the report against what the sandbox really accepted."""
    with report.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    numbers = [each["receiver"] for each in truth(url)]
    doubles = len(numbers) - len(set(numbers))
    accepted = [row["to_number"] for row in rows if row["state"] == "accepted"]
    unknown = [row["to_number"] for row in rows if row["state"] == "unknown"]
    lies = [number for number in accepted if number not in numbers]
    forgotten = [row for row in rows if row["state"] not in {"accepted", "unknown"}]
    tell(
        f"The sandbox accepted {len(numbers)} texts for {len(rows)} people: {doubles} doubles."
        f" The report says {len(accepted)} accepted and {len(unknown)} unknown:"
        f" {len(lies)} lies, {len(forgotten)} forgotten."
    )
    console.print(f"Look for yourself: {FOLDER.name}/june-report.xlsx", style="bold")
    if doubles or lies or forgotten:
        raise SystemExit("The promise is broken.")


def shorten(arguments: tuple[str, ...]) -> list[str]:
    """Paths as seen from the checkout."""
    return [each.removeprefix(f"{HERE.parent}/") for each in arguments]


def tell(line: str) -> None:
    """A line of the story."""
    console.print(f"\n{line}", style="bold cyan", markup=False)


if __name__ == "__main__":
    main()
