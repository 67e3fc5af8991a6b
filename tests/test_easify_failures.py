"""When no answer is had: what provably never left, what may have, and what can be told before."""

import asyncio
import socket
import ssl
from collections.abc import Iterator

import httpx
import pytest

from bulksms.easify import EasifyClient, HttpxLine
from bulksms.easify.failures import TRANSPORT_ERRORS, judge
from bulksms.model.errors import ConfigError
from bulksms.model.outcomes import NotSent, Outcome, Unknown
from bulksms.model.settings import DEFAULT_BASE_URL
from bulksms.model.states import Reason
from tests.loopback_vendor import MESSAGE, TOKEN, is_silent, says, vendor
from tests.posting import SOON, Post, post_over_a_shared, post_over_its_own

PROVABLY_NOT_SENT = {
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
}


pytestmark = pytest.mark.usefixtures("no_proxy_from_outside")
either_line = pytest.mark.parametrize("post", [post_over_its_own, post_over_a_shared])


def families(root: type[httpx.RequestError]) -> Iterator[type[httpx.RequestError]]:
    for child in root.__subclasses__():
        yield child
        yield from families(child)


@pytest.mark.parametrize("error", sorted(set(families(httpx.TransportError)), key=str))
def test_every_way_httpx_can_fail_has_a_row(error: type[httpx.RequestError]) -> None:
    """An upgrade that adds an error breaks this test instead of a night's run."""
    assert error in TRANSPORT_ERRORS


@pytest.mark.parametrize("error", TRANSPORT_ERRORS)
def test_only_what_provably_never_left_may_be_sent_again(error: type[httpx.RequestError]) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error(f"no luck with {TOKEN}")

    async def scenario() -> Outcome:
        async with EasifyClient(TOKEN, line=HttpxLine(httpx.MockTransport(fail))) as client:
            return await client.send(MESSAGE)

    outcome = asyncio.run(scenario())
    assert isinstance(outcome, NotSent if error in PROVABLY_NOT_SENT else Unknown)
    assert TOKEN not in repr(outcome)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.TransportError("new"), Reason.CONNECTION_LOST),
        (httpx.RequestError("new"), Reason.CONNECTION_LOST),
        (httpx.StreamClosed(), Reason.CONNECTION_LOST),
        (OSError(f"with {TOKEN}"), Reason.CONNECTION_LOST),
        (ssl.SSLError("late"), Reason.CONNECTION_LOST),
        (RuntimeError(f"with {TOKEN}"), Reason.CONNECTION_LOST),
        (TimeoutError(), Reason.TIMEOUT),
    ],
    ids=repr,
)
def test_a_failure_nobody_has_heard_of_is_unknown(error: Exception, reason: Reason) -> None:
    outcome = judge(error)
    assert isinstance(outcome, Unknown)
    assert outcome.reason is reason
    assert TOKEN not in outcome.text


@either_line
def test_a_refused_connection_is_not_sent(post: Post) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = asyncio.run(post(f"http://127.0.0.1:{port}"))
    assert outcome == NotSent("Easify could not be reached: connection refused.")


@either_line
def test_a_name_that_cannot_be_looked_up_is_not_sent(post: Post) -> None:
    outcome = asyncio.run(post("https://nobody.invalid"))
    assert outcome == NotSent("Easify could not be reached: name lookup failed.")


@either_line
def test_a_failed_tls_handshake_is_not_sent(post: Post) -> None:
    async def scenario() -> Outcome:
        async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 This is plain HTTP\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        async with server:
            return await post(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    outcome = asyncio.run(scenario())
    assert outcome == NotSent(
        "Easify could not be reached: no secure (TLS) connection could be made."
    )


@either_line
def test_a_handshake_that_takes_too_long_is_not_sent(post: Post) -> None:
    async def scenario() -> Outcome:
        async with vendor(is_silent) as served:
            return await post(served.url.replace("http:", "https:"), patience=SOON)

    assert asyncio.run(scenario()) == NotSent("Easify could not be reached in time.")


def test_a_certificate_that_cannot_be_trusted_is_named() -> None:
    error = httpx.ConnectError("x")
    error.__cause__ = ExceptionGroup("all addresses", [OSError(), ssl.SSLCertVerificationError()])
    outcome = judge(error)
    assert outcome == NotSent("Easify could not be reached: its certificate could not be verified.")


@either_line
def test_a_proxy_that_refuses_never_sees_the_token(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> tuple[Outcome, list[bytes]]:
        async with vendor(says("407 Proxy Authentication Required")) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            return await post(DEFAULT_BASE_URL), proxy.requests

    outcome, seen = asyncio.run(scenario())
    assert outcome == NotSent("The proxy refused the connection to Easify.")
    assert [request.split(b" ")[0] for request in seen] == [b"CONNECT"]
    assert TOKEN.encode() not in b"".join(seen)


@either_line
def test_a_post_within_this_computer_goes_around_every_proxy(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may use plain http only because nobody else can read it."""

    async def scenario() -> tuple[Outcome, int]:
        async with vendor(says("502 Bad Gateway")) as proxy, vendor(says("418 Teapot")) as served:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("ALL_PROXY", proxy.url)
            return await post(served.url), proxy.connections

    outcome, through_the_proxy = asyncio.run(scenario())
    assert isinstance(outcome, Unknown)
    assert (outcome.http_status, through_the_proxy) == (418, 0)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "SSL_CERT_FILE"])
def test_a_broken_environment_is_a_config_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "gopher://user:pw@/no/such/file")
    with pytest.raises(ConfigError, match=name) as caught:
        EasifyClient(TOKEN)
    assert "pw" not in caught.value.sentence


@pytest.mark.parametrize(
    "token", ["", " ", "ab cd", "abcd\n", "a\tb", "tökên", "a\x00b", "ab\u200bcd"]
)
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ConfigError, match="API token") as caught:
        EasifyClient(token)
    assert not token.strip() or token.strip() not in caught.value.sentence


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "easify.app/api",
        TOKEN,
        "ftp://easify.app",
        "https://",
        "https://a:99999999",
        "https://[broken",
        "https://a..b",
        "https://user:pw@easify.app",
        "https://easify.app/?x=1",
        "https://easify.app/#x",
        "http://easify.app/api/v2",
        "http://127.0.0.1.easify.app",
        "http://10.0.0.1",
    ],
)
def test_an_address_that_cannot_be_right_is_refused(base_url: str) -> None:
    with pytest.raises(ConfigError, match="EASIFY_BASE_URL") as caught:
        EasifyClient(TOKEN, base_url=base_url)
    assert TOKEN not in caught.value.sentence


@pytest.mark.parametrize(
    "base_url", ["http://localhost:8000", "http://[::1]:1/", "https://x.example/api/"]
)
def test_the_client_shows_its_address_and_never_its_token(base_url: str) -> None:
    shown = repr(EasifyClient(TOKEN, base_url=base_url))
    assert shown == f"EasifyClient('{base_url.rstrip('/')}/sms/send')"
