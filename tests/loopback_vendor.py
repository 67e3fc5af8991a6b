"""The vendor's side of a real connection on this computer, well-behaved or not.

Unlike the sandbox it knows nothing of HTTP beyond where a request ends: it does to a connection
what no decent server would do, and keeps the bytes that it was sent.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bulksms.model.records import ClaimedMessage

TOKEN = "1955|43da5bb5-5c2b-4059-a4de"  # noqa: S105 - nobody's

MESSAGE = ClaimedMessage(
    id=1,
    attempt_id=1,
    row_number=2,
    to_number="+12025550104",
    lead_id=None,
    sender="+13152934444",
    body="Hi Ann",
    media=None,
    force_send=False,
)
"""What is posted to it."""


@dataclass
class Vendor:
    """Reads each request whole, then does the next of its `acts`; the last one over and over."""

    acts: list["Act"]
    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    second: asyncio.Event = field(default_factory=asyncio.Event)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as long as both sides keep it."""
        self.connections += 1
        try:
            while not writer.is_closing():
                await self._answer_one(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append(await _request(reader))
        self.asked.set()
        act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
        await act(self, writer)

    def head(self) -> dict[str, str]:
        """The first request's headers, their names in lower case."""
        lines = self.requests[0].partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}

    def body(self) -> bytes:
        """The first request's body."""
        return self.requests[0].partition(b"\r\n\r\n")[2]

    def fields(self) -> dict[str, object]:
        """The first request's JSON body."""
        fields: dict[str, object] = json.loads(self.body())
        return fields


Act = Callable[[Vendor, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def vendor(*acts: Act, tls: ssl.SSLContext | None = None) -> AsyncIterator[Vendor]:
    served = Vendor(list(acts))
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0, ssl=tls)
    scheme, port = "https" if tls else "http", server.sockets[0].getsockname()[1]
    served.url = f"{scheme}://127.0.0.1:{port}/api/v2"
    try:
        yield served
    finally:
        served.over.set()
        server.close()
        await server.wait_closed()


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    return head + await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)


def says(status: str, body: bytes = b"", *headers: bytes) -> Act:
    async def act(_: Vendor, writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status}".encode(), b"Content-Length: %d" % len(body), *headers]
        writer.write(b"\r\n".join(head) + b"\r\n\r\n" + body)
        await writer.drain()

    return act


refuses = says("400 Bad Request", b'{"status": false, "message": "InvalidRecipient!"}')
accepts = says("200 OK", b'{"status": true, "data": {"sms_id": "315"}}')


async def accepts_and_hangs_up(served: Vendor, writer: asyncio.StreamWriter) -> None:
    await accepts(served, writer)
    writer.close()


def answers_twice(first: str) -> Act:
    """As a gateway that gave up, and then passes on what it had been waiting for."""

    async def act(served: Vendor, writer: asyncio.StreamWriter) -> None:
        await says(first)(served, writer)
        await served.second.wait()
        await refuses(served, writer)
        served.told.set()

    return act


async def is_silent(served: Vendor, _: asyncio.StreamWriter) -> None:
    await served.over.wait()


async def hangs_up(_: Vendor, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def resets(_: Vendor, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def breaks_off(_: Vendor, writer: asyncio.StreamWriter) -> None:
    """Says "accepted", and is gone before the id."""
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"status": true')
    writer.close()


async def babbles(_: Vendor, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n\r\n")
    writer.close()


async def drips(served: Vendor, writer: asyncio.StreamWriter) -> None:
    """Sends a byte now and then, each in good time for the read timeout."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
    while not served.over.is_set():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def never_ends(served: Vendor, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not served.over.is_set():
        writer.write(b" " * 65536)
        await writer.drain()
