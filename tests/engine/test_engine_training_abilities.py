"""Abilities given the answers: a prior times the likelihood, always a proper distribution, each competence speaking for the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import GRID, ItemBank
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.joint import Joint, log_likelihood
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.rules import TrainingRules
from tests.engine import oracles
from tests.engine.builders import RULES, Answer, Item, a_bank, a_task, after, calm, columns_of, thorough
from tests.engine.strategies import Scene, answer_lists, banks, scenes

OF_THE_FACTOR = 1e-3
"""The factor ends at 4.8 deviations, which leaves out this much of an ability at most in any scene (0.0006 in 2,300)."""

correlations = pytest.mark.parametrize("correlation", [0.0, 0.3, 0.7, 0.9])

extreme = st.builds(
    Item,
    topic=st.integers(0, 1),
    level=st.integers(1, 8),
    a=st.sampled_from((1e-6, 0.3, 5.0, 100.0, 1e9)),
    b=st.sampled_from((-1e9, -40.0, -6.0, 0.0, 6.0, 40.0, 1e9)),
    c=st.sampled_from((0.0, 0.25, 0.999999)),
)


def of(bank: ItemBank, answers: list[Answer], correlation: float = 0.7, mean: float = 0.0, sd: float = 1.0) -> Joint:
    """The posterior of these answers by these rules, nothing being known before."""
    return after(a_task(bank, rules=TrainingRules(prior_mean=mean, prior_sd=sd, correlation=correlation)), answers).ability


@thorough
@given(scenes())
def test_the_posterior_is_the_product_of_plain_probabilities_over_the_grid(scene: Scene) -> None:
    ability = after(scene.task, scene.answers).ability
    error = 1e-7 if scene.task.bank.competences == 1 else OF_THE_FACTOR

    for competence, by_hand in enumerate(oracles.weights(scene.task, scene.answers)):
        mean, sd = oracles.mean_and_sd(by_hand)
        assert ability.weights[competence] == pytest.approx(by_hand, abs=error / 10)
        assert ability.mean[competence] == pytest.approx(mean, abs=error)
        assert ability.sd[competence] == pytest.approx(sd, abs=error)


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
def test_one_call_on_the_whole_list_gives_what_bayes_gives_answer_by_answer_without_correlation(data: st.DataObject) -> None:
    bank = data.draw(banks())
    answers = data.draw(answer_lists(bank, twice=True))

    weights = of(bank, [], correlation=0.0).weights.copy()
    for item, right in answers:
        competence = bank.competence[item]
        weights[competence] *= bank.right[item] if right else 1.0 - bank.right[item]
        weights[competence] /= weights[competence].sum()

    cold = of(bank, answers, correlation=0.0)
    assert cold.weights == pytest.approx(weights, abs=1e-10)
    assert cold.mean == pytest.approx(weights @ GRID, abs=1e-9)


@calm
@given(st.data(), st.integers(-20, 20), st.sampled_from((0.3, 1.0, 2.0)))
def test_without_correlation_each_competence_is_one_ability_of_its_own(data: st.DataObject, tenths: int, sd: float) -> None:
    bank = data.draw(banks())
    answers, mean = data.draw(answer_lists(bank)), tenths / 10
    together = of(bank, answers, 0.0, mean, sd)

    for competence in range(bank.competences):
        own = [bank.log_outcome[int(right), item] for item, right in answers if bank.competence[item] == competence]
        alone = OneAbility(mean, sd).joint(np.sum(own, axis=0)[None] if own else np.zeros((1, len(GRID))))
        assert alone.weights[0] == pytest.approx(together.weights[competence], abs=1e-12)
        assert alone.mean[0] == pytest.approx(together.mean[competence], abs=1e-10)
        assert alone.sd[0] == pytest.approx(together.sd[competence], abs=1e-7)


@calm
@given(st.data())
def test_with_one_competence_the_correlation_changes_nothing(data: st.DataObject) -> None:
    bank = data.draw(banks().filter(lambda one: one.competences == 1))
    answers = data.draw(answer_lists(bank))

    ability, other = of(bank, answers, correlation=0.0), of(bank, answers, correlation=0.95)

    assert np.array_equal(ability.weights, other.weights)


@calm
@given(st.lists(extreme, min_size=1, max_size=20), st.sampled_from(("right", "wrong", "mixed")), st.integers(1, 12))
def test_all_right_all_wrong_or_impossible_answers_leave_a_proper_distribution(
    items: list[Item], kind: str, repeated: int
) -> None:
    for topic_competence in ([0, 0], [0, 1]):
        bank = a_bank(sorted(items), topic_competence)
        answers = [Answer(item, kind == "right" or (kind == "mixed" and item % 2 == 0)) for item in range(len(bank))]

        ability = of(bank, answers * repeated)

        assert ability.weights.sum(axis=1) == pytest.approx(1.0)
        assert np.all(np.isfinite(ability.weights))
        assert np.all(ability.weights >= 0)
        assert np.all(np.abs(ability.mean) <= GRID[-1] + 1e-9)
        assert np.all((ability.sd >= 0.0) & (ability.sd <= GRID[-1] - GRID[0]))


@correlations
@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (-1.5, 0.5), (2.0, 0.4), (0.7, 0.8)])
def test_without_an_answer_the_posterior_is_the_prior(mean: float, sd: float, correlation: float) -> None:
    ability = of(a_bank([Item(0), Item(1)], [0, 1]), [], correlation, mean, sd)

    assert ability.mean == pytest.approx([mean, mean], abs=1e-5)
    assert ability.sd == pytest.approx([sd, sd], abs=1e-5)


@calm
@given(st.data())
def test_a_right_answer_never_lowers_an_ability_and_a_wrong_one_never_raises_it(data: st.DataObject) -> None:
    bank = data.draw(banks())
    answers = data.draw(answer_lists(bank))
    item = data.draw(st.integers(0, len(bank) - 1))

    before = of(bank, answers).mean
    missed, shown = (of(bank, [*answers, Answer(item, right)]).mean for right in (False, True))

    assert np.all(missed <= before + 1e-12)
    assert np.all(before <= shown + 1e-12)


def test_without_correlation_an_answer_in_one_competence_tells_nothing_of_another() -> None:
    bank = a_bank([Item(0), Item(1), Item(1, 4)], [0, 1])

    before, later = (of(bank, [Answer(0, True), *more], correlation=0.0) for more in ([], [Answer(1, False), Answer(2, False)]))

    assert later.mean[0] == pytest.approx(before.mean[0], abs=1e-12)
    assert later.mean[1] < before.mean[1] - 0.1


def test_a_right_answer_in_one_competence_lifts_the_others_less_than_its_own() -> None:
    bank = a_bank([Item(0, 4), Item(1, 4), Item(2, 4)], [0, 1, 2])

    lifted = of(bank, [Answer(0, True), Answer(1, True)]).mean - of(bank, [Answer(1, True)]).mean

    assert lifted[0] > lifted[2] + 0.05
    assert lifted[2] > 0.05
    assert lifted[1] > 0.02  # surer of it than of the third, so less moved
    assert lifted[1] < lifted[2]


@correlations
def test_what_is_told_of_one_competence_passes_to_another_in_the_share_of_their_correlation(correlation: float) -> None:
    bank = a_bank([Item(0, 3), Item(0, 5), Item(1)], [0, 1])

    ability = of(bank, [Answer(0, True), Answer(1, True)], correlation)

    # E[θ₂] = ρ E[θ₁] and Var θ₂ = 1 − ρ² (1 − Var θ₁) when nothing was asked in the second.
    assert ability.mean[0] > 0.4
    assert ability.mean[1] == pytest.approx(correlation * ability.mean[0], abs=1e-5)
    assert ability.sd[1] ** 2 == pytest.approx(1 - correlation**2 * (1 - ability.sd[0] ** 2), abs=2e-5)


def test_a_rung_answered_twice_counts_twice_for_the_ability() -> None:
    bank = a_bank([Item(level=4), Item(level=4)])
    task = a_task(bank)

    once, twice = after(task, [Answer(0, True)]), after(task, [Answer(0, True), Answer(1, True)])

    assert once.floors.tolist() == twice.floors.tolist()
    assert twice.ability.mean[0] > once.ability.mean[0] + 0.05


@pytest.mark.parametrize("topic_competence", [[0, 0], [0, 1]])
def test_an_estimate_leaves_what_was_known_as_it_was(topic_competence: list[int]) -> None:
    bank = a_bank([Item(), Item(1, 4)], topic_competence)
    task = a_task(bank, prior_mean=np.full(bank.competences, 0.5), prior_sd=np.full(bank.competences, 0.6))
    earlier, before = task.earlier.copy(), after(task).ability.weights.copy()

    after(task, [Answer(0, True), Answer(1, False)])

    assert np.array_equal(task.earlier, earlier)
    assert np.array_equal(after(task).ability.weights, before)


@calm
@given(st.lists(st.floats(-300, 0), min_size=122, max_size=122), st.floats(-500, 500), st.floats(-500, 500))
def test_log_likelihoods_are_known_up_to_a_constant(values: list[float], constant: float, other_constant: float) -> None:
    told, added = np.array(values).reshape(2, -1), np.array([[constant], [other_constant]])
    one_ability, two_abilities = OneAbility(), CommonFactor(2, RULES.correlation)

    for model, rows in ((one_ability, slice(1)), (two_abilities, slice(2))):
        one, other = model.joint(told[rows]), model.joint((told + added)[rows])
        assert one.weights == pytest.approx(other.weights, abs=1e-10)
        assert one.weights.sum(axis=1) == pytest.approx(1.0)


def test_with_one_competence_every_item_measures_it() -> None:
    bank = a_bank([Item(0, 3), Item(1, 5)], [0, 0])

    told = log_likelihood(bank, 1, *columns_of([Answer(0, True), Answer(1, False)]))

    assert np.array_equal(of(bank, [Answer(0, True), Answer(1, False)]).weights, OneAbility().joint(told).weights)
