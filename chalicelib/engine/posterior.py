"""Ability of each competence given the answers: a normal prior times the likelihood, on the grid (Bock & Mislevy 1982).

p(θ | answers) ∝ N(θ; m, s²) · Π P(θ)^u (1 − P(θ))^(1−u),   mean = Σ θ p(θ),   sd² = Σ (θ − mean)² p(θ)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chalicelib.engine.bank import GRID, Bools, Floats, Ints, ItemBank


@dataclass(frozen=True, eq=False)
class Posterior:
    """Ability of C competences, as weights on the grid that sum to one."""

    weights: Floats
    """(C, Q)"""

    @cached_property
    def mean(self) -> Floats:
        """Posterior mean of θ, (C,)."""
        mean: Floats = self.weights @ GRID
        return mean

    @cached_property
    def sd(self) -> Floats:
        """Posterior standard deviation of θ, its standard error, (C,)."""
        sd: Floats = np.sqrt(np.maximum(self.weights @ (GRID * GRID) - self.mean * self.mean, 0.0))
        return sd


def log_prior(mean: Floats, sd: Floats) -> Floats:
    """log N(θ; m, s²) up to a constant on the grid, (C, Q), for C competences."""
    z = (GRID[None, :] - mean[:, None]) / sd[:, None]
    result: Floats = -0.5 * z * z
    return result


def posterior(prior: Floats, bank: ItemBank, items: Ints, right: Bools) -> Posterior:
    """The posterior from a log-prior (C, Q) and a bare list of k answers, (k,) each, in one call. Order does not matter."""
    log_weights = prior
    if len(items):
        rows = bank.log_outcome[right.astype(np.intp), items]
        if bank.competences == 1:
            log_weights = prior + rows.sum(axis=0)
        else:
            of_competence = bank.competence[items] == np.arange(bank.competences)[:, None]
            log_weights = prior + of_competence.astype(np.float64) @ rows
    return normalised(log_weights)


def normalised(log_weights: Floats) -> Posterior:
    """The posterior of these log-weights, (C, Q), each known up to a constant."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return Posterior(weights)
