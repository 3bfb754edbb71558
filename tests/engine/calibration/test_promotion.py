"""Promotion: a status with its reasons, from first exposures only, and new items on the scale of the bank."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.calibration.differential_functioning import DifVerdict
from chalicelib.engine.calibration.item_fit import FitVerdict
from chalicelib.engine.calibration.promotion import (
    ItemStudy,
    PromotionRules,
    Status,
    calibrate_on_bank,
    estimable_items,
    first_exposures,
    first_responses,
    parameters_of,
    promote,
)
from chalicelib.engine.calibration.responses import Responses
from tests.engine.builders import calm
from tests.engine.calibration.linking_builders import some_items

FINE = ItemStudy(500, True, FitVerdict.FITS, {"sex": DifVerdict.NEGLIGIBLE, "age": DifVerdict.NEGLIGIBLE})


def failed(study: ItemStudy) -> list[str]:
    return [reason.condition for reason in promote(study).reasons if not reason.passed]


def test_an_item_that_passes_everything_is_validated() -> None:
    decided = promote(FINE)

    assert decided.status is Status.VALIDATED
    assert [reason.condition for reason in decided.reasons] == [
        "answers",
        "parameters",
        "fit",
        *["differential-functioning"] * 2,
    ]
    assert all(reason.passed and reason.why for reason in decided.reasons)


@pytest.mark.parametrize(
    ("change", "status", "condition"),
    [
        ({"answers": 499}, Status.PROVISIONAL, "answers"),
        ({"answers": 100}, Status.PROVISIONAL, "answers"),
        ({"answers": 99}, Status.PRIOR, "answers"),
        ({"answers": 0}, Status.PRIOR, "answers"),
        ({"estimable": False}, Status.PRIOR, "parameters"),
        ({"fit": FitVerdict.MISFITS}, Status.PROVISIONAL, "fit"),
        ({"fit": FitVerdict.TOO_FEW}, Status.PROVISIONAL, "fit"),
        ({"fit": None}, Status.PROVISIONAL, "fit"),
        ({"differential_functioning": {}}, Status.PROVISIONAL, "differential-functioning"),
        ({"differential_functioning": {"sex": DifVerdict.MODERATE}}, Status.PROVISIONAL, "differential-functioning"),
        ({"differential_functioning": {"sex": DifVerdict.LARGE}}, Status.PROVISIONAL, "differential-functioning"),
        ({"differential_functioning": {"sex": DifVerdict.TOO_FEW}}, Status.PROVISIONAL, "differential-functioning"),
    ],
)
def test_one_condition_not_passed_keeps_it_from_validation_and_is_named(
    change: dict[str, Any], status: Status, condition: str
) -> None:
    study = replace(FINE, **change)

    assert promote(study).status is status
    assert failed(study) == [condition]


def test_one_group_treated_unfairly_is_enough_and_is_named() -> None:
    study = replace(FINE, differential_functioning={"sex": DifVerdict.NEGLIGIBLE, "age": DifVerdict.LARGE})

    assert [reason.why for reason in promote(study).reasons if not reason.passed] == ["age: large"]
    assert promote(study).status is Status.PROVISIONAL


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert failed(ItemStudy(3, False)) == ["answers", "parameters", "fit", "differential-functioning"]
    assert promote(ItemStudy(3, False)).reasons[0].why == "3 first-time answers, 500 needed (100 to be provisional)"


@pytest.mark.parametrize(("name", "value"), [("provisional_answers", 0), ("validated_answers", 99)])
def test_a_number_out_of_its_domain_is_refused_by_its_name(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"^out of range: {name}$"):
        PromotionRules(**{name: value})


def test_the_first_answer_of_a_person_to_an_item_counts_and_the_repeated_ones_do_not() -> None:
    person, item = np.array([1, 1, 1, 2, 2, 1]), np.array([7, 7, 8, 7, 7, 7])
    order = np.array([30, 10, 20, 50, 40, 60])

    assert first_exposures(person, item, order).tolist() == [False, True, True, False, True, False]


def test_of_two_exposures_of_the_same_order_the_first_listed_counts() -> None:
    same = np.array([1, 1])

    assert first_exposures(same, same, same).tolist() == [True, False]


def test_no_exposure_has_no_first() -> None:
    nothing = np.zeros(0, np.intp)

    assert first_exposures(nothing, nothing, nothing).tolist() == []


@calm
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 9)), max_size=30))
def test_each_person_has_one_first_exposure_to_each_item_met(events: list[tuple[int, int, int]]) -> None:
    person, item, order = (np.array([event[column] for event in events], np.intp) for column in range(3))

    first = first_exposures(person, item, order)

    earliest: dict[tuple[int, int], int] = {}
    for who, what, when in events:
        earliest[who, what] = min(when, earliest.get((who, what), when))
    chosen = [event for event, kept in zip(events, first.tolist(), strict=True) if kept]
    assert len(chosen) == len(earliest)
    assert {(who, what): when for who, what, when in chosen} == earliest


def test_the_table_holds_first_outcomes_and_a_voided_exposure_uses_up_the_item() -> None:
    person, item = np.array([20, 20, 10, 10]), np.array([0, 0, 2, 2])
    order, outcome = np.array([2, 1, 1, 2]), np.array([1, 0, -1, 1], np.int8)

    table = first_responses(person, item, order, outcome, 3)

    assert table.outcomes.tolist() == [[-1, -1, -1], [0, -1, -1]]  # persons 10 and 20


@pytest.mark.parametrize("wrong", [3, -1])
def test_an_item_out_of_the_table_is_refused(wrong: int) -> None:
    one = np.array([0])

    with pytest.raises(ValueError, match=r"item must be in \[0, 3\)"):
        first_responses(one, np.array([wrong]), one, np.array([1], np.int8), 3)


def test_columns_of_different_lengths_are_refused() -> None:
    one, two = np.array([0]), np.array([0, 1])

    with pytest.raises(ValueError, match="one value an exposure"):
        first_exposures(one, two, two)
    with pytest.raises(ValueError, match="one value an exposure"):
        first_responses(one, one, one, np.array([1, 1], np.int8), 3)


def test_items_on_trial_land_on_the_scale_of_the_bank_whoever_answers() -> None:
    draw, bank = np.random.default_rng(8), some_items(24)
    theta = draw.normal(0.6, 0.8, 3000)
    outcomes = (draw.random((3000, 24)) < bank.curves(theta).T).astype(np.int8)
    held = np.arange(24) >= 6

    found = calibrate_on_bank(Responses(outcomes), bank, held)
    items = parameters_of(found)

    assert estimable_items(found).all()
    assert (found.mean, found.sd) == pytest.approx((0.6, 0.8), abs=0.06)
    assert np.array_equal(items.b[held], bank.b[held])
    z = (items.b - bank.b)[~held] / items.se_b[~held]
    assert np.abs(z).max() < 3.2
    assert np.abs(items.b - bank.b)[~held].mean() < 0.2


def test_an_item_that_all_answered_right_or_that_nobody_answered_is_not_estimable() -> None:
    draw, bank = np.random.default_rng(8), some_items(12)
    outcomes = (draw.random((400, 12)) < bank.curves(draw.normal(size=400)).T).astype(np.int8)
    outcomes[:, 0], outcomes[:, 1] = 1, -1

    found = calibrate_on_bank(Responses(outcomes), bank, np.arange(12) >= 3)

    assert estimable_items(found).tolist() == [False, False, *[True] * 10]
