"""What `palier bench measuring` simulates: one bank, and under what rules, limits and truths its tests are given.

The bank has 2,000 items, 125 in each of 16 competences, each item alone in its topic: a ~ lognormal(0, 0.3), b ~ N(0, 1.2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from chalicelib.engine.bank import LEVELS, Bools, Floats, ItemBank
from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.exposure import SIX_STRATA, Limits
from chalicelib.engine.joint import Abilities
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.selection import Pool
from chalicelib.engine.stopping import FixedLength, IntervalBesideCut, PrecisionReached, SidesTold, Stopping

ITEMS, COMPETENCES, LENGTH = 2_000, 16, 32
LONGEST = 60
"""Answers after which a test of variable length ends."""
CUT = 0.0
TARGET_SE = 0.30
POPULATION, STRATUM, STRICT = 0.20, 0.35, 0.05
GUESS = 0.25

ANY = Blueprint(LENGTH)
EVEN = Blueprint.even(COMPETENCES, LENGTH)
USUAL = Limits(POPULATION)
FIXED = FixedLength(LENGTH)
BY_STRATUM = Limits(POPULATION, STRATUM, SIX_STRATA)


@dataclass(frozen=True)
class Setup:
    """What is published: what the engine believes, how its tests end, and what exposure control holds. Priced once."""

    abilities: Abilities
    blueprint: Blueprint = EVEN
    limits: Limits = USUAL
    stopping: Stopping = FIXED
    knows_guessing: bool = True

    def pool(self, bank: ItemBank) -> Pool:
        """The engine's bank and rules, over items that really are so."""
        believed = bank if self.knows_guessing else replace(bank, guess=np.zeros(len(bank)))
        return Pool(believed, self.abilities, self.blueprint)


@dataclass(frozen=True)
class Condition:
    """Who is tested, and how the tests come."""

    setup: Setup
    persons: Abilities
    """What their true abilities are drawn from."""
    guessable: bool = False
    """Whether every second item can be guessed."""
    together: bool = False
    """Whether all start at once, so that exposure control learns nothing."""
    in_one: bool = False
    """Whether all cohorts are one, that lasts as long as they do."""
    share: float = 1.0
    """Share of the persons of a cohort, where each takes long."""
    halved: bool = False
    """Whether half of the cohorts tell enough."""
    beside_catsim: bool = False
    """Whether the one cohort is tested by catsim too."""


def _one(blueprint: Blueprint = ANY, limits: Limits = USUAL, stopping: Stopping = FIXED) -> Setup:
    return Setup(OneAbility(), blueprint, limits, stopping)


def _factor(rho: float = 0.7, limits: Limits = USUAL) -> Setup:
    return Setup(CommonFactor(COMPETENCES, rho), limits=limits)


SIXTEEN = CommonFactor(COMPETENCES)
ONE = OneAbility()
_LOW, _HIGH = CommonFactor(COMPETENCES, 0.5), CommonFactor(COMPETENCES, 0.85)
_BLIND = Setup(SIXTEEN, knows_guessing=False)
_PRECISE = _one(stopping=PrecisionReached(TARGET_SE, longest=LONGEST))

CONDITIONS = {
    "drift": Condition(_one(limits=Limits(STRICT)), ONE, in_one=True),
    "strata-sixteen": Condition(_factor(limits=BY_STRATUM), SIXTEEN),
    "one": Condition(_one(), ONE),
    "one-quotas": Condition(_one(EVEN), ONE),
    "sixteen": Condition(_factor(), SIXTEEN),
    "sixteen-rho-0.5": Condition(_factor(0.5), _LOW, halved=True),
    "sixteen-rho-0.85": Condition(_factor(0.85), _HIGH, halved=True),
    "sixteen-rho-0.5-taken-for-0.7": Condition(_factor(), _LOW, halved=True),
    "sixteen-rho-0.85-taken-for-0.7": Condition(_factor(), _HIGH, halved=True),
    "guessable": Condition(_factor(), SIXTEEN, guessable=True),
    "guessable-unknown": Condition(_BLIND, SIXTEEN, guessable=True, halved=True),
    "strata-one": Condition(_one(limits=BY_STRATUM), ONE),
    "strata-one-quotas": Condition(_one(EVEN, BY_STRATUM), ONE),
    "morning-one": Condition(_one(), ONE, together=True, halved=True),
    "morning-sixteen": Condition(_factor(), SIXTEEN, together=True, halved=True),
    "precision": Condition(_PRECISE, ONE),
    "cut-by-ratio": Condition(_one(stopping=SidesTold(CUT, longest=LONGEST)), ONE, halved=True),
    "cut-by-interval": Condition(_one(stopping=IntervalBesideCut(CUT, longest=LONGEST)), ONE, halved=True),
    "catsim": Condition(_one(), ONE, share=0.1, beside_catsim=True),
    "catsim-precision": Condition(_PRECISE, ONE, share=0.1, beside_catsim=True),
}
"""By name. Those whose one task is longest come first, so that no process waits for them at the end."""


@cache
def true_bank(seed: int, guessable: bool) -> ItemBank:
    """The bank of a seed, as it really is."""
    rng = np.random.default_rng((seed, 1))
    discrimination: Floats = rng.lognormal(0.0, 0.3, ITEMS)
    ladder: Bools = np.zeros((ITEMS, LEVELS), bool)
    ladder[:, 0] = True
    return ItemBank(
        discrimination=discrimination,
        difficulty=rng.normal(0.0, 1.2, ITEMS),
        guess=np.where(np.arange(ITEMS) % 2, GUESS, 0.0) if guessable else np.zeros(ITEMS),
        topic=np.arange(ITEMS),
        level=np.ones(ITEMS, np.intp),
        timed=np.zeros(ITEMS, bool),
        topic_competence=np.arange(ITEMS) * COMPETENCES // ITEMS,
        ladder=ladder,
        competences=COMPETENCES,
    )
