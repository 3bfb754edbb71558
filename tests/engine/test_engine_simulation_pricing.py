"""The exposure table that a version starts with: it brings rates near their limits before anybody real is tested."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.exposure import ExposureTable, Limits
from chalicelib.engine.simulation.cohort import Waves
from chalicelib.engine.simulation.figures import Results
from chalicelib.engine.simulation.pricing import Pricing, Publication
from chalicelib.engine.stopping import FixedLength
from tests.engine.measuring_builders import (
    Shape,
    a_pool,
    a_random_bank,
    a_study,
    played,
)


def test_pricing_brings_the_largest_rate_near_the_limit() -> None:
    pool = a_pool(a_random_bank(6, Shape(4, 10, 5), guesses=(0.0,)), Blueprint(6, timed_gap=0))
    publication = Publication(pool, FixedLength(6), Limits(0.2), Pricing(rounds=10, guards=3, persons=90))

    start = publication.first_table()
    study, together = a_study(300, 99, 6, pool), Waves(300, learns=False)
    free, priced, guarded = (
        Results(played(study, table, together), study.truth.abilities, 200)
        for table in (ExposureTable.free(200), replace(start.table, eligibility=np.ones((1, 200))), start.table)
    )

    assert free.rates.max() == 1.0
    assert priced.rates.max() < 0.6
    assert guarded.rates.max() < 0.3
    assert guarded.overlap < 0.5 * free.overlap
    assert np.median(start.table.prices) == 0.0
    assert guarded.composite.rmse < 1.2 * free.composite.rmse


def test_a_starting_table_holds_prices_and_counts_of_the_weight_asked_for() -> None:
    pool = a_pool(a_random_bank(6, Shape(2, 10, 2)), Blueprint(4))

    start = Publication(pool, FixedLength(4), Limits(0.25), Pricing(rounds=3, persons=50, weight=120.0)).first_table()

    assert start.table.version == 1
    assert start.tally.sessions.sum() == pytest.approx(120, rel=1e-3)
    assert start.tally.given.sum() == pytest.approx(4 * 120, rel=1e-3)
    assert np.all(start.table.prices >= 0)
    assert start.table.priced


def test_pricing_by_stratum_brings_every_stratum_near_its_limit() -> None:
    limits = Limits(0.2, stratum=0.3, bounds=(-0.5, 0.5))
    pool = a_pool(a_random_bank(6, Shape(4, 10, 5), guesses=(0.0,)), Blueprint(6, timed_gap=0))
    publication = Publication(pool, FixedLength(6), limits, Pricing(rounds=8, guards=3, persons=60))

    start = publication.first_table()
    study, together = a_study(300, 99, 6, pool), Waves(300, learns=False)
    free, guarded = (
        Results(played(study, table, together), study.truth.abilities, 200)
        for table in (ExposureTable.free(200, limits), start.table)
    )

    assert start.table.prices.shape == start.table.eligibility.shape == (3, 200)
    assert free.stratum_rates(limits.bounds, free.composite.reported).max() == 1.0
    assert guarded.stratum_rates(limits.bounds, guarded.composite.reported).max() < 0.6
    assert guarded.rates.max() < 0.42


def test_a_publication_is_priced_the_same_again() -> None:
    pool = a_pool(a_random_bank(6, Shape(2, 10, 2)), Blueprint(4))
    publication = Publication(pool, FixedLength(4), Limits(0.25), Pricing(rounds=2, guards=1, persons=30))

    one, again = publication.first_table(), replace(publication).first_table()

    assert np.array_equal(one.table.prices, again.table.prices)
    assert np.array_equal(one.table.eligibility, again.table.eligibility)
    assert publication.pricing.total(1) == 90


def test_a_stratum_where_nobody_is_does_not_break_pricing() -> None:
    pool = a_pool(a_random_bank(6, Shape(2, 10, 2)), Blueprint(4))
    limits = Limits(0.25, stratum=0.3, bounds=(0.0, 7.5))

    start = Publication(pool, FixedLength(4), limits, Pricing(rounds=2, persons=30)).first_table()

    assert np.all(np.isfinite(start.table.prices))
    assert np.all(start.table.eligibility[2] <= 1.0)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"rounds": 0}, "rounds, guards and persons"),
        ({"guards": 0}, "rounds, guards and persons"),
        ({"persons": 0}, "rounds, guards and persons"),
        ({"margin": 0.0}, "margin in"),
        ({"margin": 1.1}, "margin in"),
        ({"first_step": 0.0}, "must be positive"),
        ({"slowing": 0.0}, "must be positive"),
        ({"weight": -1.0}, "weight not negative"),
    ],
)
def test_a_search_of_prices_that_cannot_be_is_refused(numbers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Pricing(**numbers)


def test_cohorts_grow_with_the_strata_so_that_each_is_seen() -> None:
    pricing = Pricing(rounds=2, guards=1, persons=400)

    assert [pricing.persons_over(strata) for strata in (1, 2, 6)] == [400, 400, 900]
    assert pricing.total(6) == 2700
