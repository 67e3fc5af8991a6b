"""A campaign that starts by itself does so in the page's program, at its time, once."""

import threading
from datetime import datetime, timedelta

import pytest

from bulksms import loading
from bulksms.loading import Wishes
from bulksms.model.accounts import Account, Keeper, TokenPlace
from bulksms.model.records import Campaign
from bulksms.model.settings import parse_rate
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.model.wording import clock_time
from bulksms.sandbox.accounts import Account as Customer
from bulksms.sandbox.serving import SandboxServer
from bulksms.spreadsheet.reading import read_table
from bulksms.store import Store
from bulksms.web.working import Worker
from tests.web.test_the_way import written
from tests.web.web_stage import SENDER, Browser, serving, wait_for

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def scheduled(
    browser: Browser, start_at: datetime, name: str = "june", account: str = "default"
) -> Campaign:
    """A campaign that was loaded two days ago, to start by itself then."""
    file = browser.folder / f"{name}.csv"
    file.write_text("phone\n2025550104\n2025550105\n", encoding="utf-8")
    wishes = Wishes(
        message=f"Hi from {name}", sender=SENDER, name=name, start_at=start_at, account=account
    )
    job, rate = loading.prepare(read_table(file), wishes), parse_rate("6000/1")
    plan = loading.check(job, {}, rate)
    loaded_at = browser.now() - 2 * DAY
    return loading.load(job, plan, browser.store, rate=rate, now=loaded_at, again=True)


def worker_of(browser: Browser) -> Worker:
    assert browser.server.worker is not None
    return browser.server.worker


def state(browser: Browser, campaign: Campaign) -> CampaignState:
    return browser.store.campaigns.now(campaign.id).state


def test_a_start_that_is_typed_is_on_the_button_and_nobody_is_texted_before(
    browser: Browser,
) -> None:
    where = written(browser)
    given = {"message": "Hi {name}", "sender": SENDER, "start_at": "tomorrow 23:59"}
    said = browser.post(f"{where}/message", given)
    assert "Send 2 messages tomorrow at 23:59" in said
    assert "Start tomorrow at 23:59 Done " in said
    said = browser.post(f"{where}/send", {"count": "2"})
    (campaign,) = browser.store.campaigns.all()
    assert campaign.state is CampaignState.SCHEDULED
    assert "It starts by itself tomorrow at 23:59" in said
    worker_of(browser).begin_what_is_due(browser.now())
    browser.post(f"/campaigns/{campaign.id}/resume", status=400)
    assert state(browser, campaign) is CampaignState.SCHEDULED
    assert browser.vendor.truth == []


def test_it_starts_by_itself_at_its_time_and_the_page_turns(browser: Browser) -> None:
    start_at = browser.now() + DAY
    campaign = scheduled(browser, start_at)
    page = f"/campaigns/{campaign.id}"
    assert f"It starts by itself {clock_time(start_at, browser.now())}" in browser.read(page)
    worker = worker_of(browser)
    worker.begin_what_is_due(start_at - timedelta(seconds=1))
    assert worker.work_on(campaign.id) is None
    with browser.http.stream("GET", browser.live(campaign.id)) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: figures"
        worker.begin_what_is_due(start_at)
        assert "event: turned" in lines
    wait_for(lambda: state(browser, campaign) is CampaignState.FINISHED)
    browser.until_idle(campaign.id)
    worker.begin_what_is_due(start_at + DAY)
    assert len(browser.vendor.truth) == 2


def test_after_a_restart_of_the_program_it_still_starts(
    store: Store, surroundings: SandboxServer
) -> None:
    with serving(store, surroundings.vendor) as browser:
        campaign = scheduled(browser, browser.now() + timedelta(seconds=1))
    assert store.campaigns.now(campaign.id).state is CampaignState.SCHEDULED
    assert surroundings.vendor.truth == []
    with serving(store, surroundings.vendor) as browser:
        wait_for(lambda: state(browser, campaign) is CampaignState.FINISHED)
    assert len(surroundings.vendor.truth) == 2


def test_one_that_is_cancelled_never_starts(browser: Browser) -> None:
    campaign = scheduled(browser, browser.now() + DAY)
    said = browser.post(f"/campaigns/{campaign.id}/cancel")
    assert "Cancelled; 2 rows will never be texted." in said
    worker_of(browser).begin_what_is_due(browser.now() + 2 * DAY)
    assert state(browser, campaign) is CampaignState.CANCELLED
    assert browser.vendor.truth == []


def test_it_waits_while_somebody_else_sends_on_the_account(browser: Browser) -> None:
    campaign = scheduled(browser, browser.now() - MINUTE)
    rate = parse_rate("6000/1")
    lease = browser.store.accounts.acquire(
        "default", worker="elsewhere:1", rate=rate, length=MINUTE, now=browser.now()
    )
    worker_of(browser).begin_what_is_due(browser.now())
    assert state(browser, campaign) is CampaignState.SCHEDULED
    assert "it starts as soon as nobody else sends" in browser.read(f"/campaigns/{campaign.id}")
    browser.store.accounts.release(lease)
    wait_for(lambda: state(browser, campaign) is CampaignState.FINISHED)


def test_of_two_for_one_account_the_second_starts_after_the_first(browser: Browser) -> None:
    campaigns = [scheduled(browser, browser.now() + DAY, name) for name in ("june", "july")]
    due = browser.now() + 2 * DAY
    worker = worker_of(browser)
    worker.begin_what_is_due(due)
    wait_for(lambda: state(browser, campaigns[0]) is CampaignState.FINISHED)
    browser.until_idle(campaigns[0].id)
    worker.begin_what_is_due(due)
    wait_for(lambda: state(browser, campaigns[1]) is CampaignState.FINISHED)
    assert len(browser.vendor.truth) == 4


def test_many_accounts_send_side_by_side_in_one_thread(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each had a thread, a loop and connections of its own; an agency has hundreds of accounts."""
    names = [f"CLIENT_{at}" for at in range(12)]
    for name in names:
        monkeypatch.setenv(name, f"7|{name}")
        monkeypatch.setitem(browser.vendor.accounts, f"7|{name}", Customer(f"7|{name}", (SENDER,)))
        place = TokenPlace(Keeper.VARIABLE, name)
        browser.store.accounts.keep([Account(name, token_place=place)])
    campaigns = [scheduled(browser, browser.now() + DAY, name, account=name) for name in names]
    before = threading.active_count()
    worker_of(browser).begin_what_is_due(browser.now() + 2 * DAY)
    assert sum(thread.name == "works" for thread in threading.enumerate()) == 1
    for campaign in campaigns:
        browser.until_idle(campaign.id)
        assert state(browser, campaign) is CampaignState.FINISHED
    assert threading.active_count() <= before + 3  # the loop, and where its books are written
    assert len(browser.vendor.truth) == len({sms.id for sms in browser.vendor.truth}) == 24


def test_a_token_that_is_missing_at_its_time_pauses_it_and_says_so(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = scheduled(browser, browser.now() + DAY)
    monkeypatch.delenv("EASIFY_API_TOKEN")
    worker_of(browser).begin_what_is_due(browser.now() + 2 * DAY)
    browser.until_idle(campaign.id)
    found = browser.store.campaigns.now(campaign.id)
    assert (found.state, found.paused_reason) == (
        CampaignState.PAUSED,
        PausedReason.UNAUTHENTICATED,
    )
    assert "There is no API token" in browser.read(f"/campaigns/{campaign.id}")
    assert browser.store.rows.counts(campaign.id)[State.QUEUED] == 2


def test_without_a_worker_the_page_says_what_must_run(
    store: Store, surroundings: SandboxServer
) -> None:
    with serving(store, surroundings.vendor, works=False) as browser:
        campaign = scheduled(browser, browser.now() + timedelta(seconds=1))
        said = browser.read(f"/campaigns/{campaign.id}")
        assert f"bulksms resume {campaign.id} --wait" in said
    assert store.campaigns.now(campaign.id).state is CampaignState.SCHEDULED
