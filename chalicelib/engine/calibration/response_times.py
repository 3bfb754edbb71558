"""How long answers take, and who answers at a pace that is not their own: a flag for people to look at and nothing else.

**It never changes a score, an outcome or a level.** Somebody may hurry because the time is short, or rest because they may.

Lognormal model (van der Linden 2006), x the natural logarithm of the seconds:

    x = β − τ + ε,  ε ~ N(0, 1/α²),  τ ~ N(0, σ²)      β time intensity and α precision of the item, τ speed of the person

fitted by EM, τ being integrated out. Two statistics of a person, with D the diagonal matrix of the items' 1/α²:

    distance    (x − β)ᵀ (D + σ²11ᵀ)⁻¹ (x − β), χ² with as many degrees of freedom as answers: a pace that is not steady
    fast run    the longest run of answers, in the order given, each faster than its forecast from the person's other answers
                by `fast` deviations; the chance of one of length r in k answers is at most (k − r + 1) Φ(−fast)^r
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.calibration.significance import chi_square_tail, normal_tail

_MOST_STEPS = 500
_ENOUGH = 1e-6
_LEAST_VARIANCE = 1e-4
_LEAST_PERSONS = 30
_VARIANCE_UNTIL_THEN = 0.25


@dataclass(frozen=True, eq=False)
class TimedAnswers:
    """M answers one after the other, those of a person in the order given. Raises ValueError on a time that is not positive."""

    person: Ints
    """Whose, (M,), from 0."""
    item: Ints
    """At which item, (M,), from 0."""
    seconds: Floats
    """How long, (M,)."""

    def __post_init__(self) -> None:
        if self.person.shape != self.item.shape or self.person.shape != self.seconds.shape or self.person.ndim != 1:
            raise ValueError("person, item and seconds must have one value an answer")
        if not np.all(np.isfinite(self.seconds) & (self.seconds > 0)):
            raise ValueError("seconds must be positive and finite")
        if len(self.person) and min(self.person.min(), self.item.min()) < 0:
            raise ValueError("persons and items are numbered from 0")


@dataclass(frozen=True, eq=False)
class TimeModel:
    """The items' times."""

    intensity: Floats
    """β, (n,), log-seconds; nan where nobody answered."""
    precision: Floats
    """α, (n,), per log-second; nan where fewer than 30 persons answered, too few to tell."""
    speed_sd: float
    """σ of the persons' speed."""
    steps: int
    """Steps of EM made."""
    converged: bool
    """Whether the last one moved nothing by more than 10⁻⁶."""


def time_model(answers: TimedAnswers, items: int) -> TimeModel:
    """Fit the model to these answers of persons at `items` items. Raises ValueError when an item's number is not below it."""
    x, person, item = np.log(answers.seconds), answers.person, answers.item
    if len(item) and item.max() >= items:
        raise ValueError(f"items are numbered below {items}, not {item.max()}")
    count = np.bincount(item, minlength=items)
    several, divisor = count >= _LEAST_PERSONS, np.maximum(count, 1)
    beta: Floats = np.bincount(item, weights=x, minlength=items) / divisor
    variance: Floats = np.full(items, _VARIANCE_UNTIL_THEN)
    speed_variance = 0.1
    steps, moved = 0, np.inf
    while steps < _MOST_STEPS and moved >= _ENOUGH:
        steps += 1
        tau, spread = _speeds(answers, x, beta, variance, speed_variance)
        last = beta, variance, speed_variance
        beta = np.bincount(item, weights=x + tau[person], minlength=items) / divisor
        squares = (x - beta[item] + tau[person]) ** 2 + spread[person]
        variance = np.where(several, np.bincount(item, weights=squares, minlength=items) / divisor, _VARIANCE_UNTIL_THEN)
        variance = np.maximum(variance, _LEAST_VARIANCE)
        seen = np.bincount(person) > 0
        speed_variance = max(float(np.mean((tau**2 + spread)[seen])) if seen.any() else 0.0, _LEAST_VARIANCE)
        moved = max(
            float(np.abs(beta - last[0]).max(initial=0)),
            float(np.abs(variance - last[1]).max(initial=0)),
            abs(speed_variance - last[2]),
        )
    precision = np.where(several, 1.0 / np.sqrt(variance), np.nan)
    return TimeModel(np.where(count > 0, beta, np.nan), precision, float(np.sqrt(speed_variance)), steps, moved < _ENOUGH)


def _speeds(answers: TimedAnswers, x: Floats, beta: Floats, variance: Floats, prior: float) -> tuple[Floats, Floats]:
    """Expected speed of each person and its variance, (N,) each, given the items."""
    weight: Floats = 1.0 / variance[answers.item]
    precision = np.bincount(answers.person, weights=weight).astype(np.float64) + 1.0 / prior
    pull = np.bincount(answers.person, weights=weight * (beta[answers.item] - x)).astype(np.float64)
    return pull / precision, 1.0 / precision


@dataclass(frozen=True)
class PaceRules:
    """How a pace is judged. Raises ValueError naming the number out of its domain."""

    alpha: float = 0.01
    """Share of persons of whom nothing is wrong that may be flagged, by both statistics together."""
    fast: float = 2.0
    """Deviations under its forecast from which an answer is too fast."""
    least_answers: int = 8
    """Answers under which nobody is flagged."""

    def __post_init__(self) -> None:
        domains = {"alpha": 0 < self.alpha < 0.5, "fast": self.fast > 0, "least_answers": self.least_answers >= 2}
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")


@dataclass(frozen=True, eq=False)
class Pace:
    """N persons, (N,) each. A flag asks people to look: it never changes a score."""

    answers: Ints
    """Answers at items whose times are known."""
    speed: Floats
    """τ, above 0 for somebody fast; 0 without answers."""
    mean_square: Floats
    """Distance over answers: about 1 where the pace is steady. nan with too few answers."""
    p: Floats
    """Chance of such a distance for a person of whom nothing is wrong. nan with too few answers."""
    fast_share: Floats
    """Share of the answers too fast for the person's own pace. 0 without answers."""
    longest_run: Ints
    """Length of the longest run of too fast answers."""
    flagged: Bools
    """Whom people should look at."""
    reason: tuple[str, ...]
    """Why, in a word: `fast-run`, `uneven-pace`, `too-few-answers`, or nothing."""


def pace(answers: TimedAnswers, model: TimeModel, persons: int, rules: PaceRules | None = None) -> Pace:
    """The pace of each of N persons. Raises ValueError when a person's number is not below N."""
    rules = rules or PaceRules()
    if len(answers.person) and (answers.person.max() >= persons or answers.item.max() >= len(model.intensity)):
        raise ValueError(f"persons are numbered below {persons}, items below {len(model.intensity)}")
    timed = np.isfinite(model.intensity + model.precision)[answers.item]
    person, item = answers.person[timed], answers.item[timed]
    late = np.log(answers.seconds[timed]) - model.intensity[item]
    weight = model.precision[item] ** 2
    count = np.bincount(person, minlength=persons)
    precision = np.bincount(person, weights=weight, minlength=persons) + 1.0 / model.speed_sd**2
    pull = np.bincount(person, weights=-weight * late, minlength=persons)
    distance = np.bincount(person, weights=weight * late**2, minlength=persons) - pull**2 / precision
    others = precision[person] - weight
    forecast = (pull[person] + weight * late) / others
    fast = (late + forecast) / np.sqrt(1.0 / weight + 1.0 / others) < -rules.fast
    run = longest_runs(person, fast, persons)
    enough = count >= rules.least_answers
    p = np.where(enough, chi_square_tail(np.maximum(distance, 0.0), count.astype(np.float64)), np.nan)
    by_run = (count - run + 1) * float(normal_tail(np.array(rules.fast))) ** run
    hurried = enough & (run > 0) & (by_run < rules.alpha / 2.0)
    uneven = np.nan_to_num(p, nan=1.0) < rules.alpha / 2.0
    reasons = np.where(hurried, "fast-run", np.where(uneven, "uneven-pace", np.where(enough, "", "too-few-answers")))
    share = np.bincount(person, weights=fast.astype(np.float64), minlength=persons) / np.maximum(count, 1)
    mean_square = np.where(enough, np.maximum(distance, 0.0) / np.maximum(count, 1), np.nan)
    return Pace(count, pull / precision, mean_square, p, share, run, hurried | uneven, tuple(reasons.tolist()))


def longest_runs(person: Ints, marked: Bools, persons: int) -> Ints:
    """Length of the longest run of marked answers of each of N persons, in the order given, 0 where none is marked."""
    order = np.argsort(person, kind="stable")
    whose, mark = person[order], marked[order]
    starts = np.ones(len(mark), dtype=np.bool_)
    starts[1:] = (whose[1:] != whose[:-1]) | ~mark[1:] | ~mark[:-1]
    run = np.cumsum(starts) - 1
    length = np.bincount(run, weights=mark.astype(np.float64))
    longest = np.zeros(persons)
    np.maximum.at(longest, whose, length[run] if len(mark) else np.zeros(0))
    return longest.astype(np.intp)
