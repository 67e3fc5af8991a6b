"""What became of accepted messages: the carrier's word on each, and every change of it.

The message keeps the last word; `receipt` keeps them all: no line is ever removed, and erasing a
person blanks its words.
A status that comes late or twice changes nothing: the guard names what it may replace.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    ScalarSelect,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)

from bulksms.model.joining import AcceptedMessage, Receipt
from bulksms.model.states import Delivery, State
from bulksms.model.vendor_record import UNDER_WAY, Via, replaceable_by
from bulksms.store.engine import reading, writing
from bulksms.store.schema import account, campaign, message, receipt

LONGEST_RAW = 300
"""Characters of the vendor's own words that are kept."""
_CHUNK = 2_000
"""Messages named in one statement."""


class Pushed(StrEnum):
    """What an event that came by itself was."""

    NEWS = "news"
    NO_NEWS = "no news"
    STRANGER = "of a message that is not ours"


@dataclass(frozen=True, slots=True)
class Receipts:
    """What may be done with deliveries; each method is one transaction."""

    engine: Engine

    def open(self, campaign_id: int, *, success_since: datetime) -> list[AcceptedMessage]:
        """The campaign's messages whose last word is not spoken, in the order of acceptance.

        `success` is only waited on for messages accepted after `success_since`: many a carrier
        never gives a receipt.
        """
        recent = and_(message.c.delivery == Delivery.SUCCESS, message.c.accepted_at > success_since)
        waiting = or_(_is_unknown_or(UNDER_WAY), recent)
        return self._accepted(message.c.campaign_id == campaign_id, waiting)

    def accepted_between(
        self, campaign_id: int, first_day: date, last_day: date
    ) -> list[AcceptedMessage]:
        """All that the campaign's account had accepted on these days (UTC), whatever campaign's."""
        ends = last_day + timedelta(days=1)
        return self._accepted(
            campaign.c.account_id == _account_of(campaign_id),
            message.c.accepted_at >= datetime.combine(first_day, time(), UTC),
            message.c.accepted_at < datetime.combine(ends, time(), UTC),
        )

    def record(
        self, campaign_id: int, receipts: Iterable[Receipt], *, via: Via, now: datetime
    ) -> int:
        """Write down what is news.

        Returns:
            How many messages of the campaign have another delivery by it.
        """
        changed, coming = 0, iter(receipts)
        with writing(self.engine) as tx:
            while chunk := list(islice(coming, _CHUNK)):
                for status, said in _by_status(chunk).items():
                    changed += _record(tx, campaign_id, status, said, via=via, now=now)
        return changed

    def push(
        self, sms_id: str, status: Delivery, *, receiver: str, said: str, now: datetime
    ) -> Pushed:
        """Write down an event that the vendor sent by itself, in whatever order and how often.

        The id must be of a message to `receiver` (E.164; empty: to anybody), for nothing says that
        events and answers draw their ids from one space. A stranger's event is kept apart: as a
        receipt that no message has.
        """
        named = [message.c.sms_id == sms_id, message.c.state == State.ACCEPTED]
        if receiver:
            named.append(message.c.to_number == receiver)
        with writing(self.engine) as tx:
            found = tx.execute(select(message.c.id, message.c.campaign_id).where(*named)).all()
            if len(found) != 1:
                _keep_apart(tx, sms_id, status, said, now)
                return Pushed.STRANGER
            (row,) = found
            heard = {row.id: said}
            news = _record(tx, row.campaign_id, status, heard, via=Via.WEBHOOK, now=now)
            return Pushed.NEWS if news else Pushed.NO_NEWS

    def _accepted(self, *which: ColumnElement[bool]) -> list[AcceptedMessage]:
        with reading(self.engine) as tx:
            found = tx.execute(
                select(
                    message.c.id,
                    message.c.sms_id,
                    message.c.sender,
                    message.c.to_number,
                    message.c.body,
                    message.c.accepted_at,
                )
                .join(campaign, campaign.c.id == message.c.campaign_id)
                .where(message.c.state == State.ACCEPTED, *which)
                .order_by(message.c.accepted_at, message.c.id)
            )
            return [
                AcceptedMessage(
                    id=row.id,
                    sms_id=row.sms_id,
                    sender=row.sender,
                    to_number=row.to_number,
                    body=row.body or "",
                    accepted_at=row.accepted_at,
                )
                for row in found
            ]


def _by_status(receipts: Iterable[Receipt]) -> dict[Delivery, dict[int, str]]:
    """Status → the messages it is of → what was said."""
    grouped: dict[Delivery, dict[int, str]] = {}
    for each in receipts:
        grouped.setdefault(each.status, {})[each.message_id] = each.said
    return grouped


def _record(
    tx: Connection,
    campaign_id: int,
    status: Delivery,
    said: Mapping[int, str],
    *,
    via: Via,
    now: datetime,
) -> int:
    """Give the messages this status where it may follow theirs, and keep a line for each."""
    changed = tx.execute(
        update(message)
        .where(
            message.c.campaign_id == campaign_id,
            message.c.id.in_(said),
            message.c.state == State.ACCEPTED,
            _is_unknown_or(replaceable_by(status)),
        )
        .values(delivery=status, updated_at=now)
        .returning(message.c.id, message.c.sms_id)
    ).all()
    if changed:
        line = insert(receipt).values(
            account_id=_account_of(campaign_id), status=status, received_at=now, via=via
        )
        tx.execute(
            line, [{"sms_id": row.sms_id, "raw": said[row.id][:LONGEST_RAW]} for row in changed]
        )
    return len(changed)


def _keep_apart(tx: Connection, sms_id: str, status: Delivery, said: str, now: datetime) -> None:
    """Once for each id and status; under the first account, where there is any."""
    known = select(receipt.c.id).where(receipt.c.sms_id == sms_id, receipt.c.status == status)
    first = tx.execute(select(func.min(account.c.id))).scalar_one()
    if first is None or tx.execute(known.where(receipt.c.account_id == first)).first():
        return
    tx.execute(
        insert(receipt).values(
            account_id=first,
            sms_id=sms_id,
            status=status,
            received_at=now,
            via=Via.WEBHOOK,
            raw=said[:LONGEST_RAW],
        )
    )


def _is_unknown_or(deliveries: Iterable[Delivery]) -> ColumnElement[bool]:
    return or_(message.c.delivery.is_(None), message.c.delivery.in_(deliveries))


def _account_of(campaign_id: int) -> ScalarSelect[int]:
    return select(campaign.c.account_id).where(campaign.c.id == campaign_id).scalar_subquery()
