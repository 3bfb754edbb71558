"""One ability behind every answer: expected a posteriori on a grid (Bock & Mislevy 1982)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.distribution import Distribution
from chalicelib.engine.joint import Joint

_ALL = np.ones(1)


@dataclass(frozen=True)
class OneAbility:
    """θ ~ N(mean, sd²), whatever the competence of an item. The composite is θ itself."""

    mean: float = 0.0
    sd: float = 1.0
    points: tuple[float, ...] | None = None
    """Ability points, when not those of the bank's tables."""

    @property
    def dimensions(self) -> int:
        """One."""
        return 1

    @cached_property
    def grid(self) -> Floats:
        """The ability points, (Q,)."""
        return GRID if self.points is None else np.array(self.points)

    @cached_property
    def _log_prior(self) -> Floats:
        z = (self.grid - self.mean) / self.sd
        log_prior: Floats = -0.5 * z * z
        return log_prior

    def joint(self, log_likelihood: Floats) -> Joint:
        """The posterior, given the log-likelihood of all answers on the grid, (1, Q)."""
        log_weights = log_likelihood + self._log_prior
        weights = np.exp(log_weights - log_weights.max())
        weights /= weights.sum()
        return Joint(weights, weights * (self.grid - weights @ self.grid), _ALL, self.grid)

    def draw(self, rng: np.random.Generator, persons: int) -> Floats:
        """True abilities of this many virtual persons, (N, 1)."""
        return rng.normal(self.mean, self.sd, (persons, 1))

    def on(self, points: Floats) -> OneAbility:
        """The same ability at other points."""
        return replace(self, points=tuple(points.tolist()))

    def composite(self, log_likelihood: Floats) -> Distribution:
        """The distribution of θ itself."""
        return Distribution(self.grid, self.joint(log_likelihood).weights[0])
