"""What the pages say of reasons and pauses: an instruction where there is something to do."""

from bulksms.model.states import PausedReason, Reason
from bulksms.model.wording import plural

_MEND: dict[Reason, str] = {
    Reason.MISSING_NUMBER: "Enter the phone number in {rows}",
    Reason.INVALID_NUMBER: "Fix {numbers}",
    Reason.DAMAGED_NUMBER: "Enter {damaged} again, in cells formatted as text",
    Reason.UNSUPPORTED_COUNTRY: "Leave out {numbers} of countries that Easify does not text",
    Reason.MISSING_VALUE: "Enter the missing data in {rows}",
    Reason.EMPTY_MESSAGE: "Enter the message of {rows}",
    Reason.MESSAGE_TOO_LONG: "Shorten the message of {rows}",
}
_FINE: dict[Reason, str] = {
    Reason.DUPLICATE: "{rows} with a number that an earlier row has",
    Reason.OPTED_OUT: "{rows} that opted out: on your opt-out list, or in a column of a file",
    Reason.TEXTED_RECENTLY: "{rows} with a number that was texted lately",
    Reason.SAME_TEXT: "{rows} with a number that had this very text lately",
    Reason.OUTSIDE_HOURS: "{rows} with a number that is never within the sending hours",
}

PAUSED_ADVICE: dict[PausedReason, str] = {
    PausedReason.OPERATOR: "Resume it whenever you like; it goes on where it stood.",
    PausedReason.INTERRUPTED: "Nothing is lost. Resume it, and it goes on where it stood.",
    PausedReason.UNAUTHENTICATED: (
        "Copy the token from Easify (Settings > API Settings), enter it under Account, then resume."
    ),
    PausedReason.SUBSCRIPTION_ENDED: "Renew the subscription in Easify, then resume.",
    PausedReason.PLAN_NOT_ALLOWED: "Move the account to Easify's Enterprise plan, then resume.",
    PausedReason.NO_CREDITS: (
        "Recharge the account in Easify, then resume. Every row kept its place."
    ),
    PausedReason.INVALID_SENDER: "Check in Easify that the number is still yours, then resume.",
    PausedReason.REPEATED_FAILURES: (
        "Look at the failed and unknown rows in the report to see what they have in common,"
        " then resume."
    ),
    PausedReason.WRONG_ADDRESS: "Check the address of the API (EASIFY_BASE_URL), then resume.",
    PausedReason.SCHEDULED: (
        "Resume when it is open again, or now if the texts may wait there; they cannot be"
        " called back."
    ),
}
"""What to do about a pause, in the words of the page."""


def to_mend(reason: Reason, rows: int) -> str | None:
    """What a person can mend about these rows; None where there is nothing to mend."""
    return _said(_MEND, reason, rows)


def left_out(reason: Reason, rows: int) -> str:
    """Rows that are rightly not texted."""
    return _said(_FINE, reason, rows) or f"{plural(rows, 'row')}: {reason.replace('_', ' ')}"


def _said(sentences: dict[Reason, str], reason: Reason, rows: int) -> str | None:
    sentence = sentences.get(reason)
    return sentence and sentence.format(
        rows=plural(rows, "row"),
        numbers=plural(rows, "phone number"),
        damaged=plural(rows, "damaged number"),
    )
