"""What a test must contain: numbers that make sense, quotas that look ahead, and what is given up first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import Ints
from chalicelib.engine.blueprint import Blueprint, Constraint
from tests.engine.builders import calm


@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    """Any blueprint of 1 to 5 competences."""
    minimum = draw(st.lists(st.integers(0, 3), min_size=1, max_size=5))
    maximum = [least + draw(st.integers(0, 3)) for least in minimum]
    least, most = max(sum(minimum), 1), max(sum(maximum), 1)
    if not sum(maximum):
        maximum[0] = 1
    return Blueprint(draw(st.integers(least, most)), tuple(minimum), tuple(maximum), draw(st.booleans()))


def numbers(*values: int) -> Ints:
    return np.array(values, np.intp)


def test_constraints_are_declared_with_the_most_important_first() -> None:
    assert list(Constraint) == [
        Constraint.NOT_MET,
        Constraint.NEW_SKILL,
        Constraint.NO_ENEMY,
        Constraint.MAXIMUM,
        Constraint.MINIMUM,
        Constraint.NEW_TOPIC,
        Constraint.ELIGIBLE,
        Constraint.SPACED,
    ]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"length": 0}, "length must be at least 1"),
        ({"minimum": (1, 1), "maximum": (2,)}, "one number a competence"),
        ({"minimum": (-1,), "maximum": (40,)}, r"every minimum must be in \[0, maximum\]"),
        ({"minimum": (3,), "maximum": (2,)}, r"every minimum must be in \[0, maximum\]"),
        ({"length": 3, "minimum": (2, 2), "maximum": (4, 4)}, "between the sum of the minimums"),
        ({"length": 9, "minimum": (2, 2), "maximum": (4, 4)}, "between the sum of the minimums"),
        ({"near_equal": 1.0}, "near_equal must be in"),
        ({"near_equal": -0.1}, "near_equal must be in"),
        ({"near_equal": float("nan")}, "near_equal must be in"),
        ({"timed_gap": -1}, "timed_gap not negative"),
    ],
)
def test_a_test_that_cannot_be_is_refused_with_what_is_wrong(numbers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Blueprint(**numbers)


def test_thirty_two_items_of_sixteen_competences_are_two_of_each() -> None:
    even = Blueprint.even(16, 32)

    assert (even.length, even.minimum, even.maximum) == (32, (2,) * 16, (2,) * 16)


@calm
@given(st.integers(1, 16), st.integers(1, 60))
def test_an_even_test_has_competences_at_most_one_item_apart(competences: int, length: int) -> None:
    even = Blueprint.even(competences, length)

    assert even.length == length
    assert sum(even.minimum) <= length <= sum(even.maximum)
    assert max(even.maximum) - min(even.minimum) == (1 if length % competences else 0)


def test_a_competence_that_had_its_most_may_have_no_more() -> None:
    blueprint = Blueprint(4, (0, 0, 1), (1, 2, 3))

    assert blueprint.below_maximum(numbers(1, 1, 3)).tolist() == [False, True, False]


def test_nothing_is_due_while_there_is_room_for_every_minimum() -> None:
    blueprint = Blueprint(6, (2, 2, 0), (6, 6, 6), cover_first=False)

    assert blueprint.due(numbers(0, 0, 1)).all()
    assert blueprint.due(numbers(0, 0, 2)).tolist() == [True, True, False]
    assert blueprint.due(numbers(0, 2, 2)).tolist() == [True, False, False]


def test_every_competence_with_a_minimum_gets_its_first_item_before_any_gets_its_second() -> None:
    blueprint = Blueprint(8, (1, 1, 0), (8, 8, 8))

    assert blueprint.due(numbers(0, 0, 0)).tolist() == [True, True, False]
    assert blueprint.due(numbers(1, 0, 0)).tolist() == [False, True, False]
    assert blueprint.due(numbers(1, 1, 0)).all()


def test_when_every_minimum_is_met_nothing_more_is_due_even_past_the_length() -> None:
    blueprint = Blueprint(4, (1, 1), (4, 4))

    assert blueprint.due(numbers(2, 2)).all()
    assert blueprint.due(numbers(4, 3)).all()


@calm
@given(blueprints(), st.integers(0, 2**32))
def test_whoever_follows_what_is_due_and_what_is_full_ends_within_every_quota(blueprint: Blueprint, seed: int) -> None:
    rng, given_so_far = np.random.default_rng(seed), np.zeros(len(blueprint.minimum), np.intp)

    for _ in range(blueprint.length):
        ways = np.flatnonzero(blueprint.due(given_so_far) & blueprint.below_maximum(given_so_far))
        assert len(ways)
        given_so_far[rng.choice(ways)] += 1

    assert np.all((np.array(blueprint.minimum) <= given_so_far) & (given_so_far <= np.array(blueprint.maximum)))


@calm
@given(blueprints(), st.data())
def test_a_competence_is_due_exactly_when_one_more_of_it_keeps_every_minimum_within_reach(
    blueprint: Blueprint, data: st.DataObject
) -> None:
    so_far = numbers(*(data.draw(st.integers(0, most)) for most in blueprint.maximum))
    owed = sum(max(least - had, 0) for least, had in zip(blueprint.minimum, so_far.tolist(), strict=True))
    left = blueprint.length - int(so_far.sum())
    if not 0 < left >= owed:
        return

    uncovered = [least > 0 and had == 0 for least, had in zip(blueprint.minimum, so_far.tolist(), strict=True)]
    expected = [owed - (least > had) <= left - 1 for least, had in zip(blueprint.minimum, so_far.tolist(), strict=True)]

    assert blueprint.due(so_far).tolist() == (uncovered if blueprint.cover_first and any(uncovered) else expected)
