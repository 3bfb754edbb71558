"""Screening of anchors: drifted ones leave, clean sets stay, every decision is told, the order of the items is nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from chalicelib.engine.bank import Floats
from chalicelib.engine.calibration.anchor_screening import (
    Screening,
    ScreeningSettings,
    lord_chi_square,
    robust_z,
    screen_anchors,
    student_quantile,
)
from chalicelib.engine.calibration.item_parameters import ItemParameters
from tests.engine.builders import calm
from tests.engine.calibration.linking_builders import Scale, estimated, moved, names_of, some_items

DISPLACEMENT, ROBUST_Z = ScreeningSettings(), ScreeningSettings(rule="robust-z")
by_each_rule = pytest.mark.parametrize("settings", [DISPLACEMENT, ROBUST_Z], ids=["displacement", "robust-z"])


def shifts(n: int, *drifted: float) -> Floats:
    """Drift of the first items, none of the others."""
    made = np.zeros(n)
    made[: len(drifted)] = drifted
    return made


def screened(n: int, shift: Floats | float, settings: ScreeningSettings, seed: int = 0, error: float = 0.05) -> Screening:
    draw, items = np.random.default_rng([seed, 1]), some_items(n, seed)
    target = estimated(moved(items, Scale(), shift), error, draw)
    return screen_anchors(names_of(n), estimated(items, error, draw), target, settings)


@by_each_rule
def test_drifted_anchors_leave_and_the_link_is_that_of_the_others(settings: ScreeningSettings) -> None:
    found = [screened(25, shifts(25, 0.8, 0.7, -0.9), settings, seed) for seed in range(20)]

    assert np.mean([one.kept[:3].mean() for one in found]) < 0.15
    assert np.mean([one.kept[3:].mean() for one in found]) > 0.98
    assert all(one.verdict == "settled" for one in found)
    assert np.mean([one.link.intercept for one in found]) == pytest.approx(0.3, abs=0.02)


def test_drift_all_to_one_side_does_not_carry_the_link_away() -> None:
    found = [screened(30, shifts(30, *[0.8] * 9), DISPLACEMENT, seed) for seed in range(10)]

    assert np.mean([one.kept[:9].mean() for one in found]) < 0.1
    assert np.mean([one.link.intercept for one in found]) == pytest.approx(0.3, abs=0.04)


@by_each_rule
@pytest.mark.parametrize("n", [12, 30])
def test_clean_sets_lose_an_anchor_no_more_often_than_told(settings: ScreeningSettings, n: int) -> None:
    often = replace(settings, false_alarm=0.2, least_rmsd=0.0)

    lost = np.mean([not screened(n, 0.0, often, seed).kept.all() for seed in range(100)])

    assert 0.05 < lost < 0.28  # 0.2 + two standard errors of 100 draws; robust z is told to be cautious


def test_a_difference_too_little_to_matter_is_left_alone_however_sure() -> None:
    found = screened(20, shifts(20, 0.1), DISPLACEMENT, error=0.002)

    assert found.kept.all()
    assert "too little to matter" in next(one.why for one in found.decisions if one.item == "item-000")


@by_each_rule
@calm
@given(order=st.permutations(range(14)), seed=st.integers(0, 20))
def test_the_order_of_the_anchors_is_nothing(settings: ScreeningSettings, order: list[int], seed: int) -> None:
    draw, items, names = np.random.default_rng(seed), some_items(14, seed), names_of(14)
    source = estimated(items, 0.05, draw)
    target = estimated(moved(items, Scale(), shifts(14, 0.9, 0.9)), 0.05, draw)
    rows = np.array(order)

    one = screen_anchors(names, source, target, settings)
    other = screen_anchors([names[row] for row in order], source.take(rows), target.take(rows), settings)

    assert one.decisions == other.decisions
    assert (one.link.slope, one.link.intercept) == (other.link.slope, other.link.intercept)
    assert one.kept[rows].tolist() == other.kept.tolist()


def test_every_anchor_has_its_last_word_in_the_order_of_the_rounds() -> None:
    found = screened(20, shifts(20, 1.0, -1.2), DISPLACEMENT)

    out = [one for one in found.decisions if not one.kept]
    stayed = [one for one in found.decisions if one.kept]

    assert sorted(one.item for one in found.decisions) == names_of(20)
    assert [one.item for one in stayed] == sorted(one.item for one in stayed)
    assert [one.round for one in found.decisions] == sorted(one.round for one in found.decisions)
    assert {one.item for one in out} == {"item-000", "item-001"}
    assert [one.round for one in out] == [1, 2]
    assert all(one.statistic > one.threshold and one.why.endswith("moved") for one in out)
    assert {one.round for one in stayed} == {3}


@by_each_rule
def test_too_few_anchors_left_is_said_and_not_hidden(settings: ScreeningSettings) -> None:
    strict = replace(settings, least_share=0.9)

    found = screened(20, shifts(20, 1.0, -1.2, 1.5, -1.4), strict, error=0.03)

    assert found.verdict == "too-few-anchors"
    assert found.kept.sum() == 18
    forced = [one for one in found.decisions if one.kept and one.statistic > one.threshold and "kept because" in one.why]
    assert forced
    assert all("fewer than 18 of 20 anchors would be left" in one.why for one in forced)


def test_an_anchor_without_parameters_leaves_before_the_first_round() -> None:
    source = some_items(10)
    target = moved(source, Scale())
    target.b[4] = math.nan

    found = screen_anchors(names_of(10), source, target)

    assert not found.kept[4]
    assert (found.decisions[0].item, found.decisions[0].round) == ("item-004", 0)
    assert math.isnan(found.decisions[0].statistic)
    assert found.verdict == "settled"


def test_anchors_without_parameters_can_leave_too_few() -> None:
    source = some_items(10)
    target = moved(source, Scale())
    target.b[:6] = math.nan

    assert screen_anchors(names_of(10), source, target).verdict == "too-few-anchors"


@by_each_rule
def test_anchors_that_agree_exactly_are_all_kept(settings: ScreeningSettings) -> None:
    source = some_items(10)

    found = screen_anchors(names_of(10), source, moved(source, Scale()), settings)

    assert found.kept.all()
    assert found.verdict == "settled"


@by_each_rule
@pytest.mark.parametrize("n", [1, 2, 3])
def test_one_two_or_three_anchors_break_nothing(settings: ScreeningSettings, n: int) -> None:
    assert screened(n, 0.0, settings).link.items >= 1


def test_without_errors_the_size_alone_decides() -> None:
    source = some_items(20)

    found = screen_anchors(names_of(20), source, moved(source, Scale(), shifts(20, 0.9)))

    assert found.kept.tolist() == [False] + [True] * 19
    assert "no errors given" in found.decisions[0].why


@by_each_rule
def test_a_changed_discrimination_is_found_too(settings: ScreeningSettings) -> None:
    draw, items = np.random.default_rng(3), some_items(20)
    target = moved(items, Scale())
    target.a[5] *= 3.0

    found = screen_anchors(names_of(20), estimated(items, 0.05, draw), estimated(target, 0.05, draw), settings)

    assert np.flatnonzero(~found.kept).tolist() == [5]


@pytest.mark.parametrize("names", [["a", "a"], ["a"]])
def test_anchors_without_a_name_of_their_own_are_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="a name of their own"):
        screen_anchors(names, some_items(2), some_items(2))


@pytest.mark.parametrize(
    "wrong",
    [{"false_alarm": 0.0}, {"least_rmsd": 1.0}, {"least_share": 0.0}, {"least_share": 1.1}, {"rule": "z"}, {"method": "mean"}],
)
def test_a_setting_out_of_its_domain_is_refused_by_its_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^out of range: {next(iter(wrong))}$"):
        ScreeningSettings(**wrong)


@pytest.mark.parametrize(
    ("tail", "df", "published"), [(0.025, 2, 4.303), (0.025, 10, 2.228), (0.005, 20, 2.845), (0.05, 30, 1.697)]
)
def test_student_quantiles_are_those_of_the_printed_tables(tail: float, df: float, published: float) -> None:
    """Fisher and Yates (1963), table III."""
    assert student_quantile(tail, df) == pytest.approx(published, abs=6e-4)


@calm
@given(st.floats(1e-5, 0.4), st.floats(2.0, 300.0))
def test_student_quantiles_agree_with_scipy(tail: float, df: float) -> None:
    assert student_quantile(tail, df) == pytest.approx(float(stats.t.isf(tail, df)), rel=1e-4)


def test_lord_s_statistic_is_the_mahalanobis_distance() -> None:
    one = ItemParameters(np.array([1.3]), np.array([0.4]), np.zeros(1), np.array([0.1]), np.array([0.2]), np.array([0.01]))
    other = ItemParameters(np.array([1.0]), np.array([0.0]), np.zeros(1), np.array([0.05]), np.array([0.1]), np.array([0.0]))
    gap, errors = np.array([0.3, 0.4]), np.array([[0.0125, 0.01], [0.01, 0.05]])

    assert lord_chi_square(one, other)[0] == pytest.approx(gap @ np.linalg.inv(errors) @ gap)


def test_a_robust_z_is_the_distance_to_the_median_in_normal_quartiles() -> None:
    raw = np.array([-0.2, -0.1, 0.0, 0.1, 2.0])  # quartiles −0.1 and 0.1

    assert robust_z(raw, np.full(5, math.nan)) == pytest.approx(raw / (0.7413 * 0.2))
    assert robust_z(raw, np.full(5, 0.05)) == pytest.approx(raw / (0.7413 * 0.2))
