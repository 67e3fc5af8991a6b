"""What people call their columns, in English, Spanish, French and Hebrew.

Names are compared by `name_key`: without regard to case, accents, spaces, `_`, dashes and
punctuation, so that `Tél.`, `tel` and `TEL` are one.
"""

import re
import unicodedata
from collections.abc import Sequence

from bulksms.model.text import column_key

PHONE_NAMES: tuple[frozenset[str], ...] = (
    frozenset({"mobile", "mobilenumber", "mobilephone", "mobileno", "mobilephonenumber"})
    | {"cell", "cellphone", "cellnumber", "cellphonenumber"}
    | {"movil", "celular", "telefonomovil", "telefonocelular", "numerodecelular"}
    | {"portable", "telephoneportable", "telportable", "telephonemobile", "gsm"}
    | {"נייד", "טלפוןנייד", "מספרנייד", "טלנייד", "סלולרי", "פלאפון", "טלפוןסלולרי"},
    frozenset({"phone", "phonenumber", "phoneno", "telephone", "telephonenumber", "tel", "telno"})
    | {"ph", "phno"}
    | {"telefono", "numerodetelefono", "numtelefono", "fono"}
    | {"numerodetelephone", "notelephone", "numtel", "telephonenumero"}
    | {"טלפון", "מספרטלפון", "מסטלפון", "טל"},
    frozenset({"tonumber", "to", "recipient", "recipients", "number", "contactnumber"})
    | {"msisdn", "sms", "smsnumber", "whatsapp", "contactno"}
    | {"numero", "numerodecontacto", "destinatario", "destinataire", "numerodecontact"}
    | {"מספר", "נמען", "ווטסאפ", "וואטסאפ"},
)
"""Names of a phone column, the best first."""

PHONE_WORDS: tuple[frozenset[str], ...] = (
    frozenset({"mobile", "cell", "cellphone", "movil", "celular", "portable", "gsm"})
    | {"נייד", "סלולרי", "פלאפון"},
    frozenset({"phone", "telephone", "tel", "telefono", "טלפון"}),
)
"""Words that make a longer name a phone column ("Customer phone"), the best first."""

FAX_WORDS = frozenset({"fax", "telecopie", "פקס"})
"""Words that take back what the other words of a name say."""

OTHER_WORDS = FAX_WORDS | frozenset(
    {"order", "invoice", "account", "customer", "reference", "ref", "id", "zip", "postcode"}
    | {"pedido", "factura", "cuenta", "cliente", "referencia", "postal"}
    | {"commande", "facture", "compte", "client"}
    | {"הזמנה", "חשבונית", "לקוח", "תז", "מזהה"}
    | {"date", "fecha", "amount", "price", "total", "balance", "lead", "ssn", "from", "sender"}
)
"""Words of a name that say that its numbers are no phone numbers to text, however they look."""

LEAD_ID_NAMES = frozenset(
    {"leadid", "lead", "leadno", "leadnumber", "crmid", "crmleadid"}
    | {"idlead", "iddelead", "iddellead", "idprospecto", "idduprospect", "idprospect"}
    | {"מזההליד", "מספרליד", "ליד"}
)
SENDER_NUMBER_NAMES = frozenset({"fromnumber", "מספרשולח"})
SENDER_NAMES = SENDER_NUMBER_NAMES | {"from", "sender", "remitente", "expediteur", "שולח"}
MEDIA_NAMES = frozenset(
    {"media", "mediaurl", "image", "imageurl", "picture", "attachment"}
    | {"imagen", "adjunto", "piecejointe", "תמונה", "קובץ"}
)


def name_key(name: str) -> str:
    """What two spellings of a column's name have in common: "Tél. mobile", "tel_mobile"."""
    return "".join(c for c in without_accents(column_key(name)) if c.isalnum())


def name_words(name: str) -> set[str]:
    """The words in a column's name, in lower case and without accents."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return set(re.findall(r"[^\W\d_]+", without_accents(spaced.casefold())))


def without_accents(text: str) -> str:
    """The text with letters in their plain form."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))


def listed(columns: Sequence[str]) -> str:
    """The names of the columns, as a sentence shows them."""
    return ", ".join(f"'{column}'" for column in columns)
