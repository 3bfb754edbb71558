"""The item bank as arrays, with the response model's tables on the ability grid.

Response model (three-parameter logistic, Birnbaum 1968, with c given and never estimated):

    P(right | θ) = c + (1 − c) / (1 + exp(−a(θ − b)))
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

LEVELS = 8
"""Rungs of the longest ladder."""

GRID: Floats = np.linspace(-6.0, 6.0, 61, dtype=np.float64)
"""Ability points where posteriors live. A step of 0.2 integrates a normal of deviation 0.2 or more to better than 10⁻⁶."""


def _gathering() -> NDArray[np.float32]:
    """The matrix that moves weights from 61 points to every second one, half of each point between to either side, (61, 31)."""
    points, coarse_points = np.arange(len(GRID)), np.arange(0, len(GRID), 2)
    distance = np.abs(points[:, None] - coarse_points[None, :])
    return np.maximum(1.0 - distance / 2.0, 0.0).astype(np.float32)


_GATHERING = _gathering()


def coarse(weights: Floats) -> NDArray[np.float32]:
    """Weights on the grid, (…, 61), gathered on every second point, (…, 31), so that Σ P w is P interpolated linearly.

    Between points 0.4 apart that is within 0.4²/8 · max |P″| = 0.002·a² of P: nothing next to the chance it predicts.
    """
    gathered: NDArray[np.float32] = weights.astype(np.float32) @ _GATHERING
    return gathered


def probability(theta: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """P(right | θ) of the module's formula, broadcast over its arguments. Written with tanh, which cannot overflow."""
    result: Floats = c + (1.0 - c) * (0.5 + 0.5 * np.tanh(0.5 * a * (theta - b)))
    return result


@dataclass(frozen=True, eq=False)
class ItemBank:
    """n calibrated items on T ladders of C competences, in order of competence.

    Raises ValueError when shapes disagree, a parameter is out of its domain or the order is broken.
    """

    discrimination: Floats
    """a, (n,), positive."""
    difficulty: Floats
    """b, (n,)."""
    guess: Floats
    """c, (n,), in [0, 1)."""
    topic: Ints
    """Index of the item's ladder, (n,)."""
    level: Ints
    """Rung of the item, (n,), 1 to 8."""
    timed: Bools
    """Whether the item has a time limit, (n,)."""
    topic_competence: Ints
    """Index of each ladder's competence, (T,)."""
    ladder: Bools
    """Which rungs of each ladder hold an active skill, (T, 8)."""
    competences: int
    """C."""

    def __post_init__(self) -> None:
        n, t = len(self.discrimination), len(self.topic_competence)
        for name in ("difficulty", "guess", "topic", "level", "timed"):
            if getattr(self, name).shape != (n,):
                raise ValueError(f"{name} must have shape ({n},)")
        if self.discrimination.ndim != 1:
            raise ValueError("discrimination must have one dimension")
        if np.any((self.topic_competence < 0) | (self.topic_competence >= self.competences)):
            raise ValueError(f"topic_competence must be in [0, {self.competences})")
        if self.ladder.shape != (t, LEVELS):
            raise ValueError(f"ladder must have shape ({t}, {LEVELS})")
        if not (np.all(self.discrimination > 0) and np.all(np.isfinite(self.discrimination + self.difficulty))):
            raise ValueError("discrimination must be positive, and every parameter finite")
        if not np.all((self.guess >= 0) & (self.guess < 1)):
            raise ValueError("guess must be in [0, 1)")
        if n and not (self.topic.min() >= 0 and self.topic.max() < t and self.level.min() >= 1 and self.level.max() <= LEVELS):
            raise ValueError(f"topic must be in [0, {t}) and level in [1, {LEVELS}]")
        if not np.all(self.ladder[self.topic, self.level - 1]):
            raise ValueError("every item must stand on a rung that holds a skill")
        if np.any(np.diff(self.competence) < 0):
            raise ValueError("items must be in order of competence")

    def __len__(self) -> int:
        return len(self.discrimination)

    @cached_property
    def competence(self) -> Ints:
        """Index of each item's competence, (n,)."""
        return self.topic_competence[self.topic]

    @cached_property
    def any_timed(self) -> bool:
        """Whether any item has a time limit."""
        return bool(self.timed.any())

    @cached_property
    def untimed(self) -> Bools:
        """Which items have no time limit, (n,)."""
        return ~self.timed

    @cached_property
    def topics(self) -> Ints:
        """Index of every ladder, (T,)."""
        return np.arange(len(self.topic_competence))

    @cached_property
    def skills_to(self) -> Floats:
        """Active skills of each ladder at or below each level, (T, 9), the first column being level 0."""
        return np.concatenate([np.zeros((len(self.ladder), 1)), np.cumsum(self.ladder, axis=1)], axis=1)

    @cached_property
    def skills_up_to_item(self) -> Floats:
        """Active skills of each item's ladder at or below its level, (n,)."""
        return self.skills_to[self.topic, self.level]

    @cached_property
    def skills_below_item(self) -> Floats:
        """Active skills of each item's ladder strictly below its level, (n,)."""
        return self.skills_to[self.topic, self.level - 1]

    @cached_property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """First item and last + 1 of each competence: the items of one competence are neighbours."""
        bounds = np.searchsorted(self.competence, np.arange(self.competences + 1))
        return tuple((int(first), int(end)) for first, end in pairwise(bounds))

    @cached_property
    def right(self) -> Floats:
        """P(right) of every item at every grid point, (n, Q)."""
        columns = (self.discrimination[:, None], self.difficulty[:, None], self.guess[:, None])
        return probability(GRID[None, :], *columns)

    @cached_property
    def right_coarse(self) -> NDArray[np.float32]:
        """P(right) at every second grid point, (n, 31), in single precision: a quarter of the bytes to read at each step."""
        return self.right[:, ::2].astype(np.float32)

    @cached_property
    def log_outcome(self) -> Floats:
        """log P(wrong) and log P(right), (2, n, Q): indexed by outcome, then item. Never −∞."""
        tiny = np.finfo(np.float64).tiny
        result: Floats = np.log(np.maximum(np.stack([1.0 - self.right, self.right]), tiny))
        return result
