"""How a command can end, why a campaign rests, why a row was not texted; and the settings."""

import click

from bulksms.cli.failing import INTERRUPTED
from bulksms.cli.runner import UNSETTLED
from bulksms.cli.words import WHAT_TO_DO
from bulksms.model.errors import AccountProblem, BulkSMSError, InputError, StoreError
from bulksms.model.settings import (
    DEFAULT_BASE_URL,
    DEFAULT_LEASE,
    DEFAULT_RATE,
    DEFAULT_SETTLE,
    DEFAULT_TIMEOUT,
    MAX_SEGMENTS,
)
from bulksms.model.states import REASONS, PausedReason, Reason, State

from .errors import typed
from .markdown import code, table

EXIT_CODES: tuple[tuple[int, str], ...] = (
    (0, "done: nothing failed; also when `--limit` was reached"),
    (
        BulkSMSError.exit_code,
        "a fault of ours; or the output cannot be written; or `audit` found something",
    ),
    (
        click.UsageError.exit_code,
        "wrong usage; or a question without a terminal and without `--yes`",
    ),
    (InputError.exit_code, "the file, the options or a setting must be fixed; nothing was sent"),
    (
        StoreError.exit_code,
        "the database: missing, out of date, locked, or its account in use by another sender",
    ),
    (AccountProblem.exit_code, "the account needs a person: paused, or nothing was begun"),
    (UNSETTLED, "done, but some rows are `failed` or `unknown`; or `receive` stopped early"),
    (INTERRUPTED, "stopped by Ctrl-C, by `pause`, or by the answer no; `resume` goes on"),
)

WHAT_TO_TYPE: dict[int, str] = {
    0: "`bulksms report CAMPAIGN -o report.xlsx`; after `--limit`: `bulksms resume CAMPAIGN`",
    BulkSMSError.exit_code: "`bulksms status`, then the same with `bulksms --debug …`; report it",
    click.UsageError.exit_code: "`bulksms COMMAND --help`; in a script, `--yes`",
    InputError.exit_code: "what the sentence says, then the same line again",
    StoreError.exit_code: "the command after `Next:`; of an account in use: `bulksms status`",
    AccountProblem.exit_code: "see [the pauses](#the-campaign-is-paused)",
    UNSETTLED: (
        "`bulksms report CAMPAIGN --state failed -o mend.xlsx`;"
        " see [failed](#some-rows-failed) and [unknown](#some-rows-are-unknown)"
    ),
    INTERRUPTED: "`bulksms resume CAMPAIGN`",
}

REMEDIES: dict[Reason, tuple[str, str]] = {
    Reason.INVALID_RECIPIENT: ("Easify calls the number invalid", "mend the number"),
    Reason.BLACKLISTED: ("the number is on the account's blacklist in Easify", "leave it out"),
    Reason.INVALID_COUNTRY: ("Easify does not serve the number's country", "leave it out"),
    Reason.REJECTED: ("Easify refused it with another sentence; see `detail`", "what it says"),
    Reason.NOT_SENT: (
        "the row could not be put into a request: its attachment cannot be read",
        "put the file back, then `bulksms retry CAMPAIGN --reason not_sent`",
    ),
    Reason.GAVE_UP: (
        "a person gave it up in doubt (`resolve --give-up`)",
        "nothing; `bulksms retry CAMPAIGN --row N` texts the person, perhaps again",
    ),
    Reason.TIMEOUT: ("no answer came in time", "see [unknown rows](#some-rows-are-unknown)"),
    Reason.CONNECTION_LOST: ("the connection broke after the request may have left", "the same"),
    Reason.SERVER_ERROR: ("Easify answered with an error of its own (5xx)", "the same"),
    Reason.BAD_RESPONSE: ("Easify's answer proves nothing", "the same"),
    Reason.INTERRUPTED: ("we stopped before the answer came", "the same"),
    Reason.MISSING_NUMBER: ("the phone cell is empty", "fill it in"),
    Reason.INVALID_NUMBER: ("the cell holds no valid number, or two", "mend it"),
    Reason.DAMAGED_NUMBER: (
        "the spreadsheet program lost digits of the number, or of the lead id",
        "format the column as text and enter it again",
    ),
    Reason.UNSUPPORTED_COUNTRY: ("a country that Easify does not text", "leave it out"),
    Reason.DUPLICATE: ("an earlier row has the same number", "nothing, or `--duplicates keep`"),
    Reason.OPTED_OUT: (
        "the number is on your suppression list, or a column of the file or of a later one says so",
        "nothing",
    ),
    Reason.MISSING_VALUE: (
        "a cell that the message needs is empty, or the row's sender or attachment cannot be used",
        "fill it in, or write a fallback: `{first_name|there}`",
    ),
    Reason.EMPTY_MESSAGE: ("there is neither text nor attachment", "fill it in"),
    Reason.MESSAGE_TOO_LONG: (f"it takes more than {MAX_SEGMENTS} segments", "shorten it"),
    Reason.OUTSIDE_HOURS: (
        "the places where the number may be share no time within the sending hours",
        "wider `--hours`, or `--timezone` with one zone for everybody",
    ),
    Reason.TEXTED_RECENTLY: (
        "another campaign texted the number within `--not-if-texted-within`",
        "nothing, or `bulksms history NUMBER`",
    ),
    Reason.SAME_TEXT: (
        "another campaign sent the number the same text within `--not-if-same-text-within`",
        "nothing, or `bulksms history NUMBER`",
    ),
    Reason.CANCELLED: ("the campaign was cancelled before the row's turn", "nothing"),
}


def exit_codes() -> str:
    """Every code a script can meet."""
    return table(("code", "meaning"), [(str(number), meaning) for number, meaning in EXIT_CODES])


def exits() -> str:
    """The same, with what to do about each."""
    return table(
        ("code", "meaning", "and what to type"),
        [(str(number), meaning, WHAT_TO_TYPE[number]) for number, meaning in EXIT_CODES],
    )


def pauses() -> str:
    """Every reason for a pause, in the words and with the command that the program shows."""
    return table(
        ("reason", "it says", "and what to do"),
        [(code(reason), *_what_to_do(reason)) for reason in PausedReason],
    )


def reasons() -> str:
    """Every reason of a row, and what to do about it."""
    return table(
        ("state", "reason", "what it means", "what to do"),
        [
            (code(state), code(reason), *REMEDIES[reason])
            for state in State
            for reason in Reason
            if reason in REASONS[state]
        ],
    )


def settings() -> str:
    """The environment's variables and their defaults."""
    return table(
        ("variable", "meaning", "default"),
        [
            (
                "`EASIFY_API_TOKEN`",
                "the API token; else the system's keyring is asked. Never an option, never logged",
                "",
            ),
            (
                "`EASIFY_WEBHOOK_SECRET`",
                "what Easify signs its delivery events with; without it none is taken",
                "",
            ),
            ("`EASIFY_BASE_URL`", "where the API is", code(DEFAULT_BASE_URL)),
            (
                "`BULKSMS_DATABASE`",
                "the database file, or a [PostgreSQL](docs/postgresql.md) address",
                "`bulksms.db` in this folder",
            ),
            ("`BULKSMS_RATE`", "the account's limit, messages/seconds", code(str(DEFAULT_RATE))),
            (
                "`BULKSMS_TIMEOUT`",
                "seconds to wait for Easify's answer",
                code(f"{DEFAULT_TIMEOUT.total_seconds():g}"),
            ),
            (
                "`BULKSMS_SETTLE`",
                "seconds after giving up an answer before Easify's record is believed about it",
                code(f"{DEFAULT_SETTLE.total_seconds():g}"),
            ),
            (
                "`BULKSMS_LEASE`",
                "seconds after which a silent sender's account may be taken over",
                code(f"{DEFAULT_LEASE.total_seconds():g}"),
            ),
        ],
    )


def _what_to_do(reason: PausedReason) -> tuple[str, str]:
    why, next_command = WHAT_TO_DO[reason]
    return why, typed(next_command.format(name="CAMPAIGN"))
