"""Banks, pools, candidates and answers of tests that measure, each made with the one thing that a test is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from chalicelib.engine.bank import LEVELS, Ints, ItemBank
from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.exposure import Draws, ExposureTable, Limits
from chalicelib.engine.joint import Abilities
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.selection import Answers, Candidate, Choice, Pool, posterior, select
from chalicelib.engine.simulation.cohort import Start, Waves, run
from chalicelib.engine.simulation.sitting import Sitting, Study
from chalicelib.engine.simulation.truth import Truth
from chalicelib.engine.stopping import FixedLength
from tests.engine.builders import Item, a_bank

Model = Callable[..., Pool]
"""`a_pool` or `by_competence`."""

NOTHING = Answers(np.zeros(0, np.intp), np.zeros(0, bool))
"""No answer yet."""
ANY_QUOTA = Blueprint(timed_gap=0)
"""A blueprint that asks nothing of competences nor of time limits."""
SOME_GUESSING = (0.0, 0.2, 0.25, 0.5)


class Shape(NamedTuple):
    """How large a random bank is."""

    competences: int = 4
    topics: int = 5
    """Of each competence."""
    each: int = 10
    """Items of each topic."""


FOUR_COMPETENCES = Shape()
EVERYBODY_LEARNS = Waves()
ONE_LIMIT = Limits()


def a_random_bank(seed: int, shape: Shape = FOUR_COMPETENCES, guesses: Sequence[float] = SOME_GUESSING) -> ItemBank:
    """A bank of lognormal discriminations and normal difficulties, on random rungs."""
    rng, topics = np.random.default_rng(seed), shape.competences * shape.topics
    n = topics * shape.each
    return ItemBank(
        discrimination=np.exp(rng.normal(0.0, 0.3, n)),
        difficulty=rng.normal(0.0, 1.2, n),
        guess=rng.choice(guesses, n),
        topic=np.repeat(np.arange(topics), shape.each),
        level=rng.integers(1, LEVELS + 1, n),
        timed=np.zeros(n, bool),
        topic_competence=np.repeat(np.arange(shape.competences), shape.topics),
        ladder=np.ones((topics, LEVELS), bool),
        competences=shape.competences,
    )


def one_a_topic(items: Iterable[Item], competence_of: Sequence[int] | None = None) -> ItemBank:
    """A bank of these items, each alone in its topic; all of one competence unless told."""
    rows = [item._replace(topic=topic) for topic, item in enumerate(items)]
    return a_bank(rows, [0] * len(rows) if competence_of is None else competence_of)


def a_pool(bank: ItemBank, blueprint: Blueprint = ANY_QUOTA, abilities: Abilities | None = None, **override: Any) -> Pool:
    """A pool of this bank; one ability unless told."""
    return Pool(bank, abilities or OneAbility(), blueprint, **override)


def by_competence(bank: ItemBank, blueprint: Blueprint = ANY_QUOTA, **override: Any) -> Pool:
    """A pool of this bank, one ability for each competence."""
    return a_pool(bank, blueprint, CommonFactor(bank.competences), **override)


def a_candidate(bank: ItemBank, **override: Any) -> Candidate:
    """Somebody who can do everything, met nothing, and may be given anything."""
    n = len(bank)
    made: dict[str, Any] = {
        "playable": np.ones(n, bool),
        "met": np.zeros(n, bool),
        "table": ExposureTable.free(n),
        "draws": np.zeros(n, np.uint16),
    }
    return Candidate(**{**made, **override})


def a_table(
    eligibility: Sequence[Sequence[float]] | Sequence[float], limits: Limits = ONE_LIMIT, **override: Any
) -> ExposureTable:
    """A table with these eligibilities, (S, n) or (n,) for all strata, and no price."""
    rows = np.broadcast_to(np.array(eligibility, float), (limits.strata, np.shape(eligibility)[-1])).copy()
    made: dict[str, Any] = {"version": 1, "limits": limits, "eligibility": rows, "prices": np.zeros(rows.shape, np.float32)}
    return ExposureTable(**{**made, **override})


def last_draws(n: int) -> Draws:
    """Draws by which only what is always eligible is."""
    return np.full(n, 65535, np.uint16)


def answered(*items: int, wrong: Iterable[int] = (), voided: Iterable[int] = ()) -> Answers:
    """Right answers at these items in order, but for those `wrong`; those `voided` do not count."""
    asked = np.array(items, np.intp)
    missed, lost = np.isin(asked, list(wrong)), np.isin(asked, list(voided))
    return Answers(asked, ~missed, ~lost if lost.any() else None)


def choose(pool: Pool, candidate: Candidate | None = None, answers: Answers = NOTHING, pick: int = 0) -> Choice:
    """The choice after these answers, there being one."""
    choice = select(pool, candidate or a_candidate(pool.bank), answers, posterior(pool, answers), pick)
    assert choice is not None
    return choice


def drawn(pool: Pool, candidate: Candidate | None = None, answers: Answers = NOTHING) -> set[int]:
    """All items that some pick draws after these answers."""
    near_equals = choose(pool, candidate, answers).near_equals
    return {choose(pool, candidate, answers, pick).item for pick in range(near_equals)}


def whole_test(pool: Pool, candidate: Candidate | None = None, length: int | None = None, seed: int = 0) -> list[Choice]:
    """The choices of a test of this length, that of the blueprint unless told, with random outcomes and picks."""
    rng, choices, answers = np.random.default_rng(seed), list[Choice](), NOTHING
    for _ in range(length or pool.blueprint.length):
        choice = choose(pool, candidate, answers, int(rng.integers(2**32)))
        choices.append(choice)
        answers = Answers(np.append(answers.items, choice.item), np.append(answers.right, rng.random() < 0.6))
    return choices


def items_of(choices: Iterable[Choice]) -> Ints:
    """The items chosen, in order."""
    return np.array([choice.item for choice in choices], np.intp)


def a_study(persons: int, seed: int = 1, length: int = 8, pool: Pool | None = None, **override: Any) -> Study:
    """Persons drawn from the prior of a pool of 60 items over two competences, who answer by its bank."""
    pool = pool or a_pool(a_random_bank(5, Shape(2, 10, 3)))
    abilities = pool.abilities.draw(np.random.default_rng(seed), persons)
    made: dict[str, Any] = {"pool": pool, "truth": Truth(pool.bank, abilities, seed), "stopping": FixedLength(length)}
    return Study(**{**made, **override})


def played(study: Study, table: ExposureTable | None = None, waves: Waves = EVERYBODY_LEARNS) -> list[Sitting]:
    """Every person's test in order, under this table at first."""
    start = Start.free(table or ExposureTable.free(len(study.pool.bank)))
    return run(study, start, waves)[0]


def as_rows(sittings: Iterable[Sitting]) -> list[tuple[object, ...]]:
    """What can be compared of these sittings: all of it."""
    return [
        tuple(value.tolist() if isinstance(value, np.ndarray) else value for value in vars(one).values()) for one in sittings
    ]
