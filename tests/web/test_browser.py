"""The whole story in a real browser: the messy sample, from the file to the report taken home.

Each page on the way is given to axe-core, which knows what a screen reader stumbles over
(https://github.com/dequelabs/axe-core). Skipped where there is no Chromium.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, sync_playwright

from bulksms.cli import main
from bulksms.model.states import State
from bulksms.sandbox.serving import SandboxServer
from bulksms.store import Store
from tests.web.pictures import CHROMIUM, ROOT
from tests.web.web_stage import wait_for

MESSAGE = "Hi {first_name}, your table in {city|town} is ready."
GOOD_ROWS = 20

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no {CHROMIUM}")


@dataclass
class Program:
    """`bulksms web` in processes of its own, one after another, on one database."""

    folder: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

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


@pytest.fixture
def program(tmp_path: Path, surroundings: SandboxServer) -> Iterator[Program]:
    assert surroundings.url
    program = Program(tmp_path)
    yield program
    while program.running:
        program.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


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


def test_the_whole_story(chromium: Browser, program: Program, surroundings: SandboxServer) -> None:
    with chromium.new_context(accept_downloads=True) as context:
        person = Person(context.new_page())
        person.page.goto(program.start("4/1"))
        _check(person)
        assert surroundings.vendor.truth == []
        _send_and_pause(person)
        assert len(surroundings.vendor.truth) < GOOD_ROWS
        person.press("Resume")
        person.page.get_by_role("button", name="Pause").wait_for()
        program.end(signal.SIGKILL)

        person.page.goto(program.start("20/1"))
        _go_on(person)
        receivers = [sms.receiver for sms in surroundings.vendor.truth]
        assert len(receivers) == len(set(receivers)) == GOOD_ROWS
        _take_home(person, program.folder / "page.csv")
    program.end(signal.SIGINT)

    written = CliRunner().invoke(main, ["report", "-o", str(program.folder / "cli.csv")])
    assert written.exit_code == 0, written.output
    assert (program.folder / "page.csv").read_bytes() == (program.folder / "cli.csv").read_bytes()
    assert CliRunner().invoke(main, ["audit"]).exit_code == 0
    assert person.errors == []
    assert person.flaws == []


def _check(person: Person) -> None:
    """To the check, with a look at the next row; reload and back send nothing."""
    page = person.page
    person.look()
    person.write("messy.xlsx", MESSAGE)
    assert "Hi Anna, your table in New York is ready." in page.locator("#preview").inner_text()
    person.press("Next")
    page.get_by_text("Hi Bob").wait_for()
    person.look()
    person.press("Continue to the check")
    assert page.locator("h1").inner_text() == f"{GOOD_ROWS} will be texted · 10 will not"
    person.look()
    page.reload()
    page.go_back()
    page.go_forward()


def _send_and_pause(person: Person) -> None:
    person.press(f"Send {GOOD_ROWS} messages")
    person.page.locator("#live tbody tr").nth(1).wait_for()
    person.look()
    person.press("Pause")
    person.page.get_by_role("button", name="Resume").wait_for()
    person.look()


def _go_on(person: Person) -> None:
    """After the program was killed and started again."""
    person.follow("messy")
    assert "It was interrupted" in person.page.locator("main").inner_text()
    person.press("Resume")
    person.page.get_by_text("finished").wait_for()


def _take_home(person: Person, file: Path) -> None:
    page = person.page
    person.follow("See every row")
    person.look()
    with page.expect_download() as download:
        person.follow("CSV")
    download.value.save_as(file)
    for name in ("Opt-outs", "Account"):
        person.follow(name)
        person.look()


def test_ctrl_c_in_the_window_pauses_what_runs(
    chromium: Browser, program: Program, surroundings: SandboxServer
) -> None:
    person = Person(chromium.new_page())
    person.page.goto(program.start("4/1"))
    person.write("contacts.csv", "Hi")
    person.press("Continue to the check")
    person.press("Send")
    wait_for(lambda: len(surroundings.vendor.truth) >= 2)
    person.page.close()  # closing the browser stops nothing
    seen = len(surroundings.vendor.truth)
    wait_for(lambda: len(surroundings.vendor.truth) > seen)
    began = time.monotonic()
    program.end(signal.SIGINT)
    assert time.monotonic() - began < 10
    with Store.open(str(program.folder / "bulksms.db")) as store:
        (campaign,) = store.campaigns.all()
        assert (campaign.state, campaign.paused_reason) == ("paused", "interrupted")
        assert store.rows.counts(campaign.id)[State.ACCEPTED] == len(surroundings.vendor.truth)
