"""Whatever was answered, the report has finite numbers, and raises no warning."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.full_matrix import FullMatrix
from chalicelib.engine.joint import Abilities
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.report import FINE, Given, report
from chalicelib.engine.scoring import certificate_score
from tests.engine.ability_oracles import Reply, as_given, same_correlation
from tests.engine.builders import Answer as Answered
from tests.engine.builders import Item, a_bank, calm, columns_of

seeds = st.integers(0, 1_000_000)
counts = st.sampled_from((0, 1, 2, 3, 8, 32, 100))
outcomes = st.sampled_from(("right", "wrong", "either", "opposed"))
correlations = st.sampled_from((0.0, 0.3, 0.7, 0.95))
many = settings(calm, max_examples=300)
fewer = settings(calm, max_examples=60)


def any_answers(seed: int, dimensions: int, k: int, outcome: str) -> Given:
    """Items of any kind, of some of the competences, answered alike, by chance, or oppositely from one competence to the next."""
    rng = np.random.default_rng(seed)
    wide = rng.random() < 0.5
    a = rng.choice([0.05, 0.5, 1.0, 3.0, 8.0], k) if wide else rng.uniform(0.05, 8.0, k)
    b = rng.choice([-8.0, -4.0, 0.0, 4.0, 8.0], k) if wide else rng.uniform(-8.0, 8.0, k)
    c = rng.choice([0.0, 0.0, 0.25, 0.5, 0.9], k)
    dimension = rng.integers(0, rng.integers(1, dimensions + 1), k)
    right = {
        "right": np.ones(k, bool),
        "wrong": np.zeros(k, bool),
        "either": rng.random(k) < 0.5,
        "opposed": dimension % 2 == 0,
    }[outcome]
    error = float(rng.choice([0.0, 0.2, 3.0]))
    return Given(a, b, c, dimension, right, np.full(k, error), np.full(k, error))


def assert_sound(model: Abilities, answers: Given) -> None:
    found = report(model, answers)
    for one in (found.composite, *found.abilities):
        low, high = one.interval(0.9)
        assert np.all(np.isfinite([one.mean, one.sd, one.stretch, low, high]))
        assert low <= high
        assert one.stretch >= 1.0
        assert -6.0 <= one.mean <= 6.0
        levels = one.levels(7)
        assert levels.sum() == pytest.approx(1.0, abs=1e-9)
        assert levels.min() >= -1e-12
    assert 0 <= certificate_score(found.composite.mean, 7) <= 895
    assert found.joint.weights.sum(axis=1) == pytest.approx(np.ones(model.dimensions), abs=1e-9)
    assert found.joint.pull.sum(axis=1) == pytest.approx(np.zeros(model.dimensions), abs=1e-9)
    assert np.isfinite(found.joint.composite_sd)


@many
@given(seeds, counts, outcomes)
def test_one_ability_is_reported_for_any_answers(seed: int, k: int, outcome: str) -> None:
    assert_sound(OneAbility(), any_answers(seed, 1, k, outcome))


@many
@given(seeds, counts, outcomes, st.integers(1, 5), correlations)
def test_abilities_with_a_common_factor_are_reported_for_any_answers(
    seed: int, k: int, outcome: str, dimensions: int, correlation: float
) -> None:
    assert_sound(CommonFactor(dimensions, correlation), any_answers(seed, dimensions, k, outcome))


@settings(calm, max_examples=150)
@given(seeds, counts, outcomes, st.sampled_from((0.05, 0.1, 0.3, 3.0)), correlations)
def test_a_prior_however_narrow_or_wide_is_reported_for_any_answers(
    seed: int, k: int, outcome: str, sd: float, correlation: float
) -> None:
    assert_sound(CommonFactor(2, correlation, sd=sd), any_answers(seed, 2, k, outcome))
    assert_sound(OneAbility(sd=sd), any_answers(seed, 1, k, outcome))


@fewer
@given(seeds, counts, outcomes, st.integers(2, 5), correlations)
def test_abilities_of_any_correlations_are_reported_for_any_answers(
    seed: int, k: int, outcome: str, dimensions: int, correlation: float
) -> None:
    model = FullMatrix(tuple(map(tuple, same_correlation(dimensions, correlation).tolist())))

    assert_sound(model, any_answers(seed, dimensions, k, outcome))


@calm
@given(seeds, st.integers(0, 20), correlations)
def test_one_more_right_answer_never_lowers_what_is_reported(seed: int, k: int, correlation: float) -> None:
    rng = np.random.default_rng(seed)
    replies = [
        Reply(bool(rng.random() < 0.5), int(rng.integers(3)), float(rng.uniform(0.3, 2.5)), float(rng.uniform(-3, 3)), 0.2)
        for _ in range(k)
    ]
    more = [*replies, Reply(True, int(rng.integers(3)), 1.0, float(rng.uniform(-3, 3)))]

    before, after = (report(CommonFactor(3, correlation), as_given(which)) for which in (replies, more))

    assert after.composite.mean > before.composite.mean
    assert np.all(after.joint.mean >= before.joint.mean - 1e-9)


def test_without_an_answer_the_prior_is_reported() -> None:
    found = report(CommonFactor(16), as_given([]))

    assert found.composite.mean == pytest.approx(0.0, abs=1e-9)
    assert certificate_score(found.composite.mean, 7) == 512
    for ability in found.abilities:
        assert (ability.mean, ability.sd) == pytest.approx((0.0, 1.0), abs=1e-5)


def test_answers_at_items_of_a_bank_are_given_with_their_parameters_and_competence() -> None:
    bank = a_bank([Item(0, 2, b=-1.0), Item(0, 5, b=0.5, c=0.2), Item(1, 3, a=2.0, b=0.0)], [0, 1])
    items, right = columns_of([Answered(2, True), Answered(1, False)])

    several, one = Given.of(bank, 2, items, right), Given.of(bank, 1, items, right)

    by_hand = as_given([Reply(True, 1, 2.0, 0.0), Reply(False, 0, 1.2, 0.5, 0.2)])
    assert several.log_likelihood(2, FINE) == pytest.approx(by_hand.log_likelihood(2, FINE), abs=1e-12)
    assert several.dimension.tolist() == [1, 0]
    assert one.dimension.tolist() == [0, 0]
    assert one.log_likelihood(1, FINE)[0] == pytest.approx(several.log_likelihood(2, FINE).sum(axis=0), abs=1e-12)
