"""Outcomes of some persons as real numbers: log-likelihoods out of curves, expected counts out of posterior weights.

Two layouts do the same sums. The dense one is two matrix products. The sparse one walks over the given answers only, and wins
when a person answers few of many items, as after adaptive tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np

from chalicelib.engine.bank import Floats, Ints
from chalicelib.engine.calibration.curves import Curves
from chalicelib.engine.calibration.responses import MISSING, RIGHT, Outcomes, Responses

SPARSE_SHARE = 0.08
"""Below this share of answered cells the sparse layout is the faster one."""
KEPT_CELLS = 16_000_000
"""Up to so many cells (128 MB a matrix), blocks are kept from one iteration to the next."""


class Block(Protocol):
    """Outcomes of N persons at n items."""

    def log_likelihood(self, at: Curves) -> Floats:
        """Log of the likelihood of each person's outcomes at each node, (N, Q)."""

    def counts(self, weights: Floats) -> tuple[Floats, Floats]:
        """Expected right answers and expected answers of each item at each node, (n, Q) each, under weights (N, Q)."""


@dataclass(frozen=True, eq=False)
class DenseBlock:
    """Every cell as a number."""

    right: Floats
    """1 where right, (N, n)."""
    answered: Floats | None
    """1 where answered, (N, n); None when everything is."""

    @classmethod
    def of(cls, outcomes: Outcomes) -> DenseBlock:
        """The block of these outcomes, (N, n)."""
        answered = outcomes != MISSING
        return cls((outcomes == RIGHT).astype(np.float64), None if answered.all() else answered.astype(np.float64))

    def log_likelihood(self, at: Curves) -> Floats:
        """Σ over items of u log P + (1 − u) log(1 − P), (N, Q)."""
        made: Floats = self.right @ (at.log_right - at.log_wrong)
        made += at.log_wrong.sum(axis=0) if self.answered is None else self.answered @ at.log_wrong
        return made

    def counts(self, weights: Floats) -> tuple[Floats, Floats]:
        """Sums of weights over persons who were right, and over persons who answered."""
        right = self.right.T @ weights
        if self.answered is None:
            return right, np.broadcast_to(weights.sum(axis=0), right.shape)
        return right, self.answered.T @ weights


@dataclass(frozen=True, eq=False)
class SparseBlock:
    """Only the answers."""

    row: Ints
    """Row of the curves (wrong ones first, then right ones, then a row of zeros) for each person's k-th answer, (k, N)."""
    person: Ints
    """Persons in order of the item they answered, (A,)."""
    right: Floats
    """Whether they were right, (A,)."""
    bounds: Ints
    """Where each item's answers begin and end in `person`, (n + 1,)."""

    @classmethod
    def of(cls, outcomes: Outcomes) -> SparseBlock:
        """The block of these outcomes, (N, n)."""
        persons, n = outcomes.shape
        person, item = np.nonzero(outcomes != MISSING)
        right = outcomes[person, item] == RIGHT
        each = np.bincount(person, minlength=persons)
        place = np.arange(len(person)) - np.repeat(np.cumsum(each) - each, each)
        row = np.full((int(each.max(initial=0)), persons), 2 * n)
        row[place, person] = item + n * right
        order = np.argsort(item, kind="stable")
        bounds = np.concatenate([[0], np.cumsum(np.bincount(item, minlength=n))])
        return cls(row, person[order], right[order].astype(np.float64), bounds)

    def log_likelihood(self, at: Curves) -> Floats:
        """The same sum, one answer of everyone at a time."""
        table = np.concatenate([at.log_wrong, at.log_right, np.zeros((1, at.log_right.shape[1]))])
        made: Floats = np.zeros((self.row.shape[1], table.shape[1]))
        for row in self.row:
            made += table.take(row, axis=0)
        return made

    def counts(self, weights: Floats) -> tuple[Floats, Floats]:
        """The same sums, one item at a time."""
        shape = (len(self.bounds) - 1, weights.shape[1])
        right, answered = np.zeros(shape), np.zeros(shape)
        for item, (first, end) in enumerate(pairwise(self.bounds.tolist())):
            if end > first:
                given = weights.take(self.person[first:end], axis=0)
                right[item] = self.right[first:end] @ given
                answered[item] = given.sum(axis=0)
        return right, answered


def block_of(outcomes: Outcomes) -> Block:
    """The block of these outcomes, (N, n), in the layout that is the faster for them."""
    share = np.count_nonzero(outcomes != MISSING) / max(outcomes.size, 1)
    return SparseBlock.of(outcomes) if share < SPARSE_SHARE else DenseBlock.of(outcomes)


@dataclass(frozen=True, eq=False)
class Blocks:
    """All persons in blocks, made once when they are few and at each walk when they are many."""

    responses: Responses
    keep: bool = True
    """Whether another walk is to come."""

    def __iter__(self) -> Iterator[tuple[slice, Block]]:
        """Slices of persons and their blocks."""
        yield from self._kept if self._may_keep else self._made()

    @property
    def _may_keep(self) -> bool:
        n, answers = self.responses.n_items, int(self.responses.answers_of_item.sum())
        sparse = answers < SPARSE_SHARE * self.responses.n_persons * n
        return self.keep and (3 * answers if sparse else self.responses.n_persons * n) <= KEPT_CELLS

    @cached_property
    def _kept(self) -> list[tuple[slice, Block]]:
        return list(self._made())

    def _made(self) -> Iterator[tuple[slice, Block]]:
        for persons in self.responses.chunks():
            yield persons, block_of(self.responses.outcomes[persons])
