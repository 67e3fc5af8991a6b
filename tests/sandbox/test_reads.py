"""What the vendor's record shows, and when."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bulksms.sandbox.accounts import Account
from bulksms.sandbox.answers import Answer
from bulksms.sandbox.ledger import Quirks
from bulksms.sandbox.limits import Limits
from bulksms.sandbox.vendor import Vendor

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TOKEN = "1|sandbox"  # noqa: S105  a token for nothing but the sandbox
CHAT = {"sender": "3152935500", "receiver": "2125550101", "country_code": "+1"}
DAYS = {"from_date": "2026-01-04", "to_date": "2026-01-06"}


def body_of(answer: Answer) -> dict[str, Any]:
    """The body as it comes off the wire."""
    body: dict[str, Any] = json.loads(json.dumps(answer.body))
    return body


def vendor_with(sends: int, quirks: Quirks | None = None) -> Vendor:
    """A vendor that accepted `sends` messages, one a minute."""
    numbers = ("+13152935500", "+16465550100")
    vendor = Vendor([Account(TOKEN, numbers)], limits=Limits(windows=()), quirks=quirks)
    for index in range(sends):
        fields = {
            "from_number": "3152935500",
            "to_number": "2125550101",
            "country_code": "+1",
            "message": f"Hai {index}",
        }
        vendor.send(TOKEN, fields, NOW + timedelta(minutes=index))
    return vendor


def test_a_chat_item_has_the_documented_shape() -> None:
    body = body_of(vendor_with(1).chat_history(TOKEN, CHAT, LATER))
    assert body == {
        "status": True,
        "message": "Chat History",
        "data": [
            {
                "id": 331501,
                "sender": "+13152935500",
                "receiver": "+12125550101",
                "message": "Hai 0",
                "sms_type": "sms",
                "send_by": "sender",
                "media_url": "",
                "status": "Delivered",
                "created_at": "01-05-2026 09:00:00 AM",
                "reason": None,
            }
        ],
    }


def test_a_chat_shows_ten_unless_asked_for_more() -> None:
    vendor = vendor_with(12)
    plain = body_of(vendor.chat_history(TOKEN, CHAT, LATER))["data"]
    longer = body_of(vendor.chat_history(TOKEN, CHAT | {"limit": "12"}, LATER))["data"]
    assert (len(plain), len(longer), plain[0]["message"]) == (10, 12, "Hai 11")


def test_a_chat_shows_what_the_recipient_wrote_among_what_was_sent() -> None:
    vendor = vendor_with(2)
    vendor.ledger.hear(vendor.truth[0], "STOP", NOW + timedelta(seconds=30))
    items = body_of(vendor.chat_history(TOKEN, CHAT, LATER))["data"]
    assert [each["message"] for each in items] == ["Hai 1", "STOP", "Hai 0"]
    assert [each["send_by"] for each in items] == ["sender", "receiver", "sender"]
    assert (items[1]["sender"], items[1]["receiver"]) == ("+12125550101", "+13152935500")
    assert len(body_of(vendor.chat_history(TOKEN, CHAT, NOW))["data"]) == 1


@pytest.mark.parametrize("name", ["sender", "receiver", "country_code"])
def test_a_chat_needs_both_ends(name: str) -> None:
    answer = vendor_with(1).chat_history(TOKEN, CHAT | {name: ""}, LATER)
    assert (answer.status, body_of(answer)["errors"].keys()) == (422, {name})


def test_a_chat_of_somebody_elses_number_is_refused() -> None:
    assert vendor_with(1).chat_history(TOKEN, CHAT | {"sender": "3150000000"}, LATER).status == 400


def test_a_chat_shows_only_its_two_ends() -> None:
    others = vendor_with(1).chat_history(TOKEN, CHAT | {"receiver": "2125550102"}, LATER)
    assert body_of(others)["data"] == []


def test_a_report_is_paged_and_its_links_forget_the_limit() -> None:
    body = body_of(vendor_with(5).report(TOKEN, DAYS | {"limit": "2", "page": "2"}, LATER))
    assert [item["message"] for item in body["data"]] == ["Hai 2", "Hai 1"]
    assert body["links"] == {
        "first": "http://sandbox.invalid/api/v2/sms/report?page=1",
        "last": "http://sandbox.invalid/api/v2/sms/report?page=3",
        "prev": "http://sandbox.invalid/api/v2/sms/report?page=1",
        "next": "http://sandbox.invalid/api/v2/sms/report?page=3",
    }
    shown = {name: body["meta"][name] for name in ("current_page", "last_page", "from", "to")}
    assert shown == {"current_page": 2, "last_page": 3, "from": 3, "to": 4}
    assert (body["meta"]["per_page"], body["meta"]["total"]) == (2, 5)


def test_the_pages_of_a_report_are_the_whole_report() -> None:
    vendor = vendor_with(23)
    pages = [
        body_of(vendor.report(TOKEN, DAYS | {"order": "asc", "page": str(page)}, LATER))["data"]
        for page in (1, 2, 3, 4)
    ]
    assert [len(page) for page in pages] == [10, 10, 3, 0]
    assert [i["message"] for page in pages for i in page] == [f"Hai {n}" for n in range(23)]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": "Delivered"}, 3),
        ({"status": "Failed"}, 0),
        ({"sender": "3152935500"}, 3),
        ({"sender": "6465550100"}, 0),
        ({"receiver": "2125550101", "country_code": "+1"}, 3),
        ({"receiver": "2125550102", "country_code": "+1"}, 0),
        ({"from_date": "2026-01-05", "to_date": "2026-01-05"}, 3),
        ({"from_date": "2026-01-06", "to_date": "2026-01-06"}, 0),
    ],
)
def test_a_report_is_filtered(filters: dict[str, str], found: int) -> None:
    assert len(body_of(vendor_with(3).report(TOKEN, DAYS | filters, LATER))["data"]) == found


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"from_date": ""}, "from_date"),
        ({"to_date": "05/01/2026"}, "to_date"),
        ({"to_date": "2026-02-04"}, "to_date"),
        ({"receiver": "2125550101"}, "country_code"),
        ({"limit": "101"}, "limit"),
        ({"page": "0"}, "page"),
    ],
)
def test_a_report_refuses_what_it_cannot_read(params: dict[str, str], wrong: str) -> None:
    answer = vendor_with(1).report(TOKEN, DAYS | params, LATER)
    assert (answer.status, list(body_of(answer)["errors"])) == (422, [wrong])


def test_the_two_lists_name_the_same_message_differently() -> None:
    """A reader of both has to be tolerant: id, dates and the failure text all differ."""
    vendor = vendor_with(1)
    (chat,) = body_of(vendor.chat_history(TOKEN, CHAT, LATER))["data"]
    (report,) = body_of(vendor.report(TOKEN, DAYS, LATER))["data"]
    assert (chat["id"], chat["created_at"]) == (331501, "01-05-2026 09:00:00 AM")
    assert (report["sms_id"], report["created_at"]) == (331501, "2026-01-05 09:00:00")
    assert ("reason" in chat, "remarks" in report) == (True, True)


def test_the_record_may_lag_behind() -> None:
    vendor = vendor_with(1, Quirks(record_lag=timedelta(seconds=90)))
    seen = [
        len(body_of(vendor.chat_history(TOKEN, CHAT, NOW + timedelta(seconds=s)))["data"])
        for s in (0, 89, 90)
    ]
    assert seen == [0, 0, 1]


def test_the_records_ids_may_be_others() -> None:
    vendor = vendor_with(1, Quirks(record_id_offset=1000))
    (item,) = body_of(vendor.chat_history(TOKEN, CHAT, LATER))["data"]
    assert item["id"] == 332501
    assert vendor.status(TOKEN, {"sms_id": "332501"}, LATER).status == 400
    assert vendor.status(TOKEN, {"sms_id": "331501"}, LATER).status == 200


def test_phone_numbers_come_at_once_or_in_pages() -> None:
    vendor = vendor_with(0)
    whole = body_of(vendor.phone_numbers(TOKEN, {}, NOW))
    page = body_of(vendor.phone_numbers(TOKEN, {"limit": "1"}, NOW))
    assert [item["number"] for item in whole["data"]] == ["+13152935500", "+16465550100"]
    assert (whole["message"], whole["links"], "meta" in whole) == ("Phone Numbers", [], False)
    assert [item["number"] for item in page["data"]] == ["+13152935500"]
    assert page["links"]["next"].endswith("/phone-numbers?page=2")
    assert vendor.phone_numbers(TOKEN, {"limit": "all"}, NOW).status == 422


@pytest.mark.parametrize(("flag", "status"), [("subscribed", 402), ("enterprise", 403)])
def test_a_blocked_account_reads_nothing(flag: str, status: int) -> None:
    vendor = vendor_with(1)
    setattr(vendor.accounts[TOKEN], flag, False)
    assert vendor.phone_numbers(TOKEN, {}, NOW).status == status
    assert vendor.status(TOKEN, {"sms_id": "331501"}, LATER).status == status
