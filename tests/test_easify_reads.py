"""How the record is asked for, and what a refusal or a silence makes of a read."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import TypeVar

import httpx
import pytest

from bulksms.easify import EasifyClient, HttpxLine
from bulksms.model.states import Delivery, PausedReason
from bulksms.model.vendor_record import DeliveryStatus, OwnNumbers, Page, Unreadable
from bulksms.sandbox.accounts import Account
from bulksms.sandbox.faults import DROP_BEFORE, REDIRECTED, Fault, hang, refuse, refuse_for
from bulksms.sandbox.ledger import Quirks
from bulksms.sandbox.vendor import Vendor
from tests.virtual_time import START, run
from tests.wire import transport_to

TOKEN = "1|reads"  # noqa: S105 - nobody's
SENDER, RECEIVER = "+13152935500", "+12025550104"
NO_CREDITS = "Sorry, you do not have enough credits to send this SMS. Please recharge for more."
DAYS = date(2026, 1, 4), date(2026, 1, 6)

Result = TypeVar("Result")
Ask = Callable[[EasifyClient], Awaitable[Result]]


def asked(answers: list[httpx.Response], ask: Ask[Result]) -> tuple[Result, list[httpx.Request]]:
    """What the client makes of these answers, and what it asked."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def scenario() -> Result:
        async with EasifyClient(TOKEN, line=HttpxLine(httpx.MockTransport(answer))) as client:
            return await ask(client)

    return asyncio.run(scenario()), requests


def success(data: object, **more: object) -> httpx.Response:
    return httpx.Response(200, json={"status": True, "message": "Fine", "data": data, **more})


@pytest.fixture
def vendor() -> Vendor:
    """A vendor that accepted sixty messages."""
    vendor = Vendor([Account(TOKEN, (SENDER,))])
    for index in range(60):
        fields = {
            "from_number": "3152935500",
            "to_number": "2025550104",
            "country_code": "+1",
            "message": f"Hi {index}",
        }
        vendor.send(TOKEN, fields, START - timedelta(hours=2) + index * timedelta(minutes=1))
    vendor.arrivals.clear()
    return vendor


def of(vendor: Vendor, ask: Ask[Result]) -> Result:
    """What the client makes of the vendor's answer."""

    async def scenario() -> Result:
        async with EasifyClient(TOKEN, line=HttpxLine(transport_to(vendor))) as client:
            return await ask(client)

    return run(scenario())


def test_a_conversation_is_asked_for_with_its_plus_encoded() -> None:
    page, (request,) = asked([success([])], lambda client: client.chat_history(SENDER, RECEIVER))
    assert isinstance(page, Page)
    assert page.whole
    assert str(request.url) == (
        "https://backend.easify.app/api/v2/sms/chat-history"
        "?sender=3152935500&receiver=2025550104&country_code=%2B1&limit=100"
    )
    assert request.method == "GET"
    assert request.headers["accept"] == "application/json"


def test_every_page_of_the_report_is_asked_for_with_all_its_filters() -> None:
    """The vendor's own `links.next` drops them."""
    _, (request,) = asked(
        [success([])],
        lambda client: client.report(*DAYS, page=3, sender=SENDER, receiver="+972501234567"),
    )
    assert dict(request.url.params) == {
        "from_date": "2026-01-04",
        "to_date": "2026-01-06",
        "sender": "3152935500",
        "receiver": "501234567",
        "country_code": "+972",
        "order": "asc",
        "page": "3",
        "limit": "100",
    }


def test_the_four_reads_understand_the_vendor(vendor: Vendor) -> None:
    chat = of(vendor, lambda client: client.chat_history(SENDER, RECEIVER))
    report = of(vendor, lambda client: client.report(*DAYS, sender=SENDER, receiver=RECEIVER))
    assert isinstance(chat, Page)
    assert isinstance(report, Page)
    assert (len(chat.items), len(report.items)) == (60, 60)
    assert (chat.whole, report.whole) == (False, True)  # the conversation does not say how long
    assert chat.items[::-1] == report.items
    sms_id = report.items[0].id
    status = of(vendor, lambda client: client.status(sms_id))
    assert status == DeliveryStatus(Delivery.DELIVERED, "")
    assert of(vendor, lambda client: client.phone_numbers()) == OwnNumbers((SENDER,))


@pytest.mark.parametrize(
    ("largest", "taken", "answers"),
    [(100, 100, [200, 200]), (50, 50, [422, 200, 200]), (20, 10, [422, 422, 200, 200])],
)
def test_a_limit_that_is_too_large_is_made_smaller_and_remembered(
    vendor: Vendor, largest: int, taken: int, answers: list[int]
) -> None:
    vendor.ledger.quirks = Quirks(largest_limit=largest)

    async def twice(client: EasifyClient) -> tuple[Page | Unreadable, Page | Unreadable]:
        return await client.report(*DAYS), await client.report(*DAYS, page=2)

    for page in of(vendor, twice):
        assert isinstance(page, Page)
        assert page.per_page == taken
    assert [arrival.status for arrival in vendor.arrivals] == answers


def test_a_422_about_something_else_stays_a_refusal_and_changes_no_limit(vendor: Vendor) -> None:
    async def wrong_and_right(client: EasifyClient) -> tuple[Page | Unreadable, Page | Unreadable]:
        return await client.report(date(2025, 1, 1), DAYS[1]), await client.report(*DAYS)

    wrong, right = of(vendor, wrong_and_right)
    assert wrong == Unreadable("The dates must span a maximum of 30 days.", None, 422)
    assert isinstance(right, Page)
    assert right.per_page == 100


def test_numbers_that_come_in_pages_are_read_to_the_end() -> None:
    first = success([{"number": SENDER}], links={"next": "https://x.example/?page=2"})
    last = success([{"number": SENDER}, {"number": RECEIVER}], links={"next": None})
    numbers, requests = asked([first, last], lambda client: client.phone_numbers())
    assert numbers == OwnNumbers((SENDER, RECEIVER))
    assert [dict(request.url.params) for request in requests] == [{}, {"page": "2"}]


def test_numbers_that_never_end_are_no_list() -> None:
    page = success([{"number": SENDER}], links={"next": "https://x.example/?page=2"})
    numbers, _ = asked([page], lambda client: client.phone_numbers())
    assert isinstance(numbers, Unreadable)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            refuse("unauthenticated"),
            Unreadable("Unauthenticated", None, 401, PausedReason.UNAUTHENTICATED),
        ),
        (
            refuse("subscription_ended"),
            Unreadable(
                "You need to recharge your account to proceed",
                None,
                402,
                PausedReason.SUBSCRIPTION_ENDED,
            ),
        ),
        (
            REDIRECTED,
            Unreadable(
                "The address redirects instead of answering: check EASIFY_BASE_URL.",
                None,
                302,
                PausedReason.WRONG_ADDRESS,
            ),
        ),
        (
            refuse_for(7),
            Unreadable("Too many requests. Try again in 7 seconds", timedelta(seconds=7), 429),
        ),
        (refuse("no_credits"), Unreadable(NO_CREDITS, None, 400)),
        (
            DROP_BEFORE,
            Unreadable(
                "The connection was lost before Easify's answer was complete.", unheard=True
            ),
        ),
        (hang(after=90), Unreadable("Easify did not answer in time.", unheard=True)),
    ],
)
def test_a_refusal_or_a_silence_is_a_read_that_taught_nothing(
    vendor: Vendor, fault: Fault, expected: Unreadable
) -> None:
    for ask in (
        lambda client: client.chat_history(SENDER, RECEIVER),
        lambda client: client.report(*DAYS),
        lambda client: client.status("331501"),
        lambda client: client.phone_numbers(),
    ):
        vendor.faults.reads.append(fault)
        assert of(vendor, ask) == expected


def test_an_id_that_the_vendor_does_not_know_is_unreadable(vendor: Vendor) -> None:
    read = of(vendor, lambda client: client.status("9"))
    assert isinstance(read, Unreadable)
    assert (read.http_status, read.blocked) == (400, None)


def test_a_number_of_no_served_country_is_not_asked_about(vendor: Vendor) -> None:
    read = of(vendor, lambda client: client.chat_history(SENDER, "+4930123456"))
    assert isinstance(read, Unreadable)
    assert "+4930123456" not in read.text
    assert vendor.arrivals == []


def test_an_answer_without_end_is_unreadable() -> None:
    page = httpx.Response(200, content=b" " * (2 * 1024 * 1024))
    read, _ = asked([page], lambda client: client.status("1"))
    assert read == Unreadable("Easify's answer was too long to be read.", None, 200)


def test_a_token_that_the_vendor_echoes_is_hidden() -> None:
    refusal = httpx.Response(400, json={"status": False, "message": f"Bad {TOKEN}", "errors": []})
    read, _ = asked([refusal], lambda client: client.status("1"))
    assert read == Unreadable("Bad ***", None, 400)
