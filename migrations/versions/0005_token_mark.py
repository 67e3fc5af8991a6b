"""Since which holder an account has had its token: tells whose record speaks for which attempt.

A photograph: it imports nothing of the program, so that it stays what it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; nothing is known of the past."""
    op.add_column("account", sa.Column("token_mark", sa.Text()))
    op.add_column("account", sa.Column("token_since", sa.Integer()))
