"""Virtual persons of known ability at items of known curves: complete forms, and adaptive tests that leave most items out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import GRID, Bools, Floats
from chalicelib.engine.calibration.abilities import ItemCurves, normal_weights
from chalicelib.engine.calibration.responses import MISSING, Outcomes, Responses

PRIOR = normal_weights(GRID)
"""The persons' own distribution, N(0, 1)."""


@dataclass(frozen=True, eq=False)
class Crowd:
    """What persons of these abilities answered."""

    theta: Floats
    responses: Responses


def some_curves(items: int, seed: int, guess: tuple[float, ...] = (0.0, 0.2)) -> ItemCurves:
    """Discrimination lognormal(0.1, 0.3), difficulty N(0, 1.1), guess chances drawn from these."""
    rng = np.random.default_rng(seed)
    return ItemCurves(rng.lognormal(0.1, 0.3, items), rng.normal(0.0, 1.1, items), rng.choice(guess, items))


def changed(curves: ItemCurves, item: int, a: float = 0.0, b: float = 0.0, c: float = 0.0) -> ItemCurves:
    """The same curves, one item's parameters moved by so much."""
    moved = [column.copy() for column in (curves.a, curves.b, curves.c)]
    for column, by in zip(moved, (a, b, c), strict=True):
        column[item] += by
    return ItemCurves(*moved)


def answered(theta: Floats, curves: ItemCurves, rng: np.random.Generator) -> Bools:
    """What each person would answer at each item, (N, n)."""
    made: Bools = rng.random((len(theta), len(curves))) < curves.right(theta).T
    return made


def complete_form(theta: Floats, curves: ItemCurves, rng: np.random.Generator) -> Crowd:
    """Everyone answers everything."""
    return Crowd(theta, Responses(answered(theta, curves, rng).astype(np.int8)))


def adaptive_tests(would: Bools, said: ItemCurves, length: int, rng: np.random.Generator, near_equals: int = 8) -> Outcomes:
    """Everyone takes an adaptive test: (N, n), most cells missing.

    `would` is what each person would answer at each item. Items are chosen by the curves said to be theirs: one of the most
    informative ones at the posterior mean, at random.
    """
    p = said.right(GRID)
    slope = said.a[:, None] * (p - said.c[:, None]) * (1.0 - p) / (1.0 - said.c[:, None])
    information = slope**2 / (p * (1.0 - p))
    log_right, log_wrong = np.log(p), np.log1p(-p)
    rows = np.arange(len(would))
    log_weights = np.tile(np.log(PRIOR), (len(would), 1))
    outcomes = np.full(would.shape, MISSING, dtype=np.int8)
    for _ in range(length):
        weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
        mean = (weights @ GRID) / weights.sum(axis=1)
        worth = information[:, np.searchsorted(GRID, mean)].T
        worth = np.where(outcomes == MISSING, worth, -1.0)
        best = np.argpartition(-worth, near_equals, axis=1)[:, :near_equals]
        item = best[rows, rng.integers(0, near_equals, len(would))]
        right = would[rows, item]
        outcomes[rows, item] = right
        log_weights += np.where(right[:, None], log_right[item], log_wrong[item])
    return outcomes


def adaptive_crowd(persons: int, true: ItemCurves, said: ItemCurves, seed: int, length: int = 25) -> Crowd:
    """Persons N(0, 1) whose answers follow the true curves, while the items are chosen by those said."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=persons)
    return Crowd(theta, Responses(adaptive_tests(answered(theta, true, rng), said, length, rng)))
