"""The pace in real time: the real command against the sandbox's fixed and sliding windows.

75 messages at 15 a minute take five minutes. No 429 may be seen, and the average must reach
99 % of the limit. `python bench/pace.py 30` is a shorter run.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

BULKSMS = str(Path(sys.executable).with_name("bulksms"))
RATE, LIMIT = "15/60", 15 / 60
LATENCY = "0.25"
ENOUGH = 0.99


def main() -> None:
    """Send, then read the arrivals as the vendor saw them."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 76
    command = [BULKSMS, "sandbox", "--port", "0", "--rate", RATE, "--latency", LATENCY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            lines = iter(sandbox.stdout or ())
            line = next(each for each in lines if "EASIFY_BASE_URL=" in each)
            url = shlex.split(line)[1].partition("=")[2]
            send(url, people)
            judge(arrivals(url))
        finally:
            sandbox.send_signal(signal.SIGINT)


def send(url: str, people: int) -> None:
    """A campaign of so many, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        contacts = Path(folder) / "contacts.csv"
        numbers = "\n".join(f"212555{1000 + at}" for at in range(people))
        contacts.write_text(f"Mobile\n{numbers}\n", encoding="utf-8")
        settings = {"EASIFY_BASE_URL": url, "EASIFY_API_TOKEN": "1|sandbox", "BULKSMS_RATE": RATE}
        job = ["send", str(contacts), "--message", "Hi", "--from", "3152935500", "--yes"]
        database = str(Path(folder) / "bulksms.db")
        subprocess.run(
            [BULKSMS, "--database", database, *job], check=True, env=os.environ | settings
        )


def arrivals(url: str) -> list[dict[str, str]]:
    """Every send that reached the sandbox."""
    with urlopen(f"{url.removesuffix('/api/v2')}/sandbox/arrivals") as answer:
        found: list[dict[str, str]] = json.load(answer)
    return [each for each in found if each["path"].endswith("sms/send")]


def judge(seen: list[dict[str, str]]) -> None:
    """Print the figures; exit 1 if they are not what is promised."""
    refused = sum(bool(each["limited"]) for each in seen)
    first, last = (datetime.fromisoformat(seen[at]["at"]) for at in (0, -1))
    seconds = (last - first).total_seconds()
    reached = (len(seen) - 1) / seconds / LIMIT
    print(
        f"{len(seen)} sends in {seconds:.1f} s at {RATE}, answers after {LATENCY} s:"
        f" {reached:.2%} of the limit, {refused} refused (429)"
    )
    if refused or reached < ENOUGH:
        sys.exit("the pace does not hold")


if __name__ == "__main__":
    main()
