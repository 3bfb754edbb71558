"""Linking: the change of scale is found, by either method, in either direction, and agrees with a general optimiser."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize  # type: ignore[import-untyped]

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.calibration.item_parameters import ItemParameters, Population, rmsd
from chalicelib.engine.calibration.linking import Link, LinkingSettings, haebara, mean_mean, mean_sigma, stocking_lord
from tests.engine.builders import calm
from tests.engine.calibration.linking_builders import Scale, estimated, moved, some_items

Linking = Callable[[ItemParameters, ItemParameters, LinkingSettings], Link]
METHODS: tuple[Linking, ...] = (stocking_lord, haebara)
BOTH_WAYS, ONE_WAY = LinkingSettings(), LinkingSettings(symmetric=False)

by_each_method = pytest.mark.parametrize("method", METHODS)
each_way = pytest.mark.parametrize("settings", [BOTH_WAYS, ONE_WAY])


def exact(a: list[float], b: list[float]) -> ItemParameters:
    return ItemParameters.exact(np.array(a), np.array(b), np.zeros(len(a)))


def two_calibrations(n: int = 25, error: float = 0.1, seed: int = 3) -> tuple[ItemParameters, ItemParameters]:
    draw, items = np.random.default_rng(seed), some_items(n)
    return estimated(items, error, draw), estimated(moved(items, Scale()), error, draw)


@by_each_method
@each_way
@pytest.mark.parametrize("scale", [Scale(1.0, 0.0), Scale(1.3, -0.4), Scale(0.6, 1.5), Scale(2.2, -2.0)])
def test_a_known_change_of_scale_is_recovered(method: Linking, settings: LinkingSettings, scale: Scale) -> None:
    source = some_items(20)

    link = method(source, moved(source, scale), settings)

    assert link.converged
    assert (link.slope, link.intercept) == pytest.approx(tuple(scale), abs=1e-8)
    assert link.loss < 1e-15


@by_each_method
@calm
@given(st.integers(1, 12), st.floats(0.4, 2.5), st.floats(-2.0, 2.0), st.integers(0, 99))
def test_any_number_of_items_recovers_any_scale(method: Linking, n: int, slope: float, intercept: float, seed: int) -> None:
    source = some_items(n, seed)

    link = method(source, moved(source, Scale(slope, intercept)), BOTH_WAYS)

    assert link.slope == pytest.approx(slope, abs=1e-5)
    assert link.intercept == pytest.approx(intercept, abs=1e-5)


def test_the_moments_give_the_values_worked_out_by_hand() -> None:
    source, target = exact([1.0, 2.0, 1.5], [-1.0, 0.0, 1.0]), exact([0.5, 1.0, 0.75], [-1.0, 0.5, 3.5])

    assert mean_mean(source, target) == pytest.approx((2.0, 1.0))  # ā 1.5 / 0.75; b̄* 1 − 2 · 0
    assert mean_sigma(source, target) == pytest.approx((math.sqrt(3.5 / (2 / 3)), 1.0))


def test_items_of_one_difficulty_link_by_their_discriminations() -> None:
    source, target = exact([1.0, 1.4], [0.5, 0.5]), exact([0.5, 0.7], [2.0, 2.0])

    assert mean_sigma(source, target) == mean_mean(source, target)
    assert mean_mean(source, target) == pytest.approx((2.0, 1.0))


def direct_loss(stocking: bool, symmetric: bool, source: ItemParameters, target: ItemParameters) -> Callable[[Floats], float]:
    """The loss written from its definition, P = c + (1 − c)/(1 + e^(−a(θ − b)))."""

    def curves(items: ItemParameters, slope: float, intercept: float) -> Floats:
        a, b, c = (column[:, None] for column in (items.a / slope, slope * items.b + intercept, items.c))
        made: Floats = c + (1 - c) / (1 + np.exp(-a * (GRID[None, :] - b)))
        return made

    weights = np.exp(-0.5 * GRID**2) / np.exp(-0.5 * GRID**2).sum()

    def loss(at: Floats) -> float:
        slope, intercept = float(at[0]), float(at[1])
        pairs = [(curves(target, 1.0, 0.0), curves(source, slope, intercept))]
        if symmetric:
            pairs.append((curves(source, 1.0, 0.0), curves(target, 1 / slope, -intercept / slope)))
        gaps = [(one - other).sum(axis=0) ** 2 if stocking else ((one - other) ** 2).sum(axis=0) for one, other in pairs]
        return float(np.mean([gap @ weights for gap in gaps]))

    return loss


@by_each_method
@each_way
@pytest.mark.parametrize("seed", [3, 4])
def test_a_general_optimiser_finds_the_same_minimum(method: Linking, settings: LinkingSettings, seed: int) -> None:
    source, target = two_calibrations(seed=seed)
    loss = direct_loss(method is stocking_lord, settings.symmetric, source, target)

    link = method(source, target, settings)
    found: Any = optimize.minimize(loss, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14})

    assert link.loss == pytest.approx(loss(np.array([link.slope, link.intercept])), rel=1e-9)
    assert link.loss == pytest.approx(found.fun, rel=1e-7)
    assert [link.slope, link.intercept] == pytest.approx(found.x.tolist(), abs=1e-5)


def test_the_two_methods_agree_within_their_errors() -> None:
    source, target = two_calibrations()

    one, other = stocking_lord(source, target), haebara(source, target)

    assert abs(one.slope - other.slope) < 2 * one.se_slope
    assert abs(one.intercept - other.intercept) < 2 * one.se_intercept


@by_each_method
def test_linking_back_gives_the_inverse(method: Linking) -> None:
    source, target = two_calibrations()

    there, back = method(source, target, BOTH_WAYS), method(target, source, BOTH_WAYS).inverse()

    assert (there.slope, there.intercept) == pytest.approx((back.slope, back.intercept), abs=1e-8)
    assert there.errors == pytest.approx(back.errors, rel=1e-4)


@by_each_method
def test_linking_back_one_way_is_another_question(method: Linking) -> None:
    source, target = two_calibrations(error=0.25)

    assert method(source, target, ONE_WAY).slope != pytest.approx(method(target, source, ONE_WAY).inverse().slope, abs=1e-5)


def test_items_and_abilities_come_back_from_there() -> None:
    source, target = two_calibrations()
    link, theta = stocking_lord(source, target), np.array([-1.0, 0.0, 2.0])

    again = link.inverse().transform(link.transform(source))

    assert again.a == pytest.approx(source.a)
    assert again.b == pytest.approx(source.b)
    assert link.inverse().ability(link.ability(theta)) == pytest.approx(theta)


def test_a_moved_item_is_as_likely_answered_by_moved_persons() -> None:
    source, target = two_calibrations()
    link = haebara(source, target)

    assert link.transform(source).curves(link.ability(GRID)) == pytest.approx(source.curves(GRID))


@by_each_method
def test_items_that_one_calibration_does_not_know_are_left_out(method: Linking) -> None:
    source = some_items(6)
    target = moved(source, Scale())
    odd = replace(target, a=target.a.copy(), b=target.b.copy())
    odd.a[0], odd.b[1], odd.a[2] = math.nan, math.inf, -0.7

    link = method(source, odd, BOTH_WAYS)

    assert link.items == 3
    assert link.slope == pytest.approx(1.15, abs=1e-7)


def test_no_usable_common_item_is_refused() -> None:
    with pytest.raises(ValueError, match="no common item has usable parameters"):
        stocking_lord(exact([1.0], [math.nan]), exact([1.0], [0.0]))


def test_lists_of_different_items_are_refused() -> None:
    with pytest.raises(ValueError, match="must list the same items: 2 and 1"):
        haebara(exact([1.0, 1.0], [0.0, 1.0]), exact([1.0], [0.0]))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"b": np.zeros(2)}, "every column must have one value an item: b"),
        ({"c": np.array([1.0])}, r"c must be in \[0, 1\)"),
        ({"se_a": np.array([-0.1])}, "standard errors must not be negative"),
    ],
)
def test_impossible_parameters_are_refused(wrong: dict[str, Floats], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        replace(exact([1.0], [0.0]), **wrong)


@pytest.mark.parametrize("wrong", [{"max_iterations": 0}, {"tolerance": 0.0}])
def test_a_setting_out_of_its_domain_is_refused_by_its_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^out of range: {next(iter(wrong))}$"):
        LinkingSettings(**wrong)


def test_a_population_without_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="positive sum"):
        Population(GRID, np.zeros_like(GRID))


def test_a_search_cut_short_says_so() -> None:
    source, target = two_calibrations(error=0.3)

    assert not stocking_lord(source, target, LinkingSettings(max_iterations=1)).converged


def test_the_population_decides_where_the_curves_meet() -> None:
    source, target = two_calibrations(error=0.25)
    above = Population(GRID, np.exp(-0.5 * (GRID - 2.0) ** 2))

    elsewhere = haebara(source, target, LinkingSettings(population=above))

    assert elsewhere.intercept != pytest.approx(haebara(source, target).intercept, abs=1e-4)


def test_the_distance_of_two_curves_is_the_root_of_the_weighted_mean_square() -> None:
    population = Population(np.array([0.0, 1.0]), np.array([3.0, 1.0]))
    one, other = exact([1.0], [0.0]), exact([1.0], [1.0])
    quarter = 1 / (1 + math.e**-1) - 0.5  # P(1) − P(0) of a curve centred on 0

    assert rmsd(one, other, population) == pytest.approx(math.sqrt(0.75 * quarter**2 + 0.25 * quarter**2))


@by_each_method
def test_far_scales_and_flat_items_end_without_a_warning(method: Linking) -> None:
    flat, steep = exact([1e-4, 1e-4, 2e-4], [0.0, 1.0, 9.0]), exact([30.0, 40.0, 20.0], [-40.0, 0.0, 40.0])

    for source, target in ((flat, steep), (steep, flat), (flat, flat), (steep, steep)):
        link = method(source, target, BOTH_WAYS)
        assert 0 < link.slope < math.inf
        assert math.isfinite(link.intercept)
