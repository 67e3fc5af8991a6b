"""Columns that say who does not want texts: known by their names, heeded by their cells.

A name says so plainly if it has one of the phrases below and, beside it, only words that go with
them: "SMS Opt Out" does; "Email Opt Out" and "Photo consent" speak of something else.
A no before the phrase turns it round ("No SMS consent"); elsewhere it leaves open what a yes means.
So Salesforce's, HubSpot's, Klaviyo's, Shopify's, Zoho's and GoHighLevel's names are known.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bulksms.model.column_names import without_accents
from bulksms.model.opt_out_cells import Said, read_wish


class Heeded(NamedTuple):
    """A column that says who does not want texts: by a yes, or by a no if it `consents`.

    If that is None, a yes may mean either ("Opt In/Out"), and only "opted out" and the like decide.
    """

    at: int
    name: str
    consents: bool | None

    @property
    def role(self) -> str:
        """What the column is, as the plan says it."""
        if self.consents is None:
            return "opt-in or opt-out"
        return "consent" if self.consents else "opt-out"

    def forbids(self, cell: str) -> bool | None:
        """Whether the cell says that the person is not to be texted; None if it is unclear."""
        match said := read_wish(cell):
            case Said.NOTHING | Said.IN:
                return False
            case Said.OUT:
                return True
            case Said.YES | Said.WHEN | Said.NO if self.consents is not None:
                return (said is Said.NO) is self.consents
            case Said.TAKEN_BACK if self.consents:
                return True
            case _:
                return None


OUR_OPT_OUTS = "opted out (bulksms)"
"""The column by which a file of ours says so itself: heeded whatever else is in it."""


def heeded_columns(
    columns: Sequence[str], *, rows: Iterable[Sequence[str]] = (), besides: Sequence[int | None]
) -> tuple[Heeded, ...]:
    """The columns that are heeded; those `besides` hold numbers or texts, whatever their names say.

    A name that may as well mean something else ("Stop", of a route) needs cells that say yes or no.
    Only for such a one the `rows` are read, and then all of them: often one in a hundred is filled.
    """
    named = [(at, name) for at, name in enumerate(columns) if at not in besides]
    found = [Heeded(at, name, consents) for at, name in named for consents in _consents(name)]
    doubtful = [each for each in found if _may_mean_something_else(each.name)]
    kept = _that_answer(doubtful, rows) if doubtful else set()
    return tuple(each for each in found if each not in doubtful or each in kept)


def may_say_it_too(name: str) -> bool:
    """Whether opt-outs in the column may be from texts: not if it speaks of letters only."""
    words = set(_spaced(name).split())
    return not words & _LETTERS or bool(words & _TEXTS)


def _that_answer(doubtful: Sequence[Heeded], rows: Iterable[Sequence[str]]) -> set[Heeded]:
    """Those of which half of the filled cells say yes or no, and which count nothing."""
    filled, unclear, words = Counter[Heeded](), Counter[Heeded](), set[Heeded]()
    for row in rows:
        for each in doubtful:
            if cell := row[each.at].strip():
                filled[each] += 1
                unclear[each] += each.forbids(cell) is None
                if not _NUMBER.fullmatch(cell):
                    words.add(each)
    answers = {each for each in filled if unclear[each] * 2 <= filled[each]}
    return {each for each in answers if each in words or not unclear[each]}


def objections(
    columns: Sequence[Sequence[str]], heeded: Iterable[Heeded]
) -> dict[int, tuple[str, int]]:
    """By their positions, the rows that are not to be texted: the sentence, and the column."""
    found: dict[int, tuple[str, int]] = {}
    for each in heeded:
        cells = columns[each.at]
        forbidding = {cell for cell in set(cells) if each.forbids(cell)}
        for at, cell in enumerate(cells) if forbidding else ():
            if cell in forbidding:
                said = f"The column '{each.name}' says '{cell.strip()[:_EXCERPT]}'."
                found.setdefault(at, (said, each.at))
    return found


_EXCERPT = 40
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
"""Numbers alone, 0 and 1 among others, are no answers: how many texts, the stop of a route."""
_TEXTS = frozenset(
    {"sms", "mms", "text", "texts", "texting", "txt", "txts", "msg", "msgs"}
    | {"message", "messages", "messaging", "הודעות", "מסרונים"}
)
_LETTERS = frozenset(
    {"email", "emails", "e", "mail", "mails", "mailing", "mailings", "newsletter", "newsletters"}
    | {"fax", "faxes", "post", "postal", "direct"}
)
"""What a name may speak of beside texts, but not instead of them."""
_BESIDE = _TEXTS | frozenset(
    {"has", "have", "is", "was", "been", "of", "from", "to", "for", "the", "all", "any", "by", "in"}
    | {"via", "at", "on", "or", "and", "a", "we", "us", "me", "y", "n", "yes", "c", "given"}
    | {"status", "date", "time", "timestamp", "flag", "reason", "list", "sent", "receive"}
    | {"request", "requested", "please", "do", "does", "did", "yet", "longer"}
    | {"customer", "client", "patient", "contact", "member", "lead", "person", "user", "guest"}
    | {"mobile", "cell", "phone", "call", "calls", "calling", "marketing", "promotional", "promos"}
    | {"promotions", "communication", "communications", "notifications", "alerts", "reminders"}
    | {"tcpa", "national", "federal", "registry", "bulksms"}
    | {"de", "del", "la", "los", "des", "du", "le", "les", "por", "par", "al", "recibir", "לקבלת"}
)
_STOP = frozenset({"stop", "baja", "no sms", "no contact", "no call", "no calls"})
_SHORT = frozenset({"sms", "mms", "text", "texts", "texting", "txt"})
_OF_SHORT = _SHORT | frozenset(
    {"send", "status", "marketing", "message", "messages", "messaging"}
    | {"reminder", "reminders", "alert", "alerts", "notification", "notifications"}
)
"""What the names of opt-outs and of consent are made of that may as well mean something else."""

_MORE = r"(?:any|more|further|marketing|promotional|promo)"
_DO_NOT = (
    r"(?:do not|donot|dont|does not|doesnt|can not|cannot|cant|must not|may not|should not|not to"
    rf"|never)(?: (?:be|to|us|wants?|likes?|send|receive|get|accept|{_MORE}))*"
)
_OPTS_OUT = re.compile(
    r"\b(?:opt(?:ed|s)? ?outs?|unsub(?:scribe[ds]?)?|dn[cdt]|black ?listed|no marketing"
    rf"|{_DO_NOT} (?:texts?|texting|txts?|sms|mms|messages?|contact|call|phone|disturb|solicit"
    r"|market)|(?:not|never) (?:to )?be (?:text|call|contact|messag)ed"
    rf"|no (?:{_MORE} )*text(?:s|ing)?|no (?:{_MORE} )+(?:sms|mms|txts?|messag(?:es?|ing)|calls?)"
    r"|(?:replied|said|says|wrote|texted|sent|answered|typed|asked to|wants to) stop"
    r"|no (?:contactar|llamar|enviar|molestar)|dad[oa] de baja"
    r"|ne pas (?:contacter|appeler|deranger|envoyer)|des(?:inscrite?|abonnee?)"
    r"|לא (?:לשלוח|להתקשר|ליצור קשר)|להסיר|הסרה|הוסר)\b"
)
_CONSENTS = re.compile(
    r"\b(?:opt(?:ed|s)? ?ins?|consent(?:s|ed)?|subscribed"
    r"|(?:ok(?:ay)? to|permission to|can|may)(?: we)? (?:contact|call)"
    r"|accepts marketing|consentimiento|consentement|הסכמה)\b"
)
_EITHER = re.compile(
    r"\b(?:opt(?:ed|s)? ?in (?:or |and )?(?:opt(?:ed|s)? ?)?out|opt(?:ed|s)? ?out (?:or |and )?"
    r"(?:opt(?:ed|s)? ?in|in$)|opt (?:status|preferences?)"
    r"|subscribed? (?:or )?unsubscribed?|unsubscribed? (?:or )?subscribed?)\b"
)
_STOPS_TEXTS = re.compile(r"\b(?:stop|stopped|baja|suppress(?:ed)?|block(?:ed)?|disabled)\b")
_MAY_BE_TEXTED = re.compile(
    r"\b(?:ok|okay|can|may|allow(?:s|ed)?|accept(?:s|ed)?|agree(?:s|d)?|permi(?:ssion|tted)|wants?"
    r"|receives?|subscri(?:be|ber|bers|ption)|enabled|acepta|autoriza|accepte|accord|אישור)\b"
)
"""These two mean it only where the name speaks of texts as well."""

_NO = frozenset(
    {"no", "not", "without", "never", "dont", "doesnt", "didnt", "isnt", "hasnt", "cannot", "cant"}
    | {"wont", "non", "sin", "sans", "pas", "ללא", "לא"}
)
_TAKEN_BACK = frozenset(
    {"withdrawn", "withdrew", "revoked", "refused", "declined", "denied", "rejected", "removed"}
    | {"cancelled", "canceled", "expired", "missing"}
)
"""A no wherever it stands."""
_GIVEN = _TEXTS | {"given"}
"""What a no may stand before, after the phrase: "Wants no texts", "Consent not given"."""
_A_NUMBER = re.compile(
    r"\b(?:phone|mobile|cell|tel|telephone|contact|customer|client|patient|member|account) no\b"
)
"""A no that may as well be short for a number."""


def _consents(name: str) -> tuple[bool | None, ...]:
    """Whether the column says who agreed to texts, or who does not want any; () if neither.

    None: it says either, or it cannot be seen which.
    """
    if _may_mean_something_else(name):
        return (_alone(name) not in _STOP,)
    alone = _alone(name)
    for phrases, of_texts, consents in (
        (_EITHER, False, None),
        (_OPTS_OUT, False, False),
        (_STOPS_TEXTS, True, False),
        (_CONSENTS, False, True),
        (_MAY_BE_TEXTED, True, True),
    ):
        found = phrases.search(alone)
        rest = set(phrases.sub(" ", alone).split())
        if found and _goes_with_it(rest - _NO - _TAKEN_BACK, of_texts=of_texts):
            if not rest & (_NO | _TAKEN_BACK):
                return (consents,)
            return (False if consents and _says_no(alone, found.start()) else None,)
    return ()


def _says_no(alone: str, phrase: int) -> bool:
    """Whether a no stands before the phrase of consent, or before the texts that it is about."""
    if _A_NUMBER.search(alone):
        return False
    words = alone.split()
    no = next((at for at, word in enumerate(words) if word in _NO), len(words))
    before = len(alone[:phrase].split())
    return bool(_TAKEN_BACK & set(words) or no < before or _GIVEN & set(words[no:]))


def _goes_with_it(rest: set[str], *, of_texts: bool) -> bool:
    if rest & _TEXTS:
        return rest <= _BESIDE | _LETTERS
    return rest <= _BESIDE and not of_texts


def _may_mean_something_else(name: str) -> bool:
    alone = _alone(name)
    words = set(alone.split())
    return alone in _STOP or bool(words & _SHORT and words <= _OF_SHORT)


def _alone(name: str) -> str:
    """The name without what it asks for: "STOP (Y/N)?" is "stop"."""
    return " ".join(_YES_OR_NO.sub(" ", _spaced(name)).split())


_YES_OR_NO = re.compile(r"\b(?:(?:y|yes) (?:or )?(?:n|no)|(?:n|no) (?:or )?(?:y|yes))\b|\bc$")


def _spaced(name: str) -> str:
    """The words of a name in their order: "HasOptedOutOfSMS", "has_opted_out_of_sms"."""
    own = re.sub(r"^[A-Za-z0-9]+__(?=\w+__c$)", "", name)  # Salesforce's package
    plain = re.sub("['\N{RIGHT SINGLE QUOTATION MARK}]", "", own)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    return " ".join(re.findall(r"[^\W\d_]+", without_accents(apart.casefold())))
