"""Which lists a campaign's plan could have looked at: the others are heeded at each claim.

A photograph: it imports nothing of the program, so that it stays what it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; whatever was loaded before a campaign is taken for known to its plan."""
    op.add_column(
        "campaign",
        sa.Column("knows_of", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.execute(sa.text("UPDATE campaign SET knows_of = id"))
