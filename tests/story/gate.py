"""A gate between a worker and its database: open, or cut in the middle of whatever is said."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Gate:
    """A port of `host` that leads to a server's socket while it is open."""

    def __init__(self, socket: str, host: str) -> None:
        self.port = 0
        self._socket, self._host, self._open = socket, host, True
        self._through: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()

    def cut(self) -> None:
        """End every connection without a word, and let no new one through."""
        self._open = False
        self._loop.call_soon_threadsafe(self._drop)

    def mend(self) -> None:
        """Let connections through again."""
        self._open = True

    def serve(self) -> None:
        """Until `end`."""
        server = self._loop.run_until_complete(self._begin())
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._drop()
        self._loop.run_until_complete(_end_the_others())
        self._loop.close()

    def end(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _begin(self) -> asyncio.Server:
        server = await asyncio.start_server(self._pass, self._host, 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        there, back = await asyncio.open_unix_connection(self._socket)
        self._through |= {writer, back}
        with suppress(asyncio.CancelledError):  # at the end; the server would call it a fault
            await asyncio.gather(_pump(reader, back), _pump(there, writer))

    def _drop(self) -> None:
        for writer in self._through:
            writer.transport.abort()
        self._through.clear()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _end_the_others() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def a_gate(socket: str, host: str = "127.0.0.1") -> Iterator[Gate]:
    """A gate that is served in a thread of its own."""
    gate = Gate(socket, host)
    thread = threading.Thread(target=gate.serve)
    thread.start()
    gate._ready.wait(5)
    try:
        yield gate
    finally:
        gate.end()
        thread.join(5)
