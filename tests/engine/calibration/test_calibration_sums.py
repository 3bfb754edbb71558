"""What calibrations are made of: curves and their slopes, normal weights, sums over answers, climbing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chalicelib.engine.bank import Floats, probability
from chalicelib.engine.calibration.acceleration import StoppingRule, climb
from chalicelib.engine.calibration.blocks import DenseBlock, SparseBlock, block_of
from chalicelib.engine.calibration.curves import curves
from chalicelib.engine.calibration.quadrature import Quadrature, normal_log_weights
from chalicelib.engine.calibration.responses import Outcomes
from tests.engine.builders import calm
from tests.engine.calibration.answered_forms import simulated

NODES = Quadrature().nodes
A, D, C = np.array([0.7, 1.5, -0.4, 1.1]), np.array([0.3, -2.0, 1.0, 0.0]), np.array([0.0, 0.25, 0.0, 0.4])


def test_the_curves_are_those_of_the_bank() -> None:
    at = curves(NODES, A, D, C)
    chance = probability(NODES, A[:, None], (-D / A)[:, None], C[:, None])

    np.testing.assert_allclose(np.exp(at.log_right), chance, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(np.exp(at.log_wrong), 1 - chance, rtol=1e-9, atol=1e-12)


def test_the_slopes_are_the_derivatives_of_the_logarithms() -> None:
    step = 1e-5
    low, high, at = curves(NODES, A, D - step, C), curves(NODES, A, D + step, C), curves(NODES, A, D, C)

    np.testing.assert_allclose(at.right_slope, (high.log_right - low.log_right) / (2 * step), atol=1e-8)
    np.testing.assert_allclose(at.wrong_slope, (high.log_wrong - low.log_wrong) / (2 * step), atol=1e-8)


def test_curves_of_absurd_items_stay_finite() -> None:
    at = curves(NODES, np.array([1e6, -1e6, 0.0, 0.0]), np.array([0.0, 0.0, 1e8, -1e8]), np.array([0.0, 0.2, 0.0, 0.3]))

    for table in (at.log_right, at.log_wrong, at.right_slope, at.wrong_slope):
        assert np.all(np.isfinite(table))


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (-1.3, 0.4), (0.8, 1.3)])
def test_the_weights_have_the_moments_of_the_normal(mean: float, sd: float) -> None:
    weights = np.exp(normal_log_weights(NODES, mean, sd))

    assert weights.sum() == pytest.approx(1.0)
    assert weights @ NODES == pytest.approx(mean, abs=1e-3)
    assert weights @ (NODES - mean) ** 2 == pytest.approx(sd**2, abs=2e-3)


@pytest.mark.parametrize("wrong", [{"points": 2}, {"lowest": 1.0, "highest": -1.0}, {"highest": np.inf}])
def test_an_impossible_quadrature_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Quadrature(**wrong)  # type: ignore[arg-type]


@calm
@given(arrays(np.int8, st.tuples(st.integers(1, 12), st.just(4)), elements=st.integers(-1, 1)))
def test_both_layouts_do_the_same_sums(outcomes: Outcomes) -> None:
    at, rng = curves(NODES, A, D, C), np.random.default_rng(1)
    weights = rng.random((len(outcomes), len(NODES)))
    dense, sparse = DenseBlock.of(outcomes), SparseBlock.of(outcomes)

    np.testing.assert_allclose(sparse.log_likelihood(at), dense.log_likelihood(at), atol=1e-9)
    for ours, theirs in zip(sparse.counts(weights), dense.counts(weights), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_few_answers_among_many_items_take_the_sparse_layout() -> None:
    assert isinstance(block_of(simulated(50, 100, 1, answered=0.02).responses.outcomes), SparseBlock)
    assert isinstance(block_of(simulated(50, 100, 1).responses.outcomes), DenseBlock)


def _slow(point: Floats) -> tuple[Floats, float]:
    """A linear step of rate 0.99 towards 1, 2, 3, and the height of a point."""
    goal = np.array([1.0, 2.0, 3.0])
    pace = np.array([0.99, 0.9, 0.5])
    return goal + pace * (point - goal), -float(np.sum((point - goal) ** 2))


def test_a_slow_climb_takes_few_steps() -> None:
    summit = climb(_slow, np.zeros(3), StoppingRule(parameter_change=1e-8, objective_change=1e-12))

    assert summit.converged
    assert summit.iterations < 15
    np.testing.assert_allclose(summit.point, [1.0, 2.0, 3.0], atol=1e-5)


def test_a_climb_never_goes_down_where_the_step_bends() -> None:
    def bent(point: Floats) -> tuple[Floats, float]:
        return point + 0.3 * np.sin(point), float(-np.abs(point - np.pi).sum())

    heights: list[float] = []
    climb(bent, np.array([0.01, 2.0, 6.0]), StoppingRule(), lambda _, height: heights.append(height))

    assert min(np.diff(heights)) >= -1e-9


def test_a_climb_without_a_summit_ends_with_its_steps() -> None:
    summit = climb(lambda x: (x + 1.0, float(x[0])), np.zeros(1), StoppingRule(max_iterations=7))

    assert (summit.iterations, summit.converged) == (7, False)


@pytest.mark.parametrize("name", ["max_iterations", "parameter_change", "objective_change"])
def test_a_rule_that_would_never_stop_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        StoppingRule(**{name: 0})
