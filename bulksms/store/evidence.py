"""What the database remembers of a campaign, handed out whole so that it can be checked.

Three tables tell the same story: the message as it stands, its attempts, and its events.
They are read side by side, each from one moment, a piece at a time.
Nothing is interpreted here: a state that the program does not know comes out as it is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Engine,
    Select,
    bindparam,
    func,
    select,
    union,
)

from bulksms.model.outcomes import OutcomeName
from bulksms.store.engine import reading
from bulksms.store.moving import OF_CAMPAIGN, THE_CAMPAIGN
from bulksms.store.schema import attempt, campaign, event, message

_CHUNK = 2_000
"""Rows read from the database at a time."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """One POST; `outcome` is None while its answer is awaited."""

    id: int
    began: datetime
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

    `place` says whose clocks count for its sending hours.
    `counted` and `attempt_id` are what the message itself says of its attempts.
    """

    row_number: int
    place: str
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
    `stands` is whether it is the id that the message itself names.
    """

    campaign_id: int
    campaign: str
    row_number: int
    sms_id: str
    to_number: str | None
    repeat: int
    stands: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Looks at what is remembered; each is of one moment, and waits for nobody."""

    engine: Engine

    def cases(self, campaign_id: int) -> Iterator[Case]:
        """Every message of the campaign, in the file's order."""
        after = -1
        with _one_moment(self.engine) as tx:
            while rows := tx.execute(
                _MESSAGES, {"the_campaign": campaign_id, "after": after}
            ).all():
                ids = [row.id for row in rows]
                attempts, events = _attempts(tx, ids), _events(tx, ids)
                for row in rows:
                    yield Case(
                        row_number=row.row_number,
                        place=row.place,
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
            of_it = {"the_campaign": campaign_id}
            first, last = tx.execute(_FIRST_AND_LAST_ATTEMPT, of_it).one()
            if first is None:
                return
            context = of_it | {"first": first, "before": before}
            earliest = tx.execute(_EARLIEST_BEFORE, context).scalar_one()
            between = of_it | {"first": first if earliest is None else earliest, "last": last}
            for row in _stream(tx, _STARTS, between):
                yield Start(row.row_number, row.ours, row.started_at, row.finished_at)

    def acceptances(self, campaign_id: int) -> Iterator[Acceptance]:
        """Every acceptance in the campaign, those of one number and `repeat` side by side."""
        return self._acceptances(_BY_NUMBER, campaign_id)

    def shared_sms_ids(self, campaign_id: int) -> Iterator[Acceptance]:
        """Every acceptance on the account whose `sms_id` another row has too, side by side."""
        return self._acceptances(_SHARED, campaign_id)

    def _acceptances(self, wanted: Select[Any], campaign_id: int) -> Iterator[Acceptance]:
        with _one_moment(self.engine) as tx:
            for row in _stream(tx, wanted, {"the_campaign": campaign_id}):
                yield Acceptance(*row)


_ITS_ACCOUNT = select(campaign.c.account_id).where(THE_CAMPAIGN).scalar_subquery()

_MESSAGES = (
    select(message)
    .where(OF_CAMPAIGN, message.c.row_number > bindparam("after"))
    .order_by(message.c.row_number)
    .limit(_CHUNK)
)
_ATTEMPTS = (
    select(
        *(attempt.c.message_id, attempt.c.id, attempt.c.started_at),
        *(attempt.c.outcome, attempt.c.sms_id),
    )
    .where(attempt.c.message_id.in_(bindparam("messages", expanding=True)))
    .order_by(attempt.c.id)
)
_EVENTS = (
    select(event.c.message_id, event.c.actor, event.c.from_state, event.c.to_state)
    .where(event.c.message_id.in_(bindparam("messages", expanding=True)))
    .order_by(event.c.id)
)

_FIRST_AND_LAST_ATTEMPT = (
    select(func.min(attempt.c.id), func.max(attempt.c.id))
    .join(message, message.c.id == attempt.c.message_id)
    .where(OF_CAMPAIGN)
)
_BEFORE = (
    select(attempt.c.id)
    .where(attempt.c.account_id == _ITS_ACCOUNT, attempt.c.id < bindparam("first"))
    .order_by(attempt.c.id.desc())
    .limit(bindparam("before"))
    .subquery()
)
_EARLIEST_BEFORE = select(func.min(_BEFORE.c.id))
_STARTS = (
    select(
        message.c.row_number, OF_CAMPAIGN.label("ours"), attempt.c.started_at, attempt.c.finished_at
    )
    .join(message, message.c.id == attempt.c.message_id)
    .where(
        attempt.c.account_id == _ITS_ACCOUNT,
        attempt.c.id.between(bindparam("first"), bindparam("last")),
    )
    .order_by(attempt.c.id)
)


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
            (message.c.sms_id == accepted.c.sms_id).label("stands"),
        )
        .join_from(accepted, message, message.c.id == accepted.c.message_id)
        .join(campaign, campaign.c.id == message.c.campaign_id)
    )


_IN_THE_CAMPAIGN = _accepted(OF_CAMPAIGN)
_BY_NUMBER = _described(_IN_THE_CAMPAIGN).order_by(
    message.c.to_number, message.c.repeat, message.c.row_number
)

_ON_THE_ACCOUNT = _accepted(campaign.c.account_id == _ITS_ACCOUNT)
_HAD_BY_MORE_THAN_ONE = (
    select(_ON_THE_ACCOUNT.c.sms_id)
    .group_by(_ON_THE_ACCOUNT.c.sms_id)
    .having(func.count(_ON_THE_ACCOUNT.c.message_id.distinct()) > 1)
)
_SHARED = (
    _described(_ON_THE_ACCOUNT)
    .where(_ON_THE_ACCOUNT.c.sms_id.in_(_HAD_BY_MORE_THAN_ONE))
    .order_by(_ON_THE_ACCOUNT.c.sms_id, message.c.id)
)


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A look whose every statement sees the same moment, while others go on writing."""
    with reading(engine) as tx:
        if tx.dialect.name == "postgresql":  # SQLite gives every transaction one moment
            tx.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield tx


def _stream(tx: Connection, wanted: Select[Any], named: Mapping[str, int]) -> Iterator[Any]:
    return iter(tx.execute(wanted, named, execution_options={"yield_per": _CHUNK}))


def _attempts(tx: Connection, message_ids: Sequence[int]) -> dict[int, list[Attempted]]:
    attempts = defaultdict(list)
    for row in tx.execute(_ATTEMPTS, {"messages": message_ids}):
        attempted = Attempted(row.id, row.started_at, row.outcome, row.sms_id)
        attempts[row.message_id].append(attempted)
    return attempts


def _events(tx: Connection, message_ids: Sequence[int]) -> dict[int, list[Moved]]:
    events = defaultdict(list)
    for row in tx.execute(_EVENTS, {"messages": message_ids}):
        mover, _, _ = row.actor.partition(": ")
        events[row.message_id].append(Moved(mover, row.from_state, row.to_state))
    return events
