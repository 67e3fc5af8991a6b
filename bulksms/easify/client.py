"""One POST to Easify's sms/send, and an `Outcome` whatever happens to it; and the reads.

Nothing here tries twice: the vendor knows no idempotency key, so a second POST is a second text.
A retry is the store's decision, taken on an outcome that proves the first did not count.
A read changes nothing and may be repeated, by whoever keeps its pace.
"""

import asyncio
import json
import re
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from bulksms.clock import elapsed
from bulksms.easify.answers import read_answer
from bulksms.easify.connecting import (
    checked_address,
    deadline,
    heading,
    own_line,
    patience,
)
from bulksms.easify.exchange import Line, Reply, Request
from bulksms.easify.failures import judge
from bulksms.easify.pages import RawAnswer
from bulksms.easify.reads import PAGE_SIZES, Order, Params, ReadPages, unreadable
from bulksms.model.accounts import checked_token
from bulksms.model.attachment import is_web_address
from bulksms.model.outcomes import NotSent, Outcome, Rejected, Unknown
from bulksms.model.phone import dialling_parts
from bulksms.model.records import ClaimedMessage
from bulksms.model.settings import DEFAULT_BASE_URL, DEFAULT_TIMEOUT
from bulksms.model.states import Reason
from bulksms.model.vendor_record import DeliveryStatus, OwnNumbers, Page, Unreadable

_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class EasifyClient:
    """The account's line to the vendor: an async context manager that keeps connections open.

    Args:
        token: the API token; it travels in the Authorization header and appears nowhere else.
        base_url: the API's address without `/sms/send`. Plain http only to this very computer.
        timeout: how long to wait for the vendor's answer. The whole exchange, with the waits for
            a connection before it, is cut off at most 25 s later.
        line: one that is shared with other accounts, and stays open; or, in tests, what stands
            for the network. Without it proxies and certificates come from the environment
            (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`).

    Raises:
        ConfigError: the token, the address or a setting of the environment cannot be right.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str = DEFAULT_BASE_URL,
        timeout: timedelta = DEFAULT_TIMEOUT,
        line: Line | None = None,
    ) -> None:
        self._token = checked_token(token)
        self._url = checked_address(base_url)
        self._address, self._deadline = str(self._url), deadline(timeout)
        self._head, self._patience = heading(self._token), patience(timeout)
        self._line = own_line(self._url) if line is None else line
        self._is_shared = line is not None
        self._record = ReadPages(self._ask)

    def __repr__(self) -> str:
        return f"EasifyClient({self._address!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._is_shared:
            await self._line.aclose()

    async def send(self, message: ClaimedMessage) -> Outcome:
        """Post `message` once. Never raises for anything the wire does.

        A cancellation passes through: only the caller knows whether to call that `interrupted`.
        """
        began = elapsed()
        try:
            request = await self._request(message)
        except OSError as error:
            why = error.strerror or type(error).__name__
            return _unsendable(f"The attachment {message.media} cannot be read: {why}.")
        except ValueError:
            return _unsendable("The number, text or attachment cannot be put into a request.")
        if elapsed() - began > self._patience.pool:  # the account may be another's by now
            return NotSent(
                "The attachment took too long to read, or this computer slept meanwhile."
            )
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                return self._outcome(await self._line.exchange(request, self._patience))
        except Exception as error:  # noqa: BLE001 - whatever broke, the message may have left
            return judge(error)

    async def chat_history(self, sender: str, receiver: str) -> Page | Unreadable:
        """What the record shows of one conversation; both ends in E.164."""
        return await self._record.chat_history(_sender_digits(sender), receiver)

    async def report(
        self,
        first_day: date,
        last_day: date,
        *,
        page: int = 1,
        limit: int = PAGE_SIZES[0],
        sender: str | None = None,
        receiver: str | None = None,
        order: Order = "asc",
    ) -> Page | Unreadable:
        """A page of the account's record of at most 30 days, both ends in E.164.

        `limit` is what is wished for; the page says how many it has.
        """
        return await self._record.report(
            first_day,
            last_day,
            page=page,
            limit=limit,
            sender=None if sender is None else _sender_digits(sender),
            receiver=receiver,
            order=order,
        )

    async def status(self, sms_id: str) -> DeliveryStatus | Unreadable:
        """Where one accepted message stands."""
        return await self._record.status(sms_id)

    async def phone_numbers(self) -> OwnNumbers | Unreadable:
        """The account's own numbers; whether it can be read at all shows what a send would meet."""
        return await self._record.phone_numbers()

    async def _ask(self, path: str, params: Params) -> RawAnswer | Unreadable:
        """One GET of `path` below the API's address. Never raises for anything the wire does."""
        try:
            url = self._url.join(f"../{path}").copy_merge_params(params)
            request = Request("GET", str(url), self._head)
            async with asyncio.timeout(self._deadline.total_seconds()):
                reply = await self._line.exchange(request, self._patience)
        except Exception as error:  # noqa: BLE001 - whatever broke, nothing was learnt
            return unreadable(judge(error))
        if reply.body is None or not httpx.codes.is_success(reply.status):
            return unreadable(self._outcome(reply))
        return RawAnswer(reply.status, reply.body)

    async def _request(self, message: ClaimedMessage) -> Request:
        fields = _fields(message)
        if message.media is None or "media" in fields:
            return self._posted(_JSON.encode(fields).encode(), "application/json")
        path = Path(message.media)
        media = (path.name, await asyncio.to_thread(path.read_bytes))
        form = httpx.Request("POST", self._url, data=fields, files={"media": media})
        return self._posted(form.read(), form.headers["Content-Type"])

    def _posted(self, body: bytes, content_type: str) -> Request:
        return Request("POST", self._address, {**self._head, "Content-Type": content_type}, body)

    def _outcome(self, reply: Reply) -> Outcome:
        if reply.body is None:
            text = "Easify's answer was too long to be read."
            return Unknown(Reason.BAD_RESPONSE, text, reply.status)
        return read_answer(reply.status, reply.headers, reply.body, secret=self._token)


def _fields(message: ClaimedMessage) -> dict[str, str | int]:
    """The fields as the vendor documents them; what is not asked for is left out, and a file."""
    country_code, to_number = dialling_parts(message.to_number)
    on_the_web = message.media is not None and is_web_address(message.media)
    fields: dict[str, str | int | None] = {
        "from_number": _sender_digits(message.sender),
        "to_number": to_number,
        "country_code": country_code,
        "message": message.body,
        "lead_id": message.lead_id,
        "force_send": 1 if message.force_send else None,
        "media": message.media if on_the_web else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _sender_digits(sender: str) -> str:
    """National digits, as the vendor's JSON sample has them.

    What is no number of the vendor's countries goes as its digits: to call a sender invalid is
    the vendor's word, and it pauses the campaign instead of failing row after row.
    """
    try:
        return dialling_parts(sender)[1]
    except ValueError:
        return re.sub(r"[^0-9]", "", sender)


def _unsendable(text: str) -> Rejected:
    """Nothing was written, and nothing ever will be: the row itself cannot become a request."""
    return Rejected(Reason.NOT_SENT, text)
