"""Warm's weighted likelihood estimate: the root of its equation, nearly unbiased, finite for every pattern."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.engine.bank import Floats
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.report import FINE, Given
from chalicelib.engine.weighted_likelihood import RANGE, weighted_likelihood
from tests.engine.ability_oracles import (
    Reply,
    as_given,
    highest_with_jeffreys_prior,
    some_replies,
    warm_equation,
    warm_root,
)
from tests.engine.builders import calm

seeds = st.integers(0, 10_000)
replies = st.builds(
    Reply,
    right=st.booleans(),
    dimension=st.just(0),
    a=st.floats(0.3, 3.0),
    b=st.floats(-3.0, 3.0),
    c=st.just(0.0),
)

FIVE = [
    Reply(True, 0, 1.1, -1.6),
    Reply(True, 0, 0.8, -0.9),
    Reply(True, 0, 1.5, 0.1),
    Reply(False, 0, 1.9, 0.4),
    Reply(False, 0, 1.2, 1.3),
]
GUESSED = [one._replace(c=c) for one, c in zip(FIVE, (0.25, 0.0, 0.2, 0.5, 0.1), strict=True)]


@pytest.mark.parametrize(("right", "of"), [(0, 1), (1, 1), (0, 8), (3, 8), (8, 8), (19, 20), (20, 20)])
@pytest.mark.parametrize(("a", "b"), [(1.0, 0.0), (1.7, -0.6)])
def test_equal_items_give_half_an_answer_more_to_either_side(right: int, of: int, a: float, b: float) -> None:
    """L·√I of n equal two-parameter items is highest where P = (r + ½) / (n + 1) (Warm 1989, with Jeffreys' prior)."""
    found = weighted_likelihood(as_given([Reply(i < right, 0, a, b) for i in range(of)]))

    p = (right + 0.5) / (of + 1)
    assert found.ability == pytest.approx(b + log(p / (1 - p)) / a, abs=1e-8)
    assert found.sd == pytest.approx(1 / (a * sqrt(of * p * (1 - p))), abs=1e-7)


@pytest.mark.parametrize(
    ("answers", "ability", "sd"),
    [
        (FIVE, 0.24267254620690898, 0.7178469831773514),
        (GUESSED, 0.09355865993046548, 1.0141307356636102),
        ([one._replace(right=True) for one in FIVE], 2.215610254433337, 1.3771708573714225),
        ([one._replace(right=False) for one in GUESSED], -3.084654282293001, 2.709626815320551),
    ],
)
def test_the_estimate_is_the_pinned_one(answers: list[Reply], ability: float, sd: float) -> None:
    found = weighted_likelihood(as_given(answers))

    assert found.ability == pytest.approx(ability, abs=1e-7)
    assert found.sd == pytest.approx(sd, abs=1e-7)
    assert found.ability == pytest.approx(warm_root(answers, ability - 0.3, ability + 0.3), abs=1e-8)


@calm
@given(st.lists(replies, min_size=1, max_size=8))
def test_without_guessing_it_is_where_likelihood_times_root_information_is_highest(answers: list[Reply]) -> None:
    found = weighted_likelihood(as_given(answers)).ability

    assert found == pytest.approx(highest_with_jeffreys_prior(answers), abs=1e-5)


@calm
@given(seeds, st.integers(4, 30), st.sampled_from((0.3, 0.6, 0.9)))
def test_with_guessing_it_solves_warms_equation(seed: int, k: int, right: float) -> None:
    answers = some_replies(np.random.default_rng(seed), 1, k, right)

    found = weighted_likelihood(as_given(answers)).ability

    assert abs(found) < RANGE
    assert warm_equation(answers, found - 1e-4) > 0 > warm_equation(answers, found + 1e-4)


@calm
@given(st.lists(replies, min_size=1, max_size=8))
def test_the_mirrored_test_gives_the_mirrored_ability(answers: list[Reply]) -> None:
    mirrored = [one._replace(b=-one.b, right=not one.right) for one in answers]

    found, other = weighted_likelihood(as_given(answers)), weighted_likelihood(as_given(mirrored))

    assert other.ability == pytest.approx(-found.ability, abs=1e-7)
    assert other.sd == pytest.approx(found.sd, rel=1e-6)


@calm
@given(seeds, st.integers(1, 40), st.booleans())
def test_all_right_or_all_wrong_gives_a_finite_ability_with_a_finite_error(seed: int, k: int, right: bool) -> None:
    answers = [one._replace(right=right) for one in some_replies(np.random.default_rng(seed), 1, k, 1.0)]

    found = weighted_likelihood(as_given(answers))

    assert abs(found.ability) < RANGE
    assert 0 < found.sd < 20


@settings(calm, max_examples=150)
@given(seeds, st.integers(1, 40), st.sampled_from((0.0, 0.5, 1.0)))
def test_no_pattern_and_no_item_however_odd_breaks_it(seed: int, k: int, right: float) -> None:
    rng = np.random.default_rng(seed)
    odd = Given(
        rng.choice([0.05, 0.5, 2.0, 8.0], k),
        rng.choice([-8.0, -3.0, 0.0, 3.0, 8.0], k),
        rng.choice([0.0, 0.25, 0.9], k),
        np.zeros(k, np.intp),
        rng.random(k) < right,
    )

    found = weighted_likelihood(odd)

    assert abs(found.ability) <= RANGE
    assert found.sd > 0


def test_without_an_answer_nothing_is_known() -> None:
    found = weighted_likelihood(as_given([]))

    assert (found.ability, found.sd) == (0.0, float("inf"))


@pytest.mark.parametrize("theta", [-3.0, -2.0, 2.0, 3.0])
def test_far_from_the_middle_it_is_less_biased_than_the_posterior_mean(theta: float) -> None:
    rng = np.random.default_rng(17)
    a, b = rng.lognormal(0.0, 0.3, 24), rng.uniform(-3.0, 3.0, 24)
    unbiased, drawn_in = [], []
    for outcome in rng.random((250, 24)) < 1 / (1 + np.exp(-a * (theta - b))):
        answers = Given(a, b, np.zeros(24), np.zeros(24, np.intp), outcome)
        unbiased.append(weighted_likelihood(answers).ability)
        drawn_in.append(posterior_mean(answers))

    bias, pulled = float(np.mean(unbiased)) - theta, float(np.mean(drawn_in)) - theta

    assert abs(bias) < 0.1
    assert abs(pulled) > 2 * abs(bias)
    assert np.sign(pulled) == -np.sign(theta)


def posterior_mean(answers: Given) -> float:
    log_l: Floats = answers.log_likelihood(1, FINE)
    return float(OneAbility().on(FINE).joint(log_l).mean[0])
