"""Messages in doubt, and what we know for sure that can settle them against the vendor's record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Engine, Row, and_, bindparam, case, null, select, union_all

from bulksms.model.matching import Doubt, Text, Witness
from bulksms.model.outcomes import OutcomeName
from bulksms.model.states import State
from bulksms.store.attempts import ABANDONED
from bulksms.store.engine import reading
from bulksms.store.moving import OF_CAMPAIGN
from bulksms.store.schema import account, attempt, campaign, message


@dataclass(frozen=True, slots=True)
class Doubts:
    """Looks at what is in doubt; each waits for nobody."""

    engine: Engine

    def of(self, campaign_id: int) -> list[Doubt]:
        """The campaign's unknown messages, in the file's order."""
        with reading(self.engine) as tx:
            found = tx.execute(_UNKNOWN_OF, {"the_campaign": campaign_id})
            # Sorted here: ORDER BY has SQLite walk through every row in that order.
            return sorted(map(_doubt, found), key=attrgetter("row_number"))

    def between(self, account_id: int, sender: str, to_number: str) -> list[Doubt]:
        """The account's unknown messages from a sender to a number, in any campaign."""
        with reading(self.engine) as tx:
            named = {"account": account_id, "sender": sender, "to_number": to_number}
            return [_doubt(row) for row in tx.execute(_UNKNOWN_BETWEEN, named)]

    def witnesses(
        self, account_id: int, sender: str, country_code: str, *, most: int
    ) -> list[Witness]:
        """The account's newest messages from a sender to a country that an answer to us accepted.

        `country_code` is as in E.164, with its `+`.
        """
        with reading(self.engine) as tx:
            way = {"account": account_id, "sender": sender, "there": f"{country_code}%"}
            return [_witness(row) for row in tx.execute(_NEWEST, way | {"most": most})]

    def witnesses_of_lease(
        self,
        account_id: int,
        sender: str,
        country_code: str,
        *,
        epoch: int,
        about: datetime,
        most: int,
    ) -> list[Witness]:
        """As `witnesses`, of one lease and so of one token; looked for about that time."""
        with reading(self.engine) as tx:
            way = {"account": account_id, "sender": sender, "there": f"{country_code}%"}
            own = {"epoch": epoch, "about": about, "most": most}
            return [_witness(row) for row in tx.execute(_NEWEST_OF_LEASE, way | own)]

    def accepted_to(self, account_id: int, sender: str, to_number: str) -> list[Witness]:
        """All that was accepted from a sender to a number in an answer to us."""
        with reading(self.engine) as tx:
            between = {"account": account_id, "sender": sender, "to_number": to_number}
            return [_witness(row) for row in tx.execute(_ACCEPTED_TO, between)]

    def texts_to(self, account_id: int, sender: str, to_number: str) -> list[Text]:
        """What every message said that was ever tried from that sender to that number."""
        with reading(self.engine) as tx:
            between = {"account": account_id, "sender": sender, "to_number": to_number}
            found = tx.execute(_TEXTS_TO, between)
            return [Text(row.body or "", row.media is not None) for row in found]

    def in_the_air(self, account_id: int, sender: str, to_number: str) -> bool:
        """Whether a POST from that sender to that number has no answer yet."""
        with reading(self.engine) as tx:
            between = {"account": account_id, "sender": sender, "to_number": to_number}
            return tx.execute(_IN_THE_AIR, between).first() is not None

    def owned(
        self,
        account_id: int,
        sender: str,
        to_number: str,
        sms_ids: Collection[str],
        *,
        by_answers: bool,
    ) -> set[str]:
        """Which of these ids belong to a message from that sender to that number already.

        By the record's word, or a person's; with `by_answers` also by the answer to its own send.
        Only to that number: where the record counts its ids apart from ours, an id of another
        conversation may be the same by chance, and explains nothing.
        """
        with reading(self.engine) as tx:
            found = tx.execute(
                _OWNED if by_answers else _OWNED_BY_THE_RECORD,
                {
                    "account": account_id,
                    "sender": sender,
                    "to_number": to_number,
                    "sms_ids": list(sms_ids),
                },
            ).scalars()
            return {sms_id for sms_id in found if sms_id is not None}


_UNKNOWN = (
    select(
        message.c.id,
        message.c.attempt_id,
        message.c.row_number,
        message.c.sender,
        message.c.to_number,
        message.c.body,
        message.c.media,
        attempt.c.started_at,
        attempt.c.finished_at,
        attempt.c.missed_at,
        attempt.c.text,
        case((attempt.c.epoch >= account.c.token_since, null()), else_=attempt.c.epoch).label(
            "of_lease"
        ),
    )
    .join(attempt, attempt.c.id == message.c.attempt_id)
    .join(account, account.c.id == attempt.c.account_id)
    .where(message.c.state == State.UNKNOWN, attempt.c.finished_at.is_not(None))
)
_UNKNOWN_OF = _UNKNOWN.where(OF_CAMPAIGN)

_ACCEPTED = (
    select(
        attempt.c.sms_id,
        message.c.sender,
        message.c.to_number,
        message.c.body,
        message.c.media,
        attempt.c.started_at,
        attempt.c.finished_at,
        attempt.c.epoch,
    )
    .join(message, message.c.id == attempt.c.message_id)
    .where(attempt.c.account_id == bindparam("account"), attempt.c.outcome == OutcomeName.ACCEPTED)
)
_AMONG = 1_000
"""Of so many newest attempts: to look for a sender that has none among all took two seconds."""
_ANSWERED = select(attempt.c.id).where(
    attempt.c.account_id == bindparam("account"), attempt.c.finished_at.is_not(None)
)
_LATEST = _ANSWERED.order_by(attempt.c.finished_at.desc()).limit(_AMONG)
_ON_ITS_WAY = _ACCEPTED.where(
    message.c.sender == bindparam("sender"), message.c.to_number.like(bindparam("there"))
).order_by(attempt.c.finished_at.desc())
_NEWEST = _ON_ITS_WAY.where(attempt.c.id.in_(_LATEST)).limit(bindparam("most"))

_ABOUT = bindparam("about", type_=attempt.c.finished_at.type)
_BEFORE = _ANSWERED.where(attempt.c.finished_at < _ABOUT).order_by(attempt.c.finished_at.desc())
_AFTER = _ANSWERED.where(attempt.c.finished_at >= _ABOUT).order_by(attempt.c.finished_at)
_AROUND = union_all(*(select(each.limit(_AMONG).subquery().c.id) for each in (_BEFORE, _AFTER)))
_NEWEST_OF_LEASE = _ON_ITS_WAY.where(
    attempt.c.id.in_(_AROUND), attempt.c.epoch == bindparam("epoch")
).limit(bindparam("most"))
_BETWEEN = and_(
    message.c.sender == bindparam("sender"), message.c.to_number == bindparam("to_number")
)
_ACCEPTED_TO = _ACCEPTED.where(_BETWEEN)
_UNKNOWN_BETWEEN = _UNKNOWN.where(attempt.c.account_id == bindparam("account"), _BETWEEN)
_TEXTS_TO = (
    select(message.c.body, message.c.media)
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .where(
        campaign.c.account_id == bindparam("account"), message.c.attempt_id.is_not(None), _BETWEEN
    )
)
_IN_THE_AIR = (
    select(attempt.c.id)
    .join(message, message.c.id == attempt.c.message_id)
    .where(attempt.c.account_id == bindparam("account"), attempt.c.finished_at.is_(None), _BETWEEN)
    .limit(1)
)
_OWNED = (
    select(message.c.sms_id)
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .where(
        campaign.c.account_id == bindparam("account"),
        _BETWEEN,
        message.c.sms_id.in_(bindparam("sms_ids", expanding=True)),
    )
)
_OWNED_BY_THE_RECORD = _OWNED.join(attempt, attempt.c.id == message.c.attempt_id).where(
    attempt.c.outcome != OutcomeName.ACCEPTED
)


def _doubt(row: Row[*tuple[Any, ...]]) -> Doubt:
    return Doubt(
        message_id=row.id,
        attempt_id=row.attempt_id,
        row_number=row.row_number,
        sender=row.sender,
        to_number=row.to_number,
        body=row.body or "",
        has_media=row.media is not None,
        started_at=row.started_at,
        given_up_at=row.finished_at,
        missed_at=row.missed_at,
        may_be_heard=row.text == ABANDONED,
        of_lease=row.of_lease,
    )


def _witness(row: Row[*tuple[Any, ...]]) -> Witness:
    return Witness(
        sms_id=row.sms_id,
        sender=row.sender,
        to_number=row.to_number,
        body=row.body or "",
        has_media=row.media is not None,
        started_at=row.started_at,
        accepted_at=row.finished_at,
        epoch=row.epoch,
    )
