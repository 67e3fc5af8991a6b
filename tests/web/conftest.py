"""The pages on loopback for every test that asks, and one vendor that forgets between two."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import playwright.sync_api
import pytest

from bulksms.sandbox.faults import magic_faults
from bulksms.sandbox.options import SandboxOptions
from bulksms.sandbox.serving import SandboxServer
from bulksms.store import Store
from tests.running_sandbox import running
from tests.web.browser_stage import Program
from tests.web.pictures import CHROMIUM
from tests.web.web_stage import QUICK, SENDER, TOKEN, Browser, serving


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxServer]:
    """A vendor without haste: no test meets its limit."""
    options = SandboxOptions(
        token=TOKEN, numbers=(SENDER, "+12025550199"), rate_count=6000, rate_seconds=1, port=0
    )
    with running(options) as server:
        yield server


@pytest.fixture
def surroundings(
    tmp_path: Path, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> SandboxServer:
    """An environment in which the vendor is the sandbox, which has forgotten everything."""
    for name in os.environ:
        if name.startswith(("BULKSMS_", "EASIFY_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EASIFY_API_TOKEN", TOKEN)
    monkeypatch.setenv("EASIFY_BASE_URL", sandbox.url)
    monkeypatch.setenv("BULKSMS_SETTLE", "0.2")
    sandbox.vendor.ledger.truth.clear()
    sandbox.vendor.faults = magic_faults()
    return sandbox


@pytest.fixture
def browser(store: Store, surroundings: SandboxServer) -> Iterator[Browser]:
    """A browser on the pages of an empty database."""
    with serving(store, surroundings.vendor, QUICK) as opened:
        yield opened


@pytest.fixture
def program(tmp_path: Path, surroundings: SandboxServer) -> Iterator[Program]:
    """The program, killed at the end if it still runs."""
    assert surroundings.url
    program = Program(tmp_path)
    yield program
    while program.running:
        program.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.sync_api.Browser]:
    """A real browser; no longer than a module, for its event loop runs in the tests' own thread."""
    with playwright.sync_api.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
