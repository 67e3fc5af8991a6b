"""How long `bulksms resume` takes from its start to the first message at the vendor's door."""

import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from bench.processes import BULKSMS

PATIENCE = 120


def seconds_to_first_request(database: Path) -> float:
    """Resume the newest campaign of a database against a sandbox, and stop it after one message."""
    with _sandbox() as url:
        settings = {"EASIFY_BASE_URL": url, "EASIFY_API_TOKEN": "1|sandbox"}
        started = datetime.now(UTC)
        with subprocess.Popen(
            [BULKSMS, "--database", str(database), "resume", "--yes"],
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                return (_first_arrival(url) - started).total_seconds()
            finally:
                process.kill()


@contextmanager
def _sandbox() -> Iterator[str]:
    command = [BULKSMS, "sandbox", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as sandbox:
        try:
            line = next(each for each in sandbox.stdout or () if "EASIFY_BASE_URL=" in each)
            yield shlex.split(line)[1].partition("=")[2]
        finally:
            sandbox.send_signal(signal.SIGINT)


def _first_arrival(url: str) -> datetime:
    for _ in range(PATIENCE * 20):
        with urlopen(f"{url.removesuffix('/api/v2')}/sandbox/arrivals") as answer:
            sends = [each for each in json.load(answer) if each["path"].endswith("sms/send")]
        if sends:
            return datetime.fromisoformat(sends[0]["at"])
        time.sleep(0.05)
    raise TimeoutError(f"no message arrived within {PATIENCE} seconds")
