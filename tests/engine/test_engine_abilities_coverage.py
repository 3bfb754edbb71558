"""Virtual persons tested at random items: what is reported holds the true ability as often as it says."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from chalicelib.engine.bank import Floats
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.distribution import Distribution
from chalicelib.engine.report import FINE, Given

PERSONS, COMPETENCES, ITEMS = 2000, 16, 32
COVERAGE = 0.90


@cache
def crowd() -> tuple[Floats, Floats]:
    """For each person, the true mean ability and abilities, (N, 1 + D), and the reported intervals of the same, (N, 1 + D, 2)."""
    rng, model = np.random.default_rng(20261122), CommonFactor(COMPETENCES, 0.7)
    abilities, fine = model.draw(rng, PERSONS), model.on(FINE)
    dimension = np.arange(ITEMS) % COMPETENCES
    intervals = np.empty((PERSONS, 1 + COMPETENCES, 2))
    for person, theta in enumerate(abilities):
        a, b = rng.lognormal(0.0, 0.3, ITEMS), rng.normal(0.0, 1.2, ITEMS)
        c = rng.choice([0.0, 0.0, 0.2, 0.25], ITEMS)
        chance = c + (1 - c) / (1 + np.exp(-a * (theta[dimension] - b)))
        log_l = Given(a, b, c, dimension, rng.random(ITEMS) < chance).log_likelihood(COMPETENCES, FINE)
        intervals[person, 0] = fine.composite(log_l).interval(COVERAGE)
        if person % 8 == 0:
            weights = fine.joint(log_l).weights
            intervals[person, 1:] = [Distribution(FINE, one).interval(COVERAGE) for one in weights]
    return np.column_stack([abilities.mean(axis=1), abilities]), intervals


def test_the_interval_of_the_mean_ability_holds_it_nine_times_in_ten() -> None:
    true, intervals = crowd()

    inside = (intervals[:, 0, 0] <= true[:, 0]) & (true[:, 0] <= intervals[:, 0, 1])

    assert inside.mean() == pytest.approx(COVERAGE, abs=0.015)


def test_it_misses_as_often_below_as_above() -> None:
    true, intervals = crowd()

    below, above = np.mean(true[:, 0] < intervals[:, 0, 0]), np.mean(true[:, 0] > intervals[:, 0, 1])

    assert (below, above) == pytest.approx((0.05, 0.05), abs=0.012)


def test_the_interval_of_each_competence_holds_its_ability_nine_times_in_ten() -> None:
    true, intervals = (column[::8, 1:] for column in crowd())

    inside = (intervals[..., 0] <= true) & (true <= intervals[..., 1])

    assert inside.mean() == pytest.approx(COVERAGE, abs=0.015)
