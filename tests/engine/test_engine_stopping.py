"""When a test has told enough: after so many answers, at a precision, or once a side is told."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import GRID, Floats, ItemBank, probability
from chalicelib.engine.joint import Joint, log_likelihood
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.simulation.sitting import Sitting
from chalicelib.engine.simulation.truth import Truth
from chalicelib.engine.stopping import FixedLength, PrecisionReached, Side, SidesTold
from tests.engine.builders import Item, calm
from tests.engine.measuring_builders import a_pool, a_random_bank, a_study, one_a_topic, played

NOTHING_SAID: Floats = np.zeros((1, len(GRID)))


def known_to(sd: float) -> Joint:
    """One ability, of which this is the standard error."""
    return OneAbility(0.0, sd).joint(NOTHING_SAID)


def said(bank: ItemBank, right: list[bool]) -> Floats:
    """The log-likelihood of these outcomes at the first items of a bank, (1, Q)."""
    return log_likelihood(bank, 1, np.arange(len(right)), np.array(right, bool))


def a_bank_at(cut: float, items: int = 200) -> ItemBank:
    """Free answers of discrimination 1.5, as hard as the cut."""
    return one_a_topic([Item(a=1.5, b=cut)] * items)


def test_a_fixed_length_ends_there_whatever_is_known() -> None:
    rule = FixedLength(3)

    assert [rule.reached(answers, known_to(0.1), NOTHING_SAID) for answers in range(5)] == [False, False, False, True, True]


def test_a_precision_ends_when_the_standard_error_is_at_the_target_after_enough_answers() -> None:
    rule = PrecisionReached(0.3, shortest=4, longest=9)

    assert [rule.reached(answers, known_to(0.25), NOTHING_SAID) for answers in (3, 4)] == [False, True]
    assert [rule.reached(answers, known_to(0.35), NOTHING_SAID) for answers in (4, 8, 9)] == [False, False, True]


def test_a_test_to_a_precision_is_longer_for_a_finer_one_and_reaches_it() -> None:
    pool = a_pool(a_random_bank(2, guesses=(0.0,)))
    study = a_study(30, pool=pool)

    coarse, fine = (
        played(replace(study, stopping=PrecisionReached(target, shortest=5, longest=60))) for target in (0.45, 0.35)
    )

    assert all(5 <= len(one.items) <= 60 for one in coarse + fine)
    assert mean_length(coarse) < 0.75 * mean_length(fine)
    assert max(one.sd for one in coarse) <= 0.46
    assert max(one.sd for one in fine) <= 0.36


def mean_length(sittings: list[Sitting]) -> float:
    return float(np.mean([len(one.items) for one in sittings]))


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"target": 0.0}, "target must be positive"),
        ({"target": 0.3, "shortest": 9, "longest": 5}, r"shortest in \[0, longest\]"),
    ],
)
def test_a_precision_that_cannot_be_is_refused(numbers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        PrecisionReached(**numbers)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"cut": 0.0, "wrong_above": 0.0}, "error rates must be in"),
        ({"cut": 0.0, "wrong_below": 0.5}, "error rates must be in"),
        ({"cut": 0.0, "indifference": 0.0}, "must have a width"),
        ({"cut": 5.9}, "within the ability grid"),
        ({"cut": float("nan")}, "within the ability grid"),
    ],
)
def test_a_cut_that_cannot_be_is_refused(numbers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        SidesTold(**numbers)


def test_the_log_ratio_of_answers_that_all_point_one_way_is_that_at_the_far_end() -> None:
    # All right: the likelihood rises throughout, so above is best at the end of the grid and below at cut − δ.
    bank, rule = a_bank_at(0.0, 4), SidesTold(0.0, indifference=0.3)

    ratio = rule.log_ratio(said(bank, [True] * 4))

    at_end, at_edge = (float(probability(np.array(theta), *columns_of(bank))) for theta in (6.0, -0.3))
    assert ratio == pytest.approx(4 * (math.log(at_end) - math.log(at_edge)), abs=0.02)
    assert rule.log_ratio(said(bank, [False] * 4)) == pytest.approx(-ratio)


def columns_of(bank: ItemBank) -> tuple[Floats, Floats, Floats]:
    return bank.discrimination[0], bank.difficulty[0], bank.guess[0]


def test_the_log_ratio_of_answers_that_point_far_above_is_that_of_the_best_ability() -> None:
    # 15 right of 20 at b = 0, a = 1.5: the best ability is log(3)/1.5 = 0.73, above cut + δ = 0.2.
    bank, rule = a_bank_at(0.0, 20), SidesTold(0.0, indifference=0.2)

    best = 15 * math.log(0.75) + 5 * math.log(0.25)
    below = 1 / (1 + math.exp(1.5 * 0.2))
    expected = best - 15 * math.log(below) - 5 * math.log(1 - below)

    assert rule.log_ratio(said(bank, [True] * 15 + [False] * 5)) == pytest.approx(expected, abs=0.02)


def test_the_log_ratio_of_answers_that_point_at_the_cut_compares_both_edges() -> None:
    # The likelihood of 11 of 20 is highest at 0.13, between the edges at ±0.3: Wald's ratio of the two edges.
    rule, edge = SidesTold(0.0, indifference=0.3), 1 / (1 + math.exp(-1.5 * 0.3))

    ratio = rule.log_ratio(said(a_bank_at(0.0, 20), [True] * 11 + [False] * 9))

    assert ratio == pytest.approx((11 - 9) * math.log(edge / (1 - edge)), abs=0.02)


@calm
@given(st.lists(st.booleans(), max_size=12), st.integers(-20, 20))
def test_the_side_of_mirrored_answers_at_a_mirrored_cut_is_the_other(right: list[bool], tenths: int) -> None:
    cut = tenths / 10
    bank, mirrored = a_bank_at(cut, 12), a_bank_at(-cut, 12)

    ratio = SidesTold(cut).log_ratio(said(bank, right))

    assert SidesTold(-cut).log_ratio(said(mirrored, [not one for one in right])) == pytest.approx(-ratio, abs=1e-9)


@pytest.mark.parametrize(("alpha", "beta"), [(0.05, 0.05), (0.01, 0.1)])
def test_a_side_is_told_at_walds_bounds(alpha: float, beta: float) -> None:
    rule = SidesTold(0.0, indifference=1.0, wrong_above=alpha, wrong_below=beta)
    upper, lower = math.log((1 - beta) / alpha), math.log(beta / (1 - alpha))

    def ratio_of(height: float) -> Floats:
        return np.where(GRID > 0, height, 0.0)[None, :]

    assert rule.told(ratio_of(upper + 1e-9)) == Side.ABOVE
    assert rule.told(ratio_of(upper - 1e-9)) is None
    assert rule.told(ratio_of(lower + 1e-9)) is None
    assert rule.told(ratio_of(lower - 1e-9)) == Side.BELOW


def test_walds_bounds_for_five_percent_are_2_94() -> None:
    assert SidesTold(0.0, 1.0).told(np.where(GRID > 0, 2.945, 0.0)[None, :]) == Side.ABOVE
    assert SidesTold(0.0, 1.0).told(np.where(GRID > 0, 2.944, 0.0)[None, :]) is None


def test_nothing_is_told_before_any_answer_and_the_side_of_a_tie_is_above() -> None:
    rule = SidesTold(0.35)

    assert rule.log_ratio(NOTHING_SAID) == 0.0
    assert rule.told(NOTHING_SAID) is None
    assert rule.side(NOTHING_SAID) == Side.ABOVE
    assert rule.side(said(a_bank_at(0.35, 1), [False])) == Side.BELOW


def test_a_told_side_ends_the_test_after_the_shortest_length_and_an_untold_one_at_the_longest() -> None:
    rule = SidesTold(0.0, shortest=3, longest=6)
    told = said(a_bank_at(0.0, 12), [True] * 12)

    assert [rule.reached(answers, known_to(1.0), told) for answers in (2, 3)] == [False, True]
    assert [rule.reached(answers, known_to(1.0), NOTHING_SAID) for answers in (5, 6)] == [False, True]


PERSONS = 250
LONGEST = 120


@pytest.mark.parametrize("cut", [-0.5, 0.7])
@pytest.mark.parametrize(("side", "away"), [(Side.ABOVE, 0.3), (Side.BELOW, -0.3)])
def test_the_wrong_side_is_told_about_as_rarely_as_asked_for_and_sooner_than_at_a_fixed_length(
    cut: float, side: Side, away: float
) -> None:
    rule = SidesTold(cut, indifference=0.3, longest=LONGEST)
    bank = a_bank_at(cut, LONGEST)

    wrong, lengths = walk(rule, bank, cut + away, side)

    # The likelihood ratio of two ends of an interval is a little bolder than Wald's of two points: 5 % asked for, 3 standard errors more.
    assert wrong <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / PERSONS)
    assert lengths < 0.5 * LONGEST


def walk(rule: SidesTold, bank: ItemBank, ability: float, side: Side) -> tuple[float, float]:
    """Share of persons of this ability of whom the other side is told, and their mean length."""
    rng, wrong, lengths = np.random.default_rng(17), 0, 0
    chance = probability(np.array(ability), *columns_of(bank))
    for _ in range(PERSONS):
        right = rng.random(LONGEST) < chance
        curve = np.cumsum(bank.log_outcome[right.astype(int), np.arange(LONGEST)], axis=0)
        length = next((k for k in range(1, LONGEST) if rule.told(curve[k - 1 : k]) is not None), LONGEST)
        wrong += rule.side(curve[length - 1 : length]) != side
        lengths += length
    return wrong / PERSONS, lengths / PERSONS


def test_somebody_far_from_the_cut_is_told_in_a_few_answers() -> None:
    rule, bank = SidesTold(0.0, indifference=0.3, longest=LONGEST), a_bank_at(0.0, LONGEST)

    assert walk(rule, bank, 1.8, Side.ABOVE) < (0.01, 12.0)
    assert walk(rule, bank, -1.8, Side.BELOW) < (0.01, 12.0)


def test_a_whole_test_at_a_cut_ends_with_the_decision_that_its_answers_tell() -> None:
    bank, rule = a_bank_at(0.2), SidesTold(0.2, indifference=0.4, longest=60)
    able = np.array([[-1.0]] * 20 + [[1.4]] * 20)

    sittings = played(a_study(40, pool=a_pool(bank), truth=Truth(bank, able, 3), stopping=rule))

    assert np.mean([one.above == (person >= 20) for person, one in enumerate(sittings)]) >= 0.95
    assert mean_length(sittings) < 30
    for one in sittings:
        curve = log_likelihood(bank, 1, one.items, one.right)
        assert (rule.told(curve) is not None) or len(one.items) == 60
        assert one.above == (rule.side(curve) == Side.ABOVE)
