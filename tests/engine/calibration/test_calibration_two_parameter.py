"""Marginal maximum likelihood of two parameters: published values, a second opinion, recovery, odd tables."""

from __future__ import annotations

from dataclasses import replace

import mirt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chalicelib.engine.bank import Floats
from chalicelib.engine.calibration.acceleration import StoppingRule
from chalicelib.engine.calibration.free_items import Anchors
from chalicelib.engine.calibration.maximisation import WeakPrior
from chalicelib.engine.calibration.quadrature import normal_log_weights
from chalicelib.engine.calibration.responses import Outcomes, Responses
from chalicelib.engine.calibration.two_parameter import CalibrationSettings, calibrate, posterior_weights
from tests.engine.builders import calm
from tests.engine.calibration.answered_forms import LSAT6, LSAT7, published, simulated, slope

PRIOR = CalibrationSettings(prior=WeakPrior())


@pytest.mark.parametrize(("patterns", "loglik"), [(LSAT6, -2466.653), (LSAT7, -2658.805)])
def test_the_published_likelihoods_are_reached(patterns: str, loglik: float) -> None:
    """Values of the R package mirt (Chalmers 2012)."""
    found = calibrate(published(patterns))

    assert published(patterns).n_persons == 1000
    assert found.loglik == pytest.approx(loglik, abs=0.002)
    assert found.converged.all()


def test_the_published_slopes_and_intercepts_are_reached() -> None:
    """Values of the R package mirt for LSAT 7 (Chalmers 2012)."""
    found = calibrate(published(LSAT7))

    np.testing.assert_allclose(found.a, [0.988, 1.081, 1.706, 0.765, 0.736], atol=0.003)
    np.testing.assert_allclose(-found.a * found.b, [1.856, 0.808, 1.804, 0.486, 1.855], atol=0.003)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_second_program_finds_the_same(seed: int) -> None:
    responses = simulated(400, 6, seed).responses
    theirs = mirt.fit_mirt(responses.outcomes.astype(int), model="2PL", n_quadpts=61, tol=1e-6, max_iter=2000)

    ours = calibrate(responses)

    assert ours.loglik == pytest.approx(theirs.log_likelihood, abs=0.002)
    np.testing.assert_allclose(ours.a, theirs.model.parameters["discrimination"], rtol=0.01)
    np.testing.assert_allclose(ours.b, theirs.model.parameters["difficulty"], atol=0.01)


@pytest.mark.parametrize(("guessed", "answered"), [(0.0, 1.0), (0.25, 1.0), (0.25, 0.5)])
def test_known_items_are_recovered_without_bias(guessed: float, answered: float) -> None:
    known = simulated(4000, 40, 11, guessed, answered)

    found = calibrate(known.responses, known.c)

    assert slope(found.a, known.a) == pytest.approx(1.0, abs=0.035)
    assert slope(found.b, known.b) == pytest.approx(1.0, abs=0.035)
    assert np.mean(found.b - known.b) == pytest.approx(0.0, abs=0.04)
    assert np.sqrt(np.mean((found.a - known.a) ** 2)) < 0.13


def test_leaving_out_the_guess_chance_makes_items_look_easier() -> None:
    known = simulated(2000, 30, 12, guessed=0.25)
    guessable = known.c > 0

    without, given_c = calibrate(known.responses), calibrate(known.responses, known.c)

    assert np.median((without.b - known.b)[guessable]) < -0.2
    assert abs(np.median((given_c.b - known.b)[guessable])) < 0.1


@pytest.mark.parametrize("settings", [CalibrationSettings(), PRIOR])
def test_the_objective_never_falls(settings: CalibrationSettings) -> None:
    known = simulated(500, 12, 13, guessed=0.2, answered=0.6)
    heights: list[float] = []

    calibrate(known.responses, known.c, settings, on_iteration=lambda _, height: heights.append(height))

    assert len(heights) > 3
    assert min(np.diff(heights)) >= -1e-7


def test_anchored_items_keep_their_parameters_and_give_the_scale() -> None:
    known = simulated(3000, 30, 14, mean=0.7, sd=1.3)
    held = np.arange(30) < 15

    found = calibrate(
        known.responses, settings=CalibrationSettings(estimate_population=True), anchors=Anchors(held, known.a, known.b)
    )

    np.testing.assert_array_equal(found.a[held], known.a[held])
    np.testing.assert_array_equal(found.b[held], known.b[held])
    assert not found.se_b[held].any()
    assert found.mean == pytest.approx(0.7, abs=0.08)
    assert found.sd == pytest.approx(1.3, abs=0.06)
    assert slope(found.a[~held], known.a[~held]) == pytest.approx(1.0, abs=0.05)
    assert np.mean((found.b - known.b)[~held]) == pytest.approx(0.0, abs=0.05)


def test_only_anchors_leave_the_population_to_estimate() -> None:
    known = simulated(2000, 20, 15, mean=-0.5, sd=0.8)
    settings = CalibrationSettings(estimate_population=True)

    found = calibrate(known.responses, settings=settings, anchors=Anchors(np.ones(20, bool), known.a, known.b))

    assert found.mean == pytest.approx(-0.5, abs=0.06)
    assert found.sd == pytest.approx(0.8, abs=0.05)
    assert found.converged.all()


def test_items_without_variation_are_told_and_the_rest_is_calibrated() -> None:
    outcomes = simulated(300, 8, 16).responses.outcomes.copy()
    outcomes[:, 0], outcomes[:, 1], outcomes[:, 2] = 1, 0, -1
    outcomes[5] = -1

    found = calibrate(Responses(outcomes))

    assert found.estimable.tolist() == [False] * 3 + [True] * 5
    assert found.converged.tolist() == found.estimable.tolist()
    for column in (found.a, found.b, found.se_a, found.se_b):
        np.testing.assert_array_equal(np.isfinite(column), found.estimable)
    rest = calibrate(Responses(np.delete(outcomes, [0, 1, 2], axis=1)))
    np.testing.assert_allclose(found.b[3:], rest.b, atol=1e-6)


def test_a_prior_makes_them_estimable_when_someone_answered() -> None:
    outcomes = simulated(300, 5, 17).responses.outcomes.copy()
    outcomes[:, 0], outcomes[:, 1] = 1, -1

    found = calibrate(Responses(outcomes), settings=PRIOR)

    assert found.estimable.tolist() == [True, False, True, True, True]
    assert found.b[0] < -2
    assert found.converged[0]


def test_separable_answers_end_and_are_never_called_converged() -> None:
    outcomes = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]] * 25, np.int8)

    free = calibrate(Responses(outcomes), settings=CalibrationSettings(stopping=StoppingRule(max_iterations=100)))
    held = calibrate(Responses(outcomes), settings=PRIOR)

    assert not free.converged.any()
    assert free.iterations <= 100
    assert held.converged.all()
    assert np.all(np.isfinite(held.b))


def test_a_difficulty_far_out_is_not_clipped() -> None:
    rng = np.random.default_rng(18)
    known = simulated(3000, 10, 18)
    outcomes = known.responses.outcomes.copy()
    outcomes[:, 0] = rng.random(3000) < 0.97

    found = calibrate(Responses(outcomes))

    assert abs(found.b[0]) > 10


def test_one_item_is_not_determined() -> None:
    found = calibrate(Responses(np.array([[1], [0], [1]], np.int8)))

    assert found.estimable[0]
    assert np.isnan(found.se_a[0])
    assert not found.converged[0]


def test_a_table_that_says_nothing_gives_nothing() -> None:
    found = calibrate(Responses(np.full((3, 2), -1, np.int8)))

    assert not found.estimable.any()
    assert np.all(np.isnan(found.a))
    assert found.loglik == 0.0


@calm
@given(arrays(np.int8, st.tuples(st.integers(1, 15), st.integers(1, 4)), elements=st.integers(-1, 1)), st.booleans())
def test_any_table_ends_with_numbers_or_nan(outcomes: Outcomes, with_prior: bool) -> None:
    settings = replace(PRIOR if with_prior else CalibrationSettings(), stopping=StoppingRule(max_iterations=30))

    found = calibrate(Responses(outcomes), np.full(outcomes.shape[1], 0.2), settings)

    assert found.loglik <= 0
    assert np.all(np.isfinite(found.a[found.estimable]))
    assert not np.any(np.isinf(found.se_a) | np.isinf(found.se_b))


def test_a_person_with_no_answer_keeps_the_population() -> None:
    outcomes = simulated(200, 5, 19).responses.outcomes.copy()
    outcomes[0] = -1
    responses = Responses(outcomes)
    found = calibrate(responses)

    ((persons, weights),) = posterior_weights(responses, found)

    assert persons == slice(0, 200)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    np.testing.assert_allclose(weights[0], np.exp(normal_log_weights(found.quadrature.nodes, 0.0, 1.0)), atol=1e-12)


def test_more_right_answers_move_the_posterior_up() -> None:
    responses = published(LSAT7)
    found = calibrate(responses)
    ((_, weights),) = posterior_weights(responses, found)

    means = weights @ found.quadrature.nodes

    assert means[0] < -1.5
    assert means[-1] > 0.5


@pytest.mark.parametrize(
    ("c", "settings", "anchors", "told"),
    [
        (np.zeros(3), None, None, "shape"),
        (np.full(5, 1.0), None, None, r"\[0, 1\)"),
        (None, CalibrationSettings(estimate_population=True), None, "anchors"),
        (None, None, Anchors.none(3), "anchors must have shape"),
    ],
)
def test_impossible_input_is_refused(
    c: Floats | None,
    settings: CalibrationSettings | None,
    anchors: Anchors | None,
    told: str,
) -> None:
    with pytest.raises(ValueError, match=told):
        calibrate(published(LSAT7), c, settings, anchors)


@pytest.mark.parametrize("a", [np.array([0.0]), np.array([np.nan])])
def test_an_anchor_that_measures_nothing_is_refused(a: Floats) -> None:
    with pytest.raises(ValueError, match="held"):
        Anchors(np.ones(1, bool), a, np.zeros(1))
