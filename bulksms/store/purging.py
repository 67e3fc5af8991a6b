"""Whole campaigns that ended long ago, without their personal data; what was counted stays counted.

As `forgetting` does it for one number, for every row of a campaign at once. A campaign with a row
that something is still to be done about keeps everything until that is settled.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    String,
    case,
    cast,
    func,
    select,
    update,
)

from bulksms.model.chunks import cells_to_text
from bulksms.model.records import FORGOTTEN_NUMBER
from bulksms.model.states import ENDED
from bulksms.store.engine import reading, writing
from bulksms.store.forgetting import FORGOTTEN, NOT_FORGOTTEN, STILL_NEEDED
from bulksms.store.moving import tell
from bulksms.store.opt_outs import SUPPRESSED, opted_out
from bulksms.store.schema import attempt, campaign, event, message, receipt

PURGED = "the personal data of every row was erased"


@dataclass(frozen=True, slots=True)
class Purging:
    """What retention asks for."""

    engine: Engine

    def due(self, before: datetime) -> dict[str, int]:
        """The campaigns that ended before then and were not purged yet, with their rows."""
        with reading(self.engine) as tx:
            found = tx.execute(select(campaign.c.name, campaign.c.rows).where(_due(before)))
            return {row.name: row.rows for row in found}

    def opted_out(self, before: datetime) -> dict[str, int]:
        """How many numbers opted out in the file of each of these campaigns, and are on no list.

        Without their rows nobody would know of it.
        """
        with reading(self.engine) as tx:
            due = tx.execute(select(campaign.c.id).where(_due(before))).scalars().all()
            found = tx.execute(
                select(campaign.c.name, func.count(message.c.to_number.distinct()))
                .join(message, campaign.c.id == message.c.campaign_id)
                .where(campaign.c.id.in_(due), NOT_FORGOTTEN, opted_out(message), ~SUPPRESSED)
                .group_by(campaign.c.id, campaign.c.name)
                .order_by(campaign.c.id)
            )
            return {row[0]: row[1] for row in found}

    def purge(self, before: datetime, *, now: datetime, actor: str) -> int:
        """Erase the personal data of these campaigns.

        Returns:
            How many rows they had.
        """
        ids = select(campaign.c.id).where(_due(before)).order_by(campaign.c.id)
        with reading(self.engine) as tx:
            found = list(tx.execute(ids).scalars())
        return sum(self._purge_one(campaign_id, before, now, actor) for campaign_id in found)

    def _purge_one(self, campaign_id: int, before: datetime, now: datetime, actor: str) -> int:
        """In a transaction of its own: senders wait for one campaign, never for all of them."""
        this = campaign.c.id == campaign_id
        with writing(self.engine) as tx:
            # First alone: together with the look, it would wait for a `retry` and not see its rows.
            tx.execute(select(campaign.c.id).where(this).with_for_update())
            looked = select(campaign.c.columns, campaign.c.state, campaign.c.account_id)
            found = tx.execute(looked.where(this, _due(before))).one_or_none()
            if found is None:  # it was started again meanwhile
                return 0
            _erase_what_was_heard(tx, campaign_id, found.account_id)
            rows = _erase_rows(tx, campaign_id, len(json.loads(found.columns)))
            told = {"from_state": found.state, "to_state": found.state, "note": PURGED}
            tell(tx, campaign_id, now=now, actor=actor, **told)
            return rows


def _due(before: datetime) -> ColumnElement[bool]:
    needed = select(message.c.id).where(
        message.c.campaign_id == campaign.c.id, message.c.state.in_(STILL_NEEDED)
    )
    purged = select(event.c.id).where(event.c.campaign_id == campaign.c.id, event.c.note == PURGED)
    return (
        campaign.c.state.in_(ENDED)
        & (campaign.c.finished_at < before)
        & ~needed.exists()
        & ~purged.exists()
    )


def _erase_rows(tx: Connection, campaign_id: int, columns: int) -> int:
    """Something stays wherever there was something, since the CHECKs want it."""
    number = FORGOTTEN_NUMBER + cast(message.c.id, String)
    return tx.execute(
        update(message)
        .where(message.c.campaign_id == campaign_id)
        .values(
            to_number=case((message.c.to_number.is_not(None), number)),
            original=cells_to_text([""] * columns),
            lead_id=None,
            place="",
            body=_gone(message.c.body),
            media=_gone(message.c.media),
            detail=_gone(message.c.detail),
        )
    ).rowcount


def _gone(column: Column[str]) -> ColumnElement[str | None]:
    return case((column.is_not(None), FORGOTTEN))


def _erase_what_was_heard(tx: Connection, campaign_id: int, account_id: int) -> None:
    of_it = message.c.campaign_id == campaign_id
    rows, texts = select(message.c.id).where(of_it), select(message.c.sms_id).where(of_it)
    tx.execute(update(attempt).where(attempt.c.message_id.in_(rows)).values(text=None))
    tx.execute(update(event).where(event.c.message_id.in_(rows)).values(note=None))
    heard = (receipt.c.account_id == account_id) & receipt.c.sms_id.in_(texts)
    tx.execute(update(receipt).where(heard).values(raw=FORGOTTEN))
