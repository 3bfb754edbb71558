"""One step of the measuring engine, as a stateless server does it at each answer: from the bare list of answers, with every constraint.

A step is the draws of exposure control, the posterior of all abilities, what the quotas, the topics, the time limits, the items met
before, the eligibilities and the prices leave, and the choice. Only what a warm function keeps between answers is made before: the bank,
its tables, and the version of exposure control that the test pinned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from chalicelib.engine.bank import Bools, Floats, ItemBank
from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.exposure import ExposureTable, Limits, draws
from chalicelib.engine.full_matrix import FullMatrix
from chalicelib.engine.joint import Abilities
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.selection import Answers, Candidate, Choice, Pool, posterior, select

Step = Callable[[], Choice | None]

COMPETENCES = 16
CORRELATION = 0.7
QUOTAS = Blueprint(length=33, minimum=(2,) * COMPETENCES, maximum=(3,) * COMPETENCES)
"""Two items of each competence, and one more, so that 32 answers are followed by a step."""
SECRET = b"bench"


def models() -> dict[str, Abilities]:
    """The models of ability that are measured, by name."""
    matrix = np.full((COMPETENCES, COMPETENCES), CORRELATION) + (1.0 - CORRELATION) * np.eye(COMPETENCES)
    return {
        "one-ability": OneAbility(),
        "common-factor": CommonFactor(COMPETENCES, CORRELATION),
        "full-matrix": FullMatrix(tuple(tuple(row) for row in matrix.tolist())),
    }


def with_time_limits(bank: ItemBank) -> ItemBank:
    """The same bank, one item in five being timed."""
    return replace(bank, timed=np.random.default_rng(5).random(len(bank)) < 0.2)


class Server:
    """What a warm function keeps, and one candidate of a test under way."""

    def __init__(self, bank: ItemBank, abilities: Abilities) -> None:
        self.pool = Pool(bank, abilities, QUOTAS)
        rng, n = np.random.default_rng(6), len(bank)
        self._playable: Bools = np.ones(n, bool)
        self._met: Bools = rng.random(n) < 0.05
        sought = bank.discrimination >= np.quantile(bank.discrimination, 0.7)
        eligibility: Floats = np.where(sought, rng.uniform(0.3, 1.0, n), 1.0)
        prices = np.where(sought, rng.uniform(0.0, 0.4, n), 0.0).astype(np.float32)
        self._table = ExposureTable(1, Limits(), eligibility[None], prices[None])

    def step(self, answers: Answers) -> Choice | None:
        """The next item after these answers, from a cold state."""
        drawn = draws(SECRET, "session", 3, len(self.pool.bank))
        candidate = Candidate(self._playable, self._met, self._table, drawn)
        return select(self.pool, candidate, answers, posterior(self.pool, answers), 12345)

    def answered(self, length: int) -> Answers:
        """The answers of a test that this engine led so far, outcomes being drawn."""
        rng = np.random.default_rng(7)
        items, right = np.zeros(length, np.intp), rng.random(length) < 0.5
        for asked in range(length):
            choice = self.step(Answers(items[:asked], right[:asked]))
            if choice is None:
                raise ValueError(f"the bank has no item left after {asked}")
            items[asked] = choice.item
        return Answers(items, right)
