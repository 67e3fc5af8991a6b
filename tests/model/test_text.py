import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bulksms.model.cell_errors import is_error
from bulksms.model.errors import InputError
from bulksms.model.text import MissingValue, Template, column_key

COLUMNS = ("Phone", "First Name", "Amount")


def fill(text: str, *cells: str) -> str | MissingValue:
    return Template.parse(text).bind(COLUMNS).fill(cells)


@pytest.mark.parametrize(
    "spelling",
    [
        "First Name",
        "first_name",
        "FIRST-NAME",
        " firstName ",
        "First\u00a0Name",
        "\ufeffFirst Name",
        "First\u200bName",
        "First\u2013Name",
        "Ｆｉｒｓｔ Ｎａｍｅ",  # noqa: RUF001  full width, as a Japanese keyboard writes it
    ],
)
def test_a_columns_spelling_does_not_matter(spelling: str) -> None:
    assert column_key(spelling) == "firstname"


@pytest.mark.parametrize(
    ("text", "cells", "written"),
    [
        ("", ("", "", ""), ""),
        ("Hello", ("", "", ""), "Hello"),
        ("Hi {first_name}, you owe {AMOUNT}.", ("", " Ann\n", "$5"), "Hi Ann, you owe $5."),
        ("Hi {first_name|there}!", ("", "Ann", ""), "Hi Ann!"),
        ("Hi {first_name|there}!", ("", " \u00a0", ""), "Hi there!"),
        ("Hi {first_name|there}!", ("", "\u200b", ""), "Hi there!"),
        ("Hi {first_name | there }!", ("", "", ""), "Hi there!"),
        ("Hi{first_name|}!", ("", "", ""), "Hi!"),
        ("Hi {first_name|a|b}", ("", "", ""), "Hi a|b"),
        ("{{first_name}} }}{{", ("", "Ann", ""), "{first_name} }{"),
        ("{{{first_name}}}", ("", "Ann", ""), "{Ann}"),
        ("{first_name}{first name}", ("", "Ann", ""), "AnnAnn"),
        ("{first_name}", ("", "{amount} {0.__class__} {{", "5"), "{amount} {0.__class__} {{"),
        ("{first_name}", ("", "א\u200fב 👩\u200d💻", ""), "א\u200fב 👩\u200d💻"),
    ],
)
def test_a_text_is_filled_in(text: str, cells: tuple[str, ...], written: str) -> None:
    assert fill(text, *cells) == written


@pytest.mark.parametrize("empty", ["", "  ", "\u00a0", "\u200b", "\ufeff \u200e"])
def test_nobody_receives_hi_comma(empty: str) -> None:
    assert fill("Hi {first_name}, you owe {amount|0}", "", empty, "5") == MissingValue("First Name")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {first_name", "character 4 of the message is never closed"),
        ("Hi {first_name, code {amount}", "character 4 of the message is never closed"),
        ("Hi {a{b}}", "character 4 of the message is never closed"),
        ("Hi first_name}", "character 14 of the message closes nothing"),
        ("Hi {}", "character 4 of the message names no column"),
        ("Hi { _-|there}", "character 4 of the message names no column"),
        ("Hi\n{x|{y}}", "character 4 of the message is never closed"),
    ],
)
def test_a_brace_out_of_place_is_shown(text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        Template.parse(text)
    assert said in error.value.sentence
    assert "\n" not in error.value.sentence


def test_the_excerpt_stays_short() -> None:
    with pytest.raises(InputError) as error:
        Template.parse("x" * 1000 + "{" + "y" * 1000)
    assert "x{y" in error.value.sentence
    assert len(error.value.sentence) < 200


def test_columns_are_named_once_in_order() -> None:
    assert Template.parse("{b} {First Name} {first_name|x} {a}").columns == ("b", "First Name", "a")


def test_of_two_columns_that_are_spelled_alike_both_are_named() -> None:
    with pytest.raises(InputError, match="are: 'First Name', 'first_name', 'Mobile'"):
        Template.parse("Hi {name}").bind(("First Name", "first_name", "Mobile"))


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(InputError) as error:
        Template.parse("Hi {frist_name}").bind(COLUMNS)
    assert error.value.sentence == (
        "The message names a column 'frist_name', which is not in the file; "
        "did you mean 'First Name'? "
        "The file's columns are: 'Phone', 'First Name', 'Amount'."
    )


def test_a_column_that_resembles_none_is_not_guessed() -> None:
    with pytest.raises(InputError) as error:
        Template.parse("Hi {zzz}").bind(COLUMNS)
    assert "did you mean" not in error.value.sentence


def test_a_wide_file_is_not_listed_to_the_end() -> None:
    with pytest.raises(InputError, match=r"'c39' and 9960 more\.$"):
        Template.parse("{x}").bind([f"c{number}" for number in range(10_000)])


def test_two_columns_of_one_name_are_an_error_only_where_the_text_uses_them() -> None:
    columns = ("Phone", "first_name", "First Name")
    with pytest.raises(InputError, match=r"'first_name' \(column 2\) and 'First Name' \(column 3"):
        Template.parse("Hi {firstname}").bind(columns)
    assert Template.parse("Hi {phone}").bind(columns).fill(("1", "", "")) == "Hi 1"


@given(st.text())
def test_a_template_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        template = Template.parse(text)
        bound = template.bind(template.columns)
    except InputError:
        return
    bound.fill([""] * len(template.columns))


@given(st.text())
def test_a_text_with_doubled_braces_is_written_as_it_was(text: str) -> None:
    assert fill(text.replace("{", "{{").replace("}", "}}"), "", "", "") == text


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Zs", "Zl", "Zp"]), min_size=1))
def test_a_cell_is_written_as_it_is(cell: str) -> None:
    assume(not is_error(cell))
    assert fill("<{first_name}>", "", cell, "") == f"<{cell}>"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi {{First Name}}, bye", ["{First Name}"]),
        ("Hi [first_name], «Town» and <<town>>", ["[first_name]", "«Town»", "<<town>>"]),
        ("Hi %FIRST_NAME%", ["%FIRST_NAME%"]),
        ("Hi {first_name} [today] 50% off, 20% < [x]", []),
        ("[{town}]", []),
    ],
)
def test_fields_of_other_programs_are_seen_where_they_name_a_column(
    text: str, found: list[str]
) -> None:
    columns = ["First name", "Town"]
    assert Template.parse(text).bind(columns).as_written(columns) == found
