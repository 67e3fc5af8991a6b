"""One door to the database: where it is, how a transaction begins, what its faults mean.

Everything that differs between the databases is on this page.
SQLite gets WAL, foreign keys,
`synchronous=FULL` (a claim lost to a power cut would be a second text),
and transactions of its own: writers say `BEGIN IMMEDIATE`,
so that they wait for one another at the start and never fail in the middle.
PostgreSQL lets writers run side by side, so they lock what they decide on, always in this order:
the account, its attempts, the campaign, its messages.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from bulksms.model.errors import InputError, StoreError

LOCK_PATIENCE = timedelta(seconds=30)
"""How long a statement waits for another program's lock before it gives up.

A load of a million rows holds it for a third of that on a busy machine, and must end no sender.
"""
IDLE_PATIENCE = timedelta(seconds=20)
"""How long PostgreSQL lets a transaction do nothing before it ends it.

A sender that was frozen in the middle of one would keep everybody from its account for as long.
"""
_LOG_PAGES = 4_000
"""How long SQLite's log grows, 16 MiB, before its pages go to the file: each of them once, however
often it was written meanwhile."""
_SILENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""A server that fell silent is given up after seconds, not hours (libpq's own parameter names)."""
_DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'"
)
"""As SQLite's `synchronous=FULL`: a server that crashes would forget claims of the last moment,
and each of them would be a second text. What is stronger than `on` stays."""
_OF_LIBPQ = re.compile(r"\s*(host|hostaddr|port|user|password|dbname|service)\s*=")
_AS_A_URL = (
    "it looks like sqlite:///path/to/file.db or postgresql+psycopg://user:password@host/name"
)


def database_url(location: str) -> URL:
    """A path, or an SQLAlchemy URL, as a URL.

    Raises:
        StoreError: for a URL that SQLAlchemy cannot read, or of no lasting database; the sentence
            never shows a password.
    """
    url = _parsed(location)
    if url.get_backend_name() in {"postgres", "postgresql"}:
        # Whatever the server or the environment prefers: texts are in any alphabet.
        query = {"client_encoding": "utf8", **url.query}
        return url.set(drivername="postgresql+psycopg", query=query)
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise StoreError(
            "A database in memory is forgotten when the command ends, and with it who was texted:"
            " name a file."
        )
    return url


def _parsed(location: str) -> URL:
    if "://" not in location:
        if _OF_LIBPQ.match(location):
            raise StoreError(f"The database is given as key=value, not as a URL; {_AS_A_URL}.")
        try:
            return URL.create("sqlite", database=str(Path(location).expanduser()))
        except RuntimeError as error:
            raise StoreError(f"The database {location} is in a home that nobody has.") from error
    try:
        url = make_url(location)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"The database URL cannot be read; {_AS_A_URL}.") from error
    if "@" in f"{url.host}{url.database}" and url.get_backend_name() != "sqlite":
        raise StoreError("The database URL has an '@' too many: within a password it is %40.")
    return url


def sqlite_file(url: URL) -> Path | None:
    """The file behind an SQLite URL; None for other databases."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def postgresql_address(url: URL) -> str | None:
    """A PostgreSQL database as libpq reads it, password and all; None for other databases."""
    if url.get_backend_name() != "postgresql":
        return None
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def named(url: URL) -> str:
    """The database as an error may name it: a file, or a URL that shows no secret."""
    return str(sqlite_file(url) or url.set(query={}).render_as_string(hide_password=True))


def connect(url: URL) -> Engine:
    """An engine whose transactions begin as this module says."""
    is_postgresql = url.get_backend_name() == "postgresql"
    try:
        if is_postgresql:
            # A connection that was idle all night may be gone: it is tried before it is used.
            # Plans see the values, and so the partial indexes; and a pooler may stand between.
            patient = url.set(query={**_SILENCE, **url.query})
            as_they_are = {"prepare_threshold": None}
            engine = create_engine(patient, pool_pre_ping=True, connect_args=as_they_are)
            event.listen(engine, "connect", _prepare_postgresql)
            return engine
        # The connection that wrote last still knows the pages; any other would read them again.
        engine = create_engine(url, poolclass=QueuePool, pool_use_lifo=True)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        if is_postgresql:
            raise StoreError(
                f"This installation cannot speak to PostgreSQL yet: {error}.",
                next_command="pip install '.[postgres]'\n"
                "typed in the folder with the source of bulksms",
            ) from error
        kind = url.get_backend_name()
        raise StoreError(f"'{kind}' is no database that bulksms knows; {_AS_A_URL}.") from error
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
    """A database's own error as one sentence with the next command.

    Raises:
        StoreError: the database does not do it.
        InputError: it was asked for a number beyond all that it keeps.
    """
    try:
        yield
    except DBAPIError as error:
        raise _explain(engine.url, error.orig) from error
    except OverflowError as error:  # sqlite3: more than 64 bits
        raise InputError(
            "A number that was given is larger than any row or campaign has."
        ) from error
    except engine.dialect.loaded_dbapi.Error as error:
        raise _explain(engine.url, error) from error


def insert_if_new(tx: Connection, table: Table) -> Insert:
    """An insert that does nothing where a row like it stands; it waits for one that is coming."""
    # Only now, and only the one: at every command's beginning they took a tenth of its time.
    if tx.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        return postgresql.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415

    return sqlite.insert(table).on_conflict_do_nothing()


def one_at_a_time(tx: Connection, what: str) -> None:
    """Wait until no other transaction that said this of the same is open.

    On SQLite writers always do.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def make_private(url: URL) -> None:
    """Have an SQLite file that is not there yet be this user's alone: it will hold phone numbers.

    What SQLite puts beside it has the file's own mode. One that is there keeps what it has.
    """
    path = sqlite_file(url)
    if path is not None:
        with suppress(OSError):  # it is there, or SQLite says why it cannot be
            path.touch(0o600, exist_ok=False)


def keep_log(engine: Engine) -> None:
    """Have SQLite keep a write-ahead log (WAL), so that looks wait for no writer.

    The file remembers it. It is done when our tables are made, never by opening:
    a file that turns out to be another program's must stay as it was.
    """
    path = sqlite_file(engine.url)
    if path is not None:
        with told_plainly(engine), closing(sqlite3.connect(path)) as plain:
            plain.execute("PRAGMA journal_mode = WAL")


# None is bound as it is. Without this, sqlite3 asks None and its own protocol first whether they
# would rather have it otherwise, for every empty cell of every row.
sqlite3.register_adapter(type(None), {None: None}.get)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 opens no transactions of its own
    connection.execute(f"PRAGMA busy_timeout = {LOCK_PATIENCE // timedelta(milliseconds=1)}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")


def _begin_sqlite(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("bulksms_reads_only", False)
    plain = connection.connection.cursor()
    plain.execute("BEGIN" if only_reads else "BEGIN IMMEDIATE")
    plain.close()


def _prepare_postgresql(connection: DBAPIConnection, _record: object) -> None:
    # An extra: whoever keeps a file needs no driver.
    from bulksms.store.nul import StrWithoutNul  # noqa: PLC0415

    connection.adapters.register_dumper(str, StrWithoutNul)
    settings = {"lock_timeout": LOCK_PATIENCE, "idle_in_transaction_session_timeout": IDLE_PATIENCE}
    with closing(connection.cursor()) as plain:
        for name, patience in settings.items():
            plain.execute(f"SET {name} = {patience // timedelta(milliseconds=1)}")
        plain.execute(_DURABLE)
        plain.execute("SET DateStyle = ISO")  # the only one that the driver reads
    connection.commit()


def _explain(url: URL, cause: BaseException | None) -> StoreError:
    where = named(url)
    said = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    code = getattr(cause, "sqlstate", None)
    if url.get_backend_name() == "postgresql" and code is None:
        return _unreachable(url, said)
    if "locked" in said or code == _LOCK_NOT_AVAILABLE:
        return StoreError(
            f"The database {where} is locked by another program;"
            f" it stayed locked for {LOCK_PATIENCE.total_seconds():.0f} seconds.",
            next_command="bulksms status",
        )
    if "no such table" in said or "no such column" in said or code in _UNDEFINED:
        return StoreError(
            f"The database {where} is not a current bulksms database ({said}).",
            next_command="bulksms migrate",
        )
    if "not a database" in said:
        return StoreError(f"The file {where} is not a bulksms database.")
    if "disk I/O error" in said:  # what SQLite says where a file beside it can grow no more
        said = f"{said}; perhaps the disk is full"
    return StoreError(f"The database {where} cannot be used: {said.rstrip('.')}.")


def _unreachable(url: URL, said: str) -> StoreError:
    """What libpq says while it connects has no code; its last clause is what matters."""
    why = said.rpartition("failed: ")[2].removeprefix("FATAL:").strip().rstrip(".")
    missing = f'database "{url.database}" does not exist' in why
    return StoreError(
        f"The database {named(url)} cannot be reached: {why}.",
        next_command=f"createdb {url.database}" if missing else "bulksms config",
    )


_LOCK_NOT_AVAILABLE = "55P03"
_UNDEFINED = {"42P01", "42703"}
"""PostgreSQL's codes for a table, and for a column, that is not there."""
