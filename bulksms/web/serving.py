"""The pages on a socket: which addresses may be listened on, and the link that is printed.

Loopback only, unless a certificate protects what travels or the person says that nothing need to.
"""

import ipaddress
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from bulksms.model.accounts import AskedRate
from bulksms.model.errors import ConfigError
from bulksms.model.wording import in_an_address
from bulksms.store import Store
from bulksms.store.engine import sqlite_file
from bulksms.web.app import create_app
from bulksms.web.drafting import Drafts
from bulksms.web.figures import Figures
from bulksms.web.receipts import PATH, create_receipts_app
from bulksms.web.sessions import Sessions
from bulksms.web.site import Site
from bulksms.web.uploads import NOTHING_SAID, Choices, Uploads
from bulksms.web.vendor import Vendor
from bulksms.web.working import Worker

_GRACE_SECONDS = 2
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and how what travels is protected.

    `port` 0 chooses a free one. `plain` is a person's word that others on the network may read
    along.
    """

    host: str = "127.0.0.1"
    port: int = 8040
    certificate: Path | None = None
    key: Path | None = None
    plain: bool = False

    @property
    def scheme(self) -> str:
        """How the address begins."""
        return "https" if self.certificate else "http"


class WebServer:
    """The pages; another thread may stop them."""

    def __init__(
        self,
        store: Store,
        rate: AskedRate,
        address: Address,
        announce: Callable[[str], None],
        *,
        works: bool = True,
        defaults: Choices = NOTHING_SAID,
    ) -> None:
        """Take the port.

        `announce` gets each link that opens a session; `works` is whether it sends;
        `defaults` is what is said of every new file.

        Raises:
            ConfigError: the address must not be listened on, or cannot be.
        """
        self._socket = listen(address)
        port = self._socket.getsockname()[1]
        named = in_an_address(address.host)
        self.url = f"{address.scheme}://{named}:{port}"
        hosts = dict.fromkeys([*_LOOPBACK_NAMES, named])
        self.sessions = Sessions(lambda key: announce(f"{self.url}/open?key={key}"))
        uploads = Uploads(_upload_folder(store), defaults)
        uploads.open(datetime.now(UTC))
        figures = Figures(store)
        self.worker = Worker(store, rate, figures) if works else None
        site = Site(
            store=store,
            rate=rate,
            sessions=self.sessions,
            uploads=uploads,
            drafts=Drafts(store, rate),
            figures=figures,
            worker=self.worker,
            vendor=Vendor(store),
            cookie=f"bulksms-{port}",
            secure=address.scheme == "https",
        )
        app = create_app(site, [f"{address.scheme}://{host}:{port}" for host in hosts])
        self._server = server_of(app, address)

    def run(self) -> None:
        """Serve until stopped or interrupted; whatever is being sent then pauses cleanly."""
        try:
            if self.worker is not None:
                self.worker.watch()
            with self._socket:
                self.sessions.new_key()
                self._server.run(sockets=[self._socket])
        finally:
            if self.worker is not None:
                self.worker.stop()

    def stop(self) -> None:
        """End `run` soon; safe from another thread."""
        self._server.should_exit = True


class ReceiptsServer:
    """The vendor's way in for delivery events, on a socket of its own."""

    def __init__(self, store: Store, secret: str, address: Address) -> None:
        """Take the port.

        Raises:
            ConfigError: it cannot be listened on.
        """
        self._socket = listen(address)
        app = create_receipts_app(store, secret, lambda: datetime.now(UTC))
        self._server = server_of(app, address)
        port = self._socket.getsockname()[1]
        self.url = f"{address.scheme}://{address.host}:{port}{PATH}"

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve in a thread for as long as the context lasts."""
        thread = threading.Thread(target=self._run, name="receipts")
        thread.start()
        try:
            yield
        finally:
            self._server.should_exit = True
            thread.join()

    def _run(self) -> None:
        with self._socket:
            self._server.run(sockets=[self._socket])


def listen(address: Address) -> socket.socket:
    """The socket.

    Raises:
        ConfigError: others could read along, or the port is taken.
    """
    if not (address.plain or address.certificate or _is_loopback(address.host)):
        raise ConfigError(
            f"On {address.host} others on the network could read along and take the session over.",
            next_command="give --certificate and --key, or --plain-http if you accept that",
        )
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        found = socket.create_server((address.host, address.port), family=family)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"The address {address.host}:{address.port} cannot be used: {error}.",
            next_command="the same with  --port 0",
        ) from error
    # Else each answer waits 40 ms for the browser's acknowledgement of its head (Nagle).
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def server_of(app: ASGIApp, address: Address) -> uvicorn.Server:
    """A server for the application that trusts no header about where a request came from."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level=logging.WARNING,
            proxy_headers=False,
            server_header=False,
            ssl_certfile=address.certificate,
            ssl_keyfile=address.key,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


def _upload_folder(store: Store) -> Path:
    """Beside the database file, which holds the same rows; else where this user keeps such."""
    database = sqlite_file(store.engine.url)
    if database is None:
        return Path.home() / ".local" / "state" / "bulksms" / "uploads"
    return database.with_name(f"{database.name}-uploads")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
