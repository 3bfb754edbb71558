"""The response curve in slope–intercept form, and its derivatives, at the nodes.

P = c + (1 − c) L,   L = 1 / (1 + e^{−η}),   η = a θ + d,   d = −a b          (Birnbaum 1968; c given)

∂ log P / ∂η = (1 − c) L (1 − L) / P = right slope,   ∂ log(1 − P) / ∂η = −L = wrong slope
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chalicelib.engine.bank import Floats, Ints


@dataclass(frozen=True, eq=False)
class Curves:
    """n items at Q nodes."""

    log_right: Floats
    """log P, (n, Q), finite for every finite a and d."""
    log_wrong: Floats
    """log(1 − P), (n, Q)."""
    log_logistic: Floats
    """log L, (n, Q)."""

    def of_items(self, items: Ints) -> Curves:
        """The curves of these items only."""
        return Curves(self.log_right[items], self.log_wrong[items], self.log_logistic[items])

    @cached_property
    def logistic(self) -> Floats:
        """L, (n, Q)."""
        made: Floats = np.exp(self.log_logistic)
        return made

    @cached_property
    def right_slope(self) -> Floats:
        """∂ log P / ∂η = (1 − P) L / P, (n, Q), formed of logarithms, which cannot overflow."""
        made: Floats = np.exp(self.log_wrong + self.log_logistic - self.log_right)
        return made

    @property
    def wrong_slope(self) -> Floats:
        """∂ log(1 − P) / ∂η, (n, Q)."""
        return -self.logistic


def curves(nodes: Floats, a: Floats, d: Floats, c: Floats) -> Curves:
    """The curves of n items, each of a, d, c (n,), at nodes (Q,)."""
    eta = a[:, None] * nodes + d[:, None]
    decay = np.exp(-np.abs(eta))
    rest = np.log1p(decay)
    above = np.maximum(eta, 0.0) + rest
    """log(1 + e^η), which is −log(1 − L)."""
    log_logistic = np.minimum(eta, 0.0) - rest
    log_right = log_logistic
    if np.any(c > 0):
        guessed = np.log(np.maximum(c, np.finfo(np.float64).tiny))[:, None]
        log_right = np.where(c[:, None] > 0, np.logaddexp(guessed, eta) - above, log_right)
    return Curves(log_right, np.log1p(-c)[:, None] - above, log_logistic)
