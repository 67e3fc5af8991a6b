"""What a spreadsheet program shows of a cell, by its number format (ISO/IEC 29500-1, 18.8.31).

The everyday formats are known: money, percent, zeros in front, digits in groups, dates, times.
Of any other a format says nothing, and the cell keeps the text that its value has: fractions,
powers of ten, elapsed time, and dates as the computer's region has them, which no file tells.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

from bulksms.spreadsheet.cells import Cell, number_text
from bulksms.spreadsheet.date_formats import DateFormat, Part, read_date_format

_PARTS = re.compile(
    r"""
    "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | [_*](?P<padding>.)
    | \[\$(?P<currency>[^\]-]*)(?:-(?P<locale>[^\]]*))?\]
    | \[(?P<colour>black|blue|cyan|green|magenta|red|white|yellow|color\ ?[0-9]+)\]
    | \[(?P<condition>(?:[<>]=?|<>|=)-?[0-9]+(?:\.[0-9]+)?)\]
    | (?P<general>general) | (?P<half>am/pm|a/p) | (?P<date>y+|m+|d+|h+|s+)
    | (?P<digit>[0\#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%)
    | (?P<text>@) | (?P<end>;) | (?P<literal>[^\[\]"\\_*a-z])
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LITERALS = {"quoted", "escaped", "currency", "literal"}
_UNSEEN = {"padding", "colour"}
_CONDITION = re.compile(r"([<>=]+)(.+)")
_COMPARISONS = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}

_EXACTLY = Context(prec=100, rounding=ROUND_HALF_UP)
_LAST_PLACES = [Decimal(1).scaleb(-decimals) for decimals in range(31)]
_GROUP, _MOST_SHIFTED = 3, 30
_LONGEST = 255
"""Characters of a format that Excel takes."""
_ROOM, _SMALLEST_PLAIN = 11, Decimal("0.0001")
"""What the format General shows: so many characters, and below this a power of ten."""


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format's sections, of which a number's sign or size chooses one."""

    sections: tuple["DateFormat | _General | _Section", ...]

    def shown(self, cell: Cell) -> str | None:
        """What is seen of the cell; None where that is unknown, or nothing."""
        if isinstance(cell, date | time):
            first = self.sections[0]
            text = first.shown(cell) if isinstance(first, DateFormat) else None
        elif isinstance(cell, float) and (number := _decimal(cell)) is not None:
            text = self._number(number)
        else:
            text = None
        return (text or "").strip() or None

    def _number(self, number: Decimal) -> str | None:
        at = self._chosen(number)
        section = None if at is None else self.sections[at]
        if section is None or isinstance(section, DateFormat):
            return None
        of_negatives = at == 1 and section.condition is self.sections[0].condition is None
        sign = "-" if number < 0 and not of_negatives else ""
        return sign + section.shown(abs(number))

    def _chosen(self, number: Decimal) -> int | None:
        conditions = [section.condition for section in self.sections]
        if any(conditions):
            fits = (at for at, each in enumerate(conditions) if not each or _holds(each, number))
            return next(fits, None)
        if number < 0 and len(conditions) > 1:
            return 1
        return 2 if number == 0 and len(conditions) > 2 else 0  # noqa: PLR2004


@lru_cache(maxsize=1024)
def read_format(code: str) -> NumberFormat | None:
    """The format that is written so; None where it is none that is known."""
    sections: list[DateFormat | _General | _Section] = []
    for parts in _split(code if len(code) <= _LONGEST else "unknown"):
        if not any(kind == "text" for kind, _ in parts):  # what texts look like, is none of numbers
            section = read_date_format(parts) or _read_section(parts)
            if section is None:
                return None
            sections.append(section)
    return NumberFormat(tuple(sections)) if sections else None


def general(number: float) -> str:
    """A number with decimals as the format General shows it, without the noise of binary ones."""
    text = number_text(number)
    exact = _decimal(number) if len(text) > _ROOM or "e" in text else None
    if exact is None:
        return text
    plain = f"{exact:f}"
    if len(plain.lstrip("-")) <= _ROOM:
        return plain
    if abs(exact) < _SMALLEST_PLAIN:
        mantissa, _, exponent = f"{exact:.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent):+03}"
    decimals = max(_ROOM - 1 - len(plain.lstrip("-").partition(".")[0]), 0)
    whole, _, fraction = f"{_rounded(exact, decimals):f}".partition(".")
    return f"{whole}.{fraction.rstrip('0')}".rstrip(".")


@dataclass(frozen=True, slots=True)
class _Section:
    """How numbers are shown.

    Attributes:
        condition: of which numbers; None where their sign says so.
        whole: what stands up to the point, with `{}` for each place of a digit, or one for all.
        places: how many of these there are.
        least: how many digits there are at least, with zeros in front.
        in_groups: whether a comma parts every three of them.
        point: what stands before the decimals.
        decimals: how many there are at most, and at least.
        after: what stands at the end.
        shift: the power of ten by which the number is multiplied.
    """

    condition: str | None
    whole: str
    places: int
    least: int
    in_groups: bool
    point: str
    decimals: tuple[int, int]
    after: str
    shift: int

    def shown(self, number: Decimal) -> str:
        """A number without its sign."""
        most, least = self.decimals
        shifted = number.scaleb(self.shift, _EXACTLY) if self.shift else number
        digits, _, fraction = f"{_rounded(shifted, most):f}".partition(".")
        if most > least:
            fraction = fraction[:least] + fraction[least:].rstrip("0")
        return f"{self._whole(digits.lstrip('0'))}{self.point}{fraction}{self.after}"

    def _whole(self, digits: str) -> str:
        """Each place takes one digit, the first one all that are left."""
        digits = digits.zfill(self.least)
        if self.in_groups and digits:
            width = len(digits) + (len(digits) - 1) // _GROUP
            digits = f"{int(digits):0{width},}"
        if self.places <= 1:
            return self.whole.format(digits)
        digits = digits.rjust(self.places)
        first = len(digits) - self.places + 1
        return self.whole.format(*map(str.strip, (digits[:first], *digits[first:])))


@dataclass(frozen=True, slots=True)
class _General:
    """A section that leaves it to the number how many decimals there are."""

    before: str
    after: str
    condition: str | None

    def shown(self, number: Decimal) -> str:
        """A number without its sign."""
        return self.before + general(float(number)) + self.after


def _split(code: str) -> Iterator[list[Part]]:
    """Each section's parts, up to what is not known."""
    parts: list[Part] = []
    at = 0
    while at < len(code):
        found = _PARTS.match(code, at)
        kind = (found and found.lastgroup) or "unknown"
        if found is None or kind == "unknown":
            parts.append(("unknown", code[at:]))
            break
        if kind == "end":
            yield parts
            parts = []
        else:
            parts += _part(kind, found)
        at = found.end()
    yield parts


def _part(kind: str, found: re.Match[str]) -> Iterator[Part]:
    if kind == "locale":  # comes after the currency, which may be none
        yield "literal", found["currency"]
        yield kind, found["locale"]
    elif kind in _LITERALS:
        yield ("slash" if found[0] == "/" else "literal"), found[kind]
    elif kind not in _UNSEEN:
        yield kind, found[kind]


def _read_section(parts: Sequence[Part]) -> "_Section | _General | None":
    """A section for numbers; None where it has something else in it."""
    conditions = [text for kind, text in parts if kind == "condition"]
    seen = [part for part in parts if part[0] not in {"condition", "locale"}]
    signs = "".join(_SIGNS.get(kind, "?") for kind, _ in seen)
    texts = [text for _, text in seen]
    if len(conditions) > 1:
        return None
    condition = conditions[0] if conditions else None
    if found := _GENERAL.fullmatch(signs):
        at = found.start("general")
        return _General("".join(texts[:at]), "".join(texts[at + 1 :]), condition)
    found = _DIGITS.fullmatch(signs)
    if found is None:
        return None
    percents = sum(kind == "percent" for kind, _ in seen)
    shift = 2 * percents - _GROUP * (found["point"] or "").count("C")
    return _read_digits(found, texts, condition, shift) if abs(shift) <= _MOST_SHIFTED else None


_SIGNS = {"literal": "L", "percent": "L", "digit": "D", "point": "P", "comma": "C", "general": "G"}
_GENERAL = re.compile("L*(?P<general>G)L*")
_DIGITS = re.compile(
    "(?P<before>L*)"
    "(?:(?P<whole>D[DC]*D|D[DL]*D|D)(?P<point>C*(?:P(?P<decimals>D{0,30}))?C*))?"
    "(?P<after>L*)"
)
"""What there may be in a section. Digits have literals among them, or commas; not both."""


def _read_digits(
    found: re.Match[str], texts: Sequence[str], condition: str | None, shift: int
) -> _Section:
    def part(name: str) -> list[tuple[str, str]]:
        span = slice(*found.span(name)) if found[name] else slice(0)
        return list(zip(found.string[span], texts[span], strict=True))

    whole, decimals = part("whole"), "".join(text for _, text in part("decimals"))
    digits = "".join(text for sign, text in whole if sign == "D")
    is_scattered = any(sign == "L" for sign, _ in whole)
    places = ["{}" if sign == "D" else _literal(text) for sign, text in whole]
    before = _literal("".join(text for _, text in part("before")))
    return _Section(
        condition=condition,
        whole=before + ("".join(places) if is_scattered else "{}" if whole else ""),
        places=len(digits) if is_scattered else 1,
        least=len(digits.lstrip("#?")),
        in_groups="C" in (found["whole"] or ""),
        point="." if "P" in (found["point"] or "") else "",
        decimals=(len(decimals), len(decimals.rstrip("#?"))),
        after="".join(text for _, text in part("after")),
        shift=shift,
    )


def _literal(text: str) -> str:
    """The text as `str.format` leaves it."""
    return text.replace("{", "{{").replace("}", "}}")


def _holds(condition: str, number: Decimal) -> bool:
    found = _CONDITION.fullmatch(condition)
    return found is not None and bool(_COMPARISONS[found[1]](number, Decimal(found[2])))


def _decimal(number: float) -> Decimal | None:
    """The number with the 15 digits that Excel calculates with; None if it lost any before."""
    text = number_text(number)
    exact = Decimal(text) if text[-1:].isdigit() and "e+" not in text else None
    return exact if exact is not None and exact.is_finite() else None


def _rounded(number: Decimal, decimals: int) -> Decimal:
    """Half away from zero, as Excel rounds."""
    return number.quantize(_LAST_PLACES[decimals], context=_EXACTLY)
