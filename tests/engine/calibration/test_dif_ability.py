"""Differential functioning from adaptive answers: impact is no alarm, a harder item is found, its size told in θ and on ETS's scale."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize  # type: ignore[import-untyped]

from chalicelib.engine.bank import GRID, Bools, Floats
from chalicelib.engine.calibration.abilities import AbilityWeights, ItemCurves, ability_weights
from chalicelib.engine.calibration.binary_regression import Trials, fitted
from chalicelib.engine.calibration.differential_functioning import (
    Dif,
    DifRules,
    DifVerdict,
    differential_functioning,
    nagelkerke,
)
from chalicelib.engine.calibration.group_abilities import by_group
from chalicelib.engine.calibration.responses import MISSING, Responses
from tests.engine.builders import calm
from tests.engine.calibration.virtual_answers import PRIOR, adaptive_tests, answered, changed, some_curves

ITEMS, PERSONS = 100, 2_400


def two_groups(true: ItemCurves, focal_true: ItemCurves, impact: float, seed: int) -> tuple[Responses, Bools]:
    """Adaptive tests of two groups, the focal one less able by `impact`, items chosen by the reference group's curves."""
    rng = np.random.default_rng(seed)
    focal = rng.random(PERSONS) < 0.4
    theta = rng.normal(size=PERSONS) - impact * focal
    would = np.where(focal[:, None], answered(theta, focal_true, rng), answered(theta, true, rng))
    return Responses(adaptive_tests(would, true, 25, rng)), focal


def dif_of(true: ItemCurves, focal_true: ItemCurves, impact: float, seed: int) -> Dif:
    responses, focal = two_groups(true, focal_true, impact, seed)
    grouped = by_group(ability_weights(responses, true, PRIOR), PRIOR, focal)
    return differential_functioning(responses, true, grouped.abilities, focal)


@cache
def impact_alone() -> tuple[Floats, Floats, list[DifVerdict]]:
    """p-values with each group's own prior, with one prior for all, and the verdicts of the first."""
    own, shared = [], []
    verdicts: list[DifVerdict] = []
    for seed in range(3):
        curves = some_curves(ITEMS, seed)
        responses, focal = two_groups(curves, curves, impact=1.0, seed=seed + 50)
        abilities = ability_weights(responses, curves, PRIOR)
        right = differential_functioning(responses, curves, by_group(abilities, PRIOR, focal).abilities, focal)
        own.append(right.p_uniform)
        shared.append(differential_functioning(responses, curves, abilities, focal).p_uniform)
        verdicts += right.verdict
    return np.concatenate(own), np.concatenate(shared), verdicts


def share_below(p: Floats, level: float) -> float:
    return float(np.mean(p[~np.isnan(p)] < level))


def test_groups_of_different_ability_alone_are_no_alarm() -> None:
    own, _, verdicts = impact_alone()

    assert np.count_nonzero(~np.isnan(own)) > 100
    assert 0.35 < share_below(own, 0.5) < 0.65
    assert share_below(own, 0.05) < 0.09
    assert verdicts.count(DifVerdict.MODERATE) + verdicts.count(DifVerdict.LARGE) <= 1


def test_one_prior_for_both_groups_makes_false_alarms_of_impact() -> None:
    own, shared, _ = impact_alone()

    assert share_below(shared, 0.05) > 0.1
    assert share_below(shared, 0.05) > 1.5 * share_below(own, 0.05)


def test_the_prior_of_each_group_finds_its_mean_and_deviation() -> None:
    curves = some_curves(ITEMS, 2)
    responses, focal = two_groups(curves, curves, impact=0.8, seed=9)

    grouped = by_group(ability_weights(responses, curves, PRIOR), PRIOR, focal)

    assert grouped.mean == pytest.approx([0.0, -0.8], abs=0.1)
    assert grouped.sd == pytest.approx([1.0, 1.0], abs=0.08)


def test_the_prior_of_a_group_without_members_is_unknown() -> None:
    abilities = AbilityWeights(GRID, np.tile(PRIOR, (3, 1)))

    grouped = by_group(abilities, PRIOR, np.zeros(3, dtype=np.bool_))

    assert np.isnan(grouped.mean[1])
    assert np.isfinite(grouped.mean[0])


@cache
def harder_items() -> tuple[Dif, list[int]]:
    true = some_curves(ITEMS, 4, (0.0,))
    responses, _ = two_groups(true, true, impact=0.5, seed=3)
    popular = np.argsort(-responses.answers_of_item)
    moved = [int(item) for item in popular[1:20:4]]
    harder = true
    for item in moved:
        harder = changed(harder, item, b=0.9)
    return dif_of(true, harder, impact=0.5, seed=3), moved


def test_items_harder_for_the_focal_group_are_found_and_the_others_left_alone() -> None:
    dif, moved = harder_items()

    assert sum(dif.verdict[item] in (DifVerdict.MODERATE, DifVerdict.LARGE) for item in moved) == len(moved)
    others = [verdict for item, verdict in enumerate(dif.verdict) if item not in moved]
    assert sum(one in (DifVerdict.MODERATE, DifVerdict.LARGE) for one in others) <= 2


def test_the_shift_of_difficulty_is_told_in_ability_and_the_area_in_chance() -> None:
    dif, moved = harder_items()

    assert np.mean(dif.shift[moved]) == pytest.approx(0.9, abs=0.2)
    assert np.all(dif.delta[moved] < -1.0)
    assert dif.verdict[moved[0]] is DifVerdict.LARGE
    assert np.all(dif.signed_area[moved] < -0.08)
    assert np.all(dif.unsigned_area[moved] >= -dif.signed_area[moved] - 1e-12)


def test_curves_that_cross_are_non_uniform_with_areas_that_cancel() -> None:
    rng = np.random.default_rng(6)
    true = ItemCurves(np.full(40, 1.5), np.linspace(-2, 2, 40, dtype=np.float64), np.zeros(40))
    focal = np.arange(3_000) % 2 == 0
    theta = rng.normal(size=3_000)
    right = np.where(focal[:, None], answered(theta, changed(true, 20, a=-1.1), rng), answered(theta, true, rng))
    responses = Responses(right.astype(np.int8))
    abilities = by_group(ability_weights(responses, true, PRIOR), PRIOR, focal).abilities

    dif = differential_functioning(responses, true, abilities, focal)

    assert dif.p_non_uniform[20] < 1e-6
    assert dif.unsigned_area[20] > 2 * abs(dif.signed_area[20])
    assert dif.verdict[20] is not DifVerdict.NEGLIGIBLE


def test_the_regression_on_known_points_is_the_one_that_scipy_maximises() -> None:
    rng = np.random.default_rng(5)
    theta, focal = rng.choice(GRID[20:41], 400), rng.random(400) < 0.5
    right = rng.random(400) < 0.2 + 0.8 / (1 + np.exp(-(1.1 * theta - 0.3 - 0.6 * focal)))

    def minus_log_likelihood(beta: Floats) -> float:
        p = 0.2 + 0.8 / (1 + np.exp(-(beta[0] + beta[1] * theta + focal * (beta[2] + beta[3] * theta))))
        return float(-np.sum(np.log(np.where(right, p, 1 - p))))

    best = optimize.minimize(minus_log_likelihood, np.array([0.0, 1.0, 0.0, 0.0]), method="BFGS", options={"gtol": 1e-6})
    found = fitted(Trials(GRID, AbilityWeights.at(theta).weights, right, focal, 0.2), np.array([0.0, 1.0, 0.0, 0.0]))

    assert found.converged
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    assert found.beta == pytest.approx(best.x, abs=1e-3)


@calm
@given(st.integers(0, 10_000), st.integers(2, 40), st.floats(0.0, 0.4))
def test_any_answers_give_finite_coefficients_and_more_terms_never_fit_worse(seed: int, persons: int, guess: float) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(5), persons)
    right, focal = rng.random(persons) < rng.random(), rng.random(persons) < 0.5
    start = np.array([0.0, 1.0, 0.0, 0.0])

    trials = Trials(np.linspace(-2, 2, 5, dtype=np.float64), weights, right, focal, guess)
    fits = [fitted(trials, start, terms) for terms in (2, 3, 4)]

    assert all(np.isfinite(one.beta).all() and np.isfinite(one.log_likelihood) for one in fits)
    assert all(one.log_likelihood <= 0 for one in fits)
    assert all(not one.beta[terms:].any() for one, terms in zip(fits, (2, 3, 4), strict=True))


def test_answers_that_a_group_separates_end_with_a_large_coefficient_and_no_alarm_of_the_machine() -> None:
    focal = np.arange(60) % 2 == 0

    found = fitted(
        Trials(GRID, AbilityWeights.at(np.zeros(60)).weights, ~focal, focal), np.array([0.0, 1.0, 0.0, 0.0]), terms=3
    )

    assert found.beta[2] < -5
    assert found.log_likelihood == pytest.approx(0.0, abs=1e-3)


def test_nagelkerkes_gain_is_nought_for_a_constant_and_one_for_certainty() -> None:
    right = np.array([True, False, True, False])

    assert nagelkerke(4 * np.log(0.5), right) == pytest.approx(0.0, abs=1e-12)
    assert nagelkerke(0.0, right) == pytest.approx(1.0)
    assert nagelkerke(0.0, np.ones(4, dtype=np.bool_)) == 0.0
    assert nagelkerke(0.0, np.zeros(0, dtype=np.bool_)) == 0.0


def test_where_a_group_has_not_answered_enough_or_nothing_varies_nothing_is_said() -> None:
    rng = np.random.default_rng(1)
    outcomes = (rng.random((400, 3)) < 0.5).astype(np.int8)
    outcomes[50:200, 0] = MISSING
    outcomes[:, 1] = 1
    focal = np.arange(400) < 200
    curves = some_curves(3, 1)
    responses = Responses(outcomes)

    dif = differential_functioning(responses, curves, ability_weights(responses, curves, PRIOR), focal)

    assert [one is DifVerdict.TOO_FEW for one in dif.verdict] == [True, True, False]
    assert np.isnan(dif.p[:2]).all()
    assert np.isfinite(dif.p[2])


def test_tables_that_disagree_are_refused() -> None:
    responses, curves = Responses(np.ones((3, 2), dtype=np.int8)), some_curves(2, 1)

    with pytest.raises(ValueError, match="one row a person"):
        differential_functioning(responses, curves, ability_weights(responses, curves, PRIOR), np.ones(2, dtype=np.bool_))


@pytest.mark.parametrize(
    "wrong", [{"least_answers": 1}, {"alpha": 0.0}, {"moderate": 0.5}, {"large": 1.5}, {"moderate_delta": 2.0}]
)
def test_a_rule_out_of_its_domain_is_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DifRules(**wrong)  # type: ignore[arg-type]
