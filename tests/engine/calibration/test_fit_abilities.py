"""What is known of abilities: posteriors that sum to one, and one answer taken out or put in exactly."""

from __future__ import annotations

import numpy as np
import pytest

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.calibration.abilities import (
    AbilityWeights,
    ItemCurves,
    ability_weights,
    answers_of,
    normal_weights,
    with_item,
    without_item,
)
from chalicelib.engine.calibration.responses import MISSING, Responses
from tests.engine.calibration.virtual_answers import PRIOR, complete_form, some_curves


def test_a_person_with_no_answer_keeps_the_prior() -> None:
    weights = ability_weights(Responses(np.full((1, 3), MISSING, dtype=np.int8)), some_curves(3, seed=1), PRIOR).weights

    assert weights[0] == pytest.approx(PRIOR, abs=1e-15)


def test_the_posterior_of_one_answer_is_the_prior_times_the_curve() -> None:
    curves = ItemCurves(np.array([1.3]), np.array([0.4]), np.array([0.2]))
    right = 0.2 + 0.8 / (1 + np.exp(-1.3 * (GRID - 0.4)))
    expected = PRIOR * (1 - right)

    weights = ability_weights(Responses(np.array([[0]], dtype=np.int8)), curves, PRIOR).weights

    assert weights[0] == pytest.approx(expected / expected.sum(), abs=1e-14)


def test_taking_an_answer_out_is_the_posterior_of_the_others_and_putting_it_in_gives_it_back() -> None:
    rng = np.random.default_rng(3)
    curves = some_curves(6, seed=2)
    responses = complete_form(rng.normal(size=50), curves, rng).responses
    others = np.arange(6) != 4
    fewer = ItemCurves(curves.a[others], curves.b[others], curves.c[others])
    persons, right = answers_of(responses.outcomes, 4)
    full = ability_weights(responses, curves, PRIOR).weights[persons]

    without = without_item(full, right, curves.curve(4, GRID))

    assert without == pytest.approx(ability_weights(responses.of_items(others), fewer, PRIOR).weights, abs=1e-12)
    assert with_item(without, right, curves.curve(4, GRID)) == pytest.approx(full, abs=1e-12)


def test_an_item_without_parameters_tells_nothing_of_ability() -> None:
    curves = ItemCurves(np.array([1.0, np.nan]), np.array([0.0, np.nan]), np.zeros(2))
    both = Responses(np.array([[1, 0], [1, 1]], dtype=np.int8))

    weights = ability_weights(both, curves, PRIOR).weights

    assert np.array_equal(weights[0], weights[1])


def test_a_known_ability_is_shared_by_its_two_neighbours_and_kept_inside_the_nodes() -> None:
    points = AbilityWeights.at(np.array([0.13, -6.0, 99.0]))

    assert points.mean == pytest.approx([0.13, -6.0, 6.0])
    assert np.count_nonzero(points.weights[0]) == 2


def test_normal_weights_have_their_mean_and_deviation() -> None:
    weights = normal_weights(GRID, 0.5, 0.8)

    assert weights @ GRID == pytest.approx(0.5, abs=1e-9)
    assert np.sqrt(weights @ (GRID - 0.5) ** 2) == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ((np.ones(2), np.zeros(3), np.zeros(2)), "one value an item"),
        ((np.array([np.inf]), np.zeros(1), np.zeros(1)), "finite"),
        ((np.ones(1), np.zeros(1), np.ones(1)), "c must be in"),
    ],
)
def test_impossible_curves_are_refused(columns: tuple[Floats, Floats, Floats], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ItemCurves(*columns)


@pytest.mark.parametrize(
    ("nodes", "weights", "said"),
    [
        (np.array([0.0, 1.0]), np.ones((1, 3)) / 3, "one column a node"),
        (np.array([1.0, 0.0]), np.ones((1, 2)) / 2, "increasing"),
        (np.array([0.0, 1.0]), np.array([[0.4, 0.4]]), "sum to one"),
        (np.array([0.0, 1.0]), np.array([[1.4, -0.4]]), "at least 0"),
    ],
)
def test_weights_that_are_no_distribution_are_refused(nodes: Floats, weights: Floats, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        AbilityWeights(nodes, weights)
