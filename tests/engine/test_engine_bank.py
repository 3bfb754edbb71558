"""The item bank: the response model, its tables, and what a bank refuses to hold."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import GRID, LEVELS, ItemBank, coarse, probability
from tests.engine import oracles
from tests.engine.builders import Item, a_bank, calm
from tests.engine.strategies import banks

huge = st.floats(-1e300, 1e300)


def p(theta: float, a: float, b: float, c: float) -> float:
    with np.errstate(over="ignore"):
        return float(probability(np.array(theta), np.array(a), np.array(b), np.array(c)))


@pytest.mark.parametrize(
    ("theta", "a", "b", "c", "expected"),
    [
        (0.0, 1.0, 0.0, 0.0, 0.5),
        (1.0, 1.0, 0.0, 0.0, 0.7310585786300049),
        (0.0, 1.2, 0.4, 0.0, 0.3822521252307510),
        (0.0, 1.2, 0.4, 0.25, 0.5366890939230633),
        (-2.0, 1.7, 1.0, 0.2, 0.2048478411932673),
        (3.0, 2.5, -1.0, 1 / 3, 0.9999697347541984),
    ],
)
def test_the_chance_of_a_right_answer_is_the_three_parameter_logistic(
    theta: float, a: float, b: float, c: float, expected: float
) -> None:
    assert p(theta, a, b, c) == pytest.approx(expected, abs=1e-12)


@calm
@given(st.floats(-8, 8), st.floats(0.05, 6), st.floats(-8, 8), st.floats(0, 0.99))
def test_the_chance_is_what_the_exponential_form_gives(theta: float, a: float, b: float, c: float) -> None:
    assert p(theta, a, b, c) == pytest.approx(oracles.chance(theta, a, b, c), abs=1e-12)


@calm
@given(huge, st.floats(1e-300, 1e300), huge, st.floats(0, 1, exclude_max=True))
def test_the_chance_stays_between_guessing_and_one_however_extreme_the_numbers(
    theta: float, a: float, b: float, c: float
) -> None:
    chance = p(theta, a, b, c)

    assert not math.isnan(chance)
    assert c <= chance <= 1.0


@calm
@given(st.floats(-6, 6), st.floats(0, 4), st.floats(0.1, 4), st.floats(-4, 4), st.floats(0, 0.9))
def test_the_more_able_the_more_likely_right(theta: float, more: float, a: float, b: float, c: float) -> None:
    assert p(theta + more, a, b, c) >= p(theta, a, b, c) - 1e-15


def test_the_grid_goes_from_minus_six_to_six_by_steps_of_one_fifth() -> None:
    assert pytest.approx([float(point) for point in oracles.POINTS], abs=1e-12) == GRID


@calm
@given(banks())
def test_the_tables_hold_the_chance_and_the_log_of_both_outcomes_at_every_point(bank: ItemBank) -> None:
    item = len(bank) - 1
    by_hand = [oracles.item_chance(bank, item, float(point)) for point in oracles.POINTS]

    assert bank.right[item] == pytest.approx(by_hand, abs=1e-12)
    assert np.exp(bank.log_outcome[1, item]) == pytest.approx(by_hand, abs=1e-12)
    assert np.exp(bank.log_outcome[0, item]) == pytest.approx([1 - chance for chance in by_hand], abs=1e-12)


@calm
@given(st.lists(st.floats(0, 1), min_size=61, max_size=61).filter(any), st.floats(0.2, 3), st.floats(-4, 4), st.floats(0, 0.9))
def test_a_chance_read_at_every_second_point_is_near_the_one_read_at_all(
    raw: list[float], a: float, b: float, c: float
) -> None:
    weights, bank = np.array(raw) / sum(raw), a_bank([Item(a=a, b=b, c=c)])

    chance = float(bank.right_coarse[0] @ coarse(weights))

    assert chance == pytest.approx(float(bank.right[0] @ weights), abs=0.002 * a**2 + 1e-6)
    assert c - 1e-6 <= chance <= 1.0 + 1e-6


def test_weights_at_odd_points_are_shared_by_their_neighbours() -> None:
    weights = np.zeros((2, 61))
    weights[0, 3], weights[0, 10], weights[1, 0], weights[1, 59] = 0.6, 0.4, 0.2, 0.8

    gathered = coarse(weights)

    assert gathered.shape == (2, 31)
    assert {place: round(float(gathered[0, place]), 6) for place in np.flatnonzero(gathered[0])} == {1: 0.3, 2: 0.3, 5: 0.4}
    assert {place: round(float(gathered[1, place]), 6) for place in np.flatnonzero(gathered[1])} == {0: 0.2, 29: 0.4, 30: 0.4}


@pytest.mark.parametrize("b", [-1e6, 1e6])
def test_an_impossible_outcome_has_a_finite_log(b: float) -> None:
    log_outcome = a_bank([Item(a=100.0, b=b)]).log_outcome

    assert np.all(np.isfinite(log_outcome))
    assert log_outcome.min() < -700


@calm
@given(banks())
def test_items_of_one_competence_are_the_block_that_the_bank_says(bank: ItemBank) -> None:
    expected = [bank.topic_competence[topic] for topic in bank.topic]
    told = [competence for competence, (first, end) in enumerate(bank.blocks) for _ in range(first, end)]

    assert bank.competence.tolist() == expected
    assert told == expected
    assert len(bank.blocks) == bank.competences


@calm
@given(banks())
def test_skills_are_counted_up_to_each_level(bank: ItemBank) -> None:
    for topic, rungs in enumerate(bank.ladder):
        assert bank.skills_to[topic].tolist() == [sum(rungs[:level].tolist()) for level in range(LEVELS + 1)]


@calm
@given(banks())
def test_each_item_knows_how_many_skills_stand_up_to_it_and_below_it(bank: ItemBank) -> None:
    for item, (topic, level) in enumerate(zip(bank.topic, bank.level, strict=True)):
        assert bank.skills_up_to_item[item] == bank.ladder[topic, :level].sum()
        assert bank.skills_below_item[item] == bank.ladder[topic, : level - 1].sum()


def test_an_item_on_a_rung_without_a_skill_is_refused() -> None:
    fine = a_bank([Item(0, 1), Item(0, 2)], [0])
    ladder = fine.ladder.copy()
    ladder[0, 1] = False
    with pytest.raises(ValueError, match="rung that holds a skill"):
        replace(fine, ladder=ladder)


@pytest.mark.parametrize("competence", [-1, 1])
def test_a_ladder_of_a_competence_that_is_not_there_is_refused(competence: int) -> None:
    fine = a_bank([Item(0, 1)], [0])
    with pytest.raises(ValueError, match="topic_competence"):
        replace(fine, topic_competence=np.array([competence]))


def test_a_bank_counts_its_items_and_may_be_empty() -> None:
    empty = a_bank([], [0])

    assert len(a_bank([Item(), Item(), Item()])) == 3
    assert len(empty) == 0
    assert empty.blocks == ((0, 0),)


@pytest.mark.parametrize("column", ["difficulty", "guess", "topic", "level", "timed"])
@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1)])
def test_a_column_of_another_shape_is_refused_by_name(column: str, shape: tuple[int, ...]) -> None:
    columns: dict[str, Any] = {column: np.ones(shape, np.intp)}

    with pytest.raises(ValueError, match=rf"^{column} must have shape \(2,\)"):
        a_bank([Item(), Item()], **columns)


@pytest.mark.parametrize("shape", [(LEVELS,), (1, LEVELS - 1), (1, LEVELS + 1), (2, LEVELS)])
def test_a_ladder_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^ladder must have shape \(1, 8\)"):
        a_bank([Item()], ladder=np.ones(shape, bool))


@pytest.mark.parametrize("a", [0.0, -0.1, math.inf, math.nan])
def test_a_discrimination_that_is_not_positive_and_finite_is_refused(a: float) -> None:
    with pytest.raises(ValueError, match="discrimination must be positive"):
        a_bank([Item(), Item(a=a)])


@pytest.mark.parametrize("b", [math.inf, -math.inf, math.nan])
def test_a_difficulty_that_is_not_finite_is_refused(b: float) -> None:
    with pytest.raises(ValueError, match="every parameter finite"):
        a_bank([Item(), Item(b=b)])


@pytest.mark.parametrize("c", [-0.01, 1.0, 1.5, math.nan])
def test_a_guess_chance_outside_zero_to_one_is_refused(c: float) -> None:
    with pytest.raises(ValueError, match=r"guess must be in \[0, 1\)"):
        a_bank([Item(), Item(c=c)])


@pytest.mark.parametrize("wrong", [{"topic": [0, 2]}, {"topic": [-1, 0]}, {"level": [0, 1]}, {"level": [1, LEVELS + 1]}])
def test_a_topic_or_a_level_that_does_not_exist_is_refused(wrong: dict[str, list[int]]) -> None:
    columns: dict[str, Any] = {name: np.array(values, np.intp) for name, values in wrong.items()}

    with pytest.raises(ValueError, match=r"topic must be in \[0, 2\) and level in \[1, 8\]"):
        a_bank([Item(0), Item(1)], [0, 0], **columns)


def test_items_out_of_the_order_of_competences_are_refused() -> None:
    with pytest.raises(ValueError, match="items must be in order of competence"):
        a_bank([Item(0), Item(1)], [1, 0])


def test_topics_of_one_competence_may_come_in_any_order() -> None:
    assert len(a_bank([Item(1), Item(0), Item(2)], [0, 0, 1])) == 3
