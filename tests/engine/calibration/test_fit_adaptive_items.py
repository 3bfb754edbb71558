"""Item fit from adaptive answers: quiet under the model, loud where a curve is wrong, silent where there is not enough."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.calibration.abilities import (
    AbilityWeights,
    ItemCurves,
    ability_weights,
    answers_of,
    with_item,
    without_item,
)
from chalicelib.engine.calibration.binary_regression import Trials, fitted
from chalicelib.engine.calibration.item_fit import FitRules, FitVerdict, ItemFit, ability_groups, item_fit, quadratic_form
from chalicelib.engine.calibration.responses import MISSING, Responses
from tests.engine.calibration.virtual_answers import (
    PRIOR,
    adaptive_crowd,
    adaptive_tests,
    changed,
    complete_form,
    some_curves,
)

ITEMS, PERSONS = 120, 2_400
KNOWN = FitRules(estimated=False)


def fit_of(true: ItemCurves, said: ItemCurves, seed: int, rules: FitRules = KNOWN) -> ItemFit:
    responses = adaptive_crowd(PERSONS, true, said, seed).responses
    return item_fit(responses, said, ability_weights(responses, said, PRIOR), rules)


@cache
def under_the_model() -> tuple[ItemFit, ...]:
    return tuple(fit_of(some_curves(ITEMS, seed), some_curves(ITEMS, seed), seed + 100) for seed in range(4))


def told(column: str) -> Floats:
    values: Floats = np.concatenate([getattr(one, column) for one in under_the_model()])
    known: Floats = values[~np.isnan(values)]
    return known


def test_under_the_model_false_alarms_come_as_often_as_said() -> None:
    p = told("p")

    assert len(p) > 200
    assert 0.35 < np.mean(p < 0.5) < 0.65
    assert np.mean(p < 0.05) < 0.09
    assert np.mean(p < 0.01) < 0.03


def test_under_the_model_hardly_any_item_is_said_to_misfit_and_curves_are_near() -> None:
    verdicts = [verdict for one in under_the_model() for verdict in one.verdict]

    assert verdicts.count(FitVerdict.MISFITS) <= 2
    assert np.mean(told("rmsd")) < 0.02
    assert np.mean(told("rmsd") == 0) > 0.25
    assert abs(np.mean(told("shift"))) < 0.01


def test_residuals_of_groups_are_standard_normal_although_posteriors_hold_the_item() -> None:
    z = np.concatenate([groups.z for one in under_the_model() for groups in one.groups if groups is not None])

    assert abs(np.nanmean(z)) < 0.1
    assert 0.9 < np.nanstd(z) < 1.1


@pytest.mark.parametrize(
    ("moved", "sign"), [({"b": 0.5}, -1), ({"b": -0.5}, 1), ({"c": 0.3}, 1)], ids=["harder", "easier", "guessed"]
)
def test_an_item_with_a_wrong_curve_is_found_and_the_side_is_told(moved: dict[str, float], sign: int) -> None:
    said = some_curves(ITEMS, 7, (0.0,))
    popular = np.argsort(-fit_of(said, said, 5).answers)
    wrong = popular[2:40:5]
    true = said
    for item in wrong:
        true = changed(true, int(item), **moved)

    fit = fit_of(true, said, 5)

    found = [fit.verdict[item] for item in wrong].count(FitVerdict.MISFITS)
    assert found >= 0.75 * len(wrong)
    assert np.all(np.sign(fit.shift[wrong]) == sign)
    assert fit.verdict.count(FitVerdict.MISFITS) - found <= 4


def test_a_flatter_curve_is_found_where_persons_of_every_ability_answer() -> None:
    rng = np.random.default_rng(8)
    said = ItemCurves(np.full(30, 1.4), np.linspace(-2, 2, 30, dtype=np.float64), np.zeros(30))
    responses = complete_form(rng.normal(size=1_500), changed(said, 15, a=-0.8), rng).responses

    fit = item_fit(responses, said, ability_weights(responses, said, PRIOR), KNOWN)

    assert fit.verdict[15] is FitVerdict.MISFITS
    assert fit.verdict.count(FitVerdict.MISFITS) == 1
    groups = fit.groups[15]
    assert groups is not None
    assert groups.z[0] > 2
    assert groups.z[-1] < -2


def refitted(responses: Responses, said: ItemCurves, item: int) -> tuple[Responses, ItemCurves, AbilityWeights]:
    """One item with a and b estimated anew from these answers, and the posteriors that hold it so."""
    persons, right = answers_of(responses.outcomes, item)
    full = ability_weights(responses, said, PRIOR).weights[persons]
    without = without_item(full, right, said.curve(item, GRID))
    start = np.array([-said.a[item] * said.b[item], said.a[item], 0.0, 0.0])
    nobody = np.zeros(len(persons), dtype=np.bool_)
    beta = fitted(Trials(GRID, without, right, nobody, float(said.c[item])), start, terms=2).beta
    one = ItemCurves(beta[1:2], -beta[:1] / beta[1], said.c[[item]])
    return (
        responses.of_persons(persons).of_items(np.array([item])),
        one,
        AbilityWeights(GRID, with_item(without, right, one.curve(0, GRID))),
    )


def test_parameters_estimated_from_the_answers_take_their_degrees_of_freedom() -> None:
    p, df = [], []
    for seed in range(2):
        said = some_curves(60, seed)
        responses = adaptive_crowd(1_500, said, said, seed + 40).responses
        for item in np.flatnonzero(responses.answers_of_item >= 250):
            fit = item_fit(*refitted(responses, said, int(item)))
            p.append(fit.p[0])
            df.append(fit.df[0])

    assert len(p) > 60
    assert max(df) <= 4
    assert 0.35 < np.mean(np.array(p) < 0.5) < 0.65
    assert np.mean(np.array(p) < 0.05) < 0.12


def test_a_curve_of_another_shape_is_found_though_its_parameters_follow_the_answers() -> None:
    rng = np.random.default_rng(12)
    said = some_curves(60, 3, (0.0,))
    theta = rng.normal(size=3_000)
    would = rng.random((3_000, 60)) < said.right(theta).T
    would[:, 0] = rng.random(3_000) < np.where(np.abs(theta) < 1.0, 0.5, np.where(theta > 0, 0.95, 0.05))
    outcomes = np.where(rng.random(would.shape) < 0.5, would, MISSING).astype(np.int8)

    one = refitted(Responses(outcomes), said, 0)
    fit = item_fit(*one, FitRules(least_rmsd=0.03))

    assert fit.verdict[0] is FitVerdict.MISFITS
    assert fit.p[0] < 1e-6
    assert item_fit(*one, FitRules(least_rmsd=0.2)).verdict[0] is FitVerdict.FITS


def test_a_seeded_item_that_no_posterior_holds_is_checked_as_well() -> None:
    rng = np.random.default_rng(2)
    said = some_curves(41, 5, (0.0,))
    would = rng.random((2_000, 41)) < changed(said, 40, b=0.6).right(rng.normal(size=2_000)).T
    scored = ItemCurves(said.a[:40], said.b[:40], said.c[:40])
    operational = Responses(adaptive_tests(would[:, :40], scored, 20, rng))
    seeded = Responses(would[:, 40:].astype(np.int8))
    own = ItemCurves(said.a[40:], said.b[40:], said.c[40:])
    abilities = ability_weights(operational, scored, PRIOR)

    fit = item_fit(seeded, own, abilities, FitRules(scored=False, estimated=False))

    assert fit.verdict == (FitVerdict.MISFITS,)
    assert fit.shift[0] < -0.05


def test_it_is_the_same_whether_the_posteriors_hold_the_item_or_not_once_that_is_said() -> None:
    said = some_curves(40, 5)
    responses = adaptive_crowd(800, said, said, seed=3, length=20).responses
    item = int(responses.answers_of_item.argmax())
    persons, right = answers_of(responses.outcomes, item)
    full = ability_weights(responses, said, PRIOR).weights[persons]
    without = without_item(full, right, said.curve(item, GRID))
    own = responses.of_persons(persons).of_items(np.array([item]))
    one = ItemCurves(said.a[[item]], said.b[[item]], said.c[[item]])

    held = item_fit(own, one, AbilityWeights(GRID, full), FitRules(estimated=False))
    apart = item_fit(own, one, AbilityWeights(GRID, without), FitRules(estimated=False, scored=False))

    assert held.statistic == pytest.approx(apart.statistic)
    assert held.groups[0] is not None
    assert apart.groups[0] is not None
    assert held.groups[0].observed == pytest.approx(apart.groups[0].observed)


def test_where_there_is_not_enough_nothing_is_said() -> None:
    outcomes = np.full((300, 4), MISSING, dtype=np.int8)
    outcomes[:, 0] = np.arange(300) % 2
    outcomes[:50, 1] = 1
    outcomes[:, 2] = 1
    curves = ItemCurves(np.array([1.0, 1.0, np.nan, 1.0]), np.array([0.0, 0.0, np.nan, 0.0]), np.zeros(4))
    responses = Responses(outcomes)

    fit = item_fit(responses, curves, ability_weights(responses, curves, PRIOR))

    assert [one is FitVerdict.TOO_FEW for one in fit.verdict] == [False, True, True, True]
    assert np.isnan(fit.p[1:]).all()
    assert fit.groups[1:] == (None, None, None)


def test_an_item_that_everybody_answers_right_has_numbers() -> None:
    rng = np.random.default_rng(4)
    said = some_curves(8, 1)
    responses = complete_form(rng.normal(size=400), said, rng).responses
    outcomes = responses.outcomes.copy()
    outcomes[:, 2] = 1
    every = Responses(outcomes)

    fit = item_fit(every, said, ability_weights(every, said, PRIOR), KNOWN)

    assert np.isfinite(fit.p).all()
    assert fit.shift[2] > 0


def test_groups_are_neighbours_that_share_the_answers_out() -> None:
    member = ability_groups(PRIOR, 5)

    assert np.array_equal(member.sum(axis=1), np.ones(len(GRID)))
    assert np.all(np.diff(member.argmax(axis=1)) >= 0)
    assert np.all(PRIOR @ member > 0.1)
    assert np.array_equal(ability_groups(np.eye(61)[30], 5), np.ones((61, 1)))


def test_directions_without_variance_are_no_degree_of_freedom() -> None:
    statistic, df = quadratic_form(np.array([2.0, 2.0]), np.array([[4.0, 4.0], [4.0, 4.0]]))

    assert statistic == pytest.approx(1.0)
    assert df == 1


def test_tables_that_disagree_are_refused() -> None:
    responses = Responses(np.ones((3, 2), dtype=np.int8))
    curves = some_curves(2, 1)

    with pytest.raises(ValueError, match="one row a person"):
        item_fit(responses, curves, ability_weights(responses.of_persons(np.arange(2)), curves, PRIOR))


@pytest.mark.parametrize("wrong", [{"groups": 1}, {"least_answers": 0}, {"alpha": 1.0}, {"least_rmsd": -0.1}])
def test_a_rule_out_of_its_domain_is_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        FitRules(**wrong)  # type: ignore[arg-type]
