"""The read pages, believed only as far as they go."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.easify.pages import RawAnswer, read_numbers, read_page, read_status
from bulksms.model.states import Delivery
from bulksms.model.vendor_record import (
    DeliveryStatus,
    OwnNumbers,
    Page,
    RecordedSms,
    Unreadable,
    comparable,
)

CHAT_ITEM = {
    "id": 516,
    "sender": "+13152935500",
    "receiver": "+12025550104",
    "message": "hai",
    "sms_type": "sms",
    "send_by": "sender",
    "media_url": "",
    "status": "Delivered",
    "created_at": "02-05-2024 04:59:21 AM",
    "reason": None,
}
"""As the vendor's page of sms/chat-history prints it."""


def page_of(count: int, *, asked: int = 100, number: int = 1, **more: object) -> Page:
    """The page that a list of so many items is read as."""
    document = {"status": True, "data": [CHAT_ITEM] * count, **more}
    page = read_page(RawAnswer(200, json.dumps(document).encode()), asked=asked, number=number)
    assert isinstance(page, Page)
    return page


def one(**changes: Any) -> RecordedSms:  # noqa: ANN401 - whatever JSON holds
    """A changed chat item, as it is read."""
    document = {"status": True, "data": [{**CHAT_ITEM, **changes}]}
    page = read_page(RawAnswer(200, json.dumps(document).encode()), asked=100, number=1)
    assert isinstance(page, Page)
    return page.items[0]


def test_the_documented_chat_item_is_read() -> None:
    assert one() == RecordedSms(
        id="516",
        sender="+13152935500",
        receiver="+12025550104",
        text="hai",
        has_media=False,
        status=Delivery.DELIVERED,
        remarks="",
        written_at=datetime(2024, 2, 5, 4, 59, 21),  # noqa: DTZ001 - the record names no zone
        outgoing=True,
    )


def test_a_field_may_have_either_of_its_names_and_forms() -> None:
    assert one(sms_id="63f7a88b2e4b6c001f33").id == "63f7a88b2e4b6c001f33"
    assert one(reason="No such handset").remarks == one(remarks="No such\nhandset").remarks
    assert one(created_at="2024-02-05 04:59:21").written_at == one().written_at
    assert one(created_at="yesterday").written_at is None
    assert one(status="Teleported").status is None
    assert one(media_url="https://m.example/1.jpg").has_media
    assert one(sms_type="mms").has_media
    assert not one(send_by="receiver").outgoing
    assert one(message=None).text == ""
    assert one(receiver="(202) 555-0104").receiver == "+2025550104"


@pytest.mark.parametrize(
    "items",
    [
        ["hai"],
        [CHAT_ITEM, None],
        [CHAT_ITEM, {**CHAT_ITEM, "receiver": None}],
        [{**CHAT_ITEM, "sender": ["+1"]}],
        {"516": CHAT_ITEM},
        None,
        "hai",
    ],
)
def test_a_page_with_an_item_that_cannot_be_read_is_no_evidence(items: object) -> None:
    body = json.dumps({"status": True, "data": items}).encode()
    assert isinstance(read_page(RawAnswer(200, body), asked=100, number=1), Unreadable)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>We'll be back</html>",
        b'{"status": true, "data": [',
        b'{"status": false, "data": []}',
        b'{"data": []}',
        b"[]",
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_no_success_is_no_empty_page(body: bytes) -> None:
    answer = RawAnswer(200, body)
    for read in (read_page(answer, asked=100, number=1), read_status(answer), read_numbers(answer)):
        assert isinstance(read, Unreadable)
        assert read.http_status == 200


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_no_value_anywhere_breaks_the_reading(value: object) -> None:
    for name in CHAT_ITEM:
        body = json.dumps({"status": True, "data": [{**CHAT_ITEM, name: value}]}).encode()
        read_page(RawAnswer(200, body), asked=100, number=1)
    whole = json.dumps({"status": True, "data": value, "meta": value, "links": value}).encode()
    read_page(RawAnswer(200, whole), asked=100, number=1)
    read_status(RawAnswer(200, whole))
    read_numbers(RawAnswer(200, whole))


def test_a_page_says_how_far_it_goes() -> None:
    meta = {"current_page": 2, "last_page": 3, "per_page": 10, "total": 27, "links": []}
    page = page_of(10, number=2, meta=meta)
    assert (page.per_page, page.last_page, page.total, page.whole) == (10, 3, 27, False)
    assert page_of(7, number=3, meta={**meta, "current_page": 3}).whole


@pytest.mark.parametrize(
    ("count", "more", "whole"),
    [
        (7, {}, True),
        (100, {}, False),
        (0, {}, True),
        (9, {}, True),
        (10, {}, False),  # the vendor's default: the limit may have been ignored
        (12, {}, False),  # nobody knows at how many it is cut off
        (49, {}, False),
        (7, {"meta": {"total": 7}}, True),
        (7, {"meta": {"total": 8, "last_page": 1}}, False),
        (7, {"links": []}, True),
        (7, {"links": {"next": None}}, True),
        (7, {"links": {"next": "https://x.example/?page=2"}}, False),
        (7, {"links": {"next": None}, "meta": {"last_page": 2}}, False),
        (25, {"meta": {"per_page": 25}}, False),
        (24, {"meta": {"per_page": 25}}, True),
    ],
)
def test_a_page_is_whole_only_if_nothing_can_lie_beyond(
    count: int, more: dict[str, Any], *, whole: bool
) -> None:
    assert page_of(count, **more).whole is whole


def test_a_paginator_in_the_data_is_read_too() -> None:
    wrapper = {"current_page": 1, "data": [CHAT_ITEM], "per_page": 1, "next_page_url": "https://x"}
    body = json.dumps({"status": True, "data": wrapper}).encode()
    page = read_page(RawAnswer(200, body), asked=1, number=1)
    assert isinstance(page, Page)
    assert (len(page.items), page.per_page, page.whole) == (1, 1, False)


def test_another_page_than_the_one_asked_for_is_no_evidence() -> None:
    body = json.dumps({"status": True, "data": [], "meta": {"current_page": 1}}).encode()
    assert isinstance(read_page(RawAnswer(200, body), asked=100, number=2), Unreadable)


def test_a_status_is_read_whatever_its_case() -> None:
    data = {"status": " undelivered ", "remarks": "No such handset"}
    body = json.dumps({"status": True, "data": data}).encode()
    expected = DeliveryStatus(Delivery.UNDELIVERED, "No such handset")
    assert read_status(RawAnswer(200, body)) == expected


def test_a_status_that_nobody_knows_is_none() -> None:
    body = json.dumps({"status": True, "data": {"status": "Teleported"}}).encode()
    read = read_status(RawAnswer(200, body))
    assert read == Unreadable("Easify calls the message's status 'Teleported'.", None, 200)


def test_only_numbers_that_are_active_and_approved_are_usable() -> None:
    items = [
        {"number": "+13152935500", "approved": "Approved", "status": "Active"},
        {"number": "+13152935501", "approved": "Pending", "status": "Active"},
        {"number": "+13152935502", "approved": "Approved", "status": "Released"},
        {"number": "+13152935503"},
    ]
    body = json.dumps({"status": True, "data": items, "links": []}).encode()
    expected = OwnNumbers(("+13152935500", "+13152935503"))
    assert read_numbers(RawAnswer(200, body)) == (expected, False)


@pytest.mark.parametrize(
    ("one_side", "other"),
    [("Hi\r\nAnn ", "Hi\nAnn"), ("Zoe\u0308", "Zo\u00eb"), ("\n Hi\u00a0", "Hi")],
)
def test_two_sides_may_compare_a_text(one_side: str, other: str) -> None:
    assert comparable(one_side) == comparable(other)
    assert comparable("Hi") != comparable("hi")
