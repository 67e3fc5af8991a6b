"""Campaigns as their table keeps them: how they are found, and turned into columns and back.

With a campaign comes what a reader wants to know of its account.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, CursorResult, RowMapping, bindparam, exists, or_, select

from bulksms.model.chunks import cells_to_text, encoded
from bulksms.model.fingerprint import Fingerprint
from bulksms.model.records import Campaign, NewCampaign
from bulksms.model.restraint import Restraint
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.store import places
from bulksms.store.accounts import HAS_LAPSED
from bulksms.store.moving import OF_CAMPAIGN, THE_CAMPAIGN
from bulksms.store.schema import account, campaign, message

_ROWS_AT_ONCE = 1_000
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
UNFINISHED = (
    ALL.where(campaign.c.state.in_([CampaignState.RUNNING, CampaignState.SCHEDULED]))
    .order_by(None)
    .order_by(campaign.c.id)
)
NOT_HELD_BY = UNFINISHED.where(
    or_(
        account.c.leased_by.is_(None),
        account.c.leased_by != bindparam("the_worker"),
        HAS_LAPSED,
    )
)
THE_ONE = ALL.where(THE_CAMPAIGN)
NAMED = ALL.where(campaign.c.name == bindparam("name"))
_TEXTED_OR_TO_BE = exists().where(
    message.c.campaign_id == campaign.c.id,
    message.c.state.in_([state for state in State if state is not State.SKIPPED]),
)
OF_FILE = ALL.where(campaign.c.fingerprint == bindparam("fingerprint"), _TEXTED_OR_TO_BE)
"""A campaign whose rows were all skipped does not count: it texts nobody."""

OF_LIKE_FILES = ALL.where(
    campaign.c.columns == bindparam("columns"),
    campaign.c.rows == bindparam("rows"),
    _TEXTED_OR_TO_BE,
)
_KEPT = select(message.c.original).where(OF_CAMPAIGN).order_by(message.c.row_number)


def of_kept_rows(
    tx: Connection, fingerprint: str, columns: Sequence[str], rows: int
) -> list[Campaign]:
    """The campaigns whose rows, as they are kept and reported, have that name."""
    like = {"columns": cells_to_text(columns), "rows": rows}
    return [
        each
        for each in campaigns(tx.execute(OF_LIKE_FILES, like))
        if _name_of_kept_rows(tx, each) == fingerprint
    ]


def _name_of_kept_rows(tx: Connection, of: Campaign) -> str:
    name = Fingerprint(of.columns)
    kept = tx.execute(_KEPT, {"the_campaign": of.id}).scalars()
    for some in kept.partitions(_ROWS_AT_ONCE):
        rows = json.loads(f"[{','.join(some)}]")
        name.add(encoded(list(zip(*rows, strict=True))))
    return name.text


def the_campaign(tx: Connection, campaign_id: int) -> Campaign:
    """The campaign of that id, inside a transaction."""
    return _campaign(tx.execute(THE_ONE, {"the_campaign": campaign_id}).mappings().one())


def campaigns(found: CursorResult[Any]) -> list[Campaign]:
    """What one of the statements above has found."""
    return [_campaign(row) for row in found.mappings()]


def as_columns(new: NewCampaign) -> dict[str, Any]:
    """What a load knows before its rows, without the name, which may be taken."""
    return {
        "state": CampaignState.SCHEDULED if new.start_at else CampaignState.DRAFT,
        "columns": cells_to_text(new.columns),
        "source_name": new.source_name,
        "fingerprint": new.fingerprint,
        "wording": new.wording,
        "template": new.template,
        "force_send": new.force_send,
        **places.hours_to_columns(new.hours),
        "start_at": new.start_at,
        **restraint_to_columns(new.restraint),
        "knows_of": new.knows_of,
    }


def restraint_to_columns(restraint: Restraint) -> dict[str, int | None]:
    """Whom a campaign leaves alone, as the table keeps it."""
    return {
        "texted_within": _seconds(restraint.texted_within),
        "same_text_within": _seconds(restraint.same_text_within),
    }


def restraint_of(texted_within: int | None, same_text_within: int | None) -> Restraint:
    """Whom a campaign leaves alone, from the seconds that the table keeps."""
    return Restraint(_period(texted_within), _period(same_text_within))


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
        start_at=row["start_at"],
        restraint=restraint_of(row["texted_within"], row["same_text_within"]),
        knows_of=row["knows_of"],
    )


def _seconds(period: timedelta | None) -> int | None:
    return None if period is None else round(period.total_seconds())


def _period(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
