import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.segments import (
    GSM7_BASIC,
    GSM7_EXTENSION,
    Encoding,
    Measure,
    character_name,
    costly_characters,
    costly_ones,
    measure,
    segments,
    sizes_of,
)

GSM7, UCS2 = Encoding.GSM7, Encoding.UCS2


def test_the_alphabet_has_the_standards_size() -> None:
    """3GPP TS 23.038: 128 codes without the escape, and ten characters behind it."""
    assert len(set(GSM7_BASIC)) == len(GSM7_BASIC) == 127
    assert len(set(GSM7_EXTENSION)) == len(GSM7_EXTENSION) == 10
    assert not set(GSM7_BASIC) & set(GSM7_EXTENSION)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", GSM7, 0, 0),
        ("a", GSM7, 1, 1),
        ("a" * 159, GSM7, 159, 1),
        ("a" * 160, GSM7, 160, 1),
        ("a" * 161, GSM7, 161, 2),
        ("a" * 306, GSM7, 306, 2),
        ("a" * 307, GSM7, 307, 3),
        ("é" * 160, GSM7, 160, 1),
        ("ê" * 70, UCS2, 70, 1),
        ("a\r\n\fÇ", GSM7, 6, 1),
        ("a" * 158 + "€", GSM7, 160, 1),
        ("a" * 159 + "€", GSM7, 161, 2),
        ("[" * 80, GSM7, 160, 1),
        ("[" * 81, GSM7, 162, 2),
        ("]" * 86, GSM7, 172, 2),
        ("]" * 152, GSM7, 304, 2),
        ("]" * 153, GSM7, 306, 3),  # 306 = 2 * 153, but a pair is never split
        ("a" * 152 + "€" + "a" * 152, GSM7, 306, 3),
        ("a" * 151 + "€" + "a" * 153, GSM7, 306, 2),
        ("ж" * 69, UCS2, 69, 1),
        ("ж" * 70, UCS2, 70, 1),
        ("ж" * 71, UCS2, 71, 2),
        ("a" * 69 + "’", UCS2, 70, 1),  # noqa: RUF001  the character that makes texts costly
        ("a" * 70 + "’", UCS2, 71, 2),  # noqa: RUF001  the same
        ("€" * 70 + "ж", UCS2, 71, 2),
        ("ж" * 68 + "😀", UCS2, 70, 1),
        ("ж" * 69 + "😀", UCS2, 71, 2),
        ("ж" * 66 + "😀" + "ж" * 66, UCS2, 134, 3),  # 134 = 2 * 67, the same
        ("ж" * 65 + "😀" + "ж" * 67, UCS2, 134, 2),
        ("😀" * 35, UCS2, 70, 1),
        ("😀" * 36, UCS2, 72, 2),
        ("😀" * 67, UCS2, 134, 3),
    ],
)
def test_the_size_of_a_text(text: str, encoding: Encoding, units: int, segments: int) -> None:
    found = measure(text)
    assert (found.encoding, found.units, found.segments) == (encoding, units, segments)


def test_the_characters_that_force_unicode_are_named_once_in_order() -> None:
    assert measure("“Ann’s” £5 [€] “ж”") == Measure(  # noqa: RUF001  typographic on purpose
        UCS2,
        18,
        1,
        ("“", "’", "”", "ж"),  # noqa: RUF001  the same
    )


def test_an_escape_character_is_no_escape() -> None:
    """U+001B is not in the alphabet, so it cannot be mistaken for the first half of a pair."""
    assert measure("\x1b").encoding is UCS2


def test_half_a_surrogate_pair_is_measured() -> None:
    assert measure("\ud83d").units == 1


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("’", "’ (RIGHT SINGLE QUOTATION MARK, U+2019)"),  # noqa: RUF001  it is the example
        ("😀", "😀 (GRINNING FACE, U+1F600)"),
        ("\u00a0", "NO-BREAK SPACE (U+00A0)"),
        ("\u202e", "RIGHT-TO-LEFT OVERRIDE (U+202E)"),
        ("\u0302", "COMBINING CIRCUMFLEX ACCENT (U+0302)"),
        ("\x1b", "UNNAMED CHARACTER (U+001B)"),
        ("\ud800", "UNNAMED CHARACTER (U+D800)"),
    ],
)
def test_a_character_is_named_and_shown_where_that_is_safe(character: str, name: str) -> None:
    assert character_name(character) == name


def packed(text: str, *, ucs2: bool) -> list[int]:
    """The reference: one character after the other into parts, each part's units."""
    sizes = [
        len(character.encode("utf-16-be")) // 2 if ucs2 else 1 + (character in GSM7_EXTENSION)
        for character in text
    ]
    if sum(sizes) <= (70 if ucs2 else 160):
        return [sum(sizes)] if sizes else []
    parts = [0]
    for size in sizes:
        if parts[-1] + size > (67 if ucs2 else 153):
            parts.append(0)
        parts[-1] += size
    return parts


def runs(alphabet: str) -> st.SearchStrategy[str]:
    """Texts long enough to have seams: runs of one character each."""
    run = st.builds(lambda c, n: c * n, st.sampled_from(alphabet), st.integers(1, 160))
    return st.lists(run, max_size=8).map("".join)


@given(runs("a€[é\n"))
def test_gsm7_is_packed_as_the_reference_packs_it(text: str) -> None:
    parts = packed(text, ucs2=False)
    assert measure(text) == Measure(GSM7, sum(parts), len(parts), ())


@given(runs("a€ж😀👍"), st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_ucs2_is_packed_as_the_reference_packs_it(run: str, text: str) -> None:
    whole = run + "ж" + text
    parts = packed(whole, ucs2=True)
    found = measure(whole)
    assert (found.encoding, found.units, found.segments) == (UCS2, sum(parts), len(parts))


@given(runs("a€[é\n~`") | st.text(st.characters(max_codepoint=127)) | st.text())
def test_what_is_told_at_a_glance_is_what_is_measured(text: str) -> None:
    assert segments(text) == measure(text).segments
    assert costly_characters(text) == measure(text).unicode_characters
    assert sizes_of(["", None, text, "a"]) == [0, 0, measure(text).segments, 1]
    costly = [(1, costly_characters(text))] if costly_characters(text) else []
    assert list(costly_ones(["plain", text, "", "Ωmega"])) == costly


@given(st.text())
def test_every_character_has_a_printable_name(text: str) -> None:
    assert all(character_name(character).isprintable() for character in text)
