"""One uncertain ability: its mean, its quantiles, and the probability of each level."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chalicelib.engine.bank import LEVELS, Floats
from chalicelib.engine.scoring import ability_of_level


@dataclass(frozen=True, eq=False)
class Distribution:
    """A distribution of ability on evenly spaced points, each mass spread over its cell."""

    points: Floats
    """(Q,)"""
    masses: Floats
    """(Q,), sums to one."""
    stretch: float = 1.0
    """How much calibration error widens it around its mean."""

    @cached_property
    def mean(self) -> float:
        """Its mean."""
        return float(self.masses @ self.points)

    @cached_property
    def sd(self) -> float:
        """Its standard deviation, stretched."""
        return self.stretch * float(np.sqrt(max(float(self.masses @ (self.points - self.mean) ** 2), 0.0)))

    @cached_property
    def _edges(self) -> Floats:
        half = (self.points[1] - self.points[0]) / 2
        return np.append(self.points - half, self.points[-1] + half)

    @cached_property
    def _cumulated(self) -> Floats:
        cumulated = np.append(0.0, np.cumsum(self.masses))
        result: Floats = cumulated / cumulated[-1]
        return result

    def below(self, ability: Floats) -> Floats:
        """P(θ ≤ each of these)."""
        return np.interp(self.mean + (ability - self.mean) / self.stretch, self._edges, self._cumulated)

    def quantile(self, share: float) -> float:
        """The ability below which this share lies."""
        return self.mean + self.stretch * (float(np.interp(share, self._cumulated, self._edges)) - self.mean)

    def interval(self, coverage: float) -> tuple[float, float]:
        """The equal-tailed interval that holds this share."""
        tail = (1.0 - coverage) / 2
        return self.quantile(tail), self.quantile(1.0 - tail)

    def levels(self, top: int = LEVELS) -> Floats:
        """The probability of each level from 0 to `top`, (top + 1,): level ℓ is complete at θ = (ℓ − 4)·0.8."""
        below = self.below(ability_of_level(np.arange(1, top + 1, dtype=np.float64)))
        return np.diff(np.concatenate([[0.0], below, [1.0]]))
