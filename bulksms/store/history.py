"""What was ever done with a number, across all campaigns, by its canonical form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, func, or_, select

from bulksms.model.restraint import EarlierText, Memory, Restraint
from bulksms.model.states import State
from bulksms.store.engine import reading
from bulksms.store.schema import campaign, message

_IN_DOUBT = (State.SENDING, State.UNKNOWN)
_AT = func.coalesce(message.c.accepted_at, message.c.updated_at)


@dataclass(frozen=True, slots=True)
class History:
    """Looks back at numbers; each look waits for nobody."""

    engine: Engine

    def memory(self, restraint: Restraint, now: datetime) -> Memory:
        """All that the restraint has to look back on, for judging a whole file."""
        if restraint.longest is None:
            return Memory()
        texts: dict[str, list[EarlierText]] = {}
        with reading(self.engine) as tx:
            for row in tx.execute(_texted(_since(now - restraint.longest))):
                texts.setdefault(row.to_number, []).append(_earlier(row))
        return Memory(restraint, now, texts)


def memory_of(
    tx: Connection, number: str, campaign_id: int, restraint: Restraint, now: datetime
) -> Memory:
    """The same for one number, seen from a campaign; part of a claim's transaction."""
    if restraint.longest is None:
        return Memory()
    others = and_(
        message.c.to_number == number,
        message.c.campaign_id != campaign_id,
        message.c.state.in_([State.ACCEPTED, *_IN_DOUBT]),
        now - restraint.longest < _AT,
    )
    return Memory(restraint, now, {number: [_earlier(row) for row in tx.execute(_texted(others))]})


def _since(moment: datetime) -> ColumnElement[bool]:
    """Accepted since then, or in doubt since then; each half has an index of its own."""
    in_doubt = and_(message.c.state.in_(_IN_DOUBT), message.c.updated_at > moment)
    return or_(message.c.accepted_at > moment, in_doubt)


def _texted(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            message.c.to_number,
            message.c.sms_id,
            message.c.body,
            campaign.c.name,
            _AT.label("at"),
        )
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .where(which)
        .order_by(_AT.desc())
    )


def _earlier(row: Row[*tuple[Any, ...]]) -> EarlierText:
    return EarlierText(row.name, row.at, row.sms_id, row.body)
