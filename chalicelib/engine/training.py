"""One step of a low-stakes assessment: the estimate from the bare list of answers, then the next challenge.

The next challenge settles most of the still unknown targeted skills (rule book §3). Right at level ℓ settles the unknown
skills of its topic up to ℓ, wrong settles those from ℓ on, so with P the predicted chance of a right answer

    gain = K · unknown(≤ ℓ) + (1 − P) · unknown(≥ ℓ),      P = Σ P(right | θ) p(θ | answers),      K = (P − c) / (1 − c)

K is the chance to answer right by knowing: a lucky guess settles nothing. The abilities of several competences share a common factor,
so what was answered in one speaks for the others too.

Some challenges may never be asked (met in this assessment, not playable, skill not unknown). Among the others these
preferences hold, each unless nothing would be left: no jump above the estimate, no timed challenge first or right after a time-out,
none met in an earlier assessment, another topic than the last one. In that order of importance.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from chalicelib.engine.bank import GRID, LEVELS, Bools, Floats, Ints, ItemBank
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.evidence import Evidence, gain_table
from chalicelib.engine.gain import GainTable
from chalicelib.engine.joint import Abilities, Joint, log_likelihood
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.scoring import level_of_ability

_RUNGS = np.arange(1, LEVELS + 1)


@dataclass(frozen=True, eq=False)
class Task:
    """What stays the same through one assessment."""

    bank: ItemBank
    rules: TrainingRules
    start: Evidence
    """What was known when it started."""
    prior_mean: Floats
    """(C,)"""
    prior_sd: Floats
    """(C,)"""
    targets: Ints
    """Highest targeted level of each topic, (T,), 0 where the topic is not targeted."""
    playable: Bools
    """Which items this person can do in their language, with their needs, on their device, (n,)."""
    seen: Bools
    """Which items this person met in earlier assessments, (n,)."""

    @cached_property
    def abilities(self) -> Abilities:
        """What is known of abilities in general."""
        rules = self.rules
        return _abilities(self.bank.competences, rules.prior_mean, rules.prior_sd, rules.correlation)

    @cached_property
    def earlier(self) -> Floats:
        """What earlier assessments say of this person's abilities, as a log-likelihood on the grid, (C, Q).

        `prior_mean` and `prior_sd` are what they led to in each competence alone: the normal that turns the general prior into them.
        """
        general = 1.0 / self.rules.prior_sd**2
        own = 1.0 / np.minimum(self.prior_sd, self.rules.prior_sd) ** 2  # one lucky guess can leave it wider than the prior
        precision = own - general
        shift = self.prior_mean * own - self.rules.prior_mean * general
        log_likelihood: Floats = shift[:, None] * GRID - 0.5 * precision[:, None] * GRID**2
        return log_likelihood

    @cached_property
    def informed(self) -> Bools:
        """In which competences something was known at the start, (C,)."""
        informed = np.zeros(self.bank.competences, bool)
        informed[self.bank.topic_competence[self.start.gain.any(axis=1)]] = True
        return informed

    @cached_property
    def known(self) -> tuple[Ints, Ints]:
        """Floor and ceiling of each topic at the start, (T,) each."""
        floors = self.start.floors()
        return floors, self.start.ceilings(floors)

    @cached_property
    def meets_again(self) -> bool:
        """Whether any item was met in an earlier assessment."""
        return bool(self.seen.any())


@dataclass(frozen=True, eq=False)
class Estimate:
    """What the answers say so far: the ability of each competence, the floor and the ceiling of each topic, (T,) each."""

    ability: Joint
    floors: Ints
    ceilings: Ints

    def unknown(self, task: Task) -> Bools:
        """Which rungs, (T, 8), hold a targeted skill that is neither acquired nor missing."""
        highest = self.highest_unknown(task)
        return task.bank.ladder & (self.floors[:, None] < _RUNGS) & (highest[:, None] >= _RUNGS)

    def highest_unknown(self, task: Task) -> Ints:
        """The highest level still open to question in each topic, (T,); nothing is unknown where it is not above the floor."""
        return np.minimum(task.targets, self.ceilings - 1)


def estimate(task: Task, items: Ints, right: Bools) -> Estimate:
    """The estimate after these k answers, (k,) each, in the order they were given, from a cold state in one call."""
    answered = log_likelihood(task.bank, task.bank.competences, items, right)
    ability = task.abilities.joint(task.earlier + answered)
    floors, ceilings = task.known
    if len(items):
        topics = task.bank.topic[items]
        gain = task.start.gain.copy()
        gain[topics, task.bank.level[items]] = gain_table(task.bank, task.rules)[right.astype(np.intp), items]
        asked = Evidence(gain[topics])  # a topic asked twice stands there twice, with the same ladder
        floors, ceilings = floors.copy(), ceilings.copy()
        floors[topics] = asked.floors()
        ceilings[topics] = asked.ceilings(floors[topics])
    return Estimate(ability, floors, ceilings)


class Preference(StrEnum):
    """What a next challenge had better be, the most important first; each holds unless nothing would be left."""

    NO_JUMP = "no-jump"
    """Not far above the estimate; easy where nothing is known."""
    UNTIMED = "untimed"
    """Without a time limit, first and right after a time-out."""
    NOT_MET = "not-met"
    """Not met in an earlier assessment."""
    ANOTHER_TOPIC = "another-topic"
    """Of another topic than the last one."""


class Choice(NamedTuple):
    """The next item, and why."""

    item: int
    settled: float
    """Expected number of skills that it settles."""
    near_equals: int
    """How many items the seeded pick chose among."""
    candidates: int
    """How many items every preference that held left."""
    given_up: tuple[Preference, ...]
    """The preferences that would have left nothing."""


def select(task: Task, now: Estimate, asked: Ints, untimed: bool, pick: int) -> int | None:
    """The next item, or None when no unknown skill has a challenge left to ask.

    `asked` holds the items of this assessment in order; `untimed` prefers one without a time limit; `pick` is a seeded
    whole number that draws among near-equals.
    """
    chosen = choose(task, now, asked, untimed, pick)
    return None if chosen is None else chosen.item


def choose(task: Task, now: Estimate, asked: Ints, untimed: bool, pick: int) -> Choice | None:
    """The same, with why."""
    bank = task.bank
    highest = now.highest_unknown(task)
    allowed = (bank.level > now.floors[bank.topic]) & (bank.level <= highest[bank.topic]) & task.playable
    allowed[asked] = False
    if not allowed.any():
        return None
    allowed, given_up = _preferred(task, now, asked, untimed, allowed)
    settled = np.where(allowed, _expected_settled(task, now, highest), -1.0)
    near_equals = np.flatnonzero(settled >= settled.max() * (1.0 - task.rules.near_equal))
    item = int(near_equals[pick % len(near_equals)])
    return Choice(item, float(settled[item]), len(near_equals), int(np.count_nonzero(allowed)), given_up)


def _preferred(task: Task, now: Estimate, asked: Ints, untimed: bool, allowed: Bools) -> tuple[Bools, tuple[Preference, ...]]:
    """The allowed items that every preference leaves, and the preferences given up."""
    bank = task.bank
    given_up = []
    levels = _highest_levels(task, now, asked)
    limits = levels[0] if bank.competences == 1 else levels[bank.competence]
    within = allowed & (bank.level <= limits)
    if not within.any():
        within = _least_above(allowed, bank.level, limits)
        given_up.append(Preference.NO_JUMP)
    allowed = within
    wanted = []
    if untimed:
        wanted.append((Preference.UNTIMED, bank.untimed))
    if task.meets_again:
        wanted.append((Preference.NOT_MET, ~task.seen))
    if len(asked):
        wanted.append((Preference.ANOTHER_TOPIC, bank.topic != bank.topic[asked[-1]]))
    for preference, mask in wanted:
        both = allowed & mask
        if both.any():
            allowed = both
        else:
            given_up.append(preference)
    return allowed, tuple(given_up)


def _least_above(allowed: Bools, levels: Ints, limits: Ints) -> Bools:
    """The allowed items that stand least above the highest level to ask in their competence."""
    excess = np.where(allowed, levels - limits, np.iinfo(np.intp).max)
    nearest: Bools = excess == excess.min()
    return nearest


def _highest_levels(task: Task, now: Estimate, asked: Ints) -> Ints:
    """The highest level to ask in each competence, (C,): easy where nothing is known, else near the estimate."""
    informed = task.informed.copy()
    informed[task.bank.competence[asked]] = True
    above = np.floor(level_of_ability(now.ability.mean) + task.rules.largest_jump + 1e-9)
    return np.where(informed, np.maximum(above, 1.0), task.rules.start_level).astype(np.intp)


def _expected_settled(task: Task, now: Estimate, highest: Ints) -> Floats:
    """Expected number of skills that each item would settle, (n,)."""
    bank = task.bank
    known, reached = bank.skills_to[bank.topics, now.floors], bank.skills_to[bank.topics, highest]
    chance = _table(bank).chances(now.ability)
    settled: Floats = (chance - bank.guess) / (1.0 - bank.guess)
    settled *= bank.skills_up_to_item - known[bank.topic]
    settled += (1.0 - chance) * (reached[bank.topic] - bank.skills_below_item)
    return settled


@lru_cache(maxsize=8)
def _abilities(competences: int, mean: float, sd: float, correlation: float) -> Abilities:
    """The model of ability, with its tables kept for the next request."""
    return CommonFactor(competences, correlation, mean, sd) if competences > 1 else OneAbility(mean, sd)


@lru_cache(maxsize=8)
def _table(bank: ItemBank) -> GainTable:
    return GainTable.of(bank, bank.competences)
