"""How many text messages a text becomes, and which characters make it costly.

A text whose characters are all in the GSM-7 alphabet is packed as septets, 160 in one message or
153 in each part of a longer one; a single other character turns the whole text into UCS-2,
70 or 67 UTF-16 code units. A character of two units is never split between parts.
Source: 3GPP TS 23.038, 6.2 (alphabets), and TS 23.040, 9.2.3.24.1 (the parts' header).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

GSM7_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038, 6.2.1: one septet each. The 128th code is the escape to the extension."""

GSM7_EXTENSION = "\f^{}\\[~]|€"
"""3GPP TS 23.038, 6.2.1.1: an escape and a septet each."""


class Encoding(StrEnum):
    """How a text travels."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Measure:
    """The size of a text.

    `units` are septets (GSM-7) or UTF-16 code units (UCS-2).
    `unicode_characters` are those that force UCS-2, each once, in order of appearance.
    """

    encoding: Encoding
    units: int
    segments: int
    unicode_characters: tuple[str, ...]


def measure(text: str) -> Measure:
    """Measure a text; an empty one has no segments. Linear in the length of the text."""
    unicode_characters = costly_characters(text)
    if unicode_characters:
        return _measure_ucs2(text, unicode_characters)
    return _measure_gsm7(text)


def segments(text: str) -> int:
    """How many messages a text becomes; most are short, and told at a glance."""
    if text.isascii() and 0 < len(text) <= _SHORT_IN_EITHER:
        return 1
    return 1 if _SHORT.fullmatch(text) else measure(text).segments


def sizes_of(texts: Iterable[str | None]) -> list[int]:
    """`segments` of each; no text has none. Of so many, the call is spared where it can be."""
    return [
        0 if not text else 1 if len(text) <= _SHORT_IN_EITHER and text.isascii() else segments(text)
        for text in texts
    ]


def costly_characters(text: str) -> tuple[str, ...]:
    """The characters that force UCS-2, each once, in order of appearance."""
    if _SHORT_AND_PLAIN.fullmatch(text):
        return ()
    return tuple(dict.fromkeys(_NOT_GSM7.findall(text)))


def costly_ones(texts: Iterable[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The position of each text that has `costly_characters`, and these."""
    for at, text in enumerate(texts):
        if (not text.isascii() or not text.isprintable() or "`" in text) and (
            costly := costly_characters(text)
        ):
            yield at, costly


def character_name(character: str) -> str:
    """Name a character for a person: `ê (LATIN SMALL LETTER E WITH CIRCUMFLEX, U+00EA)`.

    One that cannot be seen or would disturb a terminal is named without being shown.
    """
    name = unicodedata.name(character, "UNNAMED CHARACTER")
    code = f"U+{ord(character):04X}"
    if character.isprintable() and not unicodedata.category(character).startswith("M"):
        return f"{character} ({name}, {code})"
    return f"{name} ({code})"


_NOT_GSM7 = re.compile(f"[^{re.escape(GSM7_BASIC + GSM7_EXTENSION)}]")
_SHORT_IN_EITHER = 70
"""Characters of ASCII that are one message in either encoding: the limit of UCS-2, and fewer
septets than 160 even if each of them took two."""
_SHORT_AND_PLAIN = re.compile(f"[{re.escape(GSM7_BASIC)}]{{1,160}}")
_SHORT = re.compile(rf"[^\U00010000-\U0010ffff]{{1,70}}|{_SHORT_AND_PLAIN.pattern}")
"""Of one unit each up to the limit of UCS-2, which is one message in either encoding; or plain."""
_EXTENDED = re.compile(f"[{re.escape(GSM7_EXTENSION)}]")
_ESCAPE = "\x1b"
_ESCAPED = str.maketrans({character: _ESCAPE + character for character in GSM7_EXTENSION})
_HIGH_SURROGATES = range(0xD800, 0xDC00)


def _measure_gsm7(text: str) -> Measure:
    septets = text.translate(_ESCAPED) if _EXTENDED.search(text) else text

    def splits_a_pair(seam: int) -> bool:
        return septets[seam - 1] == _ESCAPE

    count = _segments(len(septets), whole=160, part=153, splits_a_pair=splits_a_pair)
    return Measure(Encoding.GSM7, len(septets), count, ())


def _measure_ucs2(text: str, unicode_characters: tuple[str, ...]) -> Measure:
    # "surrogatepass": half a pair is a broken character, but still a unit, and no reason to fail
    octets = text.encode("utf-16-be", "surrogatepass")
    units = len(octets) // 2

    def splits_a_pair(seam: int) -> bool:
        return int.from_bytes(octets[2 * seam - 2 : 2 * seam]) in _HIGH_SURROGATES

    count = _segments(units, whole=70, part=67, splits_a_pair=splits_a_pair)
    return Measure(Encoding.UCS2, units, count, unicode_characters)


def _segments(units: int, *, whole: int, part: int, splits_a_pair: Callable[[int], bool]) -> int:
    """Count parts from seam to seam; a seam within a pair moves one unit to the left."""
    if units <= whole:
        return min(units, 1)
    count = start = 0
    while start < units:
        seam = start + part
        start = seam - 1 if seam < units and splits_a_pair(seam) else seam
        count += 1
    return count
