"""The cohorts of a simulation report, ours and perhaps a peer's, with what its charts have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from chalicelib.engine.bank import LEVELS, Floats, Ints
from chalicelib.engine.scoring import level_of_ability
from chalicelib.engine.simulation.figures import Errors, Results
from palier.reports.charts import STYLES, Style
from palier.simulation_run import SimulationRun

NOMINAL = 0.90
"""Coverage that intervals promise."""
ABILITY = "true ability (logits)"
REPORTED = "reported ability (logits)"


@dataclass(frozen=True, eq=False)
class Cohort:
    """The persons as one engine tested them, and how its series are drawn."""

    name: str
    results: Results
    style: Style
    hollow: Style
    """For the second series of the same engine."""


def cohorts_of(run: SimulationRun) -> tuple[Cohort, ...]:
    """Ours, then the peer's when there is one."""
    ours = Cohort("Palier", run.results, STYLES[0], STYLES[2])
    if run.peer is None:
        return (ours,)
    return ours, Cohort(run.peer.name, run.peer.results, STYLES[1], STYLES[3])


def column(rows: list[dict[str, float]], key: str) -> Floats:
    """One figure of each group, nan where it is not finite."""
    values = np.array([row[key] for row in rows], float)
    return np.where(np.isfinite(values), values, np.nan)


def sampling_band(persons: int, share: float = NOMINAL) -> tuple[float, float]:
    """Between which shares 95 % of samples of so many persons fall when the share is this: quantiles of the binomial."""
    k = np.arange(persons + 1)
    factorials = np.array([math.lgamma(one + 1.0) for one in range(persons + 1)])
    log_mass = factorials[-1] - factorials - factorials[::-1] + k * math.log(share) + (persons - k) * math.log1p(-share)
    below = np.cumsum(np.exp(log_mass))
    low, high = (int(np.searchsorted(below, one).clip(0, persons)) for one in (0.025, 0.975))
    return low / persons, high / persons


def levels_of(theta: Floats) -> Ints:
    """Level that each ability completes, 0 … 8."""
    levels: Ints = np.clip(np.floor(np.round(level_of_ability(theta), 9)), 0, LEVELS).astype(np.intp)
    return levels


def confusion(errors: Errors) -> Ints:
    """How many have each true level, by row, and each reported one, by column, (9, 9)."""
    pairs = levels_of(errors.true).ravel() * (LEVELS + 1) + levels_of(errors.reported).ravel()
    counted: Ints = np.bincount(pairs, minlength=(LEVELS + 1) ** 2).reshape(LEVELS + 1, LEVELS + 1)
    return counted


def span(*values: Any) -> tuple[float, float]:
    """The least and the largest of all finite values, with some room."""
    joined = np.concatenate([np.ravel(one) for one in values])
    finite = joined[np.isfinite(joined)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (-1.0, 1.0)
    return low - 0.2, high + 0.2
