"""Many accounts on one line: what breaks there proves what it proves on a line of one's own."""

import asyncio
import base64
import itertools
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bulksms.easify import EasifyClient, connecting, line, shared_line
from bulksms.easify.failures import judge
from bulksms.easify.line import what_it_proves
from bulksms.model.errors import ConfigError
from bulksms.model.outcomes import Accepted, NotSent, Outcome, Unknown
from bulksms.model.records import ClaimedMessage
from bulksms.model.settings import DEFAULT_BASE_URL
from bulksms.model.states import Reason
from tests.loopback_vendor import (
    MESSAGE,
    TOKEN,
    Act,
    accepts,
    accepts_and_hangs_up,
    answers_twice,
    babbles,
    breaks_off,
    drips,
    hangs_up,
    is_silent,
    resets,
    says,
    vendor,
)
from tests.posting import LATER, SOON
from tests.posting import post_over_a_shared as post

pytestmark = pytest.mark.usefixtures("no_proxy_from_outside")


def families(root: type[aiohttp.ClientError]) -> Iterator[type[aiohttp.ClientError]]:
    yield root
    for child in root.__subclasses__():
        yield from families(child)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (hangs_up, Reason.CONNECTION_LOST),
        (resets, Reason.CONNECTION_LOST),
        (breaks_off, Reason.CONNECTION_LOST),
        (babbles, Reason.CONNECTION_LOST),
        (is_silent, Reason.TIMEOUT),
        (drips, Reason.TIMEOUT),
    ],
)
def test_what_breaks_after_the_request_left_is_unknown(act: Act, reason: Reason) -> None:
    """A line that called the first two a `ConnectTimeout`, as some do, would make second texts."""
    patience = SOON if reason is Reason.TIMEOUT else LATER

    async def scenario() -> tuple[Outcome, int]:
        async with vendor(act) as served:
            return await post(served.url, patience=patience), len(served.requests)

    outcome, requests = asyncio.run(scenario())
    assert isinstance(outcome, Unknown)
    assert (outcome.reason, requests) == (reason, 1)


@pytest.mark.parametrize("broke", sorted(set(families(aiohttp.ClientError)), key=str))
def test_only_what_breaks_while_connecting_may_be_sent_again(
    broke: type[aiohttp.ClientError],
) -> None:
    told = what_it_proves(broke.__new__(broke))
    connecting = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
    asking_the_proxy = aiohttp.ClientHttpProxyError
    assert isinstance(judge(told), NotSent) == issubclass(broke, (*connecting, asking_the_proxy))


def test_a_kept_connection_that_the_vendor_drops_is_never_written_to_twice() -> None:
    async def scenario() -> tuple[list[Outcome], int]:
        async with vendor(accepts_and_hangs_up) as served, shared_line(served.url) as line:
            outcomes = []
            for _ in range(3):
                one = EasifyClient(TOKEN, base_url=served.url, timeout=LATER, line=line)
                async with one as client:
                    outcomes.append(await client.send(MESSAGE))
            return outcomes, len(served.requests)

    outcomes, requests = asyncio.run(scenario())
    assert all(isinstance(outcome, Accepted | Unknown) for outcome in outcomes)
    assert requests <= len(outcomes)


@pytest.mark.parametrize("at_once", [True, False])
def test_an_answer_too_many_is_nobodys(*, at_once: bool) -> None:
    """It was the next row's, of whatever account, whose own request never left."""

    async def scenario() -> tuple[Outcome, int]:
        async with (
            vendor(answers_twice("504 Gateway Timeout"), accepts) as served,
            shared_line(served.url) as line,
        ):
            one = EasifyClient(TOKEN, base_url=served.url, timeout=LATER, line=line)
            async with one as client:
                if at_once:
                    served.second.set()
                assert isinstance(await client.send(MESSAGE), Unknown)
                served.second.set()
                await served.told.wait()
                for _ in range(9):  # it is on its way through this very loop
                    await asyncio.sleep(0)
                return await client.send(MESSAGE), len(served.requests)

    assert asyncio.run(scenario()) == (Accepted("315", 200), 2)


@pytest.mark.parametrize("first", ["504 Gateway Timeout", "408 Request Timeout", "404 Not Found"])
def test_an_answer_that_comes_after_the_gateways_is_nobodys_however_late(first: str) -> None:
    """The connection was another account's at once, and its message was called refused."""

    async def scenario() -> tuple[Outcome, int]:
        async with (
            vendor(answers_twice(first), accepts) as served,
            shared_line(served.url) as line,
        ):
            one = EasifyClient(TOKEN, base_url=served.url, timeout=LATER, line=line)
            async with one as client:
                assert not isinstance(await client.send(MESSAGE), Accepted)
                following = asyncio.create_task(client.send(MESSAGE))
                await asyncio.sleep(0)
                served.second.set()
                return await following, served.connections

    assert asyncio.run(scenario()) == (Accepted("315", 200), 2)


@pytest.mark.parametrize("said", ["400 Bad Request", "422 Unprocessable Content", "429 Slow Down"])
def test_after_the_vendors_own_refusal_its_connection_is_kept(said: str) -> None:
    """Else every account that meets the limit would have to shake hands anew."""

    async def scenario() -> int:
        async with vendor(says(said, b"{}"), accepts) as served, shared_line(served.url) as line:
            async with EasifyClient(TOKEN, base_url=served.url, line=line) as client:
                await client.send(MESSAGE)
                assert await client.send(MESSAGE) == Accepted("315", 200)
            return served.connections

    assert asyncio.run(scenario()) == 1


def test_after_a_burst_of_its_faults_the_vendor_is_reached_at_once() -> None:
    """Each fault's connection stayed among those kept, and the next messages found only those."""

    async def scenario() -> Outcome:
        faults = [says("503 Service Unavailable", b"{}") for _ in range(8)]
        async with vendor(*faults, accepts) as served, shared_line(served.url) as line:
            one = EasifyClient(TOKEN, base_url=served.url, timeout=LATER, line=line)
            async with one as client:
                await asyncio.gather(*(client.send(MESSAGE) for _ in faults))
                return await client.send(MESSAGE)

    assert asyncio.run(scenario()) == Accepted("315", 200)


def test_who_speaks_before_it_is_asked_is_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A balancer that is full says so first: hundreds of connections were made in seconds."""
    monkeypatch.setattr(line, "_is_fit", lambda _connection: False)

    async def scenario() -> tuple[Outcome, int, int]:
        async with vendor(accepts) as served:
            return await post(served.url), served.connections, len(served.requests)

    outcome, connections, requests = asyncio.run(scenario())
    assert isinstance(outcome, NotSent)
    assert (connections, requests) == (3, 0)


def test_the_request_is_the_one_that_httpx_would_write(tmp_path: Path) -> None:
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"\x89PNG" + bytes(range(256)))

    async def scenario(message: ClaimedMessage) -> tuple[dict[str, str], bytes]:
        async with vendor(accepts) as served:
            assert await post(served.url, message) == Accepted("315", 200)
            return served.head(), served.body()

    head, _ = asyncio.run(scenario(MESSAGE))
    assert head["authorization"] == f"Bearer {TOKEN}"
    assert head["accept"] == "application/json"
    assert head["accept-encoding"] == "identity"
    assert head["content-type"] == "application/json"
    head, body = asyncio.run(scenario(replace(MESSAGE, media=str(picture))))
    assert head["content-type"].startswith("multipart/form-data; boundary=")
    assert int(head["content-length"]) == len(body)
    assert picture.read_bytes() in body


def test_no_cookie_of_one_account_travels_with_the_next() -> None:
    cookie = says("200 OK", b'{"status": true, "data": {"sms_id": "1"}}', b"Set-Cookie: me=ann")

    async def scenario() -> list[bytes]:
        async with vendor(cookie) as served, shared_line(served.url) as line:
            for token in ("1|ann", "2|bob"):
                async with EasifyClient(token, base_url=served.url, line=line) as client:
                    await client.send(MESSAGE)
            return served.requests

    _, second = asyncio.run(scenario())
    assert b"ookie" not in second
    assert b"2|bob" in second


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_is_asked_for_a_tunnel_and_never_sees_the_token(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome, seen = through_a_proxy(name, monkeypatch)
    assert outcome == NotSent("The proxy refused the connection to Easify.")
    assert [request.split(b" ")[0] for request in seen] == [b"CONNECT"]
    assert TOKEN.encode() not in b"".join(seen)
    login = base64.b64encode(b"ann:open sesame")
    assert b"Proxy-Authorization: Basic " + login in seen[0]


def test_a_password_for_everything_in_a_netrc_keeps_nothing_from_leaving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else aiohttp refuses each request, which has a token already; and that would be a doubt."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login ann password sesame\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    _, seen = through_a_proxy("HTTPS_PROXY", monkeypatch)
    assert len(seen) == 1


def through_a_proxy(name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Outcome, list[bytes]]:
    """One that refuses: what becomes of a message, and what the proxy was asked."""

    async def scenario() -> tuple[Outcome, list[bytes]]:
        async with vendor(says("407 Proxy Authentication Required")) as proxy:
            address = proxy.url.removesuffix("/api/v2").replace("//", "//ann:open%20sesame@")
            monkeypatch.setenv(name, address)
            return await post(DEFAULT_BASE_URL), proxy.requests

    return asyncio.run(scenario())


@pytest.mark.parametrize("around", ["example.org, .easify.app", "localhost,*", "easify.app:8443"])
def test_a_proxy_that_the_line_cannot_speak_with_is_left_to_lines_of_ones_own(
    around: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_shared() -> bool:
        async with shared_line(DEFAULT_BASE_URL.replace(".app/", ".app:8443/")) as line:
            return line is not None

    monkeypatch.setenv("ALL_PROXY", "https://proxy.example")
    assert not asyncio.run(is_shared())
    monkeypatch.setenv("NO_PROXY", around)
    assert asyncio.run(is_shared())


def test_a_proxy_whose_library_is_missing_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a worker would begin, and pause one campaign after another."""
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(ConfigError) as caught:
        asyncio.run(post(DEFAULT_BASE_URL))
    assert caught.value.next_command == "pip install 'httpx[socks]'"


@pytest.mark.parametrize("proxy", ["http://:3128", "http:///", "http://proxy.example:99999"])
def test_an_address_that_no_proxy_has_is_no_doubt_but_a_config_error(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigError, match="HTTPS_PROXY"):
        asyncio.run(post(DEFAULT_BASE_URL))
    with pytest.raises(ConfigError, match="HTTPS_PROXY"):
        EasifyClient(TOKEN)


@pytest.mark.parametrize("kind", ["shared", "own"])
def test_a_machine_that_slept_while_it_connected_writes_nothing(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every second request: the next one goes out, over the connection that was kept or anew."""
    asked = itertools.count()
    minutes = (60.0 * ((look + 1) // 4) for look in asked)
    for module in (connecting, line):
        monkeypatch.setattr(module, "elapsed", lambda: next(minutes))

    async def scenario() -> tuple[list[Outcome], int]:
        async with vendor(accepts) as served, shared_line(served.url) as among:
            chosen = among if kind == "shared" else None
            async with EasifyClient(
                TOKEN, base_url=served.url, timeout=LATER, line=chosen
            ) as client:
                return [await client.send(MESSAGE) for _ in range(4)], len(served.requests)

    outcomes, written = asyncio.run(scenario())
    assert [type(each) for each in outcomes] == [Accepted, NotSent, Accepted, NotSent]
    assert written == 2
