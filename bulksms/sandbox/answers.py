"""Every answer of the vendor, as its pages print it, oddities included.

An `Answer` is a plain value; when it reaches the wire, and whether it does, stands in it too.
Three error shapes exist: an application error (`status: false`, `errors` an empty list),
a validation error (no `status`, `errors` a dict of lists), and one without either (a redirect).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TypeVar

Json = Mapping[str, object]
Item = TypeVar("Item")

BASE_URL = "http://sandbox.invalid/api/v2"
"""Stands in pagination links; a client that follows them instead of counting goes astray."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor says to one request.

    Attributes:
        status: the HTTP status.
        body: an object for JSON, text as it stands.
        media_type: of a body that is text.
        location: of a redirect.
        validation: whether a caller that did not ask for JSON is redirected instead.
        delay: seconds between the arrival of the request and this answer.
        dropped: the connection is lost instead of answering.
    """

    status: int
    body: Json | str = ""
    media_type: str = "text/html; charset=UTF-8"
    location: str | None = None
    validation: bool = False
    delay: float = 0.0
    dropped: bool = False

    def delayed(self, seconds: float) -> "Answer":
        """The same answer, `seconds` later."""
        return replace(self, delay=self.delay + seconds)


def success(message: str, data: object, **more: object) -> Answer:
    """The success envelope; lists add `links` and usually `meta`."""
    return Answer(200, {"status": True, "message": message, "data": data, **more})


def accepted(sms_id: int) -> Answer:
    """The answer to a good send; the id is text here and a number in the chat history."""
    return success(" SMS Processed successfully.", {"sms_id": str(sms_id)})


def refusal(status: int, message: str) -> Answer:
    """An application error."""
    return Answer(status, {"status": False, "message": message, "errors": []})


def invalid(
    errors: Mapping[str, Sequence[str]], *, status: int = 422, message: str | None = None
) -> Answer:
    """A validation error; its `message` is the first error and how many more there are."""
    every = [text for texts in errors.values() for text in texts]
    more = len(every) - 1
    counted = f" (and {more} more error{'s' if more > 1 else ''})" if more else ""
    body = {"message": (message or every[0]) + counted, "errors": errors}
    return Answer(status, body, validation=True)


def too_many(seconds: int) -> Answer:
    """The rate limit's refusal; the wait stands in the text only, there is no `Retry-After`."""
    return refusal(429, f"Too many requests. Try again in {seconds} seconds")


UNSUPPORTED_COUNTRY = (
    "Currently, this service is only available in the following countries: "
    "Canada, United States, Israel, United Kingdom. Please verify the country code."
)

REFUSALS: Mapping[str, Answer] = {
    "unauthenticated": refusal(401, "Unauthenticated"),
    "subscription_ended": refusal(402, "You need to recharge your account to proceed"),
    "plan_not_allowed": refusal(
        403,
        "Access denied. Your current plan does not allow access to this feature. "
        "Please upgrade to the Enterprise plan.",
    ),
    "no_credits": refusal(
        400,
        "Sorry, you do not have enough credits to send this SMS. Please recharge for more.",
    ),
    "invalid_sender": refusal(400, "Selected from number is invalid"),
    "invalid_recipient": refusal(400, "InvalidRecipient!"),
    "blacklisted": refusal(400, " Sorry, this recipient is blacklisted! "),
    "invalid_country": invalid({"country_code": [UNSUPPORTED_COUNTRY]}),
    "unheard_of": refusal(400, "The message was rejected by the content filter."),
}
"""Name → answer. All but `unheard_of`, a 400 that no page mentions, are documented."""

DROPPED = Answer(200, dropped=True)
SERVER_ERROR = Answer(500, {"message": "Server Error"})
FORBIDDEN_PAGE = Answer(403, "<html><body><h1>403 Forbidden</h1></body></html>")
REDIRECT = Answer(302, "<html>Redirecting to /</html>", location="/")

GARBAGE: Mapping[str, Answer] = {
    "html": Answer(200, "<!DOCTYPE html><html><body>We'll be back soon</body></html>"),
    "no_id": success(" SMS Processed successfully.", {}),
    "broken_json": Answer(
        200,
        '{"status":true,"message":" SMS Processed successfully.","data":{"sms_i',
        media_type="application/json",
    ),
}
"""Kind → a 2xx from which no client can learn an id."""


def page_of(items: Sequence[Item], page: int, limit: int) -> Sequence[Item]:
    """The items on page `page`, counted from 1."""
    return items[(page - 1) * limit : page * limit]


def paginated(
    message: str,
    items: Sequence[Item],
    show: Callable[[Item], Json],
    *,
    path: str,
    page: int,
    limit: int,
) -> Answer:
    """One page of a list; its links drop `limit` and all filters, as the vendor's do."""
    shown = [show(item) for item in page_of(items, page, limit)]
    last = max(1, ceil(len(items) / limit))
    first_shown = (page - 1) * limit + 1 if shown else None
    links = {
        "first": _link(path, 1),
        "last": _link(path, last),
        "prev": _link(path, page - 1) if page > 1 else None,
        "next": _link(path, page + 1) if page < last else None,
    }
    meta = {
        "current_page": page,
        "from": first_shown,
        "last_page": last,
        "links": [
            {"url": links["prev"], "label": "&laquo; Previous", "active": False},
            {"url": _link(path, page), "label": str(page), "active": True},
            {"url": links["next"], "label": "Next &raquo;", "active": False},
        ],
        "path": f"{BASE_URL}/{path}",
        "per_page": limit,
        "to": first_shown + len(shown) - 1 if first_shown is not None else None,
        "total": len(items),
    }
    return success(message, shown, links=links, meta=meta)


def _link(path: str, page: int) -> str:
    return f"{BASE_URL}/{path}?page={page}"
