"""The numbers of the limiter: what each rule promises, and which rules are refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.limits import LIMITS, Effect, LimitError, Limits, Purpose, Rule

DAY_SECONDS = 86_400
CALLER = LIMITS[Purpose.CAMPAIGN_CODE].caller
ADDRESS = LIMITS[Purpose.CAMPAIGN_CODE].address


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that shuts."""
    base = draw(st.floats(0.001, 100))
    longest = draw(st.integers(100, 10_000))
    window = longest + draw(st.integers(1, 2 * DAY_SECONDS))
    return Rule(Effect.SHUTS, draw(st.integers(0, 20)), base, draw(st.floats(1, 10)), longest, window)


def test_five_typing_errors_cost_nothing_and_the_delay_then_doubles_up_to_an_hour() -> None:
    assert [CALLER.delay(failures) for failures in (0, 1, 5, 6, 7, 8, 16, 17, 18, 10_000)] == [
        *(0, 0, 0, 2_000, 4_000, 8_000, 2_048_000, 3_600_000, 3_600_000, 3_600_000)
    ]


def test_a_caller_guesses_39_times_a_day_at_most() -> None:
    assert (CALLER.most_in_a_window, CALLER.window_seconds) == (39, DAY_SECONDS)


def test_an_address_makes_nobody_wait_for_more_than_two_seconds() -> None:
    assert [ADDRESS.delay(failures) for failures in (100, 101, 136, 171, 172, 10**9)] == [0, 500, 1_000, 2_000, 2_000, 2_000]


@given(rules(), st.integers(0, 10**9))
def test_a_delay_never_shrinks_with_failures_and_never_passes_the_longest(rule: Rule, failures: int) -> None:
    delays = [rule.delay(failures + more) for more in range(4)]
    assert all(one <= other for one, other in pairwise(delays))
    assert delays[-1] <= rule.longest_delay_seconds * 1_000
    assert (rule.delay(failures) == 0) == (failures <= rule.free_failures)


@pytest.mark.parametrize(
    "wrong",
    [
        {"free_failures": -1},
        {"base_delay_seconds": 0},
        {"base_delay_seconds": 3_601},
        {"factor": 0.99},
        {"factor": float("nan")},
        {"base_delay_seconds": float("nan")},
        {"window_seconds": 3_600},
        {"shards": 0},
        {"shards": 65},
        {"effect": Effect.SLOWS},
    ],
)
def test_a_rule_that_limits_nothing_forgets_too_soon_or_slows_too_much_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(LimitError):
        replace(CALLER, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": CALLER},
        {"caller": ADDRESS},
        {"caller": replace(CALLER, shards=2)},
        {"address": replace(ADDRESS, window_seconds=3_600)},
    ],
)
def test_rules_that_do_not_go_together_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(LimitError):
        replace(Limits(CALLER, ADDRESS), **wrong)


def test_every_purpose_has_its_limits() -> None:
    assert set(LIMITS) == set(Purpose)
