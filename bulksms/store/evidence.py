"""What the database remembers of a campaign, handed out whole so that it can be checked.

Three tables tell the same story: the message as it stands, its attempts, and its events.
They are read side by side, each from one moment, a piece at a time.
Nothing is interpreted here: a state that the program does not know comes out as it is.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Engine,
    ScalarSelect,
    Select,
    func,
    select,
    union,
)

from bulksms.model.outcomes import OutcomeName
from bulksms.store.engine import reading
from bulksms.store.schema import attempt, campaign, event, message

_CHUNK = 2_000
"""Rows read from the database at a time."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """One POST; `outcome` is None while its answer is awaited."""

    id: int
    outcome: str | None
    sms_id: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """One event of a message; `mover` is the word of a `Move`, if the event is one of ours."""

    mover: str
    from_state: str | None
    to_state: str


@dataclass(frozen=True, slots=True)
class Case:
    """A message and all that is known of it; `attempts` and `events` are in their order.

    `counted` and `attempt_id` are what the message itself says of its attempts.
    """

    row_number: int
    state: str
    sms_id: str | None
    counted: int
    attempt_id: int | None
    attempts: Sequence[Attempted]
    events: Sequence[Moved]


@dataclass(frozen=True, slots=True)
class Start:
    """When a POST of the account began and ended; `ours` if it is of the campaign in question."""

    row_number: int
    ours: bool
    began: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A message and an `sms_id` for it, by the word of an attempt or of the message itself.

    `repeat` tells apart the rows of a number that were kept by choice.
    """

    campaign_id: int
    campaign: str
    row_number: int
    sms_id: str
    to_number: str | None
    repeat: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Looks at what is remembered; each is of one moment, and waits for nobody."""

    engine: Engine

    def cases(self, campaign_id: int) -> Iterator[Case]:
        """Every message of the campaign, in the file's order."""
        wanted = select(message).where(message.c.campaign_id == campaign_id)
        after = -1
        with _one_moment(self.engine) as tx:
            while rows := tx.execute(
                wanted.where(message.c.row_number > after)
                .order_by(message.c.row_number)
                .limit(_CHUNK)
            ).all():
                ids = [row.id for row in rows]
                attempts, events = _attempts(tx, ids), _events(tx, ids)
                for row in rows:
                    yield Case(
                        row_number=row.row_number,
                        state=row.state,
                        sms_id=row.sms_id,
                        counted=row.attempts,
                        attempt_id=row.attempt_id,
                        attempts=attempts[row.id],
                        events=events[row.id],
                    )
                after = rows[-1].row_number

    def starts(self, campaign_id: int, before: int) -> Iterator[Start]:
        """The account's POSTs from the campaign's first to its last, in the order of their claims.

        The `before` POSTs ahead of the first are given too, whosever they are.
        """
        with _one_moment(self.engine) as tx:
            first, last = _first_and_last_attempt(tx, campaign_id)
            context = (
                select(attempt.c.id)
                .where(attempt.c.account_id == _account_of(campaign_id), attempt.c.id < first)
                .order_by(attempt.c.id.desc())
                .limit(before)
                .subquery()
            )
            earliest = tx.execute(select(func.min(context.c.id))).scalar_one()
            wanted = (
                select(
                    message.c.row_number,
                    (message.c.campaign_id == campaign_id).label("ours"),
                    attempt.c.started_at,
                    attempt.c.finished_at,
                )
                .join(message, message.c.id == attempt.c.message_id)
                .where(
                    attempt.c.account_id == _account_of(campaign_id),
                    attempt.c.id.between(first if earliest is None else earliest, last),
                )
                .order_by(attempt.c.id)
            )
            for row in _stream(tx, wanted):
                yield Start(row.row_number, row.ours, row.started_at, row.finished_at)

    def acceptances(self, campaign_id: int) -> Iterator[Acceptance]:
        """Every acceptance in the campaign, those of one number and `repeat` side by side."""
        accepted = _accepted(message.c.campaign_id == campaign_id)
        order = (message.c.to_number, message.c.repeat, message.c.row_number)
        return self._acceptances(_described(accepted).order_by(*order))

    def shared_sms_ids(self, campaign_id: int) -> Iterator[Acceptance]:
        """Every acceptance on the account whose `sms_id` another row has too, side by side."""
        accepted = _accepted(campaign.c.account_id == _account_of(campaign_id))
        shared = (
            select(accepted.c.sms_id)
            .group_by(accepted.c.sms_id)
            .having(func.count(accepted.c.message_id.distinct()) > 1)
        )
        wanted = _described(accepted).where(accepted.c.sms_id.in_(shared))
        return self._acceptances(wanted.order_by(accepted.c.sms_id, message.c.id))

    def _acceptances(self, wanted: Select[Any]) -> Iterator[Acceptance]:
        with _one_moment(self.engine) as tx:
            for row in _stream(tx, wanted):
                yield Acceptance(*row)


def _accepted(which: ColumnElement[bool]) -> CTE:
    """(message_id, sms_id), each pair once, of the attempts and messages in question."""
    by_attempts = (
        select(message.c.id.label("message_id"), attempt.c.sms_id)
        .join_from(attempt, message, message.c.id == attempt.c.message_id)
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .where(which, attempt.c.outcome == OutcomeName.ACCEPTED)
    )
    by_messages = (
        select(message.c.id, message.c.sms_id)
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .where(which, message.c.sms_id.is_not(None))
    )
    return union(by_attempts, by_messages).cte("accepted")


def _described(accepted: CTE) -> Select[Any]:
    """The columns of an `Acceptance`, in its order."""
    return (
        select(
            message.c.campaign_id,
            campaign.c.name,
            message.c.row_number,
            accepted.c.sms_id,
            message.c.to_number,
            message.c.repeat,
        )
        .join_from(accepted, message, message.c.id == accepted.c.message_id)
        .join(campaign, campaign.c.id == message.c.campaign_id)
    )


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A look whose every statement sees the same moment, while others go on writing."""
    with reading(engine) as tx:
        if tx.dialect.name == "postgresql":  # SQLite gives every transaction one moment
            tx.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield tx


def _stream(tx: Connection, wanted: Select[Any]) -> Iterator[Any]:
    return iter(tx.execute(wanted, execution_options={"yield_per": _CHUNK}))


def _attempts(tx: Connection, message_ids: Sequence[int]) -> dict[int, list[Attempted]]:
    found = tx.execute(
        select(attempt.c.message_id, attempt.c.id, attempt.c.outcome, attempt.c.sms_id)
        .where(attempt.c.message_id.in_(message_ids))
        .order_by(attempt.c.id)
    )
    attempts = defaultdict(list)
    for row in found:
        attempts[row.message_id].append(Attempted(row.id, row.outcome, row.sms_id))
    return attempts


def _events(tx: Connection, message_ids: Sequence[int]) -> dict[int, list[Moved]]:
    found = tx.execute(
        select(event.c.message_id, event.c.actor, event.c.from_state, event.c.to_state)
        .where(event.c.message_id.in_(message_ids))
        .order_by(event.c.id)
    )
    events = defaultdict(list)
    for row in found:
        mover, _, _ = row.actor.partition(": ")
        events[row.message_id].append(Moved(mover, row.from_state, row.to_state))
    return events


def _account_of(campaign_id: int) -> ScalarSelect[Any]:
    return select(campaign.c.account_id).where(campaign.c.id == campaign_id).scalar_subquery()


def _first_and_last_attempt(tx: Connection, campaign_id: int) -> tuple[int, int]:
    """Their ids; (0, 0), which no attempt has, for a campaign that has none."""
    found = tx.execute(
        select(func.min(attempt.c.id), func.max(attempt.c.id))
        .join(message, message.c.id == attempt.c.message_id)
        .where(message.c.campaign_id == campaign_id)
    ).one()
    return found[0] or 0, found[1] or 0
