"""The account page: the token goes into the system's keyring, and never comes out on a page."""

from collections.abc import Iterator

import keyring
import keyring.backend
import keyring.errors
import pytest

from bulksms.environment import token
from tests.web.web_stage import SENDER, TOKEN, Browser


class Safe(keyring.backend.KeyringBackend):
    """A keyring in memory: a real backend of the library, for one test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library is untyped there
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept, if anything."""
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Keep it no longer."""
        del self.kept[service, username]


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Safe]:
    """A keyring, and no token in the environment."""
    monkeypatch.delenv("EASIFY_API_TOKEN", raising=False)
    before, safe = keyring.get_keyring(), Safe()
    keyring.set_keyring(safe)
    yield safe
    keyring.set_keyring(before)


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
    assert token() == TOKEN
    for path in ("/account", "/", "/new"):
        assert TOKEN not in browser.open(path)
    browser.post("/account/forget")
    assert safe.kept == {}
    assert "Enter the token first" in browser.read("/account")


def test_a_wrong_token_is_said_to_be_wrong(browser: Browser, safe: Safe) -> None:
    said = browser.post("/account/token", {"token": "1|wrong"})
    assert "Easify does not know this token" in said
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
        said = browser.post("/account/token", {"token": TOKEN}, status=409)
        assert "no keyring" in said
        browser.post("/account/forget")
    finally:
        keyring.set_keyring(before)


def test_opt_outs_are_added_imported_found_and_removed(browser: Browser) -> None:
    said = browser.post("/suppressions/add", {"numbers": "202 555 0104, +12025550105\n"})
    assert "2 numbers added" in said
    browser.post("/suppressions/add", {"numbers": "12"}, status=400)
    browser.post("/suppressions/add", {"numbers": " "}, status=400)
    rows = b"phone\n2025550105\n2025550106\n"
    said = browser.post("/suppressions/import", file=("../stop.csv", rows))
    assert "1 number added; 1 known already." in said
    assert {each.source for each in browser.store.suppressions.all()} == {"operator", "stop.csv"}
    said = browser.post("/suppressions/import", file=("bad.csv", rows + b"12\n"), status=400)
    assert "1 row of bad.csv cannot be read" in said
    assert "+12025550104" not in browser.read("/suppressions?search=0106")
    browser.post("/suppressions/remove", {"number": "+12025550106"})
    browser.post("/suppressions/remove", {"number": "+12025550106"}, status=400)
    assert len(list(browser.store.suppressions.all())) == 2
