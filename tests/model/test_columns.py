import re
from typing import Any

import pytest

from bulksms.model.columns import Columns, find_columns
from bulksms.model.errors import InputError
from bulksms.model.opt_out_columns import Heeded
from bulksms.model.phone import Country


@pytest.mark.parametrize(
    ("columns", "phone"),
    [
        (("Order number", "Mobile"), "Mobile"),
        (("Phone", "Mobile"), "Mobile"),
        (("Number", "Phone"), "Phone"),
        (("Number", "Name"), "Number"),
        (("Fax number", "Customer phone"), "Customer phone"),
        (("Home phone", "Cell"), "Cell"),
        (("Home phone", "Customer mobile"), "Customer mobile"),
        (("E-mail", "PHONE_NUMBER"), "PHONE_NUMBER"),
        (("Name", "to-number"), "to-number"),
        (("Phone", "Phone (2)"), "Phone"),
        (("Microphone", "Telegram", "SMS"), "SMS"),
        (("Nombre", "Teléfono móvil", "Teléfono"), "Teléfono móvil"),
        (("Nombre", "N\u00famero de tel\u00e9fono", "Pedido"), "Número de teléfono"),
        (("Nom", "Tél. portable", "Tél. fixe"), "Tél. portable"),
        (("Nom", "Tel\u0301."), "Tel\u0301."),
        (("Prénom", "Numéro"), "Numéro"),
        (("שם", "טלפון נייד", "טלפון"), "טלפון נייד"),
        (("שם", "מס' טלפון"), "מס' טלפון"),
        (("שם", "מס\u05f3 טלפון"), "מס\u05f3 טלפון"),
        (("Name", "Phone #"), "Phone #"),
        (("Name", "Fax phone", "Ph. no."), "Ph. no."),
        (("Name", "customerPhone"), "customerPhone"),
    ],
)
def test_the_best_named_phone_column_wins_in_four_languages(
    columns: tuple[str, ...], phone: str
) -> None:
    assert columns[find_columns(columns).phone] == phone


def test_two_equally_good_phone_columns_are_both_named() -> None:
    with pytest.raises(InputError, match="'Phone', 'Telephone'") as refusal:
        find_columns(["Name", "Phone", "Telephone"])
    assert refusal.value.next_command == '… --phone-column "Phone"'


@pytest.mark.parametrize(
    ("columns", "both"),
    [
        (("Phone", "Emergency contact mobile"), "'Phone', 'Emergency contact mobile'"),
        (("Old mobile", "Phone (new)"), "'Old mobile', 'Phone (new)'"),
        (("Home phone", "Spouse cell"), "'Home phone', 'Spouse cell'"),
    ],
)
def test_a_longer_name_with_a_word_of_a_phone_beats_no_other_phone(
    columns: tuple[str, ...], both: str
) -> None:
    """It may be somebody else's, or an old one: whoever knows the file says which."""
    sample = [("+12125550101", "+12125550102")]
    with pytest.raises(InputError, match=re.escape(both)):
        find_columns(columns, sample=sample)
    assert find_columns(columns, sample=[("+12125550101", "")]).phone == 0


def test_an_exact_name_needs_no_asking() -> None:
    sample = [("+12125550101", "+12125550102", "+12125550103")]
    assert find_columns(("Home phone", "Mobile phone", "Spouse cell"), sample=sample).phone == 1


def test_a_name_that_is_given_settles_a_tie() -> None:
    assert find_columns(["Phone", "Telephone"], phone="telephone").phone == 1


def test_any_column_may_be_called_the_phone() -> None:
    assert find_columns(["Mobile", "Order number"], phone="order_NUMBER").phone == 1


def test_a_file_without_a_phone_column_says_which_columns_it_has() -> None:
    with pytest.raises(InputError, match="'Name', 'Microphone'"):
        find_columns(["Name", "Microphone"])


@pytest.mark.parametrize("option", ["phone", "lead_id", "media", "message"])
def test_a_column_that_is_not_in_the_file_is_refused_with_those_that_are(option: str) -> None:
    wanted: dict[str, Any] = {option: "Text"}
    with pytest.raises(InputError, match=r"no column 'Text'; the file has 'Phone', 'Name'"):
        find_columns(["Phone", "Name"], **wanted)


def test_a_name_that_could_be_two_columns_is_refused() -> None:
    with pytest.raises(InputError, match="2 columns that 'home phone' could mean"):
        find_columns(["Home Phone", "home_phone"], phone="home phone")


def test_the_other_columns_are_found_by_their_names() -> None:
    columns = ["Lead ID", "Mobile", "from_number", "Image URL", "Text"]
    found = find_columns(columns, message="text")
    assert found == Columns(phone=1, lead_id=0, sender=2, media=3, message=4)


def test_a_column_with_another_use_is_heeded_but_not_the_phone() -> None:
    found = find_columns(["Mobile", "SMS opt in", "Opt-out lead"], lead_id="Opt-out lead")
    assert found.heeded == (
        Heeded(1, "SMS opt in", consents=True),
        Heeded(2, "Opt-out lead", consents=False),
    )
    assert len(find_columns(["Mobile", "SMS opt in"], phone="SMS opt in").heeded) == 0


@pytest.mark.parametrize(
    ("name", "cells", "sender"),
    [
        ("From", ("3152935500", "3152940142", ""), 1),
        ("From", ("Web form", "Referral", "3152935500"), None),
        ("Sender", ("", ""), 1),
        ("from_number", ("Web form", "Referral"), 1),
    ],
)
def test_where_somebody_was_heard_of_is_no_sender(
    name: str, cells: tuple[str, ...], sender: int | None
) -> None:
    rows = [("2025550104", cell) for cell in cells]
    assert find_columns(["Phone", name], sample=rows).sender == sender


def test_a_text_column_is_never_taken_unasked() -> None:
    assert find_columns(["Phone", "Message"]).message is None


def test_two_columns_that_could_be_the_lead_id_are_both_named() -> None:
    with pytest.raises(InputError, match="'Lead ID', 'CRM id'"):
        find_columns(["Phone", "Lead ID", "CRM id"])


def rows_of(*cells: str) -> list[tuple[str, ...]]:
    """Twenty rows of cells in which # stands for the row's number, two digits."""
    return [tuple(cell.replace("#", str(at)) for cell in cells) for at in range(10, 30)]


@pytest.mark.parametrize(
    ("columns", "cells", "phone"),
    [
        (("Number", "Contact"), ("#", "20255501#"), "Contact"),
        (("Number", "Phone"), ("#", "20255501#"), "Phone"),
        (("Mobile", "Phone"), ("", "20255501#"), "Phone"),
        (("Mobile", "Phone"), ("1.20256E+10", "20255501#"), "Mobile"),
        (("Phone", "Telephone"), ("20255501#", "n/a"), "Phone"),
        (("Order number", "Mobile"), ("20255501#", "20255501#"), "Mobile"),
        (("Name", "Reach me at"), ("Ann #", "(202) 555-01#"), "Reach me at"),
        (("Name", "Phone"), ("Ann", "555-01#"), "Phone"),
        (("Number", "Order"), ("5#", "20255501#"), "Number"),
        (("total", "hotel", "Tel"), ("#", "Ritz", "20255501#"), "Tel"),
    ],
)
def test_a_columns_content_confirms_its_name(
    columns: tuple[str, ...], cells: tuple[str, ...], phone: str
) -> None:
    assert columns[find_columns(columns, sample=rows_of(*cells)).phone] == phone


@pytest.mark.parametrize(
    ("columns", "cells", "both"),
    [
        (("Phone 1", "Phone 2"), ("20255501#", "20255502#"), "'Phone 1', 'Phone 2'"),
        (("Day", "Evening"), ("20255501#", "20255502#"), "'Day', 'Evening'"),
        (("Mobile", "Contact"), ("yes", "20255501#"), "'Mobile', 'Contact'"),
    ],
)
def test_a_doubt_about_the_phone_names_both(
    columns: tuple[str, ...], cells: tuple[str, ...], both: str
) -> None:
    """The last: what is named so well and holds something else is for a person to explain."""
    with pytest.raises(InputError, match=both):
        find_columns(columns, sample=rows_of(*cells))


@pytest.mark.parametrize(
    "name", ["Order number", "Fax", "Lead ID", "Fecha", "מספר הזמנה", "Client"]
)
def test_what_a_name_says_to_be_something_else_is_never_texted(name: str) -> None:
    with pytest.raises(InputError, match="No column is named like a phone number"):
        find_columns(["Name", name], sample=rows_of("Ann", "20255501#"))


def test_a_file_without_a_header_loses_nobody() -> None:
    """Its first person would be taken for the names of the columns."""
    with pytest.raises(
        InputError, match=r"no header: its first row holds the number '202-555-0101'"
    ):
        find_columns(["Ann", "202-555-0101"])


def test_the_content_is_read_as_numbers_of_the_country() -> None:
    sample = rows_of("Ann", "07400 1234#")
    assert find_columns(["Name", "Reach"], sample=sample, country=Country.GB).phone == 1
    with pytest.raises(InputError, match="No column"):
        find_columns(["Name", "Reach"], sample=sample)
