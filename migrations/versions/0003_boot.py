"""On which start of which machine an account was last used: tells a clock that was set since.

A photograph: it imports nothing of the program, so that it stays what it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; nothing is known of the past."""
    op.add_column("account", sa.Column("boot_id", sa.Text()))
    op.add_column("account", sa.Column("booted_at", sa.DateTime(timezone=True)))
