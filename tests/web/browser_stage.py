"""The program in a process of its own, and somebody at a real browser."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.web.pictures import CHROMIUM, ROOT

needs_chromium = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no {CHROMIUM}")


@dataclass
class Program:
    """`bulksms web` in processes of its own, one after another, on one database."""

    folder: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def start(self, rate: str) -> str:
        """Start it; the link that it prints."""
        process = subprocess.Popen(
            [sys.executable, "-m", "bulksms", "web", "--port", "0", "--rate", rate],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line)
            if found := re.search(r"http://\S+", line):
                return found[0]
        raise AssertionError("it printed no link")

    def end(self, how: signal.Signals) -> None:
        """End it."""
        process = self.running.pop()
        process.send_signal(how)
        assert process.stdout is not None
        with process.stdout:
            process.wait(timeout=20)


@dataclass
class Person:
    """Somebody at a browser; every page on the way is looked at by axe-core.

    Attributes:
        flaws: what it found that is serious: address, rule, element.
        errors: what went wrong in a page's script, or was forbidden by its policy.
    """

    page: Page
    flaws: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self._hear(said.text))

    def press(self, name: str) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=name).click()

    def follow(self, name: str) -> None:
        """Follow the link of that name."""
        self.page.get_by_role("link", name=name).click()

    def look(self) -> None:
        """Have the page looked at."""
        found: Any = Axe().run(self.page).response["violations"]
        self.flaws += [
            (self.page.url, each["id"], each["nodes"][0]["html"])
            for each in found
            if each["impact"] in {"serious", "critical"}
        ]

    def write(self, sample: str, message: str) -> None:
        """Go from the list of campaigns to the message, and write it."""
        self.follow("Text a list of people")
        self.look()
        self.page.get_by_label("Your contacts").set_input_files(ROOT / "sample_data" / sample)
        self.press("Continue")
        self.look()
        self.press("Continue")
        self.page.get_by_label("Message", exact=True).fill(message)
        self.page.get_by_label("Sent from").select_option(index=1)
        self.page.locator(".bubble").wait_for()

    def _hear(self, said: str) -> None:
        if "Content Security Policy" in said:
            self.errors.append(said)
