"""The database: the only door to SQLAlchemy and alembic. One method is one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from bulksms.model.errors import LeaseLost, StoreError
from bulksms.model.records import Claim, Entry
from bulksms.store.accounts import Accounts
from bulksms.store.campaigns import Campaigns
from bulksms.store.doubts import Doubts
from bulksms.store.engine import (
    connect,
    database_url,
    make_private,
    named,
    postgresql_address,
    sqlite_file,
    writing,
)
from bulksms.store.evidence import Evidence
from bulksms.store.gauging import Gauging
from bulksms.store.history import History
from bulksms.store.messages import Messages, write_down
from bulksms.store.migrating import Upgrade, current_revision, require_current, upgrade
from bulksms.store.others import Others
from bulksms.store.purging import Purging
from bulksms.store.receipts import Receipts
from bulksms.store.rows import Rows
from bulksms.store.settlements import Settlements
from bulksms.store.suppressions import Suppression, Suppressions
from bulksms.store.watching import Watching

__all__ = ["Store", "Suppression", "Upgrade"]


@dataclass(frozen=True, slots=True)
class Store:
    """An open database of this version."""

    engine: Engine

    @property
    def place(self) -> str:
        """Where it is: a file's whole path, or a URL that shows no secret."""
        path = sqlite_file(self.engine.url)
        return named(self.engine.url) if path is None else str(path.absolute())

    @staticmethod
    def missing_file(location: str) -> Path | None:
        """Where a file is not there yet that whoever loads would make; None for other databases."""
        path = sqlite_file(database_url(location))
        return None if path is None or path.exists() else path.absolute()

    @classmethod
    def open(cls, location: str) -> Self:
        """Open what is there, without changing it.

        Raises:
            StoreError: there is no database, or it needs `bulksms migrate`.
        """
        missing = cls.missing_file(location)
        if missing is not None:
            # A second database would know neither who was texted nor who opted out.
            raise StoreError(
                f"There is no database at {missing}: nothing was loaded here yet.",
                next_command="go to the folder that you sent from, or\n"
                "bulksms --database PATH status\n"
                "or, if nothing was ever sent,\n"
                "bulksms send FILE --message TEXT --from NUMBER",
            )
        engine = connect(database_url(location))
        with _let_go_if_refused(engine):
            require_current(engine)
        return cls(engine)

    @classmethod
    def open_if_there(cls, location: str) -> Self | None:
        """Open what is there; None where nothing was loaded yet."""
        if cls.missing_file(location) is not None:
            return None
        engine = connect(database_url(location))
        with _let_go_if_refused(engine):
            if current_revision(engine) is None:
                engine.dispose()
                return None
            require_current(engine)
        return cls(engine)

    @classmethod
    def open_or_create(cls, location: str) -> Self:
        """Open what is there; make a database where there is none. Never upgrades an old one."""
        url = database_url(location)
        path = sqlite_file(url)
        if path is not None and not path.parent.is_dir():
            raise StoreError(
                f"The folder {path.parent} for the database is not there.",
                next_command="the same again, once that is mended",
            )
        make_private(url)
        engine = connect(url)
        with _let_go_if_refused(engine):
            if current_revision(engine) is None:
                upgrade(engine)
            require_current(engine)
        return cls(engine)

    @classmethod
    def migrate(cls, location: str) -> Upgrade:
        """Upgrade the database, or make it; a SQLite file is copied aside first."""
        url = database_url(location)
        make_private(url)
        engine = connect(url)
        try:
            return upgrade(engine)
        finally:
            engine.dispose()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def postgresql_address(self) -> str | None:
        """Where the database is, as libpq reads it; None if it is not PostgreSQL."""
        return postgresql_address(self.engine.url)

    @property
    def accounts(self) -> Accounts:
        """Accounts and their leases."""
        return Accounts(self.engine)

    @contextmanager
    def together(self) -> Iterator[Callable[[Sequence[Entry]], list[Claim | LeaseLost | None]]]:
        """One transaction for what many accounts have (see `write_down`): all of it, or none."""
        with writing(self.engine) as tx:
            yield partial(write_down, tx)

    @property
    def campaigns(self) -> Campaigns:
        """Campaigns."""
        return Campaigns(self.engine)

    @property
    def messages(self) -> Messages:
        """The moves of the state machine."""
        return Messages(self.engine)

    @property
    def rows(self) -> Rows:
        """Rows as counted and reported."""
        return Rows(self.engine)

    @property
    def doubts(self) -> Doubts:
        """What is in doubt, and what we know for sure."""
        return Doubts(self.engine)

    @property
    def settlements(self) -> Settlements:
        """What settles a doubt."""
        return Settlements(self.engine)

    @property
    def receipts(self) -> Receipts:
        """Deliveries, and what the carriers said."""
        return Receipts(self.engine)

    @property
    def suppressions(self) -> Suppressions:
        """Numbers never to be texted."""
        return Suppressions(self.engine)

    @property
    def history(self) -> History:
        """What was ever done with a number."""
        return History(self.engine)

    @property
    def others(self) -> Others:
        """What other campaigns have to do with a campaign's recipients."""
        return Others(self.engine)

    @property
    def watching(self) -> Watching:
        """What somebody who watches a campaign looks at."""
        return Watching(self.engine)

    @property
    def purging(self) -> Purging:
        """What retention asks for."""
        return Purging(self.engine)

    @property
    def gauging(self) -> Gauging:
        """What somebody who operates a worker measures."""
        return Gauging(self.engine)

    @property
    def evidence(self) -> Evidence:
        """What is remembered of a campaign, for the audit."""
        return Evidence(self.engine)


@contextmanager
def _let_go_if_refused(engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise
