"""The preferences of a pleasant assessment: each holds unless nothing would be left to ask."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from chalicelib.engine.bank import ItemBank
from chalicelib.engine.rules import TrainingRules
from tests.engine.builders import Answer, Heard, Item, a_bank, a_ladder, a_task, after, calm, next_item, next_items, only
from tests.engine.strategies import Scene, scenes

ANY = TrainingRules(near_equal=0.99)
"""Rules by which all that the preferences leave is drawn by some pick."""


def levels_drawn(bank: ItemBank, items: set[int]) -> set[int]:
    return {int(bank.level[item]) for item in items}


@pytest.mark.parametrize("start_level", [1, 2, 3, 8])
def test_the_first_item_is_not_above_the_start_level_while_nothing_is_known(start_level: int) -> None:
    bank = a_ladder(topics=2)
    rules = TrainingRules(near_equal=0.99, start_level=start_level)

    assert levels_drawn(bank, next_items(a_task(bank, rules=rules))) == set(range(1, start_level + 1))


def test_each_competence_starts_easy_whatever_was_answered_in_another() -> None:
    bank = a_bank([Item(topic, level) for topic in range(2) for level in range(1, 9)], [0, 1])
    in_the_other = only(bank, *range(8, 16))

    drawn = next_items(a_task(bank, rules=ANY, playable=in_the_other), [Answer(1, True)])

    assert levels_drawn(bank, drawn) == {1, 2}


def test_what_was_answered_in_another_competence_moves_how_high_a_known_one_may_be_asked() -> None:
    bank = a_bank([Item(topic, level) for topic in range(2) for level in range(1, 9)], [0, 1])
    task = a_task(bank, {(1, 1): Heard(0.0, True)}, rules=ANY, playable=only(bank, *range(8, 16)))

    # It is level 6 at most by what is known of people in general.
    right, wrong = (next_items(task, [Answer(level, outcome) for level in (3, 4, 5)]) for outcome in (True, False))

    assert max(levels_drawn(bank, right)) == 7
    assert max(levels_drawn(bank, wrong)) == 5


def test_the_easiest_is_asked_where_nothing_easy_can_be() -> None:
    bank = a_ladder(levels=(4, 5, 7), topics=2)

    assert levels_drawn(bank, next_items(a_task(bank, rules=ANY))) == {4}


def test_a_competence_with_something_known_starts_near_its_estimate() -> None:
    bank = a_ladder(topics=2)
    prior = np.array([0.9])  # estimated level ⌊4 + 0.9/0.8⌋ = 5, so at most 7

    known = a_task(bank, {(0, 3): Heard(0.0, True)}, rules=ANY, prior_mean=prior)

    assert levels_drawn(bank, next_items(known)) == {1, 2, 3, 4, 5, 6, 7}
    assert levels_drawn(bank, next_items(a_task(bank, rules=ANY, prior_mean=prior))) == {1, 2}


@pytest.mark.parametrize(("largest_jump", "highest"), [(0, 3), (1, 4), (2, 5), (5, 8)])
def test_no_item_stands_further_above_the_estimate_than_the_largest_jump(largest_jump: int, highest: int) -> None:
    bank = a_ladder(topics=2)
    rules = TrainingRules(near_equal=0.99, largest_jump=largest_jump)
    task = a_task(bank, {(0, 1): Heard(0.0, True)}, rules=rules, prior_mean=np.array([-0.41]))  # estimated level 3

    assert max(levels_drawn(bank, next_items(task))) == highest


@pytest.mark.parametrize(("mean", "highest"), [(0.0, 6), (-0.001, 5), (0.8, 7), (0.799, 6), (-2.4, 3), (-3.2, 2)])
def test_the_estimated_level_is_the_last_one_complete_at_the_ability(mean: float, highest: int) -> None:
    bank = a_bank([Item(topic, level) for topic in range(2) for level in range(1, 9)], [0, 0])
    narrow = {"prior_mean": np.array([mean]), "prior_sd": np.array([0.25])}
    task = a_task(bank, {(0, 1): Heard(0.0, False)}, rules=ANY, **narrow)

    assert after(task).ability.mean[0] == pytest.approx(mean, abs=1e-9 if mean > -3 else 1e-6)
    assert max(levels_drawn(bank, next_items(task))) == highest


def test_level_one_is_within_reach_of_the_lowest_estimate() -> None:
    bank = a_ladder(topics=2)
    task = a_task(bank, {(0, 1): Heard(0.0, False)}, rules=ANY, prior_mean=np.array([-5.0]), prior_sd=np.array([0.3]))

    assert levels_drawn(bank, next_items(task)) == {1}


def test_an_item_too_far_above_is_asked_when_nothing_nearer_is_left_and_then_the_nearest() -> None:
    bank = a_ladder(topics=2, levels=(1, 7, 8))
    task = a_task(bank, rules=ANY, targets=np.array([0, 8], np.intp))

    assert levels_drawn(bank, next_items(task, [Answer(3, True)])) == {7}


@calm
@given(scenes())
def test_no_jump_is_larger_than_the_rules_say_unless_everything_left_is_further(scene: Scene) -> None:
    task, bank = scene.task, scene.task.bank
    item = next_item(task, scene.answers, scene.untimed)
    now, asked = after(task, scene.answers), {answer.item for answer in scene.answers}
    if item is None:
        return
    unknown = now.unknown(task)
    left = [one for one in range(len(bank)) if unknown[bank.topic[one], bank.level[one] - 1] and task.playable[one]]

    def excess(one: int) -> int:
        competence = bank.competence[one]
        known = any(bank.topic_competence[topic] == competence for topic, _ in scene.before)
        if not known and competence not in {bank.competence[other] for other in asked}:
            return max(0, int(bank.level[one]) - task.rules.start_level)
        estimated = math.floor(4 + now.ability.mean[competence] / 0.8 + 1e-9)
        highest: int = max(1, estimated + task.rules.largest_jump)
        return max(0, int(bank.level[one]) - highest)

    assert excess(item) == min(excess(one) for one in left if one not in asked)


def test_no_timed_item_right_after_a_time_out() -> None:
    bank = a_bank([Item(level=1), Item(level=2, timed=True), Item(1, 1, timed=True), Item(1, 2)], [0, 0])

    assert next_items(a_task(bank, rules=ANY)) == {0, 1, 2, 3}
    assert next_items(a_task(bank, rules=ANY), untimed=True) == {0, 3}


def test_a_timed_item_follows_a_time_out_when_only_timed_ones_are_left() -> None:
    bank = a_bank([Item(level=1, timed=True), Item(level=2, timed=True)])

    assert next_items(a_task(bank, rules=ANY), untimed=True) == {0, 1}


def test_an_item_never_met_comes_before_those_met_in_earlier_assessments() -> None:
    bank = a_ladder(levels=(1, 2), each=2)

    assert next_items(a_task(bank, rules=ANY, seen=only(bank, 0, 2, 3))) == {1}


def test_an_item_met_before_is_asked_when_all_were_met() -> None:
    bank = a_ladder(levels=(1, 2))

    assert next_items(a_task(bank, rules=ANY, seen=only(bank, 0, 1))) == {0, 1}


def test_the_topic_changes_from_one_item_to_the_next() -> None:
    bank = a_ladder(topics=3)

    drawn = next_items(a_task(bank, rules=ANY), [Answer(1, True)])

    assert {int(bank.topic[item]) for item in drawn} == {1, 2}


def test_the_topic_stays_when_no_other_has_something_left() -> None:
    bank = a_ladder(topics=2)
    task = a_task(bank, rules=ANY, targets=np.array([8, 0], np.intp))

    assert {int(bank.topic[item]) for item in next_items(task, [Answer(1, True)])} == {0}


@pytest.mark.parametrize(
    ("taken", "met", "left"),
    [
        # A jump is worse than a timed item after a time-out, met before and of the same topic.
        (Item(0, 2, timed=True), True, Item(1, 8)),
        # A timed item after a time-out is worse than one met before and of the same topic.
        (Item(0, 2), True, Item(1, 2, timed=True)),
        # An item met before is worse than one of the same topic.
        (Item(0, 2), False, Item(1, 2)),
    ],
)
def test_preferences_give_way_in_the_order_of_their_importance(taken: Item, met: bool, left: Item) -> None:
    bank = a_bank([Item(0, 5, timed=True), taken, left], [0, 0])
    met_before = only(bank, 1) if met else only(bank, 2)

    assert next_items(a_task(bank, rules=ANY, seen=met_before), [Answer(0, False)], untimed=True) == {1}
