"""One database that outlives the processes of a story, and is emptied between the stories.

It is an SQLite file, or on a PostgreSQL server of its own (`--database postgresql`).

All processes share a connection, for no transaction outlives a step; what was compiled is kept.
A process may die at any statement or right before a commit (the transaction is gone), or right
after it (the transaction is there, and nobody was told); a dead one begins no transaction any more.
"""

import shutil
import sqlite3
import tempfile
from contextlib import ExitStack
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, event

from bulksms.store import Store
from bulksms.store.engine import connect, database_url
from bulksms.store.schema import metadata
from tests.postgres import NOT_HERE, a_server, empty_tables
from tests.simulator.world import Killed, Moment, Moved, Process, World

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
EMPTY_EACH_TABLE = [delete(table) for table in reversed(metadata.sorted_tables)]
"""Faster than a new file, whose every statement SQLite would have to prepare anew."""
NEWS = """
    SELECT event.id, row_number, from_state, to_state, actor, note
    FROM event LEFT JOIN message ON message.id = event.message_id
    WHERE event.id > %s AND event.campaign_id = (SELECT MIN(id) FROM campaign) ORDER BY event.id
"""
"""Of the story's campaign; a list that is loaded later is never sent."""
kind = ["sqlite"]
"""Which one; asked when the first story begins."""


class Database:
    """The file and the engine; `world` is the story that uses them now."""

    def __init__(self, location: str) -> None:
        self.world: World | None = None
        self._told = 0
        Store.migrate(location)
        self.store = Store(connect(database_url(location)))
        self._is_file = self.store.engine.dialect.name == "sqlite"
        # Nobody takes the connection away: not trying it before each use spares a third of it all.
        self.store.engine.pool._pre_ping = False
        if self._is_file:
            event.listen(self.store.engine, "connect", _hurry)
        event.listen(self.store.engine, "begin", self._begins)
        event.listen(self.store.engine, "before_cursor_execute", self._executes)
        self._commit = self.store.engine.dialect.do_commit
        self.store.engine.dialect.do_commit = self._commits  # type: ignore[assignment,method-assign]

    def fresh(self, world: World) -> Store:
        """Empty, for another story."""
        self.world = None
        with self.store.engine.begin() as tx:
            if self._is_file:
                for statement in EMPTY_EACH_TABLE:
                    tx.execute(statement)
            else:
                empty_tables(tx)
        self.world, self._told = world, 0
        return self.store

    def _begins(self, _connection: Connection) -> None:
        process = self._process()
        if process is not None and process.dead:
            raise Killed

    def _executes(self, *_statement: object) -> None:
        self._passes(Moment.STATEMENT)

    def _commits(self, connection: Any) -> None:  # noqa: ANN401 - the driver's own
        self._passes(Moment.COMMITTING)
        self._tell(connection)
        self._commit(connection)
        self._passes(Moment.COMMITTED)

    def _passes(self, moment: Moment) -> None:
        process = self._process()
        if process is not None:
            process.pass_by(moment)
            if process.dead:
                raise Killed

    def _tell(self, connection: Any) -> None:  # noqa: ANN401 - the driver's own
        """What is being committed: every move of a row or of the campaign, as its event has it."""
        if self.world is None:
            return
        news = NEWS.replace("%s", "?") if self._is_file else NEWS
        for number, row, before, after, actor, note in connection.execute(news, (self._told,)):
            self._told = number
            self.world.moves.append(Moved(self.world.now, row, before, after, actor))
            what = "the campaign" if row is None else f"row {row}"
            why = f": {note}" if note else ""
            self.world.tell("database", f"{what} {before} -> {after} ({actor}){why}")

    def _process(self) -> Process | None:
        return self.world.running if self.world is not None else None


@cache
def database() -> Database:
    """This interpreter's own; its folder, or its server, is removed at the end."""
    if kind == ["postgresql"]:
        held = ExitStack()
        server = held.enter_context(a_server())
        if server is None:
            raise RuntimeError(NOT_HERE)
        Finalize(None, held.close, exitpriority=0)
        return Database(server.url(server.create()))
    folder = Path(tempfile.mkdtemp(prefix="bulksms-", dir=MEMORY if MEMORY.is_dir() else None))
    Finalize(None, shutil.rmtree, (folder, True), exitpriority=0)
    return Database(str(folder / "bulksms.db"))


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout = 0")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
