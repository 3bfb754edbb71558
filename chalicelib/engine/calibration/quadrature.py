"""Ability points and the weight of a normal population on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Floats


@dataclass(frozen=True)
class Quadrature:
    """Evenly spaced ability points. Raises ValueError when they are fewer than 3 or the bounds are in disorder."""

    points: int = 61
    """Q. With the bounds below a step of 0.2, which integrates a normal of deviation 0.2 or more to better than 10⁻⁶."""
    lowest: float = -6.0
    highest: float = 6.0

    def __post_init__(self) -> None:
        if self.points < 3:
            raise ValueError(f"points must be 3 or more, not {self.points}")
        if not -np.inf < self.lowest < self.highest < np.inf:
            raise ValueError(f"lowest must be below highest, not {self.lowest} and {self.highest}")

    @property
    def nodes(self) -> Floats:
        """Ability of each point, (Q,)."""
        return np.linspace(self.lowest, self.highest, self.points, dtype=np.float64)


def normal_log_weights(nodes: Floats, mean: Floats | float, sd: float) -> Floats:
    """Log of the weights of N(mean, sd²) on the nodes, of sum 1 along the last axis: (Q,), or (…, Q) for means (…)."""
    exponent = -0.5 * ((nodes - np.asarray(mean, dtype=np.float64)[..., None]) / sd) ** 2
    top = exponent.max(axis=-1, keepdims=True)
    made: Floats = exponent - top - np.log(np.exp(exponent - top).sum(axis=-1, keepdims=True))
    return made
