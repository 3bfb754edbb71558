"""Errors of a link: they are the spread that repeated calibrations show, and moved items carry them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from chalicelib.engine.bank import Floats
from chalicelib.engine.calibration.item_parameters import ItemParameters
from chalicelib.engine.calibration.linking import Link, haebara, stocking_lord
from chalicelib.engine.calibration.promotion import parameters_of
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.two_parameter import calibrate
from tests.engine.calibration.linking_builders import Scale, estimated, moved, some_items

Linking = Callable[[ItemParameters, ItemParameters], Link]


@pytest.mark.parametrize("method", [stocking_lord, haebara])
def test_the_errors_are_the_spread_over_replications(method: Linking) -> None:
    draw, items = np.random.default_rng(11), some_items(30)
    source, target = items, moved(items, Scale())

    links = [method(estimated(source, 0.06, draw), estimated(target, 0.06, draw)) for _ in range(150)]

    slopes, intercepts = [link.slope for link in links], [link.intercept for link in links]
    assert np.std(slopes) == pytest.approx(np.mean([link.se_slope for link in links]), rel=0.2)
    assert np.std(intercepts) == pytest.approx(np.mean([link.se_intercept for link in links]), rel=0.2)
    assert np.mean(slopes) == pytest.approx(1.15, abs=0.01)
    together = np.cov(slopes, intercepts)[0, 1] - np.mean([link.errors[0, 1] for link in links])
    assert abs(together) < 0.25 * float(np.std(slopes) * np.std(intercepts))


@pytest.mark.parametrize("method", [stocking_lord, haebara])
def test_the_error_from_one_parameter_is_how_far_the_link_follows_it(method: Linking) -> None:
    """Against linking again after a small move, for calibrations that are far from agreeing."""
    draw, items, step = np.random.default_rng(9), some_items(6), 1e-4
    source, target = estimated(items, 0.5, draw), estimated(items, 0.5, draw)
    exact = ItemParameters.exact(source.a, source.b, source.c)
    there = replace(target, se_a=np.zeros(6), se_b=np.zeros(6))
    one = np.arange(6) == 2

    told = method(replace(exact, se_b=np.where(one, 1.0, 0.0)), there)
    more, less = (method(replace(exact, b=exact.b + sign * step * one), there) for sign in (1, -1))

    assert told.loss > 0.002
    assert told.se_slope == pytest.approx(abs(more.slope - less.slope) / (2 * step), rel=1e-3)
    assert told.se_intercept == pytest.approx(abs(more.intercept - less.intercept) / (2 * step), rel=1e-3)


def test_exact_parameters_make_a_link_without_error() -> None:
    source = some_items(8)

    link = stocking_lord(source, moved(source, Scale()))

    assert (link.se_slope, link.se_intercept) == (0.0, 0.0)


@pytest.mark.parametrize("method", [stocking_lord, haebara])
def test_the_errors_of_one_item_are_those_of_its_own_two_equations(method: Linking) -> None:
    """With one item A = a/a* and B = b* − A·b, whose errors follow by hand."""
    one = ItemParameters(np.array([1.2]), np.array([0.5]), np.zeros(1), np.array([0.1]), np.array([0.2]))
    other = ItemParameters(np.array([1.0]), np.array([-0.3]), np.zeros(1), np.array([0.0]), np.array([0.1]))

    link = method(one, other)

    var_slope = 0.1**2
    assert link.errors[0, 0] == pytest.approx(var_slope, rel=1e-4)
    assert link.errors[0, 1] == pytest.approx(-0.5 * var_slope, rel=1e-4)
    assert link.errors[1, 1] == pytest.approx(0.1**2 + (1.2 * 0.2) ** 2 + 0.5**2 * var_slope, rel=1e-4)


def test_an_unknown_error_makes_the_link_s_error_unknown_and_not_the_link() -> None:
    draw, items = np.random.default_rng(5), some_items(10)
    source = estimated(items, 0.1, draw)
    source.se_b[3] = math.nan

    link = haebara(source, items)

    assert math.isfinite(link.slope)
    assert math.isnan(link.se_slope)
    assert math.isnan(link.transform(source).se_a[0])


def test_a_covariance_between_a_and_b_changes_the_error() -> None:
    draw, items = np.random.default_rng(5), some_items(10)
    source, target = estimated(items, 0.1, draw), estimated(items, 0.1, draw)
    tied = replace(source, covariance=0.9 * source.se_a * source.se_b)

    assert haebara(tied, target).se_intercept != pytest.approx(haebara(source, target).se_intercept, rel=1e-3)


def test_moved_items_carry_both_errors() -> None:
    """Against a simulation of the errors of the item and of the link."""
    draw = np.random.default_rng(2)
    of_link: Floats = np.array([[0.03**2, 0.0012], [0.0012, 0.05**2]])
    of_item: Floats = np.array([[0.1**2, -0.004], [-0.004, 0.15**2]])
    item = ItemParameters(np.array([1.4]), np.array([1.1]), np.zeros(1), np.array([0.1]), np.array([0.15]), np.array([-0.004]))
    link = Link(1.2, -0.3, of_link, 0.0, "haebara", 10, 3, True)

    told = link.transform(item)

    slope, intercept = draw.multivariate_normal([1.2, -0.3], of_link, 100_000).T
    a, b = draw.multivariate_normal([1.4, 1.1], of_item, 100_000).T
    there = np.cov(a / slope, slope * b + intercept)
    assert told.errors[0] == pytest.approx(there, rel=0.03)
    assert (told.a[0], told.b[0]) == pytest.approx((1.4 / 1.2, 1.2 * 1.1 - 0.3))


def test_populations_are_compared_with_the_error_of_their_sampling_and_items_moved_without() -> None:
    """From real calibrations: the spread of A and B, and of moved items about their truth on the bank's scale."""
    items, anchors, persons = some_items(12), np.arange(12) < 8, 500
    links, misses = [], []
    for seed in range(90):
        draw = np.random.default_rng([seed, 6])
        abler, other = (calibrated(items, draw.normal(mean, sd, persons), draw) for mean, sd in ((0.5, 1.1), (0.0, 1.0)))
        links.append(stocking_lord(abler, other))
        on_bank = stocking_lord(abler.take(anchors), items.take(anchors)).transform(abler.take(~anchors))
        misses.append((on_bank.b - items.b[~anchors]) / on_bank.se_b)

    told = np.sqrt(np.mean([np.diag(link.population_errors(persons, persons)) for link in links], axis=0))
    spread = np.std([(link.slope, link.intercept) for link in links], axis=0)
    assert spread == pytest.approx(told, rel=0.25)
    assert np.mean([link.se_intercept for link in links]) < 0.8 * spread[1]
    assert np.mean(np.abs(misses) > 1.96) < 0.08
    assert np.median(np.abs(misses)) == pytest.approx(0.674, rel=0.2)


def calibrated(items: ItemParameters, theta: Floats, draw: np.random.Generator) -> ItemParameters:
    outcomes = (draw.random((len(theta), len(items))) < items.curves(theta).T).astype(np.int8)
    return parameters_of(calibrate(Responses(outcomes), items.c))


def test_the_sampling_of_persons_adds_what_its_formula_says() -> None:
    link = Link(1.2, -0.3, np.zeros((2, 2)), 0.0, "haebara", 10, 3, True)

    told = link.population_errors(400, 1000)

    assert told[0, 0] == pytest.approx(1.44 * (1 / 800 + 1 / 2000))
    assert told[1, 1] == pytest.approx(1.44 / 400 + 1 / 1000 + 0.09 / 2000)
    assert told[0, 1] == told[1, 0] == pytest.approx(-0.36 / 2000)


def test_a_calibration_of_nobody_has_no_population() -> None:
    with pytest.raises(ValueError, match="at least one person"):
        Link(1.2, -0.3, np.zeros((2, 2)), 0.0, "haebara", 10, 3, True).population_errors(0, 5)
