"""One assessment pinned answer by answer: any change of the numbers of the engine shows here first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from chalicelib.engine.evidence import NO_CEILING
from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.training import Estimate
from tests.engine import oracles
from tests.engine.builders import RULES, Answer, Item, a_bank, a_task, after, next_item, next_items

PICK = 7
OF_THE_FACTOR = 1e-5
"""The factor ends at 4.8 deviations, the plane of both abilities later: six millionths of an ability here."""

BANK = a_bank(
    [
        Item(0, 1, a=1.1, b=-2.6, c=0.25),
        Item(0, 2, a=0.8, b=-1.9),
        Item(0, 3, a=1.5, b=-1.0, c=0.1),
        Item(0, 3, a=1.2, b=-1.4, c=0.5),
        Item(0, 5, a=1.9, b=0.5, c=0.02),
        Item(1, 2, a=1.0, b=-2.1),
        Item(1, 4, a=1.3, b=-0.3, c=0.2, timed=True),
        Item(1, 4, a=0.7, b=-0.5),
        Item(1, 6, a=1.4, b=1.1, c=0.1),
        Item(2, 1, a=1.2, b=-2.8),
        Item(2, 3, a=1.6, b=-1.1, c=0.25),
        Item(2, 4, a=0.9, b=-0.2, c=1 / 3),
    ],
    [0, 0, 1],
)


class Moment(NamedTuple):
    """What the engine says once the answer of this moment is in."""

    answer: tuple[int, bool] | None
    mean: tuple[float, float]
    sd: tuple[float, float]
    floors: tuple[int, int, int]
    ceilings: tuple[int, int, int]
    following: int | None


NONE = NO_CEILING

# Item 3 is asked on the rung of item 2 and takes its place; the miss at item 7 takes that of the hit at item 6.
MOMENTS = [
    Moment(None, (0.0000000000, 0.0000000000), (0.9999999717, 0.9999999717), (0, 0, 0), (NONE, NONE, NONE), 1),
    Moment((1, True), (0.1495801693, 0.1047061168), (0.9583602494, 0.9798176463), (2, 0, 0), (NONE, NONE, NONE), 7),
    Moment((5, True), (0.2530630369, 0.1771441236), (0.9227641704, 0.9629288134), (2, 2, 0), (NONE, NONE, NONE), 4),
    Moment((10, False), (-0.3206936065, -0.7235481155), (0.8403156777, 0.8003549556), (2, 2, 0), (NONE, NONE, 3), 7),
    Moment((4, False), (-0.5656424121, -0.8632186407), (0.7314726572, 0.7602390392), (2, 2, 0), (5, NONE, 3), 7),
    Moment((2, True), (-0.3596278547, -0.7478264180), (0.6724158152, 0.7443472151), (3, 2, 0), (5, NONE, 3), 7),
    Moment((6, True), (-0.1887439511, -0.6516169988), (0.6479563673, 0.7396051280), (3, 4, 0), (5, NONE, 3), 9),
    Moment((9, True), (-0.1641084703, -0.5955487432), (0.6424544561, 0.7200986149), (3, 4, 1), (5, NONE, 3), 8),
    Moment((3, False), (-0.5244523238, -0.7900245141), (0.6237461235, 0.7067094057), (2, 4, 1), (3, NONE, 3), 8),
    Moment((8, True), (-0.3009328901, -0.6697923922), (0.6405664932, 0.7160082986), (2, 6, 1), (3, NONE, 3), None),
    Moment((7, False), (-0.4471575555, -0.7485569069), (0.6343399258, 0.7110018219), (2, 2, 1), (3, 4, 3), None),
]

each_moment = pytest.mark.parametrize("step", range(len(MOMENTS)))


def answers_until(step: int) -> list[Answer]:
    return [Answer(*moment.answer) for moment in MOMENTS[: step + 1] if moment.answer]


def at(step: int) -> Estimate:
    return after(a_task(BANK), answers_until(step))


@each_moment
def test_the_ability_is_the_pinned_one_after_each_answer(step: int) -> None:
    ability = at(step).ability

    assert np.max(np.abs(ability.mean - MOMENTS[step].mean)) < OF_THE_FACTOR
    assert np.max(np.abs(ability.sd - MOMENTS[step].sd)) < OF_THE_FACTOR


@each_moment
def test_the_pinned_ability_is_what_plain_arithmetic_over_both_abilities_gives(step: int) -> None:
    ability = at(step).ability

    for competence, by_hand in enumerate(oracles.weights_of_two(a_task(BANK), answers_until(step))):
        mean, sd = oracles.mean_and_sd(by_hand)
        assert MOMENTS[step].mean[competence] == pytest.approx(mean, abs=1e-9)
        assert MOMENTS[step].sd[competence] == pytest.approx(sd, abs=1e-9)
        assert ability.weights[competence] == pytest.approx(by_hand, abs=1e-6)


@each_moment
def test_floors_and_ceilings_are_the_pinned_ones_after_each_answer(step: int) -> None:
    now = at(step)

    assert tuple(now.floors) == MOMENTS[step].floors
    assert tuple(now.ceilings) == MOMENTS[step].ceilings


@each_moment
def test_floors_and_ceilings_are_what_the_exact_likelihoods_give(step: int) -> None:
    now, heard = at(step), oracles.heard_after(BANK, {}, answers_until(step))

    by_hand = oracles.bounds(RULES, 3, heard)

    assert [(low, high or NO_CEILING) for low, high in by_hand] == list(zip(now.floors, now.ceilings, strict=True))


@each_moment
def test_the_following_item_is_the_pinned_one_after_each_answer(step: int) -> None:
    assert next_item(a_task(BANK), answers_until(step), pick=PICK) == MOMENTS[step].following


def test_of_two_near_equals_the_timed_one_is_left_out_right_after_a_time_out() -> None:
    task, answers = a_task(BANK, rules=TrainingRules(near_equal=0.1)), [Answer(1, True)]

    assert next_items(task, answers) == {6, 7}
    assert next_items(task, answers, untimed=True) == {7}
