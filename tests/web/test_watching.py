"""A campaign on its way: seen as it is, steered from the page, and never the browser's to end."""

import json

import pytest

from bulksms import loading
from bulksms.loading import Wishes
from bulksms.model.outcomes import Accepted
from bulksms.model.records import Campaign, ClaimedMessage
from bulksms.model.settings import parse_rate
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.model.wording import plural
from bulksms.sandbox.faults import order
from bulksms.sandbox.serving import SandboxServer
from bulksms.spreadsheet.reading import read_table
from bulksms.store import Store
from bulksms.web import figures
from tests.web.web_stage import SENDER, Browser, serving, wait_for

SLOW = "20/1"
PEOPLE = 30


def draft(browser: Browser, people: int = PEOPLE, name: str = "june") -> Campaign:
    """A campaign that the command line's `load` has stored."""
    file = browser.folder / "june.csv"
    rows = [f"+1202555{100 + at:04},P{at}" for at in range(people)]
    file.write_text("\n".join(["phone,name", *rows]), encoding="utf-8")
    job = loading.prepare(read_table(file), Wishes(message="Hi {name}", sender=SENDER, name=name))
    rate = parse_rate(SLOW)
    plan = loading.check(job, {}, rate)
    return loading.load(job, plan, browser.store, rate=rate, now=browser.now())


def state(browser: Browser, campaign: Campaign) -> CampaignState:
    return browser.store.campaigns.now(campaign.id).state


def test_a_campaign_of_the_command_line_is_started_paused_and_resumed_here(
    store: Store, surroundings: SandboxServer
) -> None:
    with serving(store, surroundings.vendor, SLOW) as browser:
        campaign = draft(browser)
        page = f"/campaigns/{campaign.id}"
        assert "Send 30 messages" in browser.read(page)
        browser.post(f"{page}/resume")
        wait_for(lambda: len(browser.vendor.truth) >= 3)
        assert "running" in browser.read(page)
        said = browser.post(f"{page}/pause")
        assert "It was paused by hand" in said
        browser.until_idle(campaign.id)
        rested = len(browser.vendor.truth)
        assert rested < PEOPLE
        browser.post(f"{page}/resume")
        wait_for(lambda: state(browser, campaign) is CampaignState.FINISHED)
        assert len({sms.receiver for sms in browser.vendor.truth}) == PEOPLE
        assert len(browser.vendor.truth) == PEOPLE


def test_stopping_the_program_pauses_cleanly_and_the_next_one_offers_to_go_on(
    store: Store, surroundings: SandboxServer
) -> None:
    with serving(store, surroundings.vendor, SLOW) as browser:
        campaign = draft(browser)
        browser.post(f"/campaigns/{campaign.id}/resume")
        wait_for(lambda: len(browser.vendor.truth) >= 3)
    counts = store.rows.counts(campaign.id)
    found = store.campaigns.now(campaign.id)
    assert (found.state, found.paused_reason) == (CampaignState.PAUSED, PausedReason.INTERRUPTED)
    assert counts[State.SENDING] == counts[State.UNKNOWN] == 0
    assert counts[State.ACCEPTED] == len(surroundings.vendor.truth)
    with serving(store, surroundings.vendor) as browser:
        said = browser.read(f"/campaigns/{campaign.id}")
        assert "It was interrupted Nothing is lost." in said
        assert f"Resume: {counts[State.QUEUED]} messages left" in said


def test_the_button_says_how_many_are_texted_until_a_limit(browser: Browser) -> None:
    """It named everybody who waits, and a command line's limit let it text two."""
    campaign = draft(browser, 5)
    page = f"/campaigns/{campaign.id}"
    browser.store.campaigns.arrange(campaign.id, limit=2, start_at=None, now=browser.now())
    assert "Send 2 messages" in browser.read(page)
    browser.post(f"{page}/resume")
    browser.until_idle(campaign.id)
    assert len(browser.vendor.truth) == 2
    assert "Resume: 3 messages left" in browser.read(page)


def test_without_a_worker_nothing_is_sent_and_the_command_is_shown(
    store: Store, surroundings: SandboxServer
) -> None:
    with serving(store, surroundings.vendor, works=False) as browser:
        campaign = draft(browser)
        assert f"bulksms resume {campaign.id}" in browser.read(f"/campaigns/{campaign.id}")
        browser.post(f"/campaigns/{campaign.id}/resume", status=400)
        browser.post(f"/campaigns/{campaign.id}/cancel")
        assert state(browser, campaign) is CampaignState.CANCELLED
    assert surroundings.vendor.truth == []


def test_what_is_in_the_air_is_a_doubt_to_settle_and_not_left_to_be_sent(browser: Browser) -> None:
    """After a `kill -9` its row was among the messages left, and the page stayed at that."""
    campaign = draft(browser, 3)
    now, at_once = browser.now(), parse_rate(SLOW)
    browser.store.campaigns.start(campaign.id, now=now, actor="ann")
    lease = browser.store.accounts.acquire(
        *("default",), worker="elsewhere:1", rate=at_once, length=at_once.period, now=now
    )
    claimed = browser.store.messages.claim(lease, campaign.id, now)
    assert isinstance(claimed, ClaimedMessage)
    browser.store.campaigns.pause(campaign.id, PausedReason.INTERRUPTED, now=now, actor="ann")
    said = browser.read(f"/campaigns/{campaign.id}")
    assert "Resume: 2 messages left, 1 row in doubt to settle" in said
    stream = browser.live(campaign.id)
    assert "http-equiv" in browser.open(f"/campaigns/{campaign.id}")
    browser.store.accounts.release(lease)
    assert "http-equiv" not in browser.open(f"/campaigns/{campaign.id}")  # nobody is there to hear
    accepted = Accepted("331517", 200)
    browser.store.messages.record(claimed, accepted, worker="elsewhere:1", now=now)
    assert browser.open(stream).startswith("event: turned")
    assert "Resume: 2 messages left" in browser.read(f"/campaigns/{campaign.id}")


def test_while_answers_are_waited_for_the_button_names_no_number_that_they_change(
    browser: Browser,
) -> None:
    campaign = draft(browser, 3)
    browser.vendor.faults.script.append(order("hang", after=3))
    page = f"/campaigns/{campaign.id}"
    browser.post(f"{page}/resume")
    wait_for(lambda: any(each.to_number for each in browser.vendor.arrivals))
    assert "Resume " in browser.post(f"{page}/pause")
    assert "Resume:" not in browser.read(page)
    browser.until_idle(campaign.id)


def test_live_figures_come_by_themselves_until_the_page_must_be_another(
    store: Store, surroundings: SandboxServer
) -> None:
    with serving(store, surroundings.vendor, SLOW) as browser:
        campaign = draft(browser)
        browser.post(f"/campaigns/{campaign.id}/resume")
        events = []
        with browser.http.stream("GET", browser.live(campaign.id)) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    events.append(line.removeprefix("event: "))
                if line.startswith("data: ") and events[-1] == "figures":
                    assert "of 30</b> done" in json.loads(line.removeprefix("data: "))
        assert events.count("figures") > 1
        assert events[-1] == "turned"


def test_an_account_problem_is_a_banner_that_says_what_to_do(browser: Browser) -> None:
    campaign = draft(browser, 3)
    browser.vendor.faults.script.extend([order("refuse", answer="no_credits")] * 3)
    browser.post(f"/campaigns/{campaign.id}/resume")
    browser.until_idle(campaign.id)
    said = browser.read(f"/campaigns/{campaign.id}")
    assert "The account is out of credits" in said
    assert "Recharge the account in Easify, then resume." in said


def test_whom_another_campaign_has_texted_since_is_said_beside_the_button_and_left_out(
    browser: Browser,
) -> None:
    june = draft(browser, 3)
    edited = draft(browser, 2, name="july")
    browser.post(f"/campaigns/{edited.id}/resume")
    browser.until_idle(edited.id)
    page = f"/campaigns/{june.id}"
    said = browser.read(page)
    assert "2 of these numbers were texted by 'july' since this campaign was loaded" in said
    assert "Leave out whom other campaigns sent this very text since" in said
    browser.post(f"{page}/resume", {"not_if_same_text_within": "1h"})
    browser.until_idle(june.id)
    assert browser.store.rows.counts(june.id)[State.SKIPPED] == 2
    assert len(browser.vendor.truth) == 3


def test_refused_rows_are_retried_by_their_reason(browser: Browser) -> None:
    campaign = draft(browser, 3)
    browser.vendor.faults.script.append(order("refuse", answer="invalid_recipient"))
    page = f"/campaigns/{campaign.id}"
    browser.post(f"{page}/resume")
    browser.until_idle(campaign.id)
    assert "1 row failed" in browser.read(page)
    browser.post(f"{page}/retry", {"reason": "blacklisted"}, status=400)
    browser.post(f"{page}/retry", {"reason": "invalid_recipient"})
    browser.until_idle(campaign.id)
    assert browser.store.rows.counts(campaign.id)[State.ACCEPTED] == 3


def test_a_row_in_doubt_is_settled_by_the_record_or_by_hand(browser: Browser) -> None:
    campaign = draft(browser, 3)
    page = f"/campaigns/{campaign.id}"
    browser.end_with_a_doubt(campaign.id)
    (row,) = browser.store.rows.report(campaign.id, [State.UNKNOWN])
    assert "1 row in doubt" in browser.read(page)
    here = f"{page}/rows/{row.row_number}"
    assert "What does Easify show?" in browser.read(here)
    browser.post(here, {"decision": "accepted", "sms_id": ""}, status=400)
    browser.post(here, {"decision": "nonsense"}, status=400)
    said = browser.post(here, {"decision": "accepted", "sms_id": "331517"})
    assert f"Row {row.row_number} is settled." in said
    browser.post(here, {"decision": "give_up"}, status=400)
    settled = browser.store.watching.row(campaign.id, row.row_number)
    assert settled is not None
    assert (settled.state, settled.sms_id) == (State.ACCEPTED, "331517")


def test_a_row_that_came_back_to_a_finished_campaign_can_be_texted_or_cancelled(
    browser: Browser,
) -> None:
    campaign = draft(browser, 3)
    page = f"/campaigns/{campaign.id}"
    browser.end_with_a_doubt(campaign.id)
    browser.post(f"{page}/cancel", status=400)
    assert "Cancel it for good" not in browser.read(page)
    (row,) = browser.store.rows.report(campaign.id, [State.UNKNOWN])
    browser.post(f"{page}/rows/{row.row_number}", {"decision": "resend"})
    said = browser.read(page)
    assert "finished" in said
    assert "Resume: 1 message left" in said
    assert "1 row will never be texted." in said
    assert "Cancelled; 1 row will never be texted." in browser.post(f"{page}/cancel")
    assert state(browser, campaign) is CampaignState.CANCELLED


def test_what_a_settled_doubt_leads_to_is_said_before_it_is_chosen(browser: Browser) -> None:
    """Whoever was given up may have the text; a cancelled campaign texts nobody again."""
    campaign = draft(browser, 3)
    page = f"/campaigns/{campaign.id}"
    browser.vendor.faults.script.extend([order("error_before")] * 2)
    browser.vendor.faults.reads.extend([order("error_before")] * 40)
    browser.post(f"{page}/resume")
    browser.until_idle(campaign.id)
    one, other = (row.row_number for row in browser.store.rows.report(campaign.id, [State.UNKNOWN]))
    browser.post(f"{page}/rows/{one}", {"decision": "give_up"})
    assert "1 row: given up in doubt, and perhaps texted already" in browser.read(page)
    assert "text this person again when I resume" in browser.read(f"{page}/rows/{other}")
    browser.store.campaigns.cancel(campaign.id, now=browser.now(), actor="operator")
    said = browser.read(f"{page}/rows/{other}")
    assert "when I resume" not in said
    assert "the campaign is cancelled, so this person is not texted" in said


def test_after_many_doubts_they_are_looked_at_and_named_on_the_button(browser: Browser) -> None:
    """A resume settles them, and texts whoever it proves was not texted."""
    campaign = draft(browser, 12)
    browser.vendor.faults.script.extend([order("error_before")] * 10)
    browser.vendor.faults.reads.extend([order("error_before")] * 99)
    browser.post(f"/campaigns/{campaign.id}/resume")
    browser.until_idle(campaign.id)
    said = browser.read(f"/campaigns/{campaign.id}")
    assert "Look at the failed and unknown rows in the report" in said
    counts = browser.store.rows.counts(campaign.id)
    assert counts[State.UNKNOWN] >= 10
    left = plural(counts[State.QUEUED], "message")
    assert f"Resume: {left} left, {counts[State.UNKNOWN]} rows in doubt to settle" in said


def test_the_record_is_asked_and_the_carriers_words_are_fetched(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a count takes, none that was made before is shown after."""
    monkeypatch.setattr(figures, "QUICK_SECONDS", 0.0)
    monkeypatch.setattr(figures, "REST", 1e6)
    campaign = draft(browser, 3)
    page = f"/campaigns/{campaign.id}"
    browser.post(f"{page}/resume")
    browser.until_idle(campaign.id)
    browser.post(f"{page}/reconcile")
    browser.until_idle(campaign.id)
    browser.post(f"{page}/receive")
    browser.until_idle(campaign.id)
    assert "What the carriers said: 3" in browser.read(page)
    assert f"{page}/report.xlsx?delivery=" in browser.open(page)
    of_none = browser.open(f"{page}/report.csv?delivery=undelivered")
    assert len(of_none.splitlines()) == 1


def test_another_sender_on_the_account_is_one_sentence(browser: Browser) -> None:
    campaign = draft(browser, 3)
    browser.store.accounts.acquire(
        "default",
        worker="elsewhere:1",
        rate=parse_rate(SLOW),
        length=parse_rate("1/60").period,
        now=browser.now(),
    )
    said = browser.post(f"/campaigns/{campaign.id}/resume", status=409)
    assert "elsewhere:1 is sending on it" in said
    assert state(browser, campaign) is CampaignState.DRAFT


def test_a_cancelled_campaign_stays_so(browser: Browser) -> None:
    campaign = draft(browser, 3)
    said = browser.post(f"/campaigns/{campaign.id}/cancel")
    assert "Cancelled; 3 rows will never be texted." in said
    browser.post(f"/campaigns/{campaign.id}/resume", status=400)
    browser.post(f"/campaigns/{campaign.id}/retry", {"reason": "rejected"}, status=400)
    browser.read("/campaigns/99", status=400)
