"""lz*: nominal for persons who answer as the model says, low for those who do not, and only ever a flag."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.calibration.abilities import ItemCurves, ability_weights, normal_weights
from chalicelib.engine.calibration.person_fit import PersonFitRules, estimated, packed, person_fit
from chalicelib.engine.calibration.responses import MISSING, Responses
from tests.engine.builders import calm
from tests.engine.calibration.virtual_answers import adaptive_tests, answered, some_curves

Estimator = Literal["map", "wle"]
BOTH = pytest.mark.parametrize("estimator", ["map", "wle"])


@BOTH
def test_on_complete_forms_false_alarms_come_as_often_as_said(estimator: Estimator) -> None:
    rng = np.random.default_rng(1)
    curves = some_curves(40, 3)
    fit = person_fit(
        Responses(answered(rng.normal(size=4_000), curves, rng).astype(np.int8)), curves, PersonFitRules(estimator)
    )

    known = fit.value[~np.isnan(fit.value)]
    assert len(known) > 3_900
    assert abs(known.mean()) < 0.12
    assert 0.93 < known.std() < 1.05
    assert 0.035 < np.mean(fit.p < 0.05) < 0.065
    assert 0.005 < fit.flagged.mean() < 0.02


@BOTH
def test_in_adaptive_tests_false_alarms_are_no_more_than_said(estimator: Estimator) -> None:
    rng = np.random.default_rng(1)
    curves = some_curves(150, 3)
    responses = Responses(adaptive_tests(answered(rng.normal(size=2_000), curves, rng), curves, 32, rng))

    fit = person_fit(responses, curves, PersonFitRules(estimator))

    assert fit.flagged.mean() < 0.015
    assert np.mean(fit.p < 0.05) < 0.06


def test_who_guesses_everything_is_mostly_flagged_on_a_form() -> None:
    rng = np.random.default_rng(2)
    curves = some_curves(40, 3)

    fit = person_fit(Responses((rng.random((500, 40)) < 0.25).astype(np.int8)), curves)

    assert fit.flagged.mean() > 0.4
    assert fit.reason.count("unlikely-answers") == fit.flagged.sum()


def test_who_guesses_everything_is_often_flagged_in_an_adaptive_test() -> None:
    rng = np.random.default_rng(2)
    curves = some_curves(150, 3)
    responses = Responses(adaptive_tests(rng.random((800, 150)) < 0.25, curves, 32, rng))

    assert person_fit(responses, curves).flagged.mean() > 0.3


def test_who_is_weak_but_knew_the_hard_items_beforehand_is_flagged() -> None:
    rng = np.random.default_rng(3)
    curves = some_curves(40, 3)
    right = answered(rng.normal(-1.0, 0.3, 300), curves, rng)
    right[:, np.argsort(-curves.b)[:12]] = True

    assert person_fit(Responses(right.astype(np.int8)), curves).flagged.mean() > 0.9


def test_the_map_estimate_is_the_top_of_the_posterior() -> None:
    rng = np.random.default_rng(4)
    curves = some_curves(20, 1, (0.0,))
    responses = Responses(answered(rng.normal(size=60), curves, rng).astype(np.int8))
    fine = np.linspace(-6, 6, 12_001, dtype=np.float64)

    theta = estimated(packed(responses, curves, slice(None)), PersonFitRules())

    top = fine[ability_weights(responses, curves, normal_weights(fine), fine).weights.argmax(axis=1)]
    assert theta == pytest.approx(top, abs=6e-4)


def test_the_weighted_likelihood_estimate_is_less_drawn_to_the_middle_than_the_map() -> None:
    rng = np.random.default_rng(4)
    curves = some_curves(30, 1, (0.0,))
    responses = Responses(answered(np.full(1_500, 1.2), curves, rng).astype(np.int8))

    by_map, by_wle = (estimated(packed(responses, curves, slice(None)), PersonFitRules(one)) for one in ("map", "wle"))

    assert abs(np.nanmean(by_wle) - 1.2) < 0.03
    assert np.nanmean(by_map) < np.nanmean(by_wle) - 0.05


def test_the_value_is_that_of_the_formula_for_one_person_written_out() -> None:
    a, b = np.array([1.0, 1.5, 0.8, 1.2] * 3), np.array([-1.0, 0.0, 0.5, 1.0] * 3)
    u = np.array([1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0])
    fit = person_fit(Responses(u[None].astype(np.int8)), ItemCurves(a, b, np.zeros(12)))

    theta = fit.theta[0]
    p = 1 / (1 + np.exp(-a * (theta - b)))
    assert np.sum(a * (u - p)) - theta == pytest.approx(0.0, abs=1e-8)
    w = np.log(p / (1 - p))
    c = np.sum(a * p * (1 - p) * w) / np.sum(a**2 * p * (1 - p))
    tau = np.sqrt(np.sum((w - c * a) ** 2 * p * (1 - p)))
    assert fit.value[0] == pytest.approx((np.sum((u - p) * w) - c * theta) / tau, abs=1e-8)


def test_holes_change_nothing() -> None:
    rng = np.random.default_rng(5)
    curves = some_curves(20, 2)
    outcomes = answered(rng.normal(size=30), curves, rng).astype(np.int8)
    spread = np.full((30, 60), MISSING, dtype=np.int8)
    spread[:, ::3] = outcomes
    wide = ItemCurves(np.repeat(curves.a, 3), np.repeat(curves.b, 3), np.repeat(curves.c, 3))

    assert person_fit(Responses(spread), wide).value == pytest.approx(person_fit(Responses(outcomes), curves).value, abs=1e-10)


def test_who_answered_little_or_nothing_is_never_flagged() -> None:
    outcomes = np.full((2, 20), MISSING, dtype=np.int8)
    outcomes[1, :5] = [0, 0, 0, 1, 1]

    fit = person_fit(Responses(outcomes), some_curves(20, 1))

    assert not fit.flagged.any()
    assert np.isnan(fit.value).all()
    assert fit.reason == ("too-few-answers", "too-few-answers")
    assert np.isnan(fit.theta[0])


@calm
@given(st.lists(st.lists(st.sampled_from([1, 0, MISSING]), min_size=15, max_size=15), min_size=1, max_size=6), st.booleans())
def test_any_answers_give_a_value_or_a_reason_why_not(rows: list[list[int]], weighted: bool) -> None:
    rules = PersonFitRules("wle" if weighted else "map", least_answers=2)

    fit = person_fit(Responses(np.array(rows, dtype=np.int8)), some_curves(15, 8), rules)

    for value, p, flag, reason in zip(fit.value, fit.p, fit.flagged, fit.reason, strict=True):
        assert np.isnan(value) == np.isnan(p) == (reason in ("too-few-answers", "no-estimate"))
        assert flag == (reason == "unlikely-answers")


def test_the_prior_of_the_persons_is_heeded() -> None:
    rng = np.random.default_rng(6)
    curves = some_curves(15, 8)
    responses = Responses(answered(rng.normal(size=5), curves, rng).astype(np.int8))

    low, high = (person_fit(responses, curves, PersonFitRules(prior_mean=m)).theta for m in (-1.0, 1.0))

    assert np.all(low < high)


def test_competences_that_differ_within_a_person_raise_a_few_more_alarms() -> None:
    """32 answers, 2 in each of 16 competences of correlation 0.7, at the curves of the competences."""
    rng = np.random.default_rng(1)
    curves = some_curves(32, 1)
    theta = np.sqrt(0.7) * rng.normal(size=(4_000, 1)) + np.sqrt(0.3) * rng.normal(size=(4_000, 16))
    own = np.repeat(theta, 2, axis=1)
    chance = curves.c + (1 - curves.c) / (1 + np.exp(-curves.a * (own - curves.b)))

    fit = person_fit(Responses((rng.random(chance.shape) < chance).astype(np.int8)), curves)

    assert 0.01 < fit.flagged.mean() < 0.03


def test_curves_of_other_items_are_refused() -> None:
    with pytest.raises(ValueError, match="one item a column"):
        person_fit(Responses(np.ones((1, 3), dtype=np.int8)), some_curves(2, 1))


@pytest.mark.parametrize(
    "wrong", [{"estimator": "ml"}, {"prior_mean": 9.0}, {"prior_sd": 0.0}, {"alpha": 0.6}, {"least_answers": 1}]
)
def test_a_rule_out_of_its_domain_is_named(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PersonFitRules(**wrong)  # type: ignore[arg-type]
