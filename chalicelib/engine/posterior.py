"""Ability of each competence given the answers: a normal prior times the likelihood, on the grid (Bock & Mislevy 1982).

p(θ | answers) ∝ N(θ; m, s²) · Π P(θ)^u (1 − P(θ))^(1−u),   mean = Σ θ p(θ),   sd² = Σ (θ − mean)² p(θ)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import GRID, Bools, Floats, Ints, ItemBank


@dataclass(frozen=True, eq=False)
class Posterior:
    """Ability of C competences: weights on the grid (C, Q), mean (C,) and standard error (C,)."""

    weights: Floats
    mean: Floats
    sd: Floats


def posterior(prior_mean: Floats, prior_sd: Floats, bank: ItemBank, items: Ints, right: Bools) -> Posterior:
    """The posterior from a bare list of k answers, (k,) each, in one call; priors are (C,). Order does not matter."""
    z = (GRID[None, :] - prior_mean[:, None]) / prior_sd[:, None]
    log_weights = -0.5 * z * z
    if len(items):
        rows = bank.log_outcome[right.astype(np.intp), items]
        if bank.competences == 1:
            log_weights[0] += rows.sum(axis=0)
        else:
            log_weights += (bank.competence[items] == np.arange(bank.competences)[:, None]).astype(np.float64) @ rows
    return _normalised(log_weights)


def posterior_of(prior_mean: float, prior_sd: float, log_likelihood: Floats) -> Posterior:
    """The posterior of one competence from its log-likelihood on the grid, (Q,)."""
    z = (GRID - prior_mean) / prior_sd
    return _normalised((log_likelihood - 0.5 * z * z)[None, :])


def _normalised(log_weights: Floats) -> Posterior:
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    mean = weights @ GRID
    variance = weights @ (GRID * GRID) - mean * mean
    return Posterior(weights, mean, np.sqrt(np.maximum(variance, 0.0)))
