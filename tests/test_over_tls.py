"""As it is with the real vendor: over TLS, through a proxy or not, on each line and each loop."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from bulksms.easify import EasifyClient, shared_line
from bulksms.model.outcomes import Accepted, NotSent, Outcome
from tests.loopback_vendor import MESSAGE, TOKEN, Vendor, accepts, vendor

NAME = "vendor.example"
UNTRUSTED = NotSent("Easify could not be reached: its certificate could not be verified.")

on_every_line = pytest.mark.parametrize("shared", [True, False], ids=["shared", "own"])
LOOPS = [asyncio.new_event_loop]
with contextlib.suppress(ImportError):  # it is not made for Windows
    from uvloop import new_event_loop

    LOOPS.append(new_event_loop)
on_every_loop = pytest.mark.parametrize("make_loop", LOOPS, ids=lambda make: make.__module__)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The vendor's certificate, of an authority that the environment trusts."""
    for name in ("https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(NAME, "127.0.0.1").configure_cert(served)
    return served


async def post(url: str, *, shared: bool, times: int = 1) -> list[Outcome]:
    async with shared_line(url) as line:
        own = EasifyClient(TOKEN, base_url=url, line=line if shared else None)
        async with own as client:
            return [await client.send(MESSAGE) for _ in range(times)]


@on_every_loop
@on_every_line
def test_only_a_shared_line_keeps_its_connection(
    tls: ssl.SSLContext, make_loop: Callable[[], asyncio.AbstractEventLoop], *, shared: bool
) -> None:
    async def scenario() -> tuple[list[Outcome], int]:
        async with vendor(accepts, tls=tls) as served:
            return await post(served.url, shared=shared, times=3), served.connections

    with asyncio.Runner(loop_factory=make_loop) as runner:
        assert runner.run(scenario()) == ([Accepted("315", 200)] * 3, 1 if shared else 3)


@on_every_loop
@on_every_line
def test_a_proxy_carries_what_it_cannot_read(
    tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    make_loop: Callable[[], asyncio.AbstractEventLoop],
    *,
    shared: bool,
) -> None:
    async def scenario() -> tuple[Outcome, Vendor, bytes]:
        async with vendor(accepts, tls=tls) as served, a_proxy_to(served) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://ann:sesame@127.0.0.1:{proxy.port}")
            (outcome,) = await post(served.url.replace("127.0.0.1", NAME), shared=shared)
            return outcome, served, proxy.heard

    with asyncio.Runner(loop_factory=make_loop) as runner:
        outcome, served, heard = runner.run(scenario())
    assert outcome == Accepted("315", 200)
    assert served.head()["authorization"] == f"Bearer {TOKEN}"
    assert b"proxy-authorization" not in served.requests[0].lower()
    asked = heard.partition(b"\r\n\r\n")[0]
    assert asked.startswith(f"CONNECT {NAME}:".encode())
    assert base64.b64encode(b"ann:sesame") in asked
    assert TOKEN.encode() not in heard


@on_every_line
def test_a_certificate_that_nobody_vouches_for_gets_no_token(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    async def scenario() -> tuple[list[Outcome], list[bytes]]:
        async with vendor(accepts, tls=tls) as served:
            return await post(served.url, shared=shared), served.requests

    assert asyncio.run(scenario()) == ([UNTRUSTED], [])


class Tunnel:
    """A proxy that carries whatever it is asked for to one vendor, and keeps what it hears."""

    def __init__(self, port: int) -> None:
        self.port, self.heard = 0, b""
        self._vendors_port = port
        self.carrying = asyncio.TaskGroup()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until each side has ended its own."""
        self.heard += await reader.readuntil(b"\r\n\r\n")
        there, back = await asyncio.open_connection("127.0.0.1", self._vendors_port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.carrying.create_task(self._pump(reader, back, keep=True))
        self.carrying.create_task(self._pump(there, writer))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, keep: bool = False
    ) -> None:
        while some := await reader.read(65_536):
            self.heard += some if keep else b""
            writer.write(some)
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def a_proxy_to(served: Vendor) -> AsyncIterator[Tunnel]:
    tunnel = Tunnel(int(served.url.rpartition(":")[2].partition("/")[0]))
    server = await asyncio.start_server(tunnel.carry, "127.0.0.1", 0)
    async with server, tunnel.carrying:
        tunnel.port = server.sockets[0].getsockname()[1]
        yield tunnel
