"""Knowledge of each topic's ladder, from the last answer at each of its rungs.

For one topic, with r(ℓ) the last outcome at level ℓ and g(ℓ) its guess chance (at least `least_guess`):

    log L(f) = Σ_ℓ≤f log [0.90 if right else 0.10]  +  Σ_ℓ>f log [g if right else 1 − g]

The *floor* is the f, among 0 and the levels answered right, with the greatest likelihood, ties going lower. The *ceiling*
is the lowest level missed above the floor. Up to the floor all is acquired; from the ceiling on all is missing; between
them all is unknown (rule book §3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np

from chalicelib.engine.bank import LEVELS, Bools, Floats, Ints, ItemBank
from chalicelib.engine.rules import TrainingRules

NO_CEILING = LEVELS + 1
"""Ceiling of a topic where nothing above the floor was missed."""

_RUNGS = np.arange(LEVELS + 1)
_TIES_GO_LOWER = 1e-9
_MOST_GUESS = 0.5


@dataclass(frozen=True, eq=False)
class Evidence:
    """The last outcome at each rung of t ladders, as what it adds to log L(f) when the floor moves past that rung."""

    gain: Floats
    """(t, 9): positive where right, negative where missed, 0 where never asked and at rung 0."""

    @classmethod
    def nothing(cls, topics: int) -> Self:
        """The evidence before any answer."""
        return cls(np.zeros((topics, LEVELS + 1)))

    def floors(self) -> Ints:
        """The floor of each ladder, (t,), 0 to 8."""
        log_likelihood = np.cumsum(self.gain, axis=1)  # log L(f) − log L(0)
        floors: Ints = np.argmax(np.where(self.gain > 0, log_likelihood, 0.0), axis=1)
        return floors

    def ceilings(self, floors: Ints) -> Ints:
        """The ceiling of each ladder above these floors, (t,), 1 to 8, or `NO_CEILING`."""
        lowest = np.argmax((self.gain < 0) & (floors[:, None] < _RUNGS), axis=1)
        return np.where(lowest == 0, NO_CEILING, lowest)


def gains(rules: TrainingRules, guess: Floats, right: Bools) -> Floats:
    """What answers at challenges of these guess chances add to log L: log(0.90 / g) if right, log(0.10 / (1 − g)) if not.

    A guess chance counts as at least `least_guess` and at most one half (two options), so that a right answer always
    speaks for the floor. A nudge of 10⁻⁹ a rung lets the lower of two equally likely floors win.
    """
    chance = np.minimum(np.maximum(guess, rules.least_guess), _MOST_GUESS)
    ratio = np.where(right, rules.right_below / chance, (1.0 - rules.right_below) / (1.0 - chance))
    result: Floats = np.log(ratio) - _TIES_GO_LOWER
    return result


@lru_cache(maxsize=8)
def gain_table(bank: ItemBank, rules: TrainingRules) -> Floats:
    """The gain of each outcome at each item, (2, n), indexed by outcome, then item."""
    return gains(rules, bank.guess, np.array([[False], [True]]))
