"""What a person says of an account: its own rate, its senders, where its token is kept.

A photograph: it imports nothing of the program, so that it stays what it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of the accounts' settings."""
    op.create_table(
        "account_setting",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("rate", sa.Text()),
        sa.Column("senders", sa.Text(), nullable=False),
        sa.Column("token_keeper", sa.Text(), nullable=False),
        sa.Column("token_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "token_keeper IN ('file', 'keyring', 'variable')",
            name="keeper_is_known",
        ),
        sa.UniqueConstraint("token_keeper", "token_name", name="one_account_a_token"),
    )
