"""What came of a cohort: every figure against its own words, on cases small enough to do by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.simulation.figures import Errors, Results
from chalicelib.engine.simulation.sitting import Sitting
from tests.engine.builders import calm


def a_sitting(items: Sequence[int], mean: float = 0.0, abilities: Sequence[float] = (0.0,), **override: Any) -> Sitting:
    """A test of these items; reported to ±0.5."""
    competences = np.array(abilities, float)
    made: dict[str, Any] = {
        "items": np.array(items, np.intp),
        "right": np.ones(len(items), bool),
        "mean": mean,
        "sd": 0.3,
        "low": mean - 0.5,
        "high": mean + 0.5,
        "ability_mean": competences,
        "ability_sd": np.full(len(competences), 0.6),
        "ability_low": competences - 1.0,
        "ability_high": competences + 1.0,
        "given_up": 0,
    }
    return Sitting(**{**made, **override})


def test_errors_of_three_persons_by_hand() -> None:
    sittings = [a_sitting([0], 0.5), a_sitting([1], -0.4), a_sitting([2], 1.0)]

    errors = Results(sittings, np.array([[0.2], [0.2], [1.0]]), 3).composite

    assert errors.difference == pytest.approx([0.3, -0.6, 0.0])
    assert errors.rmse == pytest.approx(((0.09 + 0.36) / 3) ** 0.5)
    assert errors.bias == pytest.approx(-0.1)
    assert errors.mean_sd == pytest.approx(0.3)
    assert errors.covered == pytest.approx(2 / 3)
    assert errors.where(np.array([0, 2])).bias == pytest.approx(0.15)


def test_an_interval_covers_its_own_ends() -> None:
    errors = Errors(*(np.array(values, float) for values in ([1.0, 2.0], [1.5, 1.5], [1, 1], [1.0, 1.0], [2.0, 2.0])))

    assert errors.covered == 1.0


def test_a_level_is_right_when_it_is_the_one_of_the_true_ability() -> None:
    # Level ℓ is complete at θ = (ℓ − 4)·0.8.
    true = np.array([0.0, 0.79, 0.8, -3.3, 9.0])
    reported = np.array([0.5, 0.81, 1.59, -9.0, 3.2])

    assert Errors(true, reported, true, true, true).level_accuracy == pytest.approx(4 / 5)


@calm
@given(st.lists(st.sets(st.integers(0, 5), max_size=4), min_size=2, max_size=6))
def test_overlap_is_what_two_persons_share_on_average_over_all_pairs(tests: list[set[int]]) -> None:
    results = Results([a_sitting(sorted(items)) for items in tests], np.zeros((len(tests), 1)), 6)

    shared = np.mean([len(one & other) for one, other in combinations(tests, 2)])
    length = np.mean([len(one) for one in tests])

    assert results.overlap == pytest.approx(shared / length if length else 0.0)
    assert results.rates == pytest.approx([np.mean([item in one for one in tests]) for item in range(6)])


def test_one_person_overlaps_with_nobody() -> None:
    assert Results([a_sitting([0, 1])], np.zeros((1, 1)), 2).overlap == 0.0


def test_rates_by_stratum_are_shares_of_the_tests_of_each() -> None:
    results = Results([a_sitting([0, 1]), a_sitting([0]), a_sitting([2])], np.zeros((3, 1)), 3)

    rates = results.stratum_rates((0.0, 5.0), np.array([-1.0, 0.0, 2.0]))

    assert rates.tolist() == [[1, 1, 0], [0.5, 0, 0.5], [0, 0, 0]]


def test_errors_of_competences_are_those_of_every_person_in_each() -> None:
    sittings = [a_sitting([0], 0.5, (0.0, 1.0)), a_sitting([1], 0.0, (2.5, -0.5))]

    results = Results(sittings, np.array([[0.0, 0.6], [1.0, -1.0]]), 2)

    assert results.composite.true == pytest.approx([0.3, 0.0])
    assert results.competences is not None
    assert results.competences.difference == pytest.approx(np.array([[0.0, 0.4], [1.5, 0.5]]))
    summary = results.summary()
    assert summary["competence_rmse"] == pytest.approx(((1.5**2 / 2) ** 0.5 + ((0.16 + 0.25) / 2) ** 0.5) / 2)
    assert summary["competence_coverage90"] == 0.75
    assert summary["competence_rmse_of_composite"] == pytest.approx((((0.25 + 1) / 2) ** 0.5 + ((0.01 + 1) / 2) ** 0.5) / 2)


def test_where_one_ability_is_measured_nothing_is_said_of_competences() -> None:
    assert Results([a_sitting([0])], np.zeros((1, 2)), 1).competences is None
    assert "competence_rmse" not in Results([a_sitting([0])], np.zeros((1, 1)), 1).summary()


def test_a_summary_of_two_tests_by_hand() -> None:
    sittings = [a_sitting([0, 1, 2], 0.1, given_up=3), a_sitting([0], -0.3)]

    summary = Results(sittings, np.array([[0.0], [0.0]]), 4).summary()

    assert summary["max_exposure"] == 1.0
    assert summary["unused_share"] == 0.25
    assert summary["mean_length"] == 2.0
    assert summary["given_up"] == 1.5
    assert summary["overlap"] == pytest.approx(0.5)
    assert summary["level_accuracy"] == 0.5


def test_quarters_and_groups_by_ability_hold_everybody_once() -> None:
    true = np.array([3.0, 1.0, 2.0, 0.0, 4.0])
    results = Results([a_sitting([0] * (k + 1), one + 0.1 * k) for k, one in enumerate(true)], true[:, None], 1)

    groups = results.by_ability(2)

    assert results.quarters() == pytest.approx([((0.0 + 0.01) / 2) ** 0.5, 0.2, 0.3, 0.4])
    assert [group["persons"] for group in groups] == [3, 2]
    assert [group["ability"] for group in groups] == pytest.approx([1.0, 3.5])
    assert [group["bias"] for group in groups] == pytest.approx([0.2, 0.2])
    assert [group["length"] for group in groups] == pytest.approx([3.0, 3.0])
    assert len(results.by_ability(10)) == 5
