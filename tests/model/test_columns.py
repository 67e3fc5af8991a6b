import pytest

from bulksms.model.columns import Columns, find_columns
from bulksms.model.errors import InputError


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
    ],
)
def test_the_best_named_phone_column_wins(columns: tuple[str, ...], phone: str) -> None:
    assert columns[find_columns(columns).phone] == phone


def test_two_equally_good_phone_columns_are_both_named() -> None:
    with pytest.raises(InputError, match="'Phone', 'Telephone'") as refusal:
        find_columns(["Name", "Phone", "Telephone"])
    assert refusal.value.next_command == '… --phone-column "Phone"'


def test_a_name_that_is_given_settles_a_tie() -> None:
    assert find_columns(["Phone", "Telephone"], phone="telephone").phone == 1


def test_any_column_may_be_called_the_phone() -> None:
    assert find_columns(["Mobile", "Order number"], phone="order_NUMBER").phone == 1


def test_a_file_without_a_phone_column_says_which_columns_it_has() -> None:
    with pytest.raises(InputError, match="'Name', 'Microphone'"):
        find_columns(["Name", "Microphone"])


@pytest.mark.parametrize("option", ["phone", "lead_id", "media", "message"])
def test_a_column_that_is_not_in_the_file_is_refused_with_those_that_are(option: str) -> None:
    with pytest.raises(InputError, match=r"no column 'Text'; the file has 'Phone', 'Name'"):
        find_columns(["Phone", "Name"], **{option: "Text"})


def test_a_name_that_could_be_two_columns_is_refused() -> None:
    with pytest.raises(InputError, match="2 columns that 'home phone' could mean"):
        find_columns(["Home Phone", "home_phone"], phone="home phone")


def test_the_other_columns_are_found_by_their_names() -> None:
    columns = ["Lead ID", "Mobile", "from_number", "Image URL", "Text"]
    found = find_columns(columns, message="text")
    assert found == Columns(phone=1, lead_id=0, sender=2, media=3, message=4)


def test_a_text_column_is_never_taken_unasked() -> None:
    assert find_columns(["Phone", "Message"]).message is None


def test_two_columns_that_could_be_the_lead_id_are_both_named() -> None:
    with pytest.raises(InputError, match="'Lead ID', 'CRM id'"):
        find_columns(["Phone", "Lead ID", "CRM id"])
