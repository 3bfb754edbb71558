"""Abilities with any correlations: the highest point of the posterior, and what is reported around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.full_matrix import FullMatrix
from chalicelib.engine.report import FINE, Given, report
from tests.engine.ability_oracles import (
    QUANTILES,
    Reply,
    as_given,
    highest,
    log_posterior,
    same_correlation,
    some_replies,
    tensor,
)
from tests.engine.builders import calm, thorough

seeds = st.integers(0, 10_000)
UNEQUAL = np.array([[1.0, 0.8, 0.3], [0.8, 1.0, 0.1], [0.3, 0.1, 1.0]])
INDEFINITE = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])


def model(matrix: Floats) -> FullMatrix:
    return FullMatrix(tuple(tuple(row) for row in matrix.tolist()))


@pytest.mark.parametrize("right", [0.0, 0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize(("dimensions", "each"), [(2, 2), (3, 3), (16, 2)])
def test_equal_correlations_report_what_the_common_factor_reports(dimensions: int, each: int, right: float) -> None:
    answers = as_given(some_replies(np.random.default_rng(dimensions), dimensions, each, right))

    found, exact = report(model(same_correlation(dimensions, 0.7)), answers), report(CommonFactor(dimensions, 0.7), answers)

    assert found.joint.mean == pytest.approx(exact.joint.mean, abs=0.01)
    assert found.joint.sd == pytest.approx(exact.joint.sd, abs=0.02)
    assert found.composite.mean == pytest.approx(exact.composite.mean, abs=0.01)
    assert found.composite.sd == pytest.approx(exact.composite.sd, abs=0.01)
    for share in QUANTILES:
        assert found.composite.quantile(share) == pytest.approx(exact.composite.quantile(share), abs=0.03)


def test_a_lucky_guess_does_not_hide_the_wide_posterior_below_it() -> None:
    """Near its mode this posterior is narrow: the item is steep, and guessed right. Draws from there alone miss the rest."""
    lucky = [Reply(False, 0, 0.68, 1.1), Reply(False, 1, 0.87, 0.0), Reply(True, 2, 3.2, 0.6, 0.25)]
    exact = tensor(lucky, same_correlation(3, 0.7), points=61)

    composite = report(model(same_correlation(3, 0.7)), as_given(lucky)).composite

    assert [composite.quantile(q) for q in QUANTILES] == pytest.approx([exact.quantile(q) for q in QUANTILES], abs=0.02)


@pytest.mark.parametrize("right", [0.2, 0.6, 1.0])
def test_unequal_correlations_report_what_integration_over_all_gives(right: float) -> None:
    replies = some_replies(np.random.default_rng(6), 3, 3, right)
    exact = tensor(replies, UNEQUAL, points=61)

    found = report(model(UNEQUAL), as_given(replies))

    assert found.joint.mean == pytest.approx(exact.mean, abs=0.01)
    assert found.joint.sd == pytest.approx(exact.sd, abs=0.02)
    assert [found.composite.quantile(q) for q in QUANTILES] == pytest.approx([exact.quantile(q) for q in QUANTILES], abs=0.03)


def test_an_ability_is_drawn_most_to_the_one_it_correlates_with_most() -> None:
    found = report(model(UNEQUAL), as_given([Reply(True, 0), Reply(True, 0, b=0.5)])).joint.mean

    assert found[0] > found[1] > found[2] > 0
    assert found[1] == pytest.approx(0.8 * found[0], abs=0.01)
    assert found[2] == pytest.approx(0.3 * found[0], abs=0.01)


def test_without_answers_everyone_is_as_the_matrix_says() -> None:
    found = report(model(UNEQUAL), as_given([]))

    assert found.joint.mean == pytest.approx(np.zeros(3), abs=1e-9)
    assert found.joint.sd == pytest.approx(np.ones(3), abs=1e-4)
    assert found.composite.mean == pytest.approx(0.0, abs=1e-9)
    assert found.composite.sd == pytest.approx(float(np.sqrt(UNEQUAL.mean())), abs=0.005)


@calm
@given(seeds, st.permutations(range(3)))
def test_competences_in_another_order_give_the_same_abilities_in_that_order(seed: int, order: list[int]) -> None:
    replies = some_replies(np.random.default_rng(seed), 3, 2, 0.5)
    moved = [one._replace(dimension=order[one.dimension]) for one in replies]
    matrix = np.empty((3, 3))
    matrix[np.ix_(order, order)] = UNEQUAL

    found = model(UNEQUAL).joint(as_given(replies).log_likelihood(3, GRID))
    after = model(matrix).joint(as_given(moved).log_likelihood(3, GRID))

    assert after.mean[order] == pytest.approx(found.mean, abs=1e-6)
    assert after.composite_sd == pytest.approx(found.composite_sd, abs=1e-6)


def test_the_same_answers_report_the_same_numbers_each_time() -> None:
    answers = as_given(some_replies(np.random.default_rng(1), 3, 3, 0.5))

    assert report(model(UNEQUAL), answers).composite.interval(0.9) == report(model(UNEQUAL), answers).composite.interval(0.9)


@calm
@given(seeds, st.integers(0, 4), st.sampled_from((0.0, 0.4, 0.8, 1.0)), st.sampled_from((0.0, 0.5, 0.9)))
def test_without_guessing_the_mode_is_the_one_scipy_finds(seed: int, each: int, right: float, correlation: float) -> None:
    replies = [one._replace(c=0.0) for one in some_replies(np.random.default_rng(seed), 3, each, right)]
    matrix = same_correlation(3, correlation)

    found = model(matrix).mode(as_given(replies).log_likelihood(3, FINE)) if each else None
    on_fine = model(matrix).on(FINE).mode(as_given(replies).log_likelihood(3, FINE))

    assert found is None or found.converged
    assert on_fine.converged
    assert on_fine.ability == pytest.approx(highest(replies, matrix, np.zeros(3)), abs=2e-3)


@calm
@given(seeds, st.integers(1, 4), st.sampled_from((0.0, 0.4, 0.8, 1.0)))
def test_with_guessing_the_mode_is_a_highest_point_that_scipy_does_not_leave(seed: int, each: int, right: float) -> None:
    replies, matrix = some_replies(np.random.default_rng(seed), 3, each, right), same_correlation(3, 0.7)

    found = model(matrix).on(FINE).mode(as_given(replies).log_likelihood(3, FINE))

    assert found.converged
    assert found.ability == pytest.approx(highest(replies, matrix, found.ability), abs=5e-3)


def extremes(seed: int, k: int, right: float, dimensions: int = 4) -> Given:
    """Items from hardly to very discriminating, trivial to impossible, guessed or not."""
    rng = np.random.default_rng(seed)
    return Given(
        rng.choice([0.2, 1.0, 3.0, 5.0], k),
        rng.uniform(-6.0, 6.0, k),
        rng.choice([0.0, 0.25, 0.5], k),
        rng.integers(0, dimensions, k),
        rng.random(k) < right,
    )


@thorough
@given(seeds, st.integers(0, 32), st.sampled_from((0.0, 0.5, 1.0)), st.sampled_from((0.0, 0.7, 0.95)))
def test_newton_ends_at_a_highest_point_for_extreme_items(seed: int, k: int, right: float, correlation: float) -> None:
    matrix, answers = same_correlation(4, correlation), extremes(seed, k, right)
    replies = [
        Reply(bool(u), int(d), float(a), float(b), float(c))
        for u, d, a, b, c in zip(answers.right, answers.dimension, answers.a, answers.b, answers.c, strict=True)
    ]

    found = model(matrix).on(FINE).mode(answers.log_likelihood(4, FINE))

    assert found.converged
    top = log_posterior(replies, matrix, found.ability)
    assert top >= log_posterior(replies, matrix, np.zeros(4)) - 0.01
    for step in np.concatenate([0.1 * np.eye(4), -0.1 * np.eye(4)]):
        assert log_posterior(replies, matrix, found.ability + step) <= top + 0.01
    assert np.linalg.eigvalsh(found.covariance)[0] > 0


@calm
@given(seeds, st.integers(0, 32), st.sampled_from((0.0, 0.5, 1.0)), st.sampled_from((0.0, 0.7, 0.95)))
def test_extreme_items_are_reported_with_finite_numbers(seed: int, k: int, right: float, correlation: float) -> None:
    found = report(model(same_correlation(4, correlation)), extremes(seed, k, right))

    assert np.all(np.isfinite([*found.composite.interval(0.9), found.composite.sd, *found.joint.mean, *found.joint.sd]))
    assert found.composite.levels(7).sum() == pytest.approx(1.0, abs=1e-9)
    assert np.all(found.joint.sd > 0)
    assert abs(found.composite.mean - found.joint.composite_mean) < 1.0


def test_virtual_persons_have_the_correlations_of_the_matrix() -> None:
    drawn = model(UNEQUAL).draw(np.random.default_rng(2), 40_000)

    assert np.cov(drawn.T) == pytest.approx(UNEQUAL, abs=0.03)


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (((1.0, 0.5), (0.5,)), "square|inhomogeneous"),
        (((1.0, 0.5, 0.1), (0.5, 1.0, 0.1)), "square"),
        (((1.0, float("nan")), (float("nan"), 1.0)), "finite"),
        (((1.0, 0.5), (0.4, 1.0)), "symmetric"),
        (((1.0, 0.5), (0.5, 1.1)), "ones"),
        (((1.0, 1.0), (1.0, 1.0)), "positive definite"),
        (tuple(map(tuple, INDEFINITE.tolist())), "positive definite"),
        ((), "square"),
    ],
)
def test_what_is_no_correlation_matrix_is_refused(matrix: tuple[tuple[float, ...], ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FullMatrix(matrix)
