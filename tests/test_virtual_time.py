import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from aiolimiter import AsyncLimiter

from tests.virtual_time import START, StuckError, clock, run


def test_an_hour_passes_in_milliseconds() -> None:
    async def an_hour() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    began = time.perf_counter()
    assert run(an_hour()) == 3600
    assert time.perf_counter() - began < 0.5


def test_every_run_begins_at_zero() -> None:
    async def now() -> float:
        return asyncio.get_running_loop().time()

    assert [run(now()), run(now())] == [0, 0]


def test_the_clock_is_aware_utc_and_follows_the_loop() -> None:
    async def later() -> tuple[datetime, datetime]:
        read = clock()
        begin = read()
        await asyncio.sleep(90.5)
        return begin, read()

    assert run(later()) == (START, START + timedelta(seconds=90.5))
    assert START.tzinfo is UTC


def test_a_timeout_ends_what_takes_longer_at_its_very_second() -> None:
    async def give_up() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.sleep(31)
        return asyncio.get_running_loop().time()

    assert run(give_up()) == 30


def test_tasks_of_a_group_wait_side_by_side() -> None:
    woken: list[str] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append(name)

    async def together() -> float:
        async with asyncio.TaskGroup() as group:
            for name, seconds in (("slow", 5.0), ("quick", 1.0), ("middle", 3.0)):
                group.create_task(sleeper(name, seconds))
        return asyncio.get_running_loop().time()

    assert run(together()) == 5
    assert woken == ["quick", "middle", "slow"]


def test_the_limiter_spaces_evenly() -> None:
    async def paced() -> list[float]:
        limiter = AsyncLimiter(1, 4)
        moments = []
        for _ in range(900):
            async with limiter:
                moments.append(asyncio.get_running_loop().time())
        return moments

    moments = run(paced())
    assert moments[-1] == pytest.approx(899 * 4)
    assert min(b - a for a, b in pairwise(moments)) == pytest.approx(4)


def test_waiting_for_ever_is_an_error_and_not_a_hang() -> None:
    async def wait_for_nobody() -> None:
        await asyncio.Event().wait()

    with pytest.raises(StuckError, match="would wait for ever"):
        run(wait_for_nobody())


def test_what_is_left_over_is_cancelled_and_cleaned_up() -> None:
    cleaned: list[str] = []

    async def lingering() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            await asyncio.sleep(1)
            cleaned.append("lingering")

    async def leave() -> asyncio.Task[None]:
        task = asyncio.create_task(lingering())
        await asyncio.sleep(1)
        return task

    assert run(leave()).cancelled()
    assert cleaned == ["lingering"]


def test_another_thread_may_still_wake_the_loop() -> None:
    """The self-pipe is looked at before time jumps, so signals and threads are not lost."""

    async def woken() -> float:
        event = asyncio.Event()
        asyncio.get_running_loop().call_soon_threadsafe(event.set)
        async with asyncio.timeout(60):
            await event.wait()
        return asyncio.get_running_loop().time()

    assert run(woken()) == 0
