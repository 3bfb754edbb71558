"""The certificate's score and its band, by the rule book §1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import LEVELS
from chalicelib.engine.scoring import ability_of_level, band_of, certificate_score, level_of_ability
from tests.engine.builders import calm


@pytest.mark.parametrize(
    ("ability", "top", "score"),
    [
        (-6.0, 7, 0),
        (-3.3, 7, 0),
        (-3.2, 7, 0),
        (-3.19375, 7, 1),
        (-3.1938, 7, 0),
        (-2.8, 7, 64),
        (-2.8001, 7, 63),
        (-2.4, 7, 128),
        (-2.4001, 7, 127),
        (-1.6, 7, 256),
        (-0.8, 7, 384),
        (0.0, 7, 512),
        (-0.0001, 7, 511),
        (0.00625, 7, 513),
        (0.8, 7, 640),
        (1.6, 7, 768),
        (2.39375, 7, 895),
        (2.3937, 7, 894),
        (2.4, 7, 895),
        (6.0, 7, 895),
        (2.4, 8, 896),
        (3.2, 8, 1023),
        (6.0, 8, 1023),
        (0.0, 3, 383),
        (-2.0, 1, 127),
        (1.0, 0, 0),
        (-1.0, 0, 0),
    ],
)
def test_the_score_is_512_and_160_an_ability_rounded_down_and_clamped(ability: float, top: int, score: int) -> None:
    assert certificate_score(ability, top) == score


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0, 0),
        (63, 0),
        (64, 1),
        (127, 1),
        (128, 2),
        (255, 2),
        (256, 3),
        (383, 3),
        (384, 4),
        (511, 4),
        (512, 5),
        (639, 5),
        (640, 6),
        (767, 6),
        (768, 7),
        (895, 7),
        (896, 8),
        (1023, 8),
    ],
)
def test_the_band_of_a_score(score: int, band: int) -> None:
    assert band_of(score) == band


@pytest.mark.parametrize("band", range(2, LEVELS + 1))
def test_a_band_is_128_scores_wide(band: int) -> None:
    assert [score for score in range(1024) if band_of(score) == band] == list(range(128 * (band - 1), 128 * band))


@calm
@given(st.floats(-6, 6), st.floats(0, 3), st.integers(0, LEVELS))
def test_a_greater_ability_never_scores_less(ability: float, more: float, top: int) -> None:
    least, greatest = certificate_score(ability, top), certificate_score(ability + more, top)

    assert 0 <= least <= greatest <= max(128 * top - 1, 0)


@pytest.mark.parametrize("level", range(LEVELS))
def test_a_complete_level_is_worth_128(level: int) -> None:
    assert certificate_score(ability_of_level(float(level)), LEVELS) == 128 * level


@calm
@given(st.floats(0, LEVELS))
def test_the_ability_of_a_level_is_the_inverse_of_the_level_of_an_ability(level: float) -> None:
    assert level_of_ability(ability_of_level(level)) == pytest.approx(level, abs=1e-9)
    assert ability_of_level(np.array([level]))[0] == ability_of_level(level)
