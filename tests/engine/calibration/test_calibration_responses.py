"""The table of outcomes: what it refuses, counts and splits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chalicelib.engine.calibration.responses import MISSING, Outcomes, Responses
from tests.engine.builders import calm

tables = arrays(np.int8, st.tuples(st.integers(1, 30), st.integers(1, 5)), elements=st.integers(-1, 1))


def test_real_numbers_become_outcomes() -> None:
    made = Responses.of(np.array([[1.0, 0.0, np.nan], [1.0, 0.0, -1.0]]))

    assert made.outcomes.dtype == np.int8
    np.testing.assert_array_equal(made.outcomes, [[1, 0, MISSING], [1, 0, MISSING]])


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        (np.zeros((2, 2)), "int8"),
        (np.zeros(2, np.int8), "two dimensions"),
        (np.zeros((0, 2), np.int8), "a person and an item"),
        (np.array([[0, 1], [1, 2]], np.int8), "not 2 at person 1, item 1"),
    ],
)
def test_what_is_no_table_of_outcomes_is_refused(outcomes: Outcomes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Responses(outcomes)


def test_a_half_right_answer_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"not 0\.5 at person 1, item 0"):
        Responses.of([[1.0], [0.5]])


def test_answers_are_counted_by_item_and_by_person() -> None:
    made = Responses(np.array([[1, 0, -1], [1, 1, -1]], np.int8))

    assert made.answers_of_item.tolist() == [2, 2, 0]
    assert made.right_of_item.tolist() == [2, 1, 0]
    assert made.answers_of_person.tolist() == [2, 2]
    assert made.varied.tolist() == [False, True, False]
    assert not made.complete
    assert made.of_items(np.array([0, 1])).complete


@calm
@given(tables, st.integers(1, 40))
def test_chunks_hold_everyone_once(outcomes: Outcomes, cells: int) -> None:
    responses = Responses(outcomes)

    together = np.concatenate([responses.outcomes[persons] for persons in responses.chunks(cells)])

    np.testing.assert_array_equal(together, outcomes)


@calm
@given(tables)
def test_grouped_persons_are_the_same_persons(outcomes: Outcomes) -> None:
    grouped = Responses(outcomes).grouped

    np.testing.assert_array_equal(grouped.responses.outcomes[grouped.group], outcomes)
    np.testing.assert_array_equal(grouped.count, np.bincount(grouped.group))
    assert grouped.responses.n_persons == len(np.unique(outcomes, axis=0))


def test_many_items_are_not_grouped() -> None:
    responses = Responses(np.zeros((3, 40), np.int8))

    assert responses.grouped.responses is responses
