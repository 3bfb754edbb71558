"""The highest point of a posterior with a normal prior, and its curvature there (Segall 1996): damped Newton over all abilities.

    log p(θ | answers) = Σ_d ℓ_d(θ_d) − ½ (θ − μ)ᵀ Σ⁻¹ (θ − μ) + constant

An undamped Newton step diverges on discriminating items and looks healthy: here a step is at most one unit in any ability, is halved until
the log-posterior does not fall, and the curvature of the likelihood, which guessing can turn the wrong way, counts as zero at least.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Floats

LONGEST_STEP = 1.0
MOST_STEPS = 60
SMALL_STEP = 1e-7
_HALVINGS = 30


@dataclass(frozen=True, eq=False)
class Mode:
    """A posterior near its highest point, as a normal."""

    ability: Floats
    """Where it is highest, (D,)."""
    curvature: Floats
    """−∂²ℓ_d/∂θ_d² there, not negative, (D,)."""
    covariance: Floats
    """(Σ⁻¹ + diag(curvature))⁻¹, (D, D)."""
    converged: bool


@dataclass(frozen=True, eq=False)
class Curves:
    """ℓ_d at evenly spaced points, read between them as parabolas through three points."""

    points: Floats
    """(Q,)"""
    values: Floats
    """(D, Q)"""

    def at(self, ability: Floats) -> tuple[Floats, Floats, Floats]:
        """ℓ_d, its slope and its curvature at one ability for each dimension, (D,) each."""
        step = self.points[1] - self.points[0]
        nearest = np.clip(np.rint((ability - self.points[0]) / step).astype(np.intp), 1, len(self.points) - 2)
        rows = np.arange(len(self.values))
        left, middle, right = (self.values[rows, nearest + shift] for shift in (-1, 0, 1))
        slope, bend = (right - left) / (2 * step), (right - 2 * middle + left) / step**2
        away = ability - self.points[nearest]
        return middle + slope * away + 0.5 * bend * away**2, slope + bend * away, bend


def mode(curves: Curves, mean: Floats, precision: Floats) -> Mode:
    """The mode under the prior N(mean, precision⁻¹), (D,) and (D, D), started from its mean."""
    ability, converged = mean.copy(), False
    height = _height(curves, ability, mean, precision)
    for _ in range(MOST_STEPS):
        _, slope, bend = curves.at(ability)
        downhill = precision + np.diag(np.maximum(-bend, 0.0))
        step = np.linalg.solve(downhill, slope - precision @ (ability - mean))
        step *= min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), SMALL_STEP))
        moved, height = _climbed(curves, ability, step, height, (mean, precision))
        size, ability = float(np.abs(moved - ability).max()), moved
        if size < SMALL_STEP:
            converged = True
            break
    _, _, bend = curves.at(ability)
    curvature = np.maximum(-bend, 0.0)
    return Mode(ability, curvature, np.linalg.inv(precision + np.diag(curvature)), converged)


def _climbed(
    curves: Curves, ability: Floats, step: Floats, height: float, prior: tuple[Floats, Floats]
) -> tuple[Floats, float]:
    """Where the step, halved until it does not lead down, leads to; the same place when it never does."""
    for _ in range(_HALVINGS):
        there = ability + step
        reached = _height(curves, there, *prior)
        if reached >= height:
            return there, reached
        step = step / 2
    return ability, height


def _height(curves: Curves, ability: Floats, mean: Floats, precision: Floats) -> float:
    values, _, _ = curves.at(ability)
    away = ability - mean
    return float(values.sum() - 0.5 * away @ precision @ away)
