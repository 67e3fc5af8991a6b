"""Numbers never to be texted; obeyed at load, and again at the moment of sending."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bulksms.store.engine import reading, writing
from bulksms.store.schema import suppression


@dataclass(frozen=True, slots=True)
class Suppression:
    """A number, why it is never texted, who said so, and since when."""

    to_number: str
    reason: str
    source: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The suppression list; each method is one transaction. Numbers are E.164."""

    engine: Engine

    def add(self, numbers: Iterable[str], *, reason: str, source: str, now: datetime) -> int:
        """Add numbers; one that is there already keeps its first reason.

        Returns:
            How many were new.
        """
        rows = [
            {"to_number": number, "reason": reason, "source": source, "added_at": now}
            for number in dict.fromkeys(numbers)
        ]
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(suppression).on_conflict_do_nothing()
        with writing(self.engine) as tx:
            return sum(tx.execute(statement, row).rowcount for row in rows)

    def remove(self, number: str) -> bool:
        """Take a number off the list; False if it was not on it."""
        with writing(self.engine) as tx:
            return bool(
                tx.execute(delete(suppression).where(suppression.c.to_number == number)).rowcount
            )

    def all(self) -> Iterator[Suppression]:
        """Every number on the list, the newest first."""
        with reading(self.engine) as tx:
            for row in tx.execute(
                select(suppression).order_by(suppression.c.added_at.desc(), suppression.c.to_number)
            ):
                yield Suppression(row.to_number, row.reason, row.source, row.added_at)

    def reasons(self) -> dict[str, str]:
        """Every number on the list and why, for judging a whole file."""
        with reading(self.engine) as tx:
            found = tx.execute(select(suppression.c.to_number, suppression.c.reason))
            return {row.to_number: row.reason for row in found}
