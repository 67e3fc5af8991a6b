"""Misfortunes that a test or a person can order: by recipient, or send by send.

A fault says two independent things: whether the vendor handles the send all the same, and what
the caller gets instead of the vendor's own answer. Most trouble with real vendors is
a combination of the two in which the caller cannot tell what happened.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bulksms.sandbox.answers import (
    DROPPED,
    FORBIDDEN_PAGE,
    GARBAGE,
    REDIRECT,
    REFUSALS,
    SERVER_ERROR,
    Answer,
    too_many,
)
from bulksms.sandbox.ledger import JOURNEYS


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one request. The default is that nothing does.

    Attributes:
        handled: the vendor judges the send as ever and, if it is good, accepts it.
        reply: what the caller gets instead of the vendor's own answer.
        before: seconds from the arrival until an acceptance takes effect.
        after: further seconds until the answer.
        journey: what becomes of the message later; a key of `JOURNEYS`.
        answers: what the recipient writes back as soon as it is accepted.
        once: ordered for a number, it befalls the first send to it only.
    """

    handled: bool = True
    reply: Answer | None = None
    before: float = 0.0
    after: float = 0.0
    journey: str = "delivered"
    answers: str | None = None
    once: bool = False


NO_FAULT = Fault()
DROP_BEFORE = Fault(handled=False, reply=DROPPED)
ACCEPT_AND_DROP = Fault(reply=DROPPED)
ERROR_BEFORE = Fault(handled=False, reply=SERVER_ERROR)
ERROR_AFTER = Fault(reply=SERVER_ERROR)
HTML_403 = Fault(handled=False, reply=FORBIDDEN_PAGE)
REDIRECTED = Fault(handled=False, reply=REDIRECT)


def refuse(answer: str, *, once: bool = False) -> Fault:
    """The refusal of that name; see `REFUSALS`."""
    return Fault(handled=False, reply=REFUSALS[answer], once=once)


def refuse_for(retry_in: int, *, once: bool = False) -> Fault:
    """A 429 that was not earned, naming `retry_in` seconds."""
    return Fault(handled=False, reply=too_many(retry_in), once=once)


def hang(before: float = 0.0, after: float = 0.0) -> Fault:
    """Accept after `before` seconds, answer `after` seconds later, whether or not anybody waits."""
    return Fault(before=before, after=after)


def hang_and_drop(seconds: float) -> Fault:
    """Never accept, never answer, and lose the connection after that time."""
    return Fault(handled=False, reply=DROPPED, after=seconds)


def garbage(kind: str, *, accepted: bool = True) -> Fault:
    """A 2xx from which nothing can be learnt; see `GARBAGE`."""
    return Fault(handled=accepted, reply=GARBAGE[kind])


def deliver(journey: str) -> Fault:
    """Accept as ever; the message's later fate is the one of that name in `JOURNEYS`."""
    if journey not in JOURNEYS:
        raise KeyError(journey)
    return Fault(journey=journey)


FAULTS: Mapping[str, Callable[..., Fault]] = {
    "answer": Fault,
    "refuse": refuse,
    "too_many": refuse_for,
    "hang": hang,
    "hang_and_drop": hang_and_drop,
    "drop_before": lambda: DROP_BEFORE,
    "accept_and_drop": lambda: ACCEPT_AND_DROP,
    "error_before": lambda: ERROR_BEFORE,
    "error_after": lambda: ERROR_AFTER,
    "garbage": garbage,
    "html_403": lambda: HTML_403,
    "redirect": lambda: REDIRECTED,
    "deliver": deliver,
}
"""How a fault is ordered by name."""


def order(name: str, **arguments: object) -> Fault:
    """The fault of that name, such as `order("too_many", retry_in=7)`.

    Raises:
        ValueError: there is no such fault, or it takes no such arguments.
    """
    try:
        return FAULTS[name](**arguments)
    except (KeyError, TypeError) as wrong:
        raise ValueError(f"There is no fault {name!r} with {arguments!r}.") from wrong


@dataclass(slots=True)
class Faults:
    """The orders that still stand. A script goes first, then the recipient's own fault.

    Attributes:
        by_number: recipient in E.164 → what befalls every send to it.
        script: what befalls the next sends, one each.
        reads: what befalls the next reads, one each.
    """

    by_number: dict[str, Fault] = field(default_factory=dict)
    script: deque[Fault] = field(default_factory=deque)
    reads: deque[Fault] = field(default_factory=deque)

    def for_send(self, to_number: str | None) -> Fault:
        """What befalls the send that is just arriving."""
        if self.script:
            return self.script.popleft()
        fault = self.by_number.get(to_number or "", NO_FAULT)
        if fault.once and to_number is not None:
            del self.by_number[to_number]
        return fault

    def for_read(self) -> Fault:
        """What befalls the read that is just arriving."""
        return self.reads.popleft() if self.reads else NO_FAULT


@dataclass(frozen=True, slots=True)
class MagicNumber:
    """A recipient that provokes a fault from a running sandbox."""

    number: str
    meaning: str
    fault: Fault


MAGIC_NUMBERS: tuple[MagicNumber, ...] = (
    MagicNumber("+12025550151", "refused: invalid recipient", refuse("invalid_recipient")),
    MagicNumber("+12025550152", "refused: blacklisted", refuse("blacklisted")),
    MagicNumber("+12025550153", "refused: unsupported country", refuse("invalid_country")),
    MagicNumber("+12025550154", "refused with a text nobody knows", refuse("unheard_of")),
    MagicNumber("+12025550160", "429, once: try again in 7 seconds", refuse_for(7, once=True)),
    MagicNumber("+12025550161", "account, once: no credits", refuse("no_credits", once=True)),
    MagicNumber("+12025550162", "account, once: sender", refuse("invalid_sender", once=True)),
    MagicNumber("+12025550163", "account, once: token", refuse("unauthenticated", once=True)),
    MagicNumber("+12025550164", "account, once: lapsed", refuse("subscription_ended", once=True)),
    MagicNumber("+12025550165", "account, once: plan", refuse("plan_not_allowed", once=True)),
    MagicNumber("+12025550166", "redirected, once", replace(REDIRECTED, once=True)),
    MagicNumber("+12025550167", "403 with an HTML page, once", replace(HTML_403, once=True)),
    MagicNumber("+12025550170", "accepted, then the connection is lost", ACCEPT_AND_DROP),
    MagicNumber("+12025550171", "the connection is lost; not accepted", DROP_BEFORE),
    MagicNumber("+12025550172", "accepted, but answers 500", ERROR_AFTER),
    MagicNumber("+12025550173", "answers 500; not accepted", ERROR_BEFORE),
    MagicNumber("+12025550174", "accepted, but answers after 90 seconds", hang(after=90)),
    MagicNumber("+12025550175", "accepted only after 45 seconds", hang(before=45)),
    MagicNumber("+12025550176", "silent for 90 seconds; not accepted", hang_and_drop(90)),
    MagicNumber("+12025550177", "accepted, but answers after 10 seconds", hang(after=10)),
    MagicNumber("+12025550180", "accepted, but answers with a web page", garbage("html")),
    MagicNumber("+12025550181", "accepted, but the answer has no id", garbage("no_id")),
    MagicNumber("+12025550182", "accepted, but the answer is cut off", garbage("broken_json")),
    MagicNumber("+12025550190", "accepted, later Undelivered", deliver("undelivered")),
    MagicNumber("+12025550191", "accepted, later Failed", deliver("failed")),
    MagicNumber("+12025550192", "accepted, never a receipt", deliver("no_receipt")),
    MagicNumber("+12025550195", "accepted; the recipient answers STOP", Fault(answers="STOP")),
)
"""Fictional numbers, set aside by the numbering plan. +1 202 555 0100 to 0149 stay ordinary."""


def magic_faults() -> Faults:
    """Fresh orders in which every magic number does what its line says."""
    return Faults(by_number={magic.number: magic.fault for magic in MAGIC_NUMBERS})
