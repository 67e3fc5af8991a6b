"""Figures for Prometheus and a sign of life, on a port of their own.

Every figure is read from the database when it is asked for: so it is right after a restart, and
any one of the workers can tell it. Only the latter answers for the process that is asked.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from socket import AF_INET6
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.registry import Collector

from bulksms.clock import Clock
from bulksms.model.errors import ConfigError, StoreError
from bulksms.model.settings import parse_rate
from bulksms.store import Store

MINUTE = timedelta(minutes=1)
SIGN_OF_LIFE_SECONDS = 5.0


class CampaignCollector(Collector):
    """The campaigns that are under way, by account."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """As the database has them this moment."""
        rows = GaugeMetricFamily(
            "bulksms_rows",
            "Rows of campaigns under way: queued, sending (in flight), accepted, failed (refused),"
            " unknown, skipped.",
            labels=["account", "state", "reason"],
        )
        for each in self._store.gauging.rows():
            rows.add_metric([each.account, each.state, each.reason or ""], each.rows)
        yield rows
        yield from self._by_account()

    def _by_account(self) -> Iterator[GaugeMetricFamily]:
        pace = GaugeMetricFamily(
            "bulksms_answers_last_minute", "Sends that were answered.", labels=["account"]
        )
        limit = GaugeMetricFamily(
            "bulksms_limit_a_minute", "Sends that the rate allows.", labels=["account"]
        )
        oldest = GaugeMetricFamily(
            "bulksms_oldest_queued_seconds",
            "Since the oldest running campaign with queued rows was started.",
            labels=["account"],
        )
        now = self._clock()
        for each in self._store.gauging.figures(now):
            pace.add_metric([each.account], each.answers)
            rate = parse_rate(each.rate)
            limit.add_metric([each.account], rate.count * MINUTE / rate.period)
            if each.waiting_since is not None:
                waited = (now - each.waiting_since).total_seconds()
                oldest.add_metric([each.account], waited)
        yield from (pace, limit, oldest)


@contextmanager
def published(
    store: Store,
    clock: Clock,
    loop: asyncio.AbstractEventLoop,
    trouble: Callable[[], str | None],
    *,
    host: str,
    port: int,
) -> Iterator[int]:
    """Serve `/metrics` and `/healthz` in a thread, and tell the port; 0 chooses a free one.

    `trouble` is asked whether the work itself goes well: it tells why not, or None.

    Raises:
        ConfigError: the address or the port cannot be used.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(CampaignCollector(store, clock))
    answer = _answering(make_wsgi_app(registry), lambda: _silence(store, loop) or trouble())
    try:
        server = make_server(
            host, port, answer, _SixToo if ":" in host else ThreadingWSGIServer, _Silent
        )
    except OSError as error:
        raise ConfigError(
            f"The figures cannot be served on {host}:{port}: {error.strerror}."
        ) from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answering(
    figures: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]],
    trouble: Callable[[], str | None],
) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    def answer(request: WSGIEnvironment, respond: StartResponse) -> Iterable[bytes]:
        if request["PATH_INFO"] == "/metrics":
            try:
                return figures(request, respond)
            except StoreError as error:
                return _say(respond, "503 Service Unavailable", error.sentence)
        if request["PATH_INFO"] != "/healthz":
            return _say(respond, "404 Not Found", "Here are /metrics and /healthz.")
        told = trouble()
        return _say(respond, "503 Service Unavailable" if told else "200 OK", told or "ok")

    return answer


def _silence(store: Store, loop: asyncio.AbstractEventLoop) -> str | None:
    """What does not answer; None if the process's loop turns and its database answers."""
    alive = asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop)
    try:
        alive.result(SIGN_OF_LIFE_SECONDS)
        store.gauging.ping()
    except TimeoutError:
        return f"The process has done nothing for {SIGN_OF_LIFE_SECONDS:.0f} seconds."
    except StoreError as error:
        return error.sentence
    return None


def _say(respond: StartResponse, status: str, text: str) -> Iterable[bytes]:
    respond(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{text}\n".encode()]


class _SixToo(ThreadingWSGIServer):
    """For an address of IPv6."""

    address_family = AF_INET6


class _Silent(WSGIRequestHandler):
    """One line for every scrape would drown the lines of the sends."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""
