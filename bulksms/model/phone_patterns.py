"""The patterns of numbers that can be texted, compiled from phonenumbers' own metadata.

Most cells hold a clean number, and for those a match says what parsing and validating would say,
in a hundredth of the time. A match is proof; no match proves nothing, and phonenumbers decides.
"""

import re
from collections.abc import Iterator
from functools import cache

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

CALLING_CODES = ("1", "44", "972")
"""The vendor's country codes (`sms/send`, country_code)."""

SERVED_REGIONS = frozenset({"US", "AS", "GU", "MP", "PR", "VI", "CA", "GB", "IL"})
"""ISO 3166 codes of "Canada, United States, Israel, United Kingdom" (`sms/send`, country_code).

The territories of the United States are the United States. Jamaica shares +1 with it, and Jersey,
Guernsey and the Isle of Man share +44 with the United Kingdom; they are not among the four.
"""

LANDLINES_RECEIVE_NOTHING = frozenset({"GB"})
"""Where a landline cannot receive texts, and its number tells that it is one.

In North America nobody can tell from a number, and landlines there may be enabled for texts.
"""


@cache
def textable() -> re.Pattern[str]:
    """Matches the digits, country code first, of valid numbers of a kind that can be texted."""
    return re.compile(
        "|".join(f"{code}(?:{'|'.join(_national(int(code)))})" for code in CALLING_CODES)
    )


@cache
def textable_at_home(country: str) -> re.Pattern[str]:
    """Matches the same as they are dialled there; its group is the number without any prefix."""
    return re.compile(_at_home(country, f"(?:{_metadata(country).national_prefix})?"))


@cache
def clean(country: str) -> re.Pattern[str]:
    """Matches digits that are surely a number, and whatever stands around them.

    Its first group is a national number; where one dials a 0 before it, that must be there: else
    it may have been lost. Or the second is what stands before an international number, nothing
    perhaps, and the third is that number. The fourth is a decimal's zero.
    """
    metadata = _metadata(country)
    prefix = metadata.national_prefix or ""
    at_home = _at_home(country, f"(?:{prefix})" if prefix == "0" else f"(?:{prefix})?")
    abroad = rf"(\+|00|011|)({textable().pattern})"
    return re.compile(rf"(?:{at_home}|{abroad})(\.0)?", re.ASCII)


@cache
def possible_at_home(country: str) -> re.Pattern[str]:
    """Matches every text of digits that may be a national number there, as one dials it.

    What begins like a call abroad is none: 015 3333 8224 in Israel, where 153… has no 0 before it.
    As in `phonenumbers.parse`, a 0 never follows the prefix of such a call.
    """
    metadata = _metadata(country)
    [general] = _patterns(metadata.general_desc)
    abroad, prefix = metadata.international_prefix, metadata.national_prefix_for_parsing
    return re.compile(f"(?!(?:{abroad})[1-9])(?:{prefix})?(?:{general})")


@cache
def lengths_at_home(country: str) -> tuple[range, frozenset[int]]:
    """How many digits a national number has there, and how many without its area code."""
    whole = _metadata(country).general_desc
    if whole is None:
        raise LookupError(f"phonenumbers knows no numbers of {country}")
    shortest, longest = min(whole.possible_length), max(whole.possible_length)
    return range(shortest, longest + 1), frozenset(whole.possible_length_local_only)


def may_be_valid(international: str) -> bool:
    """False where phonenumbers would surely not call it valid, which takes it a long time to say.

    It needs a kind of number, in one of the code's regions, that has so many digits and a pattern
    that matches. What may begin with a prefix that it takes away is left to it, and so is what
    has none of the vendor's codes.
    """
    for code in CALLING_CODES:
        if international.startswith(code):
            national = international[len(code) :]
            return _any_kind(code, len(national)).fullmatch(national) is not None
    return True


@cache
def _any_kind(code: str, length: int) -> re.Pattern[str]:
    """Matches what phonenumbers may call a number of some kind, once it has taken a prefix away."""
    main_region, *others = phonenumbers.region_codes_for_country_code(int(code))
    prefix = _metadata(main_region).national_prefix_for_parsing
    kinds = [
        kind
        for metadata in map(_metadata, (main_region, *others))
        for kind in (*_wrong_kinds(metadata), metadata.fixed_line, metadata.mobile)
        if kind is not None and length in (kind.possible_length or (length,))
    ]
    return re.compile("|".join([f"(?:{prefix}).*", *sorted(set(_patterns(*kinds)))]))


def calling_code(country: str) -> int:
    """What one dials before a number there, from abroad."""
    return _metadata(country).country_code or 0


def _at_home(country: str, prefix: str) -> str:
    abroad = _metadata(country).international_prefix
    return f"(?!(?:{abroad})[1-9]){prefix}({'|'.join(_national(calling_code(country)))})"


def _national(code: int) -> Iterator[str]:
    """A pattern for each served region of the code.

    As in `phonenumbers.region_code_for_number`, the first region wins whose leading digits match,
    or, where it has none, one of whose kinds of number does.
    """
    taken: list[str] = []
    for region in phonenumbers.region_codes_for_country_code(code):
        metadata = _metadata(region)
        leading = metadata.leading_digits or ""
        if region in SERVED_REGIONS:
            others = "|".join(
                [*taken, *(f"(?:{each})\\Z" for each in _patterns(*_wrong_kinds(metadata)))]
            )
            yield f"(?={leading})(?!{others})(?:{'|'.join(_right_kinds(region, metadata))})"
        if leading:
            taken.append(leading)


def _right_kinds(region: str, metadata: PhoneMetadata) -> set[str]:
    landline = [] if region in LANDLINES_RECEIVE_NOTHING else [metadata.fixed_line]
    return set(_patterns(metadata.mobile, *landline))


def _wrong_kinds(metadata: PhoneMetadata) -> tuple[PhoneNumberDesc | None, ...]:
    """Those that phonenumbers looks for before it calls a number mobile or fixed."""
    return (
        metadata.premium_rate,
        metadata.toll_free,
        metadata.shared_cost,
        metadata.voip,
        metadata.personal_number,
        metadata.pager,
        metadata.uan,
        metadata.voicemail,
    )


def _patterns(*kinds: PhoneNumberDesc | None) -> list[str]:
    found = (kind.national_number_pattern for kind in kinds if kind is not None)
    return [pattern for pattern in found if pattern is not None]


def _metadata(region: str) -> PhoneMetadata:
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        raise LookupError(f"phonenumbers knows nothing of {region}")
    return metadata
