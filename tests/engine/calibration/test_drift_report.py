"""Drift: what changed is found, said in probability and in points, and sorted by how worrying it is."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from chalicelib.engine.calibration.drift import CONCERN, DriftReport, DriftSettings, ItemDrift, drift_report
from chalicelib.engine.calibration.item_parameters import ItemParameters
from tests.engine.builders import calm
from tests.engine.calibration.linking_builders import estimated, names_of, some_items

MANY = 2_000


def one_item(a: float = 1.2, b: float = 0.0, se: float = 0.05, c: float = 0.0) -> ItemParameters:
    return ItemParameters(*(np.array([value]) for value in (a, b, c, se, se)))


def told(bank: ItemParameters, fresh: ItemParameters, answers: int = MANY, **settings: Any) -> DriftReport:
    counted = np.full(len(bank), answers, np.intp)
    return drift_report(names_of(len(bank)), counted, bank, fresh, DriftSettings(**settings))


def only(bank: ItemParameters, fresh: ItemParameters, answers: int = MANY, **settings: Any) -> ItemDrift:
    return told(bank, fresh, answers, **settings).items[0]


def test_the_difference_its_error_z_and_p_are_those_of_the_formula() -> None:
    found = only(one_item(b=0.0, se=0.03), one_item(b=0.1, se=0.04))

    assert found.difficulty.value == pytest.approx(0.1)
    assert found.difficulty.se == pytest.approx(0.05)
    assert found.difficulty.z == pytest.approx(2.0)
    assert found.difficulty.p == pytest.approx(0.0455, abs=1e-4)
    assert (found.discrimination.value, found.discrimination.p) == (0.0, 1.0)
    assert found.difficulty.adjusted_p == pytest.approx(0.091, abs=1e-4)  # smallest of two


def test_the_p_values_of_all_items_are_adjusted_together() -> None:
    draw, items = np.random.default_rng(1), some_items(12)
    bank, fresh = estimated(items, 0.1, draw), estimated(items, 0.1, draw)

    found = sorted(told(bank, fresh).items, key=lambda one: one.item)

    p = [one.difficulty.p for one in found] + [one.discrimination.p for one in found]
    adjusted = [one.difficulty.adjusted_p for one in found] + [one.discrimination.adjusted_p for one in found]
    assert adjusted == pytest.approx(stats.false_discovery_control(p).tolist())


@pytest.mark.parametrize(
    ("shift", "error", "verdict"),
    [
        (0.6, 0.05, "drifted"),
        (-0.6, 0.05, "drifted"),
        (0.6, 0.4, "watch"),  # large, perhaps by chance
        (0.2, 0.03, "watch"),  # sure, of some size
        (0.02, 0.001, "stable"),  # sure, and too little to matter
        (0.05, 0.1, "stable"),
    ],
)
def test_a_verdict_asks_for_a_surprise_and_a_size(shift: float, error: float, verdict: str) -> None:
    assert only(one_item(se=error), one_item(b=shift, se=error)).verdict == verdict


def test_a_changed_discrimination_is_drift_too() -> None:
    assert only(one_item(a=1.0), one_item(a=2.0)).verdict == "drifted"


def test_a_curve_that_now_falls_is_drift() -> None:
    assert only(one_item(a=1.0), one_item(a=-0.8)).verdict == "drifted"


@pytest.mark.parametrize(("answers", "verdict"), [(199, "too-few"), (200, "drifted")])
def test_too_few_answers_say_nothing(answers: int, verdict: str) -> None:
    assert only(one_item(), one_item(b=0.8), answers).verdict == verdict


@pytest.mark.parametrize("lost", ["a", "b", "se_a", "se_b"])
def test_an_unknown_value_says_nothing(lost: str) -> None:
    found = only(one_item(), replace(one_item(b=0.8), **{lost: np.array([math.nan])}))

    assert found.verdict == "too-few"
    assert math.isnan(found.difficulty.adjusted_p)


def test_items_with_too_few_answers_do_not_weigh_on_the_others() -> None:
    bank = ItemParameters(np.ones(3), np.zeros(3), np.zeros(3), np.full(3, 0.05), np.full(3, 0.05))
    fresh = replace(bank, b=np.array([0.2, 0.2, 0.2]))

    alone = drift_report(["a", "b", "c"], np.array([500, 3, 0]), bank, fresh).items[0]

    assert alone.difficulty.adjusted_p == pytest.approx(min(1.0, 2 * alone.difficulty.p))


def test_the_effect_of_a_slight_shift_is_that_many_points_of_ability() -> None:
    found = only(one_item(c=0.25), one_item(b=-0.01, c=0.25))

    assert found.effect == pytest.approx(160.0 * 0.01, rel=1e-3)  # easier: the score flatters


def test_the_effect_of_a_large_shift_is_the_gap_of_the_curves_over_the_bank_s_slope() -> None:
    found = only(one_item(a=1.2), one_item(a=1.2, b=0.5))

    assert found.effect == pytest.approx(160.0 * (1 / (1 + math.exp(0.6)) - 0.5) / 0.3)


def test_the_effect_of_a_steeper_curve_at_its_own_difficulty_is_nothing() -> None:
    assert only(one_item(a=1.0), one_item(a=2.0)).effect == pytest.approx(0.0, abs=1e-9)


def test_unchanged_items_are_seldom_said_to_have_drifted() -> None:
    draw, items = np.random.default_rng(4), some_items(200)
    counts = [told(estimated(items, 0.1, draw), estimated(items, 0.1, draw)).counts() for _ in range(10)]

    assert sum(one["drifted"] for one in counts) <= 4  # of 2,000


def test_drifted_items_are_found_among_many() -> None:
    draw, items = np.random.default_rng(4), some_items(100)
    truth = replace(items, b=items.b + np.where(np.arange(100) < 10, 0.7, 0.0))
    found = told(estimated(items, 0.06, draw), estimated(truth, 0.06, draw))

    drifted = {one.item for one in found.items if one.verdict == "drifted"}
    assert len(drifted & set(names_of(100)[:10])) >= 8
    assert len(drifted - set(names_of(100)[:10])) <= 2


@calm
@given(st.lists(st.tuples(st.floats(-1, 1), st.sampled_from([0, 199, 200, 900]), st.booleans()), min_size=1, max_size=12))
def test_the_most_worrying_item_comes_first_and_each_is_told_once(rows: list[tuple[float, int, bool]]) -> None:
    n = len(rows)
    bank = ItemParameters(np.ones(n), np.zeros(n), np.zeros(n), np.full(n, 0.1), np.full(n, 0.1))
    fresh = replace(bank, b=np.array([math.nan if lost else shift for shift, _, lost in rows]))

    found = drift_report(names_of(n), np.array([answers for _, answers, _ in rows], np.intp), bank, fresh)

    keys = [(CONCERN.index(one.verdict), -one.rmsd if math.isfinite(one.rmsd) else 0.0, one.item) for one in found.items]
    assert keys == sorted(keys)
    assert sorted(one.item for one in found.items) == names_of(n)
    assert sum(found.counts().values()) == n


def test_exact_parameters_give_no_chance_to_chance() -> None:
    assert only(one_item(se=0.0), one_item(se=0.0)).verdict == "stable"
    assert only(one_item(se=0.0), one_item(b=0.5, se=0.0)).verdict == "drifted"


def test_no_item_makes_an_empty_report() -> None:
    nothing = some_items(0)

    assert told(nothing, nothing).counts() == {"drifted": 0, "watch": 0, "too-few": 0, "stable": 0}


def test_lists_of_different_items_are_refused() -> None:
    with pytest.raises(ValueError, match="must list the same items"):
        drift_report(["a"], np.array([MANY, MANY]), one_item(), one_item())


def test_a_bank_with_a_curve_that_does_not_rise_is_refused() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        told(one_item(a=0.0), one_item())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("false_discovery", 0.0),
        ("watched_rmsd", 0.0),
        ("watched_rmsd", 0.07),
        ("drifted_rmsd", 1.0),
        ("least_answers", 0),
        ("score_per_ability", 0.0),
    ],
)
def test_a_setting_out_of_its_domain_is_refused_by_its_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^out of range: {name}$"):
        DriftSettings(**{name: value})  # type: ignore[arg-type]
