"""Virtual persons who take a target profile: each answered by the engine that serves real ones, from nothing known to nothing left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chalicelib.content.releases import Release
from chalicelib.content.target_profiles import Caps
from chalicelib.engine.bank import Floats, Ints
from chalicelib.engine.evidence import Evidence
from chalicelib.engine.picks import pick
from chalicelib.engine.simulation.truth import Truth
from chalicelib.engine.training import Task, estimate, select

_SECRET = b"simulation"


@dataclass(frozen=True)
class Crowd:
    """Persons to draw, around a mean ability."""

    persons: int
    mean: float = 0.0
    seed: int = 1


def sittings(release: Release, caps: Caps, crowd: Crowd) -> Iterator[Ints]:
    """The challenges that each person is asked, in order, as ordinals."""
    truth = Truth(release.bank_in("fr"), _abilities(release, crowd), crowd.seed)
    task = task_of(release, caps)
    for person in range(crowd.persons):
        yield _sitting(release, task, truth, person)


def task_of(release: Release, caps: Caps) -> Task:
    """What the engine has to do for somebody of whom nothing is known, without needs, at a computer."""
    rules, competences = release.rules.training, len(release.framework.competences)
    targets = np.zeros(len(release.topics), np.intp)
    for topic, level in caps.items():
        targets[release.topic_index[topic]] = level
    return Task(
        bank=release.bank_in("fr"),
        rules=rules,
        start=Evidence.nothing(len(release.topics)),
        prior_mean=np.full(competences, rules.prior_mean),
        prior_sd=np.full(competences, rules.prior_sd),
        targets=targets,
        playable=release.playable(frozenset(), "computer", "fr"),
        seen=np.zeros(len(release), bool),
    )


def _abilities(release: Release, crowd: Crowd) -> Floats:
    """(N, C): as the release believes abilities to be spread and correlated, around the crowd's own mean."""
    rules, competences = release.rules.training, len(release.framework.competences)
    rng = np.random.default_rng(crowd.seed)
    shared, own = rng.standard_normal((crowd.persons, 1)), rng.standard_normal((crowd.persons, competences))
    drawn: Floats = np.sqrt(rules.correlation) * shared + np.sqrt(1.0 - rules.correlation) * own
    return crowd.mean + rules.prior_sd * drawn


def _sitting(release: Release, task: Task, truth: Truth, person: int) -> Ints:
    outcomes = truth.outcomes(person)
    asked: Ints = np.empty(0, np.intp)
    while len(asked) < release.rules.training.max_answers:
        now = estimate(task, asked, outcomes[asked])
        item = select(task, now, asked, not len(asked), pick(_SECRET, str(person), len(asked) + 1))
        if item is None:
            break
        asked = np.append(asked, item)
    return asked
