"""Numbers never to be texted; obeyed at load, and again at the moment of sending.

Every change is also a line of `suppression_change`, which is only ever added to: what put a
number on the list, what took it off, and the evidence.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Connection,
    Engine,
    Update,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from bulksms.model.states import State
from bulksms.store.engine import insert_if_new, reading, writing
from bulksms.store.forgetting import NOT_FORGOTTEN
from bulksms.store.opt_outs import SUPPRESSED, left_out_for_it, opted_out
from bulksms.store.schema import message, suppression, suppression_change

FROM_RECORD = "chat-history"
_NUMBERS_AT_ONCE = 1_000


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
        with writing(self.engine) as tx:
            return sum(
                self._add(tx, Suppression(number, reason, source, now))
                for number in dict.fromkeys(numbers)
            )

    def add_found(self, number: str, found: Mapping[str, str], *, now: datetime) -> bool:
        """Add a number for what it wrote: evidence → reason.

        A message that put it there once does not do so again, after a person took it off.
        """
        with writing(self.engine) as tx:
            used = set(
                tx.execute(
                    select(suppression_change.c.evidence).where(
                        suppression_change.c.to_number == number
                    )
                ).scalars()
            )
            new = {evidence: reason for evidence, reason in found.items() if evidence not in used}
            added = [
                self._add(tx, Suppression(number, reason, FROM_RECORD, now), evidence)
                for evidence, reason in new.items()
            ]
            return any(added)

    def remove(self, number: str, *, now: datetime) -> bool:
        """Take a number off the list; False if it was not on it.

        With it goes every opt-out of a file until now, whatever clock wrote down when that was.
        """
        with writing(self.engine) as tx:
            gone = tx.execute(
                delete(suppression)
                .where(suppression.c.to_number == number)
                .returning(suppression.c.reason)
            ).scalar_one_or_none()
            if gone is None:
                return False
            tx.execute(_opted_out_after(number, now).values(updated_at=now))
            _note(tx, "removed", Suppression(number, gone, "operator", now))
            return True

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

    def taken_back(self, numbers: Sequence[str]) -> set[str]:
        """Those that opted out in campaigns, whom a person took off the list after each time."""
        found = set[str]()
        with reading(self.engine) as tx:
            for start in range(0, len(numbers), _NUMBERS_AT_ONCE):
                these = {"numbers": numbers[start : start + _NUMBERS_AT_ONCE]}
                rows = tx.execute(_OPTED_OUT, these).all()
                found |= {row.to_number for row in rows} - {
                    row.to_number for row in rows if row.holds
                }
        return found

    def conversations(self, campaign_id: int) -> list[tuple[str, str]]:
        """The (sender, recipient) pairs of a campaign that may have texted, the newest first."""
        with reading(self.engine) as tx:
            found = tx.execute(
                select(message.c.sender, message.c.to_number)
                .outerjoin(suppression, suppression.c.to_number == message.c.to_number)
                .where(
                    message.c.campaign_id == campaign_id,
                    message.c.state.in_([State.ACCEPTED, State.UNKNOWN]),
                    suppression.c.to_number.is_(None),
                    NOT_FORGOTTEN,
                )
                .order_by(message.c.row_number.desc())
            )
            return list(dict.fromkeys((row.sender, row.to_number) for row in found))

    def _add(self, tx: Connection, new: Suppression, evidence: str | None = None) -> bool:
        """Add one; it is noted if it is new, and so is every piece of evidence."""
        values = {name: getattr(new, name) for name in suppression.c.keys()}  # noqa: SIM118 - not a dict
        inserted = insert_if_new(tx, suppression).values(values)
        added = tx.execute(inserted.returning(suppression.c.to_number)).first() is not None
        if added or evidence is not None:
            _note(tx, "added", new, evidence)
        return added


_OPTED_OUT = (
    select(message.c.to_number, opted_out(message).label("holds"))
    .where(
        message.c.to_number.in_(bindparam("numbers", expanding=True)),
        left_out_for_it(message),
        ~SUPPRESSED,
    )
    .distinct()
)


def _opted_out_after(number: str, now: datetime) -> Update:
    """The rows that were left out in the future: the clock was ahead, and would outlast the word.

    To move that word there instead would take back what a list may bring until then.
    """
    of_it = message.c.to_number == number
    return update(message).where(of_it, left_out_for_it(message), message.c.updated_at > now)


def _note(tx: Connection, change: str, what: Suppression, evidence: str | None = None) -> None:
    tx.execute(
        insert(suppression_change).values(
            to_number=what.to_number,
            change=change,
            reason=what.reason,
            source=what.source,
            at=what.added_at,
            evidence=evidence,
        )
    )
