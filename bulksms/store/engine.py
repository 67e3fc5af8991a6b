"""One door to the database: where it is, how a transaction begins, what its faults mean.

Everything that differs between the databases is on this page.
SQLite gets WAL, foreign keys,
`synchronous=FULL` (a claim lost to a power cut would be a second text),
and transactions of its own: writers say `BEGIN IMMEDIATE`,
so that they wait for one another at the start and never fail in the middle.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from bulksms.model.errors import StoreError

LOCK_PATIENCE = timedelta(seconds=10)
"""How long a statement waits for another program's lock before it gives up."""


def database_url(location: str) -> URL:
    """A path, or an SQLAlchemy URL, as a URL.

    Raises:
        StoreError: for a URL that SQLAlchemy cannot read; the sentence never shows a password.
    """
    if "://" not in location:
        return URL.create("sqlite", database=str(Path(location).expanduser()))
    try:
        return make_url(location)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "The database URL cannot be read; it looks like"
            " sqlite:///path/to/file.db or postgresql+psycopg://user@host/name."
        ) from error


def sqlite_file(url: URL) -> Path | None:
    """The file behind an SQLite URL; None for other databases and for memory."""
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database))


def connect(url: URL) -> Engine:
    """An engine whose transactions begin as this module says."""
    try:
        engine = create_engine(url)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(
            f"This installation cannot speak to {url.get_backend_name()}: {error}."
        ) from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may write; committed at the end, or not at all."""
    with told_plainly(engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent look that waits for nobody."""
    with told_plainly(engine), engine.connect() as connection:
        yield connection.execution_options(bulksms_reads_only=True)


@contextmanager
def told_plainly(engine: Engine) -> Iterator[None]:
    """A database's own error as one sentence with the next command."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(engine.url, error.orig) from error
    except sqlite3.Error as error:
        raise _explain(engine.url, error) from error


def keep_log(engine: Engine) -> None:
    """Have SQLite keep a write-ahead log (WAL), so that looks wait for no writer.

    The file remembers it. It is done when our tables are made, never by opening:
    a file that turns out to be another program's must stay as it was.
    """
    path = sqlite_file(engine.url)
    if path is not None:
        with told_plainly(engine), closing(sqlite3.connect(path)) as plain:
            plain.execute("PRAGMA journal_mode = WAL")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 opens no transactions of its own
    connection.execute(f"PRAGMA busy_timeout = {LOCK_PATIENCE // timedelta(milliseconds=1)}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("bulksms_reads_only", False)
    plain = connection.connection.cursor()
    plain.execute("BEGIN" if only_reads else "BEGIN IMMEDIATE")
    plain.close()


def _explain(url: URL, cause: BaseException | None) -> StoreError:
    where = sqlite_file(url) or url.render_as_string(hide_password=True)
    said = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    if "locked" in said:
        return StoreError(
            f"The database {where} is locked by another program;"
            f" it stayed locked for {LOCK_PATIENCE.total_seconds():.0f} seconds.",
            next_command="bulksms status",
        )
    if "no such table" in said or "does not exist" in said or "no such column" in said:
        return StoreError(
            f"The database {where} is not a current bulksms database ({said}).",
            next_command="bulksms migrate",
        )
    if "not a database" in said:
        return StoreError(f"The file {where} is not a bulksms database.")
    return StoreError(f"The database {where} cannot be used: {said}.")
