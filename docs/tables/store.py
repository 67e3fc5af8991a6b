"""The database: its tables, and why each of its rules is there."""

from sqlalchemy import CheckConstraint, Index, Table, UniqueConstraint

from bulksms.store.schema import metadata

from .markdown import code, codes, table

_KEPT = "no line is ever removed; erasing a person blanks its words"

PURPOSES: dict[str, str] = {
    "account": "one API token's pace: its rate, who may send on it now, until when it must wait;"
    " the token itself is never stored",
    "campaign": "one file, one text, one sender",
    "account_setting": "what a person said of an account: its own rate, its senders, and where its"
    " token is, never the token",
    "place": "where the recipients of a campaign may be, if its hours follow them",
    "message": "one row of the spreadsheet; what is `queued` here is the job list",
    "attempt": "one POST: opened before it leaves, closed by its answer; only a clear one may"
    f" replace `unknown`; also the pace's slot log; {_KEPT}",
    "event": f"every arrow that a message or a campaign took after its load; {_KEPT}",
    "suppression": "numbers never to be texted",
    "suppression_change": "what put a number on that list or took it off; only ever added to",
    "receipt": f"every change of a delivery, and how it came to us; {_KEPT}",
}

WHYS: dict[str, str] = {
    "account.lease_is_whole": "nobody holds an account without a time at which that ends",
    "account_setting.keeper_is_known": "a place that nobody can look into holds no token",
    "account_setting.one_account_a_token": "two accounts with one token would exceed its rate",
    "campaign.state_is_known": "a state that the program does not know cannot be stored",
    "campaign.paused_reason_is_known": "the same for the reason of a pause",
    "campaign.pause_is_explained": "a pause without a reason, or a reason without a pause,"
    " would leave the person with nothing to do about it",
    "campaign.hours_are_whole": "sending hours are hours, days and a zone, or none of them",
    "campaign.schedule_has_time": "what starts by itself knows when",
    "message.state_is_known": "every row is in exactly one of the six states",
    "message.row_is_explained": "the promise itself: `failed`, `unknown` and `skipped` have a"
    " reason of their own and a sentence that says it; the other states have neither",
    "message.accepted_has_sms_id": "accepted is what the vendor named, and nothing else is",
    "message.accepted_has_time": "and it is known since when",
    "message.sendable_is_whole": "what may be sent has a number, a sender, and a text or an"
    " attachment",
    "message.claimed_has_attempt": "claimed, accepted or in doubt: there is a POST on record",
    "message.attempts_counted": "an attempt can be given back, but only one that was made",
    "message.delivery_is_known": "the carrier's word is one of the documented six",
    "message.delivery_of_accepted": "only what was accepted can be delivered",
    "message.one_message_a_row": "a row of the file is one message, so rows in are lines out",
    "message.nobody_twice": "one number is to be texted once in a campaign, by the database itself;"
    " `repeat` counts up only where duplicates are kept by choice",
    "attempt.outcome_is_known": "an outcome that the program does not know cannot be stored",
    "attempt.closed_is_whole": "an answer has a time, and a time has an answer",
    "attempt.accepted_has_sms_id": "the evidence of an acceptance is the vendor's id",
    "suppression_change.change_is_known": "a number comes to the list or leaves it",
    "receipt.status_is_known": "a word of the carrier's that nobody knows is no delivery",
    "receipt.via_is_known": "and it is known how it came: asked for, read from a page, or pushed",
}


def tables() -> str:
    """Every table, its columns and what it is for."""
    return table(
        ("table", "columns", "what it holds"),
        [
            (code(name), codes(column.name for column in found.columns), PURPOSES[name])
            for name, found in metadata.tables.items()
        ],
    )


def rules() -> str:
    """Every CHECK and every uniqueness, and why it is there."""
    return table(
        ("rule", "why"),
        [
            (code(rule), WHYS[rule])
            for name, found in metadata.tables.items()
            for rule in (f"{name}.{each}" for each in _named_rules(found))
        ],
    )


def _named_rules(found: Table) -> list[str]:
    constraints = [
        each for each in found.constraints if isinstance(each, CheckConstraint | UniqueConstraint)
    ]
    indexes: list[Index] = [each for each in found.indexes if each.unique]
    return sorted(str(each.name) for each in (*constraints, *indexes) if each.name is not None)
