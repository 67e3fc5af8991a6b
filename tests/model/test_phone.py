import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.phone import (
    LONGEST_CELL,
    BadPhone,
    Country,
    Phone,
    dialling_parts,
    masked,
    read_phone,
)
from bulksms.model.repairs import Repair
from bulksms.model.states import Reason

US, CA, GB, IL = Country.US, Country.CA, Country.GB, Country.IL
COUNTRIES = st.sampled_from(Country)


@pytest.mark.parametrize(
    ("cell", "country", "e164"),
    [
        ("2025550104", US, "+12025550104"),
        ("(202) 555-0104", US, "+12025550104"),
        ("202.555.0104", CA, "+12025550104"),
        ("202/555-0104", US, "+12025550104"),
        ("1-202-555-0104", US, "+12025550104"),
        ("+1 202 555 0104", GB, "+12025550104"),
        ("(+1) 202-555-0104", IL, "+12025550104"),
        ("'2025550104", US, "+12025550104"),
        ('="2025550104"', US, "+12025550104"),
        ("\t2025550104\r\n", US, "+12025550104"),
        ("\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff10\uff14", US, "+12025550104"),
        ("٢٠٢٥٥٥٠١٠٤", US, "+12025550104"),
        ("613-555-0104", US, "+16135550104"),
        ("787-555-0123", US, "+17875550123"),  # Puerto Rico is the United States
        ("020 7946 0958", GB, "+442079460958"),
        ("0114 496 0123", GB, "+441144960123"),  # 011 is not foreign in Sheffield
        ("07400 123456", GB, "+447400123456"),
        ("054-234-5678", IL, "+972542345678"),
    ],
)
def test_mere_formatting_is_read_without_a_repair(cell: str, country: Country, e164: str) -> None:
    assert read_phone(cell, country) == Phone(e164)


@pytest.mark.parametrize(
    ("cell", "country", "e164", "repairs"),
    [
        ("12025550104.0", US, "+12025550104", (Repair.DECIMAL,)),
        ("2025550104,00", US, "+12025550104", (Repair.DECIMAL,)),
        ("+12025550104.0", US, "+12025550104", (Repair.DECIMAL,)),
        ("7400123456.0", GB, "+447400123456", (Repair.DECIMAL, Repair.LOST_ZERO)),
        ("1.2025550104E10", US, "+12025550104", (Repair.SCIENTIFIC,)),
        ("1,2025550104e+10", US, "+12025550104", (Repair.SCIENTIFIC,)),
        ("1.20255501040E+010", US, "+12025550104", (Repair.SCIENTIFIC,)),
        ("+1.2025550104E10", GB, "+12025550104", (Repair.SCIENTIFIC,)),
        ("9.72542345678E11", US, "+972542345678", (Repair.SCIENTIFIC, Repair.LOST_PLUS)),
        ("972542345678", US, "+972542345678", (Repair.LOST_PLUS,)),
        ("447400123456", IL, "+447400123456", (Repair.LOST_PLUS,)),
        ("447400123456", GB, "+447400123456", (Repair.LOST_PLUS,)),
        ("12025550104", GB, "+12025550104", (Repair.LOST_PLUS,)),
        ("542345678", IL, "+972542345678", (Repair.LOST_ZERO,)),
        ("7400123456", GB, "+447400123456", (Repair.LOST_ZERO,)),
        ("00442079460958", US, "+442079460958", (Repair.INTERNATIONAL_PREFIX,)),
        ("0012025550104", IL, "+12025550104", (Repair.INTERNATIONAL_PREFIX,)),
        ("011 44 20 7946 0958", US, "+442079460958", (Repair.INTERNATIONAL_PREFIX,)),
        ("+44 (0)20 7946 0958", US, "+442079460958", (Repair.TRUNK_PREFIX,)),
        ("44 (0) 20 7946 0958", US, "+442079460958", (Repair.LOST_PLUS, Repair.TRUNK_PREFIX)),
        ("+1 1-202-555-0104", US, "+12025550104", (Repair.TRUNK_PREFIX,)),
        ("202\u00a0555\u00a00104", US, "+12025550104", (Repair.HIDDEN,)),
        ("2025550104\u200b", US, "+12025550104", (Repair.HIDDEN,)),
        ("\u202a+12025550104\u202c", US, "+12025550104", (Repair.HIDDEN,)),
        ("\ufeff2025550104", US, "+12025550104", (Repair.HIDDEN,)),
        ("202–555—0104", US, "+12025550104", (Repair.DASH,)),  # noqa: RUF001  the mess itself
        ("202\u2212555\u20110104", US, "+12025550104", (Repair.DASH,)),
        ("202-555-0104 ext. 12", US, "+12025550104", (Repair.EXTENSION,)),
        ("(202) 555-0104x12", US, "+12025550104", (Repair.EXTENSION,)),
        ("2025550104;ext=12", US, "+12025550104", (Repair.EXTENSION,)),
        ("2025550104 #12", US, "+12025550104", (Repair.EXTENSION,)),
    ],
)
def test_known_damage_that_keeps_all_digits_is_repaired(
    cell: str, country: Country, e164: str, repairs: tuple[Repair, ...]
) -> None:
    assert read_phone(cell, country) == Phone(e164, repairs)


@pytest.mark.parametrize(
    ("cell", "reason", "said"),
    [
        ("", Reason.MISSING_NUMBER, "empty"),
        (" \t\n", Reason.MISSING_NUMBER, "empty"),
        ("\u200b\u00a0", Reason.MISSING_NUMBER, "empty"),
        ("'", Reason.MISSING_NUMBER, "empty"),
        ("1.20256E+10", Reason.DAMAGED_NUMBER, "'1.20256E+10' has lost its last digits"),
        ("1,20256E+10", Reason.DAMAGED_NUMBER, "lost"),
        ("1.2E999", Reason.DAMAGED_NUMBER, "lost"),
        ("2E9", Reason.DAMAGED_NUMBER, "lost"),
        ("1.20255501045E10", Reason.INVALID_NUMBER, "letters"),
        ("1-800-FLOWERS", Reason.INVALID_NUMBER, "letters"),
        ("2O2-555-O1O4", Reason.INVALID_NUMBER, "letters"),
        ("n/a", Reason.INVALID_NUMBER, "letters"),
        ("202-555-0104 / 202-555-0105", Reason.INVALID_NUMBER, "more than one number"),
        ("2025550104;2025550105", Reason.INVALID_NUMBER, "more than one number"),
        ("2025550104, 2025550105", Reason.INVALID_NUMBER, "more than one number"),
        ("2025550104 or 2025550105", Reason.INVALID_NUMBER, "more than one number"),
        ("2025550104\n2025550105", Reason.INVALID_NUMBER, "'2025550104 2025550105' holds more"),
        ("+12025550104 +12025550105", Reason.INVALID_NUMBER, "more than one number"),
        ("202-555-0104 x12 / 202-555-0105", Reason.INVALID_NUMBER, "more than one number"),
        ("2025550104 x 5550105", Reason.INVALID_NUMBER, "letters"),
        ("2025550104 2025550105", Reason.INVALID_NUMBER, "too many digits"),
        ("202*555*0104", Reason.INVALID_NUMBER, "a character"),
        ("2025550104½", Reason.INVALID_NUMBER, "a character"),
        ("202555+0104", Reason.INVALID_NUMBER, "a character"),
        ("\x00\x1b", Reason.INVALID_NUMBER, "a character"),
        ("-", Reason.INVALID_NUMBER, "not a valid US phone number"),
        ("911", Reason.INVALID_NUMBER, "not a valid US phone number"),
        ("555-0104", Reason.INVALID_NUMBER, "not a valid US phone number"),
        ("+1 000 555 0104", Reason.INVALID_NUMBER, "not a valid phone number"),
        ("+999 12345678", Reason.INVALID_NUMBER, "not a valid phone number"),
        ("2" * (LONGEST_CELL + 1), Reason.INVALID_NUMBER, "longer than 64 characters"),
        ("+49 30 901820", Reason.UNSUPPORTED_COUNTRY, "+49"),
        ("0049 30 901820", Reason.UNSUPPORTED_COUNTRY, "+49"),
        ("+1 876 555 0123", Reason.UNSUPPORTED_COUNTRY, "+1 number of region JM"),
        ("8765550123", Reason.UNSUPPORTED_COUNTRY, "+1 number of region JM"),
        ("+44 1481 960194", Reason.UNSUPPORTED_COUNTRY, "+44 number of region GG"),
    ],
)
def test_a_cell_without_one_servable_number_says_why(cell: str, reason: Reason, said: str) -> None:
    answer = read_phone(cell, US)
    assert isinstance(answer, BadPhone)
    assert (answer.reason, said in answer.detail) == (reason, True), answer


def test_the_dot_of_a_decimal_adds_no_digit() -> None:
    """`phonenumbers` reads the text `3152350000.0` as the eleven digits 31523500000."""
    assert read_phone("3152350000.0", US) == Phone("+13152350000", (Repair.DECIMAL,))


def test_the_national_reading_wins_over_a_lost_plus() -> None:
    """(447) 700-9001 is a number of the United States, and +44 7700 9001 is none."""
    assert read_phone("4477009001", US) == Phone("+14477009001")


def test_a_plus_is_never_read_as_national() -> None:
    answer = read_phone("+2025550104", US)
    assert isinstance(answer, BadPhone)


def test_a_hostile_cell_is_quoted_short_and_on_one_line() -> None:
    answer = read_phone("\x1b[31m\r\n" + "9" * 1_000_000, US)
    assert isinstance(answer, BadPhone)
    assert len(answer.detail) < 100
    assert answer.detail.isprintable()


@given(st.text(), COUNTRIES)
def test_no_text_raises(cell: str, country: Country) -> None:
    answer = read_phone(cell, country)
    assert isinstance(answer, Phone) or answer.detail.isprintable()


NEARLY_NUMBERS = st.one_of(
    st.text("0123456789+-. ()/,;xeE\u00a0\u200b\u2013'", max_size=24),
    st.from_regex(r"\+?(00|011)?(0|1|44|972)?0?[2-9][0-9]{7,10}(\.0|x1)?", fullmatch=True),
)


@given(NEARLY_NUMBERS, COUNTRIES)
def test_a_phone_is_valid_and_is_read_as_itself(cell: str, country: Country) -> None:
    answer = read_phone(cell, country)
    if isinstance(answer, Phone):
        assert phonenumbers.is_valid_number(phonenumbers.parse(answer.e164))
        assert all(read_phone(answer.e164, other) == Phone(answer.e164) for other in Country)


def _numbers(country: Country, pattern: str) -> st.SearchStrategy[tuple[Country, str]]:
    return st.from_regex(pattern, fullmatch=True).map(lambda digits: (country, digits))


NUMBERS = st.one_of(
    _numbers(US, r"\+1(202|315|415)55501[0-9]{2}"),
    _numbers(CA, r"\+1(416|613|604)55501[0-9]{2}"),
    _numbers(GB, r"\+44(207946|116496|740012)0[0-9]{3}"),
    _numbers(IL, r"\+97254[2-8][0-9]{6}"),
)


@given(NUMBERS)
def test_every_common_format_gives_the_same_number(number: tuple[Country, str]) -> None:
    country, e164 = number
    parsed = phonenumbers.parse(e164)
    formats = phonenumbers.PhoneNumberFormat
    national = phonenumbers.format_number(parsed, formats.NATIONAL)
    international = phonenumbers.format_number(parsed, formats.INTERNATIONAL)
    digits = str(parsed.national_number)
    written = [
        e164,
        national,
        international,
        e164[1:],
        digits,
        f"{digits}.0",
        f"{e164[1:]}.0",
        f"{digits[0]}.{digits[1:]}E{len(digits) - 1}",
        f"00{e164[1:]}",
        f"011{e164[1:]}",
        international.replace(" ", "\u00a0"),
        national.replace("-", "\u2011"),
        f"{national} ext. 7",
    ]
    answers = {cell: read_phone(cell, country) for cell in written}
    assert {
        cell: answer.e164 for cell, answer in answers.items() if isinstance(answer, Phone)
    } == dict.fromkeys(written, e164)


@given(NUMBERS)
def test_the_parts_make_up_the_number_and_the_mask_hides_its_middle(
    number: tuple[Country, str],
) -> None:
    _, e164 = number
    code, digits = dialling_parts(e164)
    assert code + digits == e164
    assert code in {"+1", "+44", "+972"}
    assert masked(e164) == f"{code}{'*' * (len(digits) - 2)}{digits[-2:]}"


def test_a_number_the_vendor_cannot_dial_has_no_parts() -> None:
    with pytest.raises(ValueError, match=r"^\*{9}20 has none of the country codes 1, 44, 972$"):
        dialling_parts("+4930901820")


@given(st.text(max_size=20))
def test_the_mask_takes_anything_and_shows_little(text: str) -> None:
    assert len(masked(text)) == len(text)
    assert masked(text)[:-2].strip("*") in {"", "+1", "+44", "+972"}
