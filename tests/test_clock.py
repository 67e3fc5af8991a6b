from datetime import UTC, datetime, timedelta

import pytest

from bulksms.clock import BOOT_ID, steady_clock, this_boot
from bulksms.store.succession import UNEVEN

ON_LINUX = pytest.mark.skipif(not BOOT_ID.exists(), reason="only Linux names its starts")


def test_it_is_the_wall_clocks_time_at_first() -> None:
    assert abs(steady_clock()() - datetime.now(UTC)) < timedelta(seconds=5)


@ON_LINUX
def test_two_processes_agree_on_when_the_machine_was_started() -> None:
    one, other = this_boot(steady_clock()), this_boot(steady_clock())
    assert one is not None
    assert other is not None
    assert one.id == other.id
    assert abs(one.at - other.at) < UNEVEN


@ON_LINUX
def test_a_clock_that_is_set_forward_moves_the_start_of_the_machine() -> None:
    clock, hour = steady_clock(), timedelta(hours=1)
    before, after = this_boot(clock), this_boot(lambda: clock() + hour)
    assert before is not None
    assert after is not None
    assert abs(after.at - before.at - hour) < UNEVEN
