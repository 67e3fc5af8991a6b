import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.model.errors import StoreError
from bulksms.store import Store, engine
from tests.store.stage import ON_SQLITE, load

ENTRANCES: list[Callable[[str], object]] = [
    Store.open,
    Store.open_if_there,
    Store.open_or_create,
    Store.migrate,
]


def test_a_missing_database_is_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "bulksms.db"
    refusal = _refused(path)
    assert refusal.sentence == f"There is no database at {path}: nothing was loaded here yet."
    steps = (refusal.next_command or "").splitlines()
    assert steps[-1] == "bulksms send FILE --message TEXT --from NUMBER"
    assert steps.index("bulksms --database PATH status") < steps.index(
        "or, if nothing was ever sent,"
    )
    assert not path.exists()


def test_a_missing_database_is_made_for_who_wants_to_load(tmp_path: Path) -> None:
    with Store.open_or_create(str(tmp_path / "bulksms.db")) as store:
        assert load(store).rows == 3


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
@pytest.mark.parametrize("make", [Store.open_or_create, Store.migrate])
def test_a_new_database_can_be_read_by_its_user_alone(
    make: Callable[[str], object], tmp_path: Path
) -> None:
    make(str(tmp_path / "bulksms.db"))
    with Store.open(str(tmp_path / "bulksms.db")) as store:
        load(store)
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert found == dict.fromkeys(("bulksms.db", "bulksms.db-wal", "bulksms.db-shm"), 0o600)


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_a_database_that_others_were_let_into_stays_open_to_them(database: Path) -> None:
    database.chmod(0o660)
    Store.open_or_create(str(database)).close()
    assert stat.S_IMODE(database.stat().st_mode) == 0o660


@pytest.mark.parametrize("make", [Path, Path.touch])
def test_a_glance_finds_none_where_nothing_was_loaded_yet(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    path = tmp_path / "bulksms.db"
    make(path)
    assert Store.open_if_there(str(path)) is None


def test_a_glance_finds_what_is_there(database: Path) -> None:
    found = Store.open_if_there(str(database))
    assert found is not None
    with found as store:
        assert store.campaigns.all() == []


def test_a_home_folder_may_be_written_as_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    Store.open_or_create("~/bulksms.db").close()
    assert (tmp_path / "bulksms.db").exists()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refusal:
        Store.open_or_create(str(tmp_path / "no" / "bulksms.db"))
    assert refusal.value.sentence == f"The folder {tmp_path / 'no'} for the database is not there."


def test_an_empty_file_says_how_to_set_it_up(tmp_path: Path) -> None:
    path = tmp_path / "bulksms.db"
    path.touch()
    refusal = _refused(path)
    assert refusal.sentence == f"The database {path} is empty: it was never set up."
    assert refusal.next_command == "bulksms migrate"


@pytest.mark.parametrize(
    "entrance", [Store.open, Store.open_if_there, Store.open_or_create, Store.migrate]
)
def test_the_database_of_another_program_is_refused_and_not_touched(
    tmp_path: Path, entrance: Callable[[str], object]
) -> None:
    path = tmp_path / "bulksms.db"
    with closing(sqlite3.connect(path)) as other:
        other.executescript("CREATE TABLE places (id); CREATE TABLE bookmarks (id);")
    before = path.read_bytes()
    with pytest.raises(StoreError) as refusal:
        entrance(str(path))
    assert refusal.value.sentence == (
        f"The database {path} belongs to another program: it has the tables bookmarks, places."
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "entrance", [Store.open, Store.open_if_there, Store.open_or_create, Store.migrate]
)
def test_a_file_that_is_no_database_is_refused_and_not_touched(
    tmp_path: Path, entrance: Callable[[str], object]
) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("Name,Phone\n" * 100)
    with pytest.raises(StoreError) as refusal:
        entrance(str(path))
    assert refusal.value.sentence == f"The file {path} is not a bulksms database."
    assert path.read_text() == "Name,Phone\n" * 100


def test_an_older_database_is_refused_until_it_is_migrated(database: Path) -> None:
    _set_revision(database, "0000")
    refusal = _refused(database)
    assert refusal.sentence == (
        f"The database {database} is of an older version (revision 0000; this program needs 0007)."
    )
    assert refusal.next_command == "bulksms migrate"


def test_a_newer_database_asks_for_a_newer_program(database: Path) -> None:
    _set_revision(database, "9999")
    refusal = _refused(database)
    assert refusal.sentence == (
        f"The database {database} is of a newer version (revision 9999; this program knows 0007)."
    )
    assert refusal.next_command == (
        "pip install .\ntyped in the folder with the newer source of bulksms"
    )


@pytest.mark.parametrize("revision", ["0000", "9999"])
@pytest.mark.parametrize("entrance", [Store.open_if_there, Store.open_or_create])
def test_no_other_entrance_upgrades_by_itself(
    database: Path, revision: str, entrance: Callable[[str], object]
) -> None:
    _set_revision(database, revision)
    with pytest.raises(StoreError, match="version"):
        entrance(str(database))


@ON_SQLITE
def test_a_database_without_its_tables_asks_for_a_migration(store: Store, database: Path) -> None:
    with closing(sqlite3.connect(database)) as other:
        other.execute("DROP TABLE suppression")
    with pytest.raises(StoreError, match="not a current bulksms database") as refusal:
        store.suppressions.reasons()
    assert refusal.value.next_command == "bulksms migrate"


def test_a_folder_cannot_be_a_database(tmp_path: Path) -> None:
    assert _refused(tmp_path).sentence.startswith(f"The database {tmp_path} cannot be used: ")


@ON_SQLITE
def test_a_disk_that_may_be_full_is_said_to_be(store: Store) -> None:
    """SQLite says no more where it is a file beside the database that can grow no further."""
    with (
        pytest.raises(StoreError, match="disk I/O error; perhaps the disk is full"),
        engine.told_plainly(store.engine),
    ):
        raise sqlite3.OperationalError("disk I/O error")


def test_a_database_locked_by_another_program_is_said_after_a_while(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LOCK_PATIENCE", timedelta(seconds=0.05))
    with Store.open(str(database)) as store, closing(_locking(database)):
        with pytest.raises(StoreError, match="is locked by another program") as refusal:
            load(store)
        assert store.campaigns.all() == []
    assert str(database) in refusal.value.sentence
    assert refusal.value.next_command == "bulksms status"


@ON_SQLITE
def test_a_writer_locks_at_the_start_so_that_it_never_fails_in_the_middle(
    store: Store, database: Path
) -> None:
    """SQLite refuses a transaction that has read, and then writes after somebody else wrote."""
    with (
        engine.writing(store.engine),
        closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


def test_a_look_waits_for_no_writer(database: Path) -> None:
    with closing(_locking(database)), Store.open(str(database)) as store:
        assert store.campaigns.all() == []


@pytest.mark.parametrize("url", ["://", "postgresql://user:secret@host:port/name"])
def test_a_url_that_cannot_be_read_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StoreError) as refusal:
        Store.open(url)
    assert "cannot be read" in refusal.value.sentence
    assert "secret" not in refusal.value.sentence


def test_an_unknown_kind_of_database_is_named() -> None:
    with pytest.raises(StoreError, match="'nosuch' is no database"):
        Store.open("nosuch://host/name")


def _refused(path: Path) -> StoreError:
    with pytest.raises(StoreError) as refusal:
        Store.open(str(path))
    return refusal.value


def _set_revision(database: Path, revision: str) -> None:
    with closing(sqlite3.connect(database)) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        other.commit()


def _locking(database: Path) -> sqlite3.Connection:
    """Another program in the middle of a write."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other
