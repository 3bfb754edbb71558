"""The items of a calibration on its way, whatever the model of ability: where they start, move and end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Bools, Floats
from chalicelib.engine.calibration.curves import Curves, curves
from chalicelib.engine.calibration.maximisation import Counts, Maximiser, WeakPrior
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.standard_errors import ItemErrors

RUNAWAY_SLOPE, RUNAWAY_INTERCEPT = 50.0, 250.0
"""An item that passes one of these has no maximum (its answers are separable): it is left there and never called converged."""


@dataclass(frozen=True, eq=False)
class Anchors:
    """Items of known a and b, held. Raises ValueError when shapes disagree or a held parameter is not finite."""

    held: Bools
    """(n,)."""
    a: Floats
    """(n,), read where held."""
    b: Floats

    def __post_init__(self) -> None:
        if not self.held.shape == self.a.shape == self.b.shape or self.held.ndim != 1:
            raise ValueError("held, a and b must have one dimension and the same shape")
        if not np.all(np.isfinite(self.a[self.held]) & np.isfinite(self.b[self.held]) & (self.a[self.held] != 0)):
            raise ValueError("a and b of held items must be finite, and a not zero")

    @classmethod
    def none(cls, n: int) -> Anchors:
        """No item of n is held."""
        return cls(np.zeros(n, bool), np.ones(n), np.zeros(n))

    def of_items(self, items: Bools) -> Anchors:
        """The same for these items only."""
        return Anchors(self.held[items], self.a[items], self.b[items])


@dataclass(frozen=True, eq=False)
class ItemEstimates:
    """Items on the scale of ability, with their errors. An item that is not estimable has nan everywhere."""

    a: Floats
    """Discrimination, (n,); below 0 when the key is likely to be wrong."""
    b: Floats
    """Difficulty, (n,); never clipped, nan where a is 0."""
    c: Floats
    """Guess chance as given, (n,)."""
    se_a: Floats
    """Standard errors, (n,); nan where the answers do not determine them, 0 for anchors."""
    se_b: Floats
    covariance: Floats
    """Of (a, b), (n, 2, 2)."""
    estimable: Bools
    """Whether the answers say anything of the item, or it is an anchor, (n,)."""
    converged: Bools
    """Whether the item's parameters had settled where the answers determine them, (n,); False for a runaway item."""

    @classmethod
    def unknown(cls, c: Floats) -> ItemEstimates:
        """Of items that no answer says anything of."""
        nan, no = np.full(len(c), np.nan), np.zeros(len(c), bool)
        return cls(nan, nan, c, nan, nan, np.full((len(c), 2, 2), np.nan), no, no)


def checked_guess(c: Floats | None, n: int) -> Floats:
    """c, (n,), or 0 for all. Raises ValueError when its shape or a value is wrong."""
    made = np.zeros(n) if c is None else np.asarray(c, dtype=np.float64)
    if made.shape != (n,):
        raise ValueError(f"c must have shape ({n},)")
    if not np.all((made >= 0) & (made < 1)):
        raise ValueError("c must be in [0, 1)")
    return made


@dataclass(frozen=True, eq=False)
class FreeItems:
    """n items at the nodes, of which the anchors are held."""

    nodes: Floats
    """θ, (Q,)."""
    c: Floats
    """(n,)."""
    anchors: Anchors
    prior: WeakPrior | None

    def start(self, responses: Responses) -> Floats:
        """Slopes of 1 and the intercepts that the shares of right answers call for, (2 n,)."""
        share = (responses.right_of_item + 0.5) / (responses.answers_of_item + 1.0)
        share = np.clip((share - self.c) / (1 - self.c), 0.02, 0.98)
        held = self.anchors.held
        intercepts = np.where(held, -self.anchors.a * self.anchors.b, 1.2 * np.log(share / (1 - share)))
        return np.concatenate([np.where(held, self.anchors.a, 1.0), intercepts])

    def curves(self, a: Floats, d: Floats) -> Curves:
        """Their curves."""
        return curves(self.nodes, a, d, self.c)

    def moved(self, a: Floats, d: Floats, at: Curves, counts: Counts) -> tuple[Floats, Floats]:
        """(a, d) after one M-step."""
        free = ~self.anchors.held & ~runaway(a, d)
        return Maximiser(self.nodes, self.c, free, self.prior).improved(a, d, at, counts)

    def prior_part(self, a: Floats, d: Floats) -> float:
        """Log density of the prior at the items that are not held."""
        return 0.0 if self.prior is None else float(self.prior.log_density(a, d)[~self.anchors.held].sum())

    def estimates(self, point: tuple[Floats, Floats], settled: Bools, errors: ItemErrors) -> ItemEstimates:
        """What is told of them at the end, at the point (a, d)."""
        a, d = point
        held = self.anchors.held
        with np.errstate(over="ignore"):
            b = np.where(a == 0, np.nan, -d / np.where(a == 0, 1.0, a))
        return ItemEstimates(
            a=a,
            b=np.where(held, self.anchors.b, b),
            c=self.c,
            se_a=errors.se_a,
            se_b=errors.se_b,
            covariance=errors.covariance,
            estimable=np.ones(len(a), bool),
            converged=settled & ~runaway(a, d) & np.isfinite(errors.se_a) | held,
        )


def runaway(a: Floats, d: Floats) -> Bools:
    """Which items are past the point where a maximum is still to be expected, (n,)."""
    made: Bools = (np.abs(a) >= RUNAWAY_SLOPE) | (np.abs(d) >= RUNAWAY_INTERCEPT)
    return made


def among_all(estimates: ItemEstimates, used: Bools, c: Floats) -> ItemEstimates:
    """Estimates of the used items among all items, (n,)."""
    every = ItemEstimates.unknown(c)
    placed = {}
    for name in ("a", "b", "se_a", "se_b", "covariance", "estimable", "converged"):
        placed[name] = getattr(every, name).copy()
        placed[name][used] = getattr(estimates, name)
    return ItemEstimates(c=c, **placed)
