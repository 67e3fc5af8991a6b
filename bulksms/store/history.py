"""What was ever done with a number, across all campaigns, by its canonical form.

Every look has an index: by number, by the time of acceptance, or by doubt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    bindparam,
    or_,
    select,
)

from bulksms.model.accounts import DEFAULT_NAME
from bulksms.model.overlap import Elsewhere
from bulksms.model.records import Wanted
from bulksms.model.restraint import EarlierText, Memory, Restraint
from bulksms.model.states import IN_DOUBT, CampaignState, State
from bulksms.store.engine import one_at_a_time, reading, writing
from bulksms.store.forgetting import forget, require_settled
from bulksms.store.moving import OF_CAMPAIGN
from bulksms.store.opt_outs import SUPPRESSED, opted_out
from bulksms.store.perhaps_texted import given_up, perhaps_texted, when
from bulksms.store.schema import account as account_table
from bulksms.store.schema import campaign, message, suppression_change

_AT = when(message)


@dataclass(frozen=True, slots=True)
class PastRow:
    """One row that a number had in a campaign; `at` is when it was accepted, or last moved."""

    campaign: str
    row_number: int
    at: datetime
    state: State
    reason: str | None
    detail: str | None
    sms_id: str | None
    delivery: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A number came to the suppression list, or left it."""

    at: datetime
    change: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class History:
    """Looks back at numbers; each look waits for nobody."""

    engine: Engine

    def rows(self, number: str) -> list[PastRow]:
        """Every row of the number in any campaign, the oldest first."""
        with reading(self.engine) as tx:
            found = tx.execute(
                select(
                    *(campaign.c.name, message.c.row_number, _AT.label("at"), message.c.state),
                    *(message.c.reason, message.c.detail, message.c.sms_id),
                    *(message.c.delivery, message.c.body),
                )
                .join(campaign, campaign.c.id == message.c.campaign_id)
                .where(message.c.to_number == number)
                .order_by(_AT, message.c.id)
            )
            return [PastRow(*row) for row in found]

    def suppressions(self, number: str) -> list[Change]:
        """What happened to the number on the suppression list, the oldest first."""
        log = suppression_change.c
        with reading(self.engine) as tx:
            found = tx.execute(
                select(log.at, log.change, log.reason, log.source)
                .where(log.to_number == number)
                .order_by(log.id)
            )
            return [Change(*row) for row in found]

    def forget(self, number: str, *, now: datetime, actor: str) -> int:
        """Erase the number's personal data in every campaign; counts and audits stay true.

        The suppression list keeps the number: else it would be texted again.

        Returns:
            How many rows were erased.

        Raises:
            InputError: a row is in doubt, or waits while the number is not on the suppression list.
        """
        with writing(self.engine) as tx:
            require_settled(tx, number)
            return forget(tx, number, now=now, actor=actor)

    def elsewhere(
        self, numbers: Sequence[str], since: datetime, account: str = DEFAULT_NAME
    ) -> list[Elsewhere]:
        """How the campaigns have the numbers that wait, were texted since then, or opted out.

        A row in doubt counts as texted, and one that was given up; who left the suppression list
        after an opt-out has taken it back. Told to `account`, which hears of others' by their name.
        """
        with reading(self.engine) as tx:
            found = tx.execute(_ELSEWHERE, {"numbers": numbers, "since": since})
            return [
                Elsewhere(
                    *(row.to_number, row.name, CampaignState(row.campaign_state)),
                    *(row.waits, row.body, _of_another(row, account)),
                    opted_out=row.opted_out,
                )
                for row in found
            ]

    def memory(self, restraint: Restraint, now: datetime, account: str = DEFAULT_NAME) -> Memory:
        """All that the restraint has to look back on, for judging a whole file of `account`."""
        if restraint.longest is None:
            return Memory()
        texts: dict[str, list[EarlierText]] = {}
        with reading(self.engine) as tx:
            for row in tx.execute(_texted(_since(now - restraint.longest))):
                texts.setdefault(row.to_number, []).append(_earlier(row, account))
        return Memory(restraint, now, texts)


def memory_of(tx: Connection, number: str, seen_from: Wanted, restraint: Restraint) -> Memory:
    """The same for one number, seen from a campaign; part of a claim's transaction."""
    now = seen_from.time
    if restraint.longest is None:
        return Memory()
    one_at_a_time(tx, "restrained claims")  # two accounts' claims would not see each other's text
    found = tx.execute(
        _BY_OTHERS,
        {"number": number, "the_campaign": seen_from.campaign_id, "since": now - restraint.longest},
    )
    texts = [_earlier(row, seen_from.lease.account) for row in found]
    return Memory(restraint, now, {number: texts})


def _since(moment: datetime) -> ColumnElement[bool]:
    """Accepted since then, in doubt since then, or given up; each has an index of its own."""
    # Written out, for a database uses a partial index only where it sees its condition.
    written_out: BindParameter[Any] = bindparam(
        "in_doubt", IN_DOUBT, expanding=True, literal_execute=True
    )
    in_doubt = and_(message.c.state.in_(written_out), message.c.updated_at > moment)
    by_campaign = message.c.campaign_id.in_(select(campaign.c.id))
    no_more = and_(by_campaign, given_up(message), message.c.updated_at > moment)
    return or_(message.c.accepted_at > moment, in_doubt, no_more)


def _texted(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            message.c.to_number,
            message.c.sms_id,
            message.c.body,
            campaign.c.name,
            account_table.c.name.label("account"),
            _AT.label("at"),
        )
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .join(account_table, account_table.c.id == campaign.c.account_id)
        .where(which)
        .order_by(_AT.desc())
    )


_TEXTED_SINCE = and_(
    perhaps_texted(message),
    bindparam("since", type_=message.c.updated_at.type) < _AT,
)
"""For rows that are found by their number: `_since` finds them by the time."""
_BY_OTHERS = _texted(
    and_(
        message.c.to_number == bindparam("number"),
        ~OF_CAMPAIGN,
        _TEXTED_SINCE,
    )
)
_OPTED_OUT = opted_out(message)
_WAITS = and_(message.c.state == State.QUEUED, ~SUPPRESSED)
_ELSEWHERE = (
    select(
        message.c.to_number,
        campaign.c.name,
        campaign.c.state.label("campaign_state"),
        _WAITS.label("waits"),
        message.c.body,
        account_table.c.name.label("account"),
        _OPTED_OUT.label("opted_out"),
    )
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .join(account_table, account_table.c.id == campaign.c.account_id)
    .where(
        message.c.to_number.in_(bindparam("numbers", expanding=True)),
        or_(_WAITS, _TEXTED_SINCE, _OPTED_OUT),
    )
    .order_by(message.c.id)
)
"""By the numbers, each of which the index finds: a plan asks for its own and no more."""


def _earlier(row: Row[*tuple[Any, ...]], account: str) -> EarlierText:
    return EarlierText(row.name, row.at, row.sms_id, row.body, _of_another(row, account))


def _of_another(row: Row[*tuple[Any, ...]], account: str) -> str | None:
    return None if row.account == account else str(row.account)
