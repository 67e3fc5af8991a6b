"""The rows of a campaign as they are counted, and read back for the report."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, bindparam, func, select

from bulksms.model.records import Counts, ReportRow
from bulksms.model.states import Delivery, Reason, State
from bulksms.store.engine import reading
from bulksms.store.moving import OF_CAMPAIGN
from bulksms.store.schema import campaign, message

_PIECE = 500
"""Rows read from the database at a time: so few that Python's collector of cycles finds nothing to
do, which saves a third of the time of a large report."""
_SENDERS_OF = 10_000
"""Rows whose senders are looked at: eleven hours of sending at 15 a minute."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Looks at the rows of campaigns; each waits for nobody."""

    engine: Engine

    def counts(self, campaign_id: int, *, until_row: int | None = None) -> Counts:
        """How many rows, or how many up to a row, are in each state, and why."""
        counted = _COUNTED if until_row is None else _COUNTED_UNTIL
        with reading(self.engine) as tx:
            found = tx.execute(counted, {"the_campaign": campaign_id, "until": until_row}).all()
        by_state: dict[State, int] = {}
        by_reason: dict[Reason, int] = {}
        for state, reason, rows in found:
            by_state[State(state)] = by_state.get(State(state), 0) + rows
            if reason is not None:
                by_reason[Reason(reason)] = rows
        return Counts(by_state, by_reason)

    def until_its_limit(self, campaign_id: int) -> tuple[int, int]:
        """How many rows it texts until it rests, without those skipped since its load, and with."""
        with reading(self.engine) as tx:
            fewest, most = tx.execute(_UNTIL_ITS_LIMIT, {"the_campaign": campaign_id}).one()
            return fewest, most

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

    def report(
        self,
        campaign_id: int,
        states: Collection[State] = (),
        deliveries: Collection[Delivery] = (),
    ) -> Iterator[ReportRow]:
        """Every row, or those in some states and of whom the carriers said one of these words.

        They come in the file's order, and are read a piece at a time.
        """
        wanted = select(*REPORTED).where(message.c.campaign_id == campaign_id)
        if states:
            wanted = wanted.where(message.c.state.in_(states))
        if deliveries:
            wanted = wanted.where(message.c.delivery.in_(deliveries))
        wanted = wanted.order_by(message.c.row_number).limit(_PIECE)
        after = -1
        while True:
            with reading(self.engine) as tx:
                rows = tx.execute(wanted.where(message.c.row_number > after)).all()
            yield from report_rows(rows)
            if len(rows) < _PIECE:
                return
            after = rows[-1].row_number


_COUNTED = (
    select(message.c.state, message.c.reason, func.count())
    .where(OF_CAMPAIGN)
    .group_by(message.c.state, message.c.reason)
)
_COUNTED_UNTIL = _COUNTED.where(message.c.row_number <= bindparam("until"))

_IS_GOOD = message.c.state != State.SKIPPED
_UNTIL_ITS_LIMIT = (
    select(
        func.count().filter(_IS_GOOD),
        func.count().filter(_IS_GOOD | (message.c.updated_at > campaign.c.created_at)),
    )
    .select_from(message)
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .where(
        OF_CAMPAIGN,
        message.c.row_number <= func.coalesce(campaign.c.stop_after_row, message.c.row_number),
    )
)

REPORTED = tuple(message.c["body" if name == "message" else name] for name in ReportRow._fields)
"""The columns of a line of the report, in its order."""

_STATES = {state.value: state for state in State}
_REASONS = {None: None} | {reason.value: reason for reason in Reason}


def report_rows(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[ReportRow]:
    """The lines of a piece, made column by column: the time of a large report is spent here."""
    if not rows:
        return
    numbers, originals, to_numbers, states, reasons, *rest = zip(*rows, strict=True)
    cells = map(tuple, json.loads(f"[{','.join(originals)}]"))
    known_states, known_reasons = (
        map(_STATES.__getitem__, states),
        map(_REASONS.__getitem__, reasons),
    )
    lines = zip(numbers, cells, to_numbers, known_states, known_reasons, *rest, strict=True)
    yield from map(ReportRow._make, lines)
