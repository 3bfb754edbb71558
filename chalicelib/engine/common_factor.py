"""Abilities that share a common factor, integrated exactly (dimension reduction, Gibbons & Hedeker 1992).

    θ_d = m + s·(√ρ·g + √(1 − ρ)·e_d),      g, e_1 … e_D independent N(0, 1)

so that any two abilities correlate by ρ (compound symmetry). Given g the abilities are independent, and the D-fold integral
becomes one over g of products of D integrals over one ability each. With L_d(θ) the likelihood of the answers of dimension d and
K(θ, g) the weight of θ given g:

    z_d(g) = Σ_θ L_d(θ) K(θ, g)          p(g | answers) ∝ φ(g) Π_d z_d(g)          E[θ_d | g] = Σ_θ θ L_d(θ) K(θ, g) / z_d(g)

On these grids that is two products of small matrices: as fast as a normal approximation (Segall 1996), and with nothing to converge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.distribution import Distribution
from chalicelib.engine.joint import Joint

HIGHEST_CORRELATION = 0.95
"""Above it, θ given g is narrower than the grid can integrate."""


@dataclass(frozen=True)
class CommonFactor:
    """D abilities of the same mean and deviation before any answer, each pair correlated by ρ.

    The composite is the mean of those in scope, all of them unless told.

    Raises ValueError when a number is out of its domain.
    """

    dimensions: int
    correlation: float = 0.7
    mean: float = 0.0
    sd: float = 1.0
    factor_points: int = 33
    """Points of g, from −`farthest_factor` to it."""
    farthest_factor: float = 4.8
    """Enough to select by. Someone who answers everything right is near it, and reports need more."""
    scope: tuple[int, ...] | None = None
    """The dimensions that the composite is the mean of."""
    points: tuple[float, ...] | None = None
    """Ability points, when not those of the bank's tables."""

    def __post_init__(self) -> None:
        if not self.dimensions >= 1:
            raise ValueError("dimensions must be at least 1")
        if not 0.0 <= self.correlation <= HIGHEST_CORRELATION:
            raise ValueError(f"correlation must be in [0, {HIGHEST_CORRELATION}]")
        if self.scope is not None and not (self.scope and set(self.scope) <= set(range(self.dimensions))):
            raise ValueError(f"scope must name dimensions in [0, {self.dimensions})")
        if not (0.05 <= self.sd <= 5 and np.isfinite(self.mean)):
            raise ValueError("sd must be in [0.05, 5] and mean finite")

    @cached_property
    def grid(self) -> Floats:
        """The ability points, (Q,)."""
        return GRID if self.points is None else np.array(self.points)

    @cached_property
    def factor_prior(self) -> Floats:
        """φ(g) on its points, (G,), up to a constant."""
        prior: Floats = np.exp(-0.5 * self._factor * self._factor)
        return prior

    @cached_property
    def _factor(self) -> Floats:
        return np.linspace(-self.farthest_factor, self.farthest_factor, self.factor_points, dtype=np.float64)

    @cached_property
    def _given_factor(self) -> Floats:
        """K, (Q, G): columns sum to one."""
        centre = self.mean + self.sd * np.sqrt(self.correlation) * self._factor
        z = (self.grid[:, None] - centre) / (self.sd * np.sqrt(1.0 - self.correlation))
        log_weight = -0.5 * z * z
        weight = np.exp(log_weight - log_weight.max(axis=0))
        result: Floats = weight / weight.sum(axis=0)
        return result

    @cached_property
    def _moments(self) -> Floats:
        """K and θK side by side, (Q, 2G)."""
        return np.concatenate([self._given_factor, self._given_factor * self.grid[:, None]], axis=1)

    @cached_property
    def _by_factor(self) -> Floats:
        return np.ascontiguousarray(self._given_factor.T)

    @cached_property
    def share(self) -> Floats:
        """v, (D,)."""
        inside = (
            np.ones(self.dimensions) if self.scope is None else np.isin(np.arange(self.dimensions), self.scope).astype(float)
        )
        share: Floats = inside / inside.sum()
        return share

    @cached_property
    def _shared_grid(self) -> Floats:
        shared: Floats = self.grid * self.share[:, None]
        return shared

    def joint(self, log_likelihood: Floats) -> Joint:
        """The exact posterior, given the log-likelihood of each dimension on the grid, (D, Q)."""
        split = self.split(log_likelihood)
        lift = split.factor / split.evidence  # p(g | answers) / z_d(g)
        parts = split.mean * self.share[:, None]
        composite = parts.sum(axis=0)  # E[θ̄ | g]
        others = lift * (composite - split.factor @ composite - parts)
        curves = np.concatenate([lift, others]) @ self._by_factor
        weights = split.likelihood * curves[: self.dimensions]
        pull = weights * self._shared_grid + split.likelihood * curves[self.dimensions :]
        return Joint(weights, pull, self.share, self.grid)

    def split(self, log_likelihood: Floats) -> Split:
        """What the answers say of the factor, and of each ability given the factor."""
        likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
        moments = likelihood @ self._moments
        evidence = np.maximum(moments[:, : self.factor_points], _TINY)
        log_factor = np.log(evidence).sum(axis=0)
        factor = self.factor_prior * np.exp(log_factor - log_factor.max())
        factor /= factor.sum()
        return Split(likelihood, evidence, factor, moments[:, self.factor_points :] / evidence)

    def draw(self, rng: np.random.Generator, persons: int) -> Floats:
        """True abilities of this many virtual persons, (N, D)."""
        factor, own = rng.normal(size=(persons, 1)), rng.normal(size=(persons, self.dimensions))
        result: Floats = self.mean + self.sd * (np.sqrt(self.correlation) * factor + np.sqrt(1.0 - self.correlation) * own)
        return result

    def on(self, points: Floats) -> CommonFactor:
        """The same model at other ability points, with a finer and wider factor too."""
        return replace(
            self, points=tuple(points.tolist()), factor_points=_FINE_FACTOR_POINTS, farthest_factor=_FARTHEST_REPORTED_FACTOR
        )

    def composite(self, log_likelihood: Floats) -> Distribution:
        """The distribution of θ̄: given g a sum of independent abilities, taken as normal with its exact mean and variance.

        With one dimension in scope it is that ability's own distribution, exactly.
        """
        scope = np.flatnonzero(self.share)
        if len(scope) == 1:
            return Distribution(self.grid, self.joint(log_likelihood).weights[scope[0]])
        split = self.split(log_likelihood)
        squares = (split.likelihood @ (self._given_factor * (self.grid * self.grid)[:, None])) / split.evidence
        variance = np.maximum(squares - split.mean * split.mean, 0.0)
        least = _LEAST_SPREAD * (self.grid[1] - self.grid[0])
        centre, spread = self.share @ split.mean, np.maximum(np.sqrt(self.share**2 @ variance), least)
        density = np.exp(-0.5 * ((self.grid[:, None] - centre) / spread) ** 2)
        masses = (density / density.sum(axis=0)) @ split.factor
        return Distribution(self.grid, masses / masses.sum())


class Split(NamedTuple):
    """The posterior taken apart: the factor, and each ability given it."""

    likelihood: Floats
    """L_d(θ) up to a constant, (D, Q)."""
    evidence: Floats
    """z_d(g), (D, G)."""
    factor: Floats
    """p(g | answers), (G,)."""
    mean: Floats
    """E[θ_d | g, answers], (D, G)."""


_TINY = 1e-280
_FINE_FACTOR_POINTS = 81
_FARTHEST_REPORTED_FACTOR = 7.2
_LEAST_SPREAD = 0.25
"""In steps of the grid: a narrower normal would fall between two points."""
