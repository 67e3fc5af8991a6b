"""A folder to type commands in, and one vendor on loopback that forgets between two tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.sandbox.faults import magic_faults
from bulksms.sandbox.options import SandboxOptions
from bulksms.sandbox.serving import SandboxServer
from tests.cli.cli_stage import QUICK, SENDER, TOKEN, Terminal
from tests.running_sandbox import running


@pytest.fixture(scope="session")
def server() -> Iterator[SandboxServer]:
    """A vendor without haste: no test meets its limit."""
    options = SandboxOptions(
        token=TOKEN, numbers=(SENDER,), rate_count=6000, rate_seconds=1, port=0
    )
    with running(options) as server:
        yield server


@pytest.fixture
def bare_terminal(
    tmp_path: Path, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    """A folder in which nothing was loaded yet."""
    for name in os.environ:
        if name.startswith(("BULKSMS_", "EASIFY_", "NO_COLOR", "COLUMNS")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    server.vendor.ledger.truth.clear()
    server.vendor.ledger.replies.clear()
    server.vendor.faults = magic_faults()
    return Terminal(
        folder=tmp_path,
        environment={
            "BULKSMS_SETTLE": "0.2",
            "EASIFY_API_TOKEN": TOKEN,
            "EASIFY_BASE_URL": server.url,
            "BULKSMS_RATE": QUICK,
        },
        vendor=server.vendor,
    )


@pytest.fixture
def terminal(bare_terminal: Terminal, database: Path) -> Terminal:
    """A folder with an empty database, which saves every test the making of one."""
    assert database == bare_terminal.database
    return bare_terminal
