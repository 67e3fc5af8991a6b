"""Messages in doubt, and what we know for sure that can settle them against the vendor's record."""

from collections.abc import Collection
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Engine, Row, Select, select

from bulksms.model.matching import Doubt, Witness
from bulksms.model.outcomes import OutcomeName
from bulksms.model.states import State
from bulksms.store.engine import reading
from bulksms.store.schema import attempt, campaign, message


@dataclass(frozen=True, slots=True)
class Doubts:
    """Looks at what is in doubt; each waits for nobody."""

    engine: Engine

    def of(self, campaign_id: int) -> list[Doubt]:
        """The campaign's unknown messages, in the file's order."""
        with reading(self.engine) as tx:
            found = tx.execute(
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
                )
                .join(attempt, attempt.c.id == message.c.attempt_id)
                .where(
                    message.c.campaign_id == campaign_id,
                    message.c.state == State.UNKNOWN,
                    attempt.c.finished_at.is_not(None),
                )
            )
            return [  # sorted here: ORDER BY has SQLite walk through every row in that order
                Doubt(
                    message_id=row.id,
                    attempt_id=row.attempt_id,
                    row_number=row.row_number,
                    sender=row.sender,
                    to_number=row.to_number,
                    body=row.body or "",
                    has_media=row.media is not None,
                    started_at=row.started_at,
                    given_up_at=row.finished_at,
                )
                for row in sorted(found, key=attrgetter("row_number"))
            ]

    def witnesses(self, account_id: int, most: int) -> list[Witness]:
        """The account's newest messages that were accepted in an answer to us."""
        newest = _accepted(account_id).order_by(attempt.c.finished_at.desc()).limit(most)
        with reading(self.engine) as tx:
            return [_witness(row) for row in tx.execute(newest)]

    def accepted_to(self, account_id: int, sender: str, to_number: str) -> list[Witness]:
        """All that was accepted from a sender to a number in an answer to us."""
        between = _accepted(account_id).where(
            message.c.to_number == to_number, message.c.sender == sender
        )
        with reading(self.engine) as tx:
            return [_witness(row) for row in tx.execute(between)]

    def owned(
        self, account_id: int, sender: str, to_number: str, sms_ids: Collection[str]
    ) -> set[str]:
        """Which of these ids belong to a message from that sender to that number already.

        Only to that number: where the record counts its ids apart from ours, an id of another
        conversation may be the same by chance, and explains nothing.
        """
        with reading(self.engine) as tx:
            found = tx.execute(
                select(message.c.sms_id)
                .join(campaign, campaign.c.id == message.c.campaign_id)
                .where(
                    campaign.c.account_id == account_id,
                    message.c.sender == sender,
                    message.c.to_number == to_number,
                    message.c.sms_id.in_(sms_ids),
                )
            ).scalars()
            return {sms_id for sms_id in found if sms_id is not None}


def _accepted(account_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            attempt.c.sms_id,
            message.c.sender,
            message.c.to_number,
            message.c.body,
            message.c.media,
            attempt.c.finished_at,
        )
        .join(message, message.c.id == attempt.c.message_id)
        .where(attempt.c.account_id == account_id, attempt.c.outcome == OutcomeName.ACCEPTED)
    )


def _witness(row: Row[*tuple[Any, ...]]) -> Witness:
    return Witness(
        sms_id=row.sms_id,
        sender=row.sender,
        to_number=row.to_number,
        body=row.body or "",
        has_media=row.media is not None,
        accepted_at=row.finished_at,
    )
