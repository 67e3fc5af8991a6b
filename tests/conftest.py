"""A fresh database of this version for every test that asks: migrated once, then copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.store import Store


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
