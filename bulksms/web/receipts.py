"""Delivery events that the vendor pushes: the only route that may be exposed to the world.

It has an address and a port of its own, and shares nothing with the pages but the database.
An event is a hint: it moves a delivery only where that may follow, in whatever order events come
and however often; `receive` has the last word.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bulksms.model.states import Delivery
from bulksms.store import Store
from bulksms.web.signature import is_signed, is_timely

PATH = "/webhooks/easify"
LARGEST = 64 * 1024
_LONGEST_ID = 255
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipts:
    """The route's one duty."""

    store: Store
    secret: str
    clock: Callable[[], datetime]

    async def take(self, request: Request) -> Response:
        """Check an event and write it down; 204 whether or not it was news."""
        body = await _body(request)
        if body is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        headers, now = request.headers, self.clock()
        signed = is_signed(body, headers.get("x-easify-signature", ""), self.secret)
        if not signed or not is_timely(headers.get("x-easify-timestamp", ""), now):
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        event = _event(body)
        if event is None:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        status = _delivery(event)
        if status is not None:
            pushed = await run_in_threadpool(
                self.store.receipts.push,
                f"{event['sms_id']}",
                status,
                receiver=_text(event, "receiver"),
                said=_text(event, "remarks"),
                now=now,
            )
            log.info("receipt status=%s %s", status, pushed)
        return Response(status_code=HTTPStatus.NO_CONTENT)


def create_receipts_app(store: Store, secret: str, clock: Callable[[], datetime]) -> Starlette:
    """The ASGI application with the one route."""
    receipts = Receipts(store, secret, clock)
    return Starlette(routes=[Route(PATH, receipts.take, methods=["POST"])])


async def _body(request: Request) -> bytes | None:
    """The raw body; None if it is larger than any event."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return body


def _event(body: bytes) -> dict[str, Any] | None:
    """An event with an id; None for anything else, signed or not."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not isinstance(event.get("sms_id"), str | int):
        return None
    sms_id = f"{event['sms_id']}"
    is_id = sms_id.strip() and sms_id.isprintable() and len(sms_id) <= _LONGEST_ID
    return event if is_id else None


def _delivery(event: dict[str, Any]) -> Delivery | None:
    """The status; None for a word that nobody knows."""
    word = _text(event, "status").strip().lower()
    return Delivery(word) if word in set(Delivery) else None


def _text(event: dict[str, Any], name: str) -> str:
    """The text; half of a surrogate pair, which JSON can hold and no database, becomes a "?"."""
    value = event.get(name)
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""
