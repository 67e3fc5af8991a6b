"""How a campaign is read: its row, and of its account what a reader wants to know."""

import json
from typing import Any

from sqlalchemy import Connection, CursorResult, RowMapping, bindparam, select

from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState, PausedReason
from bulksms.store import places
from bulksms.store.schema import account, campaign

ALL = (
    select(
        campaign,
        account.c.name.label("account"),
        account.c.rate,
        account.c.leased_by,
        account.c.leased_until,
    )
    .join(account, account.c.id == campaign.c.account_id)
    .order_by(campaign.c.id.desc())
)
THE_ONE = ALL.where(campaign.c.id == bindparam("the_campaign"))
NAMED = ALL.where(campaign.c.name == bindparam("name"))
OF_FILE = ALL.where(campaign.c.fingerprint == bindparam("fingerprint"))


def the_campaign(tx: Connection, campaign_id: int) -> Campaign:
    """The campaign of that id, inside a transaction."""
    return _campaign(tx.execute(THE_ONE, {"the_campaign": campaign_id}).mappings().one())


def campaigns(found: CursorResult[Any]) -> list[Campaign]:
    """What one of the statements above has found."""
    return [_campaign(row) for row in found.mappings()]


def _campaign(row: RowMapping) -> Campaign:
    return Campaign(
        id=row["id"],
        account=row["account"],
        rate=row["rate"],
        leased_by=row["leased_by"],
        leased_until=row["leased_until"],
        name=row["name"],
        state=CampaignState(row["state"]),
        paused_reason=PausedReason(row["paused_reason"]) if row["paused_reason"] else None,
        paused_detail=row["paused_detail"],
        columns=tuple(json.loads(row["columns"])),
        source_name=row["source_name"],
        fingerprint=row["fingerprint"],
        wording=row["wording"],
        template=row["template"],
        force_send=row["force_send"],
        stop_after_row=row["stop_after_row"],
        rows=row["rows"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        hours=places.hours_from_columns(row),
    )
