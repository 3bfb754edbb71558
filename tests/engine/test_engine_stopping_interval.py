"""The plain rule at a cut: the interval of the composite leaves it on one side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.joint import Joint
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.simulation.truth import Truth
from chalicelib.engine.stopping import IntervalBesideCut
from tests.engine.builders import Item
from tests.engine.measuring_builders import a_pool, a_study, one_a_topic, played

NOTHING_SAID: Floats = np.zeros((1, len(GRID)))


def known(mean: float, sd: float) -> Joint:
    """One ability, of which this is the estimate and its standard error."""
    return OneAbility(mean, sd).joint(NOTHING_SAID)


@pytest.mark.parametrize(("mean", "ends"), [(1.20, True), (1.17, False), (0.0, False), (-1.17, False), (-1.20, True)])
def test_a_test_ends_when_the_cut_is_1_96_standard_errors_away_on_either_side(mean: float, ends: bool) -> None:
    assert IntervalBesideCut(0.0).reached(5, known(mean, 0.6), NOTHING_SAID) == ends


def test_a_wider_interval_ends_later() -> None:
    assert not IntervalBesideCut(0.0, errors=2.58).reached(5, known(1.2, 0.6), NOTHING_SAID)


def test_it_holds_for_the_composite_of_several_abilities() -> None:
    nothing = np.zeros((16, len(GRID)))

    far, near = (IntervalBesideCut(cut).reached(5, CommonFactor(16).joint(nothing), nothing) for cut in (-2.8, -1.4))

    assert (far, near) == (True, False)  # the standard error of the composite is √(0.7 + 0.3/16) = 0.85


def test_it_waits_for_the_shortest_length_and_ends_at_the_longest() -> None:
    rule = IntervalBesideCut(0.0, shortest=3, longest=6)

    assert [rule.reached(answers, known(3.0, 0.5), NOTHING_SAID) for answers in (2, 3)] == [False, True]
    assert [rule.reached(answers, known(0.0, 0.5), NOTHING_SAID) for answers in (5, 6)] == [False, True]


def test_persons_far_from_the_cut_are_told_sooner_and_on_their_side() -> None:
    bank = one_a_topic([Item(a=1.5, b=0.2)] * 60)
    able = np.array([[-1.8]] * 10 + [[0.2]] * 10 + [[2.2]] * 10)

    sittings = played(a_study(30, pool=a_pool(bank), truth=Truth(bank, able, 3), stopping=IntervalBesideCut(0.2, longest=40)))

    lengths = np.array([len(one.items) for one in sittings]).reshape(3, 10).mean(axis=1)
    assert max(lengths[0], lengths[2]) < 0.6 * lengths[1]
    assert np.mean([one.mean < 0.2 for one in sittings[:10]] + [one.mean > 0.2 for one in sittings[20:]]) >= 0.95


@pytest.mark.parametrize(
    "numbers", [{"cut": float("nan")}, {"cut": 0.0, "errors": 0.0}, {"cut": 0.0, "shortest": 7, "longest": 6}]
)
def test_an_interval_rule_that_cannot_be_is_refused(numbers: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cut must be finite, errors positive"):
        IntervalBesideCut(**numbers)
