"""What the read endpoints show of the ledger.

The pages of the vendor are followed where they can be seen. Where they are cut, the answer here
is deliberately unlike its neighbours, so that a reader has to be tolerant.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from operator import itemgetter

from bulksms.sandbox.accounts import Account
from bulksms.sandbox.answers import REFUSALS, Answer, invalid, page_of, paginated, refusal, success
from bulksms.sandbox.ledger import Ledger, Sms
from bulksms.sandbox.numbers import e164, owned

Params = Mapping[str, str]

_DEFAULT_LIMIT = 10
_REPORT_SPAN = timedelta(days=30)


def sms_status(ledger: Ledger, account: Account, params: Params, now: datetime) -> Answer:
    """`GET sms/status?sms_id=`."""
    if errors := _missing(params, "sms_id"):
        return invalid(errors)
    sms = ledger.find(account.token, params["sms_id"], now)
    if sms is None:
        return refusal(400, "Failed to fetch SMS Status, please provide a valid sms id")
    status, remarks = sms.status(now)
    return success("SMS status successfully fetched", {"status": status, "remarks": remarks})


def chat_history(ledger: Ledger, account: Account, params: Params, now: datetime) -> Answer:
    """`GET sms/chat-history?sender=&receiver=&country_code=`: one conversation, newest first."""
    errors = _missing(params, "sender", "receiver", "country_code")
    if errors := errors | _bad_limit(ledger, params):
        return invalid(errors)
    sender = owned(account.numbers, params["sender"])
    if sender is None:
        return REFUSALS["invalid_sender"]
    receiver = e164(params["country_code"], params["receiver"])
    accepted = [
        (sms.accepted_at, ledger.chat_item(sms, now))
        for sms in ledger.recorded(account.token, now)
        if (sms.sender, sms.receiver) == (sender, receiver)
    ]
    written = [
        (reply.written_at, ledger.reply_item(reply))
        for reply in ledger.heard(account.token, now)
        if (reply.sender, reply.receiver) == (receiver, sender)
    ]
    newest_first = sorted([*written, *accepted], key=itemgetter(0), reverse=True)
    items = [item for _, item in newest_first]
    return success("Chat History", page_of(items, 1, _limit(params)))


def report(ledger: Ledger, account: Account, params: Params, now: datetime) -> Answer:
    """`GET sms/report?from_date=&to_date=`: the account's messages, both days included."""
    errors = _missing(params, "from_date", "to_date") | _bad_limit(ledger, params)
    if errors := errors | _bad_days(params) | _bad_receiver(params):
        return invalid(errors)
    records = list(_reported(ledger, account, params, now))
    if params.get("order") == "asc":
        records.reverse()
    return paginated(
        "SMS Report",
        records,
        lambda sms: ledger.report_item(sms, now),
        path="sms/report",
        page=int(params.get("page", 1)),
        limit=_limit(params),
    )


def phone_numbers(ledger: Ledger, account: Account, params: Params, _now: datetime) -> Answer:
    """`GET phone-numbers`: all at once without `limit`, and then `links` is an empty list."""
    if errors := _bad_limit(ledger, params):
        return invalid(errors)
    numbers = list(enumerate(account.numbers))
    if "limit" not in params:
        return success("Phone Numbers", [_phone_number(each) for each in numbers], links=[])
    return paginated(
        "Phone Numbers",
        numbers,
        _phone_number,
        path="phone-numbers",
        page=int(params.get("page", 1)),
        limit=_limit(params),
    )


def _phone_number(numbered: tuple[int, str]) -> dict[str, object]:
    index, number = numbered
    return {
        "id": 52 + index,
        "number": number,
        "approved": "Approved",
        "gateway": "Easify SMS Gateway",
        "name": f"sandbox {index + 1}",
        "status": "Active",
        "webhook_url": None,
        "created_at": "07-12-2024 11:03:12 AM",
    }


def _reported(ledger: Ledger, account: Account, params: Params, now: datetime) -> Iterator[Sms]:
    first, last = (date.fromisoformat(params[name]) for name in ("from_date", "to_date"))
    wanted = {
        "status": params.get("status"),
        "sender": params.get("sender") and owned(account.numbers, params["sender"]),
        "receiver": params.get("receiver") and e164(params["country_code"], params["receiver"]),
    }
    asked = {name: value for name, value in wanted.items() if name in params}
    for sms in ledger.recorded(account.token, now):
        shown = {"status": sms.status(now)[0], "sender": sms.sender, "receiver": sms.receiver}
        if first <= ledger.day(sms) <= last and asked.items() <= shown.items():
            yield sms


def _missing(params: Params, *names: str) -> dict[str, list[str]]:
    return {
        name: [f"The {name.replace('_', ' ')} field is required."]
        for name in names
        if not params.get(name)
    }


def _limit(params: Params) -> int:
    return int(params.get("limit", _DEFAULT_LIMIT))


def _bad_limit(ledger: Ledger, params: Params) -> dict[str, list[str]]:
    errors = {
        name: [f"The {name} field must be an integer of at least 1."]
        for name in ("limit", "page")
        if not (params.get(name, "1").isdecimal() and int(params.get(name, "1")) > 0)
    }
    largest = ledger.quirks.largest_limit
    if not errors and _limit(params) > largest:
        errors["limit"] = [f"The limit field must not be greater than {largest}."]
    return errors


def _bad_days(params: Params) -> dict[str, list[str]]:
    days = {name: _day(params[name]) for name in ("from_date", "to_date") if params.get(name)}
    errors = {
        name: [f"The {name.replace('_', ' ')} field must match the format Y-m-d."]
        for name, day in days.items()
        if day is None
    }
    first, last = days.get("from_date"), days.get("to_date")
    if first and last and not timedelta(0) <= last - first <= _REPORT_SPAN:
        errors["to_date"] = ["The dates must span a maximum of 30 days."]
    return errors


def _bad_receiver(params: Params) -> dict[str, list[str]]:
    if "receiver" in params or "country_code" in params:
        return _missing(params, "receiver", "country_code")
    return {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
