"""Where a message stands with us, why, and who may move it: the whole state machine.

`TRANSITIONS` is the one statement of it.
The store's guards are computed from it (`sources`), the README's diagram is printed from it,
and the tests walk it.
In this code never "sent": a message is `accepted` by the vendor, or `delivered` by a carrier.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a message stands with us."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


IN_DOUBT = (State.SENDING, State.UNKNOWN)
"""Whether it was accepted is not known, or not known yet."""


class Reason(StrEnum):
    """Why a message is failed, unknown or skipped."""

    INVALID_RECIPIENT = "invalid_recipient"
    BLACKLISTED = "blacklisted"
    INVALID_COUNTRY = "invalid_country"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    GAVE_UP = "gave_up"

    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    SERVER_ERROR = "server_error"
    BAD_RESPONSE = "bad_response"
    INTERRUPTED = "interrupted"

    MISSING_NUMBER = "missing_number"
    INVALID_NUMBER = "invalid_number"
    DAMAGED_NUMBER = "damaged_number"
    UNSUPPORTED_COUNTRY = "unsupported_country"
    DUPLICATE = "duplicate"
    OPTED_OUT = "opted_out"
    MISSING_VALUE = "missing_value"
    EMPTY_MESSAGE = "empty_message"
    MESSAGE_TOO_LONG = "message_too_long"
    OUTSIDE_HOURS = "outside_hours"
    TEXTED_RECENTLY = "texted_recently"
    SAME_TEXT = "same_text"
    CANCELLED = "cancelled"


REASONS: dict[State, frozenset[Reason]] = {
    State.QUEUED: frozenset(),
    State.SENDING: frozenset(),
    State.ACCEPTED: frozenset(),
    State.FAILED: frozenset(
        {
            Reason.INVALID_RECIPIENT,
            Reason.BLACKLISTED,
            Reason.INVALID_COUNTRY,
            Reason.REJECTED,
            Reason.NOT_SENT,
            Reason.GAVE_UP,
        }
    ),
    State.UNKNOWN: frozenset(
        {
            Reason.TIMEOUT,
            Reason.CONNECTION_LOST,
            Reason.SERVER_ERROR,
            Reason.BAD_RESPONSE,
            Reason.INTERRUPTED,
        }
    ),
    State.SKIPPED: frozenset(
        {
            Reason.MISSING_NUMBER,
            Reason.INVALID_NUMBER,
            Reason.DAMAGED_NUMBER,
            Reason.UNSUPPORTED_COUNTRY,
            Reason.DUPLICATE,
            Reason.OPTED_OUT,
            Reason.MISSING_VALUE,
            Reason.EMPTY_MESSAGE,
            Reason.MESSAGE_TOO_LONG,
            Reason.OUTSIDE_HOURS,
            Reason.TEXTED_RECENTLY,
            Reason.SAME_TEXT,
            Reason.CANCELLED,
        }
    ),
}
"""Which reasons explain which state; a state with none needs none. Also the database's CHECK."""


class Move(StrEnum):
    """Who moves a message, or what. Whichever method asks, the store's `moving` makes the move."""

    CLAIM = "claim"
    """The worker takes the message for one POST."""
    RECORD = "record"
    """The answer to the attempt that claimed the message."""
    LATE_ANSWER = "late answer"
    """The answer to our own attempt, after somebody else had already judged the silence."""
    RECOVER = "recover"
    """A new holder of the account finds an attempt that its predecessor left without an answer."""
    RECONCILE = "reconcile"
    """The vendor's own record settles what no answer did."""
    RESOLVE = "resolve"
    """The operator settles what only a person can know."""
    RETRY = "retry"
    """The operator puts refused messages back."""
    OPT_OUT = "opt out"
    """The number came to the suppression list after the load, or a later list says no for it."""
    RESTRAIN = "restrain"
    """Another campaign has texted the number since the load."""
    CANCEL = "cancel"
    """The operator ends the campaign."""


TRANSITIONS: dict[tuple[State, State], frozenset[Move]] = {
    (State.QUEUED, State.SENDING): frozenset({Move.CLAIM}),
    (State.QUEUED, State.SKIPPED): frozenset({Move.OPT_OUT, Move.RESTRAIN, Move.CANCEL}),
    (State.SENDING, State.ACCEPTED): frozenset({Move.RECORD}),
    (State.SENDING, State.FAILED): frozenset({Move.RECORD}),
    (State.SENDING, State.UNKNOWN): frozenset({Move.RECORD, Move.RECOVER}),
    (State.SENDING, State.QUEUED): frozenset({Move.RECORD}),
    (State.UNKNOWN, State.ACCEPTED): frozenset({Move.LATE_ANSWER, Move.RECONCILE, Move.RESOLVE}),
    (State.UNKNOWN, State.FAILED): frozenset({Move.LATE_ANSWER, Move.RESOLVE}),
    (State.UNKNOWN, State.QUEUED): frozenset({Move.LATE_ANSWER, Move.RECONCILE, Move.RESOLVE}),
    # A late acceptance is a fact, whatever was decided meanwhile: the text must not leave again.
    (State.QUEUED, State.ACCEPTED): frozenset({Move.LATE_ANSWER}),
    (State.FAILED, State.ACCEPTED): frozenset({Move.LATE_ANSWER}),
    (State.SKIPPED, State.ACCEPTED): frozenset({Move.LATE_ANSWER}),
    (State.FAILED, State.QUEUED): frozenset({Move.RETRY}),
}
"""(from, to) → who may. What is not here cannot happen."""

ENTRY: frozenset[State] = frozenset({State.QUEUED, State.SKIPPED})
"""Where the load may put a row."""

TERMINAL: frozenset[State] = frozenset({State.ACCEPTED, State.SKIPPED})
"""Nothing is decided about these any more; a late acceptance is a fact even so."""


def sources(move: Move, to: State) -> frozenset[State]:
    """The states from which `move` may take a message to `to`."""
    return frozenset(
        start for (start, end), movers in TRANSITIONS.items() if end is to and move in movers
    )


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


NOT_BEGUN = frozenset({CampaignState.DRAFT, CampaignState.SCHEDULED})
"""Nobody was texted by a campaign that is one of these: none that began becomes one again."""
ENDED = frozenset({CampaignState.FINISHED, CampaignState.CANCELLED})
"""It texts nobody any more, unless a row of a finished one comes back."""


class PausedReason(StrEnum):
    """Why a campaign is paused."""

    OPERATOR = "operator"
    INTERRUPTED = "interrupted"
    UNAUTHENTICATED = "unauthenticated"
    SUBSCRIPTION_ENDED = "subscription_ended"
    PLAN_NOT_ALLOWED = "plan_not_allowed"
    NO_CREDITS = "no_credits"
    INVALID_SENDER = "invalid_sender"
    REPEATED_FAILURES = "repeated_failures"
    WRONG_ADDRESS = "wrong_address"
    SCHEDULED = "scheduled"


WHY_PAUSED: dict[PausedReason, str] = {
    PausedReason.OPERATOR: "It was paused by hand",
    PausedReason.INTERRUPTED: "It was interrupted",
    PausedReason.UNAUTHENTICATED: "There is no token that Easify knows",
    PausedReason.SUBSCRIPTION_ENDED: "The Easify subscription has ended",
    PausedReason.PLAN_NOT_ALLOWED: "The Easify plan does not allow the API",
    PausedReason.NO_CREDITS: "The account is out of credits",
    PausedReason.INVALID_SENDER: "The sender is not a number of this account",
    PausedReason.REPEATED_FAILURES: "Too many attempts in a row were not accepted",
    PausedReason.WRONG_ADDRESS: "The address of the API is wrong",
    PausedReason.SCHEDULED: "Easify keeps the texts for its opening hours",
}
"""What a person is told, in a clause."""


class Delivery(StrEnum):
    """What the carrier said later; the vendor's words in lower case."""

    PENDING = "pending"
    SCHEDULED = "scheduled"
    SUCCESS = "success"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


NOT_ARRIVED = (Delivery.UNDELIVERED, Delivery.FAILED)
"""What the carriers say of a text that its recipient does not have."""
