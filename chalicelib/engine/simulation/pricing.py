"""The exposure table that a version starts with, found by simulation so that its first morning is already controlled.

The most informative tests whose rates stay under their limits solve a linear programme; its multipliers are the prices. They are found by
stochastic approximation (Robbins & Monro 1951) on cohorts of virtual persons, each cohort one step:

    λ_i ← max(0, λ_i + η_t (rate_i − target)),     η_t = η / (1 + t/τ)

with one λ a limit, the population's and, where there is one, the stratum's; a price is their sum, averaged over the last half of the
rounds (Polyak & Juditsky 1992). Some more cohorts, at those prices, give the counts that eligibility starts from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.exposure import Batch, ExposureTable, Limits, Tally
from chalicelib.engine.selection import Pool
from chalicelib.engine.simulation.cohort import Runner, Start, Waves, one_by_one, run
from chalicelib.engine.simulation.sitting import Study
from chalicelib.engine.simulation.truth import Truth
from chalicelib.engine.stopping import Stopping


@dataclass(frozen=True)
class Pricing:
    """How prices are sought. Raises ValueError when a number is out of its domain."""

    rounds: int = 24
    """Cohorts from which prices are learned."""
    guards: int = 8
    """Cohorts from which, at those prices, the first eligibilities are learned."""
    persons: int = 400
    """Persons of one cohort, or more: as many as show what each stratum does."""
    margin: float = 0.92
    """Share of each limit that is aimed at, the rest being left to chance."""
    first_step: float = 0.6
    """η, in units of relative gain for a whole rate."""
    slowing: float = 4.0
    """τ, in rounds."""
    weight: float = 1000.0
    """Sessions that the starting counts weigh."""

    def __post_init__(self) -> None:
        if not (self.rounds >= 1 and self.guards >= 1 and self.persons >= 1 and 0 < self.margin <= 1):
            raise ValueError("rounds, guards and persons must be at least 1, and margin in (0, 1]")
        if not (self.first_step > 0 and self.slowing > 0 and self.weight >= 0):
            raise ValueError("first_step and slowing must be positive, and weight not negative")

    def persons_over(self, strata: int) -> int:
        """Persons of one cohort where there are so many ability strata."""
        return max(self.persons, round(_LEAST_IN_A_STRATUM * self.persons) * strata)

    def total(self, strata: int) -> int:
        """Persons simulated in all."""
        return self.total_rounds * self.persons_over(strata)

    @property
    def total_rounds(self) -> int:
        """Cohorts simulated in all."""
        return self.rounds + self.guards


@dataclass(frozen=True, eq=False)
class Publication:
    """What is published: a pool, the rule that ends its tests, and the limits of exposure."""

    pool: Pool
    stopping: Stopping
    limits: Limits
    pricing: Pricing = Pricing()
    seed: int = 1
    playable: Bools | None = None

    def study(self, number: int) -> Study:
        """One cohort: persons drawn from the prior of the pool, who answer by its bank."""
        seed = self.seed * 1_000_003 + number
        truth = Truth(self.pool.bank, self._persons(np.random.default_rng(seed)), seed)
        return Study(self.pool, truth, self.stopping, playable=self.playable)

    def _persons(self, rng: np.random.Generator) -> Floats:
        """True abilities, as many in each stratum so that each is seen equally well, (N, D)."""
        strata = self.limits.strata
        persons = self.pricing.persons_over(strata)
        drawn, stratum = self._crowd(rng)
        rows = [rng.choice(there, -(-persons // strata)) for s in range(strata) if len(there := np.flatnonzero(stratum == s))]
        return drawn[rng.permutation(np.concatenate(rows))]

    def _crowd(self, rng: np.random.Generator) -> tuple[Floats, Ints]:
        """Many true abilities, and the stratum of each."""
        drawn = self.pool.abilities.draw(rng, _CROWD * self.pricing.persons)
        return drawn, np.searchsorted(self.limits.bounds, drawn.mean(axis=1), side="right")

    @cached_property
    def shares(self) -> Floats:
        """The strata's shares of the population, (S,)."""
        _, stratum = self._crowd(np.random.default_rng(self.seed))
        return np.bincount(stratum, minlength=self.limits.strata) / len(stratum)

    def weights(self, study: Study) -> Floats:
        """What each person of such a cohort stands for in the population, (N,), summing to one."""
        stratum = np.searchsorted(self.limits.bounds, study.truth.composite, side="right")
        seen = np.bincount(stratum, minlength=self.limits.strata)
        weights: Floats = (self.shares / np.maximum(seen, 1))[stratum]
        weights /= weights.sum()
        return weights

    def first_table(self, runner: Runner = one_by_one, on_wave: Callable[[int], None] | None = None) -> Start:
        """The table and the counts that the first real test starts from."""
        pricing, play = self.pricing, _Player(self, runner, on_wave)
        table = ExposureTable.free(len(self.pool.bank), self.limits)
        multipliers, kept, halfway = _Multipliers.none(table), np.zeros(table.prices.shape), pricing.rounds // 2
        for number in range(pricing.rounds):
            counted = play.cohort(number, table)
            multipliers = multipliers.after(counted, pricing.first_step / (1.0 + number / pricing.slowing), self)
            if number >= halfway:
                kept += multipliers.prices
            table = replace(table, prices=multipliers.prices.astype(np.float32))
        table = replace(table, prices=(kept / (pricing.rounds - halfway)).astype(np.float32))
        return self._guarded(play, table)

    def _guarded(self, play: _Player, table: ExposureTable) -> Start:
        """The eligibilities that hold the limits where prices alone do not: everyone on one path wants the same item, at any price."""
        weight, tally = self.pricing.weight, None
        for number in range(self.pricing.rounds, self.pricing.total_rounds):
            counted = play.cohort(number, table)
            sessions = counted.sessions * weight
            fresh = Tally(sessions, counted.given * weight, sessions[:, None] * table.eligibility)
            tally = fresh if tally is None else tally.mixed(fresh, 1.0 - _GUARD_MEMORY)
            table = tally.next_table(table)
        assert tally is not None
        return Start(replace(table, version=1), tally)


@dataclass(frozen=True)
class _Player:
    """Plays one cohort under a table that does not learn."""

    publication: Publication
    runner: Runner
    on_wave: Callable[[int], None] | None

    def cohort(self, number: int, table: ExposureTable) -> Batch:
        """What the tests of one cohort would count in a population of one."""
        study = self.publication.study(number)
        alike = Waves(len(study.truth), learns=False)
        sittings, _ = run(study, Start.free(table), alike, self.runner, self.on_wave)
        tests = [(one.mean, one.items) for one in sittings]
        return Batch.of(table.eligibility.shape[1], table.limits, tests, self.publication.weights(study).tolist())


@dataclass(frozen=True, eq=False)
class _Multipliers:
    """λ of each limit: the population's, (n,), and the strata's, (S, n)."""

    population: Floats
    strata: Floats

    @classmethod
    def none(cls, table: ExposureTable) -> _Multipliers:
        return cls(np.zeros(table.prices.shape[1]), np.zeros(table.prices.shape))

    @property
    def prices(self) -> Floats:
        return self.population + self.strata

    def after(self, counted: Batch, step: float, publication: Publication) -> _Multipliers:
        """One step towards the rates that the limits ask, after what one round counted in a population of one."""
        limits, margin = publication.limits, publication.pricing.margin
        excess = counted.given.sum(axis=0) - margin * limits.population
        population = np.maximum(self.population + step * (_USUAL_LIMIT / limits.population) * excess, 0.0)
        if limits.stratum is None:
            return _Multipliers(population, self.strata)
        return _Multipliers(population, np.maximum(self.strata + step * (counted.rates() - margin * limits.stratum), 0.0))


_CROWD = 20
_LEAST_IN_A_STRATUM = 0.375
"""Of the persons of a cohort without strata: 150 of 400."""
_USUAL_LIMIT = 0.20
"""The limit for which steps are chosen: rates under a lower limit exceed it by less, and deserve longer ones."""
_GUARD_MEMORY = 0.6
"""What the counts of one guarding cohort still weigh at the next, whose demand has moved on."""
