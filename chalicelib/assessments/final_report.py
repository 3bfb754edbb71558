"""The exact report of an assessment: the composite of its scope, each competence with its levels, and the ladders under them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from chalicelib.assessments.course import Course
from chalicelib.assessments.model import Given, Outcome
from chalicelib.assessments.reading import TopicResult
from chalicelib.content.texts import Locale
from chalicelib.engine import report as exact
from chalicelib.engine.bank import GRID, Bools, Floats, Ints
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.distribution import Distribution
from chalicelib.engine.evidence import NO_CEILING
from chalicelib.engine.joint import Abilities, Joint
from chalicelib.engine.training import Estimate, Task

COVERAGE = 0.90


@dataclass(frozen=True)
class Reported:
    """An ability as it is reported, widened by the errors of the calibrations."""

    mean: float
    se: float
    low: float
    """Where the 90 % interval begins."""
    high: float


@dataclass(frozen=True)
class ReportedCompetence:
    """One competence as it is reported."""

    competence: str
    title: str
    ability: Reported
    levels: tuple[float, ...]
    """The probability of each level, from 0 to the highest that is open."""
    ladders: tuple[TopicResult, ...]


@dataclass(frozen=True)
class FinalReport:
    """What the answers say in all."""

    composite: Reported
    """The mean ability over the competences of the scope."""
    competences: tuple[ReportedCompetence, ...]


@dataclass(frozen=True, eq=False)
class PersonalAbilities:
    """The abilities of one person: the general model, with what their earlier assessments led to in each competence.

    With m, s the general prior and m_d, s_d the person's, the log-likelihood −½((θ − m_d)/s_d)² + ½((θ − m)/s)² turns one into the other.
    """

    general: Abilities
    task: Task
    points: Floats

    @classmethod
    def of(cls, course: Course) -> PersonalAbilities:
        """The abilities of this assessment's person; the composite is the mean over its scope."""
        return cls(_scoped(course), course.task, GRID)

    @property
    def dimensions(self) -> int:
        """One for each competence."""
        return self.general.dimensions

    def draw(self, rng: np.random.Generator, persons: int) -> Floats:
        """True abilities of people of whom nothing is known, (N, D)."""
        return self.general.draw(rng, persons)

    def on(self, points: Floats) -> PersonalAbilities:
        """The same on other ability points."""
        return replace(self, general=self.general.on(points), points=points)

    def joint(self, log_likelihood: Floats) -> Joint:
        """The posterior, earlier assessments counted."""
        return self.general.joint(log_likelihood + self._earlier)

    def composite(self, log_likelihood: Floats) -> Distribution:
        """The distribution of the composite, earlier assessments counted."""
        return self.general.composite(log_likelihood + self._earlier)

    @property
    def _earlier(self) -> Floats:
        task = self.task
        own = (self.points - task.prior_mean[:, None]) / task.prior_sd[:, None]
        general = (self.points - task.rules.prior_mean) / task.rules.prior_sd
        log_likelihood: Floats = 0.5 * (general * general - own * own)
        return log_likelihood


def _scoped(course: Course) -> Abilities:
    abilities = course.task.abilities
    if not isinstance(abilities, CommonFactor):
        return abilities
    return replace(abilities, scope=tuple(course.release.competence_index[one] for one in scope_of(course)))


def scope_of(course: Course) -> tuple[str, ...]:
    """The competences that the assessment is about."""
    return course.release.framework.competences_in(course.start.scope)


def arrays_of(answers: tuple[Given, ...]) -> tuple[Ints, Bools]:
    """Items and outcomes as the engine takes them, (k,) each."""
    items = np.array([given.ordinal for given in answers], np.intp)
    return items, np.array([given.outcome is Outcome.CORRECT for given in answers], bool)


def final_report(course: Course, answers: tuple[Given, ...], locale: Locale) -> FinalReport:
    """The exact report of these answers, in this language; no answer at all reports what was believed before."""
    bank, abilities = course.task.bank, PersonalAbilities.of(course)
    items, right = arrays_of(answers)
    se_a, se_b = course.release.calibration_errors(course.start.locale)
    given = replace(exact.Given.of(bank, abilities.dimensions, items, right), se_a=se_a[items], se_b=se_b[items])
    found, now = exact.report(abilities, given), course.estimate(answers)
    return FinalReport(
        _reported(found.composite),
        tuple(_competence(course, one, found, now, locale) for one in scope_of(course)),
    )


def _reported(ability: Distribution) -> Reported:
    low, high = ability.interval(COVERAGE)
    return Reported(ability.mean, ability.sd, low, high)


def _competence(course: Course, competence: str, found: exact.Report, now: Estimate, locale: Locale) -> ReportedCompetence:
    release = course.release
    index = release.competence_index[competence]
    ability = found.abilities[index]
    return ReportedCompetence(
        competence,
        release.framework.competences[index].title.in_(locale),
        _reported(ability),
        tuple(ability.levels(release.top_levels[competence]).tolist()),
        tuple(_ladder(course, topic, now, locale) for topic in np.flatnonzero(release.topic_competence == index).tolist()),
    )


def _ladder(course: Course, topic: int, now: Estimate, locale: Locale) -> TopicResult:
    return TopicResult(
        topic=course.release.topics[topic].id,
        title=course.release.topic(topic).title.in_(locale),
        floor=int(now.floors[topic]),
        ceiling=None if now.ceilings[topic] == NO_CEILING else int(now.ceilings[topic]),
    )
