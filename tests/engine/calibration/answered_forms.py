"""Tables of answers: two published ones, and simulated ones of known items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from chalicelib.engine.bank import Floats, Ints, probability
from chalicelib.engine.calibration.responses import MISSING, Responses
from palier.bench_calibration import LSAT, Published

LSAT6, LSAT7 = LSAT


@cache
def published(table: Published) -> Responses:
    """The answers of a published table."""
    return table.responses


@dataclass(frozen=True, eq=False)
class Simulated:
    """Items and the answers of persons who follow the model."""

    a: Floats
    b: Floats
    c: Floats
    competence: Ints
    responses: Responses


def simulated(
    persons: int, items: int, seed: int, guessed: float = 0.0, answered: float = 1.0, mean: float = 0.0, sd: float = 1.0
) -> Simulated:
    """One ability; half of the items have the guess chance `guessed`; each cell is answered with the chance `answered`."""
    rng = np.random.default_rng(seed)
    a, b = rng.lognormal(0.0, 0.3, items), rng.normal(0.0, 1.0, items)
    c = np.where(np.arange(items) % 2, guessed, 0.0)
    theta = rng.normal(mean, sd, (persons, 1))
    outcomes = (rng.random((persons, items)) < probability(theta, a, b, c)).astype(np.int8)
    outcomes[rng.random(outcomes.shape) >= answered] = MISSING
    return Simulated(a, b, c, np.zeros(items, np.intp), Responses(outcomes))


def with_common_factor(persons: int, shape: tuple[int, int, int], rho: float, seed: int) -> Simulated:
    """Abilities of (competences, items of each, answers in each) that correlate by `rho`."""
    rng = np.random.default_rng(seed)
    competences, each, asked = shape
    competence = np.repeat(np.arange(competences), each)
    a, b = rng.lognormal(0.0, 0.3, len(competence)), rng.normal(0.0, 1.0, len(competence))
    own = rng.normal(size=(persons, competences))
    theta = np.sqrt(rho) * rng.normal(size=(persons, 1)) + np.sqrt(1 - rho) * own
    chance = probability(theta[:, competence], a, b, np.zeros(len(a)))
    outcomes = (rng.random(chance.shape) < chance).astype(np.int8)
    rank = rng.random((persons, competences, each)).argsort(axis=2)
    outcomes[(rank >= asked).reshape(persons, -1)] = MISSING
    return Simulated(a, b, np.zeros(len(a)), competence, Responses(outcomes))


def slope(estimated: Floats, true: Floats) -> float:
    """Slope of the line through the origin from true values to estimates: 1 where the scale is right."""
    return float(estimated @ true / (true @ true))
