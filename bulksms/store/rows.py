"""The rows of a campaign as they are counted, and read back for the report."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, func, select

from bulksms.model.records import Counts, ReportRow
from bulksms.model.states import Reason, State
from bulksms.store.engine import reading
from bulksms.store.schema import message

_CHUNK = 2_000
"""Rows read from the database at a time."""
_SENDERS_OF = 10_000
"""Rows whose senders are looked at: eleven hours of sending at 15 a minute."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Looks at the rows of campaigns; each waits for nobody."""

    engine: Engine

    def counts(self, campaign_id: int, *, until_row: int | None = None) -> Counts:
        """How many rows, or how many up to a row, are in each state, and why."""
        counted = select(message.c.state, message.c.reason, func.count()).where(
            message.c.campaign_id == campaign_id
        )
        if until_row is not None:
            counted = counted.where(message.c.row_number <= until_row)
        with reading(self.engine) as tx:
            found = tx.execute(counted.group_by(message.c.state, message.c.reason)).all()
        by_state: dict[State, int] = {}
        by_reason: dict[Reason, int] = {}
        for state, reason, rows in found:
            by_state[State(state)] = by_state.get(State(state), 0) + rows
            if reason is not None:
                by_reason[Reason(reason)] = rows
        return Counts(by_state, by_reason)

    def senders(self, campaign_id: int) -> set[str]:
        """The numbers that rows which may be texted next come from, E.164.

        Of so many rows in each state: a million would keep the first message waiting, and what a
        later row's sender is worth, its own answer tells.
        """
        of_it = select(message.c.sender).where(message.c.campaign_id == campaign_id)
        found: set[str] = set()
        with reading(self.engine) as tx:
            for state in (State.QUEUED, State.FAILED):
                some = of_it.where(message.c.state == state).limit(_SENDERS_OF).subquery()
                found.update(tx.execute(select(some.c.sender).distinct()).scalars())
        return found

    def deliveries(self, campaign_id: int) -> dict[str, int]:
        """How many accepted rows have each delivery status."""
        with reading(self.engine) as tx:
            found = tx.execute(
                select(message.c.delivery, func.count().label("rows"))
                .where(message.c.campaign_id == campaign_id, message.c.delivery.is_not(None))
                .group_by(message.c.delivery)
            )
            return {row.delivery: row.rows for row in found}

    def report(self, campaign_id: int, states: Collection[State] = ()) -> Iterator[ReportRow]:
        """Every row, or those in some states, in the file's order; read a piece at a time."""
        wanted = select(message).where(message.c.campaign_id == campaign_id)
        if states:
            wanted = wanted.where(message.c.state.in_(states))
        after = -1
        while True:
            piece = wanted.where(message.c.row_number > after)
            with reading(self.engine) as tx:
                rows = tx.execute(piece.order_by(message.c.row_number).limit(_CHUNK)).all()
            yield from map(_report_row, rows)
            if len(rows) < _CHUNK:
                return
            after = rows[-1].row_number


def _report_row(row: Row[*tuple[Any, ...]]) -> ReportRow:
    return ReportRow(
        row_number=row.row_number,
        original=tuple(json.loads(row.original)),
        to_number=row.to_number,
        state=State(row.state),
        reason=Reason(row.reason) if row.reason else None,
        detail=row.detail,
        sms_id=row.sms_id,
        delivery=row.delivery,
        attempts=row.attempts,
        accepted_at=row.accepted_at,
        segments=row.segments,
        message=row.body,
    )
