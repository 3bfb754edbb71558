"""Response times: the model is recovered, a steady pace is left alone, hurry and foreknowledge are flagged for people to look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.calibration.response_times import (
    Pace,
    PaceRules,
    TimedAnswers,
    TimeModel,
    longest_runs,
    pace,
    time_model,
)
from tests.engine.builders import calm

PERSONS, ITEMS, LENGTH = 2_000, 150, 32
UNUSUAL = np.arange(PERSONS) < 100


@dataclass(frozen=True, eq=False)
class Timed:
    """Persons each answering 32 items of 150, in an order of their own."""

    intensity: Floats
    precision: Floats
    item: Ints
    log_seconds: Floats


@cache
def steady() -> Timed:
    rng = np.random.default_rng(2)
    intensity, precision = rng.normal(3.5, 0.5, ITEMS), rng.uniform(1.5, 3.0, ITEMS)
    item = np.array([rng.permutation(ITEMS)[:LENGTH] for _ in range(PERSONS)])
    noise = rng.normal(size=item.shape) / precision[item]
    return Timed(intensity, precision, item, intensity[item] - rng.normal(0.0, 0.3, PERSONS)[:, None] + noise)


def timed(log_seconds: Floats) -> TimedAnswers:
    return TimedAnswers(np.repeat(np.arange(PERSONS), LENGTH), steady().item.ravel(), np.exp(log_seconds.ravel()))


def pace_of(log_seconds: Floats) -> Pace:
    answers = timed(log_seconds)
    return pace(answers, time_model(answers, ITEMS), PERSONS)


def flagged(found: Pace) -> tuple[float, float]:
    """Share flagged among the unusual persons and among the others."""
    return float(found.flagged[UNUSUAL].mean()), float(found.flagged[~UNUSUAL].mean())


def test_the_model_is_recovered() -> None:
    model = time_model(timed(steady().log_seconds), ITEMS)

    assert model.converged
    assert np.abs(model.intensity - steady().intensity).mean() < 0.03
    assert np.mean(model.precision / steady().precision) == pytest.approx(1.0, abs=0.01)
    assert model.speed_sd == pytest.approx(0.3, abs=0.02)


def test_a_steady_pace_is_flagged_no_more_often_than_said() -> None:
    found = pace_of(steady().log_seconds)

    assert found.flagged.mean() < 0.01
    assert 0.035 < np.mean(found.p < 0.05) < 0.065
    assert found.mean_square.mean() == pytest.approx(1.0, abs=0.02)
    assert found.fast_share.mean() == pytest.approx(0.0228, abs=0.004)


def test_who_hurries_through_the_last_third_is_flagged_for_a_fast_run() -> None:
    x = steady().log_seconds.copy()
    x[UNUSUAL, -10:] = np.log(4.0)

    found = pace_of(x)

    assert flagged(found)[0] > 0.95
    assert flagged(found)[1] < 0.01
    assert np.median(found.longest_run[UNUSUAL]) >= 5
    assert found.reason[:100].count("fast-run") > 60


def test_who_answers_a_third_of_the_items_at_once_is_flagged() -> None:
    rng = np.random.default_rng(3)
    x = steady().log_seconds.copy()
    x[:100] -= 1.3 * (rng.random((100, LENGTH)) < 0.3)

    assert flagged(pace_of(x))[0] > 0.75


def test_somebody_fast_throughout_is_fast_and_no_more() -> None:
    x = steady().log_seconds.copy()
    x[UNUSUAL] -= 0.6

    found = pace_of(x)

    assert found.speed[UNUSUAL].mean() > found.speed[~UNUSUAL].mean() + 0.5
    assert flagged(found)[0] < 0.05


def test_what_nobody_or_hardly_anybody_answered_has_no_time_and_counts_for_nobody() -> None:
    rng = np.random.default_rng(4)
    person, item = np.repeat(np.arange(60), 10), np.tile(np.arange(10), 60)
    answers = TimedAnswers(np.append(person, 0), np.append(item, 11), np.append(rng.lognormal(3, 0.4, 600), 1e-3))

    model = time_model(answers, 12)
    found = pace(answers, model, 61)

    assert np.isnan(model.intensity[10])
    assert np.isnan(model.precision[[10, 11]]).all()
    assert found.answers[[0, 1, 60]].tolist() == [10, 10, 0]
    assert found.reason[60] == "too-few-answers"
    assert found.speed[60] == 0
    assert not found.flagged[60]


def test_no_answer_at_all_is_a_model_of_nothing() -> None:
    nothing = TimedAnswers(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0))

    model = time_model(nothing, 3)
    found = pace(nothing, model, 2)

    assert np.isnan(model.intensity).all()
    assert found.longest_run.tolist() == [0, 0]
    assert not found.flagged.any()


def test_the_distance_is_that_of_the_full_covariance() -> None:
    """(x − β)ᵀ(D + σ²11ᵀ)⁻¹(x − β), with the matrix written out."""
    model = TimeModel(np.array([3.0, 3.5, 2.5]), np.array([2.0, 1.5, 1.0]), 0.4, 1, True)
    x = np.array([2.5, 3.9, 2.0])
    covariance = np.diag(1 / model.precision**2) + 0.4**2

    found = pace(TimedAnswers(np.zeros(3, dtype=np.intp), np.arange(3), np.exp(x)), model, 1, PaceRules(least_answers=2))

    late = x - model.intensity
    assert 3 * found.mean_square[0] == pytest.approx(late @ np.linalg.inv(covariance) @ late)


@pytest.mark.parametrize(("beyond", "share"), [(0.01, 1 / 3), (-0.01, 0.0)])
def test_an_answer_is_too_fast_for_what_the_persons_other_answers_forecast(beyond: float, share: float) -> None:
    """Mean and variance of the third time given the two others, by the conditional normal with its matrix written out."""
    model = TimeModel(np.array([3.0, 3.5, 2.5]), np.array([2.0, 1.5, 1.0]), 0.4, 1, True)
    x = np.array([2.8, 3.4])
    covariance = np.diag(1 / model.precision**2) + 0.4**2
    pull = covariance[2, :2] @ np.linalg.inv(covariance[:2, :2])
    forecast = model.intensity[2] + pull @ (x - model.intensity[:2])
    deviation = np.sqrt(covariance[2, 2] - pull @ covariance[:2, 2])

    seconds = np.exp(np.append(x, forecast - (2.0 + beyond) * deviation))
    found = pace(TimedAnswers(np.zeros(3, dtype=np.intp), np.arange(3), seconds), model, 1, PaceRules(least_answers=2))

    assert found.fast_share[0] == pytest.approx(share)


@calm
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30))
def test_the_longest_run_is_the_one_counted_one_after_the_other(marks: list[tuple[int, bool]]) -> None:
    person = np.array([who for who, _ in marks], dtype=np.intp)
    marked: Bools = np.array([mark for _, mark in marks], dtype=np.bool_)
    counted = []
    for who in range(4):
        longest = current = 0
        for mark in [mark for one, mark in marks if one == who]:
            current = current + 1 if mark else 0
            longest = max(longest, current)
        counted.append(longest)

    assert longest_runs(person, marked, 4).tolist() == counted


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_time_that_is_not_positive_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        TimedAnswers(np.zeros(1, dtype=np.intp), np.zeros(1, dtype=np.intp), np.array([seconds]))


def test_numbers_out_of_the_tables_are_refused() -> None:
    one = TimedAnswers(np.array([2]), np.array([5]), np.array([10.0]))

    with pytest.raises(ValueError, match="numbered below 5"):
        time_model(one, 5)
    with pytest.raises(ValueError, match="numbered below 2"):
        pace(one, time_model(one, 6), 2)
    with pytest.raises(ValueError, match="numbered from 0"):
        TimedAnswers(np.array([-1]), np.array([5]), np.array([10.0]))
    with pytest.raises(ValueError, match="one value an answer"):
        TimedAnswers(np.array([1]), np.array([5, 6]), np.array([10.0]))


@pytest.mark.parametrize("wrong", [{"alpha": 0.5}, {"fast": 0.0}, {"least_answers": 1}])
def test_a_rule_out_of_its_domain_is_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PaceRules(**wrong)  # type: ignore[arg-type]
