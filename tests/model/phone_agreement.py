"""Does the short way to read a number say what phonenumbers says? A million numbers answer.

`python -m tests.model.phone_agreement` compares a million numbers, each in one of the formats that
people and programs write, and 200,000 cells of random digits. The suite does a few thousand.
"""

import random
import re
import sys
from collections.abc import Iterator, Sequence

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bulksms.model.phone import BadPhone, Country, Phone, _judged, read_phone, read_recipient
from bulksms.model.phone_cells import written
from bulksms.model.phone_column import read_recipients
from bulksms.model.phone_patterns import SERVED_REGIONS

REGIONS = (*sorted(SERVED_REGIONS), "JM", "DO", "BS", "GG", "IM", "JE", "DE", "FR", "MX")
KINDS = sorted(PhoneNumberType.values())
WAYS_ABROAD = ("", "00", "011")
MILLION, RANDOM = 1_000_000, 200_000


def generated(count: int, seed: int) -> Iterator[tuple[str, Country]]:
    """Numbers like the examples of every region and kind, as somebody wrote them."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    examples = [
        example
        for region in REGIONS
        for kind in KINDS
        if (example := phonenumbers.example_number_for_type(region, kind))
    ]
    for _ in range(count):
        yield _written(_like(chance.choice(examples), chance), chance), chance.choice(list(Country))


def random_digits(count: int, seed: int) -> Iterator[tuple[str, Country]]:
    """Cells of digits, with and without a plus, of every length."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for _ in range(count):
        beginning = chance.choice(("", "", "+", "0", "1", "44", "972", "+1", "+44", "+972", "00"))
        digits = "".join(chance.choices("0123456789", k=chance.randint(4, 14)))
        yield beginning + digits, chance.choice(list(Country))


def disagreement(cell: str, country: Country) -> str | None:
    """How the short way and phonenumbers differ about a cell; None where they agree."""
    short, recipient = read_phone(cell, country), read_recipient(cell, country)
    number = written(cell)
    closely = number if isinstance(number, BadPhone) else _judged(cell, number, country)
    plain = _plain(cell, country)
    if told := disagreement_in_a_column([cell], country):
        return told
    if short != closely:
        return f"{cell!r} in {country}: {short} at a glance, {closely} by phonenumbers"
    if isinstance(recipient, Phone) and recipient != short:
        return f"{cell!r} in {country}: {recipient} as a recipient, else {short}"
    if isinstance(recipient, Phone) and not recipient.repairs and recipient.e164 != plain:
        return f"{cell!r} in {country}: {recipient}, but {plain} by phonenumbers.parse"
    if plain is not None and isinstance(short, BadPhone) and not _is_beyond_us(cell, plain):
        return f"{cell!r} in {country}: {short}, but {plain} by phonenumbers.parse"
    return None


def disagreement_in_a_column(cells: Sequence[str], country: Country) -> str | None:
    """How cells that are read as a column differ from the same cells one by one."""
    numbers, remarks = read_recipients(cells, country)
    for at, (cell, number) in enumerate(zip(cells, numbers, strict=True)):
        alone = read_recipient(cell, country)
        together = remarks.get(at) or Phone(number or "")
        if together != alone or number != (alone.e164 if isinstance(alone, Phone) else None):
            return f"{cell!r} in {country}: {number}, {together} in a column, alone {alone}"
    return None


def _is_beyond_us(cell: str, plain: str) -> bool:
    """Valid numbers that are refused on purpose.

    Those of no served region, a decimal's digits, and digits left over that nobody dials before
    a number, where phonenumbers is more generous (`1 11 360…`).
    """
    number = phonenumbers.parse(plain)
    code = str(number.country_code)
    digits = re.sub(r"[^0-9]", "", cell)
    before = digits.removesuffix(str(number.national_number))
    dialled = {"", "0", "1", code, f"{code}0", f"{code}1", f"00{code}", f"011{code}"}
    served = phonenumbers.region_code_for_number(number) in SERVED_REGIONS
    return not served or "E" in cell or cell.endswith(".0") or before not in dialled


def _plain(cell: str, country: Country) -> str | None:
    try:
        number = phonenumbers.parse(cell, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _like(example: phonenumbers.PhoneNumber, chance: random.Random) -> phonenumbers.PhoneNumber:
    """The example with some of its last digits, or all but the first, made up."""
    digits = str(example.national_number)
    kept = chance.randint(1, len(digits) - 1)
    national = digits[:kept] + "".join(chance.choices("0123456789", k=len(digits) - kept))
    return phonenumbers.PhoneNumber(example.country_code, int(national))


def _written(number: phonenumbers.PhoneNumber, chance: random.Random) -> str:
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    at_home = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    abroad = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    digits = str(number.national_number)
    return chance.choice(
        (
            e164,
            at_home,
            abroad,
            digits,
            f"0{digits}",
            f"1{digits}",
            chance.choice(WAYS_ABROAD) + e164[1:],
            f"{e164[1:]}.0",
            f"{digits}.0",
            f"{digits[0]}.{digits[1:]}E{len(digits) - 1}",
            f"+{number.country_code} (0) {digits}",
            f"({digits[:3]}) {digits[3:6]}-{digits[6:]}",
            f"{digits[:3]}.{digits[3:6]}.{digits[6:]}",
            f"{digits[:3]}/{digits[3:]}",
            f"{at_home} ext. 7",
            abroad.replace(" ", "\N{NO-BREAK SPACE}"),
            f"\N{LEFT-TO-RIGHT EMBEDDING}{e164}\N{POP DIRECTIONAL FORMATTING}",
            at_home.replace("-", "\N{NON-BREAKING HYPHEN}"),
        )
    )


def main() -> None:
    """Compare them all; exit 1 at the first that differs."""
    valid = 0
    cells = (*generated(MILLION, seed=1), *random_digits(RANDOM, seed=2))
    for cell, country in cells:
        if told := disagreement(cell, country):
            sys.exit(told)
        valid += isinstance(read_phone(cell, country), Phone)
    print(f"{len(cells):,} cells, {valid:,} of them valid numbers: no disagreement")  # noqa: T201 - it is what the script is for


if __name__ == "__main__":
    main()
