"""What one calibration knows of its items, and the population over which two sets of curves are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from chalicelib.engine.bank import GRID, Bools, Floats, Ints, probability


@dataclass(frozen=True, eq=False)
class ItemParameters:
    """n items on one scale; nan for a or b where an item could not be estimated. Raises ValueError on impossible values."""

    a: Floats
    """Discrimination, (n,); not positive where the key is likely to be wrong."""
    b: Floats
    """Difficulty, (n,)."""
    c: Floats
    """Guess chance, (n,), given, in [0, 1)."""
    se_a: Floats
    """Standard error of a, (n,): 0 where a is exact, nan where the error is unknown."""
    se_b: Floats
    """Standard error of b, (n,)."""
    covariance: Floats | None = None
    """Covariance of the errors of a and b, (n,); taken as 0 when it is not given."""

    def __post_init__(self) -> None:
        columns = {"b": self.b, "c": self.c, "se_a": self.se_a, "se_b": self.se_b, "covariance": self.covariance}
        wrong = [name for name, column in columns.items() if column is not None and column.shape != self.a.shape]
        if self.a.ndim != 1 or wrong:
            raise ValueError(f"every column must have one value an item: {', '.join(wrong) or 'a'}")
        domains = {
            "c must be in [0, 1)": bool(np.all((self.c >= 0) & (self.c < 1))),
            "standard errors must not be negative": not np.any((self.se_a < 0) | (self.se_b < 0)),
        }
        broken = [sentence for sentence, fine in domains.items() if not fine]
        if broken:
            raise ValueError("; ".join(broken))

    def __len__(self) -> int:
        return len(self.a)

    @classmethod
    def exact(cls, a: Floats, b: Floats, c: Floats) -> Self:
        """Parameters without error."""
        return cls(a, b, c, np.zeros_like(a), np.zeros_like(b))

    @property
    def known(self) -> Bools:
        """Which items have both a and b, (n,)."""
        known: Bools = np.isfinite(self.a) & np.isfinite(self.b)
        return known

    @property
    def rising(self) -> Bools:
        """Which items have a curve that rises with ability, (n,): only these may carry a scale."""
        return self.known & (self.a > 0)

    @property
    def errors_known(self) -> Bools:
        """Which items have both standard errors, (n,)."""
        known: Bools = np.isfinite(self.se_a) & np.isfinite(self.se_b)
        return known

    @property
    def errors(self) -> Floats:
        """Covariance matrices of the errors of (a, b), (n, 2, 2)."""
        cross = np.zeros_like(self.a) if self.covariance is None else self.covariance
        return np.stack([self.se_a**2, cross, cross, self.se_b**2], axis=-1).reshape(-1, 2, 2)

    def take(self, rows: Bools | Ints) -> ItemParameters:
        """These items alone, by a mask or by indices in the order wanted."""
        covariance = None if self.covariance is None else self.covariance[rows]
        return ItemParameters(self.a[rows], self.b[rows], self.c[rows], self.se_a[rows], self.se_b[rows], covariance)

    def curves(self, theta: Floats) -> Floats:
        """P(right | θ) of every item at every ability, (n, Q); nan for an item that is not known."""
        return probability(theta[None, :], self.a[:, None], self.b[:, None], self.c[:, None])


def _normal_weights() -> Floats:
    density = np.exp(-0.5 * GRID * GRID)
    weights: Floats = density / density.sum()
    return weights


@dataclass(frozen=True, eq=False)
class Population:
    """Ability points and the share of persons at each. By default N(0, 1) on the engine's grid. Raises ValueError."""

    nodes: Floats
    """(Q,)"""
    weights: Floats
    """(Q,), not negative; made to sum to one."""

    def __post_init__(self) -> None:
        if self.nodes.ndim != 1 or self.nodes.shape != self.weights.shape:
            raise ValueError("nodes and weights must have the same single dimension")
        if not (np.all(np.isfinite(self.nodes)) and np.all(self.weights >= 0) and 0 < self.weights.sum() < np.inf):
            raise ValueError("nodes must be finite, weights not negative with a positive sum")
        object.__setattr__(self, "weights", self.weights / self.weights.sum())

    @classmethod
    def standard_normal(cls) -> Self:
        """N(0, 1) on the engine's grid."""
        return cls(GRID, _normal_weights())


def rmsd(one: ItemParameters, other: ItemParameters, population: Population) -> Floats:
    """Root mean square difference between each item's two curves over the population, (n,), in probability.

    RMSD_i = √ Σ_q w_q [P_i(θ_q) − P*_i(θ_q)]² (the item fit index of PISA: OECD 2017, with a second curve for the observed one).
    """
    gap = one.curves(population.nodes) - other.curves(population.nodes)
    result: Floats = np.sqrt((gap * gap) @ population.weights)
    return result
