"""How much one more answer is expected to tell of the composite: the exact preposterior reduction of its variance.

For an item of dimension d, answered right with chance P(θ_d), and p = E[P] at the current posterior, the law of total variance gives

    gain = Var(θ̄) − E[Var(θ̄ | answer)] = (E[θ̄ | right] − E[θ̄ | wrong])² · p(1 − p) = Cov(θ̄, P(θ_d))² / (p(1 − p))

It needs no approximation of the posterior. A guessable item is worth what it really tells: its P is flat, so its covariance is small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chalicelib.engine.bank import Floats, Ints, ItemBank, coarse
from chalicelib.engine.joint import Joint

Singles = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class GainTable:
    """P(right) of the n items of a bank, set out by competence, so that all gains are one product of matrices."""

    chance: Singles
    """P at every second grid point, (C, 31, m): m items a competence at most, the rest being zero."""
    place: Ints
    """Where each item stands in the flattened (C·m), (n,), increasing."""

    @classmethod
    def of(cls, bank: ItemBank, dimensions: int) -> GainTable:
        """The table of a bank whose items measure one ability, or their competence's. Raises ValueError for other abilities."""
        if dimensions not in (1, bank.competences):
            raise ValueError("abilities must have one dimension, or one for each competence of the bank")
        widest = max((end - first for first, end in bank.blocks), default=0)
        chance = np.zeros((bank.competences, bank.right_coarse.shape[1], widest), np.float32)
        place = np.empty(len(bank), np.intp)
        for competence, (first, end) in enumerate(bank.blocks):
            chance[competence, :, : end - first] = bank.right_coarse[first:end].T
            place[first:end] = competence * widest + np.arange(end - first)
        return cls(chance, place)

    def chances(self, joint: Joint) -> Floats:
        """P(right) of each item at the current posterior, (n,)."""
        told = np.matmul(coarse(joint.weights)[:, None, :], self.chance)
        chances: Floats = told.ravel()[self.place].astype(np.float64)
        return chances

    def gains(self, joint: Joint, items: Ints) -> Singles:
        """Expected reduction of Var(θ̄) by each of these items, (k,), at least one, in increasing order; never negative.

        Only the competences from the first item's to the last one's are worked out: quotas often leave few.
        """
        places, widest = self.place[items], self.chance.shape[2]
        first, end = int(places[0]) // widest, int(places[-1]) // widest + 1
        measured = slice(first, end) if len(joint.weights) > 1 else slice(None)
        curves = coarse(np.concatenate([joint.weights[measured], joint.pull[measured]]))
        told = np.matmul(curves.reshape(2, -1, curves.shape[1]).transpose(1, 0, 2), self.chance[first:end])
        chance, covariance = told[:, 0], told[:, 1]
        gains: Singles = covariance * covariance / np.maximum(chance * (1.0 - chance), _LEAST_VARIANCE)
        return gains.ravel()[places - first * widest]


_LEAST_VARIANCE = np.float32(1e-6)
