"""What the vendor's answer to one POST means.

The status is read first, then a trimmed, lower-cased piece of the text:
a 400 may concern one row or the whole account, and only the sentence tells which.
Whatever is not in the tables is `Unknown`, and doubt never resends.

Source: the vendor's page of POST sms/send, https://easify.app/docs/api/sms/sms-send;
its answers are recorded in `tests/wire_examples`.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from bulksms.model.outcomes import Accepted, AccountBlocked, NotSent, Outcome, Rejected, Unknown
from bulksms.model.states import PausedReason, Reason

_JSON = json.JSONDecoder(parse_int=str, parse_float=str)
LONGEST_TEXT = 300
LONGEST_ID = 255
USUAL_WAIT = timedelta(seconds=60)
"""The vendor's window: the wait after a 429 that names none."""
SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(days=1)

BLOCKED_BY_STATUS: Mapping[int, PausedReason] = {
    401: PausedReason.UNAUTHENTICATED,
    402: PausedReason.SUBSCRIPTION_ENDED,
    403: PausedReason.PLAN_NOT_ALLOWED,
}

REFUSALS: tuple[tuple[str, PausedReason | Reason], ...] = (
    ("enough credits", PausedReason.NO_CREDITS),
    ("from number is invalid", PausedReason.INVALID_SENDER),
    ("errors.from_number", PausedReason.INVALID_SENDER),
    ("blacklisted", Reason.BLACKLISTED),
    ("invalidrecipient", Reason.INVALID_RECIPIENT),
    ("country_code", Reason.INVALID_COUNTRY),
    ("country code", Reason.INVALID_COUNTRY),
    ("errors.to_number", Reason.INVALID_RECIPIENT),
)
"""What a 400 or 422 says, and what it means; the first clue found decides, the account's before
the row's. `errors.x` is found when the answer complains of the field x."""


def read_answer(
    status: int, headers: Mapping[str, str], body: bytes, *, secret: str = ""
) -> Outcome:
    """What an HTTP answer to POST sms/send teaches us; `secret` is hidden wherever it is echoed.

    Never raises, whatever the three hold. Texts are one line of at most 300 printable characters.
    """
    answer = _Answer(status, headers, _document(body), secret)
    read = _BY_STATUS.get(status) or _BY_HUNDRED.get(status // 100) or _beyond_the_docs
    return read(answer)


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer taken apart. `document` is the body's JSON object; None if it holds none."""

    status: int
    headers: Mapping[str, str]
    document: Mapping[str, object] | None
    secret: str

    def header(self, name: str) -> str:
        """The header of that name, however it is spelt; empty if there is none."""
        found = (value for each, value in self.headers.items() if each.lower() == name)
        return next(found, "")

    @property
    def sentence(self) -> str:
        """The vendor's own words; `errors` before `message`, which abridges them ("and 1 more")."""
        document = self.document or {}
        said = " ".join(_texts(document.get("errors"))) or " ".join(_texts(document.get("message")))
        return self.clean(said) or f"Easify answered with status {self.status} and no explanation."

    @property
    def evidence(self) -> str:
        """Everything that a clue is looked for in, in lower case and with single spaces."""
        document = self.document or {}
        errors = document.get("errors")
        fields = [f"errors.{field}" for field in errors] if isinstance(errors, dict) else []
        said = [*_texts(document.get("message")), *_texts(errors), *fields]
        return " ".join(" ".join(said).split()).lower()

    def clean(self, text: str) -> str:
        """`text` fit for a table, a log and a person: one line, printable, no secret, bounded."""
        line = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
        line = _hide(line, self.secret)
        return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def _accepted(answer: _Answer) -> Outcome:
    """Accepted only by the documented shape: `status` true and a `data.sms_id`."""
    document = answer.document or {}
    data = document.get("data")
    sms_id = _sms_id(data) if document.get("status") is True and isinstance(data, dict) else None
    if sms_id is None:
        return Unknown(Reason.BAD_RESPONSE, answer.sentence, answer.status)
    return Accepted(_hide(sms_id, answer.secret), answer.status)


def _blocked(answer: _Answer) -> Outcome:
    return AccountBlocked(BLOCKED_BY_STATUS[answer.status], answer.sentence, answer.status)


def _redirected(answer: _Answer) -> Outcome:
    """The API never redirects a POST to its own address; of the new one only the host is shown."""
    host = _host(answer.header("location"))
    towards = f" to {host}" if host else ""
    text = answer.clean(f"The address redirects{towards} instead of answering: {_CHECK_ADDRESS}")
    return AccountBlocked(PausedReason.WRONG_ADDRESS, text, answer.status)


def _not_found(answer: _Answer) -> Outcome:
    """Without the vendor's JSON, whoever answered is not the API."""
    if answer.document is not None:
        return _beyond_the_docs(answer)
    text = f"There is no API at this address (status {answer.status}): {_CHECK_ADDRESS}"
    return AccountBlocked(PausedReason.WRONG_ADDRESS, text, answer.status)


def _refused(answer: _Answer) -> Outcome:
    evidence = answer.evidence
    meaning = next((meaning for clue, meaning in REFUSALS if clue in evidence), Reason.REJECTED)
    if isinstance(meaning, PausedReason):
        return AccountBlocked(meaning, answer.sentence, answer.status)
    return Rejected(meaning, answer.sentence, answer.status)


def _too_large(answer: _Answer) -> Outcome:
    text = "The message, or its attachment, is too large for the vendor."
    return Rejected(Reason.REJECTED, text, answer.status)


def _later(answer: _Answer) -> Outcome:
    """The wait is only in the text, as documented; the framework's usual header is preferred."""
    header = re.fullmatch(r"\s*([0-9]+)\s*", answer.header("retry-after"))
    named = header or re.search(r"try again in ([0-9]+) second", answer.evidence)
    wait = _bounded(named[1]) if named else USUAL_WAIT
    return NotSent(answer.sentence, wait, answer.status)


def _server_error(answer: _Answer) -> Outcome:
    return Unknown(Reason.SERVER_ERROR, answer.sentence, answer.status)


def _beyond_the_docs(answer: _Answer) -> Outcome:
    return Unknown(Reason.BAD_RESPONSE, answer.sentence, answer.status)


_CHECK_ADDRESS = "check EASIFY_BASE_URL."

_BY_STATUS: Mapping[int, Callable[[_Answer], Outcome]] = {
    400: _refused,
    401: _blocked,
    402: _blocked,
    403: _blocked,
    404: _not_found,
    405: _not_found,
    413: _too_large,
    422: _refused,
    429: _later,
}
_BY_HUNDRED: Mapping[int, Callable[[_Answer], Outcome]] = {
    2: _accepted,
    3: _redirected,
    5: _server_error,
}


# Read from the disk now: when files are short, an answer that has come must not be lost for it.
codecs.lookup("utf-8-sig")


def _document(body: bytes) -> Mapping[str, object] | None:
    """The JSON object in `body`. Numbers stay as they are spelt: an id is text, whatever it is."""
    try:
        document = _JSON.decode(body.decode("utf-8-sig", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _sms_id(data: Mapping[str, object]) -> str | None:
    """The id, unless it could not be kept: empty, endless, or not printable."""
    found = data.get("sms_id")
    sms_id = found.strip() if isinstance(found, str) else ""
    return sms_id if sms_id.isprintable() and 0 < len(sms_id) <= LONGEST_ID else None


def _texts(value: object) -> Iterator[str]:
    """The texts in a message, a list of errors, or a mapping of fields to either."""
    values = list(value.values()) if isinstance(value, dict) else [value]
    for item in values:
        members = item if isinstance(item, list) else [item]
        yield from (member for member in members if isinstance(member, str) and member.strip())


def _hide(text: str, secret: str) -> str:
    """`text` without the token and without its part after the bar: `1955|secret`."""
    for part in (secret, secret.partition("|")[2]):
        text = text.replace(part, "***") if part else text
    return text


def _host(location: str) -> str | None:
    try:
        return urlsplit(location).hostname
    except ValueError:
        return None


def _bounded(seconds: str) -> timedelta:
    """A wait that neither spins nor sleeps for ever; nine digits are years already."""
    wait = timedelta(seconds=int(seconds[:9]))
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)
