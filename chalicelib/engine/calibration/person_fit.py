"""Whether a person's answers go together: lz* (Snijders 2001), a flag for people to look at and nothing else.

**It never changes a score, an outcome or a level.** A low value says that hard items were answered and easy ones missed more
than the model expects: guessing, copying, items known beforehand, but also illness, a language or a screen. Two people decide.

With θ̂ the person's estimate, P the chances at θ̂ and P′ their slopes:

    W = Σ (u − P) w,  w = ln(P/(1 − P))                     the log-likelihood less its expectation (Drasgow, Levine & Williams 1985)
    r = P′ / (P(1 − P)),  Σ (u − P) r + r0 = 0              the equation that θ̂ solves
    c = Σ P′w / Σ P′r,  w̃ = w − c r,  τ² = Σ w̃² P(1 − P)
    lz* = (W + c r0) / τ                                    near N(0, 1) where the plain lz is not, θ̂ being an estimate

    r0 = −(θ̂ − μ)/σ² for the most likely ability under a N(μ, σ²) prior (MAP); J/2I, J = Σ P′P″/(P(1 − P)), for the weighted
    likelihood estimate (WLE; Warm 1989). (Magis, Raîche & Béland 2012.)

In adaptive tests items are answered near P = ½ and w near 0: lz* flags fewer persons than it may and loses power (van
Krimpen-Stoop & Meijer 1999). Somebody who knew the hard items beforehand is given hard items and looks able: most are not
seen. Read it with the times. One ability is assumed over all items: where each of 16 competences has its own, of correlation
0.7, 1.6 % of persons are flagged for 1 % unless the curves are those of the one common ability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from chalicelib.engine.bank import Bools, Floats, probability
from chalicelib.engine.calibration.abilities import ItemCurves
from chalicelib.engine.calibration.responses import MISSING, RIGHT, Responses
from chalicelib.engine.calibration.significance import normal_tail

_SEARCH = np.linspace(-6.0, 6.0, 25)
_BISECTIONS = 40
_LEAST_CHANCE = 1e-12
_CHUNK = 2_000


@dataclass(frozen=True)
class PersonFitRules:
    """How person fit is judged. Raises ValueError naming the number out of its domain."""

    estimator: Literal["map", "wle"] = "map"
    """Which ability stands for the person."""
    prior_mean: float = 0.0
    """μ of the persons, for MAP."""
    prior_sd: float = 1.0
    """σ of the persons, for MAP."""
    alpha: float = 0.01
    """Share of persons of whom nothing is wrong that may be flagged."""
    least_answers: int = 12
    """Answers under which nobody is flagged."""

    def __post_init__(self) -> None:
        domains = {
            "estimator": self.estimator in ("map", "wle"),
            "prior_mean": -6 <= self.prior_mean <= 6,
            "prior_sd": 0.1 <= self.prior_sd <= 10,
            "alpha": 0 < self.alpha < 0.5,
            "least_answers": self.least_answers >= 2,
        }
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")


@dataclass(frozen=True, eq=False)
class PersonFit:
    """N persons, (N,) each. A flag asks people to look: it never changes a score."""

    value: Floats
    """lz*: below 0 where answers go together less than expected. nan with too few answers, or where no estimate exists."""
    p: Floats
    """Chance of a value as low for a person of whom nothing is wrong."""
    theta: Floats
    """The estimate it was computed at."""
    flagged: Bools
    """Whom people should look at."""
    reason: tuple[str, ...]
    """Why, in a word: `unlikely-answers`, `too-few-answers`, `no-estimate`, or nothing."""


class Answered(NamedTuple):
    """The answers of some persons, as rows of K places of which the first ones are filled."""

    a: Floats
    b: Floats
    c: Floats
    right: Bools
    filled: Bools


class _Terms(NamedTuple):
    p: Floats
    slope: Floats
    ratio: Floats
    equation: Floats
    r0: Floats


def person_fit(responses: Responses, curves: ItemCurves, rules: PersonFitRules | None = None) -> PersonFit:
    """lz* of every person, over the items they answered. Raises ValueError when items do not agree."""
    rules = rules or PersonFitRules()
    if len(curves) != responses.n_items:
        raise ValueError("curves must have one item a column of the responses")
    persons = responses.n_persons
    value: Floats = np.full(persons, np.nan)
    theta, count = np.full(persons, np.nan), np.zeros(persons, dtype=np.intp)
    for first in range(0, persons, _CHUNK):
        rows = slice(first, first + _CHUNK)
        answers = packed(responses, curves, rows)
        count[rows] = answers.filled.sum(axis=1)
        theta[rows] = estimated(answers, rules)
        value[rows] = _corrected(answers, theta[rows], rules)
    enough = count >= rules.least_answers
    value = np.where(enough, value, np.nan)
    p = normal_tail(-value)
    flagged = np.nan_to_num(p, nan=1.0) < rules.alpha
    reasons = np.where(
        flagged, "unlikely-answers", np.where(~enough, "too-few-answers", np.where(np.isnan(value), "no-estimate", ""))
    )
    return PersonFit(value, p, theta, flagged, tuple(reasons.tolist()))


def packed(responses: Responses, curves: ItemCurves, rows: slice) -> Answered:
    """The answers of these persons without the holes: 32 of 2,000 items make rows of 32. Items without parameters are left out."""
    outcomes = responses.outcomes[rows]
    person, item = np.nonzero((outcomes != MISSING) & curves.known)
    count = np.bincount(person, minlength=len(outcomes))
    place = np.arange(len(person)) - np.repeat(np.cumsum(count) - count, count)
    shape = (len(outcomes), max(int(count.max(initial=0)), 1))
    a, b, c = np.ones(shape), np.zeros(shape), np.zeros(shape)
    right, filled = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    a[person, place], b[person, place], c[person, place] = curves.a[item], curves.b[item], curves.c[item]
    right[person, place], filled[person, place] = outcomes[person, item] == RIGHT, True
    return Answered(a, b, c, right, filled)


def estimated(answers: Answered, rules: PersonFitRules) -> Floats:
    """The ability of each person, (N,): where the equation crosses 0 beside the most likely of the searched abilities.

    nan where it does not, as for the weighted likelihood of somebody far below every item, or without an answer.
    """
    objective = np.stack([_objective(answers, theta, rules) for theta in _SEARCH], axis=1)
    best = np.clip(objective.argmax(axis=1), 1, len(_SEARCH) - 2)
    low, high = _SEARCH[best - 1], _SEARCH[best + 1]
    crosses = (_terms(answers, low, rules).equation >= 0) & (_terms(answers, high, rules).equation <= 0)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        above = _terms(answers, middle, rules).equation > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(crosses & answers.filled.any(axis=1), (low + high) / 2.0, np.nan)


def _objective(answers: Answered, theta: float, rules: PersonFitRules) -> Floats:
    """What the estimate maximises, at one ability, (N,)."""
    p = np.clip(probability(np.array(theta), answers.a, answers.b, answers.c), _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)
    chances = np.where(answers.filled, np.log(np.where(answers.right, p, 1.0 - p)), 0.0).sum(axis=1)
    if rules.estimator == "map":
        prior: Floats = chances - 0.5 * ((theta - rules.prior_mean) / rules.prior_sd) ** 2
        return prior
    slope = answers.a * (p - answers.c) * (1.0 - p) / (1.0 - answers.c)
    information = np.where(answers.filled, slope**2 / (p * (1.0 - p)), 0.0).sum(axis=1)
    weighted: Floats = chances + 0.5 * np.log(np.maximum(information, _LEAST_CHANCE))
    return weighted


def _terms(answers: Answered, theta: Floats, rules: PersonFitRules) -> _Terms:
    """P, P′ and r of each answer, (N, K), zero in empty places, the left side of the equation and r0, (N,)."""
    a, b, c, right, filled = answers
    p = np.clip(probability(theta[:, None], a, b, c), _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)
    logistic = (p - c) / (1.0 - c)
    slope = np.where(filled, a * (1.0 - c) * logistic * (1.0 - logistic), 0.0)
    ratio = slope / (p * (1.0 - p))
    if rules.estimator == "map":
        r0 = -(theta - rules.prior_mean) / rules.prior_sd**2
    else:
        bend = a * slope * (1.0 - 2.0 * logistic)
        r0 = (bend * ratio).sum(axis=1) / (2.0 * np.maximum((slope * ratio).sum(axis=1), _LEAST_CHANCE))
    return _Terms(p, slope, ratio, np.where(filled, (right - p) * ratio, 0.0).sum(axis=1) + r0, r0)


def _corrected(answers: Answered, theta: Floats, rules: PersonFitRules) -> Floats:
    """lz* at these estimates, (N,). nan where the answers leave nothing to vary."""
    at = np.nan_to_num(theta)
    p, slope, ratio, _, r0 = _terms(answers, at, rules)
    weight = np.log(p / (1.0 - p))
    c = (slope * weight).sum(axis=1) / np.maximum((slope * ratio).sum(axis=1), _LEAST_CHANCE)
    own = np.where(answers.filled, weight - c[:, None] * ratio, 0.0)
    variance = (own**2 * p * (1.0 - p)).sum(axis=1)
    excess = np.where(answers.filled, (answers.right - p) * weight, 0.0).sum(axis=1) + c * r0
    told = (variance > 1e-9) & ~np.isnan(theta)
    return np.where(told, excess / np.sqrt(np.where(told, variance, 1.0)), np.nan)
