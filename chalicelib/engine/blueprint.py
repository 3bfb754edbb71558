"""What a test must contain: its length, how many items of each competence, and what may be given up when nothing else is left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from chalicelib.engine.bank import Bools, Ints


class Constraint(StrEnum):
    """What a next item should be, the most important first: when nothing is left, the last are given up first."""

    NOT_MET = "not-met"
    """Never given to this person before."""
    NEW_SKILL = "new-skill"
    """Its skill was not asked in this test."""
    NO_ENEMY = "no-enemy"
    """No item that gives its answer away was asked."""
    MAXIMUM = "maximum"
    """Its competence has not had its most."""
    MINIMUM = "minimum"
    """The competences that must still be covered can be."""
    NEW_TOPIC = "new-topic"
    """Its topic was not asked in this test."""
    ELIGIBLE = "eligible"
    """The draw of exposure control left it to this candidate."""
    SPACED = "spaced"
    """Not timed shortly after a timed one."""


@dataclass(frozen=True)
class Blueprint:
    """The content of a test over C competences. Raises ValueError when no test can be so."""

    length: int = 32
    """Answers of a complete test."""
    minimum: tuple[int, ...] = ()
    """Least items of each competence, (C,)."""
    maximum: tuple[int, ...] = ()
    """Most items of each competence, (C,)."""
    cover_first: bool = True
    """Whether every competence with a minimum gets its first item before any gets its second."""
    timed_gap: int = 2
    """Items between two timed ones."""
    near_equal: float = 0.04
    """Share of the best gain within which items are near-equals, drawn by the seeded pick."""

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError("length must be at least 1")
        if len(self.minimum) != len(self.maximum):
            raise ValueError("minimum and maximum must have one number a competence")
        if any(not 0 <= least <= most for least, most in zip(self.minimum, self.maximum, strict=True)):
            raise ValueError("every minimum must be in [0, maximum]")
        if self.minimum and not sum(self.minimum) <= self.length <= sum(self.maximum):
            raise ValueError("the length must be between the sum of the minimums and that of the maximums")
        if not (0 <= self.near_equal < 1 and self.timed_gap >= 0):
            raise ValueError("near_equal must be in [0, 1) and timed_gap not negative")

    @classmethod
    def even(cls, competences: int, length: int) -> Blueprint:
        """As many items of each competence as the length allows, one more of some when it does not divide."""
        least, rest = divmod(length, competences)
        return cls(length, (least,) * competences, (least + (rest > 0),) * competences)

    @cached_property
    def _most(self) -> Ints:
        return np.array(self.maximum, np.intp)

    @cached_property
    def _least(self) -> Ints:
        return np.array(self.minimum, np.intp)

    @cached_property
    def _first(self) -> Ints:
        """What comes before anything else: one item of each competence that has a minimum, when they are covered first."""
        return np.minimum(self._least, int(self.cover_first))

    def open(self, given: Ints) -> Bools:
        """Which competences, (C,), may have the next item, after these numbers of items, (C,)."""
        due = self.due(given)
        return due if np.count_nonzero(due) < len(due) else self.below_maximum(given)

    def below_maximum(self, given: Ints) -> Bools:
        """Which competences, (C,), may have one more."""
        below: Bools = np.less(given, self._most)
        return below

    def due(self, given: Ints) -> Bools:
        """Which competences, (C,), keep every minimum within reach, looking ahead to the end of the test."""
        uncovered: Bools = np.less(given, self._first)
        if np.count_nonzero(uncovered):
            return uncovered
        owed = np.maximum(self._least - given, 0)
        owing: Bools = np.not_equal(owed, 0)
        in_time = self.length - np.add.reduce(given) > np.add.reduce(owed)
        return np.ones(len(given), bool) if in_time or not np.count_nonzero(owing) else owing
