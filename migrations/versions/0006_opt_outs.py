"""Whom a list said not to text, found by the number: each claim asks.

A photograph: it imports nothing of the program, so that it stays what it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the index of the rows that opted out; they are few."""
    op.create_index(
        "message_opted_out",
        "message",
        ["to_number", "campaign_id"],
        sqlite_where=sa.text("reason = 'opted_out'"),
        postgresql_where=sa.text("reason = 'opted_out'"),
    )
