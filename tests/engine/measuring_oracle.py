"""Which items a test that measures may give next, told item by item from the words of the rules; and arbitrary moments of tests."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from chalicelib.engine.bank import Floats, ItemBank
from chalicelib.engine.blueprint import Blueprint, Constraint
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.exposure import ExposureTable, Limits
from chalicelib.engine.joint import Joint
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.selection import Answers, Candidate, Choice, Pool, posterior, select
from tests.engine.builders import Item, a_bank

TWO_STRATA = Limits(bounds=(0.0,))


class Moment(NamedTuple):
    """Any moment of any test."""

    pool: Pool
    candidate: Candidate
    answers: Answers
    now: Joint
    pick: int

    def choose(self) -> Choice | None:
        """What is chosen."""
        return select(self.pool, self.candidate, self.answers, self.now, self.pick)

    @property
    def open(self) -> list[int]:
        """Playable items not asked yet."""
        asked = set(self.answers.items.tolist())
        return [item for item in range(len(self.pool.bank)) if self.candidate.playable[item] and item not in asked]


def a_small_bank(rng: np.random.Generator) -> ItemBank:
    """Up to ten items on up to five topics of up to three competences, some of which may have none."""
    topic_competence = rng.integers(0, 3, rng.integers(1, 6)).tolist()
    rows = [
        Item(
            int(rng.integers(len(topic_competence))),
            int(rng.integers(1, 4)),
            float(rng.choice((0.6, 1.2, 2.0))),
            float(rng.choice((-1.0, 0.0, 1.5))),
            float(rng.choice((0.0, 0.25))),
            bool(rng.random() < 0.3),
        )
        for _ in range(rng.integers(0, 11))
    ]
    return a_bank(sorted(rows, key=lambda one: topic_competence[one.topic]), topic_competence)


def a_blueprint(rng: np.random.Generator, competences: int) -> Blueprint:
    """A blueprint with quotas or without."""
    near_equal, gap, cover = float(rng.choice((0.0, 0.02, 0.5))), int(rng.integers(0, 3)), bool(rng.random() < 0.5)
    if rng.random() < 0.3:
        return Blueprint(int(rng.integers(1, 9)), cover_first=cover, timed_gap=gap, near_equal=near_equal)
    minimum = rng.integers(0, 3, competences)
    maximum = minimum + rng.integers(0, 3, competences)
    maximum[0] += not maximum.sum()
    length = int(rng.integers(max(minimum.sum(), 1), maximum.sum() + 1))
    return Blueprint(length, tuple(minimum.tolist()), tuple(maximum.tolist()), cover, gap, near_equal)


def a_small_pool(rng: np.random.Generator) -> Pool:
    """A pool of a small bank, of either model of ability."""
    bank = a_small_bank(rng)
    abilities = OneAbility() if rng.random() < 0.5 else CommonFactor(bank.competences)
    enemies = rng.integers(-1, 3, len(bank)) if rng.random() < 0.5 else None
    return Pool(bank, abilities, a_blueprint(rng, bank.competences), enemies)


def a_moment(rng: np.random.Generator, pool: Pool) -> Moment:
    """Anybody at any moment: some items asked, met, not playable, not eligible or dear, some answers voided."""
    n = len(pool.bank)
    eligibility = np.array((1e-3, 0.3, 1.0))[rng.integers(0, 3, (2, n))] if rng.random() < 0.5 else np.ones((2, n))
    prices = np.array((0.0, 0.1, 1.0), np.float32)[rng.integers(0, 3, (2, n))] * np.float32(rng.random() < 0.3)
    candidate = Candidate(
        rng.random(n) < (0.5, 0.9, 1.0)[rng.integers(3)],
        rng.random(n) < (0.0, 0.2, 1.0)[rng.integers(3)],
        ExposureTable(1, TWO_STRATA, eligibility, prices),
        rng.integers(0, 1 << 16, n).astype(np.uint16),
    )
    count = int(rng.integers(0, n + 1))
    answers = Answers(
        rng.permutation(n)[:count], rng.random(count) < 0.6, rng.random(count) < 0.8 if rng.random() < 0.5 else None
    )
    return Moment(pool, candidate, answers, posterior(pool, answers), int(rng.integers(1 << 40)))


def strata(moment: Moment) -> Floats:
    """The chances of the low and the high stratum."""
    low = NormalDist(moment.now.composite_mean, moment.now.composite_sd).cdf(0.0)
    return np.array([low, 1.0 - low])


def counted(moment: Moment) -> list[int]:
    """How many answers of each competence count."""
    bank, counts = moment.pool.bank, moment.answers.counts
    had = [0] * bank.competences
    for place, item in enumerate(moment.answers.items.tolist()):
        if counts is None or counts[place]:
            had[int(bank.competence[item])] += 1
    return had


def keeps_minimums(blueprint: Blueprint, had: list[int], competence: int) -> bool:
    """Whether one more of this competence is what the minimums ask at this moment."""
    short = [max(least - one, 0) for least, one in zip(blueprint.minimum, had, strict=True)]
    if blueprint.cover_first and any(least and not one for least, one in zip(blueprint.minimum, had, strict=True)):
        return blueprint.minimum[competence] > 0 and had[competence] == 0
    return not sum(short) or sum(short) < blueprint.length - sum(had) or short[competence] > 0


def rules(moment: Moment) -> dict[Constraint, Callable[[int], bool]]:
    """Whether an item satisfies each constraint, by the constraint's own words."""
    pool, candidate, asked = moment.pool, moment.candidate, moment.answers.items.tolist()
    bank, blueprint, table, had = pool.bank, pool.blueprint, candidate.table, counted(moment)
    chances = strata(moment)
    plausible = [one for one in (0, 1) if chances[one] >= 0.25]
    eligibility = table.eligibility[plausible].min(axis=0)
    gap = asked[max(len(asked) - blueprint.timed_gap, 0) :]
    crowded = any(bank.timed[item] for item in gap)
    enemies = np.full(len(bank), -1) if pool.enemies is None else pool.enemies
    skills = {(int(bank.topic[item]), int(bank.level[item])) for item in asked}
    topics = {int(bank.topic[item]) for item in asked}
    hostile = {int(enemies[item]) for item in asked} - {-1}
    return {
        Constraint.NOT_MET: lambda item: not candidate.met[item],
        Constraint.NEW_SKILL: lambda item: (int(bank.topic[item]), int(bank.level[item])) not in skills,
        Constraint.NO_ENEMY: lambda item: int(enemies[item]) not in hostile,
        Constraint.MAXIMUM: lambda item: (
            not blueprint.maximum or had[bank.competence[item]] < blueprint.maximum[bank.competence[item]]
        ),
        Constraint.MINIMUM: lambda item: not blueprint.minimum or keeps_minimums(blueprint, had, int(bank.competence[item])),
        Constraint.NEW_TOPIC: lambda item: int(bank.topic[item]) not in topics,
        Constraint.ELIGIBLE: lambda item: bool(candidate.draws[item] < eligibility[item] * 65536),
        Constraint.SPACED: lambda item: not (crowded and bank.timed[item]),
    }


def allowed(moment: Moment) -> tuple[list[int], tuple[Constraint, ...]]:
    """The items that remain, each constraint holding in order of importance unless it leaves nothing; and those that do not hold."""
    remaining, given_up = moment.open, []
    for constraint, satisfies in rules(moment).items():
        narrower = [item for item in remaining if satisfies(item)]
        if narrower:
            remaining = narrower
        else:
            given_up.append(constraint)
    return remaining, tuple(given_up)


def scores(moment: Moment, places: list[int]) -> Floats:
    """Relative gain less price of each of these items."""
    gains = np.asarray(moment.pool.gains.gains(moment.now, np.array(places)), float)
    result: Floats = gains / max(gains.max(), 1e-37) - (strata(moment) @ moment.candidate.table.prices)[places]
    return result
