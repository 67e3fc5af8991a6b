"""The tables as the code uses them.

The migrations make the database; this module only declares what they made,
and a test compares the two, CHECKs included.
The CHECKs repeat the state machine where no code can go round it:
an unexplained row is impossible in the database itself.
"""

from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bulksms.model.outcomes import OutcomeName
from bulksms.model.states import REASONS, CampaignState, Delivery, PausedReason, Reason, State
from bulksms.model.vendor_record import Via
from bulksms.store.moments import UtcDateTime

PARTIAL = "partial"
"""Of an index, in its `info`: which rows it holds.

SQLAlchemy's own way is a condition for each kind of database, for which it would load all the
kinds at each start of the program.
"""


def one_of(column: str, values: Iterable[str]) -> str:
    """A CHECK that a column holds one of these."""
    quoted = ", ".join(f"'{value}'" for value in sorted(values))
    return f"{column} IN ({quoted})"


def is_one_of(column: str, values: Iterable[str]) -> str:
    """The same, spelled out for the job table.

    Of an `IN` with more than two words SQLite makes a table, in which it then looks each row's
    word up: that was a third of the time that it took to take rows in.
    """
    words = f"' OR {column} = '".join(sorted(values))
    return f"({column} = '{words}')"


def _explained() -> str:
    """`reason` is one that explains `state`, and `detail` says it in words; else both are empty."""
    plain = [state for state, reasons in REASONS.items() if not reasons]
    cases = [f"({is_one_of('state', plain)} AND reason IS NULL AND detail IS NULL)"]
    cases += [
        f"(state = '{state}' AND reason IS NOT NULL AND {is_one_of('reason', reasons)}"
        " AND detail IS NOT NULL)"
        for state, reasons in REASONS.items()
        if reasons
    ]
    return " OR ".join(cases)


_CLAIMED = (State.SENDING, State.ACCEPTED, State.UNKNOWN)

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""An id of what never stops growing: an agency's attempts outgrow 32 bits within a year or two.

SQLite's own integers have 64 bits.
"""

metadata = MetaData()

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("rate", Text, nullable=False),
    Column("leased_by", Text),
    Column("leased_until", UtcDateTime),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("blocked_until", UtcDateTime),
    Column("boot_id", Text),
    Column("booted_at", UtcDateTime),
    Column("token_mark", Text),
    Column("token_since", Integer),
    CheckConstraint("(leased_by IS NULL) = (leased_until IS NULL)", name="lease_is_whole"),
)

campaign = Table(
    "campaign",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("name", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("paused_reason", Text),
    Column("paused_detail", Text),
    Column("columns", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("template", Text),
    Column("force_send", Boolean, nullable=False),
    Column("stop_after_row", Integer),
    Column("hours", Text),
    Column("days", Text),
    Column("timezone", Text),
    Column("start_at", UtcDateTime),
    Column("texted_within", Integer),
    Column("same_text_within", Integer),
    Column("rows", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("knows_of", Integer, nullable=False, server_default=text("0")),
    CheckConstraint(one_of("state", CampaignState), name="state_is_known"),
    CheckConstraint(one_of("paused_reason", PausedReason), name="paused_reason_is_known"),
    CheckConstraint("(state = 'paused') = (paused_reason IS NOT NULL)", name="pause_is_explained"),
    CheckConstraint(
        "(hours IS NULL) = (days IS NULL) AND (hours IS NULL) = (timezone IS NULL)",
        name="hours_are_whole",
    ),
    CheckConstraint("state <> 'scheduled' OR start_at IS NOT NULL", name="schedule_has_time"),
    Index("campaign_by_fingerprint", "fingerprint"),
)

place = Table(
    "place",
    metadata,
    Column("campaign_id", ForeignKey("campaign.id"), primary_key=True),
    Column("place", Text, primary_key=True),
)

message = Table(
    "message",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("original", Text, nullable=False),
    Column("to_number", Text),
    Column("lead_id", Text),
    Column("sender", Text),
    Column("body", Text),
    Column("media", Text),
    Column("segments", Integer, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("place", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("sms_id", Text),
    Column("accepted_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("attempt_id", BIG),
    Column("delivery", Text),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint(is_one_of("state", State), name="state_is_known"),
    CheckConstraint(_explained(), name="row_is_explained"),
    CheckConstraint("(state = 'accepted') = (sms_id IS NOT NULL)", name="accepted_has_sms_id"),
    CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted_has_time"),
    CheckConstraint(
        "state = 'skipped' OR (to_number IS NOT NULL AND sender IS NOT NULL"
        " AND (body IS NOT NULL OR media IS NOT NULL))",
        name="sendable_is_whole",
    ),
    CheckConstraint(
        f"attempt_id IS NOT NULL OR NOT {is_one_of('state', _CLAIMED)}",
        name="claimed_has_attempt",
    ),
    CheckConstraint("attempts >= 0", name="attempts_counted"),
    CheckConstraint(is_one_of("delivery", Delivery), name="delivery_is_known"),
    CheckConstraint("delivery IS NULL OR state = 'accepted'", name="delivery_of_accepted"),
    UniqueConstraint("campaign_id", "row_number", name="one_message_a_row"),
)
Index(
    "nobody_twice",
    message.c.campaign_id,
    message.c.to_number,
    message.c.repeat,
    unique=True,
    info={PARTIAL: message.c.state != State.SKIPPED.value},
)
Index(
    "message_queued",
    message.c.campaign_id,
    message.c.place,
    message.c.row_number,
    info={PARTIAL: message.c.state == State.QUEUED.value},
)
Index(
    "message_by_sms_id",
    message.c.sms_id,
    info={PARTIAL: message.c.sms_id.is_not(None)},
)
Index(
    "message_by_time",
    message.c.accepted_at,
    info={PARTIAL: message.c.accepted_at.is_not(None)},
)
Index(
    "message_in_doubt",
    message.c.updated_at,
    info={PARTIAL: text("state IN ('sending', 'unknown')")},
)
Index("message_by_number", message.c.to_number)
Index(
    "message_opted_out",
    message.c.to_number,
    message.c.campaign_id,
    info={PARTIAL: message.c.reason == Reason.OPTED_OUT.value},
)
Index("message_by_state", message.c.campaign_id, message.c.state, message.c.reason)

attempt = Table(
    "attempt",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("message_id", ForeignKey("message.id"), nullable=False, index=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("missed_at", UtcDateTime),
    Column("outcome", Text),
    Column("http_status", Integer),
    Column("text", Text),
    Column("sms_id", Text),
    CheckConstraint(one_of("outcome", OutcomeName), name="outcome_is_known"),
    CheckConstraint("(finished_at IS NULL) = (outcome IS NULL)", name="closed_is_whole"),
    CheckConstraint("(outcome = 'accepted') = (sms_id IS NOT NULL)", name="accepted_has_sms_id"),
    Index("attempt_slots", "account_id", "finished_at"),
)

event = Table(
    "event",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False, index=True),
    Column("message_id", ForeignKey("message.id"), index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("note", Text),
)

suppression = Table(
    "suppression",
    metadata,
    Column("to_number", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

suppression_change = Table(
    "suppression_change",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("to_number", Text, nullable=False, index=True),
    Column("change", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("evidence", Text),
    CheckConstraint("change IN ('added', 'removed')", name="change_is_known"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("sms_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("occurred_at", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False),
    Column("via", Text, nullable=False),
    Column("raw", Text, nullable=False),
    CheckConstraint(one_of("status", Delivery), name="status_is_known"),
    CheckConstraint(one_of("via", Via), name="via_is_known"),
    Index("receipt_by_sms_id", "account_id", "sms_id"),
)
