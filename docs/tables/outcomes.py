"""What one POST can teach us: the five outcomes, and every answer and silence that leads to them.

The answers are the ones recorded in `tests/wire_examples`, and a few that no vendor documents;
each is read here by the very code that reads it at night.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import assert_never, get_args

from bulksms.easify import read_answer
from bulksms.easify.failures import TRANSPORT_ERRORS
from bulksms.model.outcomes import Accepted, AccountBlocked, NotSent, Outcome, Rejected, Unknown

from .markdown import code, table

RECORDED = Path(__file__).parents[2] / "tests" / "wire_examples"

ORIGINS: dict[type[Outcome], tuple[str, str]] = {
    Accepted: (
        "a 2xx answer with `status: true` and a `data.sms_id`",
        "`accepted`",
    ),
    Rejected: (
        "a 400, 413 or 422 about this one message; an attachment that cannot be read",
        "`failed`",
    ),
    NotSent: (
        "no connection was made, so nothing was written; or a 429",
        "`queued`, in its place, and no attempt is counted",
    ),
    AccountBlocked: (
        "401, 402, 403; no credits; a wrong sender; a wrong address",
        "`queued`, and the campaign is `paused`",
    ),
    Unknown: (
        "silence or a break once the request may have left; 5xx; no proof; **anything new**",
        "`unknown`, until the vendor's record or a person settles it",
    ),
}

UNDOCUMENTED: tuple[tuple[int, Mapping[str, str], bytes, str], ...] = (
    (200, {}, b"<html>", "(a web page, or JSON without an `sms_id`)"),
    (302, {"location": "https://example.com/login"}, b"", "(a redirect; the same for every 3xx)"),
    (404, {}, b"<html>", "(no JSON; the same for 405)"),
    (413, {}, b"", "(the message is too large, or its attachment)"),
    (422, {}, b'{"message": "Something nobody has seen."}', "(any other text)"),
    (500, {}, b"", "(anything; the same for every 5xx)"),
    (418, {}, b"", "(any status that is not in this table)"),
)
"""Status, headers, body, and what the document says of them."""


def outcomes() -> str:
    """The closed union of five."""
    return table(
        ("outcome", "from", "the message becomes"),
        [(code(outcome.__name__), *ORIGINS[outcome]) for outcome in get_args(Outcome)],
    )


def answers() -> str:
    """Every answer of the vendor that we know, and what follows from it."""
    return table(
        ("status", "Easify says", "the message becomes"), sorted([*_recorded(), *_others()])
    )


def silences() -> str:
    """Every way in which no answer comes, under the name that httpx gives it."""
    return table(
        ("what broke", "in words", "the message becomes"),
        [
            (code(error.__name__), outcome.text.rstrip("."), _fate(outcome))
            for error, outcome in TRANSPORT_ERRORS.items()
        ],
    )


def _recorded() -> Iterator[tuple[str, str, str]]:
    for path in RECORDED.glob("*.json"):
        example = json.loads(path.read_text(encoding="utf-8"))
        body = json.dumps(example["body"]).encode()
        outcome = read_answer(example["status"], example["headers"], body)
        yield str(example["status"]), example["body"]["message"].strip(), _fate(outcome)


def _others() -> Iterator[tuple[str, str, str]]:
    for status, headers, body, said in UNDOCUMENTED:
        yield str(status), said, _fate(read_answer(status, headers, body))


def _fate(outcome: Outcome) -> str:
    match outcome:
        case Accepted():
            return "`accepted`"
        case Rejected(reason):
            return f"`failed`: {code(reason)}"
        case NotSent(_, wait) if wait is not None:
            return f"`queued`; the account waits {wait.total_seconds():g} s"
        case NotSent():
            return "`queued`; tried again after 2, 4, 8 … 60 s"
        case AccountBlocked(reason):
            return f"`queued`; the campaign is paused: {code(reason)}"
        case Unknown(reason):
            return f"`unknown`: {code(reason)}"
        case _:
            assert_never(outcome)
