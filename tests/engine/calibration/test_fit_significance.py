"""Tails of distributions, against published tables and scipy, and p-values told together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from chalicelib.engine.calibration.significance import benjamini_hochberg, chi_square_tail, normal_tail, two_sided
from tests.engine.builders import calm


@pytest.mark.parametrize(("x", "df", "tail"), [(3.841, 1, 0.05), (5.991, 2, 0.05), (23.209, 10, 0.01), (124.342, 100, 0.05)])
def test_the_tail_is_the_one_of_printed_tables(x: float, df: int, tail: float) -> None:
    assert chi_square_tail(np.array(x), np.array(df)) == pytest.approx(tail, abs=2e-5)


@calm
@given(st.floats(0.0, 2_000.0), st.floats(0.5, 500.0))
def test_the_tail_is_scipys(x: float, df: float) -> None:
    assert chi_square_tail(np.array(x), np.array(df)) == pytest.approx(stats.chi2.sf(x, df), rel=1e-9, abs=1e-12)


def test_a_tail_far_out_keeps_its_relative_precision() -> None:
    assert float(chi_square_tail(np.array(400.0), np.array(3.0))) == pytest.approx(stats.chi2.sf(400.0, 3), rel=1e-10)


def test_what_has_no_tail_is_nan_and_the_bounds_are_one_and_nought() -> None:
    tails = chi_square_tail(np.array([np.nan, -1.0, 2.0, 0.0, np.inf]), np.array([2.0, 2.0, 0.0, 2.0, 2.0]))

    assert np.isnan(tails[:3]).all()
    assert tails[3:].tolist() == [1.0, 0.0]


def test_the_normal_tails_are_scipys_and_nan_stays_nan() -> None:
    z = np.array([-3.0, 0.0, 1.96, 9.0])

    assert normal_tail(z) == pytest.approx(stats.norm.sf(z), rel=1e-12)
    assert two_sided(z) == pytest.approx(2 * stats.norm.sf(np.abs(z)), rel=1e-12)
    assert np.isnan(two_sided(np.array([np.nan]))).all()


def test_adjusted_p_values_of_the_example_of_benjamini_and_hochberg() -> None:
    """The 15 p-values of their 1995 paper: at the 5 % rate four are retained, where Bonferroni keeps three."""
    p = np.array(
        [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    )

    adjusted = benjamini_hochberg(p)

    assert np.count_nonzero(adjusted < 0.05) == 4
    assert adjusted[3] == pytest.approx(0.0095 * 15 / 4)


@calm
@given(st.lists(st.one_of(st.floats(0.0, 1.0), st.just(float("nan"))), max_size=20))
def test_adjusted_p_values_are_scipys_whatever_the_order_and_leave_out_the_unknown(values: list[float]) -> None:
    p = np.array(values, dtype=np.float64)
    known = ~np.isnan(p)

    adjusted = benjamini_hochberg(p)

    assert np.array_equal(np.isnan(adjusted), ~known)
    if known.any():
        assert adjusted[known] == pytest.approx(stats.false_discovery_control(p[known]), abs=1e-12)
