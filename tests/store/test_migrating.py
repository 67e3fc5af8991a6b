"""Upgrading, with a newer program made real: its migrations folder holds one revision more."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bulksms.model.errors import StoreError
from bulksms.store import Store, Upgrade, migrating
from tests.store.stage import load

NEWER = """
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    op.add_column("suppression", sa.Column("note", sa.Text()))
"""
BROKEN = NEWER + '    raise RuntimeError("in the middle")\n'


def test_a_new_database_is_made_whole_and_nothing_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "bulksms.db"
    assert Store.migrate(str(path)) == Upgrade(before=None, after="0007", copy=None)
    assert [file.name for file in tmp_path.iterdir()] == ["bulksms.db"]


def test_migrating_a_current_database_does_nothing(database: Path) -> None:
    before = database.read_bytes()
    assert Store.migrate(str(database)) == Upgrade(before="0007", after="0007", copy=None)
    assert database.read_bytes() == before


def test_a_file_of_a_newer_program_is_not_called_current(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        _newer_program(tmp_path, newer, NEWER)
        Store.migrate(str(database))
    with pytest.raises(StoreError, match="newer version"):
        Store.migrate(str(database))


def test_an_older_file_is_copied_aside_and_then_upgraded(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(str(database)) as store:
        campaign = load(store, 5)
    copy = tmp_path / "bulksms.db.0007.bak"
    database.chmod(0o600)
    with monkeypatch.context() as newer:
        _newer_program(tmp_path, newer, NEWER)
        with pytest.raises(StoreError, match="older version"):
            Store.open(str(database))
        assert Store.migrate(str(database)) == Upgrade(before="0007", after="0008", copy=copy)
        with Store.open(str(database)) as store:
            assert store.rows.counts(campaign.id).rows == 5
    if os.name == "posix":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert "note" in _columns(database, "suppression")
    assert "note" not in _columns(copy, "suppression")
    with Store.open(str(copy)) as old:
        assert old.rows.counts(campaign.id).rows == 5


def test_the_copy_holds_what_is_only_in_the_log_yet(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copying the file alone would miss what SQLite has not written back from its WAL."""
    with Store.open(str(database)) as still_open:
        campaign = load(still_open, 5)
        with monkeypatch.context() as newer:
            _newer_program(tmp_path, newer, NEWER)
            copy = Store.migrate(str(database)).copy
    with Store.open(str(copy)) as old:
        assert old.rows.counts(campaign.id).rows == 5


def test_a_migration_that_fails_leaves_everything_as_it_was(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        _newer_program(tmp_path, newer, BROKEN)
        with pytest.raises(RuntimeError, match="in the middle"):
            Store.migrate(str(database))
    assert "note" not in _columns(database, "suppression")
    Store.open(str(database)).close()


def test_without_a_copy_nothing_is_upgraded(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bulksms.db.0007.bak").mkdir()
    with monkeypatch.context() as newer:
        _newer_program(tmp_path, newer, NEWER)
        with pytest.raises(StoreError, match="cannot be used: unable to open database file"):
            Store.migrate(str(database))
    assert "note" not in _columns(database, "suppression")


def test_campaigns_of_before_are_taken_to_know_of_earlier_ones(database: Path) -> None:
    """Their plans could look at them."""
    with Store.open(str(database)) as store:
        load(store, 1), load(store, 1)
    with closing(sqlite3.connect(database)) as older:
        older.execute("ALTER TABLE campaign DROP COLUMN knows_of")
        older.execute("UPDATE alembic_version SET version_num = '0006'")
        older.commit()
    Store.migrate(str(database))
    with closing(sqlite3.connect(database)) as upgraded:
        assert upgraded.execute("SELECT id, knows_of FROM campaign").fetchall() == [(1, 1), (2, 2)]


def _newer_program(folder: Path, patch: pytest.MonkeyPatch, migration: str) -> None:
    """From here on the program is one that ships one migration more."""
    shipped = folder / "newer" / "migrations"
    shutil.copytree(
        migrating.migrations_folder(), shipped, ignore=shutil.ignore_patterns("__pycache__")
    )
    (shipped / "versions" / "0008_newer.py").write_text(migration)
    patch.setattr(migrating, "_PACKAGE", folder / "newer")


def _columns(database: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(database)) as other:
        return [row[1] for row in other.execute(f"PRAGMA table_info({table})")]
