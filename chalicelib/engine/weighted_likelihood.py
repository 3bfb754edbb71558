"""Warm's weighted likelihood estimate of one ability (Warm 1989): nearly unbiased, and finite where the maximum likelihood is not.

Σ (u − P) P′ / (P Q) + J / (2 I) = 0,      I = Σ P′² / (P Q),      J = Σ P′ P″ / (P Q)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Floats
from chalicelib.engine.report import Given

RANGE = 8.0
"""Farthest ability that is reported."""
_POINTS: Floats = np.linspace(-RANGE, RANGE, 321, dtype=np.float64)


@dataclass(frozen=True)
class WeightedLikelihood:
    """An ability without a prior."""

    ability: float
    sd: float
    """1 / √I; infinite when nothing was learned."""


def weighted_likelihood(given: Given) -> WeightedLikelihood:
    """The estimate from these answers of one dimension, within ±8; 0 ± ∞ without an answer."""
    if not len(given.right):
        return WeightedLikelihood(0.0, float("inf"))
    score, information = _score(given, _POINTS)
    crossings = np.flatnonzero((score[:-1] > 0) & (score[1:] <= 0))
    if len(crossings):
        height = np.concatenate([[0.0], np.cumsum((score[1:] + score[:-1]) / 2)])
        place = int(crossings[np.argmax(height[crossings])])
        ability = _between(given, float(_POINTS[place]), float(_POINTS[place + 1]))
    else:
        ability = float(_POINTS[0] if score[0] <= 0 else _POINTS[-1])
    _, information = _score(given, np.array([ability]))
    return WeightedLikelihood(ability, float(1.0 / np.sqrt(information[0])) if information[0] > _TINY else float("inf"))


def _between(given: Given, low: float, high: float) -> float:
    """The root of the score between two points where it changes sign, by bisection."""
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _score(given, np.array([middle]))[0][0] > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _score(given: Given, points: Floats) -> tuple[Floats, Floats]:
    """Warm's estimating function and the information at each point, (Q,) each."""
    a, c = given.a[:, None], given.c[:, None]
    chance = given.chance(points)
    logistic = np.clip((chance - c) / (1.0 - c), 0.0, 1.0)
    slope = a * (1.0 - c) * logistic * (1.0 - logistic)
    bend = a * slope * (1.0 - 2.0 * logistic)
    spread = chance * (1.0 - chance)
    information = np.sum(slope * slope / spread, axis=0)
    skew = np.sum(slope * bend / spread, axis=0)
    residual = np.sum((given.right[:, None] - chance) * slope / spread, axis=0)
    return residual + skew / (2.0 * np.maximum(information, _TINY)), information


_BISECTIONS = 40
_TINY = 1e-12
