"""The next item of a test that measures: the one that most reduces the uncertainty of what is reported, under constraints.

    score_i = gain_i / max gain − price_i          (gain: the expected reduction of Var(θ̄), `gain`; price: `exposure`)

The constraints hold together as long as they leave an item. When they do not, the least important are given up first, in the order of
`blueprint.Constraint`, and the choice says which. Only what the person cannot do, or was asked already, is never given.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from chalicelib.engine.bank import LEVELS, Bools, Floats, Ints, ItemBank
from chalicelib.engine.blueprint import Blueprint, Constraint
from chalicelib.engine.exposure import Draws, ExposureTable
from chalicelib.engine.gain import GainTable
from chalicelib.engine.joint import Abilities, Joint, log_likelihood


@dataclass(frozen=True, eq=False)
class Pool:
    """A bank as tests of one version read it: what does not depend on the candidate."""

    bank: ItemBank
    abilities: Abilities
    blueprint: Blueprint
    enemies: Ints | None = None
    """Group of items that give one another's answer away, (n,), −1 where none."""

    @cached_property
    def gains(self) -> GainTable:
        """The bank's chances, set out for the gains."""
        return GainTable.of(self.bank, self.abilities.dimensions)

    @cached_property
    def skill(self) -> Ints:
        """The skill of each item: its rung, numbered across topics, (n,)."""
        skill: Ints = self.bank.topic * LEVELS + self.bank.level - 1
        return skill

    def given(self, answers: Answers) -> Ints:
        """How many items of each competence count so far, (C,)."""
        return np.bincount(self.bank.competence[answers.counted[0]], minlength=self.bank.competences)


@dataclass(frozen=True, eq=False)
class Candidate:
    """What stays the same through one test."""

    playable: Bools
    """Which items this person can do in their language, with their needs, on their device, (n,)."""
    met: Bools
    """Which items this person was given before, in any test, (n,)."""
    table: ExposureTable
    """The version of exposure control that the test pinned."""
    draws: Draws
    """(n,)"""

    @cached_property
    def fresh(self) -> Bools:
        """Playable items never met, (n,)."""
        fresh: Bools = self.playable & ~self.met
        return fresh


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers of a test in order, k of them."""

    items: Ints
    """(k,)"""
    right: Bools
    """(k,)"""
    counts: Bools | None = None
    """Which of them count, (k,): not those voided, nor those of items on trial. None when all do."""

    @cached_property
    def counted(self) -> tuple[Ints, Bools]:
        """Items and outcomes of those that count."""
        return (self.items, self.right) if self.counts is None else (self.items[self.counts], self.right[self.counts])


class Choice(NamedTuple):
    """The next item, and why."""

    item: int
    gain: float
    """Expected reduction of the variance of the composite."""
    price: float
    near_equals: int
    """How many items the seeded pick chose among."""
    candidates: int
    """How many items every constraint that held left."""
    given_up: tuple[Constraint, ...]
    """The constraints that would have left nothing."""


def posterior(pool: Pool, answers: Answers) -> Joint:
    """What the answers that count say of all abilities, from a cold state in one call."""
    items, right = answers.counted
    return pool.abilities.joint(log_likelihood(pool.bank, pool.abilities.dimensions, items, right))


def select(pool: Pool, candidate: Candidate, answers: Answers, now: Joint, pick: int) -> Choice | None:
    """The next item, or None when no playable item is left; `pick` is a seeded whole number that draws among near-equals."""
    table = candidate.table
    strata = table.limits.chances(now.composite_mean, now.composite_sd) if table.limits.bounds else _ONE_STRATUM
    given_up: tuple[Constraint, ...] = ()
    places = _allowed(pool, candidate, answers, strata)
    if not len(places):
        places, given_up = _relaxed(pool, candidate, answers, strata)
        if not len(places):
            return None
    gains = pool.gains.gains(now, places)
    scale = max(float(gains.max()), _TINY)
    prices = table.price(strata)[places] if table.priced else None
    score = gains if prices is None else gains - scale * prices
    near_equals = (score >= score.max() - scale * pool.blueprint.near_equal).nonzero()[0]
    chosen = int(near_equals[pick % len(near_equals)])
    price = 0.0 if prices is None else float(prices[chosen])
    return Choice(int(places[chosen]), float(gains[chosen]), price, len(near_equals), len(places), given_up)


def _allowed(pool: Pool, candidate: Candidate, answers: Answers, strata: Floats) -> Ints:
    """The items that all constraints together leave. A new topic is a new skill too, and an item not asked yet."""
    bank, blueprint, asked = pool.bank, pool.blueprint, answers.items
    topics: Bools = np.ones(len(bank.topic_competence), bool)
    if blueprint.minimum:
        given = pool.given(answers)
        topics = blueprint.open(given)[bank.topic_competence]
    topics[bank.topic[asked]] = False
    allowed = candidate.fresh & topics[bank.topic]
    if candidate.table.guarded:
        allowed &= candidate.table.eligible(strata, candidate.draws)
    if pool.enemies is not None and len(asked):
        allowed &= _no_enemy(pool.enemies, asked)
    if _crowded(pool, asked):
        allowed &= bank.untimed
    return allowed.nonzero()[0]


def _relaxed(pool: Pool, candidate: Candidate, answers: Answers, strata: Floats) -> tuple[Ints, tuple[Constraint, ...]]:
    """The items left by each constraint in order of importance, each unless nothing would be left; and those given up."""
    masks = _masks(pool, candidate, answers, strata)
    allowed = candidate.playable.copy()
    allowed[answers.items] = False
    given_up = []
    for constraint in Constraint:
        narrower = allowed & masks[constraint]
        if narrower.any():
            allowed = narrower
        else:
            given_up.append(constraint)
    return allowed.nonzero()[0], tuple(given_up)


def _masks(pool: Pool, candidate: Candidate, answers: Answers, strata: Floats) -> dict[Constraint, Bools]:
    """Which items satisfy each constraint at this step, (n,) each."""
    bank, blueprint, asked = pool.bank, pool.blueprint, answers.items
    everything = np.ones(len(bank), bool)
    given = pool.given(answers)
    return {
        Constraint.NOT_MET: ~candidate.met,
        Constraint.NEW_SKILL: _without(pool.skill, asked, len(bank.topic_competence) * LEVELS),
        Constraint.NO_ENEMY: everything if pool.enemies is None else _no_enemy(pool.enemies, asked),
        Constraint.MAXIMUM: blueprint.below_maximum(given)[bank.competence] if blueprint.minimum else everything,
        Constraint.MINIMUM: blueprint.due(given)[bank.competence] if blueprint.minimum else everything,
        Constraint.NEW_TOPIC: _without(bank.topic, asked, len(bank.topic_competence)),
        Constraint.ELIGIBLE: candidate.table.eligible(strata, candidate.draws),
        Constraint.SPACED: bank.untimed if _crowded(pool, asked) else everything,
    }


def _crowded(pool: Pool, asked: Ints) -> bool:
    """Whether a timed item was asked too shortly before."""
    gap = pool.blueprint.timed_gap
    return gap > 0 and pool.bank.any_timed and bool(np.count_nonzero(pool.bank.timed[asked[-gap:]]))


def _without(group: Ints, asked: Ints, groups: int) -> Bools:
    """Which items belong to no group of the items asked."""
    free = np.ones(groups, bool)
    free[group[asked]] = False
    return free[group]


def _no_enemy(enemies: Ints, asked: Ints) -> Bools:
    hostile = enemies[asked]
    mask: Bools = ~np.isin(enemies, hostile[hostile >= 0])
    return mask


_ONE_STRATUM = np.ones(1)
_TINY = float(np.finfo(np.float32).tiny)
