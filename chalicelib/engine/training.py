"""One step of a low-stakes assessment: the estimate from the bare list of answers, then the next challenge.

The next challenge settles most of the still unknown targeted skills (rule book §3). Right at level ℓ settles the unknown
skills of its topic up to ℓ, wrong settles those from ℓ on, so with P the predicted chance of a right answer

    gain = P · unknown(≤ ℓ) + (1 − P) · unknown(≥ ℓ),      P = Σ P(right | θ) p(θ | answers)

Some challenges may never be asked (met in this assessment, not playable, skill not unknown). Among the others these
preferences hold, each unless nothing would be left: no jump above the estimate, no timed challenge first or right after a time-out,
none met in an earlier assessment, another topic than the last one. In that order of importance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chalicelib.engine.bank import LEVELS, Bools, Floats, Ints, ItemBank, coarse
from chalicelib.engine.evidence import Evidence, gain_table
from chalicelib.engine.posterior import Posterior, log_prior, posterior
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
    def prior(self) -> Floats:
        """The log-prior of each competence on the grid, (C, Q)."""
        return log_prior(self.prior_mean, self.prior_sd)

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

    ability: Posterior
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
    ability = posterior(task.prior, task.bank, items, right)
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


def select(task: Task, now: Estimate, asked: Ints, untimed: bool, pick: int) -> int | None:
    """The next item, or None when no unknown skill has a challenge left to ask.

    `asked` holds the items of this assessment in order; `untimed` prefers one without a time limit; `pick` is a seeded
    whole number that draws among near-equals.
    """
    bank = task.bank
    highest = now.highest_unknown(task)
    allowed = (bank.level > now.floors[bank.topic]) & (bank.level <= highest[bank.topic]) & task.playable
    allowed[asked] = False
    if not allowed.any():
        return None
    allowed = _least_above(allowed, bank.level, _highest_levels(task, now, asked), bank)
    if untimed:
        allowed = _preferred(allowed, ~bank.timed)
    if task.meets_again:
        allowed = _preferred(allowed, ~task.seen)
    if len(asked):
        allowed = _preferred(allowed, bank.topic != bank.topic[asked[-1]])
    settled = np.where(allowed, _expected_settled(task, now, highest), -1.0)
    near_equals = np.flatnonzero(settled >= settled.max() * (1.0 - task.rules.near_equal))
    return int(near_equals[pick % len(near_equals)])


def _preferred(allowed: Bools, wanted: Bools) -> Bools:
    both = allowed & wanted
    return both if both.any() else allowed


def _least_above(allowed: Bools, levels: Ints, highest: Ints, bank: ItemBank) -> Bools:
    """The allowed items that stand least above the highest level to ask in their competence; most often not at all."""
    limits = highest[0] if bank.competences == 1 else highest[bank.competence]
    within = allowed & (levels <= limits)
    if within.any():
        return within
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
    if_right = bank.skills_up_to_item - known[bank.topic]
    if_wrong = reached[bank.topic] - bank.skills_below_item
    if_right -= if_wrong
    if_right *= predicted(bank, now.ability)
    if_right += if_wrong
    return if_right


def predicted(bank: ItemBank, ability: Posterior) -> Floats:
    """P(right) of each item at the current posterior, (n,): one matrix product per competence."""
    chance = np.empty(len(bank))
    for weights, (first, end) in zip(coarse(ability.weights), bank.blocks, strict=True):
        np.matmul(bank.right_coarse[first:end], weights, out=chance[first:end])
    return chance
