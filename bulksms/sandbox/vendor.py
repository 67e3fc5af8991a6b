"""The vendor itself: token, rate limit, ordered faults, and then what its pages say.

A pure value of its inputs: the same requests at the same times give the same answers.
Nothing waits here; an answer says how long it takes, and whoever carries it does the waiting.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from bulksms.sandbox import reads
from bulksms.sandbox.accounts import Account
from bulksms.sandbox.answers import REFUSALS, Answer, accepted, too_many
from bulksms.sandbox.faults import Fault, Faults
from bulksms.sandbox.forms import Fields, SendForm, Upload, read_send, recipient
from bulksms.sandbox.ledger import Ledger, Quirks, Sms
from bulksms.sandbox.limits import Arrival, Door, Limits
from bulksms.sandbox.numbers import e164, owned

Handle = Callable[[Account, Fault], Answer]
Read = Callable[[Ledger, Account, reads.Params, datetime], Answer]


class Vendor:
    """A stand-in for the whole of Easify, as far as a bulk sender meets it.

    Args:
        accounts: who may send.
        limits: the documented ones unless told otherwise.
        faults: the orders; none unless told otherwise.
        quirks: the undocumented traits of the record.
        blacklist: numbers in E.164 that nothing is sent to.

    Attributes:
        arrivals: every request, refused or not, in the order of arrival.
    """

    def __init__(
        self,
        accounts: Iterable[Account],
        *,
        limits: Limits | None = None,
        faults: Faults | None = None,
        quirks: Quirks | None = None,
        blacklist: Iterable[str] = (),
    ) -> None:
        self.accounts = {account.token: account for account in accounts}
        self.limits = limits or Limits()
        self.faults = faults or Faults()
        self.ledger = Ledger(quirks or Quirks())
        self.blacklist = set(blacklist)
        self.arrivals: list[Arrival] = []

    @property
    def truth(self) -> list[Sms]:
        """Every message that was really accepted, in the order of arrival."""
        return self.ledger.truth

    def send(self, token: str | None, fields: Fields, now: datetime) -> Answer:
        """`POST sms/send`, arriving at `now`."""
        to_number = recipient(fields)
        return self._visit(
            Door.SEND,
            "sms/send",
            token,
            now,
            befalls=lambda: self.faults.for_send(to_number),
            handle=lambda account, fault: self._judge(account, fields, fault, now),
            to_number=to_number,
        )

    def status(self, token: str | None, params: reads.Params, now: datetime) -> Answer:
        """`GET sms/status`."""
        return self._read("sms/status", reads.sms_status, token, params, now)

    def report(self, token: str | None, params: reads.Params, now: datetime) -> Answer:
        """`GET sms/report`."""
        return self._read("sms/report", reads.report, token, params, now)

    def chat_history(self, token: str | None, params: reads.Params, now: datetime) -> Answer:
        """`GET sms/chat-history`."""
        return self._read("sms/chat-history", reads.chat_history, token, params, now)

    def phone_numbers(self, token: str | None, params: reads.Params, now: datetime) -> Answer:
        """`GET phone-numbers`."""
        return self._read("phone-numbers", reads.phone_numbers, token, params, now)

    def _read(
        self, path: str, read: Read, token: str | None, params: reads.Params, now: datetime
    ) -> Answer:
        return self._visit(
            Door.READ,
            path,
            token,
            now,
            befalls=self.faults.for_read,
            handle=lambda account, _: (
                account.objection() or read(self.ledger, account, params, now)
            ),
        )

    def _visit(
        self,
        door: Door,
        path: str,
        token: str | None,
        now: datetime,
        *,
        befalls: Callable[[], Fault],
        handle: Handle,
        to_number: str | None = None,
    ) -> Answer:
        """Token, then limit, then the fault that was ordered, then the request itself."""
        account = self.accounts.get(token or "")
        wait = self.limits.admit(door, account.token, now) if account else 0
        if account is None:
            answer = REFUSALS["unauthenticated"]
        elif wait:
            answer = too_many(wait)
        else:
            answer = _befallen(befalls(), lambda fault: handle(account, fault))
        self.arrivals.append(
            Arrival(now, door, path, token, to_number, answer.status, limited=wait > 0)
        )
        return answer

    def _judge(self, account: Account, fields: Fields, fault: Fault, now: datetime) -> Answer:
        form = account.objection() or read_send(fields)
        if isinstance(form, Answer):
            return form
        ends = _ends(account, form)
        if isinstance(ends, Answer):
            return ends
        if ends.receiver in self.blacklist:
            return REFUSALS["blacklisted"]
        if account.credits == 0:
            return REFUSALS["no_credits"]
        return self._accept(account, form, ends, fault, now)

    def _accept(
        self, account: Account, form: SendForm, ends: "_Ends", fault: Fault, now: datetime
    ) -> Answer:
        accepted_at = now + timedelta(seconds=fault.before)
        hours = None if form.force_send else account.opening_hours
        sms = Sms(
            id=self.ledger.next_id,
            token=account.token,
            sender=ends.sender,
            receiver=ends.receiver,
            message=form.message,
            media=_media_url(form.media),
            lead_id=form.lead_id,
            force_send=form.force_send,
            accepted_at=accepted_at,
            released_at=self.ledger.released_at(hours, accepted_at),
            journey=fault.journey,
        )
        if account.credits is not None:
            account.credits -= 1
        self.truth.append(sms)
        if fault.answers is not None:
            self.ledger.hear(sms, fault.answers, accepted_at)
        return accepted(sms.id)


class _Ends(NamedTuple):
    """Both ends of a message, in E.164."""

    sender: str
    receiver: str


def _ends(account: Account, form: SendForm) -> _Ends | Answer:
    sender = owned(account.numbers, form.from_number)
    if sender is None:
        return REFUSALS["invalid_sender"]
    receiver = e164(form.country_code, form.to_number)
    if receiver is None:
        return REFUSALS["invalid_recipient"]
    return _Ends(sender, receiver)


def _befallen(fault: Fault, handle: Callable[[Fault], Answer]) -> Answer:
    if fault.reply is None:
        answer = handle(fault)
    else:
        answer = fault.reply
        if fault.handled:
            handle(fault)
    return answer.delayed(fault.before + fault.after)


def _media_url(media: str | Upload | None) -> str | None:
    """A file is shown under an address of the vendor's, an address as it is."""
    if isinstance(media, Upload):
        return f"https://media.sandbox.invalid/{media.filename}"
    return media
