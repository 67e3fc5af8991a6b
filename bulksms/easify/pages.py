"""What the vendor's read pages say, read tolerantly, and never as more than they prove.

Half of the pages are cut, so a field may have either of two names, a date either of two forms,
and the paging may be missing. What tells one message from another must be there:
a page with an item that cannot be read is no evidence of anything, and is `Unreadable` whole.

Source: https://easify.app/docs/api, the pages of sms/status, sms/report, sms/chat-history and
phone-numbers.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bulksms.model.states import Delivery
from bulksms.model.vendor_record import (
    DeliveryStatus,
    OwnNumbers,
    Page,
    RecordedSms,
    Unreadable,
)

DEFAULT_LIMIT = 10
"""What every paged page of the vendor has where no `limit` is heeded. One of fewer is no page cut
off; any other may be, for nobody says at how many, and sms/chat-history says nothing of pages."""
LONGEST_LINE = 300

Json = Mapping[str, object]


class RawAnswer(NamedTuple):
    """A 2xx answer as it came."""

    status: int
    body: bytes


def read_page(answer: RawAnswer, *, asked: int, number: int) -> Page | Unreadable:
    """The page `number` of a list of messages, of which `asked` were wanted.

    Never raises. The list may stand in `data` itself, or in a paginator there.
    """
    garbled = Unreadable("Easify's list of messages could not be read.", None, answer.status)
    document = _success(answer.body)
    wrapper = _mapping(document.get("data"))
    items = _objects(wrapper.get("data") if wrapper else document.get("data"))
    if items is None:
        return garbled
    messages = tuple(_sms(item) for item in items)
    if not all(sms.sender and sms.receiver for sms in messages):
        return garbled
    meta = wrapper or _mapping(document.get("meta"))
    if _count(meta.get("current_page")) not in {None, number}:
        return replace(garbled, text="Easify showed another page than the one asked for.")
    page = Page(
        items=messages,
        per_page=_count(meta.get("per_page")),
        last_page=_count(meta.get("last_page")),
        total=_count(meta.get("total")),
        whole=False,
    )
    return replace(page, whole=_is_whole(page, _next_links(document, wrapper), asked, number))


def read_status(answer: RawAnswer) -> DeliveryStatus | Unreadable:
    """Where one message stands. Never raises."""
    data = _mapping(_success(answer.body).get("data"))
    status = _delivery(data.get("status"))
    if status is None:
        word = _line(data.get("status")) or "nothing"
        return Unreadable(f"Easify calls the message's status '{word}'.", None, answer.status)
    return DeliveryStatus(status, _remarks(data))


def read_numbers(answer: RawAnswer) -> tuple[OwnNumbers, bool] | Unreadable:
    """The usable numbers of one page, and whether another page follows. Never raises."""
    document = _success(answer.body)
    items = _objects(document.get("data"))
    if items is None or not all(_number(item.get("number")) for item in items):
        return Unreadable("Easify's list of numbers could not be read.", None, answer.status)
    usable = tuple(_number(item["number"]) for item in items if _is_usable(item))
    return OwnNumbers(usable), any(_next_links(document, {}))


def _is_whole(page: Page, next_links: list[object], asked: int, number: int) -> bool:
    """Whether nothing can lie beyond; in doubt it may."""
    shown = len(page.items)
    if any(next_links) or (number == 1 and page.total is not None and page.total > shown):
        return False
    if page.last_page is not None:
        return number >= page.last_page
    if next_links:
        return True
    if page.per_page is not None:
        return shown < page.per_page
    return shown < min(asked, DEFAULT_LIMIT)


def _next_links(document: Json, wrapper: Json) -> list[object]:
    """What is said of a next page; empty if nothing is. `links` may be a list that says nothing."""
    places = ((_mapping(document.get("links")), "next"), (wrapper, "next_page_url"))
    return [place[name] for place, name in places if name in place]


def _sms(item: Json) -> RecordedSms:
    return RecordedSms(
        id=_line(item.get("sms_id")) or _line(item.get("id")),
        sender=_number(item.get("sender")),
        receiver=_number(item.get("receiver")),
        text=_text(item.get("message")),
        has_media=bool(item.get("media_url")) or _line(item.get("sms_type")).lower() == "mms",
        status=_delivery(item.get("status")),
        remarks=_remarks(item),
        written_at=_moment(_line(item.get("created_at"))),
        outgoing=item.get("send_by") in (None, "sender"),
    )


def _success(body: bytes) -> Json:
    """The document of a success, empty for anything else. An id is text, however it is spelt."""
    try:
        document = json.loads(body, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) and document.get("status") is True else {}


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Json] | None:
    """The objects of a list; None if it is no list, or holds anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _line(value: object) -> str:
    """A text on one line, printable and bounded; empty for anything else."""
    line = "".join(letter for letter in " ".join(_text(value).split()) if letter.isprintable())
    return line[:LONGEST_LINE]


def _number(value: object) -> str:
    """`+` and digits; a name without digits as it is; empty for anything else."""
    digits = re.sub(r"[^0-9]", "", _text(value))
    return f"+{digits}" if digits else _line(value)


def _remarks(item: Json) -> str:
    return _line(item.get("remarks")) or _line(item.get("reason"))


def _delivery(value: object) -> Delivery | None:
    word = _line(value).lower()
    return Delivery(word) if word in set(Delivery) else None


def _moment(text: str) -> datetime | None:
    """As sms/chat-history writes it, month first, or as the status webhook does."""
    for form in ("%m-%d-%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the record never names its zone
        except ValueError:
            continue
    return None


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value) else None


def _is_usable(item: Json) -> bool:
    """Active and approved, where the list says so at all."""
    approved, status = (_line(item.get(name)).lower() for name in ("approved", "status"))
    return approved in {"", "approved"} and status in {"", "active"}
