"""The M-step: slopes and intercepts of all items at once, from the expected counts at the nodes.

Fisher scoring on the expected log-likelihood of item j, with r expected right answers and m expected answers at each node:

    f(a, d) = Σ_q r log P + (m − r) log(1 − P),   step = I⁻¹ ∇f,   I = Σ_q m (∂P/∂η)² / (P (1 − P)) · (θ, 1)(θ, 1)ᵀ

which is Newton's method where c = 0 (Bock & Aitkin 1981). A step is bounded, and halved while it would lower f.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from chalicelib.engine.bank import Bools, Floats
from chalicelib.engine.calibration.curves import Curves, curves

LONGEST_STEP = 2.0
HALVINGS = 12
SMALL_STEP = 1e-6
ROUNDING = 1e-12
TINY = 1e-10


class Counts(NamedTuple):
    """Expected right answers and expected answers of each item at each node, (n, Q) each."""

    right: Floats
    answers: Floats


@dataclass(frozen=True)
class WeakPrior:
    """What is believed of a and b before any answer: log a ~ N(mean, sd²), b ~ N(mean, sd²) (Mislevy 1986).

    Raises ValueError when a deviation is not positive.
    """

    log_a_mean: float = 0.0
    log_a_sd: float = 0.5
    b_mean: float = 0.0
    b_sd: float = 2.0

    def __post_init__(self) -> None:
        for name in ("log_a_sd", "b_sd"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)}")

    def log_density(self, a: Floats, d: Floats) -> Floats:
        """Log of the density of (a, b), but for a constant, (n,); −∞ where a is not positive."""
        sound = a > 0
        slope = np.where(sound, a, 1.0)
        z_a, z_b = (np.log(slope) - self.log_a_mean) / self.log_a_sd, (-d / slope - self.b_mean) / self.b_sd
        return np.where(sound, -0.5 * (z_a**2 + z_b**2) - np.log(slope), -np.inf)

    def pull(self, a: Floats, d: Floats) -> tuple[Floats, Floats]:
        """Gradient of the log density by (a, d), (n, 2), and its Gauss–Newton information, (n, 2, 2); a not positive counts as 1."""
        a = np.where(a > 0, a, 1.0)
        z_a = (np.log(a) - self.log_a_mean) / self.log_a_sd
        z_b = (-d / a - self.b_mean) / self.b_sd
        by_a = np.stack([1 / (a * self.log_a_sd), np.zeros_like(a)], axis=-1)
        by_b = np.stack([d / a**2, -1 / a], axis=-1) / self.b_sd
        gradient = -z_a[:, None] * by_a - z_b[:, None] * by_b
        gradient[:, 0] -= 1 / a
        return gradient, by_a[:, :, None] * by_a[:, None, :] + by_b[:, :, None] * by_b[:, None, :]


@dataclass(frozen=True, eq=False)
class Maximiser:
    """What the M-step needs beside the counts."""

    nodes: Floats
    """θ, (Q,)."""
    c: Floats
    """(n,)."""
    free: Bools
    """Which items move, (n,)."""
    prior: WeakPrior | None = None
    steps: int = 2
    """Scoring steps of one M-step: EM needs no more than a climb (Dempster, Laird & Rubin 1977, generalised EM)."""

    def improved(self, a: Floats, d: Floats, at: Curves, counts: Counts) -> tuple[Floats, Floats]:
        """(a, d) of each item, no lower than the given ones, whose curves are `at`."""
        place = _Place(a, d, at, self._height(a, d, at, counts))
        for turn in range(self.steps):
            step_a, step_d = self._step(place, counts)
            if turn and max(np.abs(step_a).max(initial=0.0), np.abs(step_d).max(initial=0.0)) < SMALL_STEP:
                break
            place = self._climbed(place, step_a, step_d, counts)
        return place.a, place.d

    def _climbed(self, start: _Place, step_a: Floats, step_d: Floats, counts: Counts) -> _Place:
        """One step on, halved for each item until it is not lower; an item that stays lower stays where it is."""
        share = np.ones_like(step_a)
        for _ in range(HALVINGS):
            a, d = start.a + share * step_a, start.d + share * step_d
            at = curves(self.nodes, a, d, self.c)
            height = self._height(a, d, at, counts)
            lower = height < start.height - ROUNDING * np.abs(start.height)
            if not lower.any():
                return _Place(a, d, at, height)
            share = np.where(lower, share / 2, share)
        a, d = np.where(lower, start.a, a), np.where(lower, start.d, d)
        return _Place(a, d, curves(self.nodes, a, d, self.c), np.where(lower, start.height, height))

    def _height(self, a: Floats, d: Floats, at: Curves, counts: Counts) -> Floats:
        made: Floats = np.einsum("jq,jq->j", counts.right, at.log_right - at.log_wrong)
        made += np.einsum("jq,jq->j", counts.answers, at.log_wrong)
        return made if self.prior is None else made + np.where(self.free, self.prior.log_density(a, d), 0.0)

    def _step(self, place: _Place, counts: Counts) -> tuple[Floats, Floats]:
        slope, logistic = place.at.right_slope, place.at.logistic
        score = counts.right * (slope + logistic) - counts.answers * logistic
        weight = counts.answers * slope * logistic
        gradient = np.stack([score @ self.nodes, score.sum(axis=1)])
        aa, ad, dd = weight @ self.nodes**2, weight @ self.nodes, weight.sum(axis=1)
        if self.prior is not None:
            pull, information = self.prior.pull(np.where(self.free, place.a, 1.0), np.where(self.free, place.d, 0.0))
            gradient += pull.T
            aa, ad, dd = aa + information[:, 0, 0], ad + information[:, 0, 1], dd + information[:, 1, 1]
        aa, dd = aa * (1 + TINY) + TINY, dd * (1 + TINY) + TINY
        determinant = np.maximum(aa * dd - ad**2, TINY * aa * dd)
        step_a = (dd * gradient[0] - ad * gradient[1]) / determinant
        step_d = (aa * gradient[1] - ad * gradient[0]) / determinant
        long = np.maximum(np.maximum(np.abs(step_a), np.abs(step_d)) / LONGEST_STEP, 1.0)
        return np.where(self.free, step_a / long, 0.0), np.where(self.free, step_d / long, 0.0)


class _Place(NamedTuple):
    """Where the items are, and how high."""

    a: Floats
    d: Floats
    at: Curves
    height: Floats
