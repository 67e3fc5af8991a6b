"""The command as a person runs it: a folder, an environment, and a vendor on loopback to text with.

Commands run inside this process through click's runner, which is what makes hundreds of them
affordable; where the process itself is the claim, `process` starts a real one.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from bulksms.cli import main
from bulksms.sandbox.ledger import Sms
from bulksms.sandbox.vendor import Vendor

TOKEN = "4711|token-of-the-cli-tests"  # noqa: S105 - made up, for the sandbox only
SENDER = "+13152935500"
QUICK = "6000/1"
JOB = ("--message", "Hi {name}", "--from", SENDER)
"""What most tests say about their file."""


@dataclass(frozen=True)
class Terminal:
    """A folder in which commands are typed; none of them has a terminal to ask at."""

    folder: Path
    environment: dict[str, str]
    vendor: Vendor

    def __call__(self, *arguments: str, answer: str | None = None, **environment: str) -> Result:
        """Run `bulksms ARGUMENTS` to its end. Output keeps its colours and controls, if any."""
        return CliRunner().invoke(
            main,
            arguments,
            input=answer,
            env=self.environment | environment,
            prog_name="bulksms",
            color=True,
        )

    def done(self, *arguments: str, **environment: str) -> str:
        """What the command prints, once it has ended with 0."""
        result = self(*arguments, **environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str, code: int = 0) -> Any:  # noqa: ANN401 - whatever JSON holds
        """What `--json` prints, of a command that ends with that code."""
        result = self(*arguments, "--json")
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def refused(self, code: int, *arguments: str, **environment: str) -> str:
        """What the command says on standard error, once it has ended with that code."""
        result = self(*arguments, **environment)
        assert result.exit_code == code, result.output
        return plain(result.stderr)

    def process(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A real process, from Python's arguments on."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=30,
        )

    def write(self, *rows: str, name: str = "june.csv", header: str = "phone,name") -> str:
        """A contact file of these lines; its name."""
        text = "\n".join([header, *rows]) + "\n"
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def people(self, *numbers: str, name: str = "june.csv") -> str:
        """A contact file of these people; its name."""
        rows = [f"{number},P{at}" for at, number in enumerate(numbers, start=1)]
        return self.write(*rows, name=name)

    @property
    def texted(self) -> list[str]:
        """Whom the vendor has really texted, as often as it was; sorted: requests overlap."""
        return sorted(sms.receiver for sms in self.truth)

    @property
    def truth(self) -> list[Sms]:
        """What the vendor has really accepted."""
        return self.vendor.truth

    @property
    def database(self) -> Path:
        """Where campaigns are kept."""
        return self.folder / "bulksms.db"


def plain(text: str) -> str:
    """The text without the red of `Error:`."""
    return text.replace("\x1b[31m\x1b[1m", "").replace("\x1b[0m", "")


def number(last: int) -> str:
    """One of the ordinary fictional numbers, 0 to 49."""
    return f"+12025550{100 + last}"
