"""Abilities with a common factor: what plain integration over all of them gives, whatever the answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import GRID
from chalicelib.engine.common_factor import HIGHEST_CORRELATION, CommonFactor
from chalicelib.engine.joint import Joint, log_likelihood
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.report import FINE
from tests.engine.ability_oracles import (
    QUANTILES,
    Cloud,
    Reply,
    as_given,
    importance,
    same_correlation,
    some_replies,
    tensor,
)
from tests.engine.builders import Answer, Item, a_bank, calm, columns_of

correlations = st.sampled_from((0.0, 0.3, 0.5, 0.7, 0.9))
seeds = st.integers(0, 10_000)
shares = st.sampled_from((0.0, 0.2, 0.5, 0.8, 1.0))
each_correlation = pytest.mark.parametrize("correlation", [0.0, 0.5, 0.7, 0.9])


def joint(model: CommonFactor | OneAbility, replies: list[Reply]) -> Joint:
    return model.joint(as_given(replies).log_likelihood(model.dimensions, model.grid))


def fine(dimensions: int, correlation: float, scope: tuple[int, ...] | None = None) -> CommonFactor:
    return CommonFactor(dimensions, correlation, scope=scope).on(FINE)


def assert_same(found: Joint, cloud: Cloud, within: float) -> None:
    """Moments, and covariances of the composite with functions of one ability, are those of the cloud."""
    assert found.mean == pytest.approx(cloud.mean, abs=within)
    assert found.sd == pytest.approx(cloud.sd, abs=within)
    assert found.composite_mean == pytest.approx(cloud.composite_mean, abs=within)
    assert found.composite_sd == pytest.approx(cloud.composite_sd, abs=within)
    for curve in (np.tanh, np.square, lambda theta: np.exp(-theta * theta)):
        for d, pull in enumerate(found.pull):
            assert curve(found.grid) @ pull == pytest.approx(cloud.covariance(curve(cloud.abilities[d])), abs=3 * within)


@calm
@given(seeds, correlations, shares, st.integers(0, 5))
def test_two_abilities_are_those_of_integration_over_both(seed: int, correlation: float, right: float, each: int) -> None:
    replies = some_replies(np.random.default_rng(seed), 2, each, right)

    cloud = tensor(replies, same_correlation(2, correlation))

    assert_same(joint(fine(2, correlation), replies), cloud, 2e-5)
    assert_same(joint(CommonFactor(2, correlation), replies), cloud, 2e-3)


@each_correlation
@pytest.mark.parametrize("right", [0.4, 1.0])
def test_three_abilities_are_those_of_integration_over_all(correlation: float, right: float) -> None:
    replies = some_replies(np.random.default_rng(3), 3, 3, right)

    cloud = tensor(replies, same_correlation(3, correlation), points=81)

    assert_same(joint(fine(3, correlation), replies), cloud, 5e-5)
    assert_same(joint(CommonFactor(3, correlation), replies), cloud, 2e-3)


@pytest.mark.parametrize(("seed", "right"), [(1, 0.6), (2, 1.0)])
def test_sixteen_abilities_are_those_of_weighted_draws(seed: int, right: float) -> None:
    replies = some_replies(np.random.default_rng(seed), 16, 2, right)
    cloud = importance(replies, same_correlation(16, 0.7), 80_000, seed)
    assert 1.0 / np.sum(cloud.weights**2) > 20_000

    found, composite = joint(fine(16, 0.7), replies), fine(16, 0.7).composite(as_given(replies).log_likelihood(16, FINE))

    assert_same(found, cloud, 0.012)
    assert abs(found.composite_mean - cloud.composite_mean) < 0.008
    assert [composite.quantile(q) for q in QUANTILES] == pytest.approx([cloud.quantile(q) for q in QUANTILES], abs=0.02)


@pytest.mark.parametrize("right", [0.0, 1.0])
@pytest.mark.parametrize("correlation", [0.5, 0.7])
def test_a_report_integrates_the_factor_far_enough_for_someone_who_answers_everything_alike(
    correlation: float, right: float
) -> None:
    log_l = as_given(some_replies(np.random.default_rng(3), 16, 4, right)).log_likelihood(16, FINE)
    farther = CommonFactor(16, correlation, factor_points=201, farthest_factor=10.0, points=tuple(FINE))

    found, wanted = fine(16, correlation), farther.joint(log_l)

    assert found.joint(log_l).mean == pytest.approx(wanted.mean, abs=1e-4)
    assert found.joint(log_l).composite_sd == pytest.approx(wanted.composite_sd, abs=1e-4)
    assert found.composite(log_l).interval(0.9) == pytest.approx(farther.composite(log_l).interval(0.9), abs=1e-3)


@pytest.mark.parametrize(
    ("dimensions", "correlation", "within"), [(2, 0.0, 0.03), (2, 0.5, 0.008), (3, 0.0, 0.02), (3, 0.7, 0.004)]
)
def test_the_composite_of_few_abilities_taken_as_normals_is_near_the_exact_one(
    dimensions: int, correlation: float, within: float
) -> None:
    rng = np.random.default_rng(11)
    for right in (0.0, 0.5, 1.0):
        for each in (0, 1, 3):
            replies = some_replies(rng, dimensions, each, right)
            exact = tensor(replies, same_correlation(dimensions, correlation), points=105 if dimensions == 2 else 61)
            found = fine(dimensions, correlation).composite(as_given(replies).log_likelihood(dimensions, FINE))
            assert [found.quantile(q) for q in QUANTILES] == pytest.approx([exact.quantile(q) for q in QUANTILES], abs=within)
            limits = np.array([-2.4, -0.8, 0.0, 1.6])
            assert found.below(limits) == pytest.approx([exact.below(float(x)) for x in limits], abs=within)
            assert found.sd == pytest.approx(exact.composite_sd, abs=1e-3)


@calm
@given(seeds, shares, st.sampled_from((0.3, 0.5, 1.0, 2.0)), st.sampled_from((0.0, 0.7, 0.95)))
def test_the_composite_has_the_mean_and_deviation_of_the_joint_posterior(
    seed: int, right: float, sd: float, correlation: float
) -> None:
    model = CommonFactor(4, correlation, sd=sd).on(FINE)
    log_l = as_given(some_replies(np.random.default_rng(seed), 4, 2, right)).log_likelihood(4, FINE)

    found, composite = model.joint(log_l), model.composite(log_l)

    assert composite.mean == pytest.approx(found.composite_mean, abs=0.005)
    assert composite.sd == pytest.approx(found.composite_sd, abs=0.005)


@calm
@given(seeds, shares)
def test_without_correlation_each_ability_is_known_by_its_own_answers_alone(seed: int, right: float) -> None:
    replies = some_replies(np.random.default_rng(seed), 3, 3, right)

    found = joint(fine(3, 0.0), replies)

    for d in range(3):
        alone = [one._replace(dimension=0) for one in replies if one.dimension == d]
        own = joint(OneAbility().on(FINE), alone)
        assert found.weights[d] == pytest.approx(own.weights[0], abs=1e-9)
        assert found.pull[d] == pytest.approx(own.pull[0] / 3, abs=1e-9)


@calm
@given(seeds, correlations, shares, st.integers(0, 6))
def test_one_dimension_is_one_ability(seed: int, correlation: float, right: float, each: int) -> None:
    replies = some_replies(np.random.default_rng(seed), 1, each, right)
    log_l = as_given(replies).log_likelihood(1, FINE)

    found, plain = joint(fine(1, correlation), replies), joint(OneAbility().on(FINE), replies)

    assert found.weights == pytest.approx(plain.weights, abs=1e-5)
    assert found.pull == pytest.approx(plain.pull, abs=1e-5)
    assert fine(1, correlation).composite(log_l).masses == pytest.approx(plain.weights[0], abs=1e-5)


@calm
@given(seeds, correlations, st.permutations(range(4)))
def test_competences_in_another_order_give_the_same_abilities_in_that_order(
    seed: int, correlation: float, order: list[int]
) -> None:
    replies = some_replies(np.random.default_rng(seed), 4, 2, 0.5)
    moved = [one._replace(dimension=order[one.dimension]) for one in replies]

    found, after = joint(CommonFactor(4, correlation), replies), joint(CommonFactor(4, correlation), moved)

    assert after.mean[order] == pytest.approx(found.mean, abs=1e-9)
    assert after.sd[order] == pytest.approx(found.sd, abs=1e-9)
    assert after.pull[order] == pytest.approx(found.pull, abs=1e-9)
    assert after.composite_sd == pytest.approx(found.composite_sd, abs=1e-9)


@calm
@given(seeds, st.permutations(range(12)))
def test_the_order_of_the_answers_does_not_matter(seed: int, order: list[int]) -> None:
    replies = some_replies(np.random.default_rng(seed), 3, 4, 0.5)
    shuffled = [replies[place] for place in order]

    assert joint(CommonFactor(3), shuffled).mean == pytest.approx(joint(CommonFactor(3), replies).mean, abs=1e-10)


def test_the_likelihood_of_a_list_of_answers_is_that_of_the_items_of_each_competence() -> None:
    bank = a_bank([Item(0, 2, b=-1.0), Item(0, 5, b=0.5, c=0.2), Item(1, 3, a=2.0, b=0.0)], [0, 2])
    items, right = columns_of([Answer(2, True), Answer(0, False), Answer(1, True)])

    by_competence = log_likelihood(bank, 3, items, right)
    as_one = log_likelihood(bank, 1, items, right)

    replies = [Reply(True, 2, 2.0, 0.0), Reply(False, 0, 1.2, -1.0), Reply(True, 0, 1.2, 0.5, 0.2)]
    assert by_competence == pytest.approx(as_given(replies).log_likelihood(3, GRID), abs=1e-9)
    assert np.all(by_competence[1] == 0.0)
    assert as_one[0] == pytest.approx(by_competence.sum(axis=0), abs=1e-9)


@pytest.mark.parametrize("right", [True, False])
def test_a_competence_without_an_answer_is_drawn_towards_the_others_but_not_as_far(right: bool) -> None:
    replies = [Reply(right, 0), Reply(right, 0, b=-0.5), Reply(right, 1, b=0.5), Reply(right, 1)]

    found, sign = joint(CommonFactor(3, 0.7), replies), 1 if right else -1

    assert 0.2 < sign * found.mean[2] < float(np.min(sign * found.mean[:2]))
    assert found.sd[:2].max() < found.sd[2] < 1.0


def test_the_more_abilities_correlate_the_more_the_others_tell() -> None:
    replies = [Reply(True, 0), Reply(True, 0, b=0.5)]

    others = [float(joint(CommonFactor(2, rho), replies).mean[1]) for rho in (0.0, 0.3, 0.6, 0.9)]

    assert others[0] == pytest.approx(0.0, abs=1e-9)
    assert others == sorted(others)
    assert others[3] > 0.5


def test_without_answers_everyone_is_as_the_prior_says() -> None:
    found = joint(CommonFactor(16, 0.7, mean=-0.3, sd=0.8).on(FINE), [])

    assert found.mean == pytest.approx(np.full(16, -0.3), abs=1e-6)
    assert found.sd == pytest.approx(np.full(16, 0.8), abs=1e-6)
    assert found.composite_sd == pytest.approx(0.8 * np.sqrt((1 + 15 * 0.7) / 16), abs=1e-6)


@calm
@given(seeds, correlations)
def test_the_scope_chooses_what_the_composite_is_the_mean_of(seed: int, correlation: float) -> None:
    replies = some_replies(np.random.default_rng(seed), 3, 2, 0.5)
    cloud = tensor(replies, same_correlation(3, correlation), points=41, scope=(0, 2))

    whole, part = joint(fine(3, correlation), replies), joint(fine(3, correlation, (0, 2)), replies)

    assert part.mean == pytest.approx(whole.mean, abs=1e-12)
    assert part.composite_mean == pytest.approx((whole.mean[0] + whole.mean[2]) / 2, abs=1e-12)
    assert part.composite_sd == pytest.approx(cloud.composite_sd, abs=1e-3)
    assert np.tanh(FINE) @ part.pull[1] == pytest.approx(cloud.covariance(np.tanh(cloud.abilities[1])), abs=1e-3)


def test_the_composite_of_a_scope_of_one_is_that_ability() -> None:
    replies = some_replies(np.random.default_rng(5), 3, 2, 0.5)
    log_l = as_given(replies).log_likelihood(3, FINE)

    composite = fine(3, 0.7, (1,)).composite(log_l)

    assert composite.masses == pytest.approx(fine(3, 0.7).joint(log_l).weights[1], abs=1e-12)


@calm
@given(seeds, correlations, shares)
def test_weights_sum_to_one_and_pulls_to_nothing(seed: int, correlation: float, right: float) -> None:
    found = joint(CommonFactor(5, correlation), some_replies(np.random.default_rng(seed), 5, 3, right))

    assert found.weights.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-9)
    assert found.pull.sum(axis=1) == pytest.approx(np.zeros(5), abs=1e-9)
    assert np.all(found.weights >= 0)


def test_virtual_persons_have_the_correlations_of_the_model() -> None:
    drawn = CommonFactor(4, 0.6, mean=0.5, sd=1.5).draw(np.random.default_rng(4), 40_000)

    assert drawn.mean(axis=0) == pytest.approx(np.full(4, 0.5), abs=0.03)
    assert drawn.std(axis=0) == pytest.approx(np.full(4, 1.5), abs=0.03)
    assert np.corrcoef(drawn.T) == pytest.approx(same_correlation(4, 0.6), abs=0.02)


def test_one_ability_is_drawn_from_its_prior() -> None:
    drawn = OneAbility(0.4, 1.3).draw(np.random.default_rng(4), 40_000)

    assert drawn.shape == (40_000, 1)
    assert (drawn.mean(), drawn.std()) == pytest.approx((0.4, 1.3), abs=0.03)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dimensions": 0}, "dimensions"),
        ({"correlation": -0.1}, "correlation"),
        ({"correlation": HIGHEST_CORRELATION + 0.01}, "correlation"),
        ({"correlation": float("nan")}, "correlation"),
        ({"scope": ()}, "scope"),
        ({"scope": (0, 2)}, "scope"),
        ({"scope": (-1,)}, "scope"),
        ({"sd": 0.0}, "sd"),
        ({"sd": float("nan")}, "sd"),
        ({"mean": float("inf")}, "mean"),
    ],
)
def test_an_impossible_model_is_refused_with_the_number_that_is_wrong(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        CommonFactor(**{"dimensions": 2, **wrong})  # type: ignore[arg-type]
