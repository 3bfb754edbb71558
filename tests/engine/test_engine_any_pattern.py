"""Whatever the items and whatever the answers, a step gives finite numbers, an item while one is left, and ends."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.engine.bank import LEVELS, Bools, ItemBank
from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.joint import Abilities
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.selection import Answers, Pool, posterior, select
from tests.engine.builders import calm
from tests.engine.measuring_builders import a_candidate

PATTERNS_A_CASE = 100
CASES = 100
"""100 × 100: ten thousand patterns."""

seeds = st.integers(0, 2**32 - 1)


def an_extreme_bank(rng: np.random.Generator) -> ItemBank:
    """One to twelve items of any difficulty and discrimination, on three competences of which some may be empty."""
    n = int(rng.integers(1, 13))
    return ItemBank(
        discrimination=np.exp(rng.uniform(np.log(0.02), np.log(12.0), n)),
        difficulty=rng.uniform(-12.0, 12.0, n),
        guess=rng.choice([0.0, 0.25, 0.5, 0.95], n),
        topic=np.arange(n),
        level=rng.integers(1, LEVELS + 1, n),
        timed=rng.random(n) < 0.3,
        topic_competence=np.sort(rng.integers(0, 3, n)),
        ladder=np.ones((n, LEVELS), bool),
        competences=3,
    )


def a_pattern(rng: np.random.Generator, items: int) -> Bools:
    """All right, all wrong, or anything."""
    kind = int(rng.integers(3))
    right: Bools = np.full(items, kind == 0) if kind < 2 else rng.random(items) < 0.5
    return right


def a_pool(bank: ItemBank, rng: np.random.Generator) -> Pool:
    correlation = [None, 0.0, 0.7, 0.95][int(rng.integers(4))]
    abilities: Abilities = OneAbility() if correlation is None else CommonFactor(3, correlation)
    length = len(bank)
    blueprint = Blueprint(length) if rng.random() < 0.5 else Blueprint(length, (0,) * 3, (length,) * 3)
    return Pool(bank, abilities, blueprint)


@given(seeds)
@settings(calm, max_examples=CASES)
def test_any_pattern_gives_finite_numbers_and_a_next_item_while_one_is_left(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pool = a_pool(an_extreme_bank(rng), rng)
    candidate, n = a_candidate(pool.bank), len(pool.bank)
    for _ in range(PATTERNS_A_CASE):
        asked = rng.permutation(n)[: int(rng.integers(0, n + 1))]
        answers = Answers(asked, a_pattern(rng, len(asked)))
        now = posterior(pool, answers)

        assert np.isfinite(now.weights).all()
        assert np.isfinite(now.pull).all()
        assert np.allclose(now.weights.sum(axis=1), 1.0)
        assert np.isfinite([now.composite_mean, now.composite_sd, *now.mean, *now.sd]).all()
        assert np.isfinite(pool.gains.gains(now, np.arange(len(pool.bank)))).all()
        chosen = select(pool, candidate, answers, now, int(rng.integers(1 << 60)))
        assert (chosen is None) == (len(asked) == n)
        assert chosen is None or (chosen.item not in asked and np.isfinite(chosen.gain))


@given(seeds)
@settings(calm, max_examples=40)
def test_a_test_always_ends(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pool = a_pool(an_extreme_bank(rng), rng)
    answers = Answers(np.empty(0, np.intp), np.empty(0, bool))
    for _ in range(len(pool.bank)):
        chosen = select(pool, a_candidate(pool.bank), answers, posterior(pool, answers), 0)
        assert chosen is not None
        answers = Answers(np.append(answers.items, chosen.item), np.append(answers.right, rng.random() < 0.5))

    assert select(pool, a_candidate(pool.bank), answers, posterior(pool, answers), 0) is None
