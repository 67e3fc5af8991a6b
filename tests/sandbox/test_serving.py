"""The sandbox as an ASGI application, and once for real on a loopback socket."""

import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from bulksms.sandbox.accounts import Account
from bulksms.sandbox.faults import NO_FAULT
from bulksms.sandbox.options import SandboxOptions
from bulksms.sandbox.serving import SandboxServer
from bulksms.sandbox.vendor import Vendor
from tests.virtual_time import run
from tests.wire import transport_to

TOKEN = "1|sandbox"  # noqa: S105  a token for nothing but the sandbox
SANDBOX = "http://sandbox.invalid"
API = f"{SANDBOX}/api/v2"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HEADERS = {**BEARER, "Accept": "application/json"}
FIELDS = {
    "from_number": "3152935500",
    "to_number": "2125550101",
    "country_code": "+1",
    "message": "Hai",
}
CHAT = {"sender": "3152935500", "receiver": "2125550101", "country_code": "+1"}
ACCEPT_AND_DROP_NUMBER = "2025550170"

Talk = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


def talk(vendor: Vendor, say: Talk) -> httpx.Response:
    async def conversation() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport_to(vendor)) as client:
            return await say(client)

    return run(conversation())


@pytest.fixture
def vendor() -> Vendor:
    return Vendor([Account(TOKEN, ("+13152935500",))])


def test_a_send_may_be_json(vendor: Vendor) -> None:
    answer = talk(vendor, lambda c: c.post(f"{API}/sms/send", json=FIELDS, headers=HEADERS))
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "status": True,
        "message": " SMS Processed successfully.",
        "data": {"sms_id": str(vendor.truth[0].id)},
    }


def test_a_send_with_a_file_is_multipart(vendor: Vendor) -> None:
    files = {"media": ("flyer.png", b"not really", "image/png")}
    answer = talk(
        vendor,
        lambda c: c.post(f"{API}/sms/send", data=FIELDS, files=files, headers=HEADERS),
    )
    (sms,) = vendor.truth
    assert answer.status_code == 200
    assert (sms.message, sms.media) == ("Hai", "https://media.sandbox.invalid/flyer.png")


def test_without_accept_json_a_validation_error_is_a_redirect(vendor: Vendor) -> None:
    answer = talk(vendor, lambda c: c.post(f"{API}/sms/send", json={}, headers=BEARER))
    asked = talk(vendor, lambda c: c.post(f"{API}/sms/send", json={}, headers=HEADERS))
    assert (answer.status_code, asked.status_code) == (302, 422)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b""])
def test_a_body_that_cannot_be_read_has_no_fields(vendor: Vendor, body: bytes) -> None:
    headers = {**HEADERS, "Content-Type": "application/json"}
    answer = talk(vendor, lambda c: c.post(f"{API}/sms/send", content=body, headers=headers))
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 4)


def test_the_reads_are_at_their_documented_paths(vendor: Vendor) -> None:
    talk(vendor, lambda c: c.post(f"{API}/sms/send", json=FIELDS, headers=HEADERS))
    days = {"from_date": "2026-01-04", "to_date": "2026-01-06"}
    for path, params in (
        ("sms/status", {"sms_id": str(vendor.truth[0].id)}),
        ("sms/chat-history", CHAT),
        ("sms/report", days),
        ("phone-numbers", {}),
    ):
        request = httpx.Request("GET", f"{API}/{path}", params=params, headers=HEADERS)
        answer = talk(vendor, partial(httpx.AsyncClient.send, request=request))
        assert (answer.status_code, bool(answer.json()["data"])) == (200, True), path


def test_a_plus_that_is_not_encoded_is_a_space(vendor: Vendor) -> None:
    url = f"{API}/sms/chat-history?sender=3152935500&receiver=2125550101&country_code=+1"
    assert talk(vendor, lambda c: c.get(url, headers=HEADERS)).json()["data"] == []


def test_the_truth_and_the_arrivals_can_be_read(vendor: Vendor) -> None:
    talk(vendor, lambda c: c.post(f"{API}/sms/send", json=FIELDS, headers=HEADERS))
    (sms,) = talk(vendor, lambda c: c.get(f"{SANDBOX}/sandbox/truth")).json()
    (arrival,) = talk(vendor, lambda c: c.get(f"{SANDBOX}/sandbox/arrivals")).json()
    assert (sms["receiver"], sms["message"], sms["status"]) == ("+12125550101", "Hai", "Pending")
    assert sms["accepted_at"] == "2026-01-05T09:00:00+00:00"
    assert (arrival["path"], arrival["status"], arrival["limited"]) == ("sms/send", 200, False)


def test_faults_can_be_ordered_over_the_wire(vendor: Vendor) -> None:
    orders = {
        "script": [{"fault": "too_many", "retry_in": 7}],
        "reads": [{"fault": "error_before"}],
        "numbers": {"+12125550101": {"fault": "refuse", "answer": "blacklisted"}},
    }
    ordered = talk(vendor, lambda c: c.post(f"{SANDBOX}/sandbox/faults", json=orders))
    assert ordered.status_code == 204
    statuses = [
        talk(vendor, lambda c: c.post(f"{API}/sms/send", json=FIELDS, headers=HEADERS)).status_code
        for _ in range(2)
    ]
    reading = talk(vendor, lambda c: c.get(f"{API}/phone-numbers", headers=HEADERS))
    assert (statuses, reading.status_code) == ([429, 400], 500)


def test_a_bad_order_changes_nothing(vendor: Vendor) -> None:
    orders = {"script": [{"fault": "answer"}, {"fault": "earthquake"}]}
    refused = talk(vendor, lambda c: c.post(f"{SANDBOX}/sandbox/faults", json=orders))
    assert (refused.status_code, "earthquake" in refused.text) == (400, True)
    assert vendor.faults.for_send(None) is NO_FAULT


@contextmanager
def serving(options: SandboxOptions) -> Iterator[tuple[str, Vendor]]:
    """A sandbox on a socket of its own, in a thread."""
    urls: list[str] = []
    server = SandboxServer(options, ready=urls.append)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.url, server.vendor
    finally:
        server.stop()
        thread.join()
    assert urls == [server.url]


def test_on_a_real_socket_a_dropped_connection_is_one_and_the_truth_has_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    dropped = FIELDS | {"to_number": ACCEPT_AND_DROP_NUMBER}
    with serving(SandboxOptions(port=0)) as (url, vendor), httpx.Client(headers=HEADERS) as client:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.post(f"{url}/sms/send", json=dropped)
        after = client.post(f"{url}/sms/send", json=FIELDS)
        truth = client.get(url.replace("/api/v2", "/sandbox/truth")).json()
    assert after.status_code == 200
    assert [sms["receiver"] for sms in truth] == ["+12025550170", "+12125550101"]
    assert [sms.id for sms in vendor.truth] == [sms["id"] for sms in truth]
    assert capfd.readouterr() == ("", "")


def test_the_rate_of_a_running_sandbox_can_be_chosen() -> None:
    options = SandboxOptions(port=0, rate_count=2)
    with serving(options) as (url, _), httpx.Client(headers=HEADERS) as client:
        sends = [client.post(f"{url}/sms/send", json=FIELDS).status_code for _ in range(3)]
    assert sends == [200, 200, 429]


def test_a_port_that_is_taken_is_an_os_error() -> None:
    with serving(SandboxOptions(port=0)) as (url, _):
        taken = httpx.URL(url).port
        assert taken is not None
        with pytest.raises(OSError, match="in use"):
            SandboxServer(SandboxOptions(port=taken), ready=lambda _: None)


def test_the_sandbox_knows_nothing_of_ours() -> None:
    """Both sides of the wire must be true on their own; and only the wire needs the extra."""
    program = (
        "import sys, bulksms.sandbox.vendor, bulksms.sandbox.options\n"
        "assert 'starlette' not in sys.modules and 'uvicorn' not in sys.modules\n"
        "import bulksms.sandbox.serving\n"
        "ours = [n for n in sys.modules if n.startswith('bulksms.')]\n"
        "assert all(n.startswith('bulksms.sandbox') for n in ours), ours\n"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True)
