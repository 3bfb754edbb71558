"""Mantel and Haenszel's comparison of matched groups: a published table, classes of ETS, impact, and what is refused."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from chalicelib.engine.calibration.abilities import ItemCurves
from chalicelib.engine.calibration.mantel_haenszel import (
    EtsClass,
    MantelHaenszel,
    MatchingRules,
    common_odds,
    mantel_haenszel,
    tables_by_score,
)
from chalicelib.engine.calibration.responses import MISSING, Responses
from tests.engine.calibration.virtual_answers import answered, changed

ADMISSIONS = np.array(
    [
        [512, 313, 89, 19],
        [353, 207, 17, 8],
        [120, 205, 202, 391],
        [138, 279, 131, 244],
        [53, 138, 94, 299],
        [22, 351, 24, 317],
    ],
    dtype=np.float64,
)
"""Men and women admitted and refused by six departments of Berkeley in 1973 (Bickel, Hammel & O'Connell 1975)."""

RASCH = ItemCurves(np.ones(30), np.linspace(-2, 2, 30, dtype=np.float64), np.zeros(30))


def compare(
    true: ItemCurves, focal_true: ItemCurves, impact: float, seed: int, rules: MatchingRules | None = None
) -> MantelHaenszel:
    rng = np.random.default_rng(seed)
    focal = np.arange(2_000) % 2 == 1
    theta = rng.normal(size=2_000) - impact * focal
    right = np.where(focal[:, None], answered(theta, focal_true, rng), answered(theta, true, rng))
    return mantel_haenszel(Responses(right.astype(np.int8)), focal, rules)


def test_the_admissions_of_berkeley_give_the_published_summary() -> None:
    """R's mantelhaen.test(UCBAdmissions): common odds ratio 0.9046968, 95 % interval 0.7719074 to 1.0603298."""
    odds = common_odds(ADMISSIONS[None])

    assert odds.odds_ratio[0] == pytest.approx(0.9046968, abs=1e-7)
    assert np.exp(np.log(odds.odds_ratio[0]) - 1.959964 * odds.error[0]) == pytest.approx(0.7719074, abs=1e-6)
    assert np.exp(np.log(odds.odds_ratio[0]) + 1.959964 * odds.error[0]) == pytest.approx(1.0603298, abs=1e-6)
    assert odds.chi_square[0] == pytest.approx(1.4269, abs=1e-4)
    assert odds.delta[0] == pytest.approx(0.2354, abs=1e-4)


def test_tables_count_who_was_right_at_each_score() -> None:
    right = np.array([[1, 0], [1, 1], [0, 0], [1, 0]], dtype=np.bool_)
    focal = np.array([False, False, True, True])

    tables = tables_by_score(right, focal, right.sum(axis=1))

    assert tables[0, 1].tolist() == [1, 0, 1, 0]
    assert tables[1, 1].tolist() == [0, 1, 0, 1]
    assert tables[0, 2].tolist() == [1, 0, 0, 0]
    assert tables[:, 0].tolist() == [[0, 0, 0, 1]] * 2
    assert tables.sum() == 8


@cache
def impact_alone() -> tuple[MantelHaenszel, ...]:
    return tuple(compare(RASCH, RASCH, impact=1.0, seed=seed) for seed in range(6))


def test_groups_of_different_ability_alone_are_no_alarm() -> None:
    p = np.concatenate([one.odds.p for one in impact_alone()])

    assert np.mean(p < 0.05) < 0.1
    assert {verdict for one in impact_alone() for verdict in one.verdict} == {EtsClass.NEGLIGIBLE}


def test_an_item_harder_for_the_focal_group_is_found_with_its_size_on_the_scale_of_ets() -> None:

    found = compare(RASCH, changed(changed(RASCH, 12, b=0.9), 20, b=-0.75), impact=0.5, seed=4)

    assert found.verdict[12] is EtsClass.LARGE
    assert found.verdict[20] in (EtsClass.MODERATE, EtsClass.LARGE)
    assert found.delta[12] == pytest.approx(-2.35 * 0.9, abs=0.5)
    assert found.delta[20] == pytest.approx(2.35 * 0.75, abs=0.5)
    assert sum(one is not EtsClass.NEGLIGIBLE for one in found.verdict) <= 3


def test_a_score_rid_of_large_items_is_nearer_to_the_truth_for_the_others() -> None:
    true = ItemCurves(np.full(20, 1.2), np.tile(np.array([-1.0, -0.5, 0.0, 0.5, 1.0]), 4), np.zeros(20))
    harder = true
    for item in range(5):
        harder = changed(harder, item, b=1.2)

    kept, purified = (compare(true, harder, 0.0, 6, MatchingRules(purified=one)) for one in (False, True))

    assert kept.matching.all()
    assert purified.matching[5:].sum() >= 13
    assert not purified.matching[:5].any()
    assert abs(np.mean(purified.delta[5:])) < abs(np.mean(kept.delta[5:]))


def test_an_item_left_out_of_the_score_is_still_matched_with_itself_in_it() -> None:
    rng = np.random.default_rng(8)
    focal = np.arange(1_000) % 2 == 1
    theta = rng.normal(size=1_000)
    right = np.where(focal[:, None], answered(theta, changed(RASCH, 15, b=1.5), rng), answered(theta, RASCH, rng))

    found = mantel_haenszel(Responses(right.astype(np.int8)), focal)

    assert not found.matching[15]
    with_itself = right[:, found.matching].sum(axis=1) + right[:, 15]
    assert found.delta[15] == pytest.approx(common_odds(tables_by_score(right[:, [15]], focal, with_itself)).delta[0])


def test_small_groups_and_items_without_variation_get_no_class() -> None:
    rng = np.random.default_rng(0)
    right = rng.random((400, 5)) < 0.5
    right[:, 2] = True

    few = mantel_haenszel(Responses(right.astype(np.int8)), np.arange(400) < 20)
    enough = mantel_haenszel(Responses(right.astype(np.int8)), np.arange(400) < 200)

    assert set(few.verdict) == {EtsClass.TOO_FEW}
    assert [one is EtsClass.TOO_FEW for one in enough.verdict] == [False, False, True, False, False]
    assert np.isnan(enough.delta[2])


def test_one_group_alone_compares_with_nobody() -> None:
    found = mantel_haenszel(Responses(np.ones((200, 2), dtype=np.int8)), np.ones(200, dtype=np.bool_))

    assert set(found.verdict) == {EtsClass.TOO_FEW}


def test_adaptive_answers_and_groups_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="complete forms only"):
        mantel_haenszel(Responses(np.array([[MISSING, 1]], dtype=np.int8)), np.array([True]))
    with pytest.raises(ValueError, match="one value a person"):
        mantel_haenszel(Responses(np.array([[1, 1]], dtype=np.int8)), np.array([True, False]))


@pytest.mark.parametrize("wrong", [{"least_persons": 1}, {"alpha": 0.0}])
def test_a_matching_rule_out_of_its_domain_is_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MatchingRules(**wrong)  # type: ignore[arg-type]
