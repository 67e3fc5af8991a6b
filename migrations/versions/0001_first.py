"""The first schema: accounts, campaigns, the job table, attempts, events, suppressions.

A photograph: it imports nothing of the program, so that it stays what it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("rate", sa.Text(), nullable=False),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("epoch", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("blocked_until", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "(leased_by IS NULL) = (leased_until IS NULL)",
            name="lease_is_whole",
        ),
    )
    op.create_table(
        "suppression",
        sa.Column("to_number", sa.Text(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "suppression_change",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("to_number", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.CheckConstraint("change IN ('added', 'removed')", name="change_is_known"),
    )
    op.create_index("ix_suppression_change_to_number", "suppression_change", ["to_number"])
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paused_reason", sa.Text()),
        sa.Column("paused_detail", sa.Text()),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("template", sa.Text()),
        sa.Column("force_send", sa.Boolean(), nullable=False),
        sa.Column("stop_after_row", sa.Integer()),
        sa.Column("hours", sa.Text()),
        sa.Column("days", sa.Text()),
        sa.Column("timezone", sa.Text()),
        sa.Column("start_at", sa.DateTime(timezone=True)),
        sa.Column("texted_within", sa.Integer()),
        sa.Column("same_text_within", sa.Integer()),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('cancelled', 'draft', 'finished', 'paused', 'running', 'scheduled')",
            name="state_is_known",
        ),
        sa.CheckConstraint(
            "paused_reason IN ('interrupted', 'invalid_sender', 'no_credits', 'operator', "
            "'plan_not_allowed', 'repeated_failures', 'scheduled', 'subscription_ended', "
            "'unauthenticated', 'wrong_address')",
            name="paused_reason_is_known",
        ),
        sa.CheckConstraint(
            "(state = 'paused') = (paused_reason IS NOT NULL)",
            name="pause_is_explained",
        ),
        sa.CheckConstraint(
            "(hours IS NULL) = (days IS NULL) AND (hours IS NULL) = (timezone IS NULL)",
            name="hours_are_whole",
        ),
        sa.CheckConstraint(
            "state <> 'scheduled' OR start_at IS NOT NULL",
            name="schedule_has_time",
        ),
    )
    op.create_index("campaign_by_fingerprint", "campaign", ["fingerprint"])
    op.create_table(
        "place",
        sa.Column("campaign_id", sa.Integer(), sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("place", sa.Text(), primary_key=True),
    )
    op.create_table(
        "message",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("campaign_id", sa.Integer(), sa.ForeignKey("campaign.id"), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("to_number", sa.Text()),
        sa.Column("lead_id", sa.Text()),
        sa.Column("sender", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.Column("media", sa.Text()),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, server_default=""),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.Column("sms_id", sa.Text()),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempt_id", BIG),
        sa.Column("delivery", sa.Text()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted' OR state = 'failed' OR state = 'queued' OR state = 'sending' OR "
            "state = 'skipped' OR state = 'unknown')",
            name="state_is_known",
        ),
        sa.CheckConstraint(
            "((state = 'accepted' OR state = 'queued' OR state = 'sending') AND reason IS NULL "
            "AND detail IS NULL) OR (state = 'failed' AND reason IS NOT NULL AND (reason = "
            "'blacklisted' OR reason = 'gave_up' OR reason = 'invalid_country' OR reason = "
            "'invalid_recipient' OR reason = 'not_sent' OR reason = 'rejected') AND detail IS "
            "NOT NULL) OR (state = 'unknown' AND reason IS NOT NULL AND (reason = 'bad_response' "
            "OR reason = 'connection_lost' OR reason = 'interrupted' OR reason = 'server_error' "
            "OR reason = 'timeout') AND detail IS NOT NULL) OR (state = 'skipped' AND reason IS "
            "NOT NULL AND (reason = 'cancelled' OR reason = 'damaged_number' OR reason = "
            "'duplicate' OR reason = 'empty_message' OR reason = 'invalid_number' OR reason = "
            "'message_too_long' OR reason = 'missing_number' OR reason = 'missing_value' OR "
            "reason = 'opted_out' OR reason = 'outside_hours' OR reason = 'same_text' OR reason "
            "= 'texted_recently' OR reason = 'unsupported_country') AND detail IS NOT NULL)",
            name="row_is_explained",
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (sms_id IS NOT NULL)",
            name="accepted_has_sms_id",
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_at IS NOT NULL)",
            name="accepted_has_time",
        ),
        sa.CheckConstraint(
            "state = 'skipped' OR (to_number IS NOT NULL AND sender IS NOT NULL AND (body "
            "IS NOT NULL OR media IS NOT NULL))",
            name="sendable_is_whole",
        ),
        sa.CheckConstraint(
            "attempt_id IS NOT NULL OR NOT (state = 'accepted' OR state = 'sending' OR state = "
            "'unknown')",
            name="claimed_has_attempt",
        ),
        sa.CheckConstraint(
            "attempts >= 0",
            name="attempts_counted",
        ),
        sa.CheckConstraint(
            "(delivery = 'delivered' OR delivery = 'failed' OR delivery = 'pending' OR delivery "
            "= 'scheduled' OR delivery = 'success' OR delivery = 'undelivered')",
            name="delivery_is_known",
        ),
        sa.CheckConstraint(
            "delivery IS NULL OR state = 'accepted'",
            name="delivery_of_accepted",
        ),
        sa.UniqueConstraint("campaign_id", "row_number", name="one_message_a_row"),
    )
    op.create_index("message_by_number", "message", ["to_number"])
    op.create_index(
        "message_by_sms_id",
        "message",
        ["sms_id"],
        sqlite_where=sa.text("sms_id IS NOT NULL"),
        postgresql_where=sa.text("sms_id IS NOT NULL"),
    )
    op.create_index(
        "message_by_time",
        "message",
        ["accepted_at"],
        sqlite_where=sa.text("accepted_at IS NOT NULL"),
        postgresql_where=sa.text("accepted_at IS NOT NULL"),
    )
    op.create_index(
        "message_in_doubt",
        "message",
        ["updated_at"],
        sqlite_where=sa.text("state IN ('sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('sending', 'unknown')"),
    )
    op.create_index("message_by_state", "message", ["campaign_id", "state", "reason"])
    op.create_index(
        "message_queued",
        "message",
        ["campaign_id", "place", "row_number"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "nobody_twice",
        "message",
        ["campaign_id", "to_number", "repeat"],
        unique=True,
        sqlite_where=sa.text("state != 'skipped'"),
        postgresql_where=sa.text("state != 'skipped'"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("message_id", BIG, sa.ForeignKey("message.id"), nullable=False),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("missed_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text()),
        sa.Column("http_status", sa.Integer()),
        sa.Column("text", sa.Text()),
        sa.Column("sms_id", sa.Text()),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'account_blocked', 'not_sent', 'rejected', 'unknown')",
            name="outcome_is_known",
        ),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (outcome IS NULL)",
            name="closed_is_whole",
        ),
        sa.CheckConstraint(
            "(outcome = 'accepted') = (sms_id IS NOT NULL)",
            name="accepted_has_sms_id",
        ),
    )
    op.create_index("attempt_slots", "attempt", ["account_id", "finished_at"])
    op.create_index("ix_attempt_message_id", "attempt", ["message_id"])
    op.create_table(
        "event",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("campaign_id", sa.Integer(), sa.ForeignKey("campaign.id"), nullable=False),
        sa.Column("message_id", BIG, sa.ForeignKey("message.id")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text()),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
    )
    op.create_index("ix_event_campaign_id", "event", ["campaign_id"])
    op.create_index("ix_event_message_id", "event", ["message_id"])
