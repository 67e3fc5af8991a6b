"""For whoever has no mouse or does not see: the whole way by Tab, Enter, Space and typing.

At each stop the focus can be seen, and the element has a name that a screen reader says: it is
read from Chromium's own accessibility tree.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import playwright.sync_api
from playwright.sync_api import CDPSession, Page, expect

from bulksms.model.accounts import Account
from bulksms.model.states import CampaignState
from tests.web.browser_stage import Person, needs_chromium
from tests.web.pictures import ROOT
from tests.web.test_the_way import written
from tests.web.web_stage import SENDER, Browser, wait_for

pytestmark = needs_chromium

MOST_STOPS = 150
CONTACTS = ROOT / "sample_data" / "contacts.csv"
MINE = "202 555 0140"

_STOP = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const seen = (window.keyboardSeen ??= new Set());
  if (at !== document.body) seen.add(at);
  return {
    html: at.outerHTML.slice(0, 90),
    outside: at === document.body,
    round: seen.size > 1 && at === seen.values().next().value,
    visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      && box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""
_NOT_REACHED = """() => {
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const groups = new Set();
  return [...document.querySelectorAll(all)].filter((each) => {
    if (each.tabIndex < 0 || each.disabled || !each.checkVisibility()) return false;
    if (each.type === "radio") {  // a group is one stop: the chosen one
      if (groups.has(each.name) || !each.checked) return false;
      groups.add(each.name);
    }
    return !window.keyboardSeen.has(each);
  }).map((each) => each.outerHTML.slice(0, 90));
}"""


@dataclass
class Keyboard:
    """Somebody who has nothing else.

    Attributes:
        unseen: stops where the focus could not be seen.
        nameless: stops that a screen reader has no name for.
    """

    page: Page
    tree: CDPSession
    unseen: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)

    def tab_to(self, name: str) -> None:
        """Press Tab until what has that name has the focus."""
        passed = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            passed.append(self._stop())
            if name in passed[-1]:
                return
        raise AssertionError(f"Tab never came to {name!r}, only to {passed}")

    def type(self, name: str, text: str) -> None:
        """Go to a field and write into it what it shall say."""
        self.tab_to(name)
        self.page.keyboard.type(text)

    def press(self, name: str, key: str = "Enter") -> None:
        """Go to something and press it."""
        self.tab_to(name)
        self.page.keyboard.press(key)

    def go_round(self) -> None:
        """Tab once round the whole page: past everything that can be used, and back."""
        self.page.evaluate("() => { window.keyboardSeen = new Set(); }")
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(_STOP)
            if stop["round"]:
                break
        assert self.page.evaluate(_NOT_REACHED) == []

    def _stop(self) -> str:
        """The name of what has the focus, as it is read aloud."""
        stop = self.page.evaluate(_STOP)
        if stop["outside"]:
            return ""
        if not stop["visible"]:
            self.unseen.append(stop["html"])
        found: Any = self.tree.send("Runtime.evaluate", {"expression": "document.activeElement"})
        node: Any = self.tree.send(
            "Accessibility.getPartialAXTree",
            {"objectId": found["result"]["objectId"], "fetchRelatives": False},
        )
        name = f"{node['nodes'][0]['name']['value']}"
        if not name.strip():
            self.nameless.append(stop["html"])
        return name


def test_the_whole_way_needs_no_mouse(
    chromium: playwright.sync_api.Browser, browser: Browser
) -> None:
    with chromium.new_context() as context:
        person = Person(context.new_page())
        keyboard = Keyboard(person.page, context.new_cdp_session(person.page))
        person.page.on("filechooser", lambda asked: asked.set_files(CONTACTS))
        person.page.goto(browser.fresh_link())
        _hand_in(keyboard)
        _write(keyboard)
        person.look()
        keyboard.press("Continue to the check")
        _try_and_send(keyboard, person)
    campaign = browser.store.campaigns.all()[0]
    assert campaign.hours is not None
    wait_for(lambda: browser.store.campaigns.now(campaign.id).state is CampaignState.FINISHED)
    assert keyboard.unseen == []
    assert keyboard.nameless == []
    assert person.flaws == []
    assert person.errors == []


def _hand_in(keyboard: Keyboard) -> None:
    """From the first page to the message."""
    page = keyboard.page
    keyboard.press("Skip to the content")
    keyboard.press("Text a list of people")
    page.wait_for_url("**/new")
    keyboard.go_round()
    keyboard.press("Your contacts")
    expect(page.get_by_label("Your contacts")).to_have_value(re.compile("contacts.csv"))
    keyboard.press("Continue")
    page.wait_for_url("**/columns")
    keyboard.go_round()
    keyboard.press("Continue")
    page.wait_for_url("**/message")


def _write(keyboard: Keyboard) -> None:
    """The message, its sender, and the hours behind "More"."""
    page = keyboard.page
    keyboard.press("First name")
    page.keyboard.type(", your table is ready.")
    assert page.get_by_label("Message", exact=True).input_value().startswith("{First name},")
    keyboard.type("Sent from", "+13")
    keyboard.press("More", "Space")
    keyboard.type("Sending hours", "00:00-24:00")
    keyboard.type("On whose clock", "Europe")
    assert page.get_by_label("On whose clock").input_value() == "Europe/London"
    keyboard.go_round()


def _try_and_send(keyboard: Keyboard, person: Person) -> None:
    """A test to one's own phone, then the button with the number on it."""
    page = keyboard.page
    page.wait_for_url("**/check")
    keyboard.press("my own phone first")
    keyboard.type("My phone", MINE)
    keyboard.go_round()
    person.look()
    keyboard.press("Text my phone")
    page.get_by_text("Look at your phone").wait_for()
    person.look()
    keyboard.press("Send 24 messages")
    page.wait_for_url("**/campaigns/*")
    page.get_by_text("finished").wait_for()
    keyboard.press("See every row")
    page.wait_for_url("**/rows")
    keyboard.go_round()


def test_no_page_off_the_way_has_a_serious_flaw(
    chromium: playwright.sync_api.Browser, browser: Browser
) -> None:
    """Mistakes at their fields, a start of its own, several accounts, a row, no page at all."""
    browser.store.accounts.keep([Account("acme & co", senders=("+12025550198",))])
    where = written(browser)
    given = {"message": "Hi {name}", "sender": SENDER, "start_at": "tomorrow 9:00"}
    browser.post(f"{where}/message", given | {"hours": "nine to five"}, status=422)
    wrong = browser.http.get(f"{where}/check").url.path
    later = written(browser)
    browser.post(f"{later}/message", given)
    browser.post(f"{later}/send", {"count": "2"})
    campaign = browser.store.campaigns.all()[0]
    pages = (wrong, f"/campaigns/{campaign.id}", f"/campaigns/{campaign.id}/rows/2", "/nowhere")
    with chromium.new_context() as context:
        person = Person(context.new_page())
        person.page.goto(f"{browser.url}/nowhere")  # without a session
        person.look()
        person.page.goto(browser.fresh_link())
        for path in (*pages, "/account?name=acme+%26+co"):
            person.page.goto(browser.url + path)
            person.look()
    assert person.flaws == []
