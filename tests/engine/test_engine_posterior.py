"""Ability given the answers: a prior times the likelihood, always a proper distribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import GRID, ItemBank
from chalicelib.engine.posterior import Posterior, log_prior, normalised, posterior
from tests.engine import oracles
from tests.engine.builders import Answer, Item, a_bank, a_task, after, calm, columns_of, thorough
from tests.engine.strategies import Scene, answer_lists, banks, scenes

extreme = st.builds(
    Item,
    topic=st.just(0),
    level=st.integers(1, 8),
    a=st.sampled_from((1e-6, 0.3, 5.0, 100.0, 1e9)),
    b=st.sampled_from((-1e9, -40.0, -6.0, 0.0, 6.0, 40.0, 1e9)),
    c=st.sampled_from((0.0, 0.25, 0.999999)),
)


def of(bank: ItemBank, answers: list[Answer], mean: float = 0.0, sd: float = 1.0) -> Posterior:
    """The posterior of these answers, the same prior in every competence."""
    return posterior(log_prior(np.full(bank.competences, mean), np.full(bank.competences, sd)), bank, *columns_of(answers))


@thorough
@given(scenes())
def test_the_posterior_is_the_product_of_plain_probabilities_over_the_grid(scene: Scene) -> None:
    task, ability = scene.task, after(scene.task, scene.answers).ability

    for competence in range(task.bank.competences):
        prior = float(task.prior_mean[competence]), float(task.prior_sd[competence])
        by_hand = oracles.weights(prior, task.bank, competence, scene.answers)
        mean, sd = oracles.mean_and_sd(by_hand)
        assert ability.weights[competence] == pytest.approx(by_hand, abs=1e-10)
        assert ability.mean[competence] == pytest.approx(mean, abs=1e-9)
        assert ability.sd[competence] == pytest.approx(sd, abs=1e-7)


@calm
@given(st.data())
def test_the_order_of_the_answers_does_not_matter(data: st.DataObject) -> None:
    bank = data.draw(banks())
    answers = data.draw(answer_lists(bank, twice=True))
    other_order = data.draw(st.permutations(answers))

    one, other = of(bank, answers), of(bank, other_order)

    assert one.weights == pytest.approx(other.weights, abs=1e-12)
    assert one.mean == pytest.approx(other.mean, abs=1e-10)
    assert one.sd == pytest.approx(other.sd, abs=1e-10)


@calm
@given(st.data())
def test_one_call_on_the_whole_list_gives_what_bayes_gives_answer_by_answer(data: st.DataObject) -> None:
    bank = data.draw(banks())
    answers = data.draw(answer_lists(bank, twice=True))

    weights = of(bank, []).weights.copy()
    for item, right in answers:
        competence = bank.competence[item]
        weights[competence] *= bank.right[item] if right else 1.0 - bank.right[item]
        weights[competence] /= weights[competence].sum()

    cold = of(bank, answers)
    assert cold.weights == pytest.approx(weights, abs=1e-10)
    assert cold.mean == pytest.approx(weights @ GRID, abs=1e-9)


@calm
@given(st.data(), st.integers(-20, 20), st.sampled_from((0.3, 1.0, 2.0)))
def test_the_posterior_of_one_competence_from_its_log_likelihood_is_the_same(
    data: st.DataObject, tenths: int, sd: float
) -> None:
    bank = data.draw(banks())
    answers, mean = data.draw(answer_lists(bank)), tenths / 10
    together = of(bank, answers, mean, sd)

    for competence in range(bank.competences):
        own = [bank.log_outcome[int(right), item] for item, right in answers if bank.competence[item] == competence]
        prior = log_prior(np.array([mean]), np.array([sd]))
        alone = normalised(prior + (np.sum(own, axis=0) if own else np.zeros_like(GRID)))
        assert alone.weights[0] == pytest.approx(together.weights[competence], abs=1e-12)
        assert alone.mean[0] == pytest.approx(together.mean[competence], abs=1e-10)
        assert alone.sd[0] == pytest.approx(together.sd[competence], abs=1e-8)


@calm
@given(st.lists(extreme, min_size=1, max_size=20), st.sampled_from(("right", "wrong", "mixed")), st.integers(1, 12))
def test_all_right_all_wrong_or_impossible_answers_leave_a_proper_distribution(
    items: list[Item], kind: str, repeated: int
) -> None:
    bank = a_bank(items)
    answers = [Answer(item, kind == "right" or (kind == "mixed" and item % 2 == 0)) for item in range(len(bank))]

    ability = of(bank, answers * repeated)

    assert ability.weights.sum() == pytest.approx(1.0)
    assert np.all(np.isfinite(ability.weights))
    assert np.all(ability.weights >= 0)
    assert GRID[0] <= ability.mean[0] <= GRID[-1]
    assert 0.0 <= ability.sd[0] <= GRID[-1] - GRID[0]


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (-1.5, 0.5), (2.0, 0.2), (0.7, 0.8)])
def test_without_an_answer_the_posterior_is_the_prior(mean: float, sd: float) -> None:
    ability = of(a_bank([Item(0), Item(1)], [0, 1]), [], mean, sd)

    assert ability.mean == pytest.approx([mean, mean], abs=1e-5)
    assert ability.sd == pytest.approx([sd, sd], abs=1e-5)


@calm
@given(st.data())
def test_a_right_answer_never_lowers_the_ability_and_a_wrong_one_never_raises_it(data: st.DataObject) -> None:
    bank = data.draw(banks())
    answers = data.draw(answer_lists(bank))
    item = data.draw(st.integers(0, len(bank) - 1))

    before = of(bank, answers).mean
    missed, shown = (of(bank, [*answers, Answer(item, right)]).mean for right in (False, True))

    assert np.all(missed <= before + 1e-12)
    assert np.all(before <= shown + 1e-12)


def test_an_answer_in_one_competence_tells_nothing_of_another() -> None:
    bank = a_bank([Item(0), Item(1), Item(1, 4)], [0, 1])

    before, later = of(bank, [Answer(0, True)]), of(bank, [Answer(0, True), Answer(1, False), Answer(2, False)])

    assert later.mean[0] == pytest.approx(before.mean[0], abs=1e-12)
    assert later.mean[1] < before.mean[1] - 0.1


def test_a_rung_answered_twice_counts_twice_for_the_ability() -> None:
    bank = a_bank([Item(level=4), Item(level=4)])
    task = a_task(bank)

    once, twice = after(task, [Answer(0, True)]), after(task, [Answer(0, True), Answer(1, True)])

    assert once.floors.tolist() == twice.floors.tolist()
    assert twice.ability.mean[0] > once.ability.mean[0] + 0.05


def test_an_estimate_leaves_the_prior_as_it_was() -> None:
    bank, prior = a_bank([Item(), Item(level=4)]), log_prior(np.array([0.0]), np.array([1.0]))
    before = prior.copy()

    posterior(prior, bank, *columns_of([Answer(0, True), Answer(1, False)]))

    assert np.array_equal(prior, before)


@calm
@given(st.lists(st.floats(-300, 0), min_size=61, max_size=61), st.floats(-500, 500))
def test_log_weights_are_known_up_to_a_constant(log_weights: list[float], constant: float) -> None:
    one, other = normalised(np.array([log_weights])), normalised(np.array([log_weights]) + constant)

    assert one.weights == pytest.approx(other.weights, abs=1e-10)
    assert one.weights.sum() == pytest.approx(1.0)
