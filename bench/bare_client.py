"""The least that a load of paced accounts costs on this machine: aiohttp, and no promise kept.

Each account posts at its even times and reads the answer. Nothing is durable, no pace is held
against late answers, nobody else is asked whether he may: what `bench.fleet` sets our worker
beside, in the same run.
"""

import asyncio
import json
import random
import time
from typing import NamedTuple

import aiohttp
import uvloop

WARM_SECONDS = 10
MEASURED_SECONDS = 30


class Bare(NamedTuple):
    """What the measured seconds took, and by how many seconds each send left late."""

    cores: float
    late: list[float]


def bare_client(url: str, accounts: int, spacing: float) -> Bare:
    """Run it for so many accounts, each with so many seconds between two posts."""
    return uvloop.run(_run(url, accounts, spacing))


async def _run(url: str, accounts: int, spacing: float) -> Bare:
    dice, begun = random.Random(7), time.perf_counter()  # noqa: S311 - nothing secret
    begins, ends = begun + WARM_SECONDS, begun + WARM_SECONDS + MEASURED_SECONDS
    late: list[float] = []

    async def post(session: aiohttp.ClientSession, sender: str) -> None:
        due = begun + dice.uniform(0, spacing)
        while due < ends:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if due >= begins:
                late.append(time.perf_counter() - due)
            fields = {"from_number": sender, "to_number": "+12025550100", "content": "Hi"}
            async with session.post(f"{url}/sms/send", json=fields) as answer:
                json.loads(await answer.read())
            due += spacing

    async def used() -> float:
        await asyncio.sleep(WARM_SECONDS)
        before = time.process_time()
        await asyncio.sleep(MEASURED_SECONDS)
        return time.process_time() - before

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        posts = asyncio.gather(*(post(session, f"+1315{at:07}") for at in range(accounts)))
        seconds = await used()
        await posts
    return Bare(seconds / MEASURED_SECONDS, late)
