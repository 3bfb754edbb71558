"""Abilities with any correlation matrix: a normal approximation to select by, importance sampling to report from.

The marginal of one ability is its likelihood times what the others say of it: the normal approximation with the ability's own part taken
out. Selection takes the Laplace approximation (Segall 1996); a report refines it by expectation propagation (Minka 2001), and takes the
composite from draws of a Student t with the moments of that approximation, weighted by the true posterior over the density they were
drawn from. Around the mode they would miss what a lucky guess leaves: a posterior that is narrow at its mode and wide below it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.distribution import Distribution
from chalicelib.engine.joint import Joint
from chalicelib.engine.laplace import Curves, Mode, mode

NUMBERS_DRAWN = 131_072
"""Standard normals behind the composite: 8192 draws of 16 abilities, more draws of fewer."""
FREEDOM = 6.0
"""Degrees of freedom of the t: tails heavier than any posterior with a normal prior."""


@dataclass(frozen=True)
class FullMatrix:
    """D abilities of mean 0 and deviation 1 before any answer, with these correlations; the composite is their mean.

    Raises ValueError when the matrix is no correlation matrix.
    """

    correlations: tuple[tuple[float, ...], ...]
    """(D, D)"""
    points: tuple[float, ...] | None = None
    """Ability points, when not those of the bank's tables."""
    refinements: int = 0
    """Rounds of expectation propagation after the Laplace approximation."""

    def __post_init__(self) -> None:
        matrix = np.array(self.correlations, float)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.all(np.isfinite(matrix)):
            raise ValueError("correlations must be a square matrix of finite numbers")
        if not (np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1.0)):
            raise ValueError("correlations must be symmetric, with ones on the diagonal")
        if np.linalg.eigvalsh(matrix)[0] < 1e-6:
            raise ValueError("correlations must be positive definite")

    @property
    def dimensions(self) -> int:
        """D."""
        return len(self.correlations)

    @cached_property
    def grid(self) -> Floats:
        """The ability points, (Q,)."""
        return GRID if self.points is None else np.array(self.points)

    @cached_property
    def _matrix(self) -> Floats:
        return np.array(self.correlations, float)

    @cached_property
    def _precision(self) -> Floats:
        return np.linalg.inv(self._matrix).astype(np.float64)

    @cached_property
    def _share(self) -> Floats:
        return np.full(self.dimensions, 1.0 / self.dimensions)

    def on(self, points: Floats) -> FullMatrix:
        """The same model at other ability points, refined as a report needs."""
        return replace(self, points=tuple(points.tolist()), refinements=_REPORT_REFINEMENTS)

    def draw(self, rng: np.random.Generator, persons: int) -> Floats:
        """True abilities of this many virtual persons, (N, D)."""
        return rng.normal(size=(persons, self.dimensions)) @ np.linalg.cholesky(self._matrix).T

    def mode(self, log_likelihood: Floats) -> Mode:
        """The Laplace approximation."""
        return mode(Curves(self.grid, log_likelihood), np.zeros(self.dimensions), self._precision)

    def joint(self, log_likelihood: Floats) -> Joint:
        """The posterior seen through each ability, given the log-likelihood of each dimension at the points, (D, Q)."""
        sites = self._sites(log_likelihood)
        covariance, _ = self._normal(sites)
        weights = self._tilted(sites, log_likelihood)
        along = (covariance @ self._share) / np.diag(covariance)  # regression of the composite on each ability
        pull = weights * along[:, None] * (self.grid - (weights @ self.grid)[:, None])
        return Joint(weights, pull, self._share, self.grid)

    def _sites(self, log_likelihood: Floats) -> Sites:
        """The normal approximation: that of the mode, refined as often as this model tells."""
        near = self.mode(log_likelihood)
        _, slope, _ = Curves(self.grid, log_likelihood).at(near.ability)
        sites = Sites(near.curvature, slope + near.curvature * near.ability)
        for _ in range(self.refinements):
            sites = self._refined(sites, log_likelihood)
        return sites

    def _normal(self, sites: Sites) -> tuple[Floats, Floats]:
        """Covariance and mean of the prior times the sites."""
        covariance = np.linalg.inv(self._precision + np.diag(sites.precision)).astype(np.float64)
        return covariance, covariance @ sites.shift

    def _cavity(self, sites: Sites) -> Sites:
        """What the other answers and the prior say of each ability: the marginal with its own site taken out."""
        covariance, mean = self._normal(sites)
        variance = np.diag(covariance)
        precision = np.maximum(1.0 / variance - sites.precision, _LEAST_PRECISION)
        return Sites(precision, mean / variance - sites.shift)

    def _tilted(self, sites: Sites, log_likelihood: Floats) -> Floats:
        """Each cavity times the true likelihood of its own answers, (D, Q)."""
        cavity = self._cavity(sites)
        log_weights = log_likelihood + cavity.shift[:, None] * self.grid - 0.5 * cavity.precision[:, None] * self.grid**2
        weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
        result: Floats = weights / weights.sum(axis=1, keepdims=True)
        return result

    def _refined(self, sites: Sites, log_likelihood: Floats) -> Sites:
        """One damped round of expectation propagation: sites that give each marginal the moments of its tilted form."""
        cavity, weights = self._cavity(sites), self._tilted(sites, log_likelihood)
        mean = weights @ self.grid
        variance = np.maximum(weights @ self.grid**2 - mean**2, _TINY)
        precision = np.maximum(1.0 / variance - cavity.precision, 0.0)
        shift = (cavity.precision + precision) * mean - cavity.shift
        return Sites(sites.precision + _DAMPING * (precision - sites.precision), sites.shift + _DAMPING * (shift - sites.shift))

    def composite(self, log_likelihood: Floats) -> Distribution:
        """The distribution of the mean ability, from weighted draws that are the same at each call."""
        curves, (covariance, mean) = Curves(self.grid, log_likelihood), self._normal(self._sites(log_likelihood))
        normals, scales = _standard_draws(self.dimensions)
        draws = mean + (normals @ np.linalg.cholesky(covariance).T) * scales[:, None]
        inside = np.clip(draws, self.grid[0], self.grid[-1])
        log_target = sum(np.interp(inside[:, d], self.grid, curves.values[d]) for d in range(self.dimensions))
        log_target = log_target - 0.5 * np.einsum("sd,de,se->s", draws, self._precision, draws)
        square = np.sum((normals * scales[:, None]) ** 2, axis=1)
        log_drawn = -0.5 * (FREEDOM + self.dimensions) * np.log1p(square / FREEDOM)
        log_weight = log_target - log_drawn
        weight = np.exp(log_weight - log_weight.max())
        return self._binned(draws @ self._share, weight / weight.sum())

    def _binned(self, values: Floats, weights: Floats) -> Distribution:
        """The weighted values on the grid, each shared between its two neighbours."""
        step = self.grid[1] - self.grid[0]
        place = np.clip((values - self.grid[0]) / step, 0.0, len(self.grid) - 1.000001)
        left = place.astype(np.intp)
        part = place - left
        places = np.concatenate([left, left + 1])
        shares = np.concatenate([weights * (1.0 - part), weights * part])
        return Distribution(self.grid, np.bincount(places, shares, len(self.grid)).astype(np.float64))


@lru_cache(maxsize=4)
def _standard_draws(dimensions: int) -> tuple[Floats, Floats]:
    """Standard normals, (S, D), in pairs of opposite sign, and the scales that make a t of them, (S,)."""
    rng = np.random.Generator(np.random.Philox(key=dimensions))
    pairs = max(NUMBERS_DRAWN // (2 * dimensions), 1)
    half = rng.normal(size=(pairs, dimensions))
    scales = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, pairs))
    return np.concatenate([half, -half]), np.concatenate([scales, scales])


@dataclass(frozen=True, eq=False)
class Sites:
    """A normal for each ability, in natural parameters."""

    precision: Floats
    """(D,)"""
    shift: Floats
    """Precision times mean, (D,)."""


_LEAST_PRECISION = 1e-3
_DAMPING = 0.8
_REPORT_REFINEMENTS = 6
_TINY = 1e-12
