"""The next item, for any bank and any moment: what is never asked, when there is nothing to ask, and what tells most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.training import select
from tests.engine import oracles
from tests.engine.builders import (
    MOST_GAIN_ONLY,
    Answer,
    Heard,
    Item,
    a_bank,
    a_ladder,
    a_task,
    after,
    calm,
    next_item,
    next_items,
    only,
    thorough,
)
from tests.engine.strategies import Scene, scenes

CLOSE = 1e-4
"""Gains nearer than this may fall on either side: chances are predicted in single precision, and the common factor has an end."""

picks = st.integers(0, 2**64 - 1)


def chosen(scene: Scene, pick: int = 0) -> int | None:
    return next_item(scene.task, scene.answers, scene.untimed, pick)


def unknown(scene: Scene) -> set[tuple[int, int]]:
    return oracles.unknown(scene.task, oracles.heard_after(scene.task.bank, scene.before, scene.answers))


@calm
@given(scenes(), picks)
def test_the_next_item_is_playable_never_asked_and_its_skill_is_unknown_and_targeted(scene: Scene, pick: int) -> None:
    item, bank = chosen(scene, pick), scene.task.bank

    if item is not None:
        assert scene.task.playable[item]
        assert item not in {answer.item for answer in scene.answers}
        assert (bank.topic[item], bank.level[item]) in unknown(scene)
        assert bank.level[item] <= scene.task.targets[bank.topic[item]]


@thorough
@given(scenes(), picks)
def test_there_is_a_next_item_exactly_while_an_unknown_skill_has_one_to_ask(scene: Scene, pick: int) -> None:
    bank, asked = scene.task.bank, {answer.item for answer in scene.answers}
    open_rungs = unknown(scene)
    left = [
        item
        for item in range(len(bank))
        if scene.task.playable[item] and item not in asked and (bank.topic[item], bank.level[item]) in open_rungs
    ]

    assert (chosen(scene, pick) is None) == (not left)


@calm
@given(scenes(), picks)
def test_the_same_pick_gives_the_same_item_whatever_was_asked_of_the_engine_since(scene: Scene, pick: int) -> None:
    first = chosen(scene, pick)

    next_items(scene.task, scene.answers, not scene.untimed)
    next_items(scene.task)

    assert chosen(scene, pick) == first
    assert chosen(replace(scene, task=replace(scene.task)), pick) == first


@thorough
@given(scenes())
def test_the_items_that_picks_draw_are_those_that_settle_nearly_most_among_the_preferred(scene: Scene) -> None:
    task, near = scene.task, 1.0 - scene.task.rules.near_equal
    heard = oracles.heard_after(task.bank, scene.before, scene.answers)
    weighted = oracles.weights(task, scene.answers)
    candidates = oracles.allowed(task, scene.before, scene.answers, scene.untimed, weighted)
    own = {item: weighted[int(task.bank.competence[item])] for item in candidates}
    settled = {item: oracles.expected_settled(task, heard, own[item], item) for item in candidates}
    best = max(settled.values(), default=0.0)

    drawn = next_items(task, scene.answers, scene.untimed)

    assert drawn <= {item for item, gain in settled.items() if gain >= best * near - CLOSE}
    assert drawn >= {item for item, gain in settled.items() if gain >= best * near + CLOSE}


@calm
@given(scenes())
def test_every_near_equal_is_drawn_by_some_pick_in_turn(scene: Scene) -> None:
    near_equals = sorted(next_items(scene.task, scene.answers, scene.untimed))

    for pick in range(2 * len(near_equals)):
        assert chosen(scene, pick) == near_equals[pick % len(near_equals)]


def test_at_even_chances_every_level_of_an_open_ladder_tells_the_same() -> None:
    bank = a_bank([Item(level=level, b=0.0) for level in range(1, 8)])
    rules = TrainingRules(start_level=8, near_equal=1e-3)

    # At P = 0.5 each level ℓ of 7 settles ℓ/2 + (8 − ℓ)/2 = 4 skills.
    assert next_items(a_task(bank, rules=rules)) == set(range(7))


def test_a_likely_hit_is_worth_more_high_up_and_a_likely_miss_low_down() -> None:
    def best(b: float) -> set[int]:
        bank = a_bank([Item(level=level, b=b) for level in range(1, 8)])
        return next_items(a_task(bank, rules=TrainingRules(start_level=8, near_equal=1e-3)))

    assert best(-3.0) == {6}
    assert best(3.0) == {0}


@pytest.mark.parametrize(("near_equal", "expected"), [(1e-3, {1}), (0.05, {1, 2}), (0.9, {0, 1, 2})])
def test_near_equals_are_those_within_the_configured_share_of_the_best(near_equal: float, expected: set[int]) -> None:
    # Right settles two skills, wrong one: the gain is 1 + P, P being about 0.50, 0.91 and 0.90 at these difficulties.
    bank = a_bank([Item(level=2, b=0.0), Item(level=2, b=-2.5), Item(level=2, b=-2.3), Item(level=1)])
    rules, targets = TrainingRules(near_equal=near_equal), np.array([2], np.intp)

    assert next_items(a_task(bank, rules=rules, playable=only(bank, 0, 1, 2), targets=targets)) == expected


@calm
@given(st.integers(1, 7), st.floats(-2, 3), st.floats(0.5, 2.5), st.floats(0.1, 0.9), st.booleans(), st.booleans())
def test_of_two_challenges_alike_but_for_guessing_the_free_answer_is_asked(
    level: int, b: float, a: float, c: float, free_first: bool, shown: bool
) -> None:
    free, guessable = Item(1, level, a, b), Item(1, level, a, b, c)
    others = [Item(0, 4), *(Item(1, rung) for rung in range(1, 8))]
    bank = a_bank([*others, *((free, guessable) if free_first else (guessable, free))], [0, 0])
    task = a_task(bank, rules=TrainingRules(near_equal=0.0, start_level=8), playable=only(bank, 8, 9))

    expected = {8 if free_first else 9}
    assert next_items(task) == expected
    assert next_items(task, [Answer(0, shown)]) == expected


@thorough
@given(st.lists(st.tuples(st.integers(1, 7), st.integers(-30, 30)), min_size=2, max_size=8), st.data())
def test_no_challenge_is_drawn_because_it_can_be_guessed(rungs: list[tuple[int, int]], data: st.DataObject) -> None:
    bank = a_bank([Item(level=level, b=tenths / 10) for level, tenths in rungs])
    task = a_task(bank, rules=TrainingRules(near_equal=0.0, start_level=8))
    others = sorted(set(range(len(bank))) - next_items(task))
    item = data.draw(st.sampled_from(others or [0]))
    guess = bank.guess.copy()
    guess[item] = data.draw(st.floats(0.2, 0.9))

    assert not others or item not in next_items(replace(task, bank=replace(bank, guess=guess)))


def test_after_a_first_miss_at_level_two_the_next_challenge_is_not_two_levels_above_it() -> None:
    ladders = [(2, 4, 6), (2, 5), (1, 2, 3, 4, 5), (1, 2, 3, 4, 6)]
    bank = a_bank([Item(topic, level) for topic, levels in enumerate(ladders) for level in levels], [0, 0, 0, 0])
    missed = [item for item in range(len(bank)) if bank.level[item] == 2]

    for item in missed:
        following = {int(bank.level[one]) for one in next_items(a_task(bank), [Answer(item, False)])}
        assert max(following) < 4


def test_nothing_is_asked_of_a_topic_that_is_not_targeted_nor_above_its_target() -> None:
    bank = a_ladder(topics=3)
    task = a_task(bank, targets=np.array([0, 3, 0], np.intp), rules=TrainingRules(near_equal=0.99, start_level=8))

    asked = {(int(bank.topic[item]), int(bank.level[item])) for item in next_items(task)}

    assert asked == {(1, 1), (1, 2), (1, 3)}


def test_an_assessment_of_nothing_has_no_next_item() -> None:
    assert next_item(a_task(a_ladder(), targets=np.array([0], np.intp))) is None
    assert next_item(a_task(a_ladder(), playable=np.zeros(8, bool))) is None
    assert next_item(a_task(a_bank([], [0]))) is None


def test_what_was_known_at_the_start_is_not_asked_again() -> None:
    bank = a_ladder()
    task = a_task(bank, {(0, 3): Heard(0.0, True), (0, 5): Heard(0.0, False)}, rules=TrainingRules(near_equal=0.99))

    assert {int(bank.level[item]) for item in next_items(task)} == {4}


def test_two_items_of_one_skill_are_never_both_asked_once_the_skill_is_settled() -> None:
    bank = a_bank([Item(level=2), Item(level=2)])

    assert next_item(a_task(bank), [Answer(0, True)]) is None
    assert next_item(a_task(bank), [Answer(0, False)]) is None


@calm
@given(scenes(), st.integers(0, 2**32))
def test_every_answer_to_a_selected_item_settles_its_skill_so_that_the_assessment_ends(scene: Scene, outcomes: int) -> None:
    answers, before = list(scene.answers), len(unknown(scene))

    for step in range(before):
        item = next_item(scene.task, answers, pick=outcomes + step)
        if item is None:
            break
        answers.append(Answer(item, bool(outcomes >> step % 32 & 1)))
        left = len(unknown(Scene(scene.task, scene.before, answers, False)))
        assert left < before
        before = left

    assert next_item(scene.task, answers) is None


def test_the_best_item_alone_is_drawn_when_no_share_is_given_away() -> None:
    bank = a_ladder(topics=2)

    assert next_items(a_task(bank, rules=MOST_GAIN_ONLY)) == {1, 9}


def test_an_item_already_asked_is_not_asked_again_even_when_its_answer_does_not_count() -> None:
    bank = a_bank([Item(level=2), Item(level=2), Item(level=2)])
    task = a_task(bank)
    before_any_answer = after(task)

    drawn = {select(task, before_any_answer, np.array([0, 2], np.intp), False, pick) for pick in range(3)}

    assert drawn == {1}
    assert select(task, before_any_answer, np.array([0, 1, 2], np.intp), False, 0) is None
