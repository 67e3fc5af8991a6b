"""What somebody who operates a worker measures: of campaigns that are under way, by account.

Finished campaigns are left out, so that a look costs what is to be done, not what was ever done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, select, true

from bulksms.model.states import CampaignState, State
from bulksms.store.engine import reading
from bulksms.store.schema import account, attempt, campaign, message

_UNDER_WAY = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.SCHEDULED)
PACE_OVER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class RowsInState:
    """How many rows of an account are in a state, and for which reason."""

    account: str
    state: State
    reason: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """How an account stands.

    Attributes:
        account: its name.
        rate: what it may, as `messages/seconds`.
        answers: how many of its sends were answered within the last minute.
        waiting_since: when the oldest of its running campaigns that still has queued rows began.
    """

    account: str
    rate: str
    answers: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Gauging:
    """Looks that wait for nobody."""

    engine: Engine

    def ping(self) -> None:
        """Nothing, if the database answers.

        Raises:
            StoreError: it does not.
        """
        with reading(self.engine) as tx:
            tx.execute(select(true()))

    def rows(self) -> list[RowsInState]:
        """Of every account with a campaign under way."""
        with reading(self.engine) as tx:
            return [
                RowsInState(name, State(state), reason, rows)
                for name, state, reason, rows in tx.execute(_ROWS)
            ]

    def figures(self, now: datetime) -> list[AccountFigures]:
        """The same accounts' pace and patience."""
        with reading(self.engine) as tx:
            waiting = _waiting(tx)
            found = tx.execute(_PACES, {"since": now - PACE_OVER})
            return [
                AccountFigures(row.name, row.rate, row.answers, waiting.get(row.name))
                for row in found
            ]


def _waiting(tx: Connection) -> dict[str, datetime]:
    return {row.name: row.since for row in tx.execute(_WAITING)}


_BUSY = campaign.c.state.in_(_UNDER_WAY)
_ROWS: Any = (
    select(account.c.name, message.c.state, message.c.reason, func.count())
    .join(campaign, campaign.c.account_id == account.c.id)
    .join(message, message.c.campaign_id == campaign.c.id)
    .where(_BUSY)
    .group_by(account.c.name, message.c.state, message.c.reason)
)
_ANSWERS = (
    select(func.count())
    .where(attempt.c.account_id == account.c.id, attempt.c.finished_at > bindparam("since"))
    .scalar_subquery()
)
_PACES = (
    select(account.c.name, account.c.rate, _ANSWERS.label("answers"))
    .where(select(true()).where(campaign.c.account_id == account.c.id, _BUSY).exists())
    .order_by(account.c.name)
)
_QUEUED = (
    select(true())
    .where(message.c.campaign_id == campaign.c.id, message.c.state == State.QUEUED)
    .exists()
)
_WAITING = (
    select(account.c.name, func.min(campaign.c.started_at).label("since"))
    .join(campaign, campaign.c.account_id == account.c.id)
    .where(campaign.c.state == CampaignState.RUNNING, _QUEUED)
    .group_by(account.c.name)
)
