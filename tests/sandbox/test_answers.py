"""Every documented answer, in shape and in words."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bulksms.sandbox.accounts import Account
from bulksms.sandbox.answers import Answer
from bulksms.sandbox.forms import Upload
from bulksms.sandbox.ledger import Quirks
from bulksms.sandbox.vendor import Vendor

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TOKEN = "1|sandbox"  # noqa: S105  a token for nothing but the sandbox
FIELDS = {
    "from_number": "3152935500",
    "to_number": "2125550101",
    "country_code": "+1",
    "message": "Hai",
}
EXAMPLES = {
    path.stem: json.loads(path.read_text())
    for path in (Path(__file__).parents[1] / "wire_examples").glob("*.json")
}


ACCOUNT = Account(TOKEN, ("+13152935500",))


def vendor(account: Account = ACCOUNT, quirks: Quirks | None = None) -> Vendor:
    return Vendor([replace(account)], quirks=quirks)


def body_of(answer: Answer) -> dict[str, Any]:
    """The body as it comes off the wire."""
    body: dict[str, Any] = json.loads(json.dumps(answer.body))
    return body


def without(*names: str) -> dict[str, object]:
    return {name: value for name, value in FIELDS.items() if name not in names}


def one_too_many() -> Answer:
    busy = vendor()
    for _ in range(15):
        busy.send(TOKEN, FIELDS, NOW)
    return busy.send(TOKEN, FIELDS, NOW + timedelta(seconds=1))


def blacklisting() -> Answer:
    strict = Vendor([replace(ACCOUNT)], blacklist=["+12125550101"])
    return strict.send(TOKEN, FIELDS, NOW)


PROVOKED: Mapping[str, Callable[[], Answer]] = {
    "accepted": lambda: vendor().send(TOKEN, FIELDS, NOW),
    "blacklisted": blacklisting,
    "country_code_missing": lambda: vendor().send(TOKEN, without("country_code"), NOW),
    "country_unsupported": lambda: vendor().send(TOKEN, FIELDS | {"country_code": "+49"}, NOW),
    "from_number_invalid": lambda: vendor().send(
        TOKEN, FIELDS | {"from_number": "3150000000"}, NOW
    ),
    "from_number_missing": lambda: vendor().send(TOKEN, without("from_number"), NOW),
    "invalid_recipient": lambda: vendor().send(TOKEN, FIELDS | {"to_number": "555"}, NOW),
    "no_credits": lambda: vendor(replace(ACCOUNT, credits=0)).send(TOKEN, FIELDS, NOW),
    "plan_not_allowed": lambda: vendor(replace(ACCOUNT, enterprise=False)).send(TOKEN, FIELDS, NOW),
    "subscription_ended": lambda: vendor(replace(ACCOUNT, subscribed=False)).send(
        TOKEN, FIELDS, NOW
    ),
    "too_many_requests": one_too_many,
    "unauthenticated": lambda: vendor().send("2|wrong", FIELDS, NOW),
}


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() | PROVOKED.keys()))
def test_the_sandbox_says_what_the_vendors_page_says(name: str) -> None:
    """The client is tested on the same examples: here the two sides of the wire meet."""
    example, answer = EXAMPLES[name], PROVOKED[name]()
    masked = json.dumps(answer.body).replace("331501", "315**")
    assert (answer.status, json.loads(masked)) == (example["status"], example["body"])


def test_without_a_token_nothing_is_known() -> None:
    assert vendor().send(None, FIELDS, NOW).status == 401
    assert vendor().phone_numbers(None, {}, NOW).status == 401


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        (without("to_number"), "The to number field is required."),
        (without("message"), "The message field is required when media is not present."),
        (FIELDS | {"message": "  \n"}, "The message field is required when media is not present."),
        (FIELDS | {"to_number": 2125550101}, "The to number field must be a string."),
        (FIELDS | {"force_send": True}, "The force send field must be an integer."),
        (FIELDS | {"media": 7}, "The media field must be a file."),
    ],
)
def test_a_field_out_of_order_is_a_422_without_status(
    fields: dict[str, object], error: str
) -> None:
    answer = vendor().send(TOKEN, fields, NOW)
    body = body_of(answer)
    assert (answer.status, answer.validation) == (422, True)
    assert (body["message"], "status" in body) == (error, False)


def test_several_errors_are_counted_in_the_message() -> None:
    body = body_of(vendor().send(TOKEN, {}, NOW))
    assert body["message"] == "The from_number is required. (and 3 more errors)"
    assert list(body["errors"]) == ["from_number", "to_number", "message", "country_code"]


@pytest.mark.parametrize(
    ("country", "number", "arrives"),
    [
        ("+1", "2125550101", "+12125550101"),
        ("+1", "(212) 555-0101", "+12125550101"),
        ("+1", "+12125550101", "+12125550101"),
        ("+972", "501234567", "+972501234567"),
        ("+44", "7911123456", "+447911123456"),
        ("+44", "07911123456", None),
        ("+972", "0501234567", None),
        ("+1", "1125550101", None),
        ("+1", "212555010", None),
        ("+1", "212555010x", None),
    ],
)
def test_only_a_good_recipient_is_accepted(country: str, number: str, arrives: str | None) -> None:
    strict = vendor()
    strict.send(TOKEN, FIELDS | {"country_code": country, "to_number": number}, NOW)
    assert [sms.receiver for sms in strict.truth] == ([arrives] if arrives else [])


@pytest.mark.parametrize("written", ["3152935500", "+13152935500", "13152935500", "315-293-5500"])
def test_the_sender_needs_no_country_code(written: str) -> None:
    assert vendor().send(TOKEN, FIELDS | {"from_number": written}, NOW).status == 200


def test_what_was_accepted_is_kept_trimmed_and_whole() -> None:
    honest = vendor()
    extra = {
        "message": " Hai \n",
        "lead_id": "0042",
        "force_send": 1,
        "media": Upload("a.png", b""),
    }
    honest.send(TOKEN, FIELDS | extra, NOW)
    (sms,) = honest.truth
    assert (sms.message, sms.lead_id, sms.force_send) == ("Hai", "0042", True)
    assert (sms.sender, sms.receiver) == ("+13152935500", "+12125550101")
    assert (sms.media, sms.accepted_at) == ("https://media.sandbox.invalid/a.png", NOW)


def test_credits_are_used_up_one_by_one() -> None:
    poor = vendor(replace(ACCOUNT, credits=2))
    assert [poor.send(TOKEN, FIELDS, NOW).status for _ in range(3)] == [200, 200, 400]
    assert len(poor.truth) == 2


def test_a_status_goes_on_with_time() -> None:
    patient = vendor()
    sms_id = body_of(patient.send(TOKEN, FIELDS, NOW))["data"]["sms_id"]
    seen = [
        patient.status(TOKEN, {"sms_id": sms_id}, NOW + timedelta(seconds=seconds)).body
        for seconds in (0, 2, 10)
    ]
    assert seen == [
        {
            "status": True,
            "message": "SMS status successfully fetched",
            "data": {"status": word, "remarks": ""},
        }
        for word in ("Pending", "Success", "Delivered")
    ]


def test_a_status_needs_an_id_that_is_known() -> None:
    missing = vendor().status(TOKEN, {}, NOW)
    unknown = vendor().status(TOKEN, {"sms_id": "7"}, NOW)
    assert missing.status == 422
    assert missing.body == {
        "message": "The sms id field is required.",
        "errors": {"sms_id": ["The sms id field is required."]},
    }
    assert unknown.status == 400
    assert re.match("Failed to fetch SMS Status, pl", body_of(unknown)["message"])


@pytest.mark.parametrize(
    ("hour", "force", "released"), [(9, 0, 9), (3, 0, 8), (3, 1, 3), (21, 0, 32), (20, 0, 32)]
)
def test_outside_opening_hours_a_send_is_accepted_but_scheduled(
    hour: int, force: int, released: int
) -> None:
    """The answer does not tell; only the status does."""
    midnight = NOW - timedelta(hours=9)
    asleep = vendor(replace(ACCOUNT, opening_hours=(time(8), time(20))))
    answer = asleep.send(TOKEN, FIELDS | {"force_send": force}, midnight + timedelta(hours=hour))
    (sms,) = asleep.truth
    assert answer.status == 200
    assert sms.released_at == midnight + timedelta(hours=released)
    waiting = sms.released_at > sms.accepted_at
    assert (sms.status(sms.accepted_at)[0] == "Scheduled") is waiting


def test_the_records_times_are_in_a_zone_that_it_does_not_name() -> None:
    new_york = timezone(timedelta(hours=-5))
    far = vendor(quirks=Quirks(zone=new_york))
    far.send(TOKEN, FIELDS, NOW + timedelta(hours=8, seconds=21))
    chat = {"sender": "3152935500", "receiver": "2125550101", "country_code": "+1"}
    (item,) = body_of(far.chat_history(TOKEN, chat, NOW + timedelta(days=1)))["data"]
    assert item["created_at"] == "01-05-2026 12:00:21 PM"
