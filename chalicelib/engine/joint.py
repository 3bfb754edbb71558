"""What is known of all abilities at once: the form in which every model of ability hands its posterior to selection.

θ̄ = Σ v_d θ_d is the *composite*, what is reported: the mean over the dimensions of the scope. For each dimension d, selection needs
two curves on the ability grid:

    weights_d(θ) = p(θ_d = θ | answers)                        (sums to one)
    pull_d(θ)    = weights_d(θ) · (E[θ̄ | θ_d = θ] − E[θ̄])        (sums to zero)

so that for any function f of one ability, E[f(θ_d)] = Σ f weights_d and Cov(θ̄, f(θ_d)) = Σ f pull_d.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from chalicelib.engine.bank import GRID, Bools, Floats, Ints, ItemBank
from chalicelib.engine.distribution import Distribution


@dataclass(frozen=True, eq=False)
class Joint:
    """The posterior of D abilities, seen through each of them and through their composite."""

    weights: Floats
    """(D, Q)"""
    pull: Floats
    """(D, Q)"""
    share: Floats
    """v, the weight of each dimension in the composite, (D,), sums to one."""
    grid: Floats = field(default_factory=lambda: GRID)
    """The ability points, (Q,)."""

    @cached_property
    def mean(self) -> Floats:
        """Posterior mean of each ability, (D,)."""
        mean: Floats = self.weights @ self.grid
        return mean

    @cached_property
    def sd(self) -> Floats:
        """Posterior standard deviation of each ability, (D,)."""
        sd: Floats = np.sqrt(np.maximum(self.weights @ (self.grid * self.grid) - self.mean * self.mean, 0.0))
        return sd

    @cached_property
    def composite_mean(self) -> float:
        """E[θ̄]."""
        return float(self.share @ self.mean)

    @cached_property
    def composite_sd(self) -> float:
        """√Var(θ̄), with Var(θ̄) = Σ v_d Cov(θ̄, θ_d)."""
        return float(np.sqrt(max(float(self.share @ (self.pull @ self.grid)), 0.0)))


class Abilities(Protocol):
    """A model of ability: how many dimensions there are, and how they hang together before any answer."""

    @property
    def dimensions(self) -> int:
        """D: one, or one for each competence."""
        ...

    def draw(self, rng: np.random.Generator, persons: int) -> Floats:
        """True abilities of this many virtual persons, (N, D)."""
        ...

    def on(self, points: Floats) -> Abilities:
        """The same model on other ability points."""
        ...

    def joint(self, log_likelihood: Floats) -> Joint:
        """The posterior, given the log-likelihood of the answers of each dimension at the points, (D, Q)."""
        ...

    def composite(self, log_likelihood: Floats) -> Distribution:
        """The distribution of the composite, given the same."""
        ...


def log_likelihood(bank: ItemBank, dimensions: int, items: Ints, right: Bools) -> Floats:
    """log p(answers | θ_d) of each dimension on the grid, (D, Q), from a bare list of k answers, (k,) each.

    With one dimension every item measures it; otherwise an item measures its competence. Order does not matter.
    """
    rows = bank.log_outcome[right.astype(np.intp), items]
    if dimensions == 1:
        whole: Floats = rows.sum(axis=0, keepdims=True)
        return whole
    of_dimension = bank.competence[items] == np.arange(dimensions)[:, None]
    result: Floats = of_dimension.astype(np.float64) @ rows
    return result
