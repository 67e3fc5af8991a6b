"""The vendor on the wire: an ASGI application with the documented paths.

All waiting happens here, around one atomic moment: a request travels, arrives, is judged and
(perhaps) accepted in one step, and the answer travels back. So a caller that gives up while the
sandbox hangs changes nothing about what was accepted.
Routes under `/sandbox/` belong to tests and demonstrations; the vendor has none such.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bulksms.sandbox.answers import Answer
from bulksms.sandbox.faults import Fault, order
from bulksms.sandbox.forms import Fields, Upload
from bulksms.sandbox.reads import Params
from bulksms.sandbox.vendor import Vendor

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[object]]
Read = Callable[[str | None, Params, datetime], Answer]


@dataclass(frozen=True, slots=True)
class Trip:
    """Seconds that one request spends on the network, each way."""

    there: float = 0.0
    back: float = 0.0


Latency = Callable[[int], Trip]
"""The trip of the nth request to the API, counted from 1."""


class Dropped(ConnectionError):
    """The connection is lost in the middle of an answer."""


def create_app(
    vendor: Vendor,
    *,
    clock: Clock,
    sleep: Sleep = asyncio.sleep,
    latency: Latency = lambda _: Trip(),
) -> Starlette:
    """The ASGI application.

    Args:
        vendor: who answers.
        clock: the time, aware; asked at the moment a request arrives.
        sleep: how to wait, in seconds of that clock.
        latency: the network.

    Raises:
        Dropped: out of the application, after the head of an answer whose body never comes,
            when the vendor drops the connection.
    """
    wire = _Wire(vendor, clock, sleep, latency)
    control = _Control(vendor, clock)
    return Starlette(
        routes=[
            Route("/api/v2/sms/send", wire.send, methods=["POST"]),
            Route("/api/v2/sms/status", wire.reading(vendor.status)),
            Route("/api/v2/sms/report", wire.reading(vendor.report)),
            Route("/api/v2/sms/chat-history", wire.reading(vendor.chat_history)),
            Route("/api/v2/phone-numbers", wire.reading(vendor.phone_numbers)),
            Route("/sandbox/truth", control.truth),
            Route("/sandbox/arrivals", control.arrivals),
            Route("/sandbox/faults", control.faults, methods=["POST"]),
        ]
    )


class _Wire:
    def __init__(self, vendor: Vendor, clock: Clock, sleep: Sleep, latency: Latency) -> None:
        self._vendor = vendor
        self._clock = clock
        self._sleep = sleep
        self._latency = latency
        self._numbers = itertools.count(1)

    async def send(self, request: Request) -> Response:
        fields = await _fields(request)
        return await self._exchange(
            request, lambda: self._vendor.send(_token(request), fields, self._clock())
        )

    def reading(self, read: Read) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            params = dict(request.query_params)
            return await self._exchange(
                request, lambda: read(_token(request), params, self._clock())
            )

        return endpoint

    async def _exchange(self, request: Request, ask: Callable[[], Answer]) -> Response:
        trip = self._latency(next(self._numbers))
        await self._sleep(trip.there)
        answer = ask()
        await self._sleep(answer.delay + trip.back)
        return _response(answer, wants_json="json" in request.headers.get("accept", ""))


class _Control:
    def __init__(self, vendor: Vendor, clock: Clock) -> None:
        self._vendor = vendor
        self._clock = clock

    async def truth(self, _request: Request) -> Response:
        """Every accepted message with its present status, also those that no read shows yet."""
        now = self._clock()
        return JSONResponse(
            [
                _plain(asdict(sms)) | {"status": sms.status(now)[0], "remarks": sms.status(now)[1]}
                for sms in self._vendor.truth
            ]
        )

    async def arrivals(self, _request: Request) -> Response:
        return JSONResponse([_plain(asdict(arrival)) for arrival in self._vendor.arrivals])

    async def faults(self, request: Request) -> Response:
        """`{"script": [order…], "reads": [order…], "numbers": {E.164: order}}`, all optional.

        An order is `{"fault": NAME, …its arguments}`; the scripts grow by it.
        """
        orders = await request.json()
        try:
            script = [_ordered(each) for each in orders.get("script", [])]
            reads = [_ordered(each) for each in orders.get("reads", [])]
            numbers = {to: _ordered(each) for to, each in orders.get("numbers", {}).items()}
        except ValueError as wrong:
            return PlainTextResponse(str(wrong), status_code=400)
        self._vendor.faults.script.extend(script)
        self._vendor.faults.reads.extend(reads)
        self._vendor.faults.by_number.update(numbers)
        return Response(status_code=204)


class _LostAnswer(Response):
    """The head of an answer whose body never comes: what ASGI has for a broken connection."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        head = [(b"content-length", b"64"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        raise Dropped


def _response(answer: Answer, *, wants_json: bool) -> Response:
    if answer.dropped:
        return _LostAnswer()
    if answer.validation and not wants_json:
        return RedirectResponse("/", status_code=302)
    if answer.location is not None:
        return RedirectResponse(answer.location, status_code=answer.status)
    if isinstance(answer.body, str):
        return Response(answer.body, answer.status, media_type=answer.media_type)
    return JSONResponse(answer.body, answer.status)


def _token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else None


async def _fields(request: Request) -> Fields:
    """The decoded body; one that cannot be read has no fields, as the framework has it."""
    if "json" not in request.headers.get("content-type", ""):
        async with request.form() as form:
            return {name: await _part(value) for name, value in form.items()}
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def _part(value: UploadFile | str) -> Upload | str:
    if isinstance(value, str):
        return value
    return Upload(value.filename or "file", await value.read())


def _ordered(each: Mapping[str, object]) -> Fault:
    arguments = dict(each)
    return order(str(arguments.pop("fault", "")), **arguments)


def _plain(record: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in record.items()
    }
