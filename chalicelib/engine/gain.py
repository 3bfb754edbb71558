"""How much one more answer is expected to tell of the composite: the exact preposterior reduction of its variance.

For an item of dimension d, answered right with chance P(θ_d), and p = E[P] at the current posterior, the law of total variance gives

    gain = Var(θ̄) − E[Var(θ̄ | answer)] = (E[θ̄ | right] − E[θ̄ | wrong])² · p(1 − p) = Cov(θ̄, P(θ_d))² / (p(1 − p))

It needs no approximation of the posterior. A guessable item is worth what it really tells: its P is flat, so its covariance is small.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chalicelib.engine.bank import Floats, ItemBank, coarse
from chalicelib.engine.joint import Joint

Singles = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class GainTable:
    """P(right) of the n items of a bank, set out by dimension, so that all gains are one product of matrices."""

    chance: Singles
    """P at every second grid point, (D, 31, m): m items a dimension at most, the rest being zero."""
    place: NDArray[np.intp] | None
    """Where each item stands in the flattened (D·m), (n,); None when that is its own index."""

    @classmethod
    def of(cls, bank: ItemBank, dimensions: int) -> GainTable:
        """The table of a bank whose items measure one ability, or their competence's. Raises ValueError when one measures none."""
        if dimensions == 1:
            return cls(np.ascontiguousarray(bank.right_coarse.T)[None], None)
        if len(bank) and bank.competence[-1] >= dimensions:
            raise ValueError("abilities must have one dimension, or one for each competence of the bank")
        bounds = np.searchsorted(bank.competence, np.arange(dimensions + 1))
        widest = int(np.diff(bounds).max(initial=0))
        chance = np.zeros((dimensions, bank.right_coarse.shape[1], widest), np.float32)
        place = np.empty(len(bank), np.intp)
        for dimension, (first, end) in enumerate(pairwise(bounds.tolist())):
            chance[dimension, :, : end - first] = bank.right_coarse[first:end].T
            place[first:end] = dimension * widest + np.arange(end - first)
        return cls(chance, None if np.array_equal(place, np.arange(dimensions * widest)) else place)

    @cached_property
    def dimensions(self) -> int:
        """D."""
        return len(self.chance)

    def chances(self, joint: Joint) -> Floats:
        """P(right) of each item at the current posterior, (n,)."""
        told = np.matmul(coarse(joint.weights)[:, None, :], self.chance)
        return self._in_order(told.ravel()).astype(np.float64)

    def gains(self, joint: Joint) -> Singles:
        """Expected reduction of Var(θ̄) by each item, (n,), never negative."""
        curves = coarse(np.concatenate([joint.weights, joint.pull])).reshape(2, self.dimensions, -1)
        told = np.matmul(curves.transpose(1, 0, 2), self.chance)
        chance, covariance = told[:, 0], told[:, 1]
        gains = covariance * covariance / np.maximum(chance * (1.0 - chance), _LEAST_VARIANCE)
        return self._in_order(gains.ravel())

    def _in_order(self, flat: Singles) -> Singles:
        return flat if self.place is None else flat[self.place]


_LEAST_VARIANCE = np.float32(1e-6)
