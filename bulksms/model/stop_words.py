"""Whether somebody asked not to be texted any more: the whole message is one of the known words.

Source of the English words: the CTIA Messaging Principles and Best Practices, and 47 CFR 64.1200
(a)(10). The others are their usual counterparts. "Stop by tomorrow" is no such message.
"""

import unicodedata
from collections.abc import Iterable

from bulksms.model.vendor_record import RecordedSms

WORDS = frozenset(
    {
        # English
        *("stop", "stopall", "stop all", "quit", "end", "cancel", "revoke", "unsubscribe"),
        *("optout", "opt out", "opt-out"),
        # Spanish
        *("alto", "parar", "detener", "cancelar", "baja", "darme de baja", "no mas"),
        # French
        *("arret", "arreter", "arretez", "desabonner", "desinscrire"),
        # Hebrew
        *("הסר", "הסירו", "הסרה", "להסיר", "עצור", "עצרו", "די"),
    }
)
"""In lower case, without accents."""


def is_opt_out(text: str) -> bool:
    """Whether the message is nothing but one of the words, however it is written."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if unicodedata.category(c) not in {"Mn", "Cf"})
    return " ".join(letters.split()).strip(" .,!?;:'\"*-\u2018\u2019\u201c\u201d") in WORDS


def opt_outs_in(conversation: Iterable[RecordedSms]) -> list[RecordedSms]:
    """The messages of the other side that ask for it."""
    return [sms for sms in conversation if not sms.outgoing and is_opt_out(sms.text)]
