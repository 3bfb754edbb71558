"""The same results by another way: plain numbers, loops and exact fractions, written from the rule book and not from the code."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache

from chalicelib.engine.bank import ItemBank
from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.training import Task
from tests.engine.builders import Answer, Heard, Rung

POINTS = [Fraction(step, 5) - 6 for step in range(61)]
"""Abilities from −6 to 6 by steps of 0.2."""


def chance(theta: float, a: float, b: float, c: float) -> float:
    """P(right | θ) = c + (1 − c) / (1 + e^(−a(θ − b)))."""
    x = a * (theta - b)
    logistic = 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))
    return c + (1.0 - c) * logistic


def item_chance(bank: ItemBank, item: int, theta: float) -> float:
    """P(right | θ) at one item of the bank."""
    return chance(theta, float(bank.discrimination[item]), float(bank.difficulty[item]), float(bank.guess[item]))


def likelihood(task: Task, competence: int, answers: Sequence[Answer]) -> list[float]:
    """What earlier assessments and these answers say of one competence at each point, by multiplying probabilities.

    Earlier assessments say what turns the general normal into the one that they led to, which is never wider.
    """
    bank, rules = task.bank, task.rules
    mean, sd = float(task.prior_mean[competence]), min(float(task.prior_sd[competence]), rules.prior_sd)
    products = []
    for point in POINTS:
        theta = float(point)
        product = _bell(theta, mean, sd) / _bell(theta, rules.prior_mean, rules.prior_sd)
        for item, right in answers:
            if _competence(bank, item) == competence:
                p = item_chance(bank, item, theta)
                product *= p if right else 1.0 - p
        products.append(product)
    return products


def weights(task: Task, answers: Sequence[Answer]) -> list[list[float]]:
    """The normalised posterior of each competence at each point: a sum over what all competences share.

    θ = m + s·(√ρ·g + √(1 − ρ)·e), with g common to all competences and e of each one's own: given g they are independent.
    """
    told = [likelihood(task, competence, answers) for competence in range(task.bank.competences)]
    if len(told) == 1:
        prior = [_bell(float(point), task.rules.prior_mean, task.rules.prior_sd) for point in POINTS]
        return [normalised(list(map(operator.mul, prior, told[0])))]
    given = _given_factor(task.rules.prior_mean, task.rules.prior_sd, task.rules.correlation)
    evidence = [[math.fsum(map(operator.mul, own, row)) for row in given] for own in told]
    found = []
    for competence, own in enumerate(told):
        others = [one for other, one in enumerate(evidence) if other != competence]
        shared = [_bell(float(g), 0.0, 1.0) * math.prod(rest) for g, *rest in zip(POINTS, *others, strict=True)]
        prior = [math.fsum(map(operator.mul, shared, column)) for column in zip(*given, strict=True)]
        found.append(normalised(list(map(operator.mul, prior, own))))
    return found


def weights_of_two(task: Task, answers: Sequence[Answer]) -> tuple[list[float], list[float]]:
    """The same for two competences, without any factor: the bivariate normal density times both likelihoods, point by point."""
    first, second = (likelihood(task, competence, answers) for competence in range(2))
    rho, mean, sd = task.rules.correlation, task.rules.prior_mean, task.rules.prior_sd
    z = [(float(point) - mean) / sd for point in POINTS]
    rows = [
        [
            math.exp(-(x * x - 2 * rho * x * y + y * y) / (2 * (1 - rho * rho))) * own * other
            for y, other in zip(z, second, strict=True)
        ]
        for x, own in zip(z, first, strict=True)
    ]
    return normalised([math.fsum(row) for row in rows]), normalised([math.fsum(column) for column in zip(*rows, strict=True)])


def normalised(products: Sequence[float]) -> list[float]:
    """The same in proportion, the sum being one."""
    total = math.fsum(products)
    return [product / total for product in products]


def _bell(x: float, mean: float, sd: float) -> float:
    return math.exp(-((x - mean) ** 2) / (2 * sd**2))


@cache
def _given_factor(mean: float, sd: float, correlation: float) -> list[list[float]]:
    """The density of θ at each point, up to a constant, a row for each value of the factor, those values being POINTS too."""
    own = sd * math.sqrt(1 - correlation)
    centres = [mean + sd * math.sqrt(correlation) * float(g) for g in POINTS]
    return [[_bell(float(point), centre, own) for point in POINTS] for centre in centres]


def mean_and_sd(weighted: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation of weights on the points."""
    pairs = [(float(point), weight) for point, weight in zip(POINTS, weighted, strict=True)]
    mean = math.fsum(point * weight for point, weight in pairs)
    return mean, math.sqrt(math.fsum((point - mean) ** 2 * weight for point, weight in pairs))


def floor(rules: TrainingRules, heard: Mapping[int, Heard]) -> int:
    """The most likely of 0 and the levels answered right, the lower of two equals, by exact products (rule book §3)."""

    def likelihood(candidate: int) -> Fraction:
        product = Fraction(1)
        for level, (guess, right) in heard.items():
            lucky = min(max(_exact(guess), _exact(rules.least_guess)), Fraction(1, 2))
            p = _exact(rules.right_below) if level <= candidate else lucky
            product *= p if right else 1 - p
        return product

    candidates = [0, *sorted(level for level, (_, right) in heard.items() if right)]
    best = max(likelihood(candidate) for candidate in candidates)
    return next(candidate for candidate in candidates if likelihood(candidate) == best)


def ceiling(heard: Mapping[int, Heard], above: int) -> int | None:
    """The lowest level missed above the floor, if any."""
    return min((level for level, (_, right) in heard.items() if level > above and not right), default=None)


def _exact(value: float) -> Fraction:
    return Fraction(value).limit_denominator(1000)


def heard_after(bank: ItemBank, before: Mapping[Rung, Heard], answers: Sequence[Answer]) -> dict[Rung, Heard]:
    """The last outcome at each rung, in the order of the answers."""
    heard = dict(before)
    for item, right in answers:
        heard[int(bank.topic[item]), int(bank.level[item])] = Heard(float(bank.guess[item]), right)
    return heard


def bounds(rules: TrainingRules, topics: int, heard: Mapping[Rung, Heard]) -> list[tuple[int, int | None]]:
    """Floor and ceiling of each topic."""
    found = []
    for topic in range(topics):
        own = {level: outcome for (of, level), outcome in heard.items() if of == topic}
        lowest = floor(rules, own)
        found.append((lowest, ceiling(own, lowest)))
    return found


def unknown(task: Task, heard: Mapping[Rung, Heard]) -> set[Rung]:
    """The targeted skills that are neither acquired nor missing."""
    topics = len(task.bank.topic_competence)
    return {
        (topic, level)
        for topic, (low, high) in enumerate(bounds(task.rules, topics, heard))
        for level in range(1, 9)
        if task.bank.ladder[topic, level - 1] and low < level <= task.targets[topic] and (high is None or level < high)
    }


def predicted(bank: ItemBank, item: int, weighted: Sequence[float]) -> float:
    """P(right) at this posterior, the item's curve being drawn through every second point (steps of 0.4) as straight lines."""
    curve = [item_chance(bank, item, float(point)) for point in POINTS]
    drawn = [curve[q] if q % 2 == 0 else (curve[q - 1] + curve[q + 1]) / 2 for q in range(len(curve))]
    return math.fsum(w * chance for w, chance in zip(weighted, drawn, strict=True))


def expected_settled(task: Task, heard: Mapping[Rung, Heard], weighted: Sequence[float], item: int) -> float:
    """Skills that one more answer settles, by playing both outcomes.

    Each counts for its chance at this posterior of the item's competence, a right answer for that of knowing: P = K + (1 − K)·c.
    """
    p, c = predicted(task.bank, item, weighted), float(task.bank.guess[item])
    before = len(unknown(task, heard))
    left = {right: len(unknown(task, heard_after(task.bank, heard, [Answer(item, right)]))) for right in (True, False)}
    return (p - c) / (1 - c) * (before - left[True]) + (1 - p) * (before - left[False])


def allowed(
    task: Task, before: Mapping[Rung, Heard], answers: Sequence[Answer], untimed: bool, weighted: Sequence[Sequence[float]]
) -> list[int]:
    """The items that may come next at this posterior of each competence, once every preference has had its say in turn."""
    bank = task.bank
    heard = heard_after(bank, before, answers)
    open_rungs, asked = unknown(task, heard), {one.item for one in answers}
    items = [i for i in range(len(bank)) if task.playable[i] and i not in asked and _rung(bank, i) in open_rungs]
    if not items:
        return []
    highest = [_highest_level(task, before, answers, one, own) for one, own in enumerate(weighted)]
    excess = {i: max(0, int(bank.level[i]) - highest[_competence(bank, i)]) for i in items}
    items = [i for i in items if excess[i] == min(excess.values())]
    last = bank.topic[answers[-1].item] if answers else None
    wanted: list[Callable[[int], bool]] = [
        lambda i: not (untimed and bank.timed[i]),
        lambda i: not task.seen[i],
        lambda i: bool(bank.topic[i] != last),
    ]
    for want in wanted:
        items = [i for i in items if want(i)] or items
    return items


def _highest_level(
    task: Task, before: Mapping[Rung, Heard], answers: Sequence[Answer], competence: int, weighted: Sequence[float]
) -> int:
    bank = task.bank
    known = any(bank.topic_competence[topic] == competence for topic, _ in before)
    if not known and not any(_competence(bank, one.item) == competence for one in answers):
        return task.rules.start_level
    mean, _ = mean_and_sd(weighted)
    return max(1, math.floor(round(4 + mean / 0.8, 8)) + task.rules.largest_jump)


def _rung(bank: ItemBank, item: int) -> Rung:
    return int(bank.topic[item]), int(bank.level[item])


def _competence(bank: ItemBank, item: int) -> int:
    return int(bank.topic_competence[bank.topic[item]])
