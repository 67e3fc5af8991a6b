"""What the vendor's answers mean: the documented ones, and whatever else a server may say."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.easify.answers import LONGEST_TEXT, read_answer
from bulksms.model.outcomes import (
    Accepted,
    AccountBlocked,
    NotSent,
    Outcome,
    OutcomeName,
    Rejected,
    Unknown,
)
from bulksms.model.states import PausedReason, Reason

WIRE_EXAMPLES = sorted((Path(__file__).parent / "wire_examples").glob("*.json"))

OUTCOMES: dict[OutcomeName, type[Outcome]] = {
    OutcomeName.ACCEPTED: Accepted,
    OutcomeName.REJECTED: Rejected,
    OutcomeName.NOT_SENT: NotSent,
    OutcomeName.ACCOUNT_BLOCKED: AccountBlocked,
    OutcomeName.UNKNOWN: Unknown,
}

SENTENCE = "Sorry, not today."
HTML = b"<html><body>Bad gateway</body></html>"
TOKEN = "1955|43da5bb5-5c2b-4059-a4de"  # noqa: S105 - nobody's


def answer(status: int, document: object, **headers: str) -> Outcome:
    return read_answer(status, headers, json.dumps(document).encode())


def refusal(text: str, status: int = 400) -> Outcome:
    return answer(status, {"status": False, "message": text, "errors": []})


@pytest.mark.parametrize("path", WIRE_EXAMPLES, ids=lambda path: path.stem)
def test_every_documented_answer_is_understood(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    body = json.dumps(example["body"]).encode()
    outcome = read_answer(example["status"], example["headers"], body)
    expected = {"http_status": example["status"], **example["outcome"]}
    kind = OUTCOMES[OutcomeName(expected.pop("name"))]
    if "retry_after" in expected:
        expected["retry_after"] = timedelta(seconds=expected["retry_after"])
    assert (type(outcome), asdict(outcome)) == (kind, expected)


def test_the_twelve_documented_answers_are_recorded() -> None:
    assert len(WIRE_EXAMPLES) == 12


@pytest.mark.parametrize(
    ("sms_id", "kept"), [("315", "315"), (315, "315"), (3.5, "3.5"), ("a", "a")]
)
def test_any_2xx_with_an_id_is_accepted_and_the_id_is_kept_as_text(
    sms_id: object, kept: str
) -> None:
    assert answer(201, {"status": True, "data": {"sms_id": sms_id}}) == Accepted(kept, 201)


def test_an_id_beyond_2_to_the_53_keeps_every_digit() -> None:
    body = b'{"status": true, "data": {"sms_id": 90071992547409931234}}'
    assert read_answer(200, {}, body) == Accepted("90071992547409931234", 200)


@pytest.mark.parametrize(
    "document",
    [
        {"status": True, "data": {"sms_id": ""}},
        {"status": True, "data": {"sms_id": "  "}},
        {"status": True, "data": {"sms_id": True}},
        {"status": True, "data": {"sms_id": None}},
        {"status": True, "data": {"sms_id": "\ud800"}},
        {"status": True, "data": {"sms_id": "7" * 300}},
        {"status": True, "data": {"sms_id": ["315"]}},
        {"status": True, "data": []},
        {"status": True},
        {"status": "true", "data": {"sms_id": "315"}},
        {"status": 1, "data": {"sms_id": "315"}},
        {"status": False, "data": {"sms_id": "315"}},
        ["315"],
        None,
    ],
    ids=repr,
)
def test_a_2xx_without_proof_is_unknown_never_accepted(document: object) -> None:
    outcome = answer(200, document)
    assert isinstance(outcome, Unknown)
    assert outcome.reason is Reason.BAD_RESPONSE


@pytest.mark.parametrize("body", [b"", HTML, b"\xff\xfe", b"[" * 100_000, b"9" * 5000, b"{"])
def test_a_body_that_is_no_json_is_unknown(body: bytes) -> None:
    assert isinstance(read_answer(200, {}, body), Unknown)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, PausedReason.UNAUTHENTICATED),
        (402, PausedReason.SUBSCRIPTION_ENDED),
        (403, PausedReason.PLAN_NOT_ALLOWED),
    ],
)
def test_the_account_is_blocked_whatever_the_body_looks_like(
    status: int, reason: PausedReason
) -> None:
    text = f"Easify answered with status {status} and no explanation."
    assert read_answer(status, {}, HTML) == AccountBlocked(reason, text, status)


def test_a_redirect_blocks_the_account_and_shows_the_host_only() -> None:
    headers = {"Location": "https://user:pw@login.example/path?token=secret"}
    outcome = read_answer(302, headers, b"")
    assert isinstance(outcome, AccountBlocked)
    assert outcome.reason is PausedReason.WRONG_ADDRESS
    assert outcome.text == (
        "The address redirects to login.example instead of answering: check EASIFY_BASE_URL."
    )


@pytest.mark.parametrize("location", ["/login?x=1", "", "https://[broken", "\x00"])
def test_a_redirect_to_nowhere_is_still_a_wrong_address(location: str) -> None:
    outcome = read_answer(301, {"location": location}, b"")
    assert isinstance(outcome, AccountBlocked)
    assert outcome.text == "The address redirects instead of answering: check EASIFY_BASE_URL."


@pytest.mark.parametrize("status", [404, 405])
def test_not_found_is_a_wrong_address_unless_the_vendor_says_it(status: int) -> None:
    foreign = read_answer(status, {}, HTML)
    assert isinstance(foreign, AccountBlocked)
    assert foreign.reason is PausedReason.WRONG_ADDRESS
    assert answer(status, {"message": SENTENCE}) == Unknown(Reason.BAD_RESPONSE, SENTENCE, status)


@pytest.mark.parametrize(
    ("headers", "text", "seconds"),
    [
        ({"Retry-After": "7"}, "Try again in 59 seconds", 7),
        ({"retry-after": " 7 "}, "", 7),
        ({}, "Too many requests.  TRY again in 59 Seconds", 59),
        ({}, "Try again in 1 second", 1),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, "Try again in 5 seconds", 5),
        ({"Retry-After": "-5"}, "", 60),
        ({"Retry-After": "²"}, "", 60),
        ({}, "slow down", 60),
        ({"Retry-After": "0"}, "", 1),
        ({"Retry-After": "9" * 5000}, "", 86_400),
    ],
)
def test_a_429_is_not_sent_and_names_its_wait(
    headers: dict[str, str], text: str, seconds: int
) -> None:
    outcome = read_answer(429, headers, json.dumps({"message": text}).encode())
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    ("field", "kind", "reason"),
    [
        ("from_number", AccountBlocked, PausedReason.INVALID_SENDER),
        ("to_number", Rejected, Reason.INVALID_RECIPIENT),
        ("country_code", Rejected, Reason.INVALID_COUNTRY),
        ("message", Rejected, Reason.REJECTED),
    ],
)
@pytest.mark.parametrize("complaint", [["x"], "x", [], None, [{"a": 1}]], ids=repr)
def test_a_validation_error_is_judged_by_its_field(
    status: int,
    field: str,
    kind: type[AccountBlocked | Rejected],
    reason: PausedReason | Reason,
    complaint: object,
) -> None:
    outcome = answer(status, {"message": "The x is wrong.", "errors": {field: complaint}})
    assert isinstance(outcome, kind)
    assert outcome.reason is reason


@pytest.mark.parametrize("place", ["message", "errors", "error dict"])
def test_a_clue_is_found_in_message_and_errors_despite_stray_spaces(place: str) -> None:
    clue = "  Sorry, you do NOT have\n enough   CREDITS "
    documents: dict[str, object] = {
        "message": {"message": clue, "errors": []},
        "errors": {"message": "Error", "errors": [clue]},
        "error dict": {"errors": {"credits": [clue]}},
    }
    outcome = answer(400, documents[place])
    assert isinstance(outcome, AccountBlocked)
    assert outcome.reason is PausedReason.NO_CREDITS


def test_the_account_is_judged_before_the_row() -> None:
    """Failing a row for what the account lacks would burn the list."""
    outcome = answer(422, {"errors": {"country_code": ["bad"], "from_number": ["missing"]}})
    assert isinstance(outcome, AccountBlocked)


def test_an_unheard_of_refusal_fails_the_row_and_keeps_the_words() -> None:
    assert refusal(f" {SENTENCE} ") == Rejected(Reason.REJECTED, SENTENCE, 400)


def test_errors_are_kept_rather_than_a_message_that_abridges_them() -> None:
    document = {"message": "A is bad. (and 1 more error)", "errors": {"a": ["A."], "b": ["B."]}}
    assert answer(422, document) == Rejected(Reason.REJECTED, "A. B.", 422)


def test_a_413_says_that_the_attachment_is_too_large() -> None:
    text = "The message, or its attachment, is too large for the vendor."
    assert read_answer(413, {}, HTML) == Rejected(Reason.REJECTED, text, 413)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_a_server_error_is_unknown(status: int) -> None:
    outcome = read_answer(status, {"Retry-After": "5"}, HTML)
    assert isinstance(outcome, Unknown)
    assert outcome.reason is Reason.SERVER_ERROR


@pytest.mark.parametrize("status", [101, 406, 408, 409, 415, 418, 451, 600, 999])
def test_anything_new_is_unknown(status: int) -> None:
    assert refusal(SENTENCE, status) == Unknown(Reason.BAD_RESPONSE, SENTENCE, status)


def test_the_token_is_hidden_wherever_it_is_echoed() -> None:
    """Also its half after the bar, or taken apart by characters that cleaning removes."""
    for echo in (TOKEN, TOKEN.partition("|")[2], TOKEN.replace("5bb5", "5\u200bbb5")):
        body = json.dumps({"message": f"{echo} is bad", "data": {"sms_id": echo}, "status": True})
        for status in (200, 400, 401, 404, 429, 500):
            outcome = read_answer(status, {}, body.encode(), secret=TOKEN)
            assert "43da" not in repr(outcome)


def test_the_token_is_hidden_before_the_text_is_cut() -> None:
    """Cut first, half a token could stand at the end."""
    text = "x" * (LONGEST_TEXT - 10) + TOKEN
    outcome = read_answer(400, {}, json.dumps({"message": text}).encode(), secret=TOKEN)
    assert "1955" not in repr(outcome)


def answers() -> st.SearchStrategy[bytes]:
    """JSON that resembles the vendor's, and plain rubbish."""
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=400)
    keys = st.sampled_from(["status", "message", "errors", "data", "sms_id", "to_number"])
    value = st.recursive(leaf, lambda inner: st.lists(inner) | st.dictionaries(keys, inner))
    return st.binary() | value.map(lambda document: json.dumps(document).encode())


@given(
    status=st.integers(100, 999),
    headers=st.dictionaries(st.sampled_from(["Location", "Retry-After"]), st.text()),
    body=answers(),
)
def test_no_answer_breaks_the_reader_and_every_text_is_one_printable_line(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    outcome = read_answer(status, headers, body)
    text = outcome.sms_id if isinstance(outcome, Accepted) else outcome.text
    assert text.isprintable()
    assert 0 < len(text) <= LONGEST_TEXT
    assert isinstance(outcome, Accepted) <= (200 <= status < 300)
