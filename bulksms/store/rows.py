"""The rows of a campaign: put in by its load, counted, and read back for the report."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select

from bulksms.model.records import Counts, JudgedRow, ReportRow
from bulksms.model.states import Reason, State
from bulksms.store.engine import reading
from bulksms.store.places import remember_places
from bulksms.store.schema import message

_CHUNK = 2_000
"""Rows handed to or from the database at a time."""


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

    def waiting(self, campaign_id: int) -> dict[str, int]:
        """How many queued rows go to each place; one place without a name where none matters."""
        with reading(self.engine) as tx:
            found = tx.execute(
                select(message.c.place, func.count().label("rows"))
                .where(message.c.campaign_id == campaign_id, message.c.state == State.QUEUED)
                .group_by(message.c.place)
            )
            return {row.place: row.rows for row in found}

    def senders(self, campaign_id: int) -> set[str]:
        """The numbers that rows which may still be texted come from, E.164."""
        with reading(self.engine) as tx:
            found = tx.execute(
                select(message.c.sender)
                .where(
                    message.c.campaign_id == campaign_id,
                    message.c.state.in_([State.QUEUED, State.FAILED]),
                )
                .distinct()
            ).scalars()
            return {sender for sender in found if sender is not None}

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


def insert_rows(tx: Connection, campaign_id: int, rows: Iterable[JudgedRow], now: datetime) -> int:
    """Put judged rows in; part of the load's transaction.

    Returns:
        How many there were.
    """
    loaded = 0
    waiting = iter(rows)
    while chunk := [_values(campaign_id, row, now) for row in islice(waiting, _CHUNK)]:
        tx.execute(insert(message), chunk)
        loaded += len(chunk)
    remember_places(tx, campaign_id)
    return loaded


def cells_to_text(cells: Iterable[str]) -> str:
    """Cells as the database keeps them: a JSON array of texts."""
    return json.dumps(list(cells), ensure_ascii=False, separators=(",", ":"))


def _values(campaign_id: int, row: JudgedRow, now: datetime) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "row_number": row.row_number,
        "original": cells_to_text(row.original),
        "to_number": row.to_number,
        "lead_id": row.lead_id,
        "sender": row.sender,
        "body": row.body,
        "media": row.media,
        "segments": row.segments,
        "repeat": row.repeat,
        "place": row.place,
        "state": row.state,
        "reason": row.reason,
        "detail": row.detail,
        "attempts": 0,
        "updated_at": now,
    }


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
