"""When a test has told enough.

- `FixedLength`: certification; every candidate answers as many.
- `PrecisionReached`: placement; the standard error of the composite is at its target, after a minimum of answers.
- `IntervalBesideCut`: pass or fail at a cut, the plain way; the interval of the composite leaves the cut on one side.
- `SidesTold`: pass or fail at a cut; the generalised likelihood ratio (Bartroff, Finkelman & Lai 2008; Thompson 2009) of the best ability
  above the indifference region against the best below:

      log Λ = max log L(θ ≥ cut + δ) − max log L(θ ≤ cut − δ)

  ends with "above" at log Λ ≥ log((1 − β) / α), with "below" at log Λ ≤ log(β / (1 − α)) (Wald 1947).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from chalicelib.engine.bank import GRID, Floats
from chalicelib.engine.joint import Joint


class Side(StrEnum):
    """On which side of a cut an ability is."""

    ABOVE = "above"
    BELOW = "below"


class Stopping(Protocol):
    """A rule that ends a test."""

    @property
    def longest(self) -> int:
        """Answers after which the test ends in any case."""
        ...

    def reached(self, answers: int, now: Joint, log_likelihood: Floats) -> bool:
        """Whether the test ends after this many answers."""
        ...


@dataclass(frozen=True)
class FixedLength:
    """Ends after `longest` answers."""

    longest: int

    def reached(self, answers: int, now: Joint, log_likelihood: Floats) -> bool:
        """Whether the length is reached."""
        del now, log_likelihood
        return answers >= self.longest


@dataclass(frozen=True)
class PrecisionReached:
    """Ends when the standard error of the composite is at most `target`, after `shortest` answers or more."""

    target: float
    shortest: int = 5
    longest: int = 200

    def __post_init__(self) -> None:
        if not (self.target > 0 and 0 <= self.shortest <= self.longest):
            raise ValueError("target must be positive, and shortest in [0, longest]")

    def reached(self, answers: int, now: Joint, log_likelihood: Floats) -> bool:
        """Whether the composite is known well enough."""
        del log_likelihood
        return answers >= self.longest or (answers >= self.shortest and now.composite_sd <= self.target)


@dataclass(frozen=True)
class IntervalBesideCut:
    """Ends when the cut is farther from the composite than so many of its standard errors (Kingsbury & Weiss 1983).

    Raises ValueError when a number is out of its domain.
    """

    cut: float
    errors: float = 1.96
    """Standard errors to either side: 1.96 for 95 % of a normal."""
    shortest: int = 1
    longest: int = 200

    def __post_init__(self) -> None:
        if not (math.isfinite(self.cut) and 0 < self.errors < math.inf and 0 <= self.shortest <= self.longest):
            raise ValueError("cut must be finite, errors positive, and shortest in [0, longest]")

    def reached(self, answers: int, now: Joint, log_likelihood: Floats) -> bool:
        """Whether the interval lies on one side."""
        del log_likelihood
        beside = abs(now.composite_mean - self.cut) > self.errors * now.composite_sd
        return answers >= self.longest or (answers >= self.shortest and beside)


@dataclass(frozen=True)
class SidesTold:
    """Ends when the answers tell on which side of `cut` one ability is."""

    cut: float
    indifference: float = 0.2
    """δ: half the width of the region around the cut where either side is as good."""
    wrong_above: float = 0.05
    """α: chance of "above" for an ability at cut − δ."""
    wrong_below: float = 0.05
    """β: chance of "below" for an ability at cut + δ."""
    shortest: int = 1
    longest: int = 200

    def __post_init__(self) -> None:
        if not (0 < self.wrong_above < 0.5 and 0 < self.wrong_below < 0.5 and self.indifference > 0):
            raise ValueError("error rates must be in (0, 0.5), and the indifference region must have a width")
        if not GRID[0] < self.cut - self.indifference < self.cut + self.indifference < GRID[-1]:
            raise ValueError("the indifference region must lie within the ability grid")

    def reached(self, answers: int, now: Joint, log_likelihood: Floats) -> bool:
        """Whether the ratio is past a bound."""
        del now
        return answers >= self.longest or (answers >= self.shortest and self.told(log_likelihood) is not None)

    def told(self, log_likelihood: Floats) -> Side | None:
        """The side that the answers tell, (1, Q) on the grid; None while they do not."""
        ratio = self.log_ratio(log_likelihood)
        if ratio >= math.log((1.0 - self.wrong_below) / self.wrong_above):
            return Side.ABOVE
        if ratio <= math.log(self.wrong_below / (1.0 - self.wrong_above)):
            return Side.BELOW
        return None

    def log_ratio(self, log_likelihood: Floats) -> float:
        """log Λ, the log-likelihood being interpolated between grid points."""
        (curve,) = log_likelihood
        above, below = self.cut + self.indifference, self.cut - self.indifference
        at_above, at_below = np.interp([above, below], GRID, curve)
        best_above = max(float(at_above), float(curve[above <= GRID].max()))
        best_below = max(float(at_below), float(curve[below >= GRID].max()))
        return best_above - best_below

    def side(self, log_likelihood: Floats) -> Side:
        """The likelier side, told or not: the decision when the test ends."""
        return Side.ABOVE if self.log_ratio(log_likelihood) >= 0 else Side.BELOW
