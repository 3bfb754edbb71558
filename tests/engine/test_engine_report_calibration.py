"""Calibration error widens what is reported, by what the posterior mean would move if the parameters did."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import Floats
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.full_matrix import FullMatrix
from chalicelib.engine.joint import Abilities
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.report import FINE, Given, report
from tests.engine.ability_oracles import Reply, as_given, same_correlation, some_replies
from tests.engine.builders import calm

ERROR_A, ERROR_B, STEP = 0.2, 0.25, 1e-4
GUESSED = [
    Reply(True, 0, 1.1, -1.2, 0.25),
    Reply(False, 0, 1.6, 0.4),
    Reply(True, 1, 0.8, 0.2, 0.1),
    Reply(True, 2, 1.3, 1.0),
    Reply(False, 2, 2.0, 1.4, 0.5),
]
seeds = st.integers(0, 10_000)


def means(model: Abilities, replies: list[Reply]) -> Floats:
    """E[θ̄], then E[θ_d] of each dimension."""
    found = report(model, as_given(replies)).joint
    return np.array([found.composite_mean, *found.mean])


def slopes(model: Abilities, replies: list[Reply], item: int, parameter: str) -> Floats:
    """How these means move with one parameter of one item, by nudging it to either side."""
    value = getattr(replies[item], parameter)
    either = [
        means(model, [one._replace(**{parameter: value + nudge}) if i == item else one for i, one in enumerate(replies)])
        for nudge in (STEP, -STEP)
    ]
    made: Floats = (either[0] - either[1]) / (2 * STEP)
    return made


@pytest.mark.parametrize("model", [CommonFactor(3, 0.7), CommonFactor(3, 0.0), CommonFactor(3, 0.5, scope=(0, 2))])
@pytest.mark.parametrize(("parameter", "item"), [(name, item) for name in "ab" for item in range(len(GUESSED))])
def test_one_uncertain_parameter_widens_by_how_far_the_mean_moves_with_it(
    model: CommonFactor, parameter: str, item: int
) -> None:
    errors = {name: np.zeros(len(GUESSED)) for name in "ab"}
    errors[parameter][item] = ERROR_A

    found = report(model, replace(as_given(GUESSED), se_a=errors["a"], se_b=errors["b"]))

    moved, plain = slopes(model, GUESSED, item, parameter), report(model, as_given(GUESSED)).composite.sd
    assert found.composite.sd**2 - plain**2 == pytest.approx((moved[0] * ERROR_A) ** 2, rel=1e-4, abs=1e-12)
    own = GUESSED[item].dimension
    for d, ability in enumerate(found.abilities):
        widened = found.joint.sd[d] ** 2 * (ability.stretch**2 - 1.0)
        expected = (moved[1 + d] * ERROR_A) ** 2 if d == own else 0.0
        assert widened == pytest.approx(expected, rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("model", [CommonFactor(3, 0.7), OneAbility()])
def test_the_errors_of_all_items_add_up(model: Abilities) -> None:
    replies = GUESSED if model.dimensions > 1 else [one._replace(dimension=0) for one in GUESSED]

    found, plain = report(model, as_given(replies, ERROR_A, ERROR_B)), report(model, as_given(replies))

    moved = sum(
        (slopes(model, replies, item, name)[0] * error) ** 2
        for item in range(len(replies))
        for name, error in (("a", ERROR_A), ("b", ERROR_B))
    )
    assert found.composite.stretch == pytest.approx(sqrt(1.0 + moved / plain.composite.sd**2), rel=1e-5)
    assert found.composite.sd == pytest.approx(sqrt(plain.composite.sd**2 + moved), rel=1e-5)
    assert found.composite.mean == plain.composite.mean


@pytest.mark.parametrize("model", [CommonFactor(3), FullMatrix(tuple(map(tuple, same_correlation(3, 0.7).tolist())))])
@pytest.mark.parametrize(("se_a", "se_b"), [(0.0, 0.0), (None, None)])
def test_parameters_without_error_widen_nothing(model: Abilities, se_a: float | None, se_b: float | None) -> None:
    found = report(model, as_given(GUESSED, se_a, se_b))

    assert found.composite.stretch == 1.0
    assert [ability.stretch for ability in found.abilities] == [1.0, 1.0, 1.0]


def test_an_ability_without_an_answer_is_not_widened() -> None:
    found = report(CommonFactor(4), as_given(GUESSED, ERROR_A, ERROR_B))

    assert found.abilities[3].stretch == 1.0
    assert min(ability.stretch for ability in found.abilities[:3]) > 1.0


@calm
@given(seeds, st.sampled_from((0.1, 0.3)), st.sampled_from((1.1, 3.0)))
def test_a_greater_error_gives_a_wider_interval_around_the_same_mean(seed: int, error: float, times: float) -> None:
    replies = some_replies(np.random.default_rng(seed), 3, 2, 0.5)

    exact, less, more = (report(CommonFactor(3), as_given(replies, e, e)).composite for e in (0.0, error, error * times))

    assert exact.mean == less.mean == more.mean
    assert exact.sd < less.sd < more.sd
    for coverage in (0.5, 0.9):
        (low, high), (lower, higher) = less.interval(coverage), more.interval(coverage)
        assert lower < low < high < higher


def test_the_error_of_the_mean_over_recalibrated_items_is_the_one_counted() -> None:
    """Parameters drawn around their estimates move the posterior mean by what the delta formula says."""
    rng, model = np.random.default_rng(8), OneAbility()
    replies = some_replies(rng, 1, 12, 0.5)
    answers = as_given(replies, 0.1, 0.15)
    drawn = []
    for _ in range(1500):
        other: Given = replace(answers, a=answers.a + rng.normal(0, 0.1, 12), b=answers.b + rng.normal(0, 0.15, 12))
        drawn.append(float(model.on(FINE).joint(other.log_likelihood(1, FINE)).mean[0]))

    found, plain = report(model, answers).composite, report(model, as_given(replies)).composite

    assert found.sd**2 - plain.sd**2 == pytest.approx(float(np.var(drawn)), rel=0.15)
