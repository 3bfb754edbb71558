"""Points and levels (rule book §1): 8 levels × 8 points per competence.

Each level is worth 8 points, shared equally between its active skills, at most 4 for one skill. A competence's *top level*
is the highest ℓ with at least two active skills at every level up to ℓ. Sums are exact fractions.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

import numpy as np

from chalicelib.engine.bank import LEVELS, Bools, Floats

Real = TypeVar("Real", float, Floats)

POINTS_PER_LEVEL = 8
MOST_POINTS_PER_SKILL = 4
SKILLS_FOR_AN_OPEN_LEVEL = 2


def top_level(ladder: Bools, configured: int) -> int:
    """The highest level open in one competence, given its ladders (t, 8) and the configured maximum."""
    thin = np.flatnonzero(ladder.sum(axis=0) < SKILLS_FOR_AN_OPEN_LEVEL)
    complete = int(thin[0]) if len(thin) else LEVELS
    return min(complete, configured)


def points(ladder: Bools, acquired: Bools) -> Fraction:
    """The exact points of one competence, given its ladders and which of their rungs are acquired, (t, 8) each."""
    total = Fraction(0)
    for skills, gained in zip(ladder.sum(axis=0).tolist(), (ladder & acquired).sum(axis=0).tolist(), strict=True):
        if skills:
            total += gained * min(Fraction(POINTS_PER_LEVEL, skills), Fraction(MOST_POINTS_PER_SKILL))
    return total


def level_of(earned: Fraction) -> int:
    """⌊p / 8⌋: the level that these points complete."""
    return int(earned // POINTS_PER_LEVEL)


def level_of_ability(theta: Real) -> Real:
    """The level, not rounded, that an ability completes: p = 32 + 10θ and level = p / 8, so 4 + θ/0.8."""
    return 4.0 + theta / 0.8


def ability_of_level(level: Real) -> Real:
    """The ability at which a level is complete: θ = (ℓ − 4)·0.8."""
    return (level - 4.0) * 0.8


def certificate_score(mean_ability: float, top: int) -> int:
    """⌊512 + 160·θ̄⌋, clamped to 0 … 128·top − 1; 0 where no level is open."""
    return int(np.clip(np.floor(round(512.0 + 160.0 * mean_ability, 9)), 0, max(128 * top - 1, 0)))


def band_of(score: int) -> int:
    """The band of a certificate score: none (0) under 64, 1 up to 127, then b for 128(b − 1) … 128b − 1."""
    return 0 if score < 64 else score // 128 + 1


def ability_points(theta: float, top: int) -> float:
    """p = clamp(32 + 10θ, 0, 8·top): points where ability is what is reported."""
    return round(min(max(32.0 + 10.0 * theta, 0.0), float(POINTS_PER_LEVEL * top)), 9)
