"""Tables of answers: two published ones, and simulated ones of known items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from chalicelib.engine.bank import Floats, Ints, probability
from chalicelib.engine.calibration.responses import MISSING, Responses

LSAT6 = (
    "00000:3 00001:6 00010:2 00011:11 00100:1 00101:1 00110:3 00111:4 01000:1 01001:8 01011:16 01101:3 01110:2 01111:15 10000:10 "
    "10001:29 10010:14 10011:81 10100:3 10101:28 10110:15 10111:80 11000:16 11001:56 11010:21 11011:173 11100:11 11101:61 "
    "11110:28 11111:298"
)
"""Law School Admission Test, section 6, 1,000 persons: patterns and how often each was met (Bock & Lieberman 1970)."""
LSAT7 = (
    "00000:12 00001:19 00010:1 00011:7 00100:3 00101:19 00110:3 00111:17 01000:10 01001:5 01010:3 01011:7 01100:7 01101:23 "
    "01110:8 01111:28 10000:7 10001:39 10010:11 10011:34 10100:14 10101:51 10110:15 10111:90 11000:6 11001:25 11010:7 11011:35 "
    "11100:18 11101:136 11110:32 11111:308"
)
"""The same, section 7 (Bock & Lieberman 1970; Bock & Aitkin 1981)."""


@cache
def published(patterns: str) -> Responses:
    """The table of patterns and counts."""
    rows = []
    for pattern, count in (one.split(":") for one in patterns.split()):
        rows += [[int(sign) for sign in pattern]] * int(count)
    return Responses(np.array(rows, np.int8))


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
