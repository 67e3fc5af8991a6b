"""One path to a schema: run all migrations.

A new database is made by them, an old one is upgraded by them, and nothing else makes tables.
Alembic is imported only when there is something to run, so that a plain look stays instant.
"""

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from bulksms.model.errors import StoreError
from bulksms.store.engine import (
    keep_log,
    named,
    one_at_a_time,
    reading,
    sqlite_file,
    told_plainly,
    writing,
)

_PACKAGE = Path(__file__).parent.parent
_VERSION_FILE = re.compile(r"(\d{4})_\w+\.py")


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What a migration did: from which revision (None: a new database) to which, and the copy."""

    before: str | None
    after: str
    copy: Path | None


def migrations_folder() -> Path:
    """Where the migrations are: inside the wheel, or at the top of a checkout."""
    shipped = _PACKAGE / "migrations"
    return shipped if shipped.is_dir() else _PACKAGE.parent / "migrations"


def newest_revision() -> str:
    """The revision that this version of the program speaks."""
    names = (path.name for path in (migrations_folder() / "versions").iterdir())
    return max(match[1] for name in names if (match := _VERSION_FILE.fullmatch(name)))


def current_revision(engine: Engine) -> str | None:
    """The revision of the database; None for an empty one.

    Raises:
        StoreError: when the database holds something, but nothing of ours.
    """
    with reading(engine) as connection:
        tables = set(inspect(connection).get_table_names())
        if "alembic_version" in tables and "message" in tables:
            found: str | None = connection.execute(
                text("SELECT version_num FROM alembic_version")
            ).scalar_one_or_none()
            return found
    if tables - {"alembic_version"}:
        raise StoreError(
            f"The database {named(engine.url)} belongs to another program: it has the tables"
            f" {', '.join(sorted(tables)[:5])}."
        )
    return None


def require_current(engine: Engine) -> None:
    """Refuse a database of another version. Changes nothing.

    Raises:
        StoreError: naming the command that upgrades it.
    """
    found, wanted = current_revision(engine), newest_revision()
    if found is None:
        raise StoreError(
            f"The database {named(engine.url)} is empty: it was never set up.",
            next_command="bulksms migrate",
        )
    if found < wanted:
        raise StoreError(
            f"The database {named(engine.url)} is of an older version"
            f" (revision {found}; this program needs {wanted}).",
            next_command="bulksms migrate",
        )
    if found > wanted:
        raise StoreError(
            f"The database {named(engine.url)} is of a newer version"
            f" (revision {found}; this program knows {wanted}).",
            next_command="pip install .\ntyped in the folder with the newer source of bulksms",
        )


def upgrade(engine: Engine) -> Upgrade:
    """Make or upgrade the schema, in one transaction; a SQLite file is copied aside first."""
    before, wanted = current_revision(engine), newest_revision()
    if before is not None and before >= wanted:
        require_current(engine)
        return Upgrade(before=before, after=before, copy=None)
    copy = _copy_aside(engine, before) if before is not None else None
    keep_log(engine)
    _run(engine)
    return Upgrade(before=before, after=wanted, copy=copy)


def _run(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - 0.1 s that only a migration should pay
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    with writing(engine) as connection:
        one_at_a_time(connection, "migrate")  # whoever comes later finds nothing to do
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _copy_aside(engine: Engine, revision: str) -> Path | None:
    """A whole copy beside a SQLite file, through SQLite itself, so that the WAL is in it."""
    path = sqlite_file(engine.url)
    if path is None:
        return None
    copy = path.with_name(f"{path.name}.{revision}.bak")
    copy.touch(0o600)
    shutil.copymode(path, copy)  # whoever may not read the one may not read the other
    with (
        told_plainly(engine),
        closing(sqlite3.connect(path)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy
