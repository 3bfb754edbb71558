"""One virtual person's test, item by item, by the functions that serve real ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.exposure import ExposureTable, draws
from chalicelib.engine.joint import log_likelihood
from chalicelib.engine.picks import pick
from chalicelib.engine.report import Given, report
from chalicelib.engine.selection import Answers, Candidate, Pool, select
from chalicelib.engine.simulation.truth import Truth
from chalicelib.engine.stopping import SidesTold, Stopping

COVERAGE = 0.90


@dataclass(frozen=True, eq=False)
class Sitting:
    """How one test went, and what is reported of it."""

    items: Ints
    """(k,), in order."""
    right: Bools
    mean: float
    """Reported ability: the posterior mean of the composite."""
    sd: float
    low: float
    high: float
    """The 90 % interval."""
    ability_mean: Floats
    """(D,)"""
    ability_sd: Floats
    ability_low: Floats
    ability_high: Floats
    given_up: int
    """Constraints given up in the whole test."""
    above: bool | None = None
    """The decision, when there is a cut."""


@dataclass(frozen=True, eq=False)
class Study:
    """What is simulated: the engine's pool and rules, and the persons."""

    pool: Pool
    truth: Truth
    stopping: Stopping
    secret: bytes = b"simulation"
    playable: Bools | None = None

    def sit(self, person: int, table: ExposureTable) -> Sitting:
        """This person's whole test under this table of exposure control."""
        pool, outcomes = self.pool, self.truth.outcomes(person)
        n, name = len(pool.bank), f"{self.truth.seed}-{person}"
        playable = np.ones(n, bool) if self.playable is None else self.playable
        candidate = Candidate(playable, np.zeros(n, bool), table, draws(self.secret, name, 0, n))
        items, right = np.empty(self.stopping.longest, np.intp), np.empty(self.stopping.longest, bool)
        given_up = asked = 0
        while True:
            likelihood = log_likelihood(pool.bank, pool.abilities.dimensions, items[:asked], right[:asked])
            now = pool.abilities.joint(likelihood)
            if self.stopping.reached(asked, now, likelihood):
                break
            chosen = select(pool, candidate, Answers(items[:asked], right[:asked]), now, pick(self.secret, name, asked + 1))
            if chosen is None:
                break
            items[asked], right[asked] = chosen.item, outcomes[chosen.item]
            given_up += len(chosen.given_up)
            asked += 1
        return self._reported(items[:asked].copy(), right[:asked].copy(), given_up, likelihood)

    def _reported(self, items: Ints, right: Bools, given_up: int, likelihood: Floats) -> Sitting:
        pool = self.pool
        told = report(pool.abilities, Given.of(pool.bank, pool.abilities.dimensions, items, right))
        low, high = told.composite.interval(COVERAGE)
        bounds = np.array([one.interval(COVERAGE) for one in told.abilities])
        above = self.stopping.side(likelihood) == "above" if isinstance(self.stopping, SidesTold) else None
        return Sitting(
            items,
            right,
            told.composite.mean,
            told.composite.sd,
            low,
            high,
            told.joint.mean,
            told.joint.sd,
            bounds[:, 0],
            bounds[:, 1],
            given_up,
            above,
        )
