"""One row to one's own phone first, from the check page: the command line's test."""

from datetime import timedelta

from bulksms.model.settings import parse_rate
from bulksms.model.states import CampaignState
from bulksms.sandbox.faults import order
from bulksms.sandbox.serving import SandboxServer
from bulksms.store import Store
from tests.web.test_the_way import written
from tests.web.web_stage import SENDER, Browser, serving

MINE = "+12025550140"
REFUSED, IN_DOUBT = "+12025550151", "+12025550170"
"""The sandbox refuses the one; for the other it accepts and loses the connection."""


def try_row(browser: Browser, where: str, phone: str, row: str = "", status: int = 200) -> str:
    return browser.post(f"{where}/test", {"phone": phone, "row": row}, status=status)


def test_a_rows_text_goes_to_ones_own_phone_and_to_nobody_else(browser: Browser) -> None:
    where = written(browser)
    said = try_row(browser, where, "202 555 0140", "3")
    assert f"Easify accepted the test to {MINE}, with the text of row 3." in said
    assert [(sms.receiver, sms.message) for sms in browser.vendor.truth] == [(MINE, "Hi Grace")]
    browser.until_idle(browser.store.campaigns.all()[0].id)
    browser.post(f"{where}/send", {"count": "2"})
    everybody = browser.store.campaigns.all()[0]
    browser.until_idle(everybody.id)
    assert everybody.rows == 3
    assert len(browser.vendor.truth) == 3


def test_without_a_row_it_is_the_first_that_will_be_texted(browser: Browser) -> None:
    where = written(browser, b"Name,Mobile\nBad,12\nAda,2025550104\n")
    assert "with the text of row 3." in try_row(browser, where, MINE)
    assert [sms.message for sms in browser.vendor.truth] == ["Hi Ada"]


def test_a_test_that_was_refused_is_not_called_accepted(browser: Browser) -> None:
    where = written(browser)
    said = try_row(browser, where, REFUSED)
    assert "The test was not accepted" in said
    assert "Look at your phone" not in said


def test_a_test_in_doubt_is_settled_by_the_record_and_never_resent(browser: Browser) -> None:
    where = written(browser)
    try_row(browser, where, IN_DOUBT)
    (campaign,) = browser.store.campaigns.all()
    browser.until_idle(campaign.id)
    assert [sms.receiver for sms in browser.vendor.truth] == [IN_DOUBT]
    said = browser.read(f"{where}/check?test={campaign.id}")
    assert f"Easify accepted the test to {IN_DOUBT}" in said


def test_a_test_that_cannot_be_settled_is_called_what_it_is(browser: Browser) -> None:
    where = written(browser)
    browser.vendor.faults.script.append(order("error_before"))
    browser.vendor.faults.reads.extend([order("error_before")] * 40)
    try_row(browser, where, MINE)
    (campaign,) = browser.store.campaigns.all()
    browser.until_idle(campaign.id)
    said = browser.read(f"{where}/check?test={campaign.id}")
    assert "It is not known whether the test was accepted" in said
    assert "Look at your phone" not in said


def test_a_phone_that_opted_out_gets_no_test(browser: Browser) -> None:
    where = written(browser)
    browser.post("/suppressions/add", {"numbers": MINE})
    assert "The test was not accepted" in try_row(browser, where, MINE)
    assert browser.vendor.truth == []


def test_what_cannot_be_tried_is_told_beside_what_was_typed(browser: Browser) -> None:
    where = written(browser)
    assert "The phone for the test cannot be texted" in try_row(browser, where, "12", status=422)
    assert "Row 4 will not be texted" in try_row(browser, where, MINE, "4", status=422)
    assert "There is no row 99" in try_row(browser, where, MINE, "99", status=422)
    assert "its number in the spreadsheet" in try_row(browser, where, MINE, "two", status=422)
    assert browser.store.campaigns.all() == []


def test_a_busy_account_leaves_no_test_that_waits(browser: Browser) -> None:
    """Else somebody would find it later, and send it."""
    where = written(browser)
    rate, length = parse_rate("20/1"), timedelta(minutes=1)
    browser.store.accounts.acquire(
        "default", worker="elsewhere:1", rate=rate, length=length, now=browser.now()
    )
    assert "elsewhere:1 is sending on it" in try_row(browser, where, MINE, status=409)
    assert [each.state for each in browser.store.campaigns.all()] == [CampaignState.CANCELLED]


def test_another_text_is_not_called_tried(browser: Browser) -> None:
    where = written(browser)
    try_row(browser, where, MINE)
    tried = f"{where}/check?test={browser.store.campaigns.all()[0].id}"
    assert "Look at your phone" in browser.read(tried)
    browser.post(f"{where}/message", {"message": "Bye {name}", "sender": SENDER})
    assert "Look at your phone" not in browser.read(tried)
    for wrong in ("0", "99", "x", "9" * 40):
        assert "Send 2 messages" in browser.read(f"{where}/check?test={wrong}")


def test_without_a_worker_there_is_no_test(store: Store, surroundings: SandboxServer) -> None:
    with serving(store, surroundings.vendor, works=False) as browser:
        where = written(browser)
        assert "my own phone" not in browser.read(f"{where}/check")
        try_row(browser, where, MINE, status=400)
    assert store.campaigns.all() == []
