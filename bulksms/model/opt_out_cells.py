"""What a cell says about somebody's wish for texts, in a column of such wishes: yes, no, when."""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum, auto

from bulksms.model.opting_out import WORDS


class Said(Enum):
    """An answer; what it means for a yes and a no depends on what the column asks for."""

    NOTHING = auto()
    YES = auto()
    NO = auto()
    OUT = auto()
    """Opted out, whatever is asked for; `IN` is the contrary."""
    IN = auto()
    TAKEN_BACK = auto()
    """What a column of consent says instead of no."""
    WHEN = auto()
    """When it was said, and so that it was."""


def read_wish(cell: str) -> Said | None:
    """What the cell says; None if it is unclear."""
    plain = _plain(cell)
    if plain in _ANSWERS:
        return _ANSWERS[plain]
    if _DATE.match(plain):
        return Said.WHEN
    answer = _ANSWERS.get(_before_a_remark(plain))
    return None if answer is Said.NOTHING else answer


def that_opt_out(cells: Iterable[str]) -> set[str]:
    """Those that are nothing but words of an opt-out, in whatever column they stand."""
    return {cell for cell in set(cells) if cell.strip(" .!'\"").casefold() in _OPT_OUTS}


def _plain(cell: str) -> str:
    """The cell in lower case, without accents, underscores and what stands at its ends.

    A dash between two words is none either: "opted-out" is "opted out".
    """
    parts = unicodedata.normalize("NFKD", cell.casefold().replace("_", " "))
    shown = "".join(c for c in parts if unicodedata.category(c) not in {"Mn", "Cf"})
    words = " ".join(shown.split()).strip(" .!'\"")
    apart = words.replace("-", " ")
    return apart if apart in _ANSWERS and words not in _ANSWERS else words


def _before_a_remark(said: str) -> str:
    """The words of "yes (asked by phone)"; a letter alone or a digit is no answer."""
    words = re.match(r"([^\W\d_]{2,}(?: [^\W\d_]+)*) ?[,;:(/\N{EN DASH}\N{EM DASH}-]", said)
    return words[1] if words else ""


_ANSWERS = {
    answer: said
    for said, answers in {
        Said.NOTHING: {"", "null", "n/a", "nan", "-", "undefined"},
        Said.YES: {"yes", "y", "true", "t", "1", "1.0", "-1", "x", "on", "checked"}
        | {"✓", "✔", "☑", "✅", "si", "oui", "vrai", "verdadero", "כן"},
        Said.NO: {"no", "n", "false", "f", "0", "0.0", "off", "unchecked", "☐", "✗", "✘", "✖"}
        | {"❌", "non", "faux", "falso", "לא"},
        Said.OUT: {"opted out", "opt out", "optout", "optedout", "out", "stop", "stopped"}
        | {"unsubscribed", "unsubscribe", "unsub", "unsubbed", "blacklisted"}
        | {"do not text", "do not contact", "do not call", "dnc", "dnd", "dnt"},
        Said.IN: {"opted in", "opt in", "optin", "optedin", "in", "subscribed", "resubscribed"},
        Said.TAKEN_BACK: {"declined", "revoked", "withdrawn", "refused", "denied", "rejected"}
        | {"not given", "never subscribed", "not subscribed", "nonsubscribed", "no consent"},
    }.items()
    for answer in answers
}

_OPT_OUTS = WORDS | {answer for answer, said in _ANSWERS.items() if said is Said.OUT} - {"out"}
_OPT_OUTS |= {"opted-out", "opted_out", "do_not_contact", "do_not_text", "do_not_call"}

_MONTH = (
    r"(?:jan(?:uary|vier)?|feb(?:ruary)?|fev(?:rier)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may|mai"
    r"|june?|juin|july?|juil(?:let)?|aug(?:ust)?|aout|sept?(?:ember|embre)?|oct(?:ober|obre)?"
    r"|nov(?:ember|embre)?|dec(?:ember|embre)?|ene(?:ro)?|febrero|marzo|abr(?:il)?|mayo|junio|julio"
    r"|ago(?:sto)?|septiembre|octubre|noviembre|dic(?:iembre)?)\.?"
)
_OF = r"(?: de | del |[-/., ]+)"
_DATE = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mie|mer|jue|jeu|vie|ven|sab|sam|dom|dim)[a-z]*"
    r"\.?,? )?"
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?{_OF}{_MONTH}{_OF}(?:\d{{4}}|\d\d)"
    rf"|{_MONTH}[- ]\d{{1,2}}(?:st|nd|rd|th)?[-, ]+(?:\d{{4}}|\d\d)"
    rf"|\d{{4}}[- ]{_MONTH}[- ]\d{{1,2}}"
    rf"|(?:\d{{1,2}}[- ]{_MONTH}|{_MONTH}[- ]\d{{1,2}})$)(?!\d)"
)
