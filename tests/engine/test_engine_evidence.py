"""Floor and ceiling of a ladder, from the last answer at each of its rungs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import LEVELS
from chalicelib.engine.evidence import NO_CEILING, Evidence, gain_table, gains
from chalicelib.engine.rules import TrainingRules
from tests.engine import oracles
from tests.engine.builders import RULES, Answer, Heard, Item, a_bank, a_task, after, calm, evidence, thorough
from tests.engine.strategies import Scene, answer_lists, banks, heard, levels, scenes

ladders = st.dictionaries(levels, heard, max_size=LEVELS)
HIT, MISS = Heard(0.0, True), Heard(0.0, False)


def bounds(outcomes: dict[int, Heard], rules: TrainingRules = RULES) -> tuple[int, int]:
    """Floor and ceiling of one ladder."""
    made = evidence(1, {(0, level): outcome for level, outcome in outcomes.items()}, rules)
    floors = made.floors()
    return int(floors[0]), int(made.ceilings(floors)[0])


def log_gain(guess: float, right: bool, rules: TrainingRules = RULES) -> float:
    return float(gains(rules, np.array([guess]), np.array([right]))[0])


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ({}, (0, NO_CEILING)),
        ({3: HIT}, (3, NO_CEILING)),
        ({3: MISS}, (0, 3)),
        ({8: HIT}, (8, NO_CEILING)),
        ({1: MISS}, (0, 1)),
        ({2: HIT, 4: MISS}, (2, 4)),
        ({2: HIT, 4: MISS, 6: MISS}, (2, 4)),
        # One hit over one miss, both at free answers: 0.90/0.05 outweighs 0.10/0.95.
        ({2: MISS, 4: HIT}, (4, NO_CEILING)),
        # One hit over two misses does not.
        ({2: MISS, 3: MISS, 4: HIT}, (0, 2)),
        # A hit that is half luck does not outweigh a miss.
        ({2: MISS, 4: Heard(0.5, True)}, (0, 2)),
        # A hit below a miss, and a lucky one above it.
        ({1: HIT, 3: MISS, 5: Heard(0.5, True), 6: MISS}, (1, 3)),
        ({1: HIT, 3: MISS, 5: HIT, 6: MISS}, (5, 6)),
    ],
)
def test_the_floor_and_the_ceiling_of_a_ladder(outcomes: dict[int, Heard], expected: tuple[int, int]) -> None:
    assert bounds(outcomes) == expected


@pytest.mark.parametrize("low", [0, 1])
@pytest.mark.parametrize(("right_below", "guess"), [(0.9, 0.1), (0.7, 0.3), (0.95, 0.05)])
def test_of_two_equally_likely_floors_the_lower_one_holds(low: int, right_below: float, guess: float) -> None:
    below = {1: HIT} if low else {}
    tie = {3: Heard(guess, False), 5: Heard(guess, True)}  # at 0.9 and 0.1: 0.1/0.9 · 0.9/0.1 = 1, whatever floats make of it

    assert bounds({**below, **tie}, TrainingRules(right_below=right_below)) == (low, 3)


@thorough
@given(ladders, st.sampled_from([RULES, TrainingRules(right_below=0.7, least_guess=0.1)]))
def test_the_floor_is_the_most_likely_by_exact_arithmetic(outcomes: dict[int, Heard], rules: TrainingRules) -> None:
    floor, ceiling = bounds(outcomes, rules)

    assert floor == oracles.floor(rules, outcomes)
    assert ceiling == (oracles.ceiling(outcomes, floor) or NO_CEILING)


@calm
@given(ladders)
def test_the_floor_is_zero_or_a_level_answered_right_and_the_ceiling_above_it_a_level_missed(
    outcomes: dict[int, Heard],
) -> None:
    floor, ceiling = bounds(outcomes)

    assert floor == 0 or outcomes[floor].right
    assert ceiling > floor
    assert ceiling == NO_CEILING or not outcomes[ceiling].right


@calm
@given(scenes())
def test_every_ladder_of_a_bank_has_the_floor_and_ceiling_of_its_own_outcomes(scene: Scene) -> None:
    bank = scene.task.bank
    topics, last = len(bank.topic_competence), oracles.heard_after(bank, scene.before, scene.answers)

    now = after(scene.task, scene.answers)

    by_hand = [(low, high or NO_CEILING) for low, high in oracles.bounds(scene.task.rules, topics, last)]
    assert list(zip(now.floors.tolist(), now.ceilings.tolist(), strict=True)) == by_hand


@calm
@given(st.data())
def test_only_the_last_answer_at_a_rung_counts_for_the_ladder(data: st.DataObject) -> None:
    bank = data.draw(banks(most_items=6))
    answers = data.draw(answer_lists(bank, twice=True))
    rungs = [(bank.topic[one.item], bank.level[one.item]) for one in answers]
    last_ones = [one for place, one in enumerate(answers) if rungs[place] not in rungs[place + 1 :]]

    all_of_them, the_last = after(a_task(bank), answers), after(a_task(bank), last_ones)

    assert all_of_them.floors.tolist() == the_last.floors.tolist()
    assert all_of_them.ceilings.tolist() == the_last.ceilings.tolist()


@calm
@given(st.data())
def test_one_call_on_the_whole_list_gives_what_one_call_per_answer_gives(data: st.DataObject) -> None:
    scene = data.draw(scenes())
    bank, known = scene.task.bank, dict(scene.before)
    rules, topics = scene.task.rules, len(bank.topic_competence)

    now = after(a_task(bank, known, rules=rules))
    for answer in scene.answers:
        now = after(a_task(bank, known, rules=rules), [answer])
        known = oracles.heard_after(bank, known, [answer])

    cold = after(scene.task, scene.answers)
    assert now.floors.tolist() == cold.floors.tolist()
    assert now.ceilings.tolist() == cold.ceilings.tolist()
    assert len(now.floors) == topics


def test_a_retry_at_the_same_rung_takes_the_place_of_what_was_known_before() -> None:
    task = a_task(a_bank([Item(level=2), Item(level=4)]), {(0, 2): MISS})

    assert after(task).ceilings.tolist() == [2]
    assert after(task, [Answer(0, True)]).floors.tolist() == [2]
    assert after(task, [Answer(0, True)]).ceilings.tolist() == [NO_CEILING]


def test_an_answer_leaves_the_evidence_of_the_start_as_it_was() -> None:
    task = a_task(a_bank([Item(level=2), Item(level=4)]), {(0, 2): MISS})
    before = task.start.gain.copy()

    after(task, [Answer(0, True), Answer(1, True)])

    assert np.array_equal(task.start.gain, before)
    assert after(task).ceilings.tolist() == [2]


@pytest.mark.parametrize(
    ("guess", "right", "ratio"),
    [
        (0.25, True, 0.90 / 0.25),
        (0.25, False, 0.10 / 0.75),
        (0.0, True, 0.90 / 0.05),
        (0.0, False, 0.10 / 0.95),
        (0.049, True, 0.90 / 0.05),
        (0.5, True, 0.90 / 0.5),
        (0.7, True, 0.90 / 0.5),
        (0.99, False, 0.10 / 0.5),
    ],
)
def test_an_answer_weighs_the_log_of_its_likelihood_ratio_the_guess_chance_kept_between_its_bounds(
    guess: float, right: bool, ratio: float
) -> None:
    assert log_gain(guess, right) == pytest.approx(math.log(ratio), abs=1e-8)


@calm
@given(st.floats(0, 1, exclude_max=True), st.floats(0.51, 0.99), st.floats(0.001, 0.5))
def test_a_right_answer_always_speaks_for_the_floor_and_a_miss_against_it(
    guess: float, right_below: float, least: float
) -> None:
    rules = TrainingRules(right_below=right_below, least_guess=least)

    assert log_gain(guess, True, rules) > 0 > log_gain(guess, False, rules)


def test_nothing_known_has_neither_floor_nor_ceiling() -> None:
    nothing = Evidence.nothing(3)

    assert nothing.floors().tolist() == [0, 0, 0]
    assert nothing.ceilings(nothing.floors()).tolist() == [NO_CEILING] * 3


def test_the_table_of_a_bank_holds_the_weight_of_both_outcomes_at_each_item_under_each_rules() -> None:
    banks_of = [a_bank([Item(c=0.0), Item(c=0.25)]), a_bank([Item(c=0.5), Item(c=0.1)])]

    for bank in banks_of:
        for rules in (RULES, TrainingRules(right_below=0.8)):
            for right in (False, True):
                expected = [log_gain(float(guess), right, rules) for guess in bank.guess]
                assert gain_table(bank, rules)[int(right)].tolist() == pytest.approx(expected, abs=1e-15)
