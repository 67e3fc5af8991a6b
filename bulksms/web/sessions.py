"""Who may open the pages: whoever holds the link that was printed where the program runs.

The link works once and opens a session, as notebooks do it; a used one makes the program print
another, so that a person is never locked out and a thief gains nothing by it.
Sessions end with the program.
"""

import hashlib
import hmac
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Sessions:
    """The open sessions, and the key that opens the next one.

    `announce` is given every new key; nobody else ever sees it.
    """

    announce: Callable[[str], None]
    _key: str = ""
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _open: set[str] = field(default_factory=set)
    _notices: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _lock: Lock = field(default_factory=Lock)

    def new_key(self) -> None:
        """Make the next key and announce it; the one before is worth nothing any more."""
        self._key = secrets.token_urlsafe(32)
        self.announce(self._key)

    def open(self, key: str) -> str | None:
        """A new session for the key, which is used up; None for any other."""
        with self._lock:
            if not self._key or not _same(key, self._key):
                return None
            self._key = ""
            session = secrets.token_urlsafe(32)
            self._open.add(session)
            return session

    def replace_a_used_key(self) -> None:
        """Announce another key if the last one is used up."""
        with self._lock:
            if not self._key:
                self.new_key()

    def holds(self, session: str) -> bool:
        """Whether the session is open."""
        return session in self._open

    def form_token(self, session: str) -> str:
        """What every form of the session carries, and no other site can know."""
        return hmac.new(self._secret, session.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, session: str, given: str) -> bool:
        """Whether a form comes from a page of this session."""
        return _same(given, self.form_token(session))

    def notice(self, session: str, sentence: str) -> None:
        """Show a sentence on the session's next page."""
        self._notices[session].append(sentence)

    def take_notices(self, session: str) -> list[str]:
        """The sentences for this page."""
        return self._notices.pop(session, [])


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())
