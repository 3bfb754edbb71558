"""The differences between the curves of the same items in two calibrations, the change of scale that makes them least, its error.

Minimised by Gauss–Newton, damped as Levenberg (1944) and Marquardt (1963) do, over τ = (log A, B): A stays positive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from chalicelib.engine.bank import Floats
from chalicelib.engine.calibration.item_parameters import ItemParameters, Population

Method = Literal["stocking-lord", "haebara"]

_LONGEST_STEP = 1.0
_LEAST_CURVATURE = 1e-12
_DIFFERENCE = 1e-5
"""Step of the central differences, relative for a: about the cube root of the rounding error, where they are best."""


class Gaps(NamedTuple):
    """Differences between curves, the root of the weights included, and their slopes in τ. A row is an item, or all as one."""

    gap: Floats
    """(rows, m)"""
    slopes: Floats
    """(2, rows, m)"""

    def loss(self) -> float:
        """Sum of the squared gaps."""
        return float(np.sum(self.gap * self.gap))

    def gradient(self) -> Floats:
        """Half the gradient of the loss in τ, (2,)."""
        result: Floats = np.einsum("kim,im->k", self.slopes, self.gap)
        return result


@dataclass(frozen=True, eq=False)
class Pair:
    """The same items in both calibrations, and how their curves are compared."""

    source: ItemParameters
    target: ItemParameters
    population: Population
    symmetric: bool
    method: Method

    def of_items(self, at: Floats) -> Gaps:
        """The gaps of each item at τ: the source moved to the target's scale, and where symmetric the target to the source's."""
        slope, intercept = math.exp(at[0]), float(at[1])
        theta, root = self.population.nodes, np.sqrt(self.population.weights)
        back = (theta - intercept) / slope
        moved, steepness = _curves(self.source, back)
        gap, slopes = self.target.curves(theta) - moved, np.stack([steepness * back, steepness / slope])
        if self.symmetric:
            moved, steepness = _curves(self.target, slope * theta + intercept)
            gap = np.concatenate([gap, self.source.curves(theta) - moved], axis=1)
            slopes = np.concatenate([slopes, np.stack([-steepness * slope * theta, -steepness])], axis=2)
            root = np.tile(root * math.sqrt(0.5), 2)
        return Gaps(gap * root, slopes * root)

    def squared(self, items: Gaps) -> Gaps:
        """The gaps that the method squares: Haebara's are the items', Stocking and Lord's their sum."""
        if self.method == "haebara":
            return items
        return Gaps(items.gap.sum(axis=0, keepdims=True), items.slopes.sum(axis=1, keepdims=True))

    def gaps(self, at: Floats) -> Gaps:
        """The gaps that the method squares, at τ."""
        return self.squared(self.of_items(at))


def _curves(items: ItemParameters, theta: Floats) -> tuple[Floats, Floats]:
    """P(right | θ) and its derivative in θ, (n, Q) each: P′ = a (P − c)(1 − P)/(1 − c)."""
    right, c = items.curves(theta), items.c[:, None]
    return right, items.a[:, None] * (right - c) * (1.0 - right) / (1.0 - c)


class Found(NamedTuple):
    """Where a search ended."""

    loss: float
    at: Floats
    """τ, (2,)."""
    iterations: int
    converged: bool


def search(pair: Pair, at: Floats, max_iterations: int, tolerance: float) -> Found:
    """The least loss near this τ. A step that would not lower the loss is shortened, never taken."""
    damping, now = 1e-3, pair.gaps(at)
    for iteration in range(1, max_iterations + 1):
        curvature = np.einsum("kim,lim->kl", now.slopes, now.slopes)
        damped = curvature + damping * np.diag(np.maximum(np.diag(curvature), _LEAST_CURVATURE))
        step = np.linalg.solve(damped, -now.gradient())
        length = float(np.linalg.norm(step))
        if length < tolerance:
            return Found(now.loss(), at, iteration, True)
        there = at + step * min(1.0, _LONGEST_STEP / length)
        then = pair.gaps(there)
        if then.loss() < now.loss():
            at, now, damping = there, then, max(damping / 10.0, 1e-12)
        else:
            damping *= 10.0
    return Found(now.loss(), at, max_iterations, False)


def errors_of(pair: Pair, at: Floats) -> Floats:
    """Covariance of the errors of (A, B) at the minimum τ, from the items' errors, (2, 2); nan when the minimum is flat.

    There the gradient g(τ, p) is 0, so dτ/dp = −(∂g/∂τ)⁻¹ ∂g/∂p (Ogasawara 2001 for these methods). The errors of two items,
    and of the two calibrations, are taken as independent.
    """
    moves = _DIFFERENCE * np.eye(2)
    bends = [(pair.gaps(at + move).gradient() - pair.gaps(at - move).gradient()) / (2.0 * _DIFFERENCE) for move in moves]
    hessian = np.stack(bends, axis=1)
    if not abs(float(np.linalg.det(hessian))) > _LEAST_CURVATURE:
        return np.full((2, 2), np.nan)
    total, inverse = np.zeros((2, 2)), np.linalg.inv(hessian)
    for moved in (_Moved(pair, "source"), _Moved(pair, "target")):
        pull = -inverse @ moved.pulls(at)
        total += np.einsum("nkp,npq,nlq->kl", pull, moved.items.errors, pull)
    to_slope = np.diag([math.exp(at[0]), 1.0])
    result: Floats = to_slope @ total @ to_slope
    return result


@dataclass(frozen=True, eq=False)
class _Moved:
    """A pair of which one side's parameters are moved, all items at once, since each gap belongs to one item."""

    pair: Pair
    side: Literal["source", "target"]

    @property
    def items(self) -> ItemParameters:
        return self.pair.source if self.side == "source" else self.pair.target

    def pulls(self, at: Floats) -> Floats:
        """∂g/∂(a, b) of each item at τ, (n, 2, 2), by central differences."""
        of_a, of_b = _DIFFERENCE * self.items.a, np.full(len(self.items), _DIFFERENCE)
        total, columns = self.pair.gaps(at), []
        for step, move_a, move_b in ((of_a, of_a, 0.0 * of_a), (of_b, 0.0 * of_b, of_b)):
            more, less = self._by(move_a, move_b).of_items(at), self._by(-move_a, -move_b).of_items(at)
            width = 2.0 * step[:, None]
            gap, slopes = (more.gap - less.gap) / width, (more.slopes - less.slopes) / width
            columns.append(np.sum(gap * total.slopes + slopes * total.gap, axis=2))
        return np.stack(columns).transpose(2, 1, 0)

    def _by(self, move_a: Floats, move_b: Floats) -> Pair:
        items = replace(self.items, a=self.items.a + move_a, b=self.items.b + move_b)
        return replace(self.pair, source=items) if self.side == "source" else replace(self.pair, target=items)
