"""What the store's tests play with: rows, campaigns, leases, answers, and a look at the tables.

Everything is set up through the store's own methods. Raw SQL only looks,
or makes what no method can make (yet).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import MetaData, text

from bulksms.model.outcomes import (
    Accepted,
    AccountBlocked,
    NotSent,
    Outcome,
    Rejected,
    Unknown,
)
from bulksms.model.records import (
    Boot,
    Campaign,
    ClaimedMessage,
    JudgedRow,
    Lease,
    NewCampaign,
    Rate,
)
from bulksms.model.states import PausedReason, Reason, State
from bulksms.store import Store
from bulksms.store.schema import PARTIAL, metadata

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ON_SQLITE = pytest.mark.parametrize("location", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("location", ["postgresql"], indirect=True)
"""For what is a matter of one database alone."""
FAST = Rate(1000, SECOND)
"""A pace that no test reaches, for tests about something else."""

ACCEPTED = Accepted("sms-1", 200)
REJECTED = Rejected(Reason.REJECTED, "The vendor said no.", 422)
TOO_MANY = NotSent("Too many requests.", MINUTE, 429)
NOT_SENT = NotSent("The connection was refused.")
BLOCKED = AccountBlocked(PausedReason.NO_CREDITS, "You don't have enough credits.", 402)
UNKNOWN = Unknown(Reason.TIMEOUT, "No answer within 30 seconds.")

MOMENT = "2026-01-05 09:00:00.000000"
"""NOW, as SQLite keeps it."""
WHOLE: dict[str, dict[str, object]] = {
    "queued": {},
    "sending": {"attempt_id": 1, "attempts": 1},
    "accepted": {"attempt_id": 1, "attempts": 1, "sms_id": "sms-1", "accepted_at": MOMENT},
    "failed": {"reason": "rejected", "detail": "No.", "attempt_id": 1, "attempts": 1},
    "unknown": {"reason": "timeout", "detail": "Silence.", "attempt_id": 1, "attempts": 1},
    "skipped": {"reason": "cancelled", "detail": "It was.", "attempt_id": 1, "attempts": 1},
}
"""What the columns of a message must hold in each state, beyond those of a queued one."""


def queued(row_number: int, **changes: Any) -> JudgedRow:  # noqa: ANN401 - fields of the row
    """A row that may be sent; every row number has a phone number of its own."""
    fields: dict[str, Any] = {
        "row_number": row_number,
        "original": (f"Ann {row_number}", "+1"),
        "state": State.QUEUED,
        "to_number": f"+1202555{row_number:04}",
        "sender": "+12025550000",
        "body": "Hi",
        "segments": 1,
    }
    return JudgedRow(**{**fields, **changes})


def skipped(row_number: int, reason: Reason = Reason.MISSING_NUMBER) -> JudgedRow:
    """A row that our own rules refuse."""
    return JudgedRow(row_number, ("", ""), State.SKIPPED, reason, "There is no number.")


def load(
    store: Store,
    rows: Iterable[JudgedRow] | int = 3,
    *,
    name: str = "june",
    account: str = "default",
    limit: int | None = None,
    first: bool = False,
    start_at: datetime | None = None,
    knows_of: int = 0,
) -> Campaign:
    """A draft of these rows; a number stands for so many queued ones, from row 2 on."""
    judged = [queued(2 + index) for index in range(rows)] if isinstance(rows, int) else rows
    file = ("Name", "Phone"), "june.csv", "f1", "w1"
    new = NewCampaign(name, *file, "Hi", limit=limit, start_at=start_at, knows_of=knows_of)
    return store.campaigns.load(new, judged, account_name=account, rate=FAST, now=NOW, first=first)


def running(
    store: Store,
    rows: Iterable[JudgedRow] | int = 3,
    *,
    name: str = "june",
    limit: int | None = None,
    knows_of: int = 0,
) -> Campaign:
    """A campaign that may be claimed from."""
    campaign = load(store, rows, name=name, limit=limit, knows_of=knows_of)
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    return fresh(store, campaign)


def fresh(store: Store, campaign: Campaign) -> Campaign:
    """The campaign as it is now."""
    found = store.campaigns.named(campaign.name)
    assert found is not None
    return found


def acquire(
    store: Store,
    worker: str = "ann:1",
    *,
    now: datetime = NOW,
    rate: Rate = FAST,
    length: timedelta = MINUTE,
    boot: Boot | None = None,
) -> Lease:
    """The lease of the default account."""
    return store.accounts.acquire(
        "default", worker=worker, rate=rate, length=length, now=now, boot=boot
    )


def claim(store: Store, lease: Lease, campaign: Campaign, now: datetime = NOW) -> ClaimedMessage:
    """The next message, which there must be."""
    claimed = store.messages.claim(lease, campaign.id, now)
    assert isinstance(claimed, ClaimedMessage)
    return claimed


def answer(
    store: Store,
    claimed: ClaimedMessage,
    outcome: Outcome,
    now: datetime = NOW,
    hold_until: datetime | None = None,
) -> None:
    """Record the outcome of a POST."""
    store.messages.record(claimed, outcome, worker="ann:1", now=now, hold_until=hold_until)


def sql(store: Store, statement: str, **values: object) -> list[tuple[Any, ...]]:
    """What the tables say, without the store's own reading of it."""
    with store.engine.begin() as tx:
        if tx.dialect.name == "postgresql":
            values = {name: NOW if value == MOMENT else value for name, value in values.items()}
        result = tx.execute(text(statement), values)
        return [tuple(map(_kept, row)) for row in result] if result.returns_rows else []


def _kept(value: object) -> object:
    """A moment as SQLite keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value


def states(store: Store, campaign: Campaign) -> list[str]:
    """The state of every row, in the file's order."""
    rows = sql(
        store,
        "SELECT state FROM message WHERE campaign_id = :id ORDER BY row_number",
        id=campaign.id,
    )
    return [state for (state,) in rows]


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that the state machine writes."""
    tables = ("account", "campaign", "message", "attempt", "event")
    return {table: sql(store, f"SELECT * FROM {table} ORDER BY id") for table in tables}  # noqa: S608 - the names stand one line above


def put_all(store: Store, state: State) -> None:
    """Every message into that state, past the state machine."""
    values = {"state": state.value, **WHOLE[state]}
    columns = ", ".join(f"{column} = :{column}" for column in values)
    sql(store, f"UPDATE message SET {columns}", **values)  # noqa: S608 - the names stand in WHOLE


def declared(dialect: str) -> MetaData:
    """The tables as the code declares them, in full for one kind of database."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if PARTIAL in index.info:
                index.dialect_options[dialect]["where"] = index.info[PARTIAL]
    return metadata
