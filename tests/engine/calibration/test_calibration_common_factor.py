"""Calibration with a common factor: recovery of scale and correlation, errors, odd tables."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from chalicelib.engine.bank import Floats
from chalicelib.engine.calibration.acceleration import StoppingRule
from chalicelib.engine.calibration.common_factor import (
    CommonFactorCalibration,
    CommonFactorSettings,
    calibrate_common_factor,
)
from chalicelib.engine.calibration.nested import Nested
from chalicelib.engine.calibration.quadrature import Quadrature
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.two_parameter import calibrate
from tests.engine.calibration.answered_forms import LSAT7, Simulated, published, simulated, slope, with_common_factor

QUICK = CommonFactorSettings(ability=Quadrature(31), factor=Quadrature(21))


@cache
def crowd() -> tuple[Simulated, CommonFactorCalibration, list[float]]:
    """Sixteen competences of four items, three answers in each."""
    known, heights = with_common_factor(3000, (16, 4, 3), 0.7, 21), list[float]()
    told = heights.append
    found = calibrate_common_factor(known.responses, known.competence, None, QUICK, lambda _, height: told(height))
    return known, found, heights


def test_items_are_recovered_on_the_scales_of_their_competences() -> None:
    known, found, _ = crowd()

    assert slope(found.a, known.a) == pytest.approx(1.0, abs=0.03)
    assert slope(found.b, known.b) == pytest.approx(1.0, abs=0.03)
    assert found.converged.all()


def test_one_ability_would_get_the_scale_wrong() -> None:
    known, _, _ = crowd()

    assert slope(calibrate(known.responses).a, known.a) < 0.9


def test_the_correlation_is_recovered_within_its_error() -> None:
    _, found, _ = crowd()

    assert found.rho == pytest.approx(0.7, abs=0.03)
    assert abs(found.rho - 0.7) < 3 * found.se_rho
    assert 0.005 < found.se_rho < 0.03


def test_the_errors_of_items_are_as_large_as_the_misses() -> None:
    known, found, _ = crowd()

    assert np.std((found.a - known.a) / found.se_a) == pytest.approx(1.0, abs=0.2)
    assert np.std((found.b - known.b) / found.se_b) == pytest.approx(1.0, abs=0.2)


def test_the_likelihood_never_falls() -> None:
    _, _, heights = crowd()

    assert len(heights) > 5
    assert min(np.diff(heights)) >= -1e-6


def test_two_sums_give_the_likelihood_of_all_abilities_together() -> None:
    """Against the sum over every combination of g, θ₁ and θ₂."""
    nested = Nested(Quadrature(9, -4, 4).nodes, Quadrature(11, -4, 4).nodes, 0.6)
    logs = [np.random.default_rng(seed).normal(-2.0, 1.0, (3, 11)) for seed in (1, 2)]
    joint = np.einsum("g,gx,gy,ix,iy->igxy", np.exp(nested.log_factor), nested.given, nested.given, *np.exp(logs))

    posterior = nested.posterior([one.copy() for one in logs])

    whole = joint.sum(axis=(1, 2, 3))
    np.testing.assert_allclose(posterior.loglik, np.log(whole))
    np.testing.assert_allclose(posterior.factor, joint.sum(axis=(2, 3)) / whole[:, None])
    np.testing.assert_allclose(posterior.ability(1), joint.sum(axis=(1, 2)) / whole[:, None])
    np.testing.assert_allclose(posterior.pairs(0, np.ones(3)), (joint.sum(axis=3) / whole[:, None, None]).sum(axis=0))


def test_the_score_of_the_correlation_is_the_slope_of_the_likelihood() -> None:
    nodes, logs = Quadrature(41, -5, 5).nodes, [np.random.default_rng(seed).normal(-2.0, 1.0, (4, 41)) for seed in (3, 4, 5)]

    def loglik(rho: float) -> Floats:
        return Nested(nodes, nodes, rho).posterior([one.copy() for one in logs]).loglik

    score = Nested(nodes, nodes, 0.5).posterior([one.copy() for one in logs]).rho_score()

    np.testing.assert_allclose(score, (loglik(0.5002) - loglik(0.4998)) / 0.0004, rtol=1e-4)


def test_one_competence_is_the_model_of_one_ability() -> None:
    responses = published(LSAT7)

    found, plain = calibrate_common_factor(responses, np.zeros(5, np.intp)), calibrate(responses)

    assert found.loglik == pytest.approx(plain.loglik, abs=1e-4)
    np.testing.assert_allclose(found.b, plain.b, atol=0.01)
    assert np.isnan(found.rho)
    assert np.isnan(found.se_rho)


def test_a_correlation_that_is_known_is_held() -> None:
    known = with_common_factor(400, (4, 4, 4), 0.5, 22)
    settings = CommonFactorSettings(QUICK.ability, QUICK.factor, rho=0.3)

    found = calibrate_common_factor(known.responses, known.competence, None, settings)

    assert found.rho == pytest.approx(0.3)
    assert np.isnan(found.se_rho)


def test_competences_that_have_nothing_in_common_do_not_correlate() -> None:
    known = with_common_factor(800, (4, 5, 5), 0.0, 23)

    found = calibrate_common_factor(known.responses, known.competence, None, QUICK)

    assert found.rho < 0.08


def test_items_and_persons_that_say_nothing_do_no_harm() -> None:
    known = with_common_factor(300, (3, 4, 3), 0.6, 24)
    outcomes = known.responses.outcomes.copy()
    outcomes[:, 0], outcomes[:, 1], outcomes[7] = 1, -1, -1
    outcomes[:, 8:] = 0

    found = calibrate_common_factor(Responses(outcomes), known.competence, None, QUICK)

    assert found.estimable.tolist() == [False, False] + [True] * 6 + [False] * 4
    assert np.all(np.isfinite(found.a[found.estimable]))
    assert 0 <= found.rho <= 0.95


def test_a_table_that_says_nothing_gives_nothing() -> None:
    found = calibrate_common_factor(Responses(np.ones((3, 2), np.int8)), np.array([0, 1]))

    assert not found.estimable.any()
    assert np.isnan(found.rho)


def test_steps_run_out_quietly() -> None:
    known = with_common_factor(200, (3, 3, 3), 0.6, 25)
    settings = CommonFactorSettings(QUICK.ability, QUICK.factor, StoppingRule(max_iterations=2))

    assert calibrate_common_factor(known.responses, known.competence, None, settings).iterations == 2


def test_impossible_input_is_refused() -> None:
    responses = simulated(20, 3, 1).responses
    with pytest.raises(ValueError, match="competence must have shape"):
        calibrate_common_factor(responses, np.zeros(2, np.intp))
    with pytest.raises(ValueError, match="below 0"):
        calibrate_common_factor(responses, np.array([0, -1, 0]))
    with pytest.raises(ValueError, match=r"rho must be in \[0, 0\.95\]"):
        CommonFactorSettings(rho=0.99)
