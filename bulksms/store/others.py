"""What the other campaigns have to do with a campaign's recipients: in doubt there, or texted.

Whoever is about to text is told before, and may have the campaign leave them alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    and_,
    bindparam,
    case,
    distinct,
    false,
    func,
    or_,
    select,
    update,
)

from bulksms.model.overlap import InDoubt, Meanwhile
from bulksms.model.records import Campaign, Refused
from bulksms.model.restraint import Restraint
from bulksms.model.states import CampaignState, State
from bulksms.store.engine import reading, writing
from bulksms.store.finding import restraint_to_columns
from bulksms.store.forgetting import NOT_FORGOTTEN
from bulksms.store.messages import refused
from bulksms.store.moving import THE_CAMPAIGN
from bulksms.store.opt_outs import SUPPRESSED, opted_out
from bulksms.store.perhaps_texted import in_doubt, perhaps_texted, when
from bulksms.store.schema import account, campaign, message

_NUMBERS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Others:
    """Looks at other campaigns; each look waits for nobody."""

    engine: Engine

    def in_doubt(self, numbers: Collection[str]) -> list[InDoubt]:
        """Where these numbers are in doubt, or were given up so."""
        some, found = sorted(numbers), dict[tuple[str, bool], list[int]]()
        with reading(self.engine) as tx:
            for start in range(0, len(some), _NUMBERS_AT_ONCE):
                these = {"numbers": some[start : start + _NUMBERS_AT_ONCE]}
                for name, row_number, given_up in tx.execute(_DOUBTS, these):
                    found.setdefault((name, given_up), []).append(row_number)
        return [InDoubt(name, up, sorted(rows)) for (name, up), rows in found.items()]

    def newest(self, account_name: str) -> int:
        """The id of the account's last campaign: a plan that is made from now on knows so far.

        0: there is none.
        """
        with reading(self.engine) as tx:
            newest: int = tx.execute(_NEWEST, {"name": account_name}).scalar_one()
            return newest

    def meanwhile(
        self, of: Campaign, restraint: Restraint, now: datetime, again: Refused | None = None
    ) -> list[Meanwhile]:
        """Who has texted whom the campaign would text since it was loaded, or waits to do so too.

        Those who have most of them come first. A row in doubt counts as texted, and one
        that was given up. Whom a list says not to text is counted too, if its plan knew not of it.

        Args:
            of: the campaign that is to go on.
            restraint: the one that it would have then.
            now: when it would go on.
            again: refused rows that would go back into the queue first.
        """
        counted = _overlaps(of, restraint, now, again)
        with reading(self.engine) as tx:
            since = {"the_campaign": of.id, "since": of.created_at, "knows_of": of.knows_of}
            others = tx.execute(_AT_WORK_SINCE, since).scalars()
            theirs = _OTHER.c.campaign_id.in_(at_work := others.all())
            rows = tx.execute(counted.where(theirs)).all() if at_work else []
        found = [
            Meanwhile(
                *(row.name, CampaignState(row.state), row.texted, row.same_text, row.waiting),
                None if row.account == of.account else row.account,
                left_out=row.left_out,
                in_doubt=row.in_doubt,
                opted_out=row.opted_out,
            )
            for row in rows
        ]
        return sorted(found, key=lambda each: -each.rows)

    def leave_alone(self, campaign_id: int, restraint: Restraint) -> None:
        """Have the campaign, from its next claim on, leave alone whom others texted."""
        with writing(self.engine) as tx:
            tx.execute(
                update(campaign)
                .where(campaign.c.id == campaign_id)
                .values(**restraint_to_columns(restraint))
            )


_NEWEST = (
    select(func.coalesce(func.max(campaign.c.id), 0))
    .join(account, account.c.id == campaign.c.account_id)
    .where(account.c.name == bindparam("name"))
)
_DOUBTS = (
    select(campaign.c.name, message.c.row_number, message.c.state == State.FAILED)
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .where(
        message.c.to_number.in_(bindparam("numbers", expanding=True)),
        in_doubt(message),
    )
    .order_by(message.c.campaign_id, message.c.row_number)
)
_AT_WORK_SINCE = select(campaign.c.id).where(
    ~THE_CAMPAIGN,
    or_(
        campaign.c.finished_at.is_(None),
        campaign.c.finished_at > bindparam("since", type_=campaign.c.finished_at.type),
        campaign.c.id > bindparam("knows_of"),
    ),
)
"""Few as a rule; among the messages of the others there is nothing to look for."""
_OTHER = message.alias("other")
_TEXTED_AT = when(_OTHER)


def _overlaps(
    of: Campaign, restraint: Restraint, now: datetime, again: Refused | None
) -> Select[*tuple[Any, ...]]:
    """For each campaign, how many of the messages that would go have what in it."""
    waits = and_(message.c.campaign_id == of.id, message.c.state == State.QUEUED)
    mine = waits if again is None else or_(waits, refused(of.id, again))
    waits_there = _OTHER.c.state == State.QUEUED
    texted = and_(perhaps_texted(_OTHER), of.created_at < _TEXTED_AT)
    same_text = and_(texted, _OTHER.c.body.is_not_distinct_from(message.c.body))
    known = case((account.c.name == of.account, of.knows_of), else_=of.id)
    later = and_(_OTHER.c.campaign_id > known, opted_out(_OTHER), ~SUPPRESSED)
    left_out = or_(
        and_(texted, _is_within(restraint.texted_within, now)),
        and_(same_text, _is_within(restraint.same_text_within, now)),
    )
    return (
        select(
            campaign.c.name,
            campaign.c.state,
            account.c.name.label("account"),
            _messages(texted).label("texted"),
            _messages(same_text).label("same_text"),
            _messages(waits_there).label("waiting"),
            _messages(left_out).label("left_out"),
            _messages(and_(texted, in_doubt(_OTHER))).label("in_doubt"),
            _messages(later).label("opted_out"),
        )
        .select_from(message)
        .join(_OTHER, _OTHER.c.to_number == message.c.to_number)
        .join(campaign, campaign.c.id == _OTHER.c.campaign_id)
        .join(account, account.c.id == campaign.c.account_id)
        .where(mine, NOT_FORGOTTEN, or_(texted, waits_there, later))
        .group_by(campaign.c.id, campaign.c.name, campaign.c.state, account.c.name)
    )


def _messages(which: ColumnElement[bool]) -> ColumnElement[int]:
    """How many of the campaign's messages there are, of which another one may be so."""
    return func.count(distinct(case((which, message.c.id))))


def _is_within(period: timedelta | None, now: datetime) -> ColumnElement[bool]:
    return false() if period is None else now - period < _TEXTED_AT
