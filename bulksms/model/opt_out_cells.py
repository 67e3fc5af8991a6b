"""What a cell says about somebody's wish for texts, in a column of such wishes: yes, no, when."""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from bulksms.model.stop_words import WORDS


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


class Wish(NamedTuple):
    """What a cell says, None if it is unclear; `but` if a remark beside it speaks against it."""

    said: Said | None
    but: bool = False


def read_wish(cell: str) -> Wish:
    """What the cell says in a column of which the name is clear."""
    plain = _plain(cell)
    if plain in _ANSWERS:
        return Wish(_ANSWERS[plain])
    if plain in _WORDS_TOO:
        return Wish(_WORDS_TOO[plain])
    if _MOMENT.fullmatch(plain):
        return Wish(Said.NOTHING if _is_never(plain) else Said.WHEN)
    if date := _IN_FIGURES.match(plain):
        return Wish(Said.WHEN, bool(_NOES.search(plain, date.end())))
    if dated := _DATED.fullmatch(plain):
        said = _ANSWERS[dated[1]]
        return Wish(said, but=said in {Said.YES, Said.NO})
    return _with_more_words(plain) or _with_a_remark(plain)


def answers_plainly(cell: str) -> bool:
    """Whether it is an answer in whatever column: "in", "end" and "20260501" may be no answers."""
    plain = _plain(cell)
    words = _REMARK.match(plain)
    remarked = words is not None and _ANSWERS.get(words[1]) in {Said.YES, Said.NO}
    return plain in _ANSWERS or remarked or _IN_FIGURES.match(plain) is not None


def that_opt_out(cells: Iterable[str]) -> set[str]:
    """Those that are nothing but words of an opt-out, in whatever column they stand."""
    return {cell for cell in set(cells) if _is_an_opt_out(cell)}


def _is_an_opt_out(cell: str) -> bool:
    """Its date may stand behind it."""
    if cell.strip(" .!'\"").casefold() in _OPT_OUTS:
        return True
    dated = _DATED.fullmatch(_plain(cell)) if re.search(r"\d\W*$", cell) else None
    return dated is not None and _ANSWERS[dated[1]] is Said.OUT


def _plain(cell: str) -> str:
    """The cell in lower case, without accents, underscores and what stands at its ends.

    A dash between two words is none either: "opted-out" is "opted out".
    """
    parts = unicodedata.normalize("NFKD", cell.casefold().replace("_", " "))
    shown = "".join(c for c in parts if unicodedata.category(c) not in {"Mn", "Cf"})
    words = " ".join(shown.split()).strip(" .!'\"")
    words = re.sub(r"\b(opt|opted)-(in|out)\b", r"\1 \2", words)
    apart = words.replace("-", " ")
    return apart if apart in _ANSWERS and words not in _ANSWERS else words


def _with_more_words(plain: str) -> Wish | None:
    """As in "opted out of SMS via website in May", "quit 5/3/26 JM"; None if it is not so plain."""
    if _TEXTED.fullmatch(plain):
        return Wish(Said.OUT)
    if found := _GONE_SINCE.fullmatch(plain) or _ON_A_DAY.fullmatch(plain):
        said = _WORDS_TOO.get(found[1]) or _ANSWERS[found[1]]
        return Wish(said, but=said in {Said.YES, Said.NO})
    return None


def _with_a_remark(plain: str) -> Wish:
    """As in "yes (asked by phone)"; a letter alone or a digit is no answer, nor "in" of "in-store".

    After "opted in" anything may follow, and words of both answers are unclear.
    """
    words = _REMARK.match(plain)
    if words is None:
        return Wish(None)
    answer, remark = words[1], plain[words.end() :]
    if answer == "out" and _MOMENT.fullmatch(remark.strip(" ()")):
        return Wish(Said.OUT)
    match said := _ANSWERS.get(answer):
        case Said.YES | Said.NO:
            return Wish(said, bool(_NOES.search(remark)))
        case Said.OUT | Said.TAKEN_BACK if not _YESES.search(remark):
            return Wish(said)
    return Wish(None)


_REMARK = re.compile(r"([^\W\d_]{2,}(?: [^\W\d_]+)*) ?[,;:(/\N{EN DASH}\N{EM DASH}-]")
_NOES = re.compile(
    r"\b(?:no|not|never|opt(?:ed)? ?out|stop(?:ped)?|unsub\w*|do not|dn[cdt]|until|expired?"
    r"|revoked?|withdr[ae]wn?|refused|declined|denied|rejected|cancel\w*|quit|removed?)\b"
)
_YESES = re.compile(r"\b(?:yes|opt(?:ed)? ?(?:back )?in|(?:re)?subscribed|again)\b")

_ANSWERS = {
    answer: said
    for said, answers in {
        Said.NOTHING: {"", "null", "n/a", "nan", "-", "undefined"},
        Said.YES: {"yes", "y", "true", "t", "1", "1.0", "-1", "x", "on", "checked"}
        | {"✓", "✔", "☑", "✅", "si", "oui", "vrai", "verdadero", "כן"},
        Said.NO: {"no", "n", "false", "f", "0", "0.0", "off", "unchecked", "☐", "✗", "✘", "✖"}
        | {"❌", "non", "faux", "falso", "לא"},
        Said.OUT: {"opted out", "opt out", "optout", "optedout", "stop", "stopped"}
        | {"unsubscribed", "unsubscribe", "unsub", "unsubbed", "blacklisted"}
        | {"do not text", "do not contact", "do not call", "dnc", "dnd", "dnt"},
        Said.IN: {"opted in", "opt in", "optin", "optedin", "subscribed", "resubscribed"},
        Said.TAKEN_BACK: {"declined", "revoked", "withdrawn", "refused", "denied", "rejected"}
        | {"not consented", "did not consent", "consent withdrawn", "consent revoked"}
        | {"not given", "never subscribed", "not subscribed", "nonsubscribed", "no consent"},
    }.items()
    for answer in answers
}

_WORDS_TOO = {**dict.fromkeys(WORDS - _ANSWERS.keys(), Said.OUT), "out": Said.OUT, "in": Said.IN}
"""Those that are answers only where the column's name is clear."""

_OPT_OUTS = WORDS | {answer for answer, said in _ANSWERS.items() if said is Said.OUT}
_OPT_OUTS |= {"opted-out", "opted_out", "do_not_contact", "do_not_text", "do_not_call"}

_MONTH = (
    r"(?:jan(?:uary|vier)?|feb(?:ruary)?|fev(?:rier)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may|mai"
    r"|june?|juin|july?|juil(?:let)?|aug(?:ust)?|aout|sept?(?:ember|embre)?|oct(?:ober|obre)?"
    r"|nov(?:ember|embre)?|dec(?:ember|embre)?|ene(?:ro)?|febrero|marzo|abr(?:il)?|mayo|junio|julio"
    r"|ago(?:sto)?|septiembre|octubre|noviembre|dic(?:iembre)?)\.?"
)
_OF = r"(?: de | del |[-/., ]+)"
_DAY = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|lun(?:es|di)?|mar(?:tes|di)?|mie(?:rcoles)?|mer(?:credi)?|jue(?:ves)?|jeu(?:di)?"
    r"|vie(?:rnes)?|ven(?:dredi)?|sab(?:ado)?|sam(?:edi)?|dom(?:ingo)?|dim(?:anche)?"
)
_TIME = (
    r"[t,]? ?(?:at |@ ?)?\d{1,2}(?::?\d\d){0,2}(?:[.,]\d+)?(?: ?[ap]\.? ?m\.?)?"
    r"(?: ?(?:z|utc|gmt|[a-z]{1,4}t))?(?: ?[+-]\d\d:?\d\d)?(?: \([a-z ]+ time\))?"
)
_FIGURES = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
_MOMENT = re.compile(
    rf"(?:(?:{_DAY})\.?,? )?(?:{_FIGURES}"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?{_OF}{_MONTH}{_OF}(?:\d{{4}}|\d\d)"
    rf"|{_MONTH}[- ]\d{{1,2}}(?:st|nd|rd|th)?[-, ]+(?:\d{{4}}|\d\d)"
    rf"|\d{{4}}[- ]{_MONTH}[- ]\d{{1,2}}"
    rf"|\d{{1,2}}[- ]{_MONTH}|{_MONTH}[- ]\d{{1,2}})"
    rf"(?:{_TIME})?"
)
"""A date however it is written, and its time, but nothing else."""
_IN_FIGURES = re.compile(rf"{_FIGURES}\b")
"""A date that is known as one whatever follows."""

_ANSWERED = "|".join(
    answer
    for answer, said in _ANSWERS.items()
    if said not in {Said.NOTHING, Said.IN} and re.fullmatch(r"[^\W\d_]{2,}(?: [^\W\d_]+)*", answer)
)
_BY = (
    "sms|texts?|text message|phone|phone call|reply|keyword|staff|(?:(?:the|our) )?"
    "(?:website|web ?form|form|portal|link|app)|request"
    "|(?:customer|client|patient|member)(?: request)?"
)
_DATED = re.compile(
    rf"({_ANSWERED})"
    rf"(?: (?:(?:on|since|as of) )?{_MOMENT.pattern}| (?:by|via|through|per) (?:{_BY})){{1,2}}"
)
"""An answer in words, and when or in what way it was given: no "stop by tomorrow"."""

_GONE = (
    "opted out|opt out|opt(?:ed)?out|unsub(?:bed|scribed?)?|blacklisted|stopped"
    "|declined|refused|denied|rejected|(?:consent )?(?:revoked|withdrawn)"
)
"""What somebody did; "do not call" and "stop" may as well say for how long, or what."""
_SPOKEN_OF = (
    r"(?:(?:all|any|our|the|receiving|further|future|marketing|promotional) )*"
    r"(?:sms|mms|txts?|texts?|texting|messages|messaging)(?: (?:messages?|messaging|marketing))?"
    r"|all|everything"
)
_ABOUT = (
    rf"{_MOMENT.pattern}|\d{{1,2}}/\d{{1,2}}|(?:0?[1-9]|1[0-2])[-/.](?:19|20)\d\d"
    rf"|(?:{_MONTH}[, ]+)?(?:19|20)\d\d|{_MONTH}"
)
_WHO = r"(?:(?<=\d) (?!no|ok|in|on|up|si|to|or|if|so|do|go|of|by|be|is|it|at|as)[a-z]{2})?"
"""The initials of who noted it, behind the day."""
_WAY = rf"(?: (?:by|via|through|per) (?:{_BY}))?"
_GONE_SINCE = re.compile(
    rf"({_GONE})(?: (?:(?:of|from) )?(?:{_SPOKEN_OF}))?"
    rf"{_WAY}(?: (?:(?:on|since|as of|in) )?(?:{_ABOUT}){_WHO})?{_WAY}"
)
_THE_DAY = rf"(?: {_FIGURES}(?:{_TIME})?{_WHO})"
_MARKS = {"x", "y", "n", "✓", "✔", "☑", "✅"}
_ON_A_DAY = re.compile(
    rf"({'|'.join(_MARKS | {word for word, said in _WORDS_TOO.items() if said is Said.OUT})}"
    rf"|{_ANSWERED}){_THE_DAY}"
)
"""An answer that may be the beginning of a sentence, and a day in figures: no "out May 5"."""
_QUOTE = "['\"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}]?"
_TEXTED = re.compile(
    r"(?:texted|replied|answered|sent|wrote|typed|said)(?: (?:us|back|with))?"
    rf" {_QUOTE}(?:{'|'.join(WORDS)}){_QUOTE}{_THE_DAY}?"
)

_NEVER = {("0000", 0, 0), ("00", 0, 0), ("00", 0, 1), ("0001", 1, 1), ("1753", 1, 1)}
_NEVER |= {("1899", 12, 30), ("1900", 0, 1), ("1969", 12, 31), ("1970", 1, 1)}
"""Where programs begin to count: their year, and month and day, the lower first.

Not the day after: that is how Excel and LibreOffice show a 1, a yes, in a column of dates.
"""


def _is_never(moment: str) -> bool:
    """Whether it is what an export writes where there is no date."""
    figures = re.match(r"(\d+)[-/.](\d+)[-/.](\d+)", moment)
    if figures is None:
        return False
    *parts, year = figures.groups()
    if len(parts[0]) > len("31"):
        year, *parts = figures.groups()
    low, high = sorted(map(int, parts))
    return (year, low, high) in _NEVER
