"""Points and levels of each competence of a release, from the floors of its topics."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from chalicelib.content.releases import Release
from chalicelib.engine.bank import LEVELS, Ints
from chalicelib.engine.scoring import level_of, points


@dataclass(frozen=True)
class Score:
    """What the acquired skills of one competence are worth."""

    competence: str
    topics: tuple[int, ...]
    """Places of its topics in the release."""
    points: Fraction
    level: int
    top_level: int


def scores_of(release: Release, floors: Ints) -> tuple[Score, ...]:
    """The score of every competence, in the framework's order, given the floor of each topic, (T,)."""
    scores = []
    for competence, index in release.competence_index.items():
        topics = np.flatnonzero(release.topic_competence == index)
        earned = points(release.ladder[topics], floors[topics][:, None] >= np.arange(1, LEVELS + 1))
        top = release.top_levels[competence]
        scores.append(Score(competence, tuple(topics.tolist()), earned, level_of(earned), top))
    return tuple(scores)
