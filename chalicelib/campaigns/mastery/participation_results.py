"""All that a participation came to, for the page at once and for the worker later: pure, so the same inputs give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from chalicelib.assessments.course import Course
from chalicelib.assessments.model import State
from chalicelib.campaigns.mastery.badges import BadgeResult, BadgeRules
from chalicelib.campaigns.mastery.measured import CompetenceMastery, Mastery, measured, together
from chalicelib.campaigns.mastery.recommendations import RankedLessons, Recommendation
from chalicelib.campaigns.mastery.stages import StageResult, stage_of
from chalicelib.campaigns.mastery.targeted import Targeted
from chalicelib.campaigns.target_profiles.model import Badge, Stage, Targets
from chalicelib.content.releases import Release
from chalicelib.content.texts import Locale
from chalicelib.engine.bank import Floats
from chalicelib.engine.training import Estimate
from chalicelib.kernel.canonical import canonical_json

MOST_RECOMMENDATIONS = 5


@dataclass(frozen=True)
class Goals:
    """What a campaign expects of people, and gives them for it."""

    targeted: Targeted
    stages: tuple[Stage, ...] = ()
    badges: tuple[Badge, ...] = ()
    most_recommendations: int = MOST_RECOMMENDATIONS


@dataclass(frozen=True, eq=False)
class Standing:
    """Where a person stands."""

    floors: Mapping[str, int]
    """Highest level shown of each topic, by its id."""
    beliefs: Floats
    """Posterior of each competence's ability on the grid of `engine.bank`, (C, Q), rows summing to one."""

    @classmethod
    def of(cls, release: Release, estimate: Estimate) -> Standing:
        """Where an estimate says they stand, made with this release (`Course.estimate`)."""
        floors = {topic.id: int(floor) for topic, floor in zip(release.topics, estimate.floors.tolist(), strict=True)}
        return cls(floors, estimate.ability.weights)


@dataclass(frozen=True)
class ParticipationResults:
    """What one participation came to, in the person's language: plain values."""

    mastery: Mastery
    competences: tuple[CompetenceMastery, ...]
    stage: StageResult
    badges: tuple[BadgeResult, ...]
    """In the target profile's order."""
    recommendations: tuple[Recommendation, ...]
    """The most helpful first."""
    withdrawn: dict[str, tuple[int, ...]]
    """Targeted levels that the release can no longer ask, by topic: they do not count."""

    def as_bytes(self) -> bytes:
        """The canonical bytes."""
        return canonical_json(asdict(self))


def results_of_participation(
    course: Course, state: State, skills: Mapping[str, tuple[int, ...]], targets: Targets
) -> ParticipationResults:
    """What these answers came to, in the language of the assessment, given what the campaign froze: skills, stages and badges."""
    goals = Goals(Targeted(skills), targets.stages, targets.badges)
    standing = Standing.of(course.release, course.estimate(state.answers))
    return results_of(course.release, goals, standing, course.start.locale)


def results_of(release: Release, goals: Goals, standing: Standing, locale: Locale) -> ParticipationResults:
    """What a person who stands there came to, among these goals, as this release tells it. No challenge is ever told."""
    competences = measured(release, goals.targeted, standing.floors, locale)
    mastery = together(competence.mastery for competence in competences)
    badges = BadgeRules(release, competences, locale)
    return ParticipationResults(
        mastery=mastery,
        competences=competences,
        stage=stage_of(mastery, goals.stages, locale),
        badges=tuple(badges.result(badge) for badge in goals.badges),
        recommendations=RankedLessons(release, standing.beliefs, locale).recommended(competences, goals.most_recommendations),
        withdrawn=goals.targeted.withdrawn_from(release),
    )
