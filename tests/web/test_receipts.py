"""Delivery events: only signed ones, in any order, however often, and strangers kept apart."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select

from bulksms.model.states import Delivery
from bulksms.store import Store
from bulksms.store.schema import receipt
from bulksms.web.receipts import LARGEST
from bulksms.web.serving import Address, ReceiptsServer
from bulksms.web.signature import WINDOW, as_php, is_timely, sign
from tests.web.test_watching import draft
from tests.web.web_stage import NOBODY, Browser

SECRET = "webhook-secret"  # noqa: S105 - made up
STRANGE = "63f7a88b2e4b6c001f33"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass
class Easify:
    """The vendor's side of the webhook."""

    url: str

    def push(self, body: bytes, *, signature: str | None = None, stamp: float | None = None) -> int:
        """Post an event; the status of the answer."""
        at = datetime.now(UTC).timestamp() if stamp is None else stamp
        signature = sign(body, SECRET) if signature is None else signature
        headers = {"X-Easify-Signature": signature, "X-Easify-Timestamp": f"{at:.0f}"}
        return httpx.post(self.url, content=body, headers=headers, verify=NOBODY).status_code


@pytest.fixture
def easify(store: Store) -> Iterator[Easify]:
    """A vendor that knows the secret."""
    server = ReceiptsServer(store, SECRET, Address(port=0))
    with server.serving():
        yield Easify(server.url)


def event(sms_id: str, status: str, receiver: str = "") -> bytes:
    return json.dumps({"sms_id": sms_id, "receiver": receiver, "status": status}).encode()


def accepted(browser: Browser) -> tuple[int, str, str]:
    """A campaign with one accepted message; its id, and the message's id and number."""
    campaign = draft(browser, 1)
    browser.post(f"/campaigns/{campaign.id}/resume")
    browser.until_idle(campaign.id)
    (row,) = browser.store.rows.report(campaign.id)
    return campaign.id, f"{row.sms_id}", f"{row.to_number}"


def test_the_signature_is_the_documented_one() -> None:
    """88 characters: the hexadecimal text is encoded, as PHP's `hash_hmac` gives it."""
    known = (
        "ZjdiYzgzZjQzMDUzODQyNGIxMzI5OGU2YWE2ZmIxNDNlZjRkNTlhMTQ5NDYxNzU5OTc0NzlkYmMyZDFhM2NkOA=="
    )
    assert sign(b"The quick brown fox jumps over the lazy dog", "key") == known
    assert len(known) == 88


def test_php_writes_json_in_its_own_way() -> None:
    payload = {"b": "https://x/é\u20ac", "a": ['"', "\x7f", 1, None, True, "\U0001f600"]}
    assert as_php(payload) == (
        rb'{"b":"https:\/\/x\/\u00e9\u20ac","a":["\"","'
        b"\x7f"
        rb'",1,null,true,"\ud83d\ude00"]}'
    )


def test_an_event_is_taken_signed_raw_or_as_php_wrote_it(browser: Browser, easify: Easify) -> None:
    campaign, sms_id, number = accepted(browser)
    raw = event(sms_id, "Pending", number)
    assert easify.push(raw) == httpx.codes.NO_CONTENT
    assert browser.store.rows.deliveries(campaign) == {"pending": 1}
    spaced = event(sms_id, "Delivered", number)
    signature = sign(as_php(json.loads(spaced)), SECRET)
    assert easify.push(spaced, signature=signature) == httpx.codes.NO_CONTENT
    assert browser.store.rows.deliveries(campaign) == {"delivered": 1}


def test_no_order_and_no_repetition_moves_a_settled_delivery_back(browser: Browser) -> None:
    campaign, sms_id, number = accepted(browser)
    push = browser.store.receipts.push
    for order in itertools.permutations(["pending", "success", "delivered"]):
        for word in [*order, *order]:
            push(sms_id, Delivery(word), receiver=number, said="", now=NOW)
    assert browser.store.rows.deliveries(campaign) == {"delivered": 1}
    assert push(sms_id, Delivery.DELIVERED, receiver=number, said="", now=NOW) == "no news"


@pytest.mark.parametrize("signature", ["", "x", "A" * 88, sign(b"another body", SECRET)])
def test_an_unsigned_event_is_refused(browser: Browser, easify: Easify, signature: str) -> None:
    campaign, sms_id, number = accepted(browser)
    body = event(sms_id, "Delivered", number)
    assert easify.push(body, signature=signature) == httpx.codes.UNAUTHORIZED
    assert browser.store.rows.deliveries(campaign) == {}


def test_an_old_or_future_event_is_refused(easify: Easify) -> None:
    body = event("1", "Delivered")
    for seconds in (-WINDOW.total_seconds() - 60, WINDOW.total_seconds() + 60):
        stamp = datetime.now(UTC).timestamp() + seconds
        assert easify.push(body, stamp=stamp) == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1e9", "99999999999999999999", "١٢٣"])
def test_a_stamp_that_is_no_time_is_not_timely(stamp: str) -> None:
    assert not is_timely(stamp, NOW)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"sms_id": null}', b'{"sms_id": " "}'])
def test_a_signed_event_that_makes_no_sense_is_refused(easify: Easify, body: bytes) -> None:
    assert easify.push(body) == httpx.codes.BAD_REQUEST


@pytest.mark.parametrize("sms_id", ["\ud800", "5\0", "5\u202e", "9" * 256])
def test_an_event_with_an_id_that_is_none_is_refused(easify: Easify, sms_id: str) -> None:
    assert easify.push(event(sms_id, "Delivered")) == httpx.codes.BAD_REQUEST


def test_half_a_character_in_an_event_keeps_it_from_nothing(
    browser: Browser, easify: Easify
) -> None:
    """JSON can hold half of a surrogate pair, and no database can."""
    campaign, sms_id, number = accepted(browser)
    told = {"sms_id": sms_id, "receiver": number, "status": "Failed", "remarks": "no\ud800"}
    assert easify.push(json.dumps(told).encode()) == httpx.codes.NO_CONTENT
    assert browser.store.rows.deliveries(campaign) == {Delivery.FAILED: 1}
    assert easify.push(event(STRANGE, "Delivered", "\ud800")) == httpx.codes.NO_CONTENT


def test_a_word_that_nobody_knows_changes_nothing(browser: Browser, easify: Easify) -> None:
    campaign, sms_id, number = accepted(browser)
    assert easify.push(event(sms_id, "Teleported", number)) == httpx.codes.NO_CONTENT
    assert browser.store.rows.deliveries(campaign) == {}


def test_an_event_of_a_stranger_is_kept_apart_once(browser: Browser, easify: Easify) -> None:
    """Also one with an id of ours and another receiver: the two may count ids apart."""
    campaign, sms_id, _ = accepted(browser)
    for _ in range(2):
        assert easify.push(event(STRANGE, "Delivered")) == httpx.codes.NO_CONTENT
        assert easify.push(event(sms_id, "Failed", "+12025559999")) == httpx.codes.NO_CONTENT
    assert browser.store.rows.deliveries(campaign) == {}
    with browser.store.engine.connect() as connection:
        kept = connection.execute(select(receipt.c.sms_id, receipt.c.status)).all()
    assert sorted(map(tuple, kept)) == sorted([(STRANGE, "delivered"), (sms_id, "failed")])


def test_the_route_is_the_only_one_and_takes_little(easify: Easify) -> None:
    base = easify.url.removesuffix("/webhooks/easify")
    assert httpx.get(base, verify=NOBODY).status_code == httpx.codes.NOT_FOUND
    assert httpx.get(f"{base}/open", verify=NOBODY).status_code == httpx.codes.NOT_FOUND
    assert httpx.get(easify.url, verify=NOBODY).status_code == httpx.codes.METHOD_NOT_ALLOWED
    assert easify.push(b" " * (LARGEST + 1)) == httpx.codes.REQUEST_ENTITY_TOO_LARGE
