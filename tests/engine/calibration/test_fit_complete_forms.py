"""S-X², infit and outfit: against every pattern written out, quiet under the model, loud where it is wrong, refused elsewhere."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.calibration.abilities import ItemCurves
from chalicelib.engine.calibration.complete_form_fit import (
    MeanSquares,
    ScoreFit,
    collapsed,
    expected_right_by_score,
    mean_squares,
    score_chances,
    score_fit,
)
from chalicelib.engine.calibration.responses import MISSING, Responses
from tests.engine.builders import calm
from tests.engine.calibration.virtual_answers import PRIOR, changed, complete_form, some_curves


def test_chances_of_scores_are_those_of_the_binomial_where_items_are_alike() -> None:
    p = np.full((6, 1), 0.3)

    assert score_chances(p)[:, 0] == pytest.approx(stats.binom.pmf(np.arange(7), 6, 0.3), abs=1e-15)


def test_the_share_expected_at_a_score_is_that_of_every_pattern_written_out() -> None:
    curves = some_curves(5, seed=9)
    p = curves.right(GRID)
    right, everyone = np.zeros((5, 6)), np.zeros(6)
    for pattern in product((0, 1), repeat=5):
        chance = float(PRIOR @ np.prod([one if u else 1 - one for one, u in zip(p, pattern, strict=True)], axis=0))
        everyone[sum(pattern)] += chance
        right[:, sum(pattern)] += chance * np.array(pattern)

    assert expected_right_by_score(curves, PRIOR) == pytest.approx((right / everyone)[:, 1:-1], abs=1e-12)


@cache
def under_the_model() -> tuple[list[ScoreFit], list[MeanSquares]]:
    scores, squares = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        curves = some_curves(20, seed)
        crowd = complete_form(rng.normal(size=1_000), curves, rng)
        scores.append(score_fit(crowd.responses, curves, PRIOR, parameters=0))
        squares.append(mean_squares(crowd.responses, curves, crowd.theta))
    return scores, squares


def told(rows: list[ScoreFit] | list[MeanSquares], column: str) -> Floats:
    values: Floats = np.concatenate([getattr(one, column) for one in rows])
    return values


def test_under_the_model_the_p_values_of_s_x2_are_spread_evenly() -> None:
    p = told(under_the_model()[0], "p")

    assert 0.4 < np.mean(p < 0.5) < 0.6
    assert np.mean(p < 0.05) < 0.1


@pytest.mark.parametrize("column", ["infit", "outfit"])
def test_under_the_model_mean_squares_are_about_one_and_standard_normal(column: str) -> None:
    squares = under_the_model()[1]

    assert told(squares, column).mean() == pytest.approx(1.0, abs=0.01)
    assert abs(told(squares, f"{column}_standardised").mean()) < 0.2
    assert 0.85 < told(squares, f"{column}_standardised").std() < 1.15


def test_mean_squares_are_those_computed_one_answer_after_the_other() -> None:
    curves = ItemCurves(np.array([1.0]), np.array([0.0]), np.array([0.0]))
    theta = np.array([-1.0, 0.5, 2.0])
    answers = [1, 0, 1]
    p = [1 / (1 + np.exp(-one)) for one in theta]
    residuals = [(u - one) ** 2 for u, one in zip(answers, p, strict=True)]
    spread = [one * (1 - one) for one in p]

    found = mean_squares(Responses(np.array([answers], dtype=np.int8).T.copy()), curves, theta)

    assert found.outfit[0] == pytest.approx(sum(r / w for r, w in zip(residuals, spread, strict=True)) / 3)
    assert found.infit[0] == pytest.approx(sum(residuals) / sum(spread))
    q = np.sqrt(sum((1 - 3 * w) / w - 1 for w in spread)) / 3
    assert found.outfit_standardised[0] == pytest.approx((found.outfit[0] ** (1 / 3) - 1) * 3 / q + q / 3)
    q = np.sqrt(sum(w - 4 * w**2 for w in spread)) / sum(spread)
    assert found.infit_standardised[0] == pytest.approx((found.infit[0] ** (1 / 3) - 1) * 3 / q + q / 3)


def test_a_wrong_curve_is_seen_by_s_x2_and_a_guessed_item_by_outfit() -> None:
    rng = np.random.default_rng(1)
    said = some_curves(20, 3, (0.0,))
    hard = int(said.b.argmax())
    crowd = complete_form(rng.normal(size=1_500), changed(said, hard, c=0.3), rng)

    scores = score_fit(crowd.responses, said, PRIOR, parameters=0)
    squares = mean_squares(crowd.responses, said, crowd.theta)

    assert scores.adjusted[hard] < 1e-6
    assert squares.outfit.argmax() == hard
    assert squares.outfit_standardised[hard] > 3


def test_parameters_that_were_estimated_leave_the_degrees_of_freedom() -> None:
    rng = np.random.default_rng(2)
    curves = some_curves(10, 3)
    responses = complete_form(rng.normal(size=800), curves, rng).responses

    known, estimated = (score_fit(responses, curves, PRIOR, parameters=m) for m in (0, 2))

    assert np.array_equal(known.df - estimated.df, np.full(10, 2.0))
    assert known.df.max() <= 9
    assert np.array_equal(known.statistic, estimated.statistic)


def test_where_no_degree_of_freedom_is_left_there_is_no_number() -> None:
    three = score_fit(Responses(np.array([[1, 0, 1], [0, 1, 1]], dtype=np.int8)), some_curves(3, 1), PRIOR)
    one = score_fit(Responses(np.array([[1], [0]], dtype=np.int8)), some_curves(1, 1), PRIOR)

    assert np.isnan(three.p).all()
    assert np.isnan(one.statistic).all()


@calm
@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0.0, 1.0)), max_size=15))
def test_cells_follow_each_other_and_each_expects_a_right_and_a_wrong_answer(scores: list[tuple[int, float]]) -> None:
    persons = np.array([count for count, _ in scores], dtype=np.float64)
    right = persons * np.array([share for _, share in scores], dtype=np.float64)

    cells = collapsed(persons, right)

    for cell in cells:
        assert min(right[cell].sum(), (persons - right)[cell].sum()) >= 1 - 1e-9
    covered = [score for cell in cells for score in range(cell.start, cell.stop)]
    assert covered in ([], list(range(len(scores))))


def test_adaptive_answers_are_refused() -> None:
    holes = Responses(np.array([[1, MISSING], [0, 1]], dtype=np.int8))

    with pytest.raises(ValueError, match="complete forms only"):
        score_fit(holes, some_curves(2, 1), PRIOR)
    with pytest.raises(ValueError, match="complete forms only"):
        mean_squares(holes, some_curves(2, 1), np.zeros(2))


def test_items_without_parameters_are_refused() -> None:
    whole = Responses(np.ones((3, 1), dtype=np.int8))
    unknown = ItemCurves(np.array([np.nan]), np.array([np.nan]), np.zeros(1))

    with pytest.raises(ValueError, match="must have its parameters"):
        score_fit(whole, unknown, PRIOR)
    with pytest.raises(ValueError, match="must have the parameters"):
        mean_squares(whole, unknown, np.zeros(3))


def test_answers_that_could_not_vary_otherwise_have_no_deviate() -> None:
    halves = ItemCurves(np.ones(1), np.zeros(1), np.zeros(1))

    found = mean_squares(Responses(np.array([[1], [0]], dtype=np.int8)), halves, np.zeros(2))

    assert found.outfit[0] == pytest.approx(1.0)
    assert np.isnan(found.outfit_standardised[0])
