"""Seeding: challenges that are not calibrated yet, asked unscored among those that are, at steps nobody can foresee.

Which steps of a test are seeded, and which challenge goes there, are drawn by the keyed hash of `picks`: the same on every
retry, unpredictable without the secret. A seeded step looks like any other. What keeps its answer out of the estimate is the
challenge itself (`scored`), not the step: where nothing could be seeded, a scored challenge is asked and counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Bools, Ints
from chalicelib.engine.picks import pick, shuffled

_PICKS = 1 << 64
_FIRST = 2
"""The first step is never seeded, nor the last: they are what a person remembers best."""


@dataclass(frozen=True)
class SeedingRules:
    """How much is seeded, and how challenges take turns. Raises ValueError naming the number out of its domain."""

    share: float = 0.06
    """Seeded steps among all steps of a test, on average over tests."""
    most: int = 3
    """Seeded steps of one test, at most."""
    among: int = 8
    """Challenges drawn for a seeded step, of which the one with the fewest answers is asked."""
    enough: int = 500
    """First-time answers from which a challenge is seeded no more."""

    def __post_init__(self) -> None:
        domains = {
            "share": 0 <= self.share <= 0.5,
            "most": 0 <= self.most <= 50,
            "among": 1 <= self.among <= 100,
            "enough": self.enough >= 1,
        }
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")

    def expected(self, length: int) -> float:
        """Mean number of seeded steps in a test of this length: share · length, unless `most` or the room between is less."""
        return max(0.0, min(self.share * length, float(self.most), float(length - _FIRST)))


def seeded_steps(secret: bytes, test: str, length: int, rules: SeedingRules) -> tuple[int, ...]:
    """The steps of this test that are seeded, in order, from 2 to length − 1; `length` counts them too.

    There are ⌊x⌋ or ⌊x⌋ + 1 of them, with mean x = `rules.expected(length)` over tests, every set of that many being as likely.
    """
    expected = rules.expected(length)
    whole = math.floor(expected)
    one_more = pick(secret, test, length, "seeded-number") < (expected - whole) * _PICKS
    steps = shuffled(range(_FIRST, length), pick(secret, test, length, "seeded-steps"))
    return tuple(sorted(steps[: whole + one_more]))


@dataclass(frozen=True, eq=False)
class Unscored:
    """The n items of a bank as seeding sees them for one test."""

    unscored: Bools
    """Which items are on trial, (n,)."""
    answers: Ints
    """First-time answers each had when the test began, (n,). Pinned with the test, or a retry may draw another item."""
    playable: Bools
    """In this person's language, needs and device, and allowed at this step (topic, skill), (n,)."""
    met: Bools
    """Which items this person has met, here or before, (n,)."""

    def __post_init__(self) -> None:
        columns = (self.answers, self.playable, self.met)
        if self.unscored.ndim != 1 or any(column.shape != self.unscored.shape for column in columns):
            raise ValueError("unscored, answers, playable and met must have one value an item")


def seeded_item(secret: bytes, test: str, step: int, items: Unscored, rules: SeedingRules) -> int | None:
    """The item on trial to ask at this seeded step, or None when no one is left that this person may get.

    A few are drawn by hash, and the one with the fewest answers is asked: all reach `enough` together, and tests that begin
    at the same moment do not all ask the same one.
    """
    eligible = np.flatnonzero(items.unscored & items.playable & ~items.met & (items.answers < rules.enough))
    if not len(eligible):
        return None
    drawn = [int(eligible[pick(secret, test, step, f"seeded-item-{turn}") % len(eligible)]) for turn in range(rules.among)]
    return min(drawn, key=lambda item: int(items.answers[item]))


def scored(unscored: Bools, items: Ints) -> Bools:
    """Which of k answers, given to these items, enter the estimate, (k,): those to items that are not on trial."""
    result: Bools = ~unscored[items]
    return result
