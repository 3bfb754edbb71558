"""The gain of an item is what its answer takes off the variance of what is reported, on average."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats  # type: ignore[import-untyped]

from chalicelib.engine.bank import Floats, ItemBank, probability
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.gain import GainTable
from chalicelib.engine.joint import Joint
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.selection import Answers, Pool, posterior
from tests.engine.builders import Item, a_bank, calm
from tests.engine.measuring_builders import NOTHING, Model, Shape, a_pool, a_random_bank, answered, by_competence, one_a_topic
from tests.engine.strategies import answer_lists, banks

COARSE = 0.08
"""How far a gain may be from the exact one, relatively, when the ability is known to 0.3 or worse: chances come from every second point."""


def gains(pool: Pool, answers: Answers) -> Floats:
    return np.asarray(pool.gains.gains(posterior(pool, answers), np.arange(len(pool.bank))), float)


def variance(pool: Pool, answers: Answers) -> float:
    return posterior(pool, answers).composite_sd ** 2


def exact_gains(pool: Pool, answers: Answers) -> Floats:
    """Variance now minus the mean variance after the answer, each outcome being really added to the answers."""
    now, known = posterior(pool, answers), variance(pool, answers)
    result = []
    for item in range(len(pool.bank)):
        dimension = int(pool.bank.competence[item]) if pool.abilities.dimensions > 1 else 0
        chance = float(now.weights[dimension] @ pool.bank.right[item])
        after = [
            variance(pool, Answers(np.append(answers.items, item), np.append(answers.right, way))) for way in (False, True)
        ]
        result.append(known - (1.0 - chance) * after[0] - chance * after[1])
    return np.array(result)


def some_answers(seed: int, bank: ItemBank, count: int) -> Answers:
    rng = np.random.default_rng(seed)
    return Answers(rng.choice(len(bank), count, replace=False), rng.random(count) < 0.6)


def spread_normal(mean: float, sd: float) -> Joint:
    """One ability known to be about here."""
    return OneAbility(mean, sd).joint(np.zeros((1, 61)))


moments = pytest.mark.parametrize(("seed", "count"), [(1, 0), (2, 3), (3, 12), (4, 32)])
models = pytest.mark.parametrize("model", [a_pool, by_competence])


@models
@moments
def test_a_gain_is_the_variance_now_less_the_mean_variance_after_the_answer(model: Model, seed: int, count: int) -> None:
    pool = model(a_random_bank(seed))
    answers = some_answers(seed, pool.bank, count)

    assert gains(pool, answers) == pytest.approx(exact_gains(pool, answers), rel=COARSE, abs=2e-6)


@models
@moments
def test_ranking_by_gain_is_ranking_by_brute_force(model: Model, seed: int, count: int) -> None:
    pool = model(a_random_bank(10 + seed))
    answers = some_answers(seed, pool.bank, count)
    fast, exact = gains(pool, answers), exact_gains(pool, answers)

    assert stats.spearmanr(fast, exact).statistic > 0.999
    assert exact[fast.argmax()] / exact.max() > 0.999


@calm
@given(banks(), st.data())
def test_no_gain_is_negative_nor_more_than_there_is_to_know(bank: ItemBank, data: st.DataObject) -> None:
    answers = data.draw(answer_lists(bank))
    told = Answers(np.array([one.item for one in answers], np.intp), np.array([one.right for one in answers], bool))

    for pool in (a_pool(bank), by_competence(bank)):
        known = gains(pool, told)
        assert known.shape == (len(bank),)
        assert np.all((known >= 0) & (known <= variance(pool, told) * 1.01))


@pytest.mark.parametrize(("a", "b", "c"), list(product((0.7, 1.2, 2.0), (-1.5, 0.0, 1.0), (0.0, 0.25))))
def test_the_gain_of_a_first_item_is_that_of_the_integrals(a: float, b: float, c: float) -> None:
    def mean_of(power: int) -> float:
        def under(theta: float) -> float:
            chance = c + (1 - c) / (1 + math.exp(-a * (theta - b)))
            return float(theta**power * chance * stats.norm.pdf(theta))

        return float(integrate.quad(under, -9, 9)[0])

    chance, covariance = mean_of(0), mean_of(1)

    (told,) = gains(a_pool(a_bank([Item(a=a, b=b, c=c)])), NOTHING)

    assert told == pytest.approx(covariance**2 / (chance * (1 - chance)), rel=0.02)


def test_a_small_uncertainty_is_reduced_by_fisher_information() -> None:
    # Cov(θ, P) = σ² E[P′] (Stein 1981), and P′ ≈ a/4 (1 − a²θ²/4) at θ near b: the gain is σ⁴ I, I = a²/4, but for a²σ²/4 squared.
    (told,) = gains_at(spread_normal(0.0, 0.25), a_bank([Item(a=1.2, b=0.0)]))

    assert told == pytest.approx(0.25**4 * 1.2**2 / 4 * (1 - 1.2**2 * 0.25**2 / 4) ** 2, rel=0.02)


def gains_at(joint: Joint, bank: ItemBank) -> Floats:
    return np.asarray(GainTable.of(bank, 1).gains(joint, np.arange(len(bank))), float)


def test_a_guessable_item_is_worth_less_most_of_all_to_someone_it_is_too_hard_for() -> None:
    bank = one_a_topic([Item(b=0.0), Item(b=0.0, c=0.25)])

    lost = [1 - guessed / free for free, guessed in (gains_at(spread_normal(mean, 0.5), bank) for mean in (1.5, 0.0, -1.5))]

    assert 0 < lost[0] < lost[1] < lost[2] < 1


def test_an_item_that_everybody_gets_tells_nothing() -> None:
    bank = one_a_topic([Item(a=2.5, b=-5.9), Item(a=2.5, b=5.9), Item(a=1.2, b=0.0)])

    easy, hard, fair = gains_at(spread_normal(0.0, 0.3), bank)

    assert easy < 1e-4 * fair
    assert hard < 1e-4 * fair


def test_an_answer_on_one_competence_tells_of_the_others_as_much_as_they_hang_together() -> None:
    bank = one_a_topic([Item(b=0.0)] * 2, [0, 1])
    told = [float(gains(a_pool(bank, abilities=CommonFactor(2, rho)), NOTHING)[0]) for rho in (0.0, 0.4, 0.8)]
    alone = float(gains(a_pool(bank), NOTHING)[0])

    # Cov(θ̄, θ_d) = (1 + ρ)/2 of a unit variance, and the gain is its square.
    assert told == pytest.approx([alone * ((1 + rho) / 2) ** 2 for rho in (0.0, 0.4, 0.8)], rel=0.01)


def test_a_competence_out_of_scope_is_worth_what_it_says_of_those_in_scope() -> None:
    bank = one_a_topic([Item(b=0.0)] * 3, [0, 1, 2])

    inside, across, apart = (
        gains(a_pool(bank, abilities=CommonFactor(3, rho, scope=(0,))), NOTHING) for rho in (0.7, 0.3, 0.0)
    )

    assert inside[0] == pytest.approx(across[0], rel=1e-3)
    assert inside[1] / inside[0] == pytest.approx(0.49, rel=0.01)
    assert across[2] / across[0] == pytest.approx(0.09, rel=0.01)
    assert apart[1:] == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize("competence_of", [[0, 0, 0, 1, 1], [0, 1, 1, 1, 3], [2, 2, 2, 2, 2], [1, 1, 3, 3, 3], [0, 1, 2, 3, 4]])
def test_every_item_has_its_own_gain_however_uneven_the_competences(competence_of: list[int]) -> None:
    bank = one_a_topic([Item(a=0.8 + 0.1 * place, b=0.3 * place) for place in range(5)], competence_of)
    pool = by_competence(bank)
    answers = answered(0, 4, wrong=[4])

    assert gains(pool, answers).shape == (5,)
    assert gains(pool, answers) == pytest.approx(exact_gains(pool, answers), rel=0.02)


@pytest.mark.parametrize("dimensions", [1, 3])
@given(seed=st.integers(0, 10_000), share=st.floats(0.0, 1.0))
@calm
def test_an_items_gain_does_not_depend_on_which_others_are_asked_for(dimensions: int, seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    bank = a_random_bank(seed, Shape(3, 2, 2))
    pool = by_competence(bank) if dimensions == 3 else a_pool(bank)
    some = np.union1d(np.flatnonzero(rng.random(len(bank)) < share), rng.integers(len(bank), size=1))

    alone = pool.gains.gains(posterior(pool, NOTHING), some)

    assert alone == pytest.approx(gains(pool, NOTHING)[some], rel=1e-4, abs=1e-9)


def test_a_bank_without_an_item_has_no_chance() -> None:
    for dimensions in (1, 2):
        bank = a_bank([], [0, 1])
        pool = a_pool(bank, abilities=CommonFactor(2)) if dimensions == 2 else a_pool(bank)
        assert pool.gains.chances(posterior(pool, NOTHING)).shape == (0,)


def test_abilities_that_are_not_those_of_the_bank_are_refused() -> None:
    bank = one_a_topic([Item()] * 3, [0, 1, 2])

    for dimensions in (2, 4):
        with pytest.raises(ValueError, match="one for each competence"):
            GainTable.of(bank, dimensions)


def test_chances_are_the_response_models() -> None:
    bank = a_random_bank(3, Shape(3, 2, 2))
    table, points = GainTable.of(bank, 3), np.linspace(-6.0, 6.0, 31, dtype=np.float64)

    for item in range(len(bank)):
        place = item if table.place is None else int(table.place[item])
        block, column = divmod(place, table.chance.shape[2])
        a, b, c = (values[item : item + 1] for values in (bank.discrimination, bank.difficulty, bank.guess))
        assert block == bank.competence[item]
        assert table.chance[block, :, column] == pytest.approx(probability(points, a, b, c), abs=1e-6)
