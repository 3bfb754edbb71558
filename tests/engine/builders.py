"""Valid banks, tasks and answer lists, each made with the one thing that a test is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from hypothesis import HealthCheck, settings

from chalicelib.engine.bank import LEVELS, Bools, Ints, ItemBank
from chalicelib.engine.evidence import Evidence, gains
from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.training import Estimate, Task, estimate, select

RULES = TrainingRules()
MOST_GAIN_ONLY = TrainingRules(near_equal=1e-3)
"""Rules by which only the items of the very best gain are drawn."""

calm = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
"""Settings of a property: the same examples on each run, no clock."""
thorough = settings(calm, max_examples=60)
"""Settings of the properties that compare a whole step with its oracle."""


class Item(NamedTuple):
    """One item: a free answer of average discrimination, as difficult as its level says."""

    topic: int = 0
    level: int = 1
    a: float = 1.2
    b: float | None = None
    c: float = 0.0
    timed: bool = False

    @property
    def difficulty(self) -> float:
        return (self.level - 4.5) * 0.8 if self.b is None else self.b


class Answer(NamedTuple):
    """An answer at the item of this index."""

    item: int
    right: bool


class Heard(NamedTuple):
    """The last outcome at one rung, and the guess chance of the item it was given to."""

    guess: float
    right: bool


Rung = tuple[int, int]
"""(topic, level)"""


def a_bank(items: Iterable[Item] = (Item(),), topic_competence: Sequence[int] = (0,), **columns: Any) -> ItemBank:
    """A bank of these items, every rung with an item being an active skill."""
    rows = list(items)
    ladder = np.zeros((len(topic_competence), LEVELS), bool)
    for row in rows:
        ladder[row.topic, row.level - 1] = True
    made: dict[str, Any] = {
        "discrimination": np.array([row.a for row in rows], float),
        "difficulty": np.array([row.difficulty for row in rows], float),
        "guess": np.array([row.c for row in rows], float),
        "topic": np.array([row.topic for row in rows], np.intp),
        "level": np.array([row.level for row in rows], np.intp),
        "timed": np.array([row.timed for row in rows], bool),
        "topic_competence": np.array(topic_competence, np.intp),
        "ladder": ladder,
        "competences": max(topic_competence) + 1,
    }
    return ItemBank(**{**made, **columns})


def a_ladder(topics: int = 1, levels: Iterable[int] = range(1, LEVELS + 1), each: int = 1) -> ItemBank:
    """A bank of one competence with `each` items at each of these levels of each topic."""
    rungs = [Item(topic, level) for topic in range(topics) for level in levels for _ in range(each)]
    return a_bank(rungs, [0] * topics)


def evidence(topics: int, heard: Mapping[Rung, Heard], rules: TrainingRules = RULES) -> Evidence:
    """The evidence of these last outcomes."""
    made = Evidence.nothing(topics)
    for (topic, level), (guess, right) in heard.items():
        made.gain[topic, level] = gains(rules, np.array([guess]), np.array([right]))[0]
    return made


def a_task(bank: ItemBank, heard: Mapping[Rung, Heard] | None = None, **override: Any) -> Task:
    """A task on this bank: everything targeted and playable, nothing met before, the common prior."""
    topics, rules = len(bank.topic_competence), override.get("rules", RULES)
    made: dict[str, Any] = {
        "bank": bank,
        "rules": rules,
        "start": evidence(topics, heard or {}, rules),
        "prior_mean": np.full(bank.competences, rules.prior_mean),
        "prior_sd": np.full(bank.competences, rules.prior_sd),
        "targets": np.full(topics, LEVELS, np.intp),
        "playable": np.ones(len(bank), bool),
        "seen": np.zeros(len(bank), bool),
    }
    return Task(**{**made, **override})


def only(bank: ItemBank, *items: int) -> Bools:
    """A mask that holds for these items alone."""
    return np.isin(np.arange(len(bank)), items)


def columns_of(answers: Sequence[Answer]) -> tuple[Ints, Bools]:
    """The answers as the engine takes them: items and outcomes."""
    return np.array([one.item for one in answers], np.intp), np.array([one.right for one in answers], bool)


def after(task: Task, answers: Sequence[Answer] = ()) -> Estimate:
    """The estimate after these answers."""
    return estimate(task, *columns_of(answers))


def next_item(task: Task, answers: Sequence[Answer] = (), untimed: bool = False, pick: int = 0) -> int | None:
    """The item that follows these answers."""
    items, _ = columns_of(answers)
    return select(task, after(task, answers), items, untimed, pick)


def next_items(task: Task, answers: Sequence[Answer] = (), untimed: bool = False) -> set[int]:
    """All items that some pick draws after these answers."""
    now, (items, _) = after(task, answers), columns_of(answers)
    drawn = {select(task, now, items, untimed, pick) for pick in range(len(task.bank))}
    return {item for item in drawn if item is not None}
