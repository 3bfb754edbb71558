"""All contributions as one profile. Pure: the same set of contributions gives the same bytes, whoever folds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from pydantic import BaseModel, ConfigDict

from chalicelib.content.releases import Release
from chalicelib.content.rules import Rules
from chalicelib.content.scores import Score, scores_of
from chalicelib.engine.bank import GRID, Floats, Ints, probability
from chalicelib.engine.evidence import NO_CEILING, Evidence, gains
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.rules import TrainingRules
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.clock import DAY, Instant
from chalicelib.profiles.contributions import AnsweredSkill, Contribution


@dataclass(frozen=True)
class Direct:
    """The last answer at one rung of a topic."""

    answer: AnsweredSkill
    at: Instant


Knowledge = Mapping[str, Mapping[int, Direct]]
"""By topic and level, the last answer that counts."""


class TopicProfile(BaseModel):
    """Knowledge of one topic."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    competence: str
    floor: int
    ceiling: int | None
    direct: dict[int, bool]
    """Levels really asked, and whether the last answer there was right."""
    updated_at: Instant


class CompetenceProfile(BaseModel):
    """One competence: points of the acquired skills, level, and the posterior of ability."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    competence: str
    points: float
    level: int
    top_level: int
    ability: float
    standard_error: float


class Profile(BaseModel):
    """What a person knows, as the current release reads it."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    release: str
    points: float
    competences: tuple[CompetenceProfile, ...]
    topics: dict[str, TopicProfile]
    assessments: tuple[str, ...]
    """Assessments folded in, in order."""

    def as_bytes(self) -> bytes:
        """The profile's canonical bytes."""
        return canonical_json(self.model_dump(mode="json"))


def gather(contributions: Iterable[Contribution], rules: Rules) -> dict[str, dict[int, Direct]]:
    """The last answer at each rung, over all contributions in their order.

    An assessment that starts forgets the misses of its topics older than `improve_after_days`, never a hit.
    """
    knowledge: dict[str, dict[int, Direct]] = {}
    for contribution in sorted(contributions, key=lambda one: one.order):
        for topic in contribution.targets:
            knowledge[topic] = remembered(knowledge.get(topic, {}), contribution.started_at, rules)
        for answer in contribution.answers:
            knowledge.setdefault(answer.topic, {})[answer.level] = Direct(answer, contribution.finished_at)
    return {topic: rungs for topic, rungs in knowledge.items() if rungs}


def remembered(rungs: Mapping[int, Direct], now: Instant, rules: Rules) -> dict[int, Direct]:
    """These answers without the misses that an assessment starting now forgets."""
    horizon = now - rules.improve_after_days * DAY
    return {level: direct for level, direct in rungs.items() if direct.answer.right or direct.at > horizon}


def fold(contributions: Iterable[Contribution], release: Release) -> Profile:
    """The profile of these contributions, read with this release."""
    known = sorted(contributions, key=lambda one: one.order)
    knowledge = gather(known, release.rules)
    evidence = _evidence(knowledge, release)
    floors = evidence.floors()
    scores = scores_of(release, floors)
    return Profile(
        release=release.id,
        points=round(float(sum((score.points for score in scores), Fraction(0))), 2),
        competences=tuple(_competence(score, knowledge, release) for score in scores),
        topics=_topics(knowledge, release, floors, evidence.ceilings(floors)),
        assessments=tuple(one.assessment for one in known),
    )


def _evidence(knowledge: Knowledge, release: Release) -> Evidence:
    evidence = Evidence.nothing(len(release.topics))
    for index, topic in enumerate(release.topics):
        for level, direct in knowledge.get(topic.id, {}).items():
            guess, right = np.array(direct.answer.c), np.array(direct.answer.right)
            evidence.gain[index, level] = gains(release.rules.training, guess, right)
    return evidence


def _topics(knowledge: Knowledge, release: Release, floors: Ints, ceilings: Ints) -> dict[str, TopicProfile]:
    return {
        topic.id: TopicProfile(
            competence=topic.competence,
            floor=int(floors[index]),
            ceiling=None if ceilings[index] == NO_CEILING else int(ceilings[index]),
            direct={level: rungs[level].answer.right for level in sorted(rungs)},
            updated_at=Instant(max(direct.at for direct in rungs.values())),
        )
        for index, topic in enumerate(release.topics)
        if (rungs := knowledge.get(topic.id))
    }


def _competence(score: Score, knowledge: Knowledge, release: Release) -> CompetenceProfile:
    mean, sd = ability(knowledge, [release.topics[topic].id for topic in score.topics], release.rules.training)
    return CompetenceProfile(
        competence=score.competence,
        points=round(float(score.points), 2),
        level=score.level,
        top_level=score.top_level,
        ability=round(mean, 3),
        standard_error=round(sd, 3),
    )


def ability(knowledge: Knowledge, topics: Iterable[str], rules: TrainingRules) -> tuple[float, float]:
    """Mean and standard error of the ability that the answers that count at these topics' rungs give.

    Only the last answer at each rung counts, so an improvement replaces what it improves, and nothing counts twice.
    """
    log_likelihood: Floats = np.zeros(len(GRID))
    for topic in topics:
        for _, direct in sorted(knowledge.get(topic, {}).items()):
            answer = direct.answer
            right = probability(GRID, np.array(answer.a), np.array(answer.b), np.array(answer.c))
            log_likelihood = log_likelihood + np.log(right if answer.right else 1.0 - right)
    belief = OneAbility(rules.prior_mean, rules.prior_sd).joint(log_likelihood[None, :])
    return float(belief.mean[0]), float(belief.sd[0])
