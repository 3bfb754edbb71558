"""One uncertain ability: quantiles, intervals and the probability of each level, by the rule book §1."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats  # type: ignore[import-untyped]

from chalicelib.engine.bank import LEVELS
from chalicelib.engine.distribution import Distribution
from chalicelib.engine.report import FINE
from chalicelib.engine.scoring import ability_of_level
from tests.engine.builders import calm

seeds = st.integers(0, 10_000)
stretches = st.sampled_from((1.0, 1.05, 1.5, 3.0))


def normal(mean: float = 0.0, sd: float = 1.0, stretch: float = 1.0) -> Distribution:
    masses = np.exp(-0.5 * ((FINE - mean) / sd) ** 2)
    return Distribution(FINE, masses / masses.sum(), stretch)


def rough(seed: int, stretch: float = 1.0) -> Distribution:
    """Any masses, some of them nothing."""
    rng = np.random.default_rng(seed)
    masses = rng.exponential(1.0, len(FINE)) ** 3 * (rng.random(len(FINE)) < 0.6) * np.exp(-0.5 * (FINE / 1.5) ** 2)
    return Distribution(FINE, masses / masses.sum(), stretch)


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (-1.3, 0.4), (2.07, 0.25)])
def test_a_normal_has_the_quantiles_and_levels_of_a_normal(mean: float, sd: float) -> None:
    found, wanted = normal(mean, sd), stats.norm(mean, sd)

    assert (found.mean, found.sd) == pytest.approx((mean, sd), abs=1e-4)
    for share in (0.01, 0.05, 0.25, 0.5, 0.9, 0.99):
        assert found.quantile(share) == pytest.approx(wanted.ppf(share), abs=0.004)
    assert found.interval(0.9) == pytest.approx((mean - 1.64485 * sd, mean + 1.64485 * sd), abs=0.002)
    limits = (np.arange(1, 8) - 4) * 0.8
    by_hand = np.diff(np.concatenate([[0.0], wanted.cdf(limits), [1.0]]))
    assert found.levels(7) == pytest.approx(by_hand, abs=2e-3)


@calm
@given(seeds, stretches)
def test_each_level_has_the_integral_of_the_density_between_its_limits(seed: int, stretch: float) -> None:
    found, top, half = rough(seed, stretch), 7, (FINE[1] - FINE[0]) / 2

    def density(theta: float) -> float:
        there = found.mean + (theta - found.mean) / stretch
        cell = int(np.argmin(np.abs(FINE - there)))
        return float(found.masses[cell]) / (2 * half) / stretch if abs(there - FINE[cell]) <= half else 0.0

    limits = [-30.0, *((level - 4) * 0.8 for level in range(1, top + 1)), 30.0]
    for level, (low, high) in enumerate(pairwise(limits)):
        cells = np.concatenate([FINE - half, FINE[-1:] + half])
        breaks = found.mean + (cells - found.mean) * stretch
        inside = np.unique(np.concatenate([[low], breaks[(breaks > low) & (breaks < high)], [high]]))
        middles = (inside[1:] + inside[:-1]) / 2
        area = float(np.sum(np.diff(inside) * [density(float(middle)) for middle in middles]))
        assert found.levels(top)[level] == pytest.approx(area, abs=1e-9)


@calm
@given(seeds, stretches, st.integers(0, LEVELS))
def test_levels_are_probabilities_of_all_levels_up_to_the_top(seed: int, stretch: float, top: int) -> None:
    levels = rough(seed, stretch).levels(top)

    assert levels.shape == (top + 1,)
    assert levels.sum() == pytest.approx(1.0, abs=1e-12)
    assert levels.min() >= -1e-15


def test_the_top_level_takes_all_that_lies_above() -> None:
    able = normal(2.0, 0.5)

    assert able.levels(5)[5] == pytest.approx(able.levels(8)[5:].sum(), abs=1e-12)
    assert able.levels(5)[:5] == pytest.approx(able.levels(8)[:5], abs=1e-12)


@pytest.mark.parametrize("level", range(LEVELS + 1))
def test_an_ability_in_the_middle_of_a_level_is_of_that_level(level: int) -> None:
    certain = np.zeros(len(FINE))
    certain[np.argmin(np.abs(FINE - ability_of_level(level + 0.5)))] = 1.0

    assert Distribution(FINE, certain).levels()[level] == pytest.approx(1.0, abs=1e-12)


@calm
@given(seeds, stretches, st.floats(0.01, 0.98), st.floats(0.001, 0.9))
def test_a_wider_coverage_contains_the_narrower_one(seed: int, stretch: float, coverage: float, more: float) -> None:
    found = rough(seed, stretch)

    low, high = found.interval(coverage)
    lower, higher = found.interval(coverage + (1 - coverage) * more)

    assert lower <= low <= high <= higher


@calm
@given(seeds, stretches, st.floats(0.02, 0.98))
def test_an_interval_holds_the_share_it_says(seed: int, stretch: float, coverage: float) -> None:
    found = rough(seed, stretch)

    low, high = found.below(np.array(found.interval(coverage)))

    assert high - low == pytest.approx(coverage, abs=1e-9)
    assert low == pytest.approx((1 - coverage) / 2, abs=1e-9)


@calm
@given(seeds, st.floats(1.0, 4.0))
def test_stretching_keeps_the_mean_and_multiplies_every_distance_from_it(seed: int, stretch: float) -> None:
    plain = rough(seed)
    wider = replace(plain, stretch=stretch)

    assert wider.mean == plain.mean
    assert wider.sd == pytest.approx(stretch * plain.sd, rel=1e-12)
    for share in (0.05, 0.5, 0.8):
        assert wider.quantile(share) - plain.mean == pytest.approx(stretch * (plain.quantile(share) - plain.mean), abs=1e-9)


def test_below_is_an_integral_that_scipy_finds_too() -> None:
    found = normal(0.3, 0.7, 1.2)

    area, _ = integrate.quad(stats.norm(0.3, 0.7 * 1.2).pdf, -10, 0.9)

    assert found.below(np.array([0.9]))[0] == pytest.approx(area, abs=1e-3)
