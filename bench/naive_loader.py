"""A loader as one writes it on the first day; what `bulksms load` is measured against.

pandas reads the file, `iterrows` walks it, phonenumbers judges every number, and the ORM keeps
every row in the same job table. It repairs nothing and explains little.

`python -m bench.naive_loader CONTACTS DATABASE`, the database made by `bulksms migrate`.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import phonenumbers
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import DeclarativeBase, Session

from bulksms.store import schema


class Base(DeclarativeBase):
    """The ORM's own."""


class Message(Base):
    """A row of the job table."""

    __table__ = schema.message


def main(contacts: Path, database: Path) -> None:
    """Read, judge, keep."""
    now = datetime.now(UTC)
    frame = pd.read_csv(contacts, dtype=str, keep_default_na=False)
    with Session(create_engine(f"sqlite:///{database}")) as session:
        campaign_id = _campaign(session, tuple(frame.columns), now)
        seen: set[str] = set()
        for at, (_, row) in enumerate(frame.iterrows(), start=2):
            session.add(_message(campaign_id, at, dict(row), seen, now))
        session.commit()


def _campaign(session: Session, columns: tuple[str, ...], now: datetime) -> int:
    session.execute(insert(schema.account).values(id=1, name="default", rate="15/60"))
    session.execute(
        insert(schema.campaign).values(
            id=1,
            account_id=1,
            name="naive",
            state="draft",
            columns=json.dumps(columns),
            source_name="contacts.csv",
            fingerprint="",
            wording="",
            force_send=False,
            rows=0,
            created_at=now,
        )
    )
    return 1


def _message(
    campaign_id: int, row_number: int, row: dict[str, str], seen: set[str], now: datetime
) -> Message:
    number = normalised(row["Mobile"])
    reason = "duplicate" if number in seen else None if number else "invalid_number"
    if number:
        seen.add(number)
    return Message(
        campaign_id=campaign_id,
        row_number=row_number,
        original=json.dumps(list(row.values())),
        to_number=number,
        lead_id=row["Lead ID"],
        sender="+13152935500",
        body=f"Hi {row['First name']}, your table in {row['City']} is ready.",
        segments=1,
        repeat=0,
        state="skipped" if reason else "queued",
        reason=reason,
        detail=reason,
        attempts=0,
        updated_at=now,
    )


def normalised(cell: str) -> str | None:
    """E.164, as far as phonenumbers can tell."""
    try:
        number = phonenumbers.parse(cell, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
