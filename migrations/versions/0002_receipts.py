"""What the carriers said: one line for every change of a delivery.

A photograph: it imports nothing of the program, so that it stays what it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table of receipts."""
    op.create_table(
        "receipt",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("sms_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True)),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('delivered', 'failed', 'pending', 'scheduled', 'success', 'undelivered')",
            name="status_is_known",
        ),
        sa.CheckConstraint(
            "via IN ('report', 'status', 'webhook')",
            name="via_is_known",
        ),
    )
    op.create_index("receipt_by_sms_id", "receipt", ["account_id", "sms_id"])
