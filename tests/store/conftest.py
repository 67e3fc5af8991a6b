"""The store's contract is one suite, run against each real database."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from bulksms.store import Store
from tests.postgres import empty

Scratch = Callable[[], AbstractContextManager[str]]


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest) -> str:
    """A migrated and empty database of the test's own, on each kind: a path, or a URL."""
    kind = {"sqlite": "database", "postgresql": "postgresql"}[request.param]
    return str(request.getfixturevalue(kind))


@pytest.fixture
def store(location: str) -> Iterator[Store]:
    """The same, opened."""
    with Store.open(location) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"], scope="session")
def scratch(request: pytest.FixtureRequest) -> Scratch:
    """For tests that need a database many times: each is empty at first, and gone afterwards."""
    if request.param == "sqlite":
        migrated_file: Path = request.getfixturevalue("migrated_file")
        return lambda: _a_file(migrated_file)
    migrated: str = request.getfixturevalue("migrated_url")
    return lambda: _emptied(migrated)


@contextmanager
def _a_file(migrated_file: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield str(shutil.copy(migrated_file, folder))


@contextmanager
def _emptied(migrated: str) -> Iterator[str]:
    empty(migrated)
    yield migrated
