"""Arbitrary small banks, tasks and answer lists, for the properties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from chalicelib.engine.bank import LEVELS, ItemBank
from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.training import Task
from tests.engine.builders import Answer, Heard, Item, Rung, a_bank, a_task

GUESSES = (0.0, 0.02, 0.1, 0.2, 0.25, 0.3, 1 / 3, 0.5, 0.7)
"""Guess chances, some below the least and some above the most that count; 0.1 and 0.3 make exact ties between floors."""

levels = st.integers(1, LEVELS)
heard = st.builds(Heard, st.sampled_from(GUESSES), st.booleans())


@dataclass(frozen=True)
class Scene:
    """A task, the outcomes it starts from, and what was answered since, no item twice."""

    task: Task
    before: dict[Rung, Heard]
    answers: list[Answer]
    untimed: bool


@st.composite
def banks(draw: st.DrawFn, most_items: int = 16) -> ItemBank:
    """A bank of 1 to 3 competences and up to 4 topics, several items on some rungs, some rungs without an item."""
    topic_competence = draw(st.lists(st.integers(0, 2), min_size=1, max_size=4))
    item = st.builds(
        Item,
        topic=st.integers(0, len(topic_competence) - 1),
        level=levels,
        a=st.sampled_from((0.5, 0.9, 1.2, 1.7, 2.5)),
        b=st.none() | st.integers(-30, 30).map(lambda tenths: tenths / 10),
        c=st.sampled_from(GUESSES),
        timed=st.booleans(),
    )
    items = draw(st.lists(item, min_size=1, max_size=most_items))
    items.sort(key=lambda one: topic_competence[one.topic])
    bank = a_bank(items, topic_competence)
    bare = draw(st.lists(st.tuples(st.integers(0, len(topic_competence) - 1), levels), max_size=3))
    for topic, level in bare:
        bank.ladder[topic, level - 1] = True
    return bank


@st.composite
def answer_lists(draw: st.DrawFn, bank: ItemBank, twice: bool = False) -> list[Answer]:
    """Up to 12 answers at items of the bank, an item `twice` only where told."""
    items = st.lists(st.integers(0, len(bank) - 1), max_size=12, unique=not twice)
    return [Answer(item, draw(st.booleans())) for item in draw(items)]


@st.composite
def earlier_estimates(draw: st.DrawFn) -> tuple[float, float]:
    """What earlier assessments led to in one competence, as a mean and a deviation in units of the general prior.

    The less sure, the nearer: lucky guesses may leave somebody less sure than before, but then they move the mean little.
    """
    sd, farthest = draw(st.sampled_from(((0.4, 20), (0.7, 10), (1.0, 0), (1.0, 3), (1.02, 2))))
    return draw(st.integers(-farthest, farthest)) / 10, sd


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any moment of any assessment."""
    bank = draw(banks())
    topics, n = len(bank.topic_competence), len(bank)
    before: dict[Rung, Heard] = draw(st.dictionaries(st.tuples(st.integers(0, topics - 1), levels), heard, max_size=4))
    general = draw(st.sampled_from(((0.0, 1.0), (0.0, 1.0), (-0.5, 0.8))))
    alone = [draw(earlier_estimates()) for _ in range(bank.competences)]
    task = a_task(
        bank,
        before,
        rules=TrainingRules(
            near_equal=draw(st.sampled_from((0.0, 0.05, 0.3))),
            start_level=draw(st.integers(1, 4)),
            largest_jump=draw(st.integers(0, 3)),
            prior_mean=general[0],
            prior_sd=general[1],
            correlation=draw(st.sampled_from((0.0, 0.5, 0.7, 0.7, 0.9))),
        ),
        prior_mean=np.array([general[0] + general[1] * mean for mean, _ in alone]),
        prior_sd=np.array([general[1] * sd for _, sd in alone]),
        targets=np.array([draw(st.sampled_from((0, 3, 5, 8, 8))) for _ in range(topics)], np.intp),
        playable=np.array([draw(st.integers(0, 5)) > 0 for _ in range(n)]),
        seen=np.array([draw(st.integers(0, 3)) == 0 for _ in range(n)]),
    )
    return Scene(task, before, draw(answer_lists(bank)), draw(st.booleans()))
