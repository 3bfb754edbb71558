"""One assessment pinned answer by answer: any change of the numbers of the engine shows here first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from chalicelib.engine.evidence import NO_CEILING
from chalicelib.engine.training import Estimate
from tests.engine import oracles
from tests.engine.builders import RULES, Answer, Item, a_bank, a_task, after, next_item, next_items

PICK = 7

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
    Moment(None, (0.0, 0.0), (0.9999999808755027, 0.9999999808755027), (0, 0, 0), (NONE, NONE, NONE), 1),
    Moment((1, True), (0.14958017151047506, 0.0), (0.9583602557652882, 0.9999999808755027), (2, 0, 0), (NONE, NONE, NONE), 7),
    Moment((5, True), (0.25306303970443106, 0.0), (0.922764176889876, 0.9999999808755027), (2, 2, 0), (NONE, NONE, NONE), 4),
    Moment(
        (10, False),
        (0.25306303970443106, -0.8964062091594164),
        (0.922764176889876, 0.8250768686078946),
        (2, 2, 0),
        (NONE, NONE, 3),
        7,
    ),
    Moment(
        (4, False),
        (-0.19644962459372373, -0.8964062091594164),
        (0.7545338925344466, 0.8250768686078946),
        (2, 2, 0),
        (5, NONE, 3),
        7,
    ),
    Moment(
        (2, True),
        (-0.028544095469636956, -0.8964062091594164),
        (0.6967703806619784, 0.8250768686078946),
        (3, 2, 0),
        (5, NONE, 3),
        7,
    ),
    Moment(
        (6, True),
        (0.13018938463354154, -0.8964062091594164),
        (0.668542448527357, 0.8250768686078946),
        (3, 4, 0),
        (5, NONE, 3),
        9,
    ),
    Moment(
        (9, True),
        (0.13018938463354154, -0.8059322923852894),
        (0.668542448527357, 0.7916099496923317),
        (3, 4, 1),
        (5, NONE, 3),
        8,
    ),
    Moment(
        (3, False),
        (-0.2829736057469447, -0.8059322923852894),
        (0.6446456436432826, 0.7916099496923317),
        (2, 4, 1),
        (3, NONE, 3),
        8,
    ),
    Moment(
        (8, True),
        (-0.02779933990321958, -0.8059322923852894),
        (0.6556706513087782, 0.7916099496923317),
        (2, 6, 1),
        (3, NONE, 3),
        None,
    ),
    Moment(
        (7, False),
        (-0.19387043034390808, -0.8059322923852894),
        (0.6484819105640383, 0.7916099496923317),
        (2, 2, 1),
        (3, 4, 3),
        None,
    ),
]

each_moment = pytest.mark.parametrize("step", range(len(MOMENTS)))


def answers_until(step: int) -> list[Answer]:
    return [Answer(*moment.answer) for moment in MOMENTS[: step + 1] if moment.answer]


def at(step: int) -> Estimate:
    return after(a_task(BANK), answers_until(step))


@each_moment
def test_the_ability_is_the_pinned_one_after_each_answer(step: int) -> None:
    ability = at(step).ability

    assert np.max(np.abs(ability.mean - MOMENTS[step].mean)) < 1e-9
    assert np.max(np.abs(ability.sd - MOMENTS[step].sd)) < 1e-9


@each_moment
def test_the_ability_is_what_plain_arithmetic_over_the_grid_gives(step: int) -> None:
    ability = at(step).ability

    for competence in range(2):
        by_hand = oracles.weights((0.0, 1.0), BANK, competence, answers_until(step))
        mean, sd = oracles.mean_and_sd(by_hand)
        assert ability.mean[competence] == pytest.approx(mean, abs=1e-9)
        assert ability.sd[competence] == pytest.approx(sd, abs=1e-9)
        assert ability.weights[competence] == pytest.approx(by_hand, abs=1e-12)


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
    task, answers = a_task(BANK), [Answer(1, True)]

    assert next_items(task, answers) == {6, 7}
    assert next_items(task, answers, untimed=True) == {7}
