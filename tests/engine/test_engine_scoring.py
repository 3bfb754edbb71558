"""Points and levels of one competence, by the rule book §1."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import LEVELS, Bools
from chalicelib.engine.scoring import ability_points, level_of, level_of_ability, points, top_level
from tests.engine.builders import calm

NOTHING = (0,) * LEVELS
counts = st.tuples(*[st.integers(0, 5)] * LEVELS)
ladders = st.lists(st.lists(st.booleans(), min_size=LEVELS, max_size=LEVELS), min_size=3, max_size=3)


def skills(*per_level: int) -> Bools:
    """Five ladders with this many skills at each level, from level 1 on."""
    wanted = np.array([*per_level, *NOTHING[len(per_level) :]])
    made: Bools = np.arange(5)[:, None] < wanted
    return made


FIVE_EACH = skills(*[5] * LEVELS)


@pytest.mark.parametrize(
    ("held", "acquired", "expected"),
    [
        ((2, 2, 2), (0, 0, 0), Fraction(0)),
        ((2, 2, 2), (1, 0, 0), Fraction(4)),
        ((2, 2, 2), (2, 1, 0), Fraction(12)),
        ((2, 2, 2), (2, 2, 2), Fraction(24)),
        ((3,), (1,), Fraction(8, 3)),
        ((3,), (2,), Fraction(16, 3)),
        ((3,), (3,), Fraction(8)),
        ((4, 5), (3, 2), Fraction(6) + Fraction(16, 5)),
        ((1,), (1,), Fraction(4)),
        ((1, 1, 1), (1, 1, 1), Fraction(12)),
        ((0, 0, 2), (0, 0, 2), Fraction(8)),
        ((2, 3, 1, 4), (2, 1, 1, 3), Fraction(8) + Fraction(8, 3) + Fraction(4) + Fraction(6)),
    ],
)
def test_each_level_shares_eight_points_between_its_skills_at_most_four_for_one(
    held: tuple[int, ...], acquired: tuple[int, ...], expected: Fraction
) -> None:
    assert points(skills(*held), skills(*acquired)) == expected


@pytest.mark.parametrize("each", [2, 3, 4, 5])
def test_sixteen_complete_competences_are_worth_1024_points_exactly(each: int) -> None:
    complete = skills(*[each] * LEVELS)

    assert 16 * points(complete, complete) == 1024


def test_an_acquired_rung_without_an_active_skill_is_worth_nothing() -> None:
    assert points(skills(2, 0, 2), FIVE_EACH) == 16


@calm
@given(st.data())
def test_points_lie_between_zero_and_eight_a_level_and_grow_with_what_is_acquired(data: st.DataObject) -> None:
    ladder, some, more = (np.array(data.draw(ladders)) for _ in range(3))

    fewer, greater = points(ladder, some), points(ladder, some | more)

    assert 0 <= fewer <= greater <= 8 * int(ladder.any(axis=0).sum())


@calm
@given(counts.filter(any), st.integers(1, LEVELS))
def test_points_are_the_sum_of_what_each_level_is_worth(held: tuple[int, ...], up_to: int) -> None:
    acquired = FIVE_EACH & (np.arange(1, LEVELS + 1) <= up_to)

    assert points(skills(*held), acquired) == sum(min(8, 4 * count) for count in held[:up_to])


@pytest.mark.parametrize(
    ("held", "configured", "expected"),
    [
        ((2,) * 8, 8, 8),
        ((2,) * 8, 7, 7),
        ((2, 2, 2, 2, 2), 7, 5),
        ((2, 2, 1, 2, 2), 7, 2),
        ((2, 3, 0, 2), 7, 2),
        ((1, 2, 2), 7, 0),
        ((), 7, 0),
        ((5, 4, 3), 2, 2),
    ],
)
def test_the_top_level_is_the_highest_with_two_skills_at_every_level_up_to_it(
    held: tuple[int, ...], configured: int, expected: int
) -> None:
    assert top_level(skills(*held), configured) == expected


def test_two_skills_of_one_level_may_stand_on_two_ladders() -> None:
    ladder = np.zeros((3, LEVELS), bool)
    ladder[0, 0] = ladder[2, 0] = ladder[1, 1] = True

    assert top_level(ladder, 7) == 1


@pytest.mark.parametrize(
    ("earned", "expected"),
    [
        (Fraction(0), 0),
        (Fraction(799, 100), 0),
        (Fraction(8), 1),
        (Fraction(8, 3) * 3, 1),
        (Fraction(63, 1) + Fraction(99, 100), 7),
        (Fraction(64), 8),
    ],
)
def test_the_level_is_the_number_of_complete_eights(earned: Fraction, expected: int) -> None:
    assert level_of(earned) == expected


@calm
@given(st.tuples(*[st.integers(2, 5)] * LEVELS), st.integers(0, LEVELS))
def test_all_skills_up_to_a_level_complete_that_level_exactly(held: tuple[int, ...], level: int) -> None:
    earned = points(skills(*held), skills(*held[:level]))

    assert earned == 8 * level
    assert level_of(earned) == level


@pytest.mark.parametrize("level", range(LEVELS + 1))
def test_a_level_is_complete_at_the_ability_of_its_upper_end(level: int) -> None:
    theta = (level - 4) * 0.8

    assert ability_points(theta, LEVELS) == pytest.approx(8 * level, abs=1e-9)
    assert level_of_ability(theta) == pytest.approx(level, abs=1e-9)
    assert level_of(Fraction(ability_points(theta + 1e-9, LEVELS))) == level


@pytest.mark.parametrize(
    ("theta", "top", "expected"),
    [
        (0.0, 7, 32.0),
        (1.23, 7, 44.3),
        (-1.0, 7, 22.0),
        (-3.2, 7, 0.0),
        (-3.3, 7, 0.0),
        (-6.0, 7, 0.0),
        (2.4, 7, 56.0),
        (2.5, 7, 56.0),
        (6.0, 7, 56.0),
        (6.0, 8, 64.0),
        (0.0, 3, 24.0),
        (1.0, 0, 0.0),
    ],
)
def test_points_of_an_ability_are_clamped_between_zero_and_the_top_level(theta: float, top: int, expected: float) -> None:
    assert ability_points(theta, top) == pytest.approx(expected, abs=1e-12)


@calm
@given(st.floats(-3.2, 3.2))
def test_points_and_level_of_an_ability_are_the_same_scale(theta: float) -> None:
    assert ability_points(theta, LEVELS) == pytest.approx(8 * level_of_ability(theta), abs=1e-9)
