"""A fresh database of this version for every test that asks: migrated once, then copied or emptied.

A path by default; `postgresql` is one on a PostgreSQL server of the tests' own.
"""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from hypothesis import settings

from bulksms.store import Store
from tests.memory_keyring import Safe
from tests.postgres import NOT_HERE, Server, a_server, empty

settings.register_profile("no stopwatch", deadline=None)  # how busy this machine is is no finding
settings.load_profile("no stopwatch")


def pytest_collection_finish() -> None:
    """What was imported is never garbage: to look through it again and again took a tenth."""
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and empty SQLite file to copy; nobody writes to it."""
    path = tmp_path_factory.mktemp("migrated") / "bulksms.db"
    Store.migrate(str(path))
    return path


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Path:
    """A migrated and empty SQLite file of the test's own."""
    return Path(shutil.copy(migrated_file, tmp_path / "bulksms.db"))


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    """The same, opened."""
    with Store.open(str(database)) as opened:
        yield opened


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server; without its programs the test is skipped."""
    with a_server() as running:
        if running is None:
            pytest.skip(NOT_HERE)
        yield running


@pytest.fixture(scope="session")
def migrated_url(server: Server) -> str:
    """A migrated database on it, which tests use one after the other."""
    url = server.url(server.create())
    Store.migrate(url)
    return url


@pytest.fixture
def postgresql(migrated_url: str) -> str:
    """The same, emptied for the test."""
    empty(migrated_url)
    return migrated_url


@pytest.fixture
def no_proxy_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine's own environment says."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Safe]:
    """A keyring in memory in the place of this system's, and no token in the environment."""
    monkeypatch.delenv("EASIFY_API_TOKEN", raising=False)
    before, safe = keyring.get_keyring(), Safe()
    keyring.set_keyring(safe)
    yield safe
    keyring.set_keyring(before)
