"""The account page: the token goes into the system's keyring, and never comes out on a page."""

import keyring
import keyring.backend
import keyring.errors
import pytest

from bulksms.keychain import kept_token
from bulksms.model.accounts import Account, Keeper, TokenPlace
from bulksms.model.settings import parse_rate
from bulksms.sandbox.accounts import Account as Customer
from tests.memory_keyring import Safe
from tests.web.test_the_way import written
from tests.web.web_stage import SENDER, TOKEN, Browser

THEIRS = "+12025550198"


def test_the_environments_token_is_used_and_cannot_be_changed_here(browser: Browser) -> None:
    page = browser.open("/account")
    said = browser.read("/account")
    assert "Easify accepts the token." in said
    assert SENDER in said
    assert "from the environment" in said
    assert TOKEN not in page
    assert 'type="password"' not in page


def test_a_token_is_entered_once_and_never_shown(browser: Browser, safe: Safe) -> None:
    assert "Enter the token first" in browser.read("/account")
    said = browser.post("/account/token", {"token": TOKEN})
    assert "Easify accepts the token." in said
    assert kept_token() == TOKEN
    for path in ("/account", "/", "/new"):
        assert TOKEN not in browser.open(path)
    browser.post("/account/forget")
    assert safe.kept == {}
    assert "Enter the token first" in browser.read("/account")


def test_a_wrong_token_is_said_to_be_wrong(browser: Browser, safe: Safe) -> None:
    said = browser.post("/account/token", {"token": "1|wrong"})
    assert "There is no token that Easify knows" in said
    browser.post("/account/token", {"token": "two\nlines"}, status=400)
    assert list(safe.kept.values()) == ["1|wrong"]


def test_a_system_without_a_keyring_is_told_what_to_do(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EASIFY_API_TOKEN")
    from keyring.backends.fail import Keyring  # noqa: PLC0415 - only here

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]  # the same
    try:
        said = browser.read("/account")
        assert "There is no place for the token yet" in said
        assert "export EASIFY_API_TOKEN='…' before bulksms web" in said
        assert 'type="password"' not in browser.open("/account")
        said = browser.post("/account/token", {"token": TOKEN}, status=409)
        assert "no keyring" in said
        browser.post("/account/forget")
    finally:
        keyring.set_keyring(before)


def test_who_has_no_token_yet_is_led_to_it_and_back_to_the_list(
    browser: Browser, safe: Safe
) -> None:
    where = written(browser)
    page = browser.open(f"{where}/check")
    assert "There is no token to send with yet" in page
    assert '<a href="/account?name=default">' in page
    given = {"form_token": browser.form_token(), "count": "2"}
    answer = browser.http.post(f"{where}/send", data=given, headers={"Origin": browser.url})
    assert "There is no API token" in answer.text
    assert '<a href="/account?name=default">See the account</a>' in answer.text
    assert f'<a href="{where}/check">Back to the check</a>' in answer.text
    assert safe.kept == {}
    browser.post("/account/token", {"token": TOKEN})
    assert "There is no token" not in browser.read(f"{where}/check")
    browser.post(f"{where}/send", {"count": "2"})
    assert len(browser.store.campaigns.all()) == 1


def test_a_named_account_shows_its_own_senders_and_pace_and_where_its_token_is(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_TOKEN", TOKEN)
    place = TokenPlace(Keeper.VARIABLE, "ACME_TOKEN")
    rate = parse_rate("30/60")
    browser.store.accounts.keep([Account("acme & co", rate, ("+12025550198",), place)])
    said = browser.read("/account?name=acme+%26+co")
    assert "from the environment variable ACME_TOKEN" in said
    assert "+12025550198" in said
    assert "30 a minute" in said
    assert "acme & co" in browser.read("/account")
    assert TOKEN not in browser.open("/account?name=acme+%26+co")
    browser.post("/account/token", {"name": "acme & co", "token": TOKEN}, status=409)


def test_the_account_that_is_chosen_sends_with_its_own_token_senders_and_pace(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_TOKEN", "7|of-acme")
    monkeypatch.setitem(browser.vendor.accounts, "7|of-acme", Customer("7|of-acme", (THEIRS,)))
    place, rate = TokenPlace(Keeper.VARIABLE, "ACME_TOKEN"), parse_rate("3000/60")
    browser.store.accounts.keep([Account("acme", rate, (THEIRS,), place)])
    where = written(browser)
    browser.post(f"{where}/message", {"message": "Hi", "sender": SENDER, "account": "acme"})
    assert browser.address == f"{where}/message"  # it has other numbers: choose again
    page = browser.open(browser.address)
    assert f"<option>{THEIRS}" in page
    assert SENDER not in page
    said = browser.post(f"{where}/message", {"message": "Hi", "sender": SENDER}, status=422)
    assert f"{SENDER} is no sender of the account 'acme'" in said
    said = browser.post(f"{where}/message", {"message": "Hi", "sender": THEIRS})
    assert "Pace 3,000 a minute Account acme" in said
    browser.post(f"{where}/send", {"count": "2"})
    (campaign,) = browser.store.campaigns.all()
    browser.until_idle(campaign.id)
    assert (campaign.account, campaign.rate) == ("acme", "3000/60")
    assert [sms.sender for sms in browser.vendor.truth] == [THEIRS] * 2
    assert "Account acme" in browser.read(f"/campaigns/{campaign.id}")


def test_a_keyring_that_is_set_up_for_another_place_holds_no_token(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ModuleNotFoundError("no.such")

    monkeypatch.setattr(safe, "get_password", breaks)
    assert kept_token() == ""
