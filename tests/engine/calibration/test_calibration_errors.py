"""Standard errors: a second opinion, and the spread that replications show."""

from __future__ import annotations

import numpy as np
import pytest

from chalicelib.engine.bank import Floats, probability
from chalicelib.engine.calibration.responses import MISSING, Responses
from chalicelib.engine.calibration.two_parameter import calibrate
from tests.engine.calibration.answered_forms import LSAT7, published


def test_the_errors_are_near_those_of_a_second_program() -> None:
    """Python mirt 1.2 on LSAT 7, 61 points."""
    found = calibrate(published(LSAT7))

    np.testing.assert_allclose(found.se_a, [0.177, 0.169, 0.321, 0.134, 0.151], rtol=0.03)
    np.testing.assert_allclose(found.se_b, [0.264, 0.109, 0.115, 0.130, 0.446], rtol=0.03)


def test_the_covariance_holds_the_squares_of_the_errors() -> None:
    found = calibrate(published(LSAT7))

    np.testing.assert_allclose(np.sqrt(found.covariance[:, 0, 0]), found.se_a)
    np.testing.assert_allclose(np.sqrt(found.covariance[:, 1, 1]), found.se_b)
    assert np.all(np.linalg.eigvalsh(found.covariance) > 0)


def even(lowest: float, highest: float) -> Floats:
    """Ten values evenly spaced."""
    return np.linspace(lowest, highest, 10, dtype=np.float64)


@pytest.mark.parametrize(("persons", "answered", "guessed"), [(500, 1.0, 0.0), (600, 0.7, 0.0), (900, 1.0, 0.2)])
def test_the_errors_match_the_spread_over_replications(persons: int, answered: float, guessed: float) -> None:
    """Over 50 replications; the spread is half the distance between the percentiles one deviation either side."""
    rng = np.random.default_rng(persons)
    a, b, c = even(0.8, 1.6), even(-1.2, 1.2), np.full(10, guessed)
    found = []
    for _ in range(50):
        chance = probability(rng.normal(size=(persons, 1)), a, b, c)
        outcomes = (rng.random(chance.shape) < chance).astype(np.int8)
        outcomes[rng.random(chance.shape) >= answered] = MISSING
        one = calibrate(Responses(outcomes), c)
        found.append(np.stack([one.a, one.b, one.se_a, one.se_b]))
    runs = np.array(found)
    spread = np.nanpercentile(runs[:, :2], [15.87, 84.13], axis=0)
    half = (spread[1] - spread[0]) / 2

    ratio = np.median(np.nanmedian(runs[:, 2:], axis=0) / half, axis=1)

    assert np.all(np.abs(ratio - 1) < 0.15), ratio
