"""What is reported of a test: the composite with its interval, and each competence with the probability of its levels.

Everything is integrated on a fine grid (`FINE`), not taken from what selection used. Calibration error widens what is said: with β a
parameter of an item and ε its standard error, the posterior mean moves by (Louis 1982, the covariance identity of exponential families)

    ∂E[θ̄] / ∂β = Cov(θ̄, ∂ log L / ∂β)          Var_cal = Σ_β (∂E[θ̄] / ∂β)² ε²

and every quantile is stretched around the mean by √(1 + Var_cal / Var). The composite is widened by the errors of all items, each ability
by those of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints, ItemBank, probability
from chalicelib.engine.distribution import Distribution
from chalicelib.engine.joint import Abilities, Joint

FINE: Floats = np.linspace(-6.0, 6.0, 241, dtype=np.float64)
"""Ability points of what is reported, 0.05 apart."""


@dataclass(frozen=True, eq=False)
class Given:
    """The k answers that a report rests on, with the response model of their items."""

    a: Floats
    b: Floats
    c: Floats
    dimension: Ints
    """What each item measures, (k,)."""
    right: Bools
    se_a: Floats | None = None
    """Standard errors of a, (k,); None when they are not to be counted."""
    se_b: Floats | None = None

    @classmethod
    def of(cls, bank: ItemBank, dimensions: int, items: Ints, right: Bools) -> Given:
        """The answers at these items of a bank, (k,) each, parameters taken as known."""
        dimension = bank.competence[items] if dimensions > 1 else np.zeros(len(items), np.intp)
        return cls(bank.discrimination[items], bank.difficulty[items], bank.guess[items], dimension, right)

    def chance(self, points: Floats) -> Floats:
        """P(right) of each item at each point, (k, Q), strictly between 0 and 1."""
        chance = probability(points, self.a[:, None], self.b[:, None], self.c[:, None])
        inside: Floats = np.clip(chance, _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)
        return inside

    def log_likelihood(self, dimensions: int, points: Floats) -> Floats:
        """log p(answers | θ_d) of each dimension, (D, Q)."""
        chance = self.chance(points)
        rows = np.log(np.where(self.right[:, None], chance, 1.0 - chance))
        result: Floats = self._of_dimension(dimensions) @ rows
        return result

    def calibration_variance(self, dimensions: int, points: Floats, pull: Floats) -> Floats:
        """Σ_β (Cov(target, ∂ log L/∂β) ε_β)² of a target with these pulls, (D, Q), one part a dimension, (D,)."""
        if self.se_a is None or self.se_b is None:
            return np.zeros(dimensions)
        chance = self.chance(points)
        logistic = (chance - self.c[:, None]) / (1.0 - self.c[:, None])
        slope = (1.0 - self.c[:, None]) * logistic * (1.0 - logistic)  # ∂P / ∂(a(θ − b))
        by_logit = np.where(self.right[:, None], slope / chance, -slope / (1.0 - chance))
        along = pull[self.dimension]
        by_a = np.sum(along * by_logit * (points - self.b[:, None]), axis=1) * self.se_a
        by_b = np.sum(along * by_logit, axis=1) * self.a * self.se_b
        result: Floats = self._of_dimension(dimensions) @ (by_a**2 + by_b**2)
        return result

    def _of_dimension(self, dimensions: int) -> Floats:
        matches: Bools = self.dimension == np.arange(dimensions)[:, None]
        return matches.astype(np.float64)


@dataclass(frozen=True, eq=False)
class Report:
    """Abilities as they are reported."""

    composite: Distribution
    abilities: tuple[Distribution, ...]
    """One for each dimension."""
    joint: Joint
    """The exact posterior on the fine grid."""


def report(abilities: Abilities, given: Given) -> Report:
    """The exact report of these answers, from a cold state in one call; no answer at all reports the prior."""
    model, dimensions = abilities.on(FINE), abilities.dimensions
    log_likelihood = given.log_likelihood(dimensions, FINE)
    joint = model.joint(log_likelihood)
    composite = model.composite(log_likelihood)
    variance = float(given.calibration_variance(dimensions, FINE, joint.pull).sum())
    own = joint.weights * (FINE - joint.mean[:, None])
    variances = given.calibration_variance(dimensions, FINE, own)
    return Report(
        replace(composite, stretch=_stretch(variance, composite.sd**2)),
        tuple(
            Distribution(FINE, joint.weights[d], _stretch(float(variances[d]), float(joint.sd[d]) ** 2))
            for d in range(dimensions)
        ),
        joint,
    )


def _stretch(calibration: float, known: float) -> float:
    return float(np.sqrt(1.0 + calibration / known)) if known > 0 else 1.0


_LEAST_CHANCE = 1e-12
