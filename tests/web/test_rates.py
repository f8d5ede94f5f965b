"""Rates: so many on the long run, so many at once, in bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedlys.web.guarding.rates import Rates, rate_of


@given(
    st.integers(1, 6000),
    st.integers(1, 50),
    st.lists(st.floats(0, 5, allow_nan=False), min_size=1, max_size=200),
)
def test_never_more_than_the_burst_and_the_rate(per_minute: int, burst: int, pauses: list[float]) -> None:
    rate = rate_of(per_minute, burst, 1)
    assert rate is not None
    rates, now, passed = Rates(), 0.0, 0
    for pause in pauses:
        now += pause
        turn = rates.take("a", rate, now)
        passed += turn.allowed
        assert turn.allowed or turn.wait > 0
        assert 0 <= turn.remaining < burst
    assert passed <= burst + now * per_minute / 60 + 1e-6


@given(st.integers(1, 6000), st.integers(1, 50))
def test_a_refused_request_may_come_again_after_the_wait(per_minute: int, burst: int) -> None:
    rate = rate_of(per_minute, burst, 1)
    assert rate is not None
    rates = Rates()
    assert [rates.take("a", rate, 5.0).remaining for _ in range(burst)] == list(reversed(range(burst)))
    refused = rates.take("a", rate, 5.0)
    assert not refused.allowed
    assert not rates.take("a", rate, 5.0 + refused.wait * 0.99).allowed
    assert rates.take("a", rate, 5.0 + refused.wait * 1.000001).allowed
    assert rates.take("b", rate, 5.0).allowed


@pytest.mark.parametrize(("workers", "burst", "interval"), [(1, 10, 1.0), (4, 2, 4.0), (100, 1, 100.0)])
def test_workers_share_a_rate(workers: int, burst: int, interval: float) -> None:
    rate = rate_of(60, 10, workers)
    assert rate is not None
    assert (rate.burst, rate.interval) == (burst, interval)


def test_zero_is_any_number() -> None:
    assert rate_of(0, 1, 1) is None


def test_those_who_have_been_quiet_are_forgotten() -> None:
    rate = rate_of(60, 2, 1)
    assert rate is not None
    rates = Rates()
    rates.take("busy", rate, 99_990.0)
    for number in range(20_000):
        rates.take(f"caller {number}", rate, float(number))
    assert len(rates) < 10_000
    rates.take("busy", rate, 99_990.0)
    assert not rates.take("busy", rate, 99_990.0).allowed
