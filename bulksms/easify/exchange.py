"""One exchange with the vendor, whatever HTTP library carries it.

A `Line` writes one request and reads one answer. It tries nothing twice, follows no redirect, and
whatever breaks it tells as an error of httpx, which `failures` judges.
"""

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

LONGEST_ANSWER = 1024 * 1024
"""Bytes. The vendor's answers have a few hundred."""


class Patience(NamedTuple):
    """How many seconds each part of an exchange may take (httpx's timeouts, by their names)."""

    connect: float
    read: float
    write: float
    pool: float

    @property
    def before_writing(self) -> float:
        """How long until a connection is there; connecting counts twice: TCP, then TLS."""
        return self.pool + 2 * self.connect


@dataclass(slots=True)
class Request:
    """What is written: to an absolute address, with the token, the body as it travels."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


class Reply(NamedTuple):
    """What came back, the body whole; None if it was longer than any honest answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


class Line(Protocol):
    """The way to the vendor, of one account or of many; within one event loop."""

    async def exchange(self, request: Request, patience: Patience) -> Reply:
        """One request and its answer. Nothing is written by a machine that slept meanwhile.

        The timeouts of the libraries do not count a sleep: whoever wakes up while it connects
        would send a message hours after its turn, and the account may be another's by then. So
        the steady clock is asked once more between the connection and the first byte.

        Raises:
            httpx.TransportError: what broke.
        """
        ...

    async def aclose(self) -> None:
        """Let go of every connection."""
        ...


async def bounded(pieces: AsyncIterable[bytes]) -> bytes | None:
    """The whole body; None if it is too long, and then the rest is not read."""
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > LONGEST_ANSWER:
            return None
    return bytes(body)
