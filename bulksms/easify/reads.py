"""How the vendor's record is asked: which path, which parameters, which page size.

Every address is built here, for the vendor's own `links.next` drops the limit and the filters.
The greatest `limit` is documented nowhere, so a large one is tried and a refusal remembered.

Source: https://easify.app/docs/api, the pages of sms/status, sms/report, sms/chat-history and
phone-numbers.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Literal, assert_never

from bulksms.easify.pages import RawAnswer, read_numbers, read_page, read_status
from bulksms.model.outcomes import Accepted, AccountBlocked, NotSent, Outcome, Rejected, Unknown
from bulksms.model.phone import dialling_parts
from bulksms.model.states import PausedReason
from bulksms.model.vendor_record import DeliveryStatus, OwnNumbers, Page, Unreadable

PAGE_SIZES = (100, 50, 10)
"""What is asked for, and then less; 10 is the vendor's default."""
MOST_PAGES = 50
"""Of the account's own numbers."""

Params = Mapping[str, str | int]
Order = Literal["asc", "desc"]
Ask = Callable[[str, Params], Awaitable[RawAnswer | Unreadable]]
"""One GET of a path below the API's address."""

BLOCKS_READS = frozenset(
    {
        PausedReason.UNAUTHENTICATED,
        PausedReason.SUBSCRIPTION_ENDED,
        PausedReason.PLAN_NOT_ALLOWED,
        PausedReason.WRONG_ADDRESS,
    }
)
"""What refuses the account's reads as well as its sends; the record needs no credits."""

_INVALID = 422


class ReadPages:
    """The read pages behind one `ask`; it remembers which page size the vendor takes."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._largest = PAGE_SIZES[0]

    async def chat_history(self, sender: str, receiver: str) -> Page | Unreadable:
        """`sender` in national digits, `receiver` in E.164. There is no second page."""
        ends = _ends(sender, receiver)
        if isinstance(ends, Unreadable):
            return ends
        return await self._page("sms/chat-history", ends, PAGE_SIZES[0], number=1)

    async def report(
        self,
        first_day: date,
        last_day: date,
        *,
        page: int,
        limit: int,
        sender: str | None,
        receiver: str | None,
        order: Order,
    ) -> Page | Unreadable:
        """`sender` in national digits, `receiver` in E.164."""
        ends = _ends(sender, receiver)
        if isinstance(ends, Unreadable):
            return ends
        params: Params = {
            "from_date": first_day.isoformat(),
            "to_date": last_day.isoformat(),
            **ends,
            "order": order,
            "page": page,
        }
        return await self._page("sms/report", params, limit, number=page)

    async def status(self, sms_id: str) -> DeliveryStatus | Unreadable:
        """Where one message stands."""
        answer = await self._ask("sms/status", {"sms_id": sms_id})
        return answer if isinstance(answer, Unreadable) else read_status(answer)

    async def phone_numbers(self) -> OwnNumbers | Unreadable:
        """All of them; asked without `limit` they should come at once."""
        found: list[str] = []
        for page in range(1, MOST_PAGES + 1):
            answer = await self._ask("phone-numbers", {"page": page} if page > 1 else {})
            part = answer if isinstance(answer, Unreadable) else read_numbers(answer)
            if isinstance(part, Unreadable):
                return part
            owned, goes_on = part
            found += owned.numbers
            if not goes_on:
                return OwnNumbers(tuple(dict.fromkeys(found)))
        return Unreadable("Easify's list of numbers does not end.")

    async def _page(self, path: str, params: Params, limit: int, number: int) -> Page | Unreadable:
        """Ask for as much as the vendor takes: a 422 may mean that the limit was too large."""
        size = min(limit, self._largest)
        while True:
            answer = await self._ask(path, {**params, "limit": size})
            if isinstance(answer, RawAnswer):
                self._largest = size if size < limit else self._largest
                return read_page(answer, asked=size, number=number)
            smaller = [each for each in PAGE_SIZES if each < size]
            if answer.http_status != _INVALID or not smaller:
                return answer
            size = smaller[0]


def unreadable(outcome: Outcome) -> Unreadable:
    """What a send's reading of a refusal, or of silence, means for a read."""
    match outcome:
        case AccountBlocked(reason, text, status):
            return Unreadable(text, None, status, reason if reason in BLOCKS_READS else None)
        case NotSent(text, retry_after, status):
            return Unreadable(text, retry_after, status, unheard=status is None)
        case Unknown(_, text, status):
            return Unreadable(text, None, status, unheard=status is None)
        case Rejected(_, text, status):
            return Unreadable(text, None, status)
        case Accepted(_, status):
            return Unreadable("Easify answered as if to a send.", None, status)
        case _:
            assert_never(outcome)


def _ends(sender: str | None, receiver: str | None) -> dict[str, str] | Unreadable:
    """The two ends as the vendor wants them; a recipient's country code stands beside it."""
    ends = {} if sender is None else {"sender": sender}
    if receiver is None:
        return ends
    try:
        country_code, national = dialling_parts(receiver)
    except ValueError as error:
        return Unreadable(f"The record cannot be asked about this number: {error}.")
    return {**ends, "receiver": national, "country_code": country_code}
