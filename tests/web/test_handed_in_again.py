"""A list that comes back: who of it was texted is said, and can be left out by a button."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState, State
from bulksms.store.schema import campaign, message
from bulksms.web import drafting
from tests.web.test_the_way import written
from tests.web.web_stage import SENDER, Browser, wait_for, words

PEOPLE = b"Name,Mobile\nAda,2025550104\nGrace,2025550105\nEdith,2025550106\n"
ONCE_MORE = "Text everybody on this list once more"


@pytest.fixture
def half(browser: Browser) -> Campaign:
    """A campaign of three that rests after the first."""
    where = written(browser, PEOPLE)
    browser.post(f"{where}/message", {"message": "Hi {name}", "sender": SENDER, "limit": "1"})
    browser.post(f"{where}/send", {"count": "1"})
    (found,) = browser.store.campaigns.all()
    browser.until_idle(found.id)
    assert browser.store.rows.counts(found.id)[State.ACCEPTED] == 1
    return found


def press(browser: Browser, where: str, button: str) -> str:
    """Press the button that leaves people out; the page that comes, as it is read."""
    page = browser.open(f"{where}/check")
    form = re.search(r'action="([^"]*/leave-out)".*?</form>', page, re.DOTALL)
    assert form is not None
    assert button in words(form[0])
    period = re.search(r'name="not_if_texted_within" value="(\w+)"', form[0])
    assert period is not None
    return browser.post(form[1], {"not_if_texted_within": period[1]})


def test_of_a_cancelled_campaign_the_texted_are_told_and_only_the_others_can_be_texted(
    browser: Browser, half: Campaign
) -> None:
    browser.post(f"/campaigns/{half.id}/cancel")
    where = written(browser, PEOPLE)
    said = browser.read(f"{where}/check")
    assert "3 will be texted" in said
    assert "It is cancelled: 1 of its 3 rows was texted." in said
    assert "go on" not in said
    assert f"1 of these numbers was texted by '{half.name}' in the last 7 days" in said
    assert ONCE_MORE in said
    said = press(browser, where, "Leave out the 1 who was texted")
    assert "2 will be texted · 1 will not" in said
    assert "Leave out" not in said
    assert ONCE_MORE not in said
    assert "Text these 2 in another campaign" in said
    browser.post(f"{where}/send", {"count": "2", "again": "yes"})
    rest = browser.store.campaigns.all()[0]
    wait_for(lambda: browser.store.campaigns.now(rest.id).state is CampaignState.FINISHED)
    assert sorted(f"{sms.message}" for sms in browser.vendor.truth) == [
        "Hi Ada",
        "Hi Edith",
        "Hi Grace",
    ]


def test_a_paused_campaign_is_told_to_be_gone_on_with(browser: Browser, half: Campaign) -> None:
    said = browser.read(f"{written(browser, PEOPLE)}/check")
    assert (
        "It is paused: 1 of its 3 rows was texted. To go on with it, open it. To text everybody"
        in said
    )
    assert (
        f"2 of these numbers wait to be texted by '{half.name}', which is paused. They get both"
        in said
    )


def test_a_row_in_doubt_is_told_as_perhaps_texted(browser: Browser, half: Campaign) -> None:
    browser.end_with_a_doubt(half.id)
    said = browser.read(f"{written(browser, PEOPLE)}/check")
    assert "It is finished: 2 of its 3 rows were texted, and 1 may have been." in said
    assert "Leave out the 3 who were texted" in said


def test_whom_a_list_texted_long_ago_can_be_left_out_as_well(
    browser: Browser, half: Campaign
) -> None:
    """The plan looks back a week; the list of the last quarter is the same list."""
    browser.post(f"/campaigns/{half.id}/cancel")
    ago = browser.now() - timedelta(days=40)
    with browser.store.engine.begin() as tx:
        tx.execute(update(campaign).values(created_at=ago, finished_at=ago))
        tx.execute(
            update(message).where(message.c.accepted_at.is_not(None)).values(accepted_at=ago)
        )
    where = written(browser, PEOPLE)
    said = browser.read(f"{where}/check")
    assert "in the last 7 days" not in said
    assert ONCE_MORE in said
    assert "2 will be texted · 1 will not" in press(
        browser, where, f"Leave out whoever was texted since {ago.astimezone():%-d %B %Y}"
    )
    assert "Leave out" not in browser.read(f"{where}/check")


def test_who_opted_out_in_the_newer_list_is_named_and_left_out_by_the_older_campaign(
    browser: Browser, half: Campaign
) -> None:
    newer = b"Name,Mobile,Opted out\nAda,2025550104,\nGrace,2025550105,yes\nEdith,2025550106,\n"
    where = written(browser, newer)
    said = browser.read(f"{where}/check")
    assert f"1 who opted out here waits to be texted by '{half.name}', which is paused." in said
    assert "Put them on the list of opt-outs : +12025550105" in said
    browser.post(f"{where}/send", {"count": "2"})
    (week2,) = [each for each in browser.store.campaigns.all() if each.id != half.id]
    browser.until_idle(week2.id)
    told = f"opted out in the file of '{week2.name}', of which the plan did not know yet"
    assert f"{told}, and will be left out." in browser.read(f"/campaigns/{half.id}")


def test_a_list_that_was_handed_in_while_the_page_was_open_is_obeyed(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page could not tell of it, even if the plan is made anew when its button is pressed."""
    where = written(browser, PEOPLE)
    page = browser.open(f"{where}/check")
    newer = b"Name,Mobile,Opted out\nAda,2025550104,\nGrace,2025550105,yes\n"
    browser.post(f"{written(browser, newer)}/send", {"count": "1"})
    (week2,) = browser.store.campaigns.all()
    browser.until_idle(week2.id)
    monkeypatch.setattr(drafting, "FRESH_SECONDS", -1)
    form = re.search(r'name="count" value="(\d+)".*?name="knows_of" value="(\d+)"', page, re.DOTALL)
    assert form is not None
    assert form.groups() == ("3", "0")
    browser.post(f"{where}/send", {"count": form[1], "knows_of": form[2], "again": "yes"})
    late = browser.store.campaigns.all()[0]
    browser.until_idle(late.id)
    assert sorted(f"{sms.receiver}" for sms in browser.vendor.truth) == [
        "+12025550104",
        "+12025550104",
        "+12025550106",
    ]


def test_what_the_page_told_of_an_earlier_list_is_the_persons_to_decide(browser: Browser) -> None:
    newer = b"Name,Mobile,Opted out\nAda,2025550104,\nGrace,2025550105,yes\n"
    browser.post(f"{written(browser, newer)}/send", {"count": "1"})
    (week2,) = browser.store.campaigns.all()
    browser.until_idle(week2.id)
    where = written(browser, PEOPLE)
    page = browser.open(f"{where}/check")
    assert f'name="knows_of" value="{week2.id}"' in page
    browser.post(f"{where}/send", {"count": "3", "knows_of": f"{week2.id}"})
    late = browser.store.campaigns.all()[0]
    browser.until_idle(late.id)
    assert "+12025550105" in [f"{sms.receiver}" for sms in browser.vendor.truth]
