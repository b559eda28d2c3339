"""A tenant's clock moves forward, alone or when told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_services.clock import FakeClock

START = datetime(2026, 1, 15, 9, tzinfo=UTC)
STEPS = st.timedeltas(timedelta(), timedelta(days=900))


@given(steps=st.lists(STEPS, max_size=8))
def test_a_standing_clock_moves_by_exactly_what_it_is_told(steps: list[timedelta]) -> None:
    clock = FakeClock(START)
    for step in steps:
        clock.advance(step)
    assert clock.now() == START + sum(steps, timedelta())


def test_a_running_clock_goes_on_by_itself() -> None:
    clock = FakeClock(START, running=True)
    first = clock.now()
    while (second := clock.now()) == first:  # ends within the machine's clock resolution
        pass
    assert second > first >= START


def test_a_clock_is_never_turned_back() -> None:
    with pytest.raises(ValueError, match="turned back"):
        FakeClock(START).advance(seconds=-1)


def test_a_start_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        FakeClock(datetime(2026, 1, 15))  # noqa: DTZ001 - the mistake under test
