"""Who answered what: the table of outcomes that every calibration and every check reads.

One byte a cell: a hundred thousand persons by two thousand items is 200 MB here, and would be 1.6 GB as real numbers.
So whatever needs real numbers asks for some persons at a time, with `chunks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chalicelib.engine.bank import Bools, Floats, Ints

Outcomes = NDArray[np.int8]

RIGHT, WRONG, MISSING = 1, 0, -1
"""The three outcomes: a right answer, a wrong one, none."""

CHUNK_CELLS = 2_000_000
"""Cells of one chunk of persons: 16 MB as real numbers."""

GROUPED_ITEMS = 14
"""Up to so many items, identical persons are common enough to be worth finding."""


@dataclass(frozen=True, eq=False)
class Responses:
    """The outcomes of N persons at n items. Raises ValueError when it is not a table of 1, 0 and −1 with a person and an item."""

    outcomes: Outcomes
    """(N, n), int8: 1 right, 0 wrong, −1 not answered."""

    def __post_init__(self) -> None:
        if self.outcomes.dtype != np.int8 or self.outcomes.ndim != 2:
            raise ValueError(f"outcomes must be int8 with two dimensions, not {self.outcomes.dtype} with {self.outcomes.ndim}")
        if 0 in self.outcomes.shape:
            raise ValueError(f"outcomes must hold a person and an item, not have shape {self.outcomes.shape}")
        if self.outcomes.min() < MISSING or self.outcomes.max() > RIGHT:
            person, item = np.argwhere((self.outcomes < MISSING) | (self.outcomes > RIGHT))[0]
            raise ValueError(f"outcomes must be 1, 0 or -1, not {self.outcomes[person, item]} at person {person}, item {item}")

    @classmethod
    def of(cls, values: ArrayLike) -> Responses:
        """The same table from 1, 0 and −1 or nan of any type, (N, n). Raises ValueError on any other value."""
        given = np.asarray(values, dtype=np.float64)
        if given.ndim != 2:
            raise ValueError(f"outcomes must have two dimensions, not {given.ndim}")
        filled = np.where(np.isnan(given), MISSING, given)
        if not np.all(np.isin(filled, (RIGHT, WRONG, MISSING))):
            person, item = np.argwhere(~np.isin(filled, (RIGHT, WRONG, MISSING)))[0]
            raise ValueError(f"outcomes must be 1, 0, -1 or nan, not {given[person, item]} at person {person}, item {item}")
        return cls(filled.astype(np.int8))

    @property
    def n_persons(self) -> int:
        """N."""
        return int(self.outcomes.shape[0])

    @property
    def n_items(self) -> int:
        """n."""
        return int(self.outcomes.shape[1])

    @cached_property
    def answered(self) -> Bools:
        """Whether each person answered each item, (N, n)."""
        made: Bools = self.outcomes != MISSING
        return made

    @cached_property
    def right(self) -> Bools:
        """Whether each person answered each item right, (N, n); False where there is no answer."""
        made: Bools = self.outcomes == RIGHT
        return made

    @cached_property
    def complete(self) -> bool:
        """Whether everyone answered everything."""
        return bool(self.outcomes.min() >= WRONG)

    @cached_property
    def answers_of_item(self) -> Ints:
        """How many persons answered each item, (n,)."""
        counted: Ints = np.count_nonzero(self.outcomes != MISSING, axis=0)
        return counted

    @cached_property
    def right_of_item(self) -> Ints:
        """How many persons answered each item right, (n,)."""
        counted: Ints = np.count_nonzero(self.outcomes == RIGHT, axis=0)
        return counted

    @cached_property
    def answers_of_person(self) -> Ints:
        """How many items each person answered, (N,)."""
        counted: Ints = np.count_nonzero(self.outcomes != MISSING, axis=1)
        return counted

    @cached_property
    def varied(self) -> Bools:
        """Which items have both a right and a wrong answer, (n,): of the others no calibration says anything."""
        made: Bools = (self.right_of_item > 0) & (self.right_of_item < self.answers_of_item)
        return made

    def chunks(self, cells: int = CHUNK_CELLS) -> Iterator[slice]:
        """Slices of persons that together hold everyone once, each of at most `cells` outcomes (one person at least)."""
        rows = max(1, cells // self.n_items)
        for first in range(0, self.n_persons, rows):
            yield slice(first, min(first + rows, self.n_persons))

    def of_items(self, items: Ints | Bools) -> Responses:
        """The same persons at these items only."""
        return Responses(np.ascontiguousarray(self.outcomes[:, items]))

    def of_persons(self, persons: Ints | Bools) -> Responses:
        """These persons only."""
        return Responses(np.ascontiguousarray(self.outcomes[persons]))

    @cached_property
    def grouped(self) -> Grouped:
        """Persons with the same outcomes at every item told once, where few items make that worth the search."""
        if self.n_items > GROUPED_ITEMS:
            return Grouped(self, np.ones(self.n_persons), np.arange(self.n_persons))
        codes = (self.outcomes + 1).astype(np.int64) @ (3 ** np.arange(self.n_items, dtype=np.int64))
        _, first, group, count = np.unique(codes, return_index=True, return_inverse=True, return_counts=True)
        return Grouped(self.of_persons(first), count.astype(np.float64), group)


@dataclass(frozen=True, eq=False)
class Grouped:
    """G different persons and how many each of them stands for."""

    responses: Responses
    """Outcomes of the different persons, (G, n)."""
    count: Floats
    """How many persons have these outcomes, (G,); they sum to N."""
    group: Ints
    """Which of the G each person is, (N,)."""
