"""What the command line can be told of a send, told on the page: same words, same judging."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bulksms.model.errors import BulkSMSError
from bulksms.model.hours import Hours
from bulksms.model.records import Campaign
from bulksms.model.restraint import Restraint
from bulksms.model.states import CampaignState, State
from bulksms.model.wording import clock_time
from bulksms.sandbox.serving import SandboxServer
from bulksms.store import Store
from bulksms.web.defaults import defaults_of
from tests.web.test_the_way import menus, upload, written
from tests.web.web_stage import SENDER, Browser, serving, wait_for

_SOON = datetime.now(UTC) + timedelta(hours=3)
CLOSED = f"{_SOON:%H}:00-{_SOON:%H}:30"
"""Hours that do not begin before the tests are over, in UTC."""
WRITTEN = {"message": "Hi {name}", "sender": SENDER}
IN_UTC = {"hours": CLOSED, "timezone": "UTC"}


def wished(browser: Browser, where: str, **fields: str) -> str:
    """Write the message with these fields; the page that comes, as it is read."""
    return browser.post(f"{where}/message", {**WRITTEN, **fields})


def newest(browser: Browser) -> Campaign:
    return browser.store.campaigns.all()[0]


def test_the_check_tells_who_waits_for_the_sending_hours_until_when(browser: Browser) -> None:
    where = written(browser)
    assert "will wait" not in browser.read(f"{where}/check")
    said = wished(browser, where, **IN_UTC)
    assert f"Sending hours {CLOSED}, UTC" in said
    opening = datetime.now(UTC).replace(hour=_SOON.hour, minute=0, second=0, microsecond=0)
    opening += timedelta(days=opening < datetime.now(UTC))
    assert f"2 rows will wait until {clock_time(opening, browser.now())}" in said
    assert f"Done {clock_time(opening, browser.now())}" in said


def test_the_check_minds_hours_that_go_over_midnight(browser: Browser) -> None:
    said = wished(browser, written(browser), hours="20:00-09:00", timezone="UTC")
    assert "The hours 20:00-09:00 go over midnight" in said


def test_nobody_is_texted_outside_the_hours_of_the_page(browser: Browser) -> None:
    where = written(browser)
    wished(browser, where, **IN_UTC, days="mon-sun")
    browser.post(f"{where}/send", {"count": "2"})
    campaign = newest(browser)
    assert campaign.hours == Hours.parse(CLOSED, "mon-sun", "UTC")
    page = f"/campaigns/{campaign.id}"
    wait_for(lambda: "Waiting until " in browser.read(page))
    assert "2 rows will wait until " in browser.read(page)
    assert browser.vendor.truth == []
    browser.post(f"{page}/cancel")
    browser.until_idle(campaign.id)
    assert browser.vendor.truth == []


def test_a_row_that_another_campaign_texted_is_shown_with_that_campaign(browser: Browser) -> None:
    where = written(browser)
    wished(browser, where, campaign="june")
    browser.post(f"{where}/send", {"count": "2"})
    first = newest(browser)
    browser.until_idle(first.id)
    others = b"Name,Mobile\nAda,(202) 555-0104\nGrace,202-555-0105\nEdith,2025550106\n"
    where = written(browser, others)
    said = wished(browser, where, not_if_texted_within="24h")
    assert "1 will be texted" in said
    assert "2 rows with a number that was texted lately" in said
    assert "by the campaign 'june' on " in said
    (ada,) = (row for row in browser.store.rows.report(first.id) if row.row_number == 2)
    assert f"(sms_id {ada.sms_id})" in said
    said = wished(browser, where, not_if_same_text_within="30d")
    assert "2 rows with a number that had this very text lately" in said
    browser.post(f"{where}/send", {"count": "1"})
    assert newest(browser).restraint == Restraint(None, timedelta(days=30))


def test_the_country_the_duplicates_and_the_limit_are_judged_as_wished(browser: Browser) -> None:
    rows = b"Name,Mobile\nAda,020 7946 0018\nGrace,07400 123456\nEdith,07400 123456\n"
    where = written(browser, rows)
    assert "1 will be texted" not in wished(browser, where)
    assert "1 will be texted" in wished(browser, where, country="GB")
    assert "2 will be texted" in wished(browser, where, country="GB", duplicates="keep")
    said = wished(browser, where, country="GB", duplicates="keep", limit="1")
    assert "Send 1 message" in said
    assert "the first 1; the other 1 wait until you resume" in said


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("hours", "nine to five", "The sending hours 'nine to five' cannot be read"),
        ("days", "someday", "The days 'someday' cannot be read"),
        ("start_at", "at dawn", "The start 'at dawn' cannot be read"),
        ("start_at", "2020-01-01 09:00", "is in the past"),
        ("not_if_texted_within", "a while", "The period 'a while' cannot be read"),
        ("not_if_same_text_within", "0d", "The period '0d' cannot be read"),
        ("limit", "some", "How many first: that must be a number"),
        ("media", "/etc/passwd", "must be a web address"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field_and_nothing_typed_is_lost(
    browser: Browser, field: str, typed: str, complaint: str
) -> None:
    where = written(browser)
    given = {**WRITTEN, "message": "Dear {name}", field: typed}
    said = browser.post(f"{where}/message", given, status=422)
    assert complaint in said
    page = browser.open(f"{where}/check", status=422)
    assert f'<a href="#{field}">' in page
    assert f'value="{typed}"' in page
    assert "Dear {name}</textarea>" in page
    assert "<details open>" in page
    browser.post(f"{where}/send", {"count": "2"}, status=400)
    assert browser.store.campaigns.all() == []


def test_tomorrow_is_the_day_after_it_was_typed(browser: Browser) -> None:
    """Whoever looks again a day later must not move the start by that day."""
    where = written(browser)
    wished(browser, where, start_at="tomorrow 9:00")
    tomorrow = datetime.now().astimezone().date() + timedelta(days=1)
    assert f'value="{tomorrow} 09:00"' in browser.open(f"{where}/message")
    wished(browser, where, start_at="2099-06-01 09:00 America/New_York")
    assert 'value="2099-06-01T09:00-04:00"' in browser.open(f"{where}/message")


TOML = {
    "from": "315 293 5500",
    "country": "gb",
    "duplicates": "keep",
    "hours": "09:00-20:00",
    "days": "mon-fri",
    "timezone": "Europe/London",
    "not-if-texted-within": "24h",
    "phone-column": "other phone",
    "lead-id-column": "Not there",
    "rate": "15/60",
}


@pytest.fixture
def accustomed(store: Store, surroundings: SandboxServer) -> Iterator[Browser]:
    """A browser on the pages of somebody who has a `bulksms.toml`."""
    american = {**TOML, "country": "us"}
    with serving(store, surroundings.vendor, defaults=defaults_of(american)) as opened:
        yield opened


def test_what_bulksms_toml_says_is_filled_in(accustomed: Browser) -> None:
    browser = accustomed
    where = upload(browser, b"Name,Mobile,Other phone\nAda,2025550104,2025550105\n")
    chosen = menus(browser.open(f"{where}/columns"))
    assert chosen == {"role-0": "", "role-1": "", "role-2": "phone"}
    browser.post(f"{where}/columns", chosen)
    page = browser.open(f"{where}/message")
    for value in ("09:00-20:00", "mon-fri", "24h"):
        assert f'value="{value}"' in page
    for value in ("Europe/London", "US"):
        assert f'value="{value}" selected' in page
    assert 'value="keep" checked' in page
    assert f"<option selected>{SENDER}" in page
    assert "<details open>" not in page
    assert "<details open>" not in browser.open(f"{where}/message?row=2")


def test_hours_of_bulksms_toml_are_kept_by_whoever_changes_nothing(accustomed: Browser) -> None:
    browser = accustomed
    where = upload(browser)
    browser.post(f"{where}/columns", menus(browser.open(f"{where}/columns")))
    browser.post(f"{where}/message", _as_it_stands(browser.open(f"{where}/message")))
    assert "Sending hours mon-fri 09:00-20:00, Europe/London" in browser.read(f"{where}/check")


def _as_it_stands(page: str) -> dict[str, str]:
    typed = dict(re.findall(r'<input [^>]*type="text"[^>]* name="(\w+)" value="(.*?)"', page))
    return {**menus(page), **typed, **WRITTEN}


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("country", "FR", "country = 'FR'; it may be US, CA, GB, IL"),
        ("duplicates", "maybe", "duplicates = 'maybe'; it may be skip, keep"),
        ("hours", "9-5", "The sending hours '9-5' cannot be read"),
        ("not-if-texted-within", "soon", "The period 'soon' cannot be read"),
        ("from", "12", "The sender cannot be read"),
    ],
)
def test_a_bulksms_toml_that_cannot_be_taken_is_told_before_the_page_opens(
    option: str, value: str, complaint: str
) -> None:
    with pytest.raises(BulkSMSError, match=complaint):
        defaults_of({option: value})


def test_a_campaign_finished_under_the_pages_hours_has_every_row(browser: Browser) -> None:
    where = written(browser)
    wished(browser, where, hours="00:00-24:00", timezone="UTC")
    browser.post(f"{where}/send", {"count": "2"})
    campaign = newest(browser)
    wait_for(lambda: browser.store.campaigns.now(campaign.id).state is CampaignState.FINISHED)
    assert browser.store.rows.counts(campaign.id)[State.ACCEPTED] == 2
