"""Which record of the vendor's report is which accepted message of ours.

The id would tell, but nothing says that the report draws its ids from the same space as the
answers to sends: so they are believed only where most of the records to people whom we texted
once carry the id of that text. Otherwise sender, receiver and text must do, and where one text
went to one person more than once, the order of acceptance, provided that every copy is there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bulksms.model.matching import CLOCKS_DIFFER, EASTERNMOST, WESTERNMOST
from bulksms.model.states import Delivery
from bulksms.model.vendor_record import RecordedSms, comparable


@dataclass(frozen=True, slots=True)
class AcceptedMessage:
    """A message that the vendor has, and the id under which it was accepted."""

    id: int
    sms_id: str
    sender: str
    to_number: str
    body: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """The vendor's word on one message; `said` is what it remarked."""

    message_id: int
    status: Delivery
    said: str


class Join:
    """Takes the report page by page.

    Args:
        known: everything that the account had accepted in the days of the report, not only what
            is waited for: a record that belongs to another message must not be taken for this.
    """

    def __init__(self, known: Sequence[AcceptedMessage]) -> None:
        self._known = known
        self._by_sms_id = {each.sms_id: each for each in known}
        self._texts_to = Counter(_ends_of_message(each) for each in known)
        self._records: dict[str, RecordedSms] = {}
        self._witnesses = self._agreeing = 0

    def add(self, items: Iterable[RecordedSms]) -> list[Receipt]:
        """Take a page, and say what can be told of it by id."""
        ours = [item for item in items if item.outgoing and _ends(item) in self._texts_to]
        witnesses = [item for item in ours if self._texts_to[_ends(item)] == 1]
        self._witnesses += len(witnesses)
        self._agreeing += sum(self._owner(item) is not None for item in witnesses)
        for item in ours:
            self._records[item.id or f"the {len(self._records)}th"] = item
        return list(self._by_id(ours)) if self.ids_are_shared else []

    def rest(self) -> list[Receipt]:
        """What all pages together say, once there are no more."""
        told = self._by_id(self._records.values()) if self.ids_are_shared else self._by_content()
        return list(told)

    @property
    def ids_are_shared(self) -> bool:
        """Whether the report's ids are those of the sends, as far as it was seen."""
        return 2 * self._agreeing > self._witnesses

    def _owner(self, item: RecordedSms) -> AcceptedMessage | None:
        """The message of that id, if it went between the same two ends."""
        message = self._by_sms_id.get(item.id)
        return message if message and _ends_of_message(message) == _ends(item) else None

    def _by_id(self, items: Iterable[RecordedSms]) -> Iterator[Receipt]:
        for item in items:
            message = self._owner(item)
            if message is not None:
                yield from _receipt(message, item)

    def _by_content(self) -> Iterator[Receipt]:
        records = defaultdict(list)
        for item in sorted(self._records.values(), key=lambda item: item.written_at or _NEVER):
            records[*_ends(item), comparable(item.text)].append(item)
        messages = defaultdict(list)
        for each in sorted(self._known, key=lambda each: each.accepted_at):
            messages[*_ends_of_message(each), comparable(each.body)].append(each)
        for key, copies in messages.items():
            if len(copies) == len(records[key]):
                for message, item in zip(copies, records[key], strict=True):
                    if _is_plausible(message, item):
                        yield from _receipt(message, item)


_NEVER = datetime.min  # noqa: DTZ901 - naive as the record's own times are, and compared with them


def _receipt(message: AcceptedMessage, item: RecordedSms) -> Iterator[Receipt]:
    """What the record says of the message; nothing if it is a word that nobody knows."""
    if item.status is not None:
        yield Receipt(message.id, item.status, item.remarks)


def _is_plausible(message: AcceptedMessage, item: RecordedSms) -> bool:
    """Whether the record's time is that of the acceptance in any zone on earth."""
    if item.written_at is None:
        return True
    accepted_at = message.accepted_at.astimezone(UTC).replace(tzinfo=None)
    earliest = accepted_at + WESTERNMOST - CLOCKS_DIFFER
    return earliest <= item.written_at <= accepted_at + EASTERNMOST + CLOCKS_DIFFER


def _ends(item: RecordedSms) -> tuple[str, str]:
    return item.sender, item.receiver


def _ends_of_message(message: AcceptedMessage) -> tuple[str, str]:
    return message.sender, message.to_number
