"""The same results by another way: plain numbers, loops and exact fractions, written from the rule book and not from the code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

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


def weights(prior: tuple[float, float], bank: ItemBank, competence: int, answers: Sequence[Answer]) -> list[float]:
    """The normalised posterior of one competence at each point, by multiplying probabilities."""
    mean, sd = prior
    products = []
    for point in POINTS:
        theta = float(point)
        product = math.exp(-((theta - mean) ** 2) / (2 * sd**2))
        for item, right in answers:
            if bank.topic_competence[bank.topic[item]] == competence:
                p = item_chance(bank, item, theta)
                product *= p if right else 1.0 - p
        products.append(product)
    total = math.fsum(products)
    return [product / total for product in products]


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


def expected_settled(task: Task, heard: Mapping[Rung, Heard], answers: Sequence[Answer], item: int) -> float:
    """Skills settled by one more answer, weighted by the chance of each outcome, by playing both outcomes."""
    competence = int(task.bank.topic_competence[task.bank.topic[item]])
    prior = float(task.prior_mean[competence]), float(task.prior_sd[competence])
    weighted = weights(prior, task.bank, competence, answers)
    p = predicted(task.bank, item, weighted)
    before = len(unknown(task, heard))
    left = {right: len(unknown(task, heard_after(task.bank, heard, [Answer(item, right)]))) for right in (True, False)}
    return p * (before - left[True]) + (1 - p) * (before - left[False])


def allowed(task: Task, before: Mapping[Rung, Heard], answers: Sequence[Answer], untimed: bool) -> list[int]:
    """The items that may come next once every preference has had its say, one after the other."""
    bank = task.bank
    heard = heard_after(bank, before, answers)
    open_rungs, asked = unknown(task, heard), {one.item for one in answers}
    items = [i for i in range(len(bank)) if task.playable[i] and i not in asked and _rung(bank, i) in open_rungs]
    if not items:
        return []
    highest = [_highest_level(task, before, answers, competence) for competence in range(bank.competences)]
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


def _highest_level(task: Task, before: Mapping[Rung, Heard], answers: Sequence[Answer], competence: int) -> int:
    bank = task.bank
    known = any(bank.topic_competence[topic] == competence for topic, _ in before)
    if not known and not any(_competence(bank, one.item) == competence for one in answers):
        return task.rules.start_level
    prior = float(task.prior_mean[competence]), float(task.prior_sd[competence])
    mean, _ = mean_and_sd(weights(prior, bank, competence, answers))
    return max(1, math.floor(round(4 + mean / 0.8, 8)) + task.rules.largest_jump)


def _rung(bank: ItemBank, item: int) -> Rung:
    return int(bank.topic[item]), int(bank.level[item])


def _competence(bank: ItemBank, item: int) -> int:
    return int(bank.topic_competence[bank.topic[item]])
