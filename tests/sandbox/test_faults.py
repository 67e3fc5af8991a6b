"""Each misfortune on the wire, and what the truth says after it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.sandbox.accounts import Account
from bulksms.sandbox.answers import GARBAGE, REFUSALS
from bulksms.sandbox.app import Trip, create_app
from bulksms.sandbox.faults import (
    ACCEPT_AND_DROP,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    HTML_403,
    MAGIC_NUMBERS,
    NO_FAULT,
    REDIRECTED,
    Fault,
    Faults,
    MagicNumber,
    deliver,
    garbage,
    hang,
    hang_and_drop,
    magic_faults,
    order,
    refuse,
    refuse_for,
)
from bulksms.sandbox.limits import Limits
from bulksms.sandbox.vendor import Vendor
from tests.virtual_time import START, clock, run
from tests.wire import transport_to

TOKEN = "1|sandbox"  # noqa: S105  a token for nothing but the sandbox
API = "http://sandbox.invalid/api/v2"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
DAY = timedelta(days=1)

Seen = int | str
"""What a client got: an HTTP status, or the name of the error."""

EXPERIENCES: Sequence[tuple[Fault, Seen, bool]] = [
    (NO_FAULT, 200, True),
    (DROP_BEFORE, "ReadError", False),
    (ACCEPT_AND_DROP, "ReadError", True),
    (ERROR_BEFORE, 500, False),
    (ERROR_AFTER, 500, True),
    (HTML_403, 403, False),
    (REDIRECTED, 302, False),
    (refuse_for(7), 429, False),
    (hang(after=10), 200, True),
    (hang(before=10), 200, True),
    (hang(after=90), "ReadTimeout", True),
    (hang(before=45), "ReadTimeout", True),
    (hang_and_drop(90), "ReadTimeout", False),
    (hang_and_drop(20), "ReadError", False),
    (deliver("undelivered"), 200, True),
    *((refuse(name), answer.status, False) for name, answer in REFUSALS.items()),
    *((garbage(kind), 200, True) for kind in GARBAGE),
    *((garbage(kind, accepted=False), 200, False) for kind in GARBAGE),
]
"""Fault → what a client with a timeout of 30 seconds sees, and whether it was accepted."""


def vendor_with(faults: Faults | None = None) -> Vendor:
    account = Account(TOKEN, ("+13152935500",))
    return Vendor([account], faults=faults, limits=Limits(windows=()))


def fields(to_number: str = "+12125550101", message: str = "Hai") -> dict[str, str]:
    return {
        "from_number": "3152935500",
        "to_number": to_number.removeprefix("+1"),
        "country_code": "+1",
        "message": message,
    }


async def post(client: httpx.AsyncClient, sent: dict[str, str]) -> Seen:
    try:
        answer = await client.post(f"{API}/sms/send", json=sent, headers=HEADERS)
    except httpx.TransportError as lost:
        return type(lost).__name__
    return answer.status_code


def seen(vendor: Vendor, *sends: dict[str, str]) -> list[Seen]:
    """What a client with a timeout of 30 seconds gets for those sends, one after the other."""

    async def send_all() -> list[Seen]:
        async with httpx.AsyncClient(transport=transport_to(vendor), timeout=30) as client:
            return [await post(client, each) for each in sends]

    return run(send_all())


@pytest.mark.parametrize(("fault", "experience", "accepted"), EXPERIENCES)
def test_a_fault_is_seen_by_the_client_and_by_the_truth(
    fault: Fault, experience: Seen, *, accepted: bool
) -> None:
    vendor = vendor_with(Faults(script=deque([fault])))
    assert seen(vendor, fields(), fields("+12125550102")) == [experience, 200]
    expected = ["+12125550101", "+12125550102"] if accepted else ["+12125550102"]
    assert [sms.receiver for sms in vendor.truth] == expected


@given(st.lists(st.sampled_from(EXPERIENCES), max_size=12))
def test_the_truth_never_loses_or_doubles(script: list[tuple[Fault, Seen, bool]]) -> None:
    vendor = vendor_with(Faults(script=deque(fault for fault, _, _ in script)))
    sends = [fields(message=f"Hai {index}") for index in range(len(script))]
    assert seen(vendor, *sends) == [experience for _, experience, _ in script]
    accepted = [index for index, (_, _, accepted) in enumerate(script) if accepted]
    assert [sms.message for sms in vendor.truth] == [f"Hai {index}" for index in accepted]
    assert len({sms.id for sms in vendor.truth}) == len(accepted)


def test_a_bad_send_is_not_accepted_by_any_fault() -> None:
    """A fault that handles the send lets the vendor judge it first."""
    vendor = vendor_with(Faults(script=deque([ACCEPT_AND_DROP, ERROR_AFTER, hang(after=9)])))
    assert seen(vendor, *[fields("555")] * 3) == ["ReadError", 500, 400]
    assert vendor.truth == []


def test_a_late_acceptance_shows_in_the_record_only_when_it_happens() -> None:
    vendor = vendor_with(Faults(script=deque([hang(before=45)])))
    vendor.send(TOKEN, fields(), START)
    (sms,) = vendor.truth
    chat = {"sender": "3152935500", "receiver": "2125550101", "country_code": "+1"}
    shown = [
        vendor.chat_history(TOKEN, chat, START + timedelta(seconds=seconds)).body
        for seconds in (44, 45)
    ]
    assert sms.accepted_at == START + timedelta(seconds=45)
    assert [str(sms.id) in str(body) for body in shown] == [False, True]


def test_a_client_that_is_cancelled_changes_nothing() -> None:
    """Even when the sandbox runs inside the caller's own task and dies with it."""
    vendor = vendor_with(Faults(script=deque([hang(before=45), hang(after=90)])))

    async def give_up() -> None:
        app = create_app(vendor, clock=clock())
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport) as client:
            for _ in range(2):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(5):
                        await post(client, fields())

    run(give_up())
    assert len(vendor.truth) == 2


def test_a_send_that_is_still_travelling_arrives_although_the_client_is_gone() -> None:
    vendor = vendor_with()

    async def give_up_early() -> Seen:
        transport = transport_to(vendor, latency=lambda _: Trip(there=20, back=1))
        async with httpx.AsyncClient(transport=transport, timeout=5) as client:
            outcome = await post(client, fields())
        await asyncio.sleep(60)
        return outcome

    assert run(give_up_early()) == "ReadTimeout"
    assert [sms.accepted_at for sms in vendor.truth] == [START + timedelta(seconds=20)]


def test_latency_is_spent_on_both_ways() -> None:
    vendor = vendor_with()

    async def round_trips() -> float:
        transport = transport_to(vendor, latency=lambda n: Trip(there=n, back=0.5))
        async with httpx.AsyncClient(transport=transport) as client:
            for _ in range(3):
                await post(client, fields())
        return asyncio.get_running_loop().time()

    assert run(round_trips()) == 1 + 2 + 3 + 1.5
    arrivals = [(arrival.at - START).total_seconds() for arrival in vendor.arrivals]
    assert arrivals == [1.0, 3.5, 7.0]


def test_who_cannot_be_reached_accepts_nothing() -> None:
    vendor = vendor_with()

    async def knock() -> list[Seen]:
        transport = transport_to(vendor)
        async with httpx.AsyncClient(transport=transport) as client:
            transport.reachable = False
            nobody = await post(client, fields())
            transport.reachable = True
            return [nobody, await post(client, fields())]

    assert run(knock()) == ["ConnectError", 200]
    assert len(vendor.arrivals) == 1


def test_a_number_keeps_its_fault_unless_that_befalls_once() -> None:
    vendor = vendor_with(
        Faults(
            by_number={
                "+12125550101": refuse("blacklisted"),
                "+12125550102": refuse_for(7, once=True),
            }
        )
    )
    again = [fields("+12125550101")] * 2 + [fields("+12125550102")] * 2
    assert seen(vendor, *again) == [400, 400, 429, 200]


def test_a_read_can_fail_too() -> None:
    vendor = vendor_with(Faults(reads=deque([ERROR_BEFORE])))
    answers = [vendor.phone_numbers(TOKEN, {}, START).status for _ in range(2)]
    assert answers == [500, 200]


@pytest.mark.parametrize("magic", MAGIC_NUMBERS, ids=lambda magic: magic.number)
def test_a_magic_number_does_what_its_line_says(magic: MagicNumber) -> None:
    vendor = vendor_with(magic_faults())
    vendor.send(TOKEN, fields(magic.number), START)
    assert bool(vendor.truth) == (
        "not accepted" not in magic.meaning and "accepted" in magic.meaning
    )
    assert magic.fault.once == ("once" in magic.meaning)


def test_magic_numbers_are_fictional_distinct_and_leave_half_ordinary() -> None:
    numbers = [magic.number for magic in MAGIC_NUMBERS]
    assert len(set(numbers)) == len(numbers)
    assert all("+12025550150" <= number <= "+12025550199" for number in numbers)


def test_a_fault_is_ordered_by_name() -> None:
    assert order("too_many", retry_in=7) == refuse_for(7)
    assert order("refuse", answer="blacklisted") == refuse("blacklisted")
    assert order("accept_and_drop") == ACCEPT_AND_DROP
    assert order("deliver", journey="failed") == deliver("failed")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("earthquake", {}),
        ("refuse", {"answer": "never heard of"}),
        ("garbage", {"kind": "poetry"}),
        ("hang", {"seconds": 3}),
        ("deliver", {"journey": "to the moon"}),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(name: str, arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="There is no fault"):
        order(name, **arguments)


def test_a_later_fate_is_told_by_the_status() -> None:
    vendor = vendor_with(
        Faults(script=deque(map(deliver, ("undelivered", "failed", "no_receipt"))))
    )
    for _ in range(3):
        vendor.send(TOKEN, fields(), START)
    fates = [sms.status(START + DAY) for sms in vendor.truth]
    assert fates == [
        ("Undelivered", "Unreachable destination handset"),
        ("Failed", "Technical issue at the provider"),
        ("Success", ""),
    ]
