"""Real processes against a real server on loopback: what a person's machine does to a campaign."""

import csv
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from click.testing import CliRunner, Result

from bulksms.cli import main
from bulksms.sandbox.faults import NO_FAULT, refuse_for
from bulksms.sandbox.vendor import Vendor

TOKEN = "4711|very-secret-token-of-the-story"  # noqa: S105 - made up, and looked for everywhere
SENDER = "+13152935500"
PATIENCE = 30.0


@dataclass
class Stage:
    """A folder with a contact file, a vendor, and a way to run the command there."""

    folder: Path
    vendor: Vendor
    environment: dict[str, str]
    on: tuple[str, ...] = ()
    """What puts a command on another machine."""
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def write_contacts(self, people: int, *special: str) -> None:
        """A file of so many people, and of these numbers at its end."""
        numbers = [f"212555{1000 + at}" for at in range(people)]
        lines = [f"P{at},{number},{at:04d}" for at, number in enumerate([*numbers, *special])]
        text = "\n".join(["Name,Mobile,Lead ID", *lines])
        (self.folder / "june.csv").write_text(text + "\n", encoding="utf-8")

    def start(
        self, *arguments: str, stderr: TextIO | int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Run the command in a process of its own."""
        process = subprocess.Popen(
            [*self.on, sys.executable, "-m", "bulksms", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        self.started.append(process)
        return process

    def send(self, stderr: TextIO | int = subprocess.PIPE) -> subprocess.Popen[str]:
        """The main job, in a process of its own."""
        return self.start(
            *("send", "june.csv", "--message", "Hi {name}", "--from", SENDER, "--name", "june"),
            "--yes",
            stderr=stderr,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run the command to its end: exit code, output, errors."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=PATIENCE)
        return process.returncode, output, errors

    def rest_after(self, *counts: int) -> None:
        """Let the vendor name a wait after each so many, long enough to type another command."""
        for count in counts:
            self.vendor.faults.script.extend([NO_FAULT] * count)
            self.vendor.faults.script.append(refuse_for(6))

    def until_accepted(self, count: int) -> None:
        """Wait for the vendor to have accepted so many."""
        wait_for(lambda: len(self.vendor.truth) >= count)

    def look(self, *arguments: str) -> Result:
        """Run a command that texts nobody, here: a process each would take a second."""
        place = self.environment.get("BULKSMS_DATABASE", "bulksms.db")
        database = place if "://" in place else str(self.folder / place)
        words = ["--database", database, *arguments]
        return CliRunner().invoke(main, words, env=self.environment)

    def report(self) -> list[dict[str, str]]:
        """The campaign's report."""
        written = self.look("report", "june", "-o", str(self.folder / "report.csv"))
        assert written.exit_code == 0, written.output
        with (self.folder / "report.csv").open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    def status(self) -> dict[str, object]:
        """The campaign's status."""
        looked = self.look("status", "june", "--json")
        assert looked.exit_code == 0, looked.output
        found: dict[str, object] = json.loads(looked.stdout)
        return found

    def compare_with_truth(self) -> None:
        """Row by row: what the report says is what the vendor did, except rows honestly unknown."""
        accepted = [(sms.receiver, str(sms.id)) for sms in self.vendor.truth]
        numbers = [number for number, _ in accepted]
        assert len(numbers) == len(set(numbers)), "somebody was texted twice"
        for row in self.report():
            match row["state"]:
                case "accepted":
                    assert (row["to_number"], row["sms_id"]) in accepted
                case "unknown":
                    assert row["reason"]
                    assert row["detail"]
                case _ if row["reason"] != "duplicate":
                    assert row["to_number"] not in numbers
        audit = self.look("audit", "june")
        assert audit.exit_code == 0, audit.output


def freeze(process: "subprocess.Popen[str]", database: Path) -> None:
    """SIGSTOP between two transactions: stopped within one, it would hold the database's lock."""
    for _ in range(100):
        process.send_signal(signal.SIGSTOP)
        try:
            with closing(sqlite3.connect(database, timeout=0.2)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.rollback()
        except sqlite3.OperationalError:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.05)
        else:
            return
    raise AssertionError("it was never between two transactions")


def wait_for(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Look again and again, for a bounded time: other processes have their own.

    A look that costs much comes less often, or it would slow down what it waits for.
    """
    deadline = time.monotonic() + patience
    while True:
        began = time.monotonic()
        if condition():
            return
        assert began < deadline, "it did not happen in time"
        time.sleep(max(0.02, 4 * (time.monotonic() - began)))
