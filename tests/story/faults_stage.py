"""Trouble from outside, made for real: a server that comes and goes, a disk that is full."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bulksms.sandbox.ledger import Ledger
from bulksms.sandbox.options import SandboxOptions
from bulksms.sandbox.serving import SandboxServer
from tests.running_sandbox import running
from tests.story.story_stage import PATIENCE, SENDER, TOKEN


@contextmanager
def serving(*, port: int = 0, ledger: Ledger | None = None) -> Iterator[SandboxServer]:
    """A vendor that can go, and come back on the same port with the same memory."""
    options = SandboxOptions(
        token=TOKEN, numbers=(SENDER,), rate_count=20, rate_seconds=1, latency=0.05, port=port
    )
    with running(options, ledger) as server:
        yield server


@contextmanager
def answering_with_a_page(status: int) -> Iterator[str]:
    """The address of a server that answers everything with a web page, as a portal does."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = b"<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>"
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        do_POST = do_GET  # noqa: N815 - the standard library's name

        def log_message(self, *_said: object) -> None:
            """Say nothing: the test speaks."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/v2"
        finally:
            server.shutdown()
            thread.join(timeout=PATIENCE)


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[bool]:
    """Whether something could be mounted there with these options; it is taken away again."""
    try:
        done = subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False)  # noqa: S607 - wherever the system has it
    except FileNotFoundError:
        yield False
        return
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607 - the same
