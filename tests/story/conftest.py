"""A vendor on loopback and a folder to work in."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bulksms.sandbox.options import SandboxOptions
from bulksms.sandbox.serving import SandboxServer
from tests.postgres import Server
from tests.story.story_stage import PATIENCE, SENDER, TOKEN, Stage
from tests.story.workers_stage import a_fleet, at_database


@pytest.fixture
def stage(database: Path, tmp_path: Path) -> Iterator[Stage]:
    """A quick vendor on loopback: 20 a second, answers in 50 ms.

    The database is there already, and empty: to make it takes each process a third of its start.
    """
    assert database == tmp_path / "bulksms.db"
    server = SandboxServer(
        SandboxOptions(
            token=TOKEN, numbers=(SENDER,), rate_count=20, rate_seconds=1, latency=0.05, port=0
        ),
        ready=lambda _url: None,
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BULKSMS_", "EASIFY_"))
    }
    stage = Stage(
        folder=tmp_path,
        vendor=server.vendor,
        environment=environment
        | {
            "EASIFY_API_TOKEN": TOKEN,
            "EASIFY_BASE_URL": server.url,
            "BULKSMS_RATE": "20/1",
            "BULKSMS_SETTLE": "1",
        },
    )
    yield stage
    for process in stage.started:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.communicate()
    server.stop()
    thread.join(timeout=PATIENCE)


@pytest.fixture
def fleet(stage: Stage) -> Iterator[Stage]:
    """The stage with accounts, and a vendor that all of them share."""
    with a_fleet(stage) as fleet:
        yield fleet


@pytest.fixture
def own_database(server: Server, postgresql: str) -> str:
    """A migrated PostgreSQL database that no other test has."""
    return server.url(server.create(make_url(postgresql).database or ""))


@pytest.fixture
def shared(fleet: Stage, own_database: str) -> Stage:
    """The fleet with a database that many processes share."""
    return at_database(fleet, own_database)
