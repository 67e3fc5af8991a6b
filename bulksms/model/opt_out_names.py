"""What a column's name says about wishes for texts: who agreed, who does not want any, or either.

A name says so plainly if it has one of the phrases below and, beside it, only words that go with
them: "SMS Opt Out" does; "Email Opt Out" and "Photo consent" speak of something else.
A plain no to consent is an opt-out ("No SMS consent"), and so are a few more ways to say one.
A name that has both answers is either ("Consent (Yes/Refused)"), unless the phrases decide it.
"""

import re

from bulksms.model.column_names import without_accents


def consents(name: str) -> tuple[bool | None, ...]:
    """Whether the column says who agreed to texts, or who does not want any; () if neither.

    None: it says either, or it cannot be seen which.
    """
    if may_mean_something_else(name):
        return (_alone(name) not in _STOP,)
    if denies_consent(name):
        return (False,)
    spaced = _spaced(name)
    for phrases, of_texts, agrees in _PLAIN:
        rest, found = phrases.subn(" ", spaced)
        if found and _goes_with_it(set(rest.split()) - {"no"}, of_texts=of_texts):
            return (agrees,)
    return _otherwise(name)


def denies_consent(name: str) -> bool:
    """Whether the name is a plain no to consent: of one part, with one no and no other answer."""
    part = _without_a_key(name)
    alone = _spaced(part)
    nos = [word for word in alone.split() if word in _NO | _TAKEN_BACK]
    if len(nos) != 1 or _SECOND.search(part) or _A_NUMBER.search(alone):
        return False
    denied = _DENIED.search(alone)
    if denied is None:
        denied = _TAKEN.search(alone)
        if denied is None or _GIVEN.intersection(denied[0].split()):
            return False
    rest = f"{alone[: denied.start()]} {alone[denied.end() :]}"
    beside = {*rest.split(), *(_TEXTS | _LETTERS).intersection(denied[0].split())}
    if beside & _YES or any(phrases.search(rest) for phrases, *_ in _PLAIN):
        return False
    of_texts = not _CONSENTS.search(denied[0])
    return _goes_with_it(beside - _MORE_BESIDE, of_texts=of_texts)


def may_mean_something_else(name: str) -> bool:
    """Whether it takes the column's cells to know: "Stop" may be one of a route."""
    alone = _alone(name)
    words = set(alone.split())
    return alone in _STOP or bool(words & _SHORT and words <= _OF_SHORT)


def may_say_it_too(name: str) -> bool:
    """Whether opt-outs in the column may be from texts: not if it speaks of letters only."""
    words = set(_spaced(name).split())
    return not words & _LETTERS or bool(words & _TEXTS)


def hints_at_an_opt_out(name: str) -> bool:
    """Whether it has the words of one, whatever else it says."""
    return bool(_HINTS.search(_spaced(name)))


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
    | {"via", "at", "on", "or", "and", "a", "i", "we", "us", "me", "y", "n", "yes", "c", "given"}
    | {"status", "date", "time", "timestamp", "since", "flag", "reason", "list", "sent", "receive"}
    | {"customer", "client", "patient", "contact", "member", "lead", "person", "user", "guest"}
    | {"mobile", "cell", "phone", "call", "calls", "calling", "marketing", "promotional", "promos"}
    | {"promotions", "communication", "communications", "notifications", "alerts", "reminders"}
    | {"tcpa", "national", "federal", "registry", "bulksms"}
    | {"de", "del", "la", "los", "des", "du", "le", "les", "por", "par", "al", "recibir", "לקבלת"}
)
_MORE_BESIDE = frozenset({"request", "requested", "please", "do", "does", "did", "yet", "longer"})
"""The same of a name that says no, or both."""
_STOP = frozenset({"stop", "baja", "no sms", "no contact", "no call", "no calls"})
_SHORT = frozenset({"sms", "mms", "text", "texts", "texting", "txt"})
_OF_SHORT = _SHORT | frozenset(
    {"send", "status", "marketing", "message", "messages", "messaging"}
    | {"reminder", "reminders", "alert", "alerts", "notification", "notifications"}
)
"""What the names of opt-outs and of consent are made of that may as well mean something else."""

_SAYS_OUT = (
    r"(?<!no )(?:internal|state|wireless|litigators?) (?:dnc|do not call)"
    r"|opt(?:ed|s)? ?outs?|unsub(?:scribe[ds]?)?|dn[cdt]|no text(?:s|ing)?|black ?listed"
    r"|(?:do not|donot|dont) (?:text|sms|message|contact|call|phone|disturb|solicit|market)"
    r"|no (?:contactar|llamar|enviar|molestar)|dad[oa] de baja"
    r"|ne pas (?:contacter|appeler|deranger|envoyer)|des(?:inscrite?|abonnee?)"
    r"|לא (?:לשלוח|להתקשר|ליצור קשר)|להסיר|הסרה|הוסר"
)
_SAYS_IN = (
    r"opt(?:ed|s)? ?ins?|consent(?:s|ed)?|subscribed"
    r"|(?:ok(?:ay)? to|permission to|can|may)(?: we)? (?:contact|call)"
    r"|accepts marketing|consentimiento|consentement|הסכמה"
)
_SAYS_MAY = (
    r"ok|okay|can|may|allow(?:s|ed)?|accept(?:s|ed)?|agree(?:s|d)?|permi(?:ssion|tted)|wants?"
    r"|receives?|subscri(?:be|ber|bers|ption)|enabled|acepta|autoriza|accepte|accord|אישור"
)
_OPTS_OUT = re.compile(rf"\b(?:{_SAYS_OUT})\b")
_CONSENTS = re.compile(rf"\b(?:{_SAYS_IN})\b")
_STOPS_TEXTS = re.compile(r"\b(?:stop|stopped|baja)\b")
_MAY_BE_TEXTED = re.compile(rf"\b(?:{_SAYS_MAY})\b")
_PLAIN = (
    (_OPTS_OUT, False, False),
    (_STOPS_TEXTS, True, False),
    (_CONSENTS, False, True),
    (_MAY_BE_TEXTED, True, True),
)
"""The phrases, whether they mean it only where the name speaks of texts, whether they consent."""


def _goes_with_it(rest: set[str], *, of_texts: bool) -> bool:
    if rest & _TEXTS:
        return rest <= _BESIDE | _LETTERS
    return rest <= _BESIDE and not of_texts


_NO = frozenset(
    {"no", "not", "without", "never", "dont", "doesnt", "didnt", "isnt", "hasnt", "cannot", "cant"}
    | {"wont", "non", "sin", "sans", "pas", "ללא", "לא"}
)
_TAKEN_BACK = frozenset(
    {"withdrawn", "withdrew", "revoked", "refused", "declined", "denied", "rejected", "removed"}
    | {"cancelled", "canceled", "expired", "missing", "disabled", "blocked"}
)
"""A no wherever it stands."""
_YES = frozenset({"yes", "y", "n", "given", "or", "and"})
"""Beside a no, these leave open which of both a cell's yes is."""

_BETWEEN = "|".join(
    (*_TEXTS, r"(?:marketing|promotional)(?! (?:okay|ok|can|may)\b)", "any", "more")
)
"""Not e-mail: "No email OK to text"."""
_DENIED = re.compile(
    rf"\b(?:no longer|{'|'.join(_NO - {'non'})})(?: (?:{_BETWEEN}|yet|to|has|have|been|given))*"
    rf" (?:{_SAYS_IN}|{_SAYS_MAY}|wanted)(?: to receive| given)?\b"
    rf"|\b(?:wants?|receives?|accepts?|allows?) no(?: (?:{_BETWEEN}))* (?:{'|'.join(_TEXTS)})$"
)
"""A no that stands directly before consent, but for what is consented to."""
_ANY_CONSENT = rf"(?:{_SAYS_IN}|{_SAYS_MAY})"
_AND_ON = rf"(?: (?!(?:{'|'.join(_YES)})\b)[^\W\d_]+)*?"
_TAKEN = re.compile(
    rf"\b{_ANY_CONSENT}\b{_AND_ON} (?:not (?:yet )?given|{'|'.join(_TAKEN_BACK)})\b"
    rf"|\b(?:{'|'.join(_TAKEN_BACK)})\b{_AND_ON} {_ANY_CONSENT}\b"
)
"""Consent, and that it is not given or was taken back, before it or after."""
_GIVEN = frozenset(
    {"allowed", "accepted", "agreed", "permitted", "enabled", "subscribed", "consented", "opted"}
    | {"ok", "okay", "allows", "accepts", "agrees"}
)
"""An answer of its own beside one that is taken back: "SMS Allowed Blocked"."""
_A_NUMBER = re.compile(
    r"\b(?:phone|mobile|cell|tel|telephone|contact|customer|client|patient|member|account"
    r"|lead|person|user|guest|list) no\b"
)
"""A no that may as well be short for a number."""
_SECOND = re.compile(r"[/(),;:=|+&\[\]\N{EN DASH}\N{EM DASH}]|\s-\s|[.?!]\s*\w")
"""What begins another part of a name: "SMS consent, no calls", "Contact no. DNC"."""


_MORE = r"(?:any|more|further|marketing|promotional|promo)"
_DO_NOT = (
    r"(?:do not|donot|dont|does not|doesnt|can not|cannot|cant|must not|may not|should not|not to"
    rf"|never)(?: (?:be|to|us|me|wants?|likes?|send|receive|get|accept|{_MORE}))*"
)
_OPTS_OUT_TOO = re.compile(
    rf"\b(?:{_SAYS_OUT}|no marketing"
    rf"|{_DO_NOT} (?:texts?|texting|txts?|sms|mms|messages?|contact|call|phone|disturb|solicit"
    r"|market)|(?:not|never) (?:to )?be (?:text|call|contact|messag)ed"
    rf"|no (?:{_MORE} )*text(?:s|ing)?|no (?:{_MORE} )+(?:sms|mms|txts?|messag(?:es?|ing)|calls?)"
    rf"|stop sending(?: (?:me|us|{_MORE}))* (?:texts?|txts?|sms|mms|messages?)"
    rf"|request(?:s|ed)? no(?: {_MORE})* (?:texts?|txts?|sms|mms|messages?)"
    r"|(?:replied|said|says|wrote|texted|sent|answered|typed|asked to|wants to) stop)\b"
)
_HINTS = re.compile(rf"{_OPTS_OUT_TOO.pattern}|\blitigators?\b")
_STOPS_TEXTS_TOO = re.compile(r"\b(?:stop|stopped|baja|suppress(?:ed)?|block(?:ed)?|disabled)\b")
_EITHER = re.compile(
    r"\b(?:opt(?:ed|s)? ?in (?:or |and )?(?:opt(?:ed|s)? ?)?out|opt(?:ed|s)? ?out (?:or |and )?"
    r"(?:opt(?:ed|s)? ?in|in$)|opt (?:status|preferences?)"
    r"|subscribed? (?:or )?unsubscribed?|unsubscribed? (?:or )?subscribed?)\b"
)


def _otherwise(name: str) -> tuple[bool | None, ...]:
    """What else it may say: an opt-out in more words, or both answers."""
    alone = _spaced(_without_a_key(name))
    answers = _NO | _TAKEN_BACK | _YES | {"do", "does", "did"}
    for phrases, of_texts, agrees in (
        (_EITHER, False, None),
        (_OPTS_OUT_TOO, False, False),
        (_STOPS_TEXTS_TOO, True, False),
        (_CONSENTS, False, True),
        (_MAY_BE_TEXTED, True, True),
    ):
        rest, found = phrases.subn(" ", alone)
        words = set(rest.split())
        beside = words - _NO - _TAKEN_BACK - _MORE_BESIDE
        if not found or not _goes_with_it(beside, of_texts=of_texts):
            continue
        if agrees is None or words & answers:
            return () if agrees and not words & (_NO | _TAKEN_BACK) else (None,)
        return () if agrees else (False,)
    return ()


def _alone(name: str) -> str:
    """The name without what it asks for: "STOP (Y/N)?" is "stop"."""
    return " ".join(re.sub(r"\b(?:y n|yes no)\b|\bc$", " ", _spaced(name)).split())


def _without_a_key(name: str) -> str:
    """The name without how a cell says yes and no, "(Y=Yes, N=No)"; "SMS/email" is about texts."""
    asked = re.sub(rf"(?i)\(\W*{_YES_NO}(?:\W+{_YES_NO})+\W*\)", " ", name)
    asked = re.sub(r"(?i)[\s/:?-]*\b(?:y ?/ ?n|yes ?/ ?no|yes or no)[\s?]*$", "", asked.strip())
    asked = re.sub(r"_+c$", "", asked)
    texts, letters = "|".join(_TEXTS), "|".join(_LETTERS)
    asked = re.sub(rf"(?i)\b({texts})(?: ?/ ?(?:{texts}|{letters}))+\b", r"\1", asked)
    return re.sub(rf"(?i)\b(?:(?:{letters}) ?/ ?)+(?=(?:{texts})\b)", "", asked).strip()


_YES_NO = r"(?:y|yes|n|no|or|true|false)"


def _spaced(name: str) -> str:
    """The words of a name in their order: "HasOptedOutOfSMS", "has_opted_out_of_sms"."""
    own = re.sub(r"^[A-Za-z0-9]+__(?=\w+__c$)", "", name)  # Salesforce's package
    plain = re.sub("['\N{RIGHT SINGLE QUOTATION MARK}]", "", own)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    return " ".join(re.findall(r"[^\W\d_]+", without_accents(apart.casefold())))
