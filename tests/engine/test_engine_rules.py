"""The numbers of training: the rule book's defaults, and the refusal of whatever is out of its domain."""

from __future__ import annotations

import math
from typing import Any

import pytest

from chalicelib.engine.rules import TrainingRules


def rules(**override: Any) -> TrainingRules:
    return TrainingRules(**override)


def test_the_defaults_are_those_of_the_rule_book() -> None:
    assert TrainingRules() == TrainingRules(
        right_below=0.90,
        least_guess=0.05,
        start_level=2,
        largest_jump=2,
        near_equal=0.05,
        prior_mean=0.0,
        prior_sd=1.0,
        correlation=0.7,
        max_answers=200,
        checkpoint_every=5,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("right_below", 0.5),
        ("right_below", 1.0),
        ("least_guess", 0.0),
        ("least_guess", 0.90),
        ("start_level", 0),
        ("start_level", 9),
        ("largest_jump", -1),
        ("largest_jump", 9),
        ("near_equal", -0.01),
        ("near_equal", 1.0),
        ("prior_mean", -3.01),
        ("prior_mean", 3.01),
        ("prior_mean", math.nan),
        ("prior_sd", 0.19),
        ("prior_sd", 3.01),
        ("prior_sd", math.inf),
        ("correlation", -0.01),
        ("correlation", 0.951),
        ("correlation", 1.0),
        ("correlation", math.nan),
        ("max_answers", 0),
        ("max_answers", 251),
        ("checkpoint_every", 0),
        ("checkpoint_every", 51),
    ],
)
def test_a_number_out_of_its_domain_is_refused_by_its_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^out of range: {name}$"):
        rules(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("right_below", 0.51),
        ("right_below", 0.99),
        ("least_guess", 0.001),
        ("least_guess", 0.89),
        ("start_level", 1),
        ("start_level", 8),
        ("largest_jump", 0),
        ("largest_jump", 8),
        ("near_equal", 0.0),
        ("near_equal", 0.99),
        ("prior_mean", -3.0),
        ("prior_mean", 3.0),
        ("prior_sd", 0.2),
        ("prior_sd", 3.0),
        ("correlation", 0.0),
        ("correlation", 0.95),
        ("max_answers", 1),
        ("max_answers", 250),
        ("checkpoint_every", 1),
        ("checkpoint_every", 50),
    ],
)
def test_a_number_at_the_edge_of_its_domain_is_accepted(name: str, value: float) -> None:
    assert getattr(rules(**{name: value}), name) == value


def test_all_the_wrong_numbers_are_named_at_once() -> None:
    with pytest.raises(ValueError, match=r"^out of range: right_below, start_level, prior_sd$"):
        rules(right_below=1.5, start_level=0, prior_sd=0.0)
