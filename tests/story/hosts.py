"""Machines of a test's own, as far as names and networks go: each can be cut off in silence.

A namespace is no wire: nothing here leaves this machine, and all of it goes away with the test.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

LIKE_A_PORT = """
import asyncio, sys
host, there, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()
async def lead(reader, writer):
    back, onward = await asyncio.open_connection(there, port)
    await asyncio.gather(copy(reader, onward), copy(back, writer))
async def main():
    server = await asyncio.start_server(lead, host, port)
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""
"""The vendor's port on a machine's own loopback: over plain HTTP the token goes nowhere else."""


@dataclass(frozen=True, slots=True)
class Host:
    """A machine with a name, a process table that is everybody's, and a network of its own."""

    name: str

    @property
    def on(self) -> tuple[str, ...]:
        """What a command begins with to run on it, under the pid that it is started with."""
        rename = f'hostname {self.name} && exec "$@"'
        return (
            *("ip", "netns", "exec", self.name),
            *("unshare", "--uts", "sh", "-c", rename, "sh"),
        )

    def lose(self, address: str) -> None:
        """Whatever is said to that address vanishes without an answer, and what it says too."""
        _ip("-n", self.name, "route", "add", "blackhole", f"{address}/32")

    def find(self, address: str) -> None:
        """It is heard again."""
        _ip("-n", self.name, "route", "del", "blackhole", f"{address}/32")


@dataclass(frozen=True, slots=True)
class Network:
    """Hosts, and the two addresses at which they find the database and the vendor."""

    database: str
    vendor: str
    hosts: tuple[Host, ...]

    @contextmanager
    def vendor_on_loopback(self, port: int) -> Iterator[None]:
        """The vendor's port on every host's own loopback, for as long as it lasts."""
        with ExitStack() as held:
            for host in self.hosts:
                words = [sys.executable, "-c", LIKE_A_PORT, "127.0.0.1", self.vendor, str(port)]
                leading = subprocess.Popen([*host.on, *words], stdout=subprocess.PIPE, text=True)
                held.callback(_end, leading)
                assert leading.stdout is not None
                assert leading.stdout.readline() == "ready\n"
            yield


@contextmanager
def a_network(count: int) -> Iterator[Network | None]:
    """So many hosts on one bridge; None where this system does not let us make them."""
    number = os.getpid() % 200
    net, bridge = f"10.{number + 50}", f"bulksms{number}"
    with ExitStack() as held:
        if not _made(held, bridge, "link", "add", bridge, "type", "bridge"):
            yield None
            return
        for part in ("1.1", "2.1"):
            _ip("addr", "add", f"{net}.{part}/16", "dev", bridge)
        _ip("link", "set", bridge, "up")
        hosts = tuple(_host(held, bridge, net, at) for at in range(1, count + 1))
        yield Network(f"{net}.1.1", f"{net}.2.1", hosts)


def _host(held: ExitStack, bridge: str, net: str, at: int) -> Host:
    name, outside = f"{bridge}-host-{at}", f"{bridge}p{at}"
    _ip("netns", "add", name)
    held.callback(_ip, "netns", "del", name)
    _ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
    held.callback(_ip, "link", "del", outside)  # else it lasts as long as any process there
    _ip("link", "set", outside, "master", bridge, "up")
    _ip("-n", name, "addr", "add", f"{net}.9.{at}/16", "dev", "eth0")
    for device in ("lo", "eth0"):
        _ip("-n", name, "link", "set", device, "up")
    return Host(name)


def _made(held: ExitStack, bridge: str, *words: str) -> bool:
    try:
        _ip(*words)
    except (OSError, subprocess.CalledProcessError):
        return False
    held.callback(_ip, "link", "del", bridge)
    return True


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)  # noqa: S607 - wherever the system has it


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
