"""A PostgreSQL server of the tests' own: thrown away afterwards, reachable through one socket.

It forgives no crash of the machine (`fsync` is off), which no test asks of it: its processes may be
killed, and then what was committed is still in the system's memory. It is set to forget the last
moment even then (`synchronous_commit` is off), since the store must not let it. One that is
measured is `durable`: on the disk, and as PostgreSQL comes.
"""

import itertools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, delete, text

from bulksms.store.schema import metadata

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
NOT_HERE = "no PostgreSQL server (initdb, postgres) is installed here"
_OWNER = "bulksms"
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_SETTINGS = {
    "listen_addresses": "",
    "timezone": "Asia/Kolkata",  # nothing may depend on it
}


def binaries() -> Path | None:
    """The folder with the newest `initdb`; None where there is none."""
    on_the_path = shutil.which("initdb")
    places = [Path(on_the_path).resolve().parent] if on_the_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


class Server:
    """One server; it may be stopped hard and started again, and keeps what was committed."""

    def __init__(self, folder: Path, programs: Path, *, durable: bool) -> None:
        self.folder, self._programs = folder, programs
        self._settings = _SETTINGS if durable else _SETTINGS | _FORGETFUL
        self._account = None if os.getuid() else pwd.getpwnam("nobody")
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        if self._account is not None:  # root may not own a server's files
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)
        self._run("initdb", "--auth=trust", f"--username={_OWNER}", "--encoding=UTF8", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        settings.append(f"--unix_socket_directories={self.folder}")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self.folder / "data"), *settings],
                stdout=log,
                stderr=log,
                **self._as_somebody_else(),
            )
        self._wait_until_it_answers()

    def stop(self, *, hard: bool = False) -> None:
        """Stop it; hard is without a word to whoever is connected (SIGQUIT)."""
        if self._process is not None:
            (self._process.send_signal(3) if hard else self._process.terminate())
            self._process.wait(30)

    def url(self, name: str = "postgres") -> str:
        """Where a database of it is, for `BULKSMS_DATABASE`."""
        query = {"host": str(self.folder)}
        return URL.create(
            "postgresql+psycopg", username=_OWNER, database=name, query=query
        ).render_as_string(hide_password=False)

    def create(self, template: str = "template1") -> str:
        """A new database like that one, whose name it returns."""
        name = f"bulksms_{os.getpid()}_{next(self._numbers)}"
        self.say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def say(self, statement: str) -> None:
        """One statement, outside any transaction, as the server's owner."""
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _wait_until_it_answers(self) -> None:
        for _ in range(300):
            try:
                return self.say("SELECT 1")
            except Exception:  # noqa: BLE001 - whatever it says while it starts
                time.sleep(0.05)
        raise TimeoutError((self.folder / "log").read_text())

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self._programs / program), "-D", str(self.folder / "data"), *words],
            check=True,
            capture_output=True,
            **self._as_somebody_else(),
        )

    def _as_somebody_else(self) -> dict[str, Any]:
        if self._account is None:
            return {"cwd": self.folder}
        them = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        return {**them, "cwd": self.folder}


@contextmanager
def a_server(*, durable: bool = False) -> Iterator[Server | None]:
    """A running server; None where no binaries are."""
    programs = binaries() if sys.platform != "win32" else None
    if programs is None:
        yield None
        return
    place = MEMORY if MEMORY.is_dir() and not durable else None
    with tempfile.TemporaryDirectory(prefix="bulksms-pg-", dir=place) as folder:
        server = Server(Path(folder), programs, durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop(hard=True)


def empty(url: str) -> None:
    """Take everything out of a migrated database; its ids begin at 1 again."""
    with _engine(url).begin() as connection:
        empty_tables(connection)


def empty_tables(connection: Connection) -> None:
    """The same, in a transaction; many times faster than TRUNCATE is with a few rows."""
    connection.exec_driver_sql(_emptying())


@cache
def _engine(url: str) -> Engine:
    """It stays connected to nothing between two uses: the server may be stopped meanwhile."""
    return create_engine(url, poolclass=NullPool)


@cache
def _emptying() -> str:
    """One round trip for all of it."""
    tables = metadata.sorted_tables
    deletes = [str(delete(table)) for table in reversed(tables)]
    starts = [f"setval('{table.name}_id_seq', 1, false)" for table in tables if "id" in table.c]
    return "; ".join([*deletes, f"SELECT {', '.join(starts)}"])
