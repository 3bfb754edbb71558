"""The posterior of several abilities by brute force: dense grids, weighted draws and scipy, written from the formulas alone.

p(θ | answers) ∝ N(θ; 0, R) · Π P^u (1 − P)^(1 − u),      P = c + (1 − c) / (1 + e^(−a(θ_d − b)))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import optimize, special, stats  # type: ignore[import-untyped]

from chalicelib.engine.bank import Floats
from chalicelib.engine.report import Given

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Reply(NamedTuple):
    """One answer, with the item it was given to."""

    right: bool
    dimension: int = 0
    a: float = 1.2
    b: float = 0.0
    c: float = 0.0


def as_given(replies: Sequence[Reply], se_a: float | None = None, se_b: float | None = None) -> Given:
    """The replies as the engine takes them, every item with the same standard errors."""
    k = len(replies)
    a, b, c = (np.array([getattr(one, name) for one in replies], float) for name in ("a", "b", "c"))
    return Given(
        a,
        b,
        c,
        np.array([one.dimension for one in replies], np.intp),
        np.array([one.right for one in replies], bool),
        None if se_a is None else np.full(k, se_a),
        None if se_b is None else np.full(k, se_b),
    )


def some_replies(rng: np.random.Generator, dimensions: int, each: int, right: float) -> list[Reply]:
    """`each` answers a dimension at ordinary items, this share of them right on the whole."""
    k = dimensions * each
    a, b = rng.lognormal(0.0, 0.3, k), rng.normal(0.0, 1.2, k)
    c, u = rng.choice([0.0, 0.0, 0.2, 0.25], k), rng.random(k) < right
    return [Reply(bool(u[i]), i % dimensions, float(a[i]), float(b[i]), float(c[i])) for i in range(k)]


def same_correlation(dimensions: int, correlation: float) -> Floats:
    """Ones on the diagonal, ρ elsewhere."""
    return np.full((dimensions, dimensions), correlation) + (1.0 - correlation) * np.eye(dimensions)


def log_chance(reply: Reply, theta: Floats) -> Floats:
    """log P(this outcome | θ), no outcome being less likely than 10⁻¹²."""
    if reply.right:
        guessed = np.log(reply.c) if reply.c else -np.inf
        outcome = np.logaddexp(guessed, np.log1p(-reply.c) + special.log_expit(reply.a * (theta - reply.b)))
    else:
        outcome = np.log1p(-reply.c) + special.log_expit(-reply.a * (theta - reply.b))
    result: Floats = np.maximum(outcome, np.log(1e-12))
    return result


def log_answers(replies: Iterable[Reply], dimension: int, theta: Floats) -> Floats:
    """log p(answers of one dimension | θ)."""
    total = np.zeros_like(theta)
    for one in replies:
        if one.dimension == dimension:
            total = total + log_chance(one, theta)
    return total


@dataclass(frozen=True, eq=False)
class Cloud:
    """Weighted points of all abilities, weights summing to one."""

    abilities: Floats
    """(D, S)"""
    weights: Floats
    """(S,)"""
    scope: tuple[int, ...]

    @cached_property
    def composite(self) -> Floats:
        """θ̄ at each point, (S,)."""
        made: Floats = self.abilities[list(self.scope)].mean(axis=0)
        return made

    @cached_property
    def mean(self) -> Floats:
        """E[θ_d], (D,)."""
        made: Floats = self.abilities @ self.weights
        return made

    @cached_property
    def sd(self) -> Floats:
        """√Var(θ_d), (D,)."""
        made: Floats = np.sqrt(((self.abilities - self.mean[:, None]) ** 2) @ self.weights)
        return made

    @cached_property
    def composite_mean(self) -> float:
        return float(self.weights @ self.composite)

    @cached_property
    def composite_sd(self) -> float:
        return float(np.sqrt(self.weights @ (self.composite - self.composite_mean) ** 2))

    def covariance(self, values: Floats) -> float:
        """Cov(θ̄, f), f given at each point, (S,)."""
        return float(self.weights @ ((self.composite - self.composite_mean) * values))

    @cached_property
    def _steps(self) -> tuple[Floats, Floats]:
        """Middles between the distinct values of θ̄, and the mass below each."""
        values, place = np.unique(np.round(self.composite, 9), return_inverse=True)
        masses = np.bincount(place.ravel(), self.weights)
        edges = np.concatenate([values[:1], (values[1:] + values[:-1]) / 2, values[-1:]])
        return edges, np.append(0.0, np.cumsum(masses))

    def quantile(self, share: float) -> float:
        edges, below = self._steps
        return float(np.interp(share, below, edges))

    def below(self, ability: float) -> float:
        edges, below = self._steps
        return float(np.interp(ability, edges, below))


def tensor(
    replies: Sequence[Reply], matrix: Floats, points: int = 105, scope: tuple[int, ...] = (), reach: float = 6.5
) -> Cloud:
    """Every combination of evenly spaced abilities, weighted by the posterior density."""
    axis, dimensions = np.linspace(-reach, reach, points, dtype=np.float64), len(matrix)
    abilities = np.stack([one.ravel() for one in np.meshgrid(*[axis] * dimensions, indexing="ij")])
    log_weight = -0.5 * np.sum(abilities * np.linalg.solve(matrix, abilities), axis=0)
    for d in range(dimensions):
        log_weight = log_weight + np.repeat(np.tile(log_answers(replies, d, axis), points**d), points ** (dimensions - 1 - d))
    weight = np.exp(log_weight - log_weight.max())
    return Cloud(abilities, weight / weight.sum(), scope or tuple(range(dimensions)))


def log_posterior(replies: Sequence[Reply], matrix: Floats, theta: Floats) -> float:
    """log p(θ | answers) of one point (D,), up to a constant."""
    answers = sum(float(log_answers(replies, d, theta[d : d + 1])[0]) for d in range(len(matrix)))
    return answers - 0.5 * float(theta @ np.linalg.solve(matrix, theta))


def highest(replies: Sequence[Reply], matrix: Floats, start: Floats) -> Floats:
    """The highest point of the posterior near a start, by scipy."""
    found = optimize.minimize(
        lambda theta: -log_posterior(replies, matrix, theta), start, method="BFGS", options={"gtol": 1e-6}
    )
    made: Floats = found.x
    return made


def importance(replies: Sequence[Reply], matrix: Floats, draws: int, seed: int) -> Cloud:
    """Draws of a Student t around the highest point, weighted by the posterior over the density of the draw."""
    dimensions, step = len(matrix), 1e-3
    centre = highest(replies, matrix, np.zeros(dimensions))
    bend = np.zeros(dimensions)
    for d in range(dimensions):
        low, middle, high = log_answers(replies, d, np.array([centre[d] - step, centre[d], centre[d] + step]))
        bend[d] = max(0.0, -float(low - 2 * middle + high) / step**2)
    shape = np.linalg.inv(np.linalg.inv(matrix) + np.diag(bend))
    drawn = stats.multivariate_t(centre, 1.2 * shape, df=8, seed=np.random.default_rng(seed))
    points = drawn.rvs(draws)
    log_weight = -0.5 * np.sum(points.T * np.linalg.solve(matrix, points.T), axis=0) - drawn.logpdf(points)
    for d in range(dimensions):
        log_weight = log_weight + log_answers(replies, d, points[:, d])
    weight = np.exp(log_weight - log_weight.max())
    return Cloud(points.T, weight / weight.sum(), tuple(range(dimensions)))


def warm_equation(replies: Sequence[Reply], theta: float) -> float:
    """Σ (u − P) P′/(PQ) + J/(2I), J = Σ P′P″/(PQ), I = Σ P′²/(PQ) (Warm 1989), from the derivatives of P written out."""
    score = information = j = 0.0
    for one in replies:
        e = float(np.exp(-one.a * (theta - one.b)))
        p = one.c + (1 - one.c) / (1 + e)
        first = (1 - one.c) * one.a * e / (1 + e) ** 2
        second = (1 - one.c) * one.a**2 * e * (e - 1) / (1 + e) ** 3
        score += (one.right - p) * first / (p * (1 - p))
        information += first**2 / (p * (1 - p))
        j += first * second / (p * (1 - p))
    return score + j / (2 * information)


def warm_root(replies: Sequence[Reply], low: float, high: float) -> float:
    """The root of that equation between two abilities, by scipy."""
    return float(optimize.brentq(lambda theta: warm_equation(replies, theta), low, high, xtol=1e-12))


def highest_with_jeffreys_prior(replies: Sequence[Reply]) -> float:
    """The θ where L·√I is highest (two-parameter items: the Jeffreys prior), by search."""

    def lost(theta: float) -> float:
        log_l = sum(float(log_chance(one, np.array([theta]))[0]) for one in replies)
        logistic = [float(special.expit(one.a * (theta - one.b))) for one in replies]
        information = sum(one.a**2 * p * (1 - p) for one, p in zip(replies, logistic, strict=True))
        return -log_l - 0.5 * float(np.log(information))

    tried = np.linspace(-8, 8, 161)
    best = float(tried[int(np.argmin([lost(float(theta)) for theta in tried]))])
    found = optimize.minimize_scalar(lost, bounds=(best - 0.2, best + 0.2), method="bounded", options={"xatol": 1e-10})
    return float(found.x)
