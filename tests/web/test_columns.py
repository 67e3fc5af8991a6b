"""The second step: whatever its columns are called, a file passes, or is told what it lacks."""

from tests.web.test_the_way import menus, upload
from tests.web.web_stage import SENDER, Browser

LEADS = b"Lead ID,Lead,Mobile\n1042,Ann Roe,2025550104\n"
GOOGLE = (
    b"First,Middle,Last,Birthday,Notes,Photo,Labels,Phone 1 - Value,Phone 2 - Value\n"
    b"Ann,,Roe,,,,,2025550104,2025550105\n"
)


def checked(browser: Browser, where: str, roles: dict[str, str]) -> str:
    """Choose these columns and write a message; the check, as it is read."""
    browser.post(f"{where}/columns", roles)
    assert browser.address == f"{where}/message"
    return browser.post(f"{where}/message", {"message": "Hi", "sender": SENDER})


def test_several_lead_ids_are_named_and_none_need_be_one(browser: Browser) -> None:
    where = upload(browser, LEADS)
    page = browser.open(f"{where}/columns")
    assert "Several columns could be the lead ID: &#39;Lead ID&#39;, &#39;Lead&#39;" in page
    assert menus(page) == {"role-0": "", "role-1": "", "role-2": "phone"}
    assert "1 will be texted" in checked(browser, where, {"role-2": "phone"})
    said = checked(browser, where, {"role-2": "phone", "role-0": "lead_id"})
    assert "Lead ID in Lead ID" in said


def test_several_pictures_stop_nobody(browser: Browser) -> None:
    """An attachment's column is taken only if a person says so."""
    where = upload(browser, b"Name,Mobile,Image,Picture\nAnn,2025550104,,\n")
    page = browser.open(f"{where}/columns")
    assert "There is a problem" not in page
    assert "1 will be texted" in checked(browser, where, menus(page))


def test_several_senders_are_named_and_none_need_be_one(browser: Browser) -> None:
    people = b"Name,Mobile,From,Sender\nAnn,2025550104,2025550199,3152935500\n"
    where = upload(browser, people)
    said = browser.read(f"{where}/columns")
    assert "could be the sender's number: 'From', 'Sender'" in said
    assert "1 will be texted" in checked(browser, where, {"role-1": "phone"})
    said = checked(browser, where, {"role-1": "phone", "role-3": "sender_column"})
    assert "Sent from" in said
    assert "1 will be texted" in said


def test_columns_that_could_be_the_phone_are_named_and_come_first(browser: Browser) -> None:
    where = upload(browser, GOOGLE)
    page = browser.open(f"{where}/columns")
    assert "could be the phone: &#39;Phone 1 - Value&#39;, &#39;Phone 2 - Value&#39;" in page
    assert list(menus(page))[:3] == ["role-7", "role-8", "role-0"]
    assert page.index("2025550104") < page.index("Ann")
    assert "1 will be texted" in checked(browser, where, {"role-8": "phone"})
    assert next(iter(menus(browser.open(f"{where}/columns")))) == "role-0"


def test_of_a_phone_that_holds_something_else_and_another_somebody_chooses(
    browser: Browser,
) -> None:
    odd = b"Name,City,Mobile,Zip,Home phone\nAnn,York,555-0104,10001,2025550104\n"
    where = upload(browser, odd)
    page = browser.open(f"{where}/columns")
    assert "could be the phone: &#39;Mobile&#39;, &#39;Home phone&#39;" in page
    assert list(menus(page))[:2] == ["role-2", "role-4"]
    assert not any(menus(page).values())
    said = browser.post(f"{where}/columns", menus(page), status=422)
    assert "Choose the column with the phone numbers." in said
    assert "1 will be texted" in checked(browser, where, {"role-4": "phone"})


def test_a_file_of_rows_to_mend_stands_on_the_phone_that_it_names(browser: Browser) -> None:
    ours = b'"what to mend (bulksms, phone: Mobile)"'
    odd = b"Mobile," + ours + b",Home phone\n555-0104,Row 2: no,2025550104\n"
    where = upload(browser, odd)
    assert menus(browser.open(f"{where}/columns")) == {"role-0": "phone", "role-1": ""}


def test_menus_stay_as_they_were_chosen(browser: Browser) -> None:
    where = upload(browser, LEADS)
    chosen = {"role-0": "lead_id", "role-1": "lead_id", "role-2": "phone"}
    given = {"form_token": browser.form_token(), **chosen}
    answer = browser.http.post(f"{where}/columns", data=given, headers={"Origin": browser.url})
    assert "Two columns are called “Lead ID”; choose one." in answer.text
    assert menus(answer.text) == chosen


def test_of_two_names_that_differ_by_little_the_chosen_one_is_meant(browser: Browser) -> None:
    where = upload(browser, b"Name,Home Phone,home_phone\nAnn,2025550104,2025550105\n")
    assert "+12025550105" in checked(browser, where, {"role-2": "phone"})


def test_a_file_without_a_header_is_told_what_to_do_at_once(browser: Browser) -> None:
    """No choice of columns helps it."""
    said = browser.post("/new", file=("june.csv", b"Ann,2025550104\nBob,2025550105\n"), status=422)
    assert "The file has no header: its first row holds the number '2025550104'" in said
    assert "put a line with the columns' names above it." in said
    assert "Choose a spreadsheet" in said
    assert not list(browser.uploads.iterdir())
