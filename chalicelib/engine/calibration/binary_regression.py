"""Regression of a right or wrong answer on an ability known as a posterior, and on a group, by Fisher scoring.

    P(right) = m = Σ_q w_q [c + (1 − c) / (1 + e^(−η_q))],   η_q = β0 + β1 θ_q + g (β2 + β3 θ_q)

    step = (Jᵀ W J)⁻¹ Jᵀ W (u − m),   J = ∂m/∂β,   W = 1 / (m (1 − m))

which is iteratively reweighted least squares (Green 1984) with a mean that mixes logistic curves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Bools, Floats

_MOST_STEPS = 40
_MOST_HALVINGS = 12
_ENOUGH = 1e-8
_LEAST_CHANCE = 1e-10
_RIDGE = 1e-8


@dataclass(frozen=True, eq=False)
class Regression:
    """Coefficients at the greatest likelihood found."""

    beta: Floats
    """(4,), zero where the term was left out."""
    log_likelihood: float
    """Σ log chance of what was answered."""
    curves: Floats
    """P at each node in the reference and the focal group, (2, Q)."""
    converged: bool
    """Whether the last step gained nothing more. Answers that one term separates end here too, with a large coefficient."""


@dataclass(frozen=True, eq=False)
class Trials:
    """One item answered by N persons."""

    nodes: Floats
    """Abilities, (Q,)."""
    weights: Floats
    """What is known of each person's ability without this answer, (N, Q)."""
    right: Bools
    """The answers, (N,)."""
    focal: Bools
    """Who is in the focal group, (N,)."""
    guess: float = 0.0
    """c."""

    def curves(self, beta: Floats) -> tuple[Floats, Floats]:
        """P and ∂P/∂η at each node in each group, (2, Q) each."""
        eta = beta[0] + beta[1] * self.nodes + np.array([[0.0], [1.0]]) * (beta[2] + beta[3] * self.nodes)
        logistic = 0.5 + 0.5 * np.tanh(0.5 * eta)
        return self.guess + (1.0 - self.guess) * logistic, (1.0 - self.guess) * logistic * (1.0 - logistic)

    def mix(self, columns: Floats) -> Floats:
        """Σ_q w_q of the person's own group, (N,), from one row a group, (2, Q)."""
        mixed: Floats = np.where(self.focal, self.weights @ columns[1], self.weights @ columns[0])
        return mixed

    def forecast(self, beta: Floats) -> Floats:
        """m, (N,), kept off 0 and 1."""
        return np.clip(self.mix(self.curves(beta)[0]), _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)

    def log_likelihood(self, m: Floats) -> float:
        """Σ log chance of what was answered, given the forecasts."""
        return float(np.sum(np.log(np.where(self.right, m, 1.0 - m))))

    def jacobian(self, beta: Floats) -> Floats:
        """∂m/∂β, (N, 4)."""
        steep = self.curves(beta)[1]
        level, slope = self.mix(steep), self.mix(steep * self.nodes)
        return np.stack([level, slope, level * self.focal, slope * self.focal], axis=1)


def fitted(data: Trials, start: Floats, terms: int = 4) -> Regression:
    """Fit the first `terms` coefficients, from `start` (4,). Never a step that lowers the likelihood; 40 steps at most."""
    beta: Floats = np.where(np.arange(4) < terms, start, 0.0)
    m = data.forecast(beta)
    reached, converged = data.log_likelihood(m), False
    for _ in range(_MOST_STEPS):
        jacobian = data.jacobian(beta)[:, :terms]
        scaled = jacobian / (m * (1.0 - m))[:, None]
        information = scaled.T @ jacobian
        ridge = _RIDGE * (1.0 + np.trace(information)) * np.eye(terms)
        step: Floats = np.zeros(4)
        step[:terms] = np.linalg.solve(information + ridge, scaled.T @ (data.right - m))
        step /= max(1.0, float(np.abs(step).max()) / 4.0)
        before = reached
        for _ in range(_MOST_HALVINGS):
            tried = data.forecast(beta + step)
            if (found := data.log_likelihood(tried)) >= reached:
                beta, m, reached = beta + step, tried, found
                break
            step = step / 2.0
        if reached - before < _ENOUGH:
            converged = True
            break
    return Regression(beta, reached, data.curves(beta)[0], converged)
